/* The weight tensors of a node: whose they are, and what they come to. */
#include <stdio.h>
#include <string.h>

#include "cost.h"
#include "evaluation.h"

static int64_t bytes_of(int64_t count, int32_t dtype) {
    int64_t bytes;
    return wb_multiply(count, wb_width(dtype), &bytes) ? bytes : WB_OVERFLOWN;
}

/* Adds a weight to what its node comes to. */
static bool add(wb_sums *sums, int64_t count, bool trainable, bool buffer, int32_t dtype) {
    (void)wb_add(sums->trainable, trainable ? count : 0, &sums->trainable); /* parts of what fits, or does not */
    (void)wb_add(sums->buffers, buffer ? count : 0, &sums->buffers);
    sums->bytes = wb_cost_sum(sums->bytes, bytes_of(count, dtype));
    return wb_add(sums->parameters, count, &sums->parameters);
}

/* Room for one more, NULL without memory. */
static wb_weight *new_weight(wb_call *call) {
    wb_result *result = call->evaluation->result;
    struct wb_storage *storage = result->storage;
    size_t n = (size_t)result->n_weights;
    if (!wb_reserve((void **)&result->weights, &storage->weights_capacity, n + 1, sizeof(wb_weight))) {
        call->evaluation->no_memory = true;
        return NULL;
    }
    result->n_weights++;
    return &result->weights[n];
}

/* Keeps the sizes of the weight that is new; false without memory. */
static bool keep_sizes(wb_call *call, const int64_t *sizes, int rank) {
    wb_result *result = call->evaluation->result;
    struct wb_storage *storage = result->storage;
    size_t n = (size_t)result->n_sizes;
    if (!wb_reserve((void **)&result->sizes, &storage->sizes_capacity, n + (size_t)rank, sizeof(int64_t))) {
        call->evaluation->no_memory = true;
        return false;
    }
    for (int axis = 0; axis < rank; axis++) {
        result->sizes[n + (size_t)axis] = sizes[axis];
    }
    result->n_sizes += rank;
    return true;
}

static bool own(wb_call *call, const char *role, int64_t index, enum wb_weight_kind kind, const int64_t *sizes,
                int rank) {
    const bool trainable = kind == WB_LEARNED && call->trainable;
    int64_t count;
    if (!wb_require_fit(call, wb_product(sizes, (size_t)rank, &count))) {
        return false;
    }
    wb_weight *weight = new_weight(call);
    if (weight == NULL) {
        return false;
    }
    weight->count = count;
    if (call->counts_only) {
        return wb_require_fit(call, add(call->sums, count, trainable, kind == WB_STATE, call->weight_dtype));
    }
    weight->role = role;
    weight->index = index;
    weight->first_size = call->evaluation->result->n_sizes;
    weight->node = call->index;
    weight->tied_node = -1;
    weight->tied_weight = 0;
    weight->rank = (int16_t)rank;
    weight->dtype = (int8_t)call->weight_dtype;
    weight->trainable = trainable;
    weight->buffer = kind == WB_STATE;
    return keep_sizes(call, sizes, rank);
}

bool wb_own(wb_call *call, const char *role, enum wb_weight_kind kind, const int64_t *sizes, int rank) {
    return own(call, role, 0, kind, sizes, rank);
}

/* Those of the first layer of a stack are bounded like any node's. Weights that are dropped again, because the node
 * shares those of another, were work all the same. */
bool wb_own_numbered(wb_call *call, const char *role, int64_t index, enum wb_weight_kind kind, const int64_t *sizes,
                     int rank) {
    if (index > 0 && call->evaluation->numbered_weights++ == WB_MOST_NUMBERED_WEIGHTS) {
        return wb_fail(call, WB_ERROR_STACK_LIMIT, WB_NO_FIELD, call->evaluation->numbered_weights,
                       WB_MOST_NUMBERED_WEIGHTS);
    }
    return own(call, role, index, kind, sizes, rank);
}

bool wb_weight_is_named(const wb_weight *weight, const char *name) {
    const char *mark = strchr(weight->role, '%');
    if (mark == NULL) {
        return strcmp(weight->role, name) == 0;
    }
    char index[24];
    size_t before = (size_t)(mark - weight->role);
    size_t digits = (size_t)snprintf(index, sizeof index, "%lld", (long long)weight->index);
    return strncmp(weight->role, name, before) == 0 && strncmp(name + before, index, digits) == 0 &&
           strcmp(name + before + digits, mark + 1) == 0;
}

bool wb_is_kernel(const wb_weight *weight) {
    return wb_weight_is_named(weight, "kernel") || wb_weight_is_named(weight, "embeddings");
}

static int64_t size_at(const wb_result *result, const wb_weight *weight, int axis) {
    return result->sizes[weight->first_size + axis];
}

static bool same_shape(const wb_result *result, const wb_weight *a, const wb_weight *b, bool reversed) {
    if (a->rank != b->rank) {
        return false;
    }
    for (int axis = 0; axis < a->rank; axis++) {
        int other = reversed ? a->rank - 1 - axis : axis;
        if (size_at(result, a, axis) != size_at(result, b, other)) {
            return false;
        }
    }
    return true;
}

/* What the node would own is what its owner has: no weight of its own stays. */
static bool share(wb_call *call, int64_t first) {
    wb_result *result = call->evaluation->result;
    const wb_row *owner = &result->rows[call->node->weights_of];
    int64_t n = result->n_weights - first;
    if (owner->n_outputs < 0) {
        return false;
    }
    if (n != owner->n_weights) {
        return wb_fail(call, WB_ERROR_REUSE_COUNT, WB_NO_FIELD, n, owner->n_weights);
    }
    for (int64_t i = 0; i < n; i++) {
        if (!same_shape(result, &result->weights[first + i], &result->weights[owner->first_weight + i], false)) {
            return wb_fail(call, WB_ERROR_REUSE_SHAPE, WB_NO_FIELD, first + i, owner->first_weight + i);
        }
    }
    result->n_sizes = n > 0 ? result->weights[first].first_size : result->n_sizes;
    result->n_weights = first;
    return true;
}

/* The index of the weight of this name among `n` from `first`, -1 where there is none. */
static int64_t find(const wb_result *result, int64_t first, int64_t n, const char *name) {
    for (int64_t i = first; i < first + n; i++) {
        if (wb_weight_is_named(&result->weights[i], name)) {
            return i;
        }
    }
    return -1;
}

static bool tie(wb_call *call, int64_t index, int64_t first) {
    wb_result *result = call->evaluation->result;
    const wb_tie *wanted = &call->graph->ties[index];
    if (wanted->owner < 0 || wanted->owner >= call->index) {
        return wb_fail(call, WB_ERROR_GRAPH, WB_NO_FIELD, wanted->owner, call->index);
    }
    const wb_row *owner = &result->rows[wanted->owner];
    if (owner->n_outputs < 0) {
        return false;
    }
    int64_t mine = find(result, first, result->n_weights - first, wanted->weight);
    int64_t theirs = find(result, owner->first_weight, owner->n_weights, wanted->owner_weight);
    if (mine < 0 || theirs < 0) {
        return wb_fail(call, WB_ERROR_NO_SUCH_WEIGHT, WB_NO_FIELD, index, mine >= 0);
    }
    wb_weight *weight = &result->weights[mine];
    const wb_weight *owned = &result->weights[theirs];
    if (owned->tied_node >= 0) {
        return wb_fail(call, WB_ERROR_TIE_NOT_OWNED, WB_NO_FIELD, index, 0);
    }
    weight->tied_node = wanted->owner;
    weight->tied_weight = (int32_t)theirs;
    if (!same_shape(result, weight, owned, false) && !same_shape(result, weight, owned, true)) {
        return wb_fail(call, WB_ERROR_TIE_SHAPE, WB_NO_FIELD, index, mine);
    }
    weight->count = 0;
    return true;
}

static bool apply_ties(wb_call *call, int64_t first) {
    wb_evaluation *evaluation = call->evaluation;
    bool right = true;
    for (; evaluation->next_tie < call->graph->n_ties; evaluation->next_tie++) {
        int32_t node = call->graph->ties[evaluation->next_tie].node;
        if (node > call->index) {
            break;
        }
        if (node == call->index) {
            right = tie(call, evaluation->next_tie, first) && right;
        }
    }
    return right;
}

int64_t wb_width(int32_t dtype) {
    static const int8_t bytes[WB_DTYPE_COUNT] = {
        [WB_DTYPE_FLOAT64] = 8,       [WB_DTYPE_FLOAT32] = 4,     [WB_DTYPE_FLOAT16] = 2,   [WB_DTYPE_BFLOAT16] = 2,
        [WB_DTYPE_FLOAT8_E4M3FN] = 1, [WB_DTYPE_FLOAT8_E5M2] = 1, [WB_DTYPE_COMPLEX64] = 8, [WB_DTYPE_COMPLEX128] = 16,
        [WB_DTYPE_INT64] = 8,         [WB_DTYPE_INT32] = 4,       [WB_DTYPE_INT16] = 2,     [WB_DTYPE_INT8] = 1,
        [WB_DTYPE_UINT64] = 8,        [WB_DTYPE_UINT32] = 4,      [WB_DTYPE_UINT16] = 2,    [WB_DTYPE_UINT8] = 1,
        [WB_DTYPE_BOOL] = 1,          [WB_DTYPE_INT4] = 1,
    };
    return bytes[dtype];
}

/* Adds up the weights that are listed since `first`. */
static bool add_up(wb_call *call, int64_t first) {
    const wb_result *result = call->evaluation->result;
    bool fits = true;
    for (int64_t i = first; i < result->n_weights; i++) {
        const wb_weight *weight = &result->weights[i];
        fits &= add(call->sums, weight->count, weight->trainable, weight->buffer, weight->dtype);
    }
    return wb_require_fit(call, fits);
}

/* Shared with another node, tied to other weights, or its own. */
static bool settle(wb_call *call, int64_t first) {
    bool is_shared = call->node->weights_of >= 0;
    return (!is_shared || share(call, first)) && apply_ties(call, first) && add_up(call, first);
}

bool wb_settle_weights(wb_call *call, int64_t first) {
    call->row->first_weight = first;
    if (!call->counts_only && !settle(call, first)) {
        return false;
    }
    call->sums->active = call->sums->parameters;
    call->row->n_weights = call->evaluation->result->n_weights - first;
    return true;
}
