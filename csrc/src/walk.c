#include "walk.h"

#include <stdlib.h>

/* Has every node come out, but for those that are missing and nothing takes from? */
static bool is_whole(const wb_graph *graph, const wb_result *result) {
    const int64_t *record = graph->pool;
    for (int64_t i = 0; i < graph->n_nodes; i++) {
        const wb_node *node = (const wb_node *)(const void *)record;
        if (result->rows[i].n_outputs < 0 && node->operator_id != WB_MISSING) {
            return false;
        }
        record += node->words;
    }
    return true;
}

bool wb_walk_begin(wb_walk *walk, const wb_graph *graph, wb_result *result) {
    *walk = (wb_walk){.evaluation = {.graph = graph, .result = result}, .opening = -1};
    walk->evaluation.frame = result->storage->frames;
    walk->evaluation.frame[0] = (wb_frame){.node = -1, .trainable = true, .sets = 1, .runs = 1};
    return is_whole(graph, result);
}

void wb_walk_end(wb_walk *walk) { free(walk->places); }

int wb_walk_status(const wb_walk *walk, bool whole) {
    if (walk->evaluation.no_memory) {
        return WB_NO_MEMORY;
    }
    return whole ? WB_DONE : WB_FAULTY;
}

static bool is_open(const wb_walk *walk, int32_t node) {
    for (int32_t i = walk->depth; i > 0; i--) {
        if (walk->open[i - 1] == node) {
            return true;
        }
    }
    return false;
}

/* Of a block that is open the content sees what goes in, of any other node what comes out. */
static int64_t first_place(const wb_walk *walk, int32_t node) {
    const wb_row *row = &walk->evaluation.result->rows[node];
    return is_open(walk, node) ? row->first_inner : row->first_tensor;
}

static bool gather(wb_walk *walk, wb_call *call, const int64_t *references) {
    wb_result *result = walk->evaluation.result;
    struct wb_storage *storage = result->storage;
    int32_t n = call->node->n_references;
    bool all = n == 1 && wb_reference_output(references[0]) == WB_ALL_OUTPUTS;
    n = all ? result->rows[wb_reference_node(references[0])].n_outputs : n;
    if (!wb_reserve((void **)&storage->inputs, &storage->inputs_capacity, (size_t)n, sizeof(wb_tensor)) ||
        !wb_reserve((void **)&walk->places, &walk->places_capacity, (size_t)n, sizeof(int64_t))) {
        walk->evaluation.no_memory = true;
        return false;
    }
    for (int32_t i = 0; i < n; i++) {
        int64_t reference = references[all ? 0 : i];
        int64_t output = all ? i : wb_reference_output(reference);
        walk->places[i] = first_place(walk, wb_reference_node(reference)) + output;
        storage->inputs[i] = result->tensors[walk->places[i]];
    }
    call->inputs = storage->inputs;
    call->n_inputs = n;
    return true;
}

/* The next record; false behind the last. Missing layers, of which a right graph refers to none, are passed over. */
static bool step(wb_walk *walk, wb_call *call, const int64_t **references) {
    const wb_graph *graph = walk->evaluation.graph;
    do {
        if (walk->next == graph->n_nodes) {
            return false;
        }
        wb_row *row = &walk->evaluation.result->rows[walk->next++];
        *call = wb_call_of(&walk->evaluation, row, graph->pool + walk->position);
        *references = graph->references + walk->first_reference;
        walk->position += call->node->words;
        walk->first_reference += call->node->n_references;
    } while (call->node->operator_id == WB_MISSING);
    return true;
}

bool wb_walk_next(wb_walk *walk, wb_call *call) {
    const int64_t *references;
    if (walk->opening >= 0) {
        walk->open[walk->depth++] = walk->opening;
        walk->opening = -1;
    }
    if (!step(walk, call, &references) || !gather(walk, call, references)) {
        return false;
    }
    if (call->node->operator_id == WB_BLOCK) {
        walk->opening = call->index;
    } else if (call->node->operator_id == WB_END && walk->depth > 0) {
        walk->closed = walk->open[--walk->depth];
    }
    return true;
}
