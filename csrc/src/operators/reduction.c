/* One number for all that stands along some axes. */
#include "../backward.h"
#include "axes.h"
#include "operators.h"
#include "promotion.h"

static bool shapes(wb_call *call) {
    const wb_reduction *reduction = call->attributes;
    bool goes[WB_MAX_RANK];
    if (!wb_require_inputs(call, 1, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    if (!wb_mark_axes(call, WB_FIELD(wb_reduction, axis), reduction->axis_form, input->rank, goes)) {
        return false;
    }
    int32_t rank = 0, at = 0;
    for (int32_t axis = 0; axis < input->rank; axis++) {
        rank += reduction->keepdims || !goes[axis];
    }
    wb_give_dtype(call, reduction->result);
    wb_dimension *shape = wb_output(call, rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < input->rank; axis++) {
        if (reduction->keepdims || !goes[axis]) {
            shape[at++] = goes[axis] ? wb_known(1) : input->shape[axis];
        }
    }
    return true;
}

static void keeps(const wb_call *call) {
    const wb_reduction *reduction = call->attributes;
    if (reduction->keeps == WB_KEEPS_INPUT) {
        wb_keep_input(call, 0);
    }
}

const wb_operator wb_reduction_operator = {.name = "reduction",
                                           .attributes_size = sizeof(wb_reduction),
                                           .shapes = shapes,
                                           .not_counted = "reduction",
                                           .keeps = keeps};
