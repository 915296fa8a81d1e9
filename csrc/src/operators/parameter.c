/* A tensor made of nothing: one that is learned, state that is kept, or a constant. */
#include "operators.h"

static bool attributes(wb_call *call) {
    for (int32_t i = 0; i < call->list_length; i++) {
        if (!wb_require_at_least(call, WB_FIELD(wb_parameter, shape) + i, call->list[i], 0)) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    if (!wb_require_inputs(call, 0, 0)) {
        return false;
    }
    wb_dimension *shape = wb_output(call, call->list_length);
    if (shape == NULL) {
        return false;
    }
    for (int64_t axis = 0; axis < call->list_length; axis++) {
        shape[axis] = wb_known(call->list[axis]);
    }
    return true;
}

static bool weights(wb_call *call) {
    const wb_parameter *parameter = call->attributes;
    return !parameter->owned ||
           wb_own(call, "value", parameter->buffer ? WB_STATE : WB_LEARNED, call->list, (int)call->list_length);
}

const wb_operator wb_parameter_operator = {.name = "parameter",
                                           .attributes_size = sizeof(wb_parameter),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights};
