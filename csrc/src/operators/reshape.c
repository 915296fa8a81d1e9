/* The same elements in another shape. */
#include "operators.h"

static bool attributes(wb_call *call) {
    int wildcards = 0;
    for (int32_t i = 0; i < call->list_length; i++) {
        int32_t field = WB_FIELD(wb_reshape, target_shape) + i;
        wildcards += call->list[i] == -1;
        if (call->list[i] < -1) {
            return wb_fail(call, WB_ERROR_TOO_SMALL, field, call->list[i], -1);
        }
        if (wildcards > 1) {
            return wb_fail(call, WB_ERROR_TWO_WILDCARDS, field, 0, 0);
        }
    }
    return true;
}

/* The product of the sizes that are given. */
static bool given_elements(wb_call *call, int64_t *elements) {
    int64_t all = 1;
    bool fits = true, zero = false;
    for (int64_t i = 0; i < call->list_length; i++) {
        if (call->list[i] >= 0) {
            zero = zero || call->list[i] == 0;
            fits = fits && wb_multiply(all, call->list[i], &all);
        }
    }
    *elements = zero ? 0 : all;
    return wb_require_fit(call, fits || zero);
}

static bool divided(int64_t size, const int64_t *divisor, int64_t *result) {
    *result = *divisor > 0 && size % *divisor == 0 ? size / *divisor : WB_UNKNOWN;
    return true;
}

/* What -1 stands for: the elements that the other sizes leave over. */
static bool infer(wb_call *call, wb_dimension elements, int64_t given, wb_dimension *wildcard) {
    if (given == 1) {
        *wildcard = elements;
        return true;
    }
    if (wb_is_known(elements.size) && (given == 0 || elements.size % given != 0)) {
        return wb_fail(call, WB_ERROR_RESHAPE, WB_FIELD(wb_reshape, target_shape), elements.size, given);
    }
    return wb_dimension_map(elements, divided, &given, wildcard);
}

static bool shapes(wb_call *call) {
    const wb_reshape *reshape = call->attributes;
    int kept = reshape->keep_batch != 0;
    int64_t given;
    wb_dimension elements, wildcard = wb_unknown();
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, kept) || !given_elements(call, &given)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    if (!wb_require_fit(call, wb_dimension_product(input->shape + kept, input->rank - kept, &elements))) {
        return false;
    }
    wb_keep_dtype(call);
    wb_dimension *shape = wb_output(call, call->list_length + kept);
    if (shape == NULL) {
        return false;
    }
    if (kept) {
        shape[0] = input->shape[0];
    }
    bool has_wildcard = false;
    for (int64_t i = 0; i < call->list_length; i++) {
        if (call->list[i] == -1) {
            if (!infer(call, elements, given, &wildcard)) {
                return false;
            }
            has_wildcard = true;
        }
        shape[i + kept] = call->list[i] == -1 ? wildcard : wb_known(call->list[i]);
    }
    bool same = has_wildcard || !wb_is_known(elements.size) || elements.size == given;
    return same || wb_fail(call, WB_ERROR_RESHAPE, WB_FIELD(wb_reshape, target_shape), elements.size, given);
}

const wb_operator wb_reshape_operator = {
    .name = "reshape", .attributes_size = sizeof(wb_reshape), .attributes = attributes, .shapes = shapes};
