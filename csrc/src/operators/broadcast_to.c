/* A tensor stretched to a shape. */
#include "../backward.h"
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    for (int32_t i = 0; i < call->list_length; i++) {
        if (!wb_require_at_least(call, WB_FIELD(wb_broadcast_to, shape) + i, call->list[i], -1)) {
            return false;
        }
    }
    return true;
}

/* The shape that is meant: -1 is the size of the same axis, from the end, of the last input. */
static bool fill(wb_call *call, wb_dimension *shape) {
    const wb_tensor *model = &call->inputs[call->n_inputs - 1];
    for (int32_t i = 0; i < call->list_length; i++) {
        int64_t axis = i - call->list_length + model->rank;
        if (call->list[i] != -1) {
            shape[i] = wb_known(call->list[i]);
        } else if (axis < 0) {
            return wb_fail(call, WB_ERROR_AXIS, WB_FIELD(wb_broadcast_to, shape) + i, axis, model->rank);
        } else {
            shape[i] = model->shape[axis];
        }
    }
    return true;
}

/* A known size goes into the same or, from 1, into any; it is not stretched where it is unknown. */
static bool fits(wb_dimension given, wb_dimension wanted) { return given.size == 1 || !wb_differ(given, wanted); }

static bool shapes(wb_call *call) {
    const wb_broadcast_to *broadcast_to = call->attributes;
    if (!wb_require_inputs(call, 1, 2)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    int32_t rank = (int32_t)call->list_length;
    if (input->rank > rank) {
        return wb_fail_input(call, WB_ERROR_RANK, 0, input->rank, rank);
    }
    wb_give_dtype(call, broadcast_to->result);
    wb_dimension *shape = wb_output(call, rank);
    if (shape == NULL || !fill(call, shape)) {
        return false;
    }
    for (int32_t axis = 0; axis < input->rank; axis++) {
        wb_dimension wanted = shape[axis + rank - input->rank];
        if (!fits(input->shape[axis], wanted)) {
            return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, 0, input->shape[axis].size, wanted.size);
        }
    }
    return true;
}

const wb_operator wb_broadcast_to_operator = {.name = "broadcast_to",
                                              .attributes_size = sizeof(wb_broadcast_to),
                                              .attributes = attributes,
                                              .shapes = shapes,
                                              .views = wb_views};
