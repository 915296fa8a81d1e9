/* The same axes in another order. */
#include "../backward.h"
#include "axes.h"
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    const wb_transpose *transpose = call->attributes;
    const int32_t field = WB_FIELD(wb_transpose, lists);
    if (!wb_require_between(call, WB_FIELD(wb_transpose, kind), transpose->kind, 0, WB_TRANSPOSE_SWAP)) {
        return false;
    }
    if (transpose->kind == WB_TRANSPOSE_MOVE && transpose->source_count != transpose->destination_count) {
        return wb_fail(call, WB_ERROR_LIST, WB_FIELD(wb_transpose, destination_count), transpose->destination_count,
                       transpose->source_count);
    }
    for (int32_t i = 0; i < transpose->source_count && transpose->kind == WB_TRANSPOSE_EXAMPLE; i++) {
        if (!wb_require_at_least(call, field + i, call->list[i], 1) ||
            !wb_require_at_most(call, field + i, call->list[i], transpose->source_count)) {
            return false;
        }
    }
    return true;
}

/* Axis i of the output is axis `order[i]` of the input; below, one function for each kind finds it. */
typedef bool find_order(wb_call *call, int32_t rank, int32_t *order);

static bool in_order(wb_call *call, int32_t rank, int32_t *order) {
    const wb_transpose *transpose = call->attributes;
    for (int32_t axis = 0; axis < rank; axis++) {
        order[axis] = rank - 1 - axis;
    }
    if (transpose->source_count == 0) {
        return true;
    }
    return wb_require_rank(call, 0, transpose->source_count) &&
           wb_require_axes(call, WB_FIELD(wb_transpose, lists), call->list, transpose->source_count, rank, order);
}

static bool of_example(wb_call *call, int32_t rank, int32_t *order) {
    const wb_transpose *transpose = call->attributes;
    order[0] = 0;
    return wb_require_rank(call, 0, transpose->source_count + 1) &&
           wb_require_axes(call, WB_FIELD(wb_transpose, lists), call->list, transpose->source_count, rank, order + 1);
}

static bool moved(wb_call *call, int32_t rank, int32_t *order) {
    const wb_transpose *transpose = call->attributes;
    const int32_t field = WB_FIELD(wb_transpose, lists);
    int32_t source[WB_MAX_RANK], destination[WB_MAX_RANK], from = 0;
    bool is_taken[WB_MAX_RANK] = {false};
    int64_t n = transpose->source_count;
    if (!wb_require_axes(call, field, call->list, n, rank, source) ||
        !wb_require_axes(call, field + (int32_t)n, call->list + n, n, rank, destination)) {
        return false;
    }
    for (int32_t axis = 0; axis < rank; axis++) {
        order[axis] = -1;
    }
    for (int64_t i = 0; i < n; i++) {
        order[destination[i]] = source[i];
        is_taken[source[i]] = true;
    }
    for (int32_t axis = 0; axis < rank; axis++) {
        while (order[axis] < 0 && is_taken[from]) {
            from++;
        }
        order[axis] = order[axis] < 0 ? from++ : order[axis];
    }
    return true;
}

static bool swapped(wb_call *call, int32_t rank, int32_t *order) {
    const wb_transpose *transpose = call->attributes;
    int32_t axis1, axis2;
    if (!wb_require_axis(call, WB_FIELD(wb_transpose, axis1), transpose->axis1, rank, &axis1) ||
        !wb_require_axis(call, WB_FIELD(wb_transpose, axis2), transpose->axis2, rank, &axis2)) {
        return false;
    }
    for (int32_t axis = 0; axis < rank; axis++) {
        order[axis] = axis;
    }
    order[axis1] = axis2;
    order[axis2] = axis1;
    return true;
}

static bool shapes(wb_call *call) {
    static find_order *const orders[] = {[WB_TRANSPOSE_AXES] = in_order,
                                         [WB_TRANSPOSE_EXAMPLE] = of_example,
                                         [WB_TRANSPOSE_MOVE] = moved,
                                         [WB_TRANSPOSE_SWAP] = swapped};
    const wb_transpose *transpose = call->attributes;
    int32_t order[WB_MAX_RANK + 1];
    if (!wb_require_inputs(call, 1, 1) || !orders[transpose->kind](call, call->inputs[0].rank, order)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_give_dtype(call, transpose->result);
    wb_dimension *shape = wb_output(call, input->rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < input->rank; axis++) {
        shape[axis] = input->shape[order[axis]];
    }
    return true;
}

const wb_operator wb_transpose_operator = {.name = "transpose",
                                           .attributes_size = sizeof(wb_transpose),
                                           .n_lists = 2,
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .views = wb_views};
