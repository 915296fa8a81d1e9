#include "operator.h"

#include <string.h>

#include "cost.h"
#include "evaluation.h"
#include "operators/operators.h"

static const wb_operator *const operators[WB_OPERATOR_COUNT] = {
#define WB_RECORD(id, name) [id] = &wb_##name##_operator,
    WB_OPERATORS(WB_RECORD)
#undef WB_RECORD
};

const wb_operator *wb_operator_of(int32_t operator_id) {
    return operator_id >= 0 && operator_id < WB_OPERATOR_COUNT ? operators[operator_id] : NULL;
}

/* ---- Failing ------------------------------------------------------------------------------------------ */

void wb_tell(wb_call *call, wb_error error) {
    error.node = call->index;
    wb_report_error(call->evaluation, error);
}

bool wb_require_at_least(wb_call *call, int32_t field, int64_t value, int64_t least) {
    return value >= least || wb_fail(call, WB_ERROR_TOO_SMALL, field, value, least);
}

bool wb_require_at_most(wb_call *call, int32_t field, int64_t value, int64_t most) {
    return value <= most || wb_fail(call, WB_ERROR_TOO_LARGE, field, value, most);
}

bool wb_require_inputs(wb_call *call, int64_t least, int64_t most) {
    if (call->n_inputs < least) {
        return wb_fail(call, WB_ERROR_INPUT_COUNT, WB_NO_FIELD, call->n_inputs, least);
    }
    return call->n_inputs <= most || wb_fail(call, WB_ERROR_INPUT_COUNT, WB_NO_FIELD, call->n_inputs, most);
}

bool wb_require_rank(wb_call *call, int32_t operand, int64_t rank) {
    int64_t got = call->inputs[operand].rank;
    return got == rank || wb_fail_input(call, WB_ERROR_RANK, operand, got, rank);
}

bool wb_require_least_rank(wb_call *call, int32_t operand, int64_t least) {
    int64_t got = call->inputs[operand].rank;
    return got >= least || wb_fail_input(call, WB_ERROR_RANK_TOO_SMALL, operand, got, least);
}

bool wb_require_same_shape(wb_call *call, int32_t operand) {
    const wb_tensor *first = &call->inputs[0], *other = &call->inputs[operand];
    if (!wb_require_rank(call, operand, first->rank)) {
        return false;
    }
    for (int32_t axis = 0; axis < first->rank; axis++) {
        if (!wb_require_same(call, operand, other->shape[axis], first->shape[axis])) {
            return false;
        }
    }
    return true;
}

bool wb_require_size(wb_call *call, int32_t operand, int32_t axis, int64_t *size) {
    *size = call->inputs[operand].shape[axis].size;
    return wb_is_known(*size) || wb_fail_input(call, WB_ERROR_UNKNOWN_DIMENSION, operand, axis, 0);
}

bool wb_require_axis(wb_call *call, int32_t field, int64_t axis, int64_t rank, int32_t *from_front) {
    if (axis >= rank || axis < -rank) {
        return wb_fail(call, WB_ERROR_AXIS, field, axis, rank);
    }
    *from_front = (int32_t)(axis < 0 ? axis + rank : axis);
    return true;
}

bool wb_require_left(wb_call *call, wb_dimension in, int64_t least, wb_dimension *made) {
    if (wb_is_known(in.size) && made->size < least) {
        return wb_fail_input(call, WB_ERROR_EMPTY, 0, made->size, in.size);
    }
    if (!wb_is_known(in.size) && wb_is_known(in.cost) && made->cost < least) {
        made->cost = WB_UNKNOWN;
    }
    return true;
}

/* ---- Outputs, weights, costs -------------------------------------------------------------------------- */

static wb_tensor *new_output(wb_call *call) {
    wb_result *result = call->evaluation->result;
    struct wb_storage *storage = result->storage;
    size_t n = (size_t)result->n_tensors;
    if (result->n_tensors >= call->graph->max_tensors || call->row->n_outputs >= WB_MAX_OUTPUTS) {
        wb_fail(call, WB_ERROR_TENSOR_LIMIT, WB_NO_FIELD, result->n_tensors, call->graph->max_tensors);
        return NULL;
    }
    if (!wb_reserve((void **)&result->tensors, &storage->tensors_capacity, n + 1, sizeof(wb_tensor))) {
        call->evaluation->no_memory = true;
        return NULL;
    }
    result->n_tensors++;
    call->row->n_outputs++;
    return &result->tensors[n];
}

wb_dimension *wb_output(wb_call *call, int64_t rank) {
    if (rank > call->graph->max_rank) {
        wb_fail(call, WB_ERROR_RANK_LIMIT, WB_NO_FIELD, rank, call->graph->max_rank);
        return NULL;
    }
    wb_dimension *shape =
        wb_arena_take(&call->evaluation->result->storage->arena, sizeof(wb_dimension) * (size_t)(rank + 1));
    if (shape == NULL) {
        call->evaluation->no_memory = true;
        return NULL;
    }
    wb_tensor *tensor = new_output(call);
    if (tensor == NULL) {
        return NULL;
    }
    *tensor = (wb_tensor){shape, (int32_t)rank, call->dtype};
    return shape;
}

bool wb_output_like(wb_call *call, const wb_tensor *tensor) {
    wb_tensor *output = new_output(call);
    if (output == NULL) {
        return false;
    }
    *output = (wb_tensor){tensor->shape, tensor->rank, call->dtype};
    return true;
}

bool wb_output_again(wb_call *call, int32_t dtype) {
    wb_tensor first = *wb_output_at(call, 0); /* a copy: the tensors may move */
    call->dtype = dtype;
    return wb_output_like(call, &first);
}

void wb_keep_dtype(wb_call *call) {
    if (call->n_inputs > 0 && call->inputs[0].dtype >= WB_DTYPE_INT64) {
        call->dtype = call->inputs[0].dtype;
    }
}

const wb_tensor *wb_output_at(const wb_call *call, int32_t output) {
    return &call->evaluation->result->tensors[call->row->first_tensor + output];
}

int64_t wb_weight_elements(const wb_call *call, int weight) {
    return call->evaluation->result->weights[call->row->first_weight + weight].count;
}

void wb_add_macs(wb_call *call, const int64_t *factors, size_t n) {
    call->sums->multiplies = true;
    call->sums->macs = wb_cost_sum(call->sums->macs, wb_cost_product(factors, n));
}

WB_RARE static int64_t odd_elements(const wb_tensor *tensor, int first, int end) {
    int64_t sizes[WB_MAX_RANK];
    size_t n = 0;
    for (int axis = first; axis < end; axis++) {
        sizes[n++] = tensor->shape[axis].cost;
    }
    return wb_odd_product(sizes, n);
}

int64_t wb_elements(const wb_tensor *tensor, int first, int end) {
    int64_t elements = 1;
    for (int axis = first; axis < end; axis++) {
        int64_t size = tensor->shape[axis].cost;
        if (size < 0 || !wb_multiply(elements, size, &elements)) {
            return odd_elements(tensor, first, end);
        }
    }
    return elements;
}
