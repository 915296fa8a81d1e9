/* One graph, evaluated for many candidates: only words of the pool change from one to the next. */
#include <stdbool.h>
#include <string.h>

#include "evaluation.h"
#include "program.h"

enum { ERRORS = 100 };

static void patch(int64_t *pool, const wb_candidates *candidates, const int64_t *numbers) {
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        pool[candidates->patches[i].position] = numbers[candidates->patches[i].number];
    }
}

static bool patches_fit(const wb_graph *graph, const wb_candidates *candidates) {
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        wb_patch patch = candidates->patches[i];
        if (patch.position < 0 || patch.position >= graph->pool_words || patch.number < 0 ||
            patch.number >= wb_count_numbers(candidates)) {
            return false;
        }
    }
    return true;
}

/* The error that stands first in the graph. */
static wb_error first_of(const wb_error *errors, int64_t n) {
    wb_error first = errors[0];
    for (int64_t i = 1; i < n && i < ERRORS; i++) {
        first = errors[i].node < first.node ? errors[i] : first;
    }
    return first;
}

static wb_outcome outcome_of(int status, const wb_evaluation *evaluation) {
    if (status == WB_DONE) {
        return (wb_outcome){.totals = evaluation->result->totals};
    }
    return (wb_outcome){.error = first_of(evaluation->errors, evaluation->result->n_errors)};
}

/* ---- From one candidate to the next -------------------------------------------------------------------- */

static void list_weights(const wb_graph *graph, wb_stop *stops, int64_t node) {
    if (node >= 0 && node < graph->n_nodes) {
        stops[node].call.counts_only = false;
    }
}

/* Only weights that others share, are tied to or keep in bounds are looked at one by one. */
static void find_counted(const wb_graph *graph, wb_stop *stops) {
    bool any_is_bounded = false;
    for (int64_t i = 0; i < graph->n_nodes; i++) {
        any_is_bounded |= stops[i].call.node->operator_id == WB_SPECTRAL;
    }
    for (int64_t i = 0; i < graph->n_nodes; i++) {
        int32_t owner = stops[i].call.node->weights_of;
        stops[i].call.counts_only = owner < 0 && !any_is_bounded;
        list_weights(graph, stops, owner);
    }
    for (int64_t i = 0; i < graph->n_ties; i++) {
        list_weights(graph, stops, graph->ties[i].node);
        list_weights(graph, stops, graph->ties[i].owner);
    }
}

/* Do two nodes that are alike come to the same, whatever stands around them? */
static bool may_be_twins(const wb_stop *a, const wb_stop *b) {
    const wb_node *one = a->call.node, *other = b->call.node;
    return one->operator_id > WB_MISSING && one->operator_id == other->operator_id &&
           one->n_references == other->n_references && a->call.counts_only && b->call.counts_only &&
           a->call.trainable == b->call.trainable && a->weight_dtype == b->weight_dtype && a->dtype == b->dtype;
}

static void find_twins(wb_stop *stops, const int32_t *alike, int64_t n_nodes) {
    for (int64_t i = 0; i < n_nodes; i++) {
        stops[i].like = NULL;
        stops[i].is_liked = false;
        if (alike != NULL && alike[i] >= 0 && alike[i] < i && may_be_twins(&stops[alike[i]], &stops[i])) {
            stops[i].like = &stops[alike[i]];
            stops[alike[i]].is_liked = true;
        }
    }
}

/* The last of the nodes whose record does not begin behind a position. */
static const wb_call *call_at(const wb_stop *stops, int64_t n_nodes, const int64_t *position) {
    int64_t first = 0, behind = n_nodes;
    while (behind - first > 1) {
        int64_t middle = first + (behind - first) / 2;
        bool is_before = (const int64_t *)(const void *)stops[middle].call.node <= position;
        first = is_before ? middle : first;
        behind = is_before ? behind : middle;
    }
    return &stops[first].call;
}

/* Is a word a value: none that says what there is, or how long it is? */
static bool is_value(const wb_call *call, const int64_t *position) {
    const int64_t *attributes = call->attributes;
    const int64_t *lengths = call->list - wb_operator_of(call->node->operator_id)->n_lists;
    return (position >= attributes && position < lengths) ||
           (position >= call->list && position < call->list + call->list_length);
}

static bool patches_are_values(const wb_graph *graph, const wb_stop *stops, const wb_candidates *candidates) {
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        const int64_t *position = graph->pool + candidates->patches[i].position;
        if (graph->n_nodes == 0 || !is_value(call_at(stops, graph->n_nodes, position), position)) {
            return false;
        }
    }
    return true;
}

/* ---- All of them --------------------------------------------------------------------------------------- */

/* What there is to know before the graph, whose stops are kept, runs again; false where a patch may not be. */
static bool prepare(const wb_evaluation *evaluation, const wb_candidates *candidates) {
    const wb_graph *graph = evaluation->graph;
    wb_stop *stops = evaluation->result->storage->stops;
    if (!patches_are_values(graph, stops, candidates)) {
        return false;
    }
    find_counted(graph, stops);
    find_twins(stops, candidates->alike, graph->n_nodes);
    return true;
}

static int evaluate_all(wb_evaluation *evaluation, int64_t *pool, const wb_candidates *candidates,
                        wb_outcome *outcomes) {
    int64_t *numbers = evaluation->result->storage->numbers;
    bool is_prepared = false;
    wb_place_constants(candidates, numbers);
    for (int64_t i = 0; i < candidates->n_candidates; i++) {
        if (!wb_make_numbers(candidates, i, numbers)) {
            outcomes[i] = (wb_outcome){.error = {WB_ERROR_NO_VALUE, -1, WB_NO_FIELD, -1, 0, 0}};
            continue;
        }
        patch(pool, candidates, numbers);
        int status = is_prepared ? wb_run_again(evaluation) : wb_run(evaluation);
        if (status == WB_NO_MEMORY) {
            return status;
        }
        outcomes[i] = outcome_of(status, evaluation);
        if (!is_prepared && evaluation->is_whole) {
            is_prepared = prepare(evaluation, candidates);
            if (!is_prepared) {
                return WB_FAULTY;
            }
        }
    }
    return WB_DONE;
}

int wb_evaluate_many(const wb_graph *graph, int64_t *pool, const wb_candidates *candidates, wb_result *result,
                     wb_outcome *outcomes) {
    wb_graph patched = *graph;
    wb_error errors[ERRORS];
    struct wb_storage *storage = result->storage;
    size_t n_numbers = (size_t)wb_count_numbers(candidates);
    if (!wb_steps_are_sound(candidates) || !patches_fit(graph, candidates)) {
        return WB_FAULTY;
    }
    if (!wb_reserve((void **)&storage->numbers, &storage->numbers_capacity, n_numbers, sizeof(int64_t))) {
        return WB_NO_MEMORY;
    }
    memcpy(pool, graph->pool, sizeof *pool * (size_t)graph->pool_words);
    patched.pool = pool;
    wb_evaluation evaluation = {
        .graph = &patched, .result = result, .errors = errors, .errors_capacity = ERRORS, .runs_again = true};
    return evaluate_all(&evaluation, pool, candidates, outcomes);
}
