/* Multi-head and grouped-query attention: projections of query, key and value, scores, and a projection back. */
#include <string.h>

#include "../backward.h"
#include "../cache.h"
#include "operators.h"
#include "query.h"

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

/* ---- Attributes --------------------------------------------------------------------------------------- */

/* PyTorch's packed projections have as many heads of each kind, of one size, and give what they take. */
static bool check_packed(wb_call *call, heads n) {
    const wb_attention *attention = call->attributes;
    if (!attention->packed) {
        return true;
    }
    if (attention->use_gate) {
        return wb_fail(call, WB_ERROR_NOT_PACKED, WB_FIELD(wb_attention, use_gate), 0, 0);
    }
    if (n.value_dim != n.key_dim) {
        return wb_fail(call, WB_ERROR_NOT_PACKED, WB_FIELD(wb_attention, value_dim), 0, 0);
    }
    return attention->output_shape_count == 0 ||
           wb_fail(call, WB_ERROR_NOT_PACKED, WB_FIELD(wb_attention, lists), 0, 0);
}

static bool check_heads(wb_call *call, heads n) {
    bool right = wb_require_at_least(call, WB_FIELD(wb_attention, query_heads), n.query, 1);
    right = wb_require_at_least(call, WB_FIELD(wb_attention, key_value_heads), n.key_value, 1) && right;
    right = wb_require_at_least(call, WB_FIELD(wb_attention, key_dim), n.key_dim, 1) && right;
    right = wb_require_at_least(call, WB_FIELD(wb_attention, value_dim), n.value_dim, 1) && right;
    if (right && n.query % n.key_value != 0) {
        right = wb_fail(call, WB_ERROR_NOT_DIVISIBLE, WB_FIELD(wb_attention, query_heads), n.query, n.key_value);
    }
    return right;
}

static bool check_chosen(wb_call *call) {
    const wb_attention *attention = call->attributes;
    int64_t rank = attention->query_rank;
    return wb_require_between(call, WB_FIELD(wb_attention, query_rank), rank == WB_ABSENT ? 3 : rank, 3, WB_MAX_RANK) &&
           wb_require_between(call, WB_FIELD(wb_attention, layout), attention->layout, 0, WB_LAYOUT_UNBATCHED);
}

static bool attributes(wb_call *call) {
    const wb_attention *attention = call->attributes;
    heads n = heads_of(attention);
    if (!check_chosen(call)) {
        return false;
    }
    bool right = check_heads(call, n);
    for (int32_t i = 0; i < attention->output_shape_count; i++) {
        right = wb_require_at_least(call, WB_FIELD(wb_attention, lists) + i, output_shape(call)[i], 1) && right;
    }
    if (attention->sliding_window != WB_ABSENT) {
        right =
            wb_require_at_least(call, WB_FIELD(wb_attention, sliding_window), attention->sliding_window, 1) && right;
    }
    if (attention->cache_size != WB_ABSENT) {
        right = wb_require_at_least(call, WB_FIELD(wb_attention, cache_size), attention->cache_size, 1) && right;
    }
    return check_packed(call, n) && right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* -1 where there is none. */
static int32_t batch_axis(const wb_attention *attention) {
    static const int32_t axes[] = {[WB_LAYOUT_BATCH_FIRST] = 0, [WB_LAYOUT_TIME_FIRST] = 1, [WB_LAYOUT_UNBATCHED] = -1};
    return axes[attention->layout];
}

/* Positions behind those of the key: learned ones, and zeros. */
static int64_t extra_positions(const wb_attention *attention) {
    return (attention->add_bias_kv != 0) + (attention->add_zero_attn != 0);
}

static bool check_rank(wb_call *call, const wb_attention *attention) {
    if (attention->layout == WB_LAYOUT_UNBATCHED) {
        return wb_require_rank(call, 0, 2);
    }
    if (attention->layout == WB_LAYOUT_TIME_FIRST || extra_positions(attention) > 0) {
        return wb_require_rank(call, 0, 3);
    }
    return attention->query_rank == WB_ABSENT ? wb_require_least_rank(call, 0, 3)
                                              : wb_require_rank(call, 0, attention->query_rank);
}

/* Value and key agree in every axis but the batch and the last, as Keras demands. */
static bool check_key(wb_call *call, const wb_attention *attention) {
    const wb_tensor *value = &call->inputs[wb_value_operand(call)];
    const wb_tensor *key = &call->inputs[wb_key_operand(call)];
    if (!wb_require_rank(call, wb_key_operand(call), value->rank)) {
        return false;
    }
    for (int axis = 0; axis < key->rank - 1; axis++) {
        if (axis != batch_axis(attention) &&
            !wb_require_same(call, wb_key_operand(call), key->shape[axis], value->shape[axis])) {
            return false;
        }
    }
    return true;
}

static wb_dimension width_of(const wb_call *call, int32_t operand) {
    return call->inputs[operand].shape[call->inputs[operand].rank - 1];
}

static bool check_widths(wb_call *call, const wb_attention *attention) {
    heads n = heads_of(attention);
    int64_t packed;
    if (attention->equal_widths &&
        !wb_require_same(call, wb_value_operand(call), width_of(call, wb_value_operand(call)), width_of(call, 0))) {
        return false;
    }
    if (!attention->packed) {
        return true;
    }
    return wb_require_fit(call, wb_multiply(n.query, n.key_dim, &packed)) &&
           (!wb_differ(width_of(call, 0), wb_known(packed)) ||
            wb_fail_input(call, WB_ERROR_WIDTH, 0, width_of(call, 0).size, packed));
}

static bool output_projected(wb_call *call) {
    const wb_attention *attention = call->attributes;
    int64_t width = attention->output_shape_count;
    if (width == 0) {
        return wb_output_like(call, wb_query(call));
    }
    wb_dimension *shape = wb_output(call, wb_query(call)->rank - 1 + width);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, wb_query(call)->shape, sizeof *shape * (size_t)(wb_query(call)->rank - 1));
    for (int64_t i = 0; i < width; i++) {
        shape[wb_query(call)->rank - 1 + i] = wb_known(output_shape(call)[i]);
    }
    return true;
}

static bool check_axes(wb_call *call) {
    const wb_attention *attention = call->attributes;
    for (int64_t i = 0; i < attention->attention_axes_count; i++) {
        int64_t at = attention->output_shape_count + i;
        int32_t axis;
        if (!wb_require_axis(call, WB_FIELD(wb_attention, lists) + (int32_t)at, call->list[at], wb_query(call)->rank,
                             &axis)) {
            return false;
        }
    }
    return true;
}

/* Which axes are attended over; the others stand beside each other like the batch. */
static void find_axes(const wb_call *call, bool *attended) {
    const wb_attention *attention = call->attributes;
    int32_t rank = wb_query(call)->rank;
    for (int axis = 0; axis < WB_MAX_RANK; axis++) {
        attended[axis] = attention->attention_axes_count == 0 && axis < rank - 1 && axis != batch_axis(attention);
    }
    for (int64_t i = 0; i < attention->attention_axes_count; i++) {
        int64_t axis = call->list[attention->output_shape_count + i];
        attended[axis < 0 ? axis + rank : axis] = true;
    }
}

/* A position of the key, and those behind the last. */
static bool key_positions(wb_call *call, int axis, wb_dimension *positions) {
    const wb_tensor *key = &call->inputs[wb_key_operand(call)];
    wb_dimension extra = wb_known(extra_positions(call->attributes));
    return wb_require_fit(call, wb_dimension_add(key->shape[axis], extra, positions));
}

/* The scores: (batch and what stands beside it, heads, query positions, key positions). */
static bool output_scores(wb_call *call, const bool *attended) {
    const wb_attention *attention = call->attributes;
    int32_t rank = wb_query(call)->rank, n_attended = 0, at = 0;
    for (int axis = 0; axis < rank - 1; axis++) {
        n_attended += attended[axis];
    }
    wb_dimension *shape = wb_output(call, rank - 1 + n_attended + !attention->average_scores);
    if (shape == NULL) {
        return false;
    }
    for (int axis = 0; axis < rank - 1; axis++) {
        if (!attended[axis]) {
            shape[at++] = wb_query(call)->shape[axis];
        }
    }
    if (!attention->average_scores) {
        shape[at++] = wb_known(attention->query_heads);
    }
    for (int axis = 0; axis < rank - 1; axis++) {
        if (attended[axis]) {
            shape[at] = wb_query(call)->shape[axis];
            if (!key_positions(call, axis, &shape[n_attended + at++])) {
                return false;
            }
        }
    }
    return true;
}

/* What Keras's MultiHeadAttention says of its scores before it runs. */
static bool output_square_scores(wb_call *call) {
    const wb_attention *attention = call->attributes;
    wb_dimension *shape = wb_output(call, 4);
    if (shape == NULL) {
        return false;
    }
    shape[0] = wb_query(call)->shape[0];
    shape[1] = wb_known(attention->query_heads);
    shape[2] = shape[3] = wb_query(call)->shape[1];
    return true;
}

static bool shapes(wb_call *call) {
    const wb_attention *attention = call->attributes;
    bool attended[WB_MAX_RANK];
    if (!wb_require_inputs(call, 1, 3) || !check_rank(call, attention) ||
        !wb_require_rank(call, wb_value_operand(call), wb_query(call)->rank) || !check_key(call, attention) ||
        !check_widths(call, attention) || !check_axes(call) || !output_projected(call)) {
        return false;
    }
    find_axes(call, attended);
    if (!attention->return_scores) {
        return true;
    }
    return attention->square_scores ? output_square_scores(call) : output_scores(call, attended);
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

/* Sizes of the last axes, which kernels need. */
typedef struct widths {
    int64_t query;
    int64_t key;
    int64_t value;
} widths;

static bool find_widths(wb_call *call, widths *width) {
    int32_t last = wb_query(call)->rank - 1;
    return wb_require_size(call, 0, last, &width->query) &&
           wb_require_size(call, wb_key_operand(call), last, &width->key) &&
           wb_require_size(call, wb_value_operand(call), last, &width->value);
}

/* A projection to heads: (features, heads, width). */
static bool own_projection(wb_call *call, const char *kernel, const char *bias, int64_t features, int64_t n_heads,
                           int64_t width) {
    const wb_attention *attention = call->attributes;
    return wb_own(call, kernel, WB_LEARNED, (int64_t[]){features, n_heads, width}, 3) &&
           (!attention->use_bias || wb_own(call, bias, WB_LEARNED, (int64_t[]){n_heads, width}, 2));
}

static bool own_output_projection(wb_call *call, heads n, int64_t query_width) {
    const wb_attention *attention = call->attributes;
    int64_t sizes[WB_MAX_RANK + 2] = {n.query, n.value_dim, query_width};
    int width = (int)attention->output_shape_count;
    if (width == 0) {
        width = 1;
    } else {
        memcpy(sizes + 2, output_shape(call), sizeof *sizes * (size_t)width);
    }
    return wb_own(call, "attention_output/kernel", WB_LEARNED, sizes, width + 2) &&
           (!attention->use_bias || wb_own(call, "attention_output/bias", WB_LEARNED, sizes + 2, width));
}

static bool own_projections(wb_call *call, heads n, widths width) {
    const wb_attention *attention = call->attributes;
    return own_projection(call, "query/kernel", "query/bias", width.query, n.query, n.key_dim) &&
           own_projection(call, "key/kernel", "key/bias", width.key, n.key_value, n.key_dim) &&
           (!attention->use_gate ||
            own_projection(call, "gate/kernel", "gate/bias", width.query, n.query, n.value_dim)) &&
           own_projection(call, "value/kernel", "value/bias", width.value, n.key_value, n.value_dim);
}

/* Packed projections are matrices: one of all three where key and value are as wide as the query, and where they are
 * not, one each. Their bias is one in any case. */
static bool own_packed_projections(wb_call *call, widths width) {
    const wb_attention *attention = call->attributes;
    int64_t query = width.query, packed;
    if (!wb_require_fit(call, wb_multiply(3, query, &packed))) {
        return false;
    }
    bool kernels = width.key == query && width.value == query
                       ? wb_own(call, "in_projection/kernel", WB_LEARNED, (int64_t[]){query, packed}, 2)
                       : wb_own(call, "query/kernel", WB_LEARNED, (int64_t[]){query, query}, 2) &&
                             wb_own(call, "key/kernel", WB_LEARNED, (int64_t[]){width.key, query}, 2) &&
                             wb_own(call, "value/kernel", WB_LEARNED, (int64_t[]){width.value, query}, 2);
    return kernels && (!attention->use_bias || wb_own(call, "in_projection/bias", WB_LEARNED, &packed, 1));
}

static bool own_packed_output(wb_call *call, int64_t width) {
    const wb_attention *attention = call->attributes;
    return wb_own(call, "attention_output/kernel", WB_LEARNED, (int64_t[]){width, width}, 2) &&
           (!attention->use_bias || wb_own(call, "attention_output/bias", WB_LEARNED, &width, 1));
}

/* A key and a value that are learned: (1, 1, width of all heads). */
static bool own_bias_kv(wb_call *call, heads n) {
    int64_t key, value;
    return wb_require_fit(call, wb_multiply(n.key_value, n.key_dim, &key)) &&
           wb_require_fit(call, wb_multiply(n.key_value, n.value_dim, &value)) &&
           wb_own(call, "key_bias", WB_LEARNED, (int64_t[]){1, 1, key}, 3) &&
           wb_own(call, "value_bias", WB_LEARNED, (int64_t[]){1, 1, value}, 3);
}

static bool weights(wb_call *call) {
    const wb_attention *attention = call->attributes;
    heads n = heads_of(attention);
    widths width;
    if (!find_widths(call, &width)) {
        return false;
    }
    return (attention->packed ? own_packed_projections(call, width) : own_projections(call, n, width)) &&
           (!attention->add_bias_kv || own_bias_kv(call, n)) &&
           (attention->packed ? own_packed_output(call, width.query) : own_output_projection(call, n, width.query));
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* A projection works once at every position of its input. */
static void add_projection(wb_call *call, int32_t operand, int64_t n_heads, int64_t width) {
    const wb_tensor *input = &call->inputs[operand];
    wb_add_macs(call, (int64_t[]){wb_elements(input, 0, input->rank), n_heads, width}, 3);
}

static void add_output_projection(wb_call *call, heads n) {
    const wb_tensor *output = wb_output_at(call, 0);
    wb_add_macs(call, (int64_t[]){wb_elements(output, 0, output->rank), n.query, n.value_dim}, 3);
}

/* Every query position with every key position: the factors that they are a product of, and how many those are. */
static size_t score_factors(const wb_call *call, const bool *attended, int64_t *factors) {
    const wb_tensor *key = &call->inputs[wb_key_operand(call)];
    size_t at = 0;
    for (int axis = 0; axis < wb_query(call)->rank - 1; axis++) {
        factors[at++] = wb_query(call)->shape[axis].cost;
        wb_dimension positions, extra = wb_known(extra_positions(call->attributes));
        if (attended[axis] && wb_dimension_add(key->shape[axis], extra, &positions)) {
            factors[at++] = positions.cost;
        }
    }
    return at;
}

/* Scores and values, in full square: in every head. */
static void add_scores(wb_call *call, heads n, const bool *attended) {
    int64_t factors[2 * WB_MAX_RANK + 2];
    size_t at = score_factors(call, attended, factors);
    factors[at++] = n.query;
    factors[at] = n.key_dim;
    wb_add_macs(call, factors, at + 1);
    factors[at] = n.value_dim;
    wb_add_macs(call, factors, at + 1);
}

static void costs(wb_call *call) {
    const wb_attention *attention = call->attributes;
    heads n = heads_of(attention);
    bool attended[WB_MAX_RANK];
    add_projection(call, 0, n.query, n.key_dim);
    add_projection(call, wb_key_operand(call), n.key_value, n.key_dim);
    if (attention->use_gate) {
        add_projection(call, 0, n.query, n.value_dim);
    }
    add_projection(call, wb_value_operand(call), n.key_value, n.value_dim);
    add_output_projection(call, n);
    find_axes(call, attended);
    add_scores(call, n, attended);
}

/* ---- Backward ----------------------------------------------------------------------------------------- */

/* A projection of an input, to so many features at each position. */
static void keep_projection(const wb_call *call, int32_t operand, int64_t n_heads, int64_t width) {
    const wb_tensor *input = &call->inputs[operand];
    wb_keep_inside(call, (int64_t[]){wb_elements(input, 0, input->rank - 1), n_heads, width}, 3);
}

/* As they come out of the softmax, and what dropout makes of them. A fused kernel makes them again. */
static void keep_scores(const wb_call *call, heads n) {
    const wb_attention *attention = call->attributes;
    int64_t factors[2 * WB_MAX_RANK + 2];
    bool attended[WB_MAX_RANK];
    find_axes(call, attended);
    size_t at = score_factors(call, attended, factors);
    if (attention->flash_attention == 1) {
        return;
    }
    factors[at++] = n.query;
    factors[at] = 1 + (attention->drops != 0);
    wb_keep_inside(call, factors, at + 1);
    if (attention->drops) {
        wb_keep_bytes(call, factors, at);
    }
}

/* What the projections take, queries, keys and values, the scores, and what the heads give, before a gate and behind
 * it. */
static void keeps(const wb_call *call) {
    const wb_attention *attention = call->attributes;
    heads n = heads_of(attention);
    wb_keep_factor(call, 0);
    wb_keep_factor(call, wb_key_operand(call));
    wb_keep_factor(call, wb_value_operand(call));
    keep_projection(call, 0, n.query, n.key_dim);
    keep_projection(call, wb_key_operand(call), n.key_value, n.key_dim);
    keep_projection(call, wb_value_operand(call), n.key_value, n.value_dim);
    keep_scores(call, n);
    for (int i = 0; i < 1 + 2 * (attention->use_gate != 0); i++) {
        keep_projection(call, 0, n.query, n.value_dim);
    }
}

/* ---- Cache -------------------------------------------------------------------------------------------- */

/* What one token leaves behind. */
static void cache_tokens(const wb_call *call, const int64_t *tokens, size_t n) {
    const wb_attention *attention = call->attributes;
    heads heads = heads_of(attention);
    int64_t factors[WB_MAX_RANK + 2], widths;
    memcpy(factors, tokens, sizeof *factors * n);
    if (attention->cache_size != WB_ABSENT) {
        factors[n++] = attention->cache_size;
    } else {
        factors[n++] = heads.key_value;
        factors[n++] = wb_add(heads.key_dim, heads.value_dim, &widths) ? widths : WB_OVERFLOWN;
    }
    wb_cache_elements(call, factors, n);
}

/* Self-attention remembers the context, attention over another sequence that sequence. */
static void caches(const wb_call *call) {
    const wb_attention *attention = call->attributes;
    const wb_tensor *key = &call->inputs[wb_key_operand(call)];
    bool self = wb_is_same_input(call, 0, wb_key_operand(call)) && wb_is_same_input(call, 0, wb_value_operand(call));
    int64_t tokens[WB_MAX_RANK];
    bool attended[WB_MAX_RANK];
    size_t n = 0;
    find_axes(call, attended);
    for (int axis = 0; axis < key->rank - 1; axis++) {
        if (!self || !attended[axis]) {
            tokens[n++] = key->shape[axis].cost;
        }
    }
    if (self) {
        tokens[n++] = wb_context(call, attention->sliding_window);
    }
    cache_tokens(call, tokens, n);
}

const wb_operator wb_attention_operator = {.name = "attention",
                                           .attributes_size = sizeof(wb_attention),
                                           .n_lists = 2,
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights,
                                           .costs = costs,
                                           .not_counted = "biases, softmax",
                                           .keeps = keeps,
                                           .division = wb_inside,
                                           .caches = caches};
