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

static bool views(const wb_call *call) {
    const wb_identity *identity = call->attributes;
    return identity->keeps == WB_KEEPS_VIEW;
}

const wb_operator wb_identity_operator = {.name = "identity",
                                          .attributes_size = sizeof(wb_identity),
                                          .shapes = shapes,
                                          .not_counted = "elementwise work",
                                          .keeps = keeps,
                                          .views = views};
