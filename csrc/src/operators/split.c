/* Pieces along one axis, each an output. */
#include <string.h>

#include "../backward.h"
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    const wb_split *split = call->attributes;
    const int32_t field = WB_FIELD(wb_split, lists);
    if (split->unstack) {
        return split->num == WB_ABSENT || wb_require_at_least(call, WB_FIELD(wb_split, num), split->num, 0);
    }
    if (split->indices_or_sections_form == WB_FORM_ONE) {
        return wb_require_between(call, WB_FIELD(wb_split, indices_or_sections_count), call->list_length, 1, 1) &&
               wb_require_at_least(call, field, call->list[0], 1);
    }
    for (int32_t i = 0; i < split->indices_or_sections_count; i++) {
        if (!wb_require_at_least(call, field + i, call->list[i], i > 0 ? call->list[i - 1] : 0)) {
            return false;
        }
    }
    return true;
}

/* An output with this size along the axis; without the axis where it is unstacked. */
static bool output_piece(wb_call *call, int32_t axis, wb_dimension size) {
    const wb_split *split = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    int32_t kept = split->unstack ? 0 : 1;
    wb_dimension *shape = wb_output(call, input->rank - 1 + kept);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)axis);
    memcpy(shape + axis + kept, input->shape + axis + 1, sizeof *shape * (size_t)(input->rank - axis - 1));
    if (kept) {
        shape[axis] = size;
    }
    return true;
}

static bool require_outputs(wb_call *call, int64_t n) {
    return n <= WB_MAX_OUTPUTS || wb_fail(call, WB_ERROR_OUTPUT_LIMIT, WB_NO_FIELD, n, WB_MAX_OUTPUTS);
}

static bool output_equal(wb_call *call, int32_t axis, int64_t n, wb_dimension size) {
    bool right = require_outputs(call, n);
    for (int64_t i = 0; i < n && right; i++) {
        right = output_piece(call, axis, size);
    }
    return right;
}

static bool unstack(wb_call *call, int32_t axis) {
    const wb_split *split = call->attributes;
    wb_dimension size = call->inputs[0].shape[axis];
    int64_t n = split->num == WB_ABSENT ? size.size : split->num;
    if (!wb_is_known(n)) {
        return wb_fail(call, WB_ERROR_UNKNOWN_COUNT, WB_FIELD(wb_split, num), axis, 0);
    }
    if (wb_differ(size, wb_known(n))) {
        return wb_fail(call, WB_ERROR_SPLIT, WB_FIELD(wb_split, num), size.size, n);
    }
    return output_equal(call, axis, n, wb_known(1));
}

static bool split_equally(wb_call *call, int32_t axis, int64_t parts) {
    wb_dimension size = call->inputs[0].shape[axis];
    if (wb_is_known(size.size) && size.size % parts != 0) {
        return wb_fail(call, WB_ERROR_SPLIT, WB_FIELD(wb_split, lists), size.size, parts);
    }
    return output_equal(call, axis, parts, wb_dimension_divide(size, parts));
}

/* The last piece is what the axis has behind the last index. */
static bool split_at(wb_call *call, int32_t axis, int64_t n) {
    wb_dimension size = call->inputs[0].shape[axis];
    int64_t last = n > 0 ? call->list[n - 1] : 0;
    if (wb_is_known(size.size) && last > size.size) {
        return wb_fail(call, WB_ERROR_BEYOND, WB_FIELD(wb_split, lists) + (int32_t)n - 1, last, size.size);
    }
    bool right = require_outputs(call, n + 1);
    for (int64_t i = 0; i < n && right; i++) {
        right = output_piece(call, axis, wb_known(call->list[i] - (i > 0 ? call->list[i - 1] : 0)));
    }
    return right && output_piece(call, axis, wb_dimension_behind(size, last));
}

static bool shapes(wb_call *call) {
    const wb_split *split = call->attributes;
    int32_t axis;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 1) ||
        !wb_require_axis(call, WB_FIELD(wb_split, axis), split->axis, call->inputs[0].rank, &axis)) {
        return false;
    }
    wb_give_dtype(call, WB_RESULT_INPUT);
    if (split->unstack) {
        return unstack(call, axis);
    }
    return split->indices_or_sections_form == WB_FORM_ONE ? split_equally(call, axis, call->list[0])
                                                          : split_at(call, axis, split->indices_or_sections_count);
}

const wb_operator wb_split_operator = {.name = "split",
                                       .attributes_size = sizeof(wb_split),
                                       .n_lists = 1,
                                       .attributes = attributes,
                                       .shapes = shapes,
                                       .views = wb_views};
