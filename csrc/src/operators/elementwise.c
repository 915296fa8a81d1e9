/* Functions and merges of tensors element by element. */
#include "../backward.h"
#include "broadcast.h"
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    const wb_elementwise *elementwise = call->attributes;
    bool right = true;
    for (int32_t i = 0; i < elementwise->constant_shape_count; i++) {
        right = wb_require_at_least(call, WB_FIELD(wb_elementwise, lists) + i, call->list[i], 0) && right;
    }
    return right;
}

static bool check_inputs(wb_call *call) {
    const wb_elementwise *elementwise = call->attributes;
    int64_t most = elementwise->most_inputs == WB_ABSENT ? call->n_inputs : elementwise->most_inputs;
    if (!wb_require_inputs(call, 1, call->n_inputs) || !wb_require_inputs(call, elementwise->least_inputs, most)) {
        return false;
    }
    for (int32_t i = 0; i < call->n_inputs && elementwise->batch_first; i++) {
        if (!wb_require_least_rank(call, i, 1)) {
            return false;
        }
    }
    return true;
}

static int32_t largest_rank(const wb_call *call) {
    const wb_elementwise *elementwise = call->attributes;
    int32_t rank = (int32_t)elementwise->constant_shape_count;
    for (int32_t i = 0; i < call->n_inputs; i++) {
        rank = call->inputs[i].rank > rank ? call->inputs[i].rank : rank;
    }
    return rank;
}

/* ---- Keras's merge layers ----------------------------------------------------------------------------- */

/* Keras's rule for the batch: known sizes must be the same, and one known size is that of all. */
static bool merge_batch(wb_dimension a, wb_dimension b, wb_dimension *merged) {
    if (wb_differ(a, b)) {
        return false;
    }
    if (wb_is_known(a.size) || wb_is_known(b.size)) {
        *merged = wb_is_known(a.size) ? a : b;
        return true;
    }
    return wb_merge_dimensions(a, b, merged);
}

/* Where an input's axis goes among `rank`: the batch stays in front, the others count from the end. */
static int32_t place_of(const wb_tensor *input, int32_t axis, int32_t rank) {
    return axis == 0 ? 0 : axis + rank - input->rank;
}

/* Merges an input into what those before it made, of `made` axes: what they do not have is its own. */
static bool merge_input(wb_call *call, int32_t operand, wb_dimension *shape, int32_t rank, int32_t made) {
    const wb_tensor *input = &call->inputs[operand];
    for (int32_t axis = 0; axis < input->rank; axis++) {
        int32_t at = place_of(input, axis, rank);
        if (made == 0 || (at > 0 && at <= rank - made)) {
            shape[at] = input->shape[axis];
            continue;
        }
        bool fits = at == 0 ? merge_batch(shape[at], input->shape[axis], &shape[at])
                            : wb_merge_dimensions(shape[at], input->shape[axis], &shape[at]);
        if (!fits) {
            return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, operand, input->shape[axis].size, shape[at].size);
        }
    }
    return true;
}

static bool merge(wb_call *call, wb_dimension *shape, int32_t rank) {
    int32_t made = 0;
    for (int32_t i = 0; i < call->n_inputs; i++) {
        if (!merge_input(call, i, shape, rank, made)) {
            return false;
        }
        made = call->inputs[i].rank > made ? call->inputs[i].rank : made;
    }
    return true;
}

/* ---- Operations --------------------------------------------------------------------------------------- */

static bool broadcast_constant(wb_call *call, wb_dimension *shape, int32_t rank) {
    const wb_elementwise *elementwise = call->attributes;
    wb_dimension constant[WB_MAX_RANK];
    int32_t n = (int32_t)elementwise->constant_shape_count, at;
    for (int32_t axis = 0; axis < n; axis++) {
        constant[axis] = wb_known(call->list[axis]);
    }
    return wb_broadcast_into(shape, rank, constant, n, &at) ||
           wb_fail(call, WB_ERROR_SHAPES_DIFFER, WB_FIELD(wb_elementwise, lists) + at, constant[at].size,
                   shape[at + rank - n].size);
}

static bool broadcast(wb_call *call, wb_dimension *shape, int32_t rank) {
    for (int32_t i = 0; i < call->n_inputs; i++) {
        const wb_tensor *input = &call->inputs[i];
        int32_t at;
        if (!wb_broadcast_into(shape, rank, input->shape, input->rank, &at)) {
            return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, i, input->shape[at].size,
                                 shape[at + rank - input->rank].size);
        }
    }
    return broadcast_constant(call, shape, rank);
}

static bool shapes(wb_call *call) {
    const wb_elementwise *elementwise = call->attributes;
    if (!check_inputs(call)) {
        return false;
    }
    int32_t rank = largest_rank(call);
    wb_give_dtype(call, elementwise->result);
    wb_dimension *shape = wb_output(call, rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t at = 0; at < rank; at++) {
        shape[at] = wb_known(1);
    }
    return elementwise->batch_first ? merge(call, shape, rank) : broadcast(call, shape, rank);
}

static void keep_inputs(const wb_call *call) {
    for (int32_t i = 0; i < call->n_inputs; i++) {
        wb_keep_input(call, i);
    }
}

static void keeps(const wb_call *call) {
    const wb_elementwise *elementwise = call->attributes;
    switch (elementwise->keeps) {
    case WB_KEEPS_INPUT: wb_keep_input(call, 0); break;
    case WB_KEEPS_INPUTS: keep_inputs(call); break;
    case WB_KEEPS_FACTORS: wb_keep_factors(call); break;
    default: wb_keep_function(call, elementwise->keeps);
    }
}

const wb_operator wb_elementwise_operator = {.name = "elementwise",
                                             .attributes_size = sizeof(wb_elementwise),
                                             .n_lists = 1,
                                             .attributes = attributes,
                                             .shapes = shapes,
                                             .not_counted = "elementwise work",
                                             .keeps = keeps};
