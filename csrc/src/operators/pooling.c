/* Pooling over 1 to 3 axes of space, by a window or over all of it. Max and average pooling have the same shapes. */
#include <string.h>

#include "operators.h"
#include "space.h"
#include "window.h"

static wb_window window_of(const wb_pooling *pooling) {
    wb_window window = {
        .padding_mode = pooling->padding_mode, .ceil_mode = pooling->ceil_mode != 0, .axes = (int32_t)pooling->axes};
    memcpy(window.size, pooling->pool_size, sizeof window.size);
    memcpy(window.dilation, pooling->dilation_rate, sizeof window.dilation);
    memcpy(window.padding, pooling->padding, sizeof window.padding);
    for (int axis = 0; axis < window.axes; axis++) {
        window.strides[axis] = pooling->strides[axis] == WB_ABSENT ? window.size[axis] : pooling->strides[axis];
    }
    return window;
}

static bool attributes(wb_call *call) {
    const wb_pooling *pooling = call->attributes;
    const wb_window_fields fields = {WB_FIELD(wb_pooling, pool_size), WB_FIELD(wb_pooling, strides),
                                     WB_FIELD(wb_pooling, dilation_rate), WB_FIELD(wb_pooling, padding)};
    if (pooling->global) {
        return true;
    }
    wb_window window = window_of(pooling);
    return wb_check_window(call, &window, fields);
}

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
        if (!wb_slide(call, &window, axis, in[at], &out[at])) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_pooling *pooling = call->attributes;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_rank(call, 0, pooling->axes + 2)) {
        return false;
    }
    wb_space space = wb_space_of(call, pooling->axes, pooling->data_format);
    wb_keep_dtype(call);
    return pooling->global ? shape_global(call, pooling, space) : shape_by_window(call, pooling, space);
}

const wb_operator wb_pooling_operator = {.name = "pooling",
                                         .attributes_size = sizeof(wb_pooling),
                                         .attributes = attributes,
                                         .shapes = shapes,
                                         .not_counted = "comparisons or averages"};
