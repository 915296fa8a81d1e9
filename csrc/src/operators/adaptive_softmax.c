/* Softmax of clusters of classes (Grave et al., 2017), as PyTorch's AdaptiveLogSoftmaxWithLoss has it. */
#include "../backward.h"
#include "operators.h"
#include "scale.h"

static int64_t end_of(const wb_call *call, int64_t cluster) {
    const wb_adaptive_softmax *softmax = call->attributes;
    return cluster + 1 < softmax->cutoffs_count ? call->list[cluster + 1] : softmax->n_classes;
}

/* How much narrower each cluster is: a numerator and a denominator. */
static const int64_t *ratio(const wb_call *call) {
    const wb_adaptive_softmax *softmax = call->attributes;
    return call->list + softmax->cutoffs_count;
}

static bool attributes(wb_call *call) {
    const wb_adaptive_softmax *softmax = call->attributes;
    const int32_t first = WB_FIELD(wb_adaptive_softmax, lists);
    const int64_t n = softmax->cutoffs_count;
    if (!wb_require_between(call, WB_FIELD(wb_adaptive_softmax, ratio_count), softmax->ratio_count, 2, 2)) {
        return false;
    }
    bool right = wb_check_factor(call, first + (int32_t)n, ratio(call));
    if (n == 0) {
        return wb_fail(call, WB_ERROR_MISSING, WB_FIELD(wb_adaptive_softmax, cutoffs_count), 0, 0);
    }
    if (!wb_require_at_least(call, WB_FIELD(wb_adaptive_softmax, n_classes), softmax->n_classes, 2)) {
        return false;
    }
    for (int32_t i = 0; i < n; i++) {
        int64_t least = i == 0 ? 1 : call->list[i - 1] + (call->list[i - 1] < INT64_MAX);
        right = wb_require_at_least(call, first + i, call->list[i], least) &&
                wb_require_at_most(call, first + i, call->list[i], softmax->n_classes - 1) && right;
    }
    return right;
}

/* Inputs: examples and their classes, or one of each. Outputs: the log-probability of each class, and the loss. */
static bool shapes(wb_call *call) {
    if (!wb_require_inputs(call, 2, 2) || !wb_require_least_rank(call, 0, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    const wb_tensor *target = &call->inputs[1];
    if (input->rank > 2) {
        return wb_require_rank(call, 0, 2);
    }
    if (!wb_require_rank(call, 1, input->rank - 1)) {
        return false;
    }
    bool same = input->rank < 2 || wb_require_same(call, 1, target->shape[0], input->shape[0]);
    return same && wb_output_like(call, target) && wb_output(call, 0) != NULL;
}

/* What the first step of the next cluster leaves of the features: as PyTorch computes it, in doubles. */
static bool narrow(const wb_call *call, wb_power *narrower, int64_t features, int64_t *width) {
    *narrower = wb_power_next(*narrower, ratio(call));
    return wb_power_divide(features, *narrower, width);
}

/* A cluster's classes are projected to in two steps, the first of which narrows. */
static bool own_cluster(wb_call *call, int64_t cluster, int64_t features, int64_t width) {
    const int64_t down[] = {features, width};
    const int64_t up[] = {width, end_of(call, cluster) - call->list[cluster]};
    return wb_own_numbered(call, "tail_%/down/kernel", cluster, WB_LEARNED, down, 2) &&
           wb_own_numbered(call, "tail_%/up/kernel", cluster, WB_LEARNED, up, 2);
}

static bool weights(wb_call *call) {
    const wb_adaptive_softmax *softmax = call->attributes;
    int64_t features, head, width;
    if (!wb_require_size(call, 0, call->inputs[0].rank - 1, &features) ||
        !wb_require_fit(call, wb_add(call->list[0], softmax->cutoffs_count, &head)) ||
        !wb_own(call, "head/kernel", WB_LEARNED, (int64_t[]){features, head}, 2) ||
        (softmax->head_bias && !wb_own(call, "head/bias", WB_LEARNED, &head, 1))) {
        return false;
    }
    wb_power narrower = wb_power_of_none();
    for (int64_t cluster = 0; cluster < softmax->cutoffs_count; cluster++) {
        if (!wb_require_fit(call, narrow(call, &narrower, features, &width)) ||
            !own_cluster(call, cluster, features, width)) {
            return false;
        }
    }
    return true;
}

/* As if every example went through every cluster, as it does where all log-probabilities are wanted: which ones the
 * loss alone needs is known from the examples only. */
static void costs(wb_call *call) {
    const wb_adaptive_softmax *softmax = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    int64_t examples = wb_elements(input, 0, input->rank - 1);
    int first_tail = softmax->head_bias ? 2 : 1;
    wb_add_macs(call, (int64_t[]){examples, wb_weight_elements(call, 0)}, 2);
    for (int tail = first_tail; tail < first_tail + 2 * (int)softmax->cutoffs_count; tail++) {
        wb_add_macs(call, (int64_t[]){examples, wb_weight_elements(call, tail)}, 2);
    }
}

/* The log-probabilities of the head and of every cluster, and what lies between a cluster's two steps. */
static void keeps(const wb_call *call) {
    const wb_adaptive_softmax *softmax = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    int64_t examples = wb_elements(input, 0, input->rank - 1), width = 0;
    wb_power narrower = wb_power_of_none();
    wb_keep_factor(call, 0);
    wb_keep_input(call, 1);
    wb_keep_inside(call, (int64_t[]){examples, call->list[0] + softmax->cutoffs_count}, 2);
    for (int64_t cluster = 0; cluster < softmax->cutoffs_count; cluster++) {
        (void)narrow(call, &narrower, input->shape[input->rank - 1].size, &width); /* it fitted before */
        wb_keep_inside(call, (int64_t[]){examples, width + end_of(call, cluster) - call->list[cluster]}, 2);
    }
}

const wb_operator wb_adaptive_softmax_operator = {.name = "adaptive_softmax",
                                                  .attributes_size = sizeof(wb_adaptive_softmax),
                                                  .n_lists = 2,
                                                  .attributes = attributes,
                                                  .shapes = shapes,
                                                  .weights = weights,
                                                  .costs = costs,
                                                  .not_counted = "bias, softmax",
                                                  .keeps = keeps,
                                                  .division = wb_inside};
