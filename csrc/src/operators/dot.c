/* Sums of products along one axis of each of two tensors, example by example: Keras's layer. */
#include "../backward.h"
#include "contraction.h"
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    const int32_t field = WB_FIELD(wb_dot, axes);
    if (call->list_length < 1 || call->list_length > 2) {
        return wb_fail(call, WB_ERROR_LIST, field, call->list_length, 2);
    }
    return true;
}

/* The axis of an input that goes; the batch never does. */
static bool find_axis(wb_call *call, int32_t operand, int32_t *axis) {
    int32_t at = call->list_length == 2 ? operand : 0;
    const int32_t field = WB_FIELD(wb_dot, axes) + at;
    if (!wb_require_axis(call, field, call->list[at], call->inputs[operand].rank, axis)) {
        return false;
    }
    return *axis > 0 || wb_fail(call, WB_ERROR_BATCH_AXIS, field, call->list[at], 0);
}

static bool find_axes(wb_call *call, int32_t axes[2]) {
    return find_axis(call, 0, &axes[0]) && find_axis(call, 1, &axes[1]);
}

/* Copies what stays of a tensor, from axis `first`, without `axis`; answers how much that is. */
static int32_t copy_rest(wb_dimension *shape, const wb_tensor *input, int32_t first, int32_t axis) {
    int32_t n = 0;
    for (int32_t i = first; i < input->rank; i++) {
        if (i != axis) {
            shape[n++] = input->shape[i];
        }
    }
    return n;
}

static bool shapes(wb_call *call) {
    const wb_dot *dot = call->attributes;
    int32_t axes[2];
    if (!wb_require_inputs(call, 2, 2) || !wb_require_least_rank(call, 0, 2) || !wb_require_least_rank(call, 1, 2) ||
        !find_axes(call, axes)) {
        return false;
    }
    const wb_tensor *first = &call->inputs[0], *second = &call->inputs[1];
    if (!wb_require_same(call, 1, second->shape[0], first->shape[0]) ||
        !wb_require_same(call, 1, second->shape[axes[1]], first->shape[axes[0]])) {
        return false;
    }
    int32_t rank = first->rank - 1 + second->rank - 2;
    wb_give_dtype(call, dot->result);
    wb_dimension *shape = wb_output(call, rank > 1 ? rank : 2);
    if (shape == NULL) {
        return false;
    }
    int32_t n = copy_rest(shape, first, 0, axes[0]);
    n += copy_rest(shape + n, second, 1, axes[1]);
    if (n == 1) {
        shape[1] = wb_known(1);
    }
    return true;
}

static void costs(wb_call *call) {
    int32_t axes[2];
    if (find_axes(call, axes)) {
        wb_add_contraction(call, call->inputs[0].shape[axes[0]], call->inputs[1].shape[axes[1]]);
    }
}

const wb_operator wb_dot_operator = {.name = "dot",
                                     .attributes_size = sizeof(wb_dot),
                                     .attributes = attributes,
                                     .shapes = shapes,
                                     .costs = costs,
                                     .not_counted = "normalization",
                                     .keeps = wb_keep_factors};
