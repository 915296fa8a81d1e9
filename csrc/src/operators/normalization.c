/* Normalizations that leave the shape as it is: their weights have the shape of some axes. */
#include "operators.h"

static bool axis_is_taken(const int32_t *axes, int n, int32_t axis) {
    for (int i = 0; i < n; i++) {
        if (axes[i] == axis) {
            return true;
        }
    }
    return false;
}

/* The axes of the weights, counted from the front, in the order given. */
static bool axes_of(wb_call *call, int32_t *axes) {
    const int32_t field = WB_FIELD(wb_normalization, axis);
    if (!wb_require_at_most(call, field, call->list_length, call->inputs[0].rank)) {
        return false;
    }
    for (int32_t i = 0; i < call->list_length; i++) {
        if (!wb_require_axis(call, field + i, call->list[i], call->inputs[0].rank, &axes[i])) {
            return false;
        }
        if (axis_is_taken(axes, i, axes[i])) {
            return wb_fail(call, WB_ERROR_AXIS_TWICE, field + i, call->list[i], 0);
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    int32_t axes[WB_MAX_RANK];
    return wb_require_inputs(call, 1, 1) && axes_of(call, axes) && wb_output_like(call, &call->inputs[0]);
}

static bool weights(wb_call *call) {
    const wb_normalization *normalization = call->attributes;
    int32_t axes[WB_MAX_RANK];
    int64_t sizes[WB_MAX_RANK] = {0};
    int rank = (int)call->list_length;
    bool learned = normalization->scale || normalization->center || normalization->moving;
    if (!axes_of(call, axes)) {
        return false;
    }
    for (int i = 0; i < rank && learned; i++) {
        if (!wb_require_size(call, 0, axes[i], &sizes[i])) {
            return false;
        }
    }
    const char *scale = normalization->rms ? "scale" : "gamma";
    return (!normalization->scale || wb_own(call, scale, WB_LEARNED, sizes, rank)) &&
           (!normalization->center || wb_own(call, "beta", WB_LEARNED, sizes, rank)) &&
           (!normalization->moving || (wb_own(call, "moving_mean", WB_STATE, sizes, rank) &&
                                       wb_own(call, "moving_variance", WB_STATE, sizes, rank)));
}

const wb_operator wb_normalization_operator = {.name = "normalization",
                                               .attributes_size = sizeof(wb_normalization),
                                               .shapes = shapes,
                                               .weights = weights,
                                               .not_counted = "normalization"};
