/* Nodes that are alike come to the same on the same inputs, so that equal layers of a model are evaluated once. */
#include "evaluation.h"

static bool same_tensor(const wb_tensor *a, const wb_tensor *b) {
    if (a->rank != b->rank || a->dtype != b->dtype) {
        return false;
    }
    for (int axis = a->rank - 1; axis >= 0 && a->shape != b->shape; axis--) { /* the last is what differs most */
        if (a->shape[axis].size != b->shape[axis].size || a->shape[axis].cost != b->shape[axis].cost) {
            return false;
        }
    }
    return true;
}

static bool has_inputs_of(const wb_stop *stop, const wb_stop *twin) {
    const wb_call *call = &stop->call;
    for (int32_t i = 0; i < call->node->n_references; i++) {
        const wb_tensor *input = wb_tensor_of(call->evaluation->result, stop->references[i], call->index);
        if (input == NULL || !same_tensor(input, &twin->inputs[i])) {
            return false;
        }
    }
    return true;
}

/* The same outputs once more; false where the limits, or the memory, have no room for them. */
static bool copy_outputs(const wb_call *call, const wb_row *from) {
    wb_result *result = call->evaluation->result;
    int64_t n = from->n_outputs;
    size_t needed = (size_t)(result->n_tensors + n);
    if (result->n_tensors + n > call->graph->max_tensors ||
        !wb_reserve((void **)&result->tensors, &result->storage->tensors_capacity, needed, sizeof(wb_tensor))) {
        return false;
    }
    for (int64_t i = 0; i < n; i++) {
        result->tensors[result->n_tensors++] = result->tensors[from->first_tensor + i];
    }
    call->row->n_outputs = from->n_outputs;
    return true;
}

bool wb_be_twin(wb_stop *stop) {
    stop->twin = NULL;
    if (stop->like == NULL || stop->like->twin == NULL) {
        return false;
    }
    const wb_stop *twin = stop->like->twin;
    if (!has_inputs_of(stop, twin) || !copy_outputs(&stop->call, twin->call.row)) {
        return false;
    }
    stop->twin = twin;
    wb_add_row(&stop->call, &twin->sums, false);
    return true;
}

void wb_remember_twin(wb_stop *stop) {
    const wb_call *call = &stop->call;
    if (call->n_inputs > WB_TWIN_INPUTS) {
        return;
    }
    stop->twin = stop;
    for (int32_t i = 0; i < call->n_inputs; i++) {
        stop->inputs[i] = call->inputs[i];
    }
}
