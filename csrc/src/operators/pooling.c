/* Pooling over 1 to 3 axes of space, by a window or over all of it, and the way back from it. Max and average pooling
 * have the same shapes. */
#include "../backward.h"
#include "operators.h"
#include "space.h"
#include "window.h"

static wb_window window_of(const wb_pooling *pooling) {
    wb_window window = wb_window_of(pooling->axes, pooling->pool_size, pooling->strides, pooling->dilation_rate,
                                    pooling->padding_mode, pooling->padding);
    window.ceil_mode = pooling->ceil_mode != 0;
    for (int axis = 0; axis < window.axes; axis++) {
        window.strides[axis] = window.strides[axis] == WB_ABSENT ? window.size[axis] : window.strides[axis];
    }
    return window;
}

/* ---- Attributes --------------------------------------------------------------------------------------- */

/* Explicit padding is PyTorch's, which allows half a window at most: no window may lie in it altogether. Dilation does
 * not count. The inverse takes any. */
static bool check_padding(wb_call *call, const wb_pooling *pooling) {
    bool right = true;
    bool limited = pooling->kind == WB_POOLING_WINDOW && pooling->padding_mode == WB_PADDING_EXPLICIT;
    for (int32_t side = 0; side < 2 * pooling->axes && limited; side++) {
        right = wb_require_at_most(call, WB_FIELD(wb_pooling, padding) + side, pooling->padding[side],
                                   pooling->pool_size[side / 2] / 2) &&
                right;
    }
    return right;
}

static bool check_output_size(wb_call *call, const wb_pooling *pooling) {
    bool right = true;
    for (int32_t axis = 0; axis < WB_MAX_AXES && axis < pooling->axes; axis++) {
        int64_t size = pooling->output_size[axis];
        right = (size == WB_ABSENT || wb_require_at_least(call, WB_FIELD(wb_pooling, output_size) + axis, size, 1)) &&
                right;
    }
    return right;
}

static bool attributes(wb_call *call) {
    const wb_pooling *pooling = call->attributes;
    const wb_window_fields fields = {WB_FIELD(wb_pooling, pool_size), WB_FIELD(wb_pooling, strides),
                                     WB_FIELD(wb_pooling, dilation_rate), WB_FIELD(wb_pooling, padding)};
    if (!wb_require_between(call, WB_FIELD(wb_pooling, kind), pooling->kind, 0, WB_POOLING_INVERSE) ||
        !wb_require_between(call, WB_FIELD(wb_pooling, axes), pooling->axes, 1, WB_MAX_AXES)) {
        return false;
    }
    if (pooling->kind == WB_POOLING_GLOBAL) {
        return true;
    }
    wb_window window = window_of(pooling);
    return wb_check_window(call, &window, fields) && check_padding(call, pooling) && check_output_size(call, pooling);
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* One value for each channel, with axes of size 1 where they are kept. */
static bool shape_global(wb_call *call, const wb_pooling *pooling, wb_space space) {
    const wb_dimension *in = call->inputs[0].shape;
    wb_dimension *out = wb_output(call, pooling->keepdims ? space.axes + 2 : 2);
    if (out == NULL) {
        return false;
    }
    for (int axis = 0; axis < space.axes && pooling->keepdims; axis++) {
        out[space.first + axis] = wb_known(1);
    }
    out[0] = in[0];
    out[pooling->keepdims ? space.channels : 1] = in[space.channels];
    return true;
}

/* The size that is given must be less than a stride away from the one that the window has. */
static bool check_given(wb_call *call, const wb_pooling *pooling, int axis, int64_t stride, wb_dimension made) {
    int64_t given = pooling->output_size[axis], field = WB_FIELD(wb_pooling, output_size) + axis;
    if (!wb_is_known(made.size)) {
        return true;
    }
    bool near = given > made.size - stride && given - made.size < stride;
    return near || wb_fail(call, WB_ERROR_STRIDE, (int32_t)field, given, made.size);
}

/* (in - 1) * stride + window - padding on both sides (PyTorch's MaxUnpool), or the size that is given. */
static bool slide_back(wb_call *call, const wb_pooling *pooling, int axis, wb_dimension in, wb_dimension *out) {
    wb_window window = window_of(pooling);
    int64_t extent, rest, stride = window.strides[axis];
    if (!wb_require_fit(call, wb_window_extent(&window, axis, &extent))) {
        return false;
    }
    rest = extent;
    for (int side = 0; side < 2; side++) {
        int64_t padding = wb_window_padding(&window, axis, side, extent);
        if (!wb_require_fit(call, wb_subtract(rest, padding, &rest))) {
            return false;
        }
    }
    if (!wb_slide_back(call, stride, rest, in, out)) {
        return false;
    }
    if (pooling->output_size[axis] == WB_ABSENT) {
        return true;
    }
    wb_dimension made = *out;
    *out = wb_known(pooling->output_size[axis]);
    return check_given(call, pooling, axis, stride, made);
}

static bool shape_by_window(wb_call *call, const wb_pooling *pooling, wb_space space) {
    const wb_dimension *in = call->inputs[0].shape;
    wb_window window = window_of(pooling);
    wb_dimension *out = wb_output(call, space.axes + 2);
    if (out == NULL) {
        return false;
    }
    out[0] = in[0];
    out[space.channels] = in[space.channels];
    for (int axis = 0; axis < space.axes; axis++) {
        int at = space.first + axis;
        bool made = pooling->kind == WB_POOLING_INVERSE ? slide_back(call, pooling, axis, in[at], &out[at])
                                                        : wb_slide(call, &window, axis, in[at], &out[at]);
        if (!made) {
            return false;
        }
    }
    return true;
}

/* The inverse takes the places of the values too, one for each. */
static bool check_inputs(wb_call *call, const wb_pooling *pooling) {
    int32_t n = pooling->kind == WB_POOLING_INVERSE ? 2 : 1;
    if (!wb_require_inputs(call, n, n)) {
        return false;
    }
    for (int32_t i = 0; i < n; i++) {
        if (!wb_require_rank(call, i, pooling->axes + 2)) {
            return false;
        }
    }
    return n == 1 || wb_require_same_shape(call, 1);
}

static bool shapes(wb_call *call) {
    const wb_pooling *pooling = call->attributes;
    if (!check_inputs(call, pooling)) {
        return false;
    }
    wb_space space = wb_space_of(call, pooling->axes, pooling->data_format);
    if (!(pooling->kind == WB_POOLING_GLOBAL ? shape_global(call, pooling, space)
                                             : shape_by_window(call, pooling, space))) {
        return false;
    }
    return !pooling->return_indices || wb_output_again(call, WB_DTYPE_INT64);
}

/* The way back has the places of the largest values as its second input, and pooling may have given them. */
static void keeps(const wb_call *call) {
    const wb_pooling *pooling = call->attributes;
    if (pooling->kind == WB_POOLING_INVERSE) {
        wb_keep_input(call, 1);
    } else if (pooling->return_indices) {
        wb_keep_output(call, 1);
    } else if (pooling->keeps == WB_KEEPS_INPUT) {
        wb_keep_input(call, 0);
    } else {
        wb_keep_function(call, pooling->keeps);
    }
}

const wb_operator wb_pooling_operator = {.name = "pooling",
                                         .attributes_size = sizeof(wb_pooling),
                                         .attributes = attributes,
                                         .shapes = shapes,
                                         .not_counted = "comparisons or averages",
                                         .keeps = keeps};
