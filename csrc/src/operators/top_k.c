/* The largest along the last axis, and where they stand. */
#include <string.h>

#include "../backward.h"
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    const wb_top_k *top_k = call->attributes;
    return wb_require_at_least(call, WB_FIELD(wb_top_k, k), top_k->k, 0);
}

static bool output_picked(wb_call *call, int64_t result) {
    const wb_top_k *top_k = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    wb_give_dtype(call, result);
    wb_dimension *shape = wb_output(call, input->rank);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)input->rank);
    shape[input->rank - 1] = wb_known(top_k->k);
    return true;
}

static bool shapes(wb_call *call) {
    const wb_top_k *top_k = call->attributes;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 1)) {
        return false;
    }
    wb_dimension last = call->inputs[0].shape[call->inputs[0].rank - 1];
    if (wb_is_known(last.size) && top_k->k > last.size) {
        return wb_fail(call, WB_ERROR_BEYOND, WB_FIELD(wb_top_k, k), top_k->k, last.size);
    }
    return output_picked(call, WB_RESULT_INPUT) && output_picked(call, WB_RESULT_INDEX);
}

/* Where the largest stand. */
static void keeps(const wb_call *call) { wb_keep_output(call, 1); }

const wb_operator wb_top_k_operator = {.name = "top_k",
                                       .attributes_size = sizeof(wb_top_k),
                                       .attributes = attributes,
                                       .shapes = shapes,
                                       .not_counted = "sorting",
                                       .keeps = keeps};
