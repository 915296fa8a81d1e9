/* A look-up of rows in a table. */
#include <string.h>

#include "operators.h"

static bool attributes(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    bool right = wb_require_at_least(call, WB_FIELD(wb_embedding, input_dim), embedding->input_dim, 1);
    return wb_require_at_least(call, WB_FIELD(wb_embedding, output_dim), embedding->output_dim, 1) && right;
}

static bool shapes(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    if (!wb_require_inputs(call, 1, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_dimension *shape = wb_output(call, (int64_t)input->rank + 1);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)input->rank);
    shape[input->rank] = wb_known(embedding->output_dim);
    return true;
}

static bool weights(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    return wb_own(call, "embeddings", WB_LEARNED, (int64_t[]){embedding->input_dim, embedding->output_dim}, 2);
}

const wb_operator wb_embedding_operator = {.name = "embedding",
                                           .attributes_size = sizeof(wb_embedding),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights,
                                           .not_counted = "look-up"};
