/* What is known of the nodes of a graph before it is evaluated for one candidate after the other. */
#include "evaluation.h"
#include "program.h"

/* ---- Patches ------------------------------------------------------------------------------------------- */

/* The last of the nodes whose record does not begin behind a position. */
static wb_stop *stop_at(wb_stop *stops, int64_t n_nodes, const int64_t *position) {
    int64_t first = 0, behind = n_nodes;
    while (behind - first > 1) {
        int64_t middle = first + (behind - first) / 2;
        bool is_before = (const int64_t *)(const void *)stops[middle].call.node <= position;
        first = is_before ? middle : first;
        behind = is_before ? behind : middle;
    }
    return &stops[first];
}

/* Is a word a value: none that says what there is, or how long it is? */
static bool is_value(const wb_call *call, const int64_t *position) {
    const int64_t *attributes = call->attributes;
    const int64_t *lengths = call->list - wb_operator_of(call->node->operator_id)->n_lists;
    return (position >= attributes && position < lengths) ||
           (position >= call->list && position < call->list + call->list_length);
}

static bool patches_are_values(const wb_graph *graph, wb_stop *stops, const wb_candidates *candidates) {
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        const int64_t *position = graph->pool + candidates->patches[i].position;
        if (graph->n_nodes == 0 || !is_value(&stop_at(stops, graph->n_nodes, position)->call, position)) {
            return false;
        }
    }
    return true;
}

/* ---- Weights ------------------------------------------------------------------------------------------- */

/* The weights of a node, or of all that is in a block: one may be tied to those too. */
static void list_weights(const wb_graph *graph, wb_stop *stops, int64_t node) {
    int32_t depth = 0;
    for (int64_t i = node; i >= 0 && i < graph->n_nodes && (i == node || depth > 0); i++) {
        int32_t operator_id = stops[i].call.node->operator_id;
        depth += (operator_id == WB_BLOCK) - (operator_id == WB_END);
        stops[i].call.counts_only = false;
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

/* ---- Twins --------------------------------------------------------------------------------------------- */

/* Do two nodes that are alike come to the same, whatever stands around them? */
static bool may_be_twins(const wb_stop *a, const wb_stop *b) {
    const wb_node *one = a->call.node, *other = b->call.node;
    return one->operator_id > WB_MISSING && one->operator_id == other->operator_id &&
           one->n_references == other->n_references && a->call.counts_only && b->call.counts_only &&
           a->call.trainable == b->call.trainable && a->weight_dtype == b->weight_dtype && a->dtype == b->dtype;
}

static void find_twins(wb_stop *stops, const int32_t *alike, int64_t n_nodes) {
    for (int64_t i = 0; i < n_nodes; i++) {
        if (alike != NULL && alike[i] >= 0 && alike[i] < i && may_be_twins(&stops[alike[i]], &stops[i])) {
            stops[i].like = &stops[alike[i]];
            stops[alike[i]].is_liked = true;
        }
    }
}

/* ---- What a node rests on ------------------------------------------------------------------------------ */

/* Does what is in a block, or comes out of it, rest on this word? How often it runs says nothing of either. */
static bool shapes_content(const wb_call *call, const int64_t *position) {
    int64_t field = position - (const int64_t *)call->attributes;
    return call->node->operator_id != WB_BLOCK ||
           (field != WB_FIELD(wb_block, repeat) && field != WB_FIELD(wb_block, copies) &&
            field != WB_FIELD(wb_block, active));
}

static void rest_on_patches(const wb_graph *graph, wb_stop *stops, const wb_candidates *candidates,
                            const uint64_t *rests) {
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        const int64_t *position = graph->pool + candidates->patches[i].position;
        wb_stop *stop = stop_at(stops, graph->n_nodes, position);
        if (shapes_content(&stop->call, position)) {
            stop->rests_on |= rests[candidates->patches[i].number];
        }
    }
}

static void rest_on_inputs(wb_stop *stops, wb_stop *stop) {
    for (int32_t i = 0; i < stop->call.node->n_references; i++) {
        int64_t reference = stop->references[i];
        bool is_known = reference >= 0 && wb_reference_node(reference) < stop->call.index;
        stop->rests_on |= is_known ? stops[wb_reference_node(reference)].rests_on : UINT64_MAX;
    }
}

/* While a block is open its node stands for what goes in, after that for what comes out. Answers the columns that all
 * others rest on. */
static uint64_t find_rests(const wb_graph *graph, wb_stop *stops) {
    wb_stop *open[WB_MAX_NESTING + 1];
    int32_t depth = 0;
    uint64_t common = UINT64_MAX;
    for (int64_t i = 0; i < graph->n_nodes; i++) {
        wb_stop *stop = &stops[i];
        rest_on_inputs(stops, stop);
        if (stop->call.node->operator_id == WB_BLOCK) {
            open[depth++] = stop;
        } else if (stop->call.node->operator_id == WB_END && depth > 0) {
            open[--depth]->rests_on |= stop->rests_on;
        } else if (stop->call.node->operator_id > WB_MISSING) {
            common &= stop->rests_on;
        }
    }
    return common;
}

bool wb_prepare_stops(wb_evaluation *evaluation, const wb_candidates *candidates) {
    const wb_graph *graph = evaluation->graph;
    struct wb_storage *storage = evaluation->result->storage;
    if (!patches_are_values(graph, storage->stops, candidates)) {
        return false;
    }
    find_counted(graph, storage->stops);
    find_twins(storage->stops, candidates->alike, graph->n_nodes);
    wb_find_rests(candidates, storage->rests);
    rest_on_patches(graph, storage->stops, candidates, storage->rests);
    evaluation->common = find_rests(graph, storage->stops);
    return true;
}
