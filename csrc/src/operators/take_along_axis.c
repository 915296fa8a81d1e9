/* Picks by indices that have the tensor's rank. */
#include <string.h>

#include "../backward.h"
#include "broadcast.h"
#include "operators.h"
#include "promotion.h"

/* The tensor's shape with the indices' size along the axis; of all axes as one that is the indices' alone. */
static bool shapes(wb_call *call) {
    const wb_take_along_axis *take = call->attributes;
    int32_t axis = 0, at;
    if (!wb_require_inputs(call, 2, 2)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0], *indices = &call->inputs[1];
    bool flat = take->axis == WB_ABSENT;
    int32_t rank = flat ? 1 : input->rank;
    if ((!flat && !wb_require_axis(call, WB_FIELD(wb_take_along_axis, axis), take->axis, rank, &axis)) ||
        !wb_require_rank(call, 1, rank)) {
        return false;
    }
    wb_give_dtype(call, WB_RESULT_INPUT);
    wb_dimension *shape = wb_output(call, rank);
    if (shape == NULL) {
        return false;
    }
    if (!flat) {
        memcpy(shape, input->shape, sizeof *shape * (size_t)rank);
    }
    shape[axis] = indices->shape[axis];
    return wb_broadcast_into(shape, rank, indices->shape, rank, &at) ||
           wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, 1, indices->shape[at].size, input->shape[at].size);
}

static void keeps(const wb_call *call) { wb_keep_input(call, 1); }

const wb_operator wb_take_along_axis_operator = {.name = "take_along_axis",
                                                 .attributes_size = sizeof(wb_take_along_axis),
                                                 .shapes = shapes,
                                                 .not_counted = "look-up",
                                                 .keeps = keeps};
