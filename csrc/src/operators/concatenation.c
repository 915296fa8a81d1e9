/* Tensors behind each other along one axis. */
#include "broadcast.h"
#include "operators.h"

/* Every input begins where the one before it ends. */
static bool add_up(wb_call *call, int32_t axis, wb_dimension *sum) {
    *sum = call->inputs[0].shape[axis];
    for (int32_t i = 1; i < call->n_inputs; i++) {
        if (!wb_require_fit(call, wb_dimension_add(*sum, call->inputs[i].shape[axis], sum))) {
            return false;
        }
    }
    return true;
}

static bool check_ranks(wb_call *call) {
    for (int32_t i = 1; i < call->n_inputs; i++) {
        if (!wb_require_rank(call, i, call->inputs[0].rank)) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_concatenation *concatenation = call->attributes;
    int32_t along;
    if (!wb_require_inputs(call, 1, call->n_inputs) || !wb_require_least_rank(call, 0, 1) || !check_ranks(call) ||
        !wb_require_axis(call, WB_FIELD(wb_concatenation, axis), concatenation->axis, call->inputs[0].rank, &along)) {
        return false;
    }
    wb_keep_dtype(call);
    wb_dimension *shape = wb_output(call, call->inputs[0].rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < call->inputs[0].rank; axis++) {
        if (!(axis == along ? add_up(call, axis, &shape[axis]) : wb_share_axis(call, axis, &shape[axis]))) {
            return false;
        }
    }
    return true;
}

const wb_operator wb_concatenation_operator = {
    .name = "concatenation", .attributes_size = sizeof(wb_concatenation), .shapes = shapes};
