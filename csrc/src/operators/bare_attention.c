/* Attention without projections: scores of query and key, and the values that they weigh. */
#include <string.h>

#include "../backward.h"
#include "../cache.h"
#include "broadcast.h"
#include "operators.h"
#include "query.h"

static const wb_tensor *value(const wb_call *call) { return &call->inputs[wb_value_operand(call)]; }

static const wb_tensor *key(const wb_call *call) { return &call->inputs[wb_key_operand(call)]; }

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* All agree in the axes before the positions. */
static bool check_axes(wb_call *call, int32_t operand) {
    if (!wb_require_rank(call, operand, wb_query(call)->rank)) {
        return false;
    }
    for (int axis = 0; axis < wb_query(call)->rank - 2; axis++) {
        if (!wb_require_same(call, operand, call->inputs[operand].shape[axis], wb_query(call)->shape[axis])) {
            return false;
        }
    }
    return true;
}

/* A product needs query and key of one width; sums broadcast them. */
static bool check_width(wb_call *call) {
    const wb_bare_attention *attention = call->attributes;
    wb_dimension got = key(call)->shape[key(call)->rank - 1],
                 expected = wb_query(call)->shape[wb_query(call)->rank - 1];
    wb_dimension merged;
    if (attention->score_mode == WB_SCORE_MODE_DOT) {
        return wb_require_same(call, wb_key_operand(call), got, expected);
    }
    return wb_merge_dimensions(expected, got, &merged) ||
           wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, wb_key_operand(call), got.size, expected.size);
}

/* An output with all axes of the query but the last. */
static bool output(wb_call *call, wb_dimension last) {
    const wb_tensor *like = wb_query(call);
    wb_dimension *shape = wb_output(call, like->rank);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, like->shape, sizeof *shape * (size_t)(like->rank - 1));
    shape[like->rank - 1] = last;
    return true;
}

static bool shapes(wb_call *call) {
    const wb_bare_attention *attention = call->attributes;
    if (!wb_require_inputs(call, 1, 3) || !wb_require_least_rank(call, 0, 2) ||
        !check_axes(call, wb_value_operand(call)) || !check_axes(call, wb_key_operand(call)) || !check_width(call)) {
        return false;
    }
    int last = wb_query(call)->rank - 1;
    return wb_require_same(call, wb_key_operand(call), key(call)->shape[last - 1], value(call)->shape[last - 1]) &&
           output(call, value(call)->shape[last]) &&
           (!attention->return_scores || output(call, key(call)->shape[last - 1]));
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

static bool own_scale(wb_call *call, bool wide) {
    int64_t width = 1;
    return (!wide || wb_require_size(call, 0, wb_query(call)->rank - 1, &width)) &&
           wb_own(call, "scale", WB_LEARNED, &width, wide ? 1 : 0);
}

static bool weights(wb_call *call) {
    const wb_bare_attention *attention = call->attributes;
    return (!attention->use_scale || own_scale(call, attention->score_mode == WB_SCORE_MODE_ADDITIVE)) &&
           (attention->score_mode != WB_SCORE_MODE_CONCAT || wb_own(call, "concat_score_weight", WB_LEARNED, NULL, 0));
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* Every position of the query with every one of the key, along so many features. */
static void add_product(wb_call *call, wb_dimension features) {
    int64_t positions = wb_elements(wb_query(call), 0, wb_query(call)->rank - 1);
    int64_t keys = key(call)->shape[key(call)->rank - 2].cost;
    wb_add_macs(call, (int64_t[]){positions, keys, features.cost}, 3);
}

/* Scores that are sums of elements are elementwise work, and not counted. */
static void costs(wb_call *call) {
    const wb_bare_attention *attention = call->attributes;
    int last = wb_query(call)->rank - 1;
    if (attention->score_mode == WB_SCORE_MODE_DOT) {
        add_product(call, wb_query(call)->shape[last]);
    }
    add_product(call, value(call)->shape[last]);
}

/* ---- Backward ----------------------------------------------------------------------------------------- */

/* Query, key and value, the scores as they come out of the softmax, and what dropout makes of them. */
static void keeps(const wb_call *call) {
    const wb_bare_attention *attention = call->attributes;
    int64_t positions = wb_elements(wb_query(call), 0, wb_query(call)->rank - 1);
    int64_t keys = key(call)->shape[key(call)->rank - 2].cost;
    int64_t features = wb_query(call)->shape[wb_query(call)->rank - 1].cost;
    bool sums = attention->score_mode != WB_SCORE_MODE_DOT;
    bool scaled = attention->use_scale && !sums;
    wb_keep_input(call, 0);
    wb_keep_input(call, wb_value_operand(call));
    wb_keep_input(call, wb_key_operand(call));
    wb_keep_inside(call, (int64_t[]){positions, keys, 1 + (attention->drops != 0) + scaled}, 3);
    if (attention->drops) {
        wb_keep_bytes(call, (int64_t[]){positions, keys}, 2);
    }
    if (sums) {
        wb_keep_inside(call, (int64_t[]){positions, keys, features}, 3);
    }
}

/* ---- Cache -------------------------------------------------------------------------------------------- */

/* Self-attention, which has as many keys as queries, remembers the context; any other the sequence that it looks at. */
static void caches(const wb_call *call) {
    int last = wb_query(call)->rank - 1;
    wb_dimension queries = wb_query(call)->shape[last - 1], keys = key(call)->shape[last - 1], width;
    bool self = queries.size == keys.size && queries.cost == keys.cost;
    int64_t positions = self ? wb_context(call, WB_ABSENT) : keys.cost;
    bool fits = wb_dimension_add(key(call)->shape[last], value(call)->shape[last], &width);
    wb_cache_elements(call,
                      (int64_t[]){wb_elements(key(call), 0, last - 1), positions, fits ? width.cost : WB_OVERFLOWN}, 3);
}

const wb_operator wb_bare_attention_operator = {.name = "bare_attention",
                                                .attributes_size = sizeof(wb_bare_attention),
                                                .shapes = shapes,
                                                .weights = weights,
                                                .costs = costs,
                                                .not_counted = "softmax, additive scores",
                                                .keeps = keeps,
                                                .caches = caches};
