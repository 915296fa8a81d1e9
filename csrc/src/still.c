/* A node that rests on no column that has changed comes to what it came to for the candidate before. */
#include <string.h>

#include "evaluation.h"

void wb_swap_outputs(wb_result *result) {
    struct wb_storage *storage = result->storage;
    wb_tensor *tensors = storage->last_tensors;
    size_t capacity = storage->last_tensors_capacity;
    wb_arena arena = storage->last_arena;
    storage->last_tensors = result->tensors;
    storage->last_tensors_capacity = storage->tensors_capacity;
    storage->last_arena = storage->arena;
    result->tensors = tensors;
    storage->tensors_capacity = capacity;
    storage->arena = arena;
}

/* An output of the last candidate, among those of this one; false without memory. */
static bool keep_output(wb_result *result, const wb_tensor *last) {
    struct wb_storage *storage = result->storage;
    size_t size = sizeof(wb_dimension) * (size_t)last->rank, n = (size_t)result->n_tensors;
    wb_dimension *shape = wb_arena_take(&storage->arena, size);
    if (shape == NULL || !wb_reserve((void **)&result->tensors, &storage->tensors_capacity, n + 1, sizeof(wb_tensor))) {
        return false;
    }
    memcpy(shape, last->shape, size);
    result->tensors[n] = (wb_tensor){shape, last->rank, last->dtype};
    result->n_tensors++;
    return true;
}

bool wb_stay(wb_stop *stop) {
    wb_evaluation *evaluation = stop->call.evaluation;
    wb_result *result = evaluation->result;
    wb_row *row = stop->call.row;
    const int64_t last = row->first_tensor;
    const int32_t n = row->n_outputs;
    bool has_sums = stop->twin == NULL || stop->twin == stop;
    if (!stop->may_stay || !stop->call.counts_only || (stop->rests_on & evaluation->changed) != 0 || !has_sums ||
        n < 0 || result->n_tensors + n > evaluation->graph->max_tensors) {
        return false;
    }
    wb_place_row(result, row);
    for (int32_t i = 0; i < n && !evaluation->no_memory; i++) {
        evaluation->no_memory = !keep_output(result, &result->storage->last_tensors[last + i]);
    }
    row->n_outputs = n;
    stop->twin = NULL;
    wb_add_row(&stop->call, &stop->sums, false);
    return true;
}
