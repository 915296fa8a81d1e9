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

static int evaluate_all(wb_evaluation *evaluation, int64_t *pool, const wb_candidates *candidates,
                        wb_outcome *outcomes) {
    int64_t *numbers = evaluation->result->storage->numbers;
    bool is_prepared = false;
    wb_place_constants(candidates, numbers);
    for (int64_t i = 0; i < candidates->n_candidates; i++) {
        evaluation->changed |= wb_changed_columns(candidates, i, numbers);
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
        evaluation->changed = 0;
        if (!is_prepared && evaluation->is_whole) {
            is_prepared = wb_prepare_stops(evaluation, candidates);
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
    if (!wb_reserve((void **)&storage->numbers, &storage->numbers_capacity, n_numbers, sizeof(int64_t)) ||
        !wb_reserve((void **)&storage->rests, &storage->rests_capacity, n_numbers, sizeof(uint64_t))) {
        return WB_NO_MEMORY;
    }
    memcpy(pool, graph->pool, sizeof *pool * (size_t)graph->pool_words);
    patched.pool = pool;
    wb_evaluation evaluation = {
        .graph = &patched, .result = result, .errors = errors, .errors_capacity = ERRORS, .runs_again = true};
    return evaluate_all(&evaluation, pool, candidates, outcomes);
}
