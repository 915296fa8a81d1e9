/* Axes of space that get another size: upsampling, resizing, cropping to a size, adaptive and fractional pooling. */
#include <string.h>

#include "../backward.h"
#include "operators.h"
#include "scale.h"
#include "space.h"

/* Axes that each mode of interpolation is for, 0 where it is for any. */
static int64_t axes_of_mode(int64_t mode) {
    switch (mode) {
    case WB_MODE_LINEAR: return 1;
    case WB_MODE_BILINEAR:
    case WB_MODE_BICUBIC: return 2;
    case WB_MODE_TRILINEAR: return 3;
    default: return 0;
    }
}

/* Only pooling, which says over how many axes. */
static bool is_fractional(const wb_resizing *resizing) {
    return resizing->axes != WB_ABSENT && resizing->pool_size[0] != WB_ABSENT;
}

/* What averages, or picks, may leave nothing (PyTorch); interpolation needs something to make. */
static bool pools(const wb_resizing *resizing) { return is_fractional(resizing) || resizing->mode == WB_MODE_AREA; }

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool check_sizes(wb_call *call, const wb_resizing *resizing) {
    bool right = true;
    for (int32_t i = 0; i < resizing->output_size_count; i++) {
        int32_t field = WB_FIELD(wb_resizing, lists) + i;
        right = (call->list[i] == WB_ABSENT || wb_require_at_least(call, field, call->list[i], 1)) && right;
    }
    return right;
}

/* Factors above 0; those of fractional pooling, which makes less of what there is, below 1. */
static bool check_ratios(wb_call *call, const wb_resizing *resizing) {
    bool right = true;
    for (int32_t i = 0; i < resizing->ratio_count; i += 2) {
        const int64_t *ratio = call->list + resizing->output_size_count + i;
        int32_t field = WB_FIELD(wb_resizing, lists) + (int32_t)resizing->output_size_count + i;
        right = wb_check_factor(call, field, ratio) && right;
        if (is_fractional(resizing) && ratio[0] >= ratio[1]) {
            right = wb_fail(call, WB_ERROR_FRACTION, field, 0, 0);
        }
    }
    return right;
}

/* One entry for all axes, or one for each. */
static bool check_entries(wb_call *call, const wb_resizing *resizing, int64_t axes, enum wb_error_code code) {
    bool has_sizes = resizing->output_size_count > 0;
    int64_t entries = has_sizes ? resizing->output_size_count : resizing->ratio_count / 2;
    int32_t field = has_sizes ? WB_FIELD(wb_resizing, output_size_count) : WB_FIELD(wb_resizing, ratio_count);
    return entries <= 1 || entries == axes || wb_fail(call, code, field, entries, axes);
}

static bool attributes(wb_call *call) {
    const wb_resizing *resizing = call->attributes;
    bool right = true;
    if (resizing->axes != WB_ABSENT &&
        !wb_require_between(call, WB_FIELD(wb_resizing, axes), resizing->axes, 1, WB_MAX_AXES)) {
        return false;
    }
    if (resizing->ratio_count % 2 != 0) {
        return wb_fail(call, WB_ERROR_GRAPH, WB_FIELD(wb_resizing, ratio_count), resizing->ratio_count, 2);
    }
    if ((resizing->output_size_count > 0) == (resizing->ratio_count > 0)) {
        return wb_fail(call, WB_ERROR_EITHER, WB_NO_FIELD, 0, 0);
    }
    for (int32_t axis = 0; axis < WB_MAX_AXES && axis < resizing->axes && is_fractional(resizing); axis++) {
        int32_t field = WB_FIELD(wb_resizing, pool_size) + axis;
        right = wb_require_at_least(call, field, resizing->pool_size[axis], 1) && right;
    }
    if (resizing->axes != WB_ABSENT) {
        right = check_entries(call, resizing, resizing->axes, WB_ERROR_SPREAD) && right;
    }
    right = check_sizes(call, resizing) && right;
    return check_ratios(call, resizing) && right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

static bool check_input(wb_call *call, const wb_resizing *resizing, int64_t *axes) {
    if (!wb_require_inputs(call, 1, 1)) {
        return false;
    }
    int64_t rank = call->inputs[0].rank;
    if (resizing->axes != WB_ABSENT) {
        *axes = resizing->axes;
        return (resizing->single && rank == *axes + 1) || wb_require_rank(call, 0, *axes + 2);
    }
    if (rank > WB_MAX_AXES + 2) {
        return wb_require_rank(call, 0, WB_MAX_AXES + 2);
    }
    int64_t wanted = axes_of_mode(resizing->mode);
    *axes = rank - 2;
    return wanted == 0 ? wb_require_least_rank(call, 0, 3) : wb_require_rank(call, 0, wanted + 2);
}

static bool scale(wb_call *call, const wb_resizing *resizing, const int64_t *factor, wb_dimension in,
                  wb_dimension *out) {
    if (factor[0] == factor[1]) {
        *out = in; /* the size stays, and so does a name */
        return true;
    }
    return wb_require_fit(call, wb_dimension_map(in, wb_scale, factor, out)) &&
           wb_require_left(call, in, pools(resizing) ? 0 : 1, out);
}

static bool resize(wb_call *call, const wb_resizing *resizing, int axis, wb_dimension in, wb_dimension *out) {
    if (resizing->output_size_count == 0) {
        return scale(call, resizing, call->list + (resizing->ratio_count > 2 ? 2 * axis : 0), in, out);
    }
    int64_t size = call->list[resizing->output_size_count > 1 ? axis : 0];
    *out = size == WB_ABSENT ? in : wb_known(size);
    return true;
}

/* PyTorch draws the places of the windows at random, so all of them must fit; over three axes it wants one place more
 * than it needs. */
static bool check_fraction(wb_call *call, const wb_resizing *resizing, int axis, wb_dimension in, wb_dimension out) {
    int64_t needed;
    if (!is_fractional(resizing) || !wb_is_known(in.size)) {
        return true;
    }
    if (!wb_require_fit(call, wb_add(out.size, resizing->pool_size[axis] - (resizing->axes < 3), &needed))) {
        return false;
    }
    return needed <= in.size || wb_fail_input(call, WB_ERROR_WINDOW, 0, needed, in.size);
}

static bool shape(wb_call *call, const wb_resizing *resizing, int64_t axes) {
    const wb_tensor *input = &call->inputs[0];
    wb_space space = wb_space_in(call, input->rank, axes, resizing->data_format);
    wb_dimension *out = wb_output(call, input->rank);
    if (out == NULL) {
        return false;
    }
    memcpy(out, input->shape, sizeof *out * (size_t)input->rank);
    for (int axis = 0; axis < axes; axis++) {
        int at = space.first + axis;
        if (!resize(call, resizing, axis, input->shape[at], &out[at]) ||
            !check_fraction(call, resizing, axis, input->shape[at], out[at])) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_resizing *resizing = call->attributes;
    int64_t axes = 0;
    if (!check_input(call, resizing, &axes) || !check_entries(call, resizing, axes, WB_ERROR_ENTRIES)) {
        return false;
    }
    if (resizing->keep_dtype) {
        wb_keep_dtype(call);
    }
    if (!shape(call, resizing, axes)) {
        return false;
    }
    return !resizing->return_indices || wb_output_again(call, WB_DTYPE_INT64);
}

static void keeps(const wb_call *call) {
    const wb_resizing *resizing = call->attributes;
    if (resizing->return_indices) {
        wb_keep_output(call, 1);
    } else {
        wb_keep_function(call, resizing->keeps);
    }
}

const wb_operator wb_resizing_operator = {.name = "resizing",
                                          .attributes_size = sizeof(wb_resizing),
                                          .n_lists = 2,
                                          .attributes = attributes,
                                          .shapes = shapes,
                                          .not_counted = "interpolation, or averages and comparisons",
                                          .keeps = keeps};
