/* A table of rows: looked up one by one or in bags, or multiplied with on the way back. */
#include <string.h>

#include "../backward.h"
#include "adaptation.h"
#include "operators.h"

static const wb_kernel_names names = {"embeddings", "embeddings_scale",  "embeddings_zero",
                                      NULL,         "lora_embeddings_a", "lora_embeddings_b"};
static const wb_kernel_names reverse_names = {
    "reverse_embeddings", "reverse_embeddings_scale", "reverse_embeddings_zero", NULL, NULL, NULL};

static bool attributes(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    bool right = wb_require_at_least(call, WB_FIELD(wb_embedding, input_dim), embedding->input_dim, 1);
    right = wb_require_at_least(call, WB_FIELD(wb_embedding, output_dim), embedding->output_dim, 1) && right;
    /* Keras has no other quantization of a table. */
    right = wb_require_between(call, WB_FIELD(wb_embedding, adaptation.quantization),
                               embedding->adaptation.quantization, 0, WB_QUANTIZATION_INT4) &&
            right;
    return wb_check_adaptation(call, &embedding->adaptation, WB_FIELD(wb_embedding, adaptation)) && right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

static bool shape_rows(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    wb_dimension *shape = wb_output(call, (int64_t)input->rank + 1);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)input->rank);
    shape[input->rank] = wb_known(embedding->output_dim);
    return true;
}

static bool shape_reverse(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    if (!wb_require_least_rank(call, 0, 1)) {
        return false;
    }
    int last = input->rank - 1;
    if (!wb_require_same(call, 0, input->shape[last], wb_known(embedding->output_dim))) {
        return false;
    }
    wb_dimension *shape = wb_output(call, input->rank);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)last);
    shape[last] = wb_known(embedding->input_dim);
    return true;
}

static bool before_last(int64_t size, const int64_t *nothing, int64_t *result) {
    (void)nothing;
    *result = size > 0 ? size - 1 : 0;
    return true;
}

/* Indices in rows are a bag each; in one row, the second input says where each bag begins. The last input, where there
 * is one more, has a weight for each index. */
static bool shape_bags(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    bool flat = call->inputs[0].rank == 1;
    if (!flat && !wb_require_rank(call, 0, 2)) {
        return false;
    }
    int32_t least = flat ? 2 : 1;
    if (!wb_require_inputs(call, least, least + 1) || (flat && !wb_require_rank(call, 1, 1)) ||
        (call->n_inputs > least && !wb_require_same_shape(call, least))) {
        return false;
    }
    wb_dimension *shape = wb_output(call, 2);
    if (shape == NULL) {
        return false;
    }
    shape[0] = call->inputs[flat ? 1 : 0].shape[0];
    shape[1] = wb_known(embedding->output_dim);
    return !flat || !embedding->include_last_offset || wb_dimension_map(shape[0], before_last, NULL, &shape[0]);
}

static bool shapes(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    if (!wb_require_inputs(call, 1, embedding->call == WB_EMBEDDING_CALL_BAGS ? 3 : 1)) {
        return false;
    }
    switch (embedding->call) {
    case WB_EMBEDDING_CALL_REVERSE: return shape_reverse(call);
    case WB_EMBEDDING_CALL_BAGS: return shape_bags(call);
    default: return shape_rows(call);
    }
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

/* A row has one scale, or one for each block of it; the way back is the same table lying on its side. */
static wb_kernel table_of(const wb_kernel_names *kernel_names, const int64_t *sizes, int rows) {
    return (wb_kernel){.names = kernel_names,
                       .sizes = sizes,
                       .rank = 2,
                       .scale = &sizes[rows],
                       .scale_rank = 1,
                       .matrix = {sizes[0], sizes[1]},
                       .packed = 1 - rows,
                       .grouped = 1 - rows};
}

static bool weights(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    const int64_t sizes[] = {embedding->input_dim, embedding->output_dim};
    const int64_t reverse[] = {embedding->output_dim, embedding->input_dim};
    wb_kernel table = table_of(&names, sizes, 0);
    wb_kernel back = table_of(&reverse_names, reverse, 1);
    return wb_own_adapted(call, &embedding->adaptation, &table) &&
           (!embedding->untied || wb_own_second(call, &embedding->adaptation, &back));
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

static void costs(wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    if (embedding->call == WB_EMBEDDING_CALL_REVERSE) {
        int64_t positions = wb_elements(input, 0, input->rank - 1);
        wb_add_macs(call, (int64_t[]){positions, embedding->output_dim, embedding->input_dim}, 3);
    }
}

/* Rows are found again by their numbers; the way back is a product like any other. */
static void keeps(const wb_call *call) {
    wb_keep_factor(call, 0);
    const wb_embedding *embedding = call->attributes;
    for (int32_t i = 1; i < call->n_inputs && embedding->call == WB_EMBEDDING_CALL_BAGS; i++) {
        wb_keep_factor(call, i);
    }
}

static enum wb_division division(const wb_call *call) {
    const wb_embedding *embedding = call->attributes;
    return embedding->call == WB_EMBEDDING_CALL_REVERSE ? WB_ALTERNATES : WB_WHOLE;
}

const wb_operator wb_embedding_operator = {.name = "embedding",
                                           .attributes_size = sizeof(wb_embedding),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights,
                                           .costs = costs,
                                           .not_counted = "look-up",
                                           .keeps = keeps,
                                           .division = division};
