/* A matrix product over the last axis. */
#include "../backward.h"
#include "adaptation.h"
#include "operators.h"

static const wb_kernel_names names = {"kernel",      "kernel_scale",  "kernel_zero",
                                      "kernel_zero", "lora_kernel_a", "lora_kernel_b"};

static bool attributes(wb_call *call) {
    const wb_dense *dense = call->attributes;
    bool right = wb_require_at_least(call, WB_FIELD(wb_dense, units), dense->units, 1);
    return wb_check_adaptation(call, &dense->adaptation, WB_FIELD(wb_dense, adaptation)) && right;
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
    int64_t sizes[] = {features, dense->units};
    wb_kernel kernel = {.names = &names,
                        .sizes = sizes,
                        .rank = 2,
                        .bias = dense->use_bias ? &dense->units : NULL,
                        .bias_rank = 1,
                        .scale = &dense->units,
                        .scale_rank = 1,
                        .matrix = {features, dense->units},
                        .packed = 1,
                        .grouped = 0};
    return wb_own_adapted(call, &dense->adaptation, &kernel);
}

static void costs(wb_call *call) {
    const wb_dense *dense = call->attributes;
    wb_add_macs(call, (int64_t[]){wb_elements(&call->inputs[0], 0, call->inputs[0].rank), dense->units}, 2);
}

/* Beside the input, what lies between the two low-rank matrices. */
static void keeps(const wb_call *call) {
    const wb_dense *dense = call->attributes;
    wb_keep_factor(call, 0);
    if (dense->adaptation.lora_rank > 0) {
        const wb_tensor *input = &call->inputs[0];
        wb_keep_inside(call, (int64_t[]){wb_elements(input, 0, input->rank - 1), dense->adaptation.lora_rank}, 2);
    }
    wb_keep_function(call, dense->keeps);
}

const wb_operator wb_dense_operator = {.name = "dense",
                                       .attributes_size = sizeof(wb_dense),
                                       .attributes = attributes,
                                       .shapes = shapes,
                                       .weights = weights,
                                       .costs = costs,
                                       .not_counted = "bias, activation",
                                       .keeps = keeps,
                                       .division = wb_alternates};
