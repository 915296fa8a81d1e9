/* A matrix product over the last axis. */
#include "operators.h"

static bool attributes(wb_call *call) {
    const wb_dense *dense = call->attributes;
    return wb_require_at_least(call, WB_FIELD(wb_dense, units), dense->units, 1);
}

static bool shapes(wb_call *call) {
    const wb_dense *dense = call->attributes;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_dimension *shape = wb_output(call, input->rank);
    if (shape == NULL) {
        return false;
    }
    for (int axis = 0; axis < input->rank - 1; axis++) {
        shape[axis] = input->shape[axis];
    }
    shape[input->rank - 1] = wb_known(dense->units);
    return true;
}

static bool weights(wb_call *call) {
    const wb_dense *dense = call->attributes;
    int64_t features;
    if (!wb_require_size(call, 0, call->inputs[0].rank - 1, &features)) {
        return false;
    }
    return wb_own(call, "kernel", WB_LEARNED, (int64_t[]){features, dense->units}, 2) &&
           (!dense->use_bias || wb_own(call, "bias", WB_LEARNED, &dense->units, 1));
}

static void costs(wb_call *call) {
    const wb_dense *dense = call->attributes;
    wb_add_macs(call, (int64_t[]){wb_elements(&call->inputs[0], 0, call->inputs[0].rank), dense->units}, 2);
}

const wb_operator wb_dense_operator = {.name = "dense",
                                       .attributes_size = sizeof(wb_dense),
                                       .attributes = attributes,
                                       .shapes = shapes,
                                       .weights = weights,
                                       .costs = costs,
                                       .not_counted = "bias, activation"};
