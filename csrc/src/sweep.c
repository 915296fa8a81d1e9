/* One graph, evaluated for many candidates: only words of the pool change from one to the next. */
#include <stdbool.h>
#include <string.h>

#include "evaluation.h"

enum { ERRORS = 100 };

static void patch(int64_t *pool, const wb_candidates *candidates, const int64_t *values) {
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        pool[candidates->patches[i].position] = values[candidates->patches[i].column];
    }
}

static bool patches_fit(const wb_graph *graph, const wb_candidates *candidates) {
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        wb_patch patch = candidates->patches[i];
        if (patch.position < 0 || patch.position >= graph->pool_words || patch.column < 0 ||
            patch.column >= candidates->n_columns) {
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

int wb_evaluate_many(const wb_graph *graph, int64_t *pool, const wb_candidates *candidates, wb_result *result,
                     wb_outcome *outcomes) {
    wb_graph patched = *graph;
    wb_error errors[ERRORS];
    if (!patches_fit(graph, candidates)) {
        return WB_FAULTY;
    }
    memcpy(pool, graph->pool, sizeof *pool * (size_t)graph->pool_words);
    patched.pool = pool;
    for (int64_t i = 0; i < candidates->n_candidates; i++) {
        patch(pool, candidates, candidates->values + i * candidates->n_columns);
        switch (wb_evaluate_alike(&patched, candidates->alike, result, errors, ERRORS)) {
        case WB_DONE: outcomes[i] = (wb_outcome){.totals = result->totals}; break;
        case WB_FAULTY: outcomes[i] = (wb_outcome){.error = first_of(errors, result->n_errors)}; break;
        default: return WB_NO_MEMORY;
        }
    }
    return WB_DONE;
}
