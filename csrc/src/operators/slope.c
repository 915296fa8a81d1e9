/* Activations with slopes that are learned. */
#include "../backward.h"
#include "operators.h"

static bool attributes(wb_call *call) {
    const wb_slope *slope = call->attributes;
    const int32_t field = WB_FIELD(wb_slope, num_parameters);
    if (slope->num_parameters == WB_ABSENT) {
        return true;
    }
    if (call->list_length > 0) {
        return wb_fail(call, WB_ERROR_NEEDLESS, field, slope->num_parameters, 0);
    }
    return wb_require_at_least(call, field, slope->num_parameters, 1);
}

/* PyTorch's slopes: one, or one for each channel, which are on axis 1. */
static bool check_channels(wb_call *call, int64_t slopes) {
    const wb_tensor *input = &call->inputs[0];
    wb_dimension channels = input->rank > 1 ? input->shape[1] : wb_known(1);
    return slopes == 1 || wb_require_same(call, 0, channels, wb_known(slopes));
}

static bool shapes(wb_call *call) {
    const wb_slope *slope = call->attributes;
    if (!wb_require_inputs(call, 1, 1)) {
        return false;
    }
    bool right = slope->num_parameters == WB_ABSENT ? wb_require_least_rank(call, 0, 1)
                                                    : check_channels(call, slope->num_parameters);
    return right && wb_output_like(call, &call->inputs[0]);
}

/* Keras looks an axis up in the shape without the batch, at its number less one: 0 and below count from its end. */
static bool mark_shared(wb_call *call, bool *shared) {
    const int32_t rank = call->inputs[0].rank - 1;
    for (int32_t i = 0; i < call->list_length; i++) {
        int64_t axis = call->list[i];
        if (axis > rank || axis <= -rank) {
            return wb_fail(call, WB_ERROR_AXIS, WB_FIELD(wb_slope, shared_axes) + i, axis, rank + 1);
        }
        shared[axis >= 1 ? axis : axis + rank] = true;
    }
    return true;
}

static bool weights(wb_call *call) {
    const wb_slope *slope = call->attributes;
    const int32_t rank = call->inputs[0].rank;
    int64_t sizes[WB_MAX_RANK];
    bool shared[WB_MAX_RANK] = {false};
    if (slope->num_parameters != WB_ABSENT) {
        return wb_own(call, "alpha", WB_LEARNED, &slope->num_parameters, 1);
    }
    if (!mark_shared(call, shared)) {
        return false;
    }
    for (int32_t axis = 1; axis < rank; axis++) {
        sizes[axis - 1] = 1;
        if (!shared[axis] && !wb_require_size(call, 0, axis, &sizes[axis - 1])) {
            return false;
        }
    }
    return wb_own(call, "alpha", WB_LEARNED, sizes, rank - 1);
}

static void keeps(const wb_call *call) { wb_keep_input(call, 0); }

const wb_operator wb_slope_operator = {.name = "slope",
                                       .attributes_size = sizeof(wb_slope),
                                       .attributes = attributes,
                                       .shapes = shapes,
                                       .weights = weights,
                                       .not_counted = "elementwise work",
                                       .keeps = keeps};
