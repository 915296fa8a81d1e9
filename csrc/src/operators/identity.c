/* Whatever leaves the shape as it is: activations, dropout, noise. */
#include "../backward.h"
#include "operators.h"

static bool shapes(wb_call *call) {
    const wb_identity *identity = call->attributes;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, identity->least_rank)) {
        return false;
    }
    if (identity->keep_dtype) {
        wb_keep_dtype(call);
    }
    return wb_output_like(call, &call->inputs[0]);
}

static void keeps(const wb_call *call) {
    const wb_identity *identity = call->attributes;
    if (identity->keeps == WB_KEEPS_INPUT) {
        wb_keep_input(call, 0);
    } else {
        wb_keep_function(call, identity->keeps);
    }
}

/* What drops or disturbs in training does nothing where there is no backward pass. */
static bool views(const wb_call *call) {
    const wb_identity *identity = call->attributes;
    bool works_in_training = identity->keeps == WB_KEEPS_MASK || identity->keeps == WB_KEEPS_NOISE;
    return identity->keeps == WB_KEEPS_VIEW || (works_in_training && call->backward == NULL);
}

const wb_operator wb_identity_operator = {.name = "identity",
                                          .attributes_size = sizeof(wb_identity),
                                          .shapes = shapes,
                                          .not_counted = "elementwise work",
                                          .keeps = keeps,
                                          .views = views};
