/* Tensors behind each other along one axis. */
#include <string.h>

#include "broadcast.h"
#include "operators.h"

static bool join_input(wb_call *call, int32_t operand, int32_t along, wb_dimension *shape) {
    const wb_tensor *input = &call->inputs[operand];
    for (int32_t axis = 0; axis < input->rank; axis++) {
        wb_dimension theirs = input->shape[axis];
        if (axis == along) {
            if (!wb_require_fit(call, wb_dimension_add(shape[axis], theirs, &shape[axis]))) {
                return false;
            }
        } else if (wb_differ(call->inputs[0].shape[axis], theirs)) {
            return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, operand, theirs.size, shape[axis].size);
        } else {
            shape[axis] = wb_shared_dimension(shape[axis], theirs);
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_concatenation *concatenation = call->attributes;
    int32_t along;
    if (!wb_require_inputs(call, 1, call->n_inputs) || !wb_require_least_rank(call, 0, 1) ||
        !wb_require_axis(call, WB_FIELD(wb_concatenation, axis), concatenation->axis, call->inputs[0].rank, &along)) {
        return false;
    }
    wb_keep_dtype(call);
    wb_dimension *shape = wb_output(call, call->inputs[0].rank);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, call->inputs[0].shape, sizeof *shape * (size_t)call->inputs[0].rank);
    for (int32_t i = 1; i < call->n_inputs; i++) {
        if (!wb_require_rank(call, i, call->inputs[0].rank) || !join_input(call, i, along, shape)) {
            return false;
        }
    }
    return true;
}

const wb_operator wb_concatenation_operator = {
    .name = "concatenation", .attributes_size = sizeof(wb_concatenation), .shapes = shapes};
