/* Nodes that are alike come to the same on the same inputs, so that equal layers of a model are evaluated once. */
#include <string.h>

#include "evaluation.h"

static bool same_tensor(const wb_tensor *a, const wb_tensor *b) {
    if (a->rank != b->rank || a->dtype != b->dtype) {
        return false;
    }
    return a->shape == b->shape || memcmp(a->shape, b->shape, sizeof *a->shape * (size_t)a->rank) == 0;
}

static bool has_inputs_of(const wb_result *result, const wb_twin *twin, const wb_node *node, const int64_t *references,
                          int64_t index) {
    for (int32_t i = 0; i < node->n_references; i++) {
        const wb_tensor *input = wb_tensor_of(result, references[i], index);
        if (input == NULL || !same_tensor(input, &twin->inputs[i])) {
            return false;
        }
    }
    return true;
}

/* The same outputs once more; false where the limits, or the memory, have no room for them. */
static bool copy_outputs(wb_evaluation *evaluation, const wb_row *from, wb_row *row) {
    wb_result *result = evaluation->result;
    int64_t n = from->n_outputs;
    size_t needed = (size_t)(result->n_tensors + n);
    if (result->n_tensors + n > evaluation->graph->max_tensors ||
        !wb_reserve((void **)&result->tensors, &result->storage->tensors_capacity, needed, sizeof(wb_tensor))) {
        return false;
    }
    for (int64_t i = 0; i < n; i++) {
        result->tensors[result->n_tensors++] = result->tensors[from->first_tensor + i];
    }
    row->n_outputs = from->n_outputs;
    return true;
}

/* Do the blocks around a node make of it what they made of its twin? */
static bool stands_like(const wb_twin *twin, const wb_node *node, const wb_frame *frame) {
    return twin->trainable == (node->trainable != 0 && frame->trainable) && twin->weight_dtype == frame->weight_dtype &&
           twin->compute_dtype == frame->compute_dtype;
}

bool wb_be_twin(wb_evaluation *evaluation, wb_row *row, const wb_node *node, const int64_t *references) {
    wb_result *result = evaluation->result;
    int64_t index = row - result->rows;
    wb_twin *own = &result->storage->twins[index];
    int32_t like = evaluation->alike[index];
    own->known = false;
    if (like < 0 || like >= index) {
        return false;
    }
    const wb_twin *twin = &result->storage->twins[like];
    if (!twin->known || !stands_like(twin, node, evaluation->frame) ||
        !has_inputs_of(result, twin, node, references, index) || !copy_outputs(evaluation, &result->rows[like], row)) {
        return false;
    }
    *own = *twin;
    wb_call call = {.graph = evaluation->graph, .index = (int32_t)index, .row = row, .evaluation = evaluation};
    wb_add_row(&call, &own->sums, false);
    return true;
}

void wb_remember_twin(const wb_call *call, const wb_sums *sums) {
    wb_twin *twin = &call->evaluation->result->storage->twins[call->index];
    if (call->n_inputs > WB_TWIN_INPUTS) {
        return;
    }
    const wb_frame *frame = call->evaluation->frame;
    twin->sums = *sums;
    twin->trainable = call->trainable;
    twin->weight_dtype = frame->weight_dtype;
    twin->compute_dtype = frame->compute_dtype;
    twin->known = true;
    for (int32_t i = 0; i < call->n_inputs; i++) {
        twin->inputs[i] = call->inputs[i];
    }
}
