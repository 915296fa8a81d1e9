/* The matrix product of two tensors. */
#include "../backward.h"
#include "broadcast.h"
#include "contraction.h"
#include "operators.h"
#include "promotion.h"

/* A tensor as a stack of matrices: of a vector, one row on the left and one column on the right. */
typedef struct matrices {
    const wb_dimension *stack;
    int32_t n_stack;
    bool is_vector;
    wb_dimension outer;
    wb_dimension inner;
} matrices;

static matrices matrices_of(const wb_tensor *tensor, bool left) {
    int32_t rank = tensor->rank;
    if (rank == 1) {
        return (matrices){tensor->shape, 0, true, wb_known(1), tensor->shape[0]};
    }
    return (matrices){tensor->shape, rank - 2, false, tensor->shape[left ? rank - 2 : rank - 1],
                      tensor->shape[left ? rank - 1 : rank - 2]};
}

static bool shapes(wb_call *call) {
    const wb_matmul *matmul = call->attributes;
    if (!wb_require_inputs(call, 2, 2) || !wb_require_least_rank(call, 0, 1) || !wb_require_least_rank(call, 1, 1)) {
        return false;
    }
    matrices left = matrices_of(&call->inputs[0], true), right = matrices_of(&call->inputs[1], false);
    if (!wb_require_same(call, 1, right.inner, left.inner)) {
        return false;
    }
    int32_t n = left.n_stack > right.n_stack ? left.n_stack : right.n_stack, at;
    wb_give_dtype(call, matmul->result);
    wb_dimension *shape = wb_output(call, n + !left.is_vector + !right.is_vector);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < n; axis++) {
        shape[axis] = wb_known(1);
    }
    (void)wb_broadcast_into(shape, n, left.stack, left.n_stack, &at);
    if (!wb_broadcast_into(shape, n, right.stack, right.n_stack, &at)) {
        return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, 1, right.stack[at].size, shape[at + n - right.n_stack].size);
    }
    if (!left.is_vector) {
        shape[n++] = left.outer;
    }
    if (!right.is_vector) {
        shape[n] = right.outer;
    }
    return true;
}

static void costs(wb_call *call) {
    wb_add_contraction(call, matrices_of(&call->inputs[0], true).inner, matrices_of(&call->inputs[1], false).inner);
}

const wb_operator wb_matmul_operator = {
    .name = "matmul", .attributes_size = sizeof(wb_matmul), .shapes = shapes, .costs = costs, .keeps = wb_keep_factors};
