/* Picks by indices along one axis. */
#include <string.h>

#include "../backward.h"
#include "operators.h"
#include "promotion.h"

static bool is_given(const wb_take *take) { return take->indices_shape_form != WB_FORM_NULL; }

static bool attributes(wb_call *call) {
    for (int32_t i = 0; i < call->list_length; i++) {
        if (!wb_require_at_least(call, WB_FIELD(wb_take, lists) + i, call->list[i], 0)) {
            return false;
        }
    }
    return true;
}

static void copy_indices(const wb_call *call, wb_dimension *shape) {
    const wb_take *take = call->attributes;
    for (int64_t i = 0; i < take->indices_shape_count; i++) {
        shape[i] = wb_known(call->list[i]);
    }
    if (!is_given(take)) {
        memcpy(shape, call->inputs[1].shape, sizeof *shape * (size_t)call->inputs[1].rank);
    }
}

static bool shapes(wb_call *call) {
    const wb_take *take = call->attributes;
    int32_t n_inputs = is_given(take) ? 1 : 2, axis = 0;
    if (!wb_require_inputs(call, n_inputs, n_inputs)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    bool flat = take->axis == WB_ABSENT;
    if (!flat && !wb_require_axis(call, WB_FIELD(wb_take, axis), take->axis, input->rank, &axis)) {
        return false;
    }
    int64_t picked = is_given(take) ? take->indices_shape_count : call->inputs[1].rank;
    int32_t after = flat ? 0 : input->rank - axis - 1;
    wb_give_dtype(call, WB_RESULT_INPUT);
    wb_dimension *shape = wb_output(call, axis + picked + after);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)axis);
    copy_indices(call, shape + axis);
    memcpy(shape + axis + picked, input->shape + input->rank - after, sizeof *shape * (size_t)after);
    return true;
}

/* The indices, where they are an input. */
static void keeps(const wb_call *call) {
    if (call->n_inputs > 1) {
        wb_keep_input(call, 1);
    }
}

const wb_operator wb_take_operator = {.name = "take",
                                      .attributes_size = sizeof(wb_take),
                                      .n_lists = 1,
                                      .attributes = attributes,
                                      .shapes = shapes,
                                      .not_counted = "look-up",
                                      .keeps = keeps};
