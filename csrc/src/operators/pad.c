/* More on both sides of the axes. */
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    for (int32_t i = 0; i < call->list_length; i++) {
        if (!wb_require_at_least(call, WB_FIELD(wb_pad, pad_width) + i, call->list[i], 0)) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_pad *pad = call->attributes;
    if (!wb_require_inputs(call, 1, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    if (call->list_length != 2 && call->list_length != 2 * (int64_t)input->rank) {
        return wb_fail_input(call, WB_ERROR_LENGTH, 0, call->list_length / 2, input->rank);
    }
    wb_give_dtype(call, pad->result);
    wb_dimension *shape = wb_output(call, input->rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < input->rank; axis++) {
        const int64_t *sides = call->list_length == 2 ? call->list : call->list + 2 * (ptrdiff_t)axis;
        int64_t both;
        if (!wb_require_fit(call, wb_add(sides[0], sides[1], &both)) ||
            !wb_require_fit(call, wb_dimension_add(input->shape[axis], wb_known(both), &shape[axis]))) {
            return false;
        }
    }
    return true;
}

const wb_operator wb_pad_operator = {
    .name = "pad", .attributes_size = sizeof(wb_pad), .attributes = attributes, .shapes = shapes};
