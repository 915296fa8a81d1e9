/* Multi-head and grouped-query attention: projections of query, key and value, scores, and a projection back. */
#include <string.h>

#include "operators.h"

typedef struct heads {
    int64_t query;
    int64_t key_value;
    int64_t key_dim;
    int64_t value_dim;
} heads;

static heads heads_of(const wb_attention *attention) {
    return (heads){
        attention->query_heads,
        attention->key_value_heads == WB_ABSENT ? attention->query_heads : attention->key_value_heads,
        attention->key_dim,
        attention->value_dim == WB_ABSENT ? attention->key_dim : attention->value_dim,
    };
}

static const int64_t *output_shape(const wb_call *call) { return call->list; }

static const wb_tensor *query(const wb_call *call) { return &call->inputs[0]; }

static int32_t value_operand(const wb_call *call) { return call->n_inputs > 1 ? 1 : 0; }

/* Keras's order of inputs is query, value, key; the key defaults to the value. */
static int32_t key_operand(const wb_call *call) { return call->n_inputs > 2 ? 2 : value_operand(call); }

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool attributes(wb_call *call) {
    const wb_attention *attention = call->attributes;
    heads n = heads_of(attention);
    bool right = wb_require_at_least(call, WB_FIELD(wb_attention, query_heads), n.query, 1);
    bool some = wb_require_at_least(call, WB_FIELD(wb_attention, key_value_heads), n.key_value, 1);
    right = wb_require_at_least(call, WB_FIELD(wb_attention, key_dim), n.key_dim, 1) && right && some;
    right = wb_require_at_least(call, WB_FIELD(wb_attention, value_dim), n.value_dim, 1) && right;
    for (int32_t i = 0; i < attention->output_shape_count; i++) {
        right = wb_require_at_least(call, WB_FIELD(wb_attention, lists) + i, output_shape(call)[i], 1) && right;
    }
    if (right && n.query % n.key_value != 0) {
        right = wb_fail(call, WB_ERROR_NOT_DIVISIBLE, WB_FIELD(wb_attention, query_heads), n.query, n.key_value);
    }
    return right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* Value and key agree in every axis but the batch and the last, as Keras demands; in grouped-query attention query
 * and value agree in the last. */
static bool check_key(wb_call *call) {
    const wb_attention *attention = call->attributes;
    const wb_tensor *value = &call->inputs[value_operand(call)];
    const wb_tensor *key = &call->inputs[key_operand(call)];
    if (!wb_require_rank(call, key_operand(call), value->rank)) {
        return false;
    }
    wb_dimension width = query(call)->shape[query(call)->rank - 1];
    if (attention->query_rank != WB_ABSENT && wb_differ(width, value->shape[value->rank - 1])) {
        return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, value_operand(call), value->shape[value->rank - 1].size,
                             width.size);
    }
    for (int axis = 1; axis < key->rank - 1; axis++) {
        if (wb_differ(key->shape[axis], value->shape[axis])) {
            return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, key_operand(call), key->shape[axis].size,
                                 value->shape[axis].size);
        }
    }
    return true;
}

static bool output_projected(wb_call *call) {
    const wb_attention *attention = call->attributes;
    int64_t width = attention->output_shape_count;
    if (width == 0) {
        return wb_output_like(call, query(call));
    }
    wb_dimension *shape = wb_output(call, query(call)->rank - 1 + width);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, query(call)->shape, sizeof *shape * (size_t)(query(call)->rank - 1));
    for (int64_t i = 0; i < width; i++) {
        shape[query(call)->rank - 1 + i] = wb_known(output_shape(call)[i]);
    }
    return true;
}

/* Which axes are attended over; the others stand beside each other like the batch. */
static bool find_axes(wb_call *call, bool *attended) {
    const wb_attention *attention = call->attributes;
    int32_t rank = query(call)->rank;
    memset(attended, 0, sizeof *attended * WB_MAX_RANK);
    for (int64_t i = 0; i < attention->attention_axes_count; i++) {
        int64_t at = attention->output_shape_count + i;
        int32_t axis;
        if (!wb_require_axis(call, WB_FIELD(wb_attention, lists) + (int32_t)at, call->list[at], rank, &axis)) {
            return false;
        }
        attended[axis] = true;
    }
    for (int axis = 1; axis < rank - 1 && attention->attention_axes_count == 0; axis++) {
        attended[axis] = true;
    }
    return true;
}

/* The scores: (batch and what stands beside it, heads, query positions, key positions). */
static bool output_scores(wb_call *call, const bool *attended) {
    const wb_attention *attention = call->attributes;
    const wb_tensor *key = &call->inputs[key_operand(call)];
    int32_t rank = query(call)->rank, n_attended = 0, at = 0;
    for (int axis = 0; axis < rank - 1; axis++) {
        n_attended += attended[axis];
    }
    wb_dimension *shape = wb_output(call, rank - 1 - n_attended + 1 + n_attended + n_attended);
    if (shape == NULL) {
        return false;
    }
    for (int axis = 0; axis < rank - 1; axis++) {
        if (!attended[axis]) {
            shape[at++] = query(call)->shape[axis];
        }
    }
    shape[at++] = wb_known(attention->query_heads);
    for (int side = 0; side < 2; side++) {
        for (int axis = 0; axis < rank - 1; axis++) {
            if (attended[axis]) {
                shape[at++] = (side == 0 ? query(call) : key)->shape[axis];
            }
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_attention *attention = call->attributes;
    bool attended[WB_MAX_RANK];
    if (!wb_require_inputs(call, 1, 3)) {
        return false;
    }
    bool ranks = attention->query_rank == WB_ABSENT ? wb_require_least_rank(call, 0, 3)
                                                    : wb_require_rank(call, 0, attention->query_rank);
    if (!ranks || !wb_require_rank(call, value_operand(call), query(call)->rank) || !check_key(call) ||
        !find_axes(call, attended) || !output_projected(call)) {
        return false;
    }
    return !attention->return_scores || output_scores(call, attended);
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

/* A projection from the last axis of an input to heads: (features, heads, width). */
static bool own_projection(wb_call *call, const char *kernel, const char *bias, int32_t operand, int64_t n_heads,
                           int64_t width) {
    const wb_attention *attention = call->attributes;
    int64_t features;
    return wb_require_size(call, operand, call->inputs[operand].rank - 1, &features) &&
           wb_own(call, kernel, WB_LEARNED, (int64_t[]){features, n_heads, width}, 3) &&
           (!attention->use_bias || wb_own(call, bias, WB_LEARNED, (int64_t[]){n_heads, width}, 2));
}

static bool own_output_projection(wb_call *call, heads n) {
    const wb_attention *attention = call->attributes;
    int64_t sizes[WB_MAX_RANK + 2] = {n.query, n.value_dim};
    int width = (int)attention->output_shape_count;
    if (width == 0) {
        width = 1;
        if (!wb_require_size(call, 0, query(call)->rank - 1, &sizes[2])) {
            return false;
        }
    } else {
        memcpy(sizes + 2, output_shape(call), sizeof *sizes * (size_t)width);
    }
    return wb_own(call, "attention_output/kernel", WB_LEARNED, sizes, width + 2) &&
           (!attention->use_bias || wb_own(call, "attention_output/bias", WB_LEARNED, sizes + 2, width));
}

static bool weights(wb_call *call) {
    const wb_attention *attention = call->attributes;
    heads n = heads_of(attention);
    return own_projection(call, "query/kernel", "query/bias", 0, n.query, n.key_dim) &&
           own_projection(call, "key/kernel", "key/bias", key_operand(call), n.key_value, n.key_dim) &&
           (!attention->use_gate || own_projection(call, "gate/kernel", "gate/bias", 0, n.query, n.value_dim)) &&
           own_projection(call, "value/kernel", "value/bias", value_operand(call), n.key_value, n.value_dim) &&
           own_output_projection(call, n);
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* A projection works once at every position of its input. */
static void add_projection(wb_call *call, const wb_tensor *input, int weight) {
    int64_t positions = wb_elements(input, 0, input->rank - 1);
    wb_add_macs(call, (int64_t[]){positions, wb_weight_elements(call, weight)}, 2);
}

/* Scores and values, in full square: every query position with every key position, in every head. */
static void add_scores(wb_call *call, heads n, const bool *attended) {
    const wb_tensor *key = &call->inputs[key_operand(call)];
    int64_t factors[WB_MAX_RANK + 3];
    size_t at = 0;
    for (int axis = 0; axis < query(call)->rank - 1; axis++) {
        factors[at++] = query(call)->shape[axis].cost;
        if (attended[axis]) {
            factors[at++] = key->shape[axis].cost;
        }
    }
    factors[at++] = n.query;
    factors[at] = n.key_dim;
    wb_add_macs(call, factors, at + 1);
    factors[at] = n.value_dim;
    wb_add_macs(call, factors, at + 1);
}

static void costs(wb_call *call) {
    const wb_attention *attention = call->attributes;
    bool attended[WB_MAX_RANK];
    int step = attention->use_bias ? 2 : 1, weight = 0;
    add_projection(call, query(call), weight);
    add_projection(call, &call->inputs[key_operand(call)], weight += step);
    if (attention->use_gate) {
        add_projection(call, query(call), weight += step);
    }
    add_projection(call, &call->inputs[value_operand(call)], weight += step);
    add_projection(call, query(call), weight + step);
    if (find_axes(call, attended)) {
        add_scores(call, heads_of(attention), attended);
    }
}

const wb_operator wb_attention_operator = {.name = "attention",
                                           .attributes_size = sizeof(wb_attention),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights,
                                           .costs = costs,
                                           .not_counted = "biases, softmax"};
