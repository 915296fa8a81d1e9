/* All axes but the batch become one. */
#include "operators.h"

static bool shapes(wb_call *call) {
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_keep_dtype(call);
    wb_dimension *shape = wb_output(call, 2);
    if (shape == NULL) {
        return false;
    }
    shape[0] = input->shape[0];
    return wb_require_fit(call, wb_dimension_product(input->shape + 1, input->rank - 1, &shape[1]));
}

const wb_operator wb_flatten_operator = {.name = "flatten", .attributes_size = sizeof(wb_flatten), .shapes = shapes};
