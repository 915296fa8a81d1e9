/* Normalizations that leave the shape as it is, softmax among them: their weights have the shape of some axes. */
#include "../backward.h"
#include "operators.h"

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool has_scale(const wb_normalization *normalization) {
    return normalization->scale || normalization->rms_scaling;
}

static bool has_center(const wb_normalization *normalization) {
    return normalization->center && !normalization->rms_scaling;
}

static bool has_groups(const wb_normalization *normalization) { return normalization->groups != WB_ABSENT; }

static bool is_softmax(const wb_normalization *normalization) { return normalization->keeps == WB_KEEPS_OUTPUT; }

/* -1 stands for as many groups as there are channels. */
static bool attributes(wb_call *call) {
    const wb_normalization *normalization = call->attributes;
    const int32_t groups = WB_FIELD(wb_normalization, groups);
    if (has_groups(normalization) && normalization->groups != -1 &&
        !wb_require_at_least(call, groups, normalization->groups, 1)) {
        return false;
    }
    if (is_softmax(normalization) && call->list_length == 0) {
        return wb_fail(call, WB_ERROR_LIST, WB_FIELD(wb_normalization, axis), 0, 1);
    }
    bool both = (normalization->mean_length != 0) == (normalization->variance_length != 0);
    return both || wb_fail(call, WB_ERROR_NOT_BOTH, WB_FIELD(wb_normalization, mean_length), 0, 0);
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

typedef struct axes {
    int32_t at[WB_MAX_RANK];
    int32_t n;
} axes;

static bool is_taken(const axes *axes, int32_t axis) {
    for (int32_t i = 0; i < axes->n; i++) {
        if (axes->at[i] == axis) {
            return true;
        }
    }
    return false;
}

/* What axes are sorted by: adapted statistics by where they are, the others, as Keras does it, by the numbers as they
 * are written, where -1 comes before 1. */
static int64_t sort_key(const wb_normalization *normalization, int64_t written, int32_t axis) {
    return normalization->adapted ? axis : written;
}

static void insert(const wb_call *call, axes *axes, int32_t axis, int64_t written, int64_t *keys) {
    int64_t key = sort_key(call->attributes, written, axis);
    int32_t i = axes->n++;
    for (; i > 0 && keys[i - 1] > key; i--) {
        keys[i] = keys[i - 1];
        axes->at[i] = axes->at[i - 1];
    }
    keys[i] = key;
    axes->at[i] = axis;
}

/* The axes of the weights, counted from the front. */
static bool find_axes(wb_call *call, axes *axes) {
    const int32_t field = WB_FIELD(wb_normalization, axis);
    int64_t keys[WB_MAX_RANK];
    axes->n = 0;
    for (int32_t i = 0; i < call->list_length; i++) {
        int32_t axis;
        if (!wb_require_axis(call, field + i, call->list[i], call->inputs[0].rank, &axis)) {
            return false;
        }
        if (is_taken(axes, axis)) {
            return wb_fail(call, WB_ERROR_AXIS_TWICE, field + i, call->list[i], 0);
        }
        insert(call, axes, axis, call->list[i], keys);
    }
    return true;
}

static bool check_groups(wb_call *call, const wb_normalization *normalization, const axes *axes) {
    int64_t channels, groups = normalization->groups;
    if (!has_groups(normalization) || axes->n == 0) {
        return true;
    }
    return wb_require_size(call, 0, axes->at[0], &channels) &&
           (groups == -1 || channels % groups == 0 || wb_fail_input(call, WB_ERROR_GROUPS, 0, channels, groups));
}

static bool shapes(wb_call *call) {
    axes axes;
    return wb_require_inputs(call, 1, 1) && find_axes(call, &axes) && check_groups(call, call->attributes, &axes) &&
           wb_output_like(call, &call->inputs[0]);
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

static bool needs_sizes(const wb_normalization *normalization) {
    return has_scale(normalization) || has_center(normalization) || normalization->moving || normalization->adapted;
}

/* A number of batches or of examples, whatever the dtype of the layer. */
static bool own_count(wb_call *call, const char *role, enum wb_dtype dtype) {
    int32_t around = call->weight_dtype;
    call->weight_dtype = (int32_t)dtype;
    bool owned = wb_own(call, role, WB_STATE, NULL, 0);
    call->weight_dtype = around;
    return owned;
}

static bool own_moving(wb_call *call, const wb_normalization *normalization, const int64_t *sizes, int rank) {
    return wb_own(call, "moving_mean", WB_STATE, sizes, rank) &&
           wb_own(call, "moving_variance", WB_STATE, sizes, rank) &&
           (!normalization->renorm || (wb_own(call, "moving_stddev", WB_STATE, sizes, rank) &&
                                       wb_own(call, "renorm_mean", WB_STATE, sizes, rank) &&
                                       wb_own(call, "renorm_stddev", WB_STATE, sizes, rank))) &&
           (!normalization->count_batches || own_count(call, "num_batches_tracked", WB_DTYPE_INT64));
}

static bool own_adapted(wb_call *call, const wb_normalization *normalization, const int64_t *sizes, int rank) {
    return normalization->mean_length > 0 ||
           (wb_own(call, "mean", WB_STATE, sizes, rank) && wb_own(call, "variance", WB_STATE, sizes, rank) &&
            own_count(call, "count", WB_DTYPE_INT32));
}

/* Statistics that are given are one for all, or one for each place of the last axis. */
static bool check_length(wb_call *call, int32_t field, int64_t length, const axes *axes) {
    int64_t last = axes->n > 0 ? call->inputs[0].shape[axes->at[axes->n - 1]].size : 1;
    return length <= 1 || !wb_is_known(last) || length == last || wb_fail(call, WB_ERROR_LENGTH, field, length, last);
}

static bool weights(wb_call *call) {
    const wb_normalization *normalization = call->attributes;
    axes axes;
    int64_t sizes[WB_MAX_RANK];
    if (!find_axes(call, &axes)) {
        return false;
    }
    if (!check_length(call, WB_FIELD(wb_normalization, mean_length), normalization->mean_length, &axes) ||
        !check_length(call, WB_FIELD(wb_normalization, variance_length), normalization->variance_length, &axes)) {
        return false;
    }
    for (int i = 0; i < axes.n; i++) {
        sizes[i] = 0;
        if (needs_sizes(normalization) && !wb_require_size(call, 0, axes.at[i], &sizes[i])) {
            return false;
        }
    }
    const char *scale = normalization->rms ? "scale" : "gamma";
    return (!has_scale(normalization) || wb_own(call, scale, WB_LEARNED, sizes, axes.n)) &&
           (!has_center(normalization) || wb_own(call, "beta", WB_LEARNED, sizes, axes.n)) &&
           (!normalization->moving || own_moving(call, normalization, sizes, axes.n)) &&
           (!normalization->adapted || own_adapted(call, normalization, sizes, axes.n));
}

/* A normalization that is frozen, or has its statistics from elsewhere, is a product with constants. */
static bool is_linear(const wb_call *call) {
    const wb_normalization *normalization = call->attributes;
    return normalization->linear || normalization->adapted || (normalization->moving && !wb_trains(call));
}

/* Means and variances are left out. */
static void keeps(const wb_call *call) {
    if (is_softmax(call->attributes)) {
        wb_keep_output(call, 0);
    } else if (is_linear(call)) {
        wb_keep_factor(call, 0);
    } else {
        wb_keep_input(call, 0);
    }
}

/* What is normalized channel by channel, over the batch, may be divided. */
static enum wb_division division(const wb_call *call) {
    const wb_normalization *normalization = call->attributes;
    bool divides = normalization->linear || normalization->moving || is_softmax(normalization);
    return divides ? WB_AS_INPUTS : WB_WHOLE;
}

const wb_operator wb_normalization_operator = {.name = "normalization",
                                               .attributes_size = sizeof(wb_normalization),
                                               .attributes = attributes,
                                               .shapes = shapes,
                                               .weights = weights,
                                               .not_counted = "normalization",
                                               .keeps = keeps,
                                               .division = division};
