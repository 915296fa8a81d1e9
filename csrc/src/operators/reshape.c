/* The same elements in another shape. */
#include <string.h>

#include "../backward.h"
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

/* The axes of the input that take the new shape: from `*start` up to `*end`. */
static bool find_axes(wb_call *call, int32_t *start, int32_t *end) {
    const wb_reshape *reshape = call->attributes;
    int32_t rank = call->inputs[0].rank;
    *start = reshape->keep_batch != 0;
    *end = rank;
    if (reshape->dim == WB_ABSENT) {
        return wb_require_least_rank(call, 0, *start);
    }
    if (!wb_require_axis(call, WB_FIELD(wb_reshape, dim), reshape->dim, rank, start)) {
        return false;
    }
    *end = *start + 1;
    return true;
}

/* The product of the sizes that are given. */
static bool given_elements(wb_call *call, int64_t *elements) {
    int64_t sizes[WB_MAX_RANK];
    size_t n = 0;
    for (int64_t i = 0; i < call->list_length; i++) {
        if (call->list[i] >= 0) {
            sizes[n++] = call->list[i];
        }
    }
    return wb_require_fit(call, wb_product(sizes, n, elements));
}

/* The one dimension that is not known, where the known ones come to exactly what is given: it stays as it is. */
static bool stays(const wb_dimension *dimensions, int n, int64_t given, wb_dimension *wildcard) {
    int64_t sizes[WB_MAX_RANK], elements;
    size_t n_known = 0;
    for (int axis = 0; axis < n; axis++) {
        if (wb_is_known(dimensions[axis].size)) {
            sizes[n_known++] = dimensions[axis].size;
        } else {
            *wildcard = dimensions[axis];
        }
    }
    return (int)n_known == n - 1 && wb_product(sizes, n_known, &elements) && elements == given && given > 0;
}

/* What -1 stands for: the elements that the other sizes leave over. */
static bool infer(wb_call *call, wb_dimension elements, int64_t given, wb_dimension *wildcard) {
    if (wb_is_known(elements.size) && (given == 0 || elements.size % given != 0)) {
        return wb_fail(call, WB_ERROR_RESHAPE, WB_FIELD(wb_reshape, target_shape), elements.size, given);
    }
    *wildcard = wb_dimension_divide(elements, given);
    return true;
}

/* Fills in the new sizes of axes that had these. */
static bool fill(wb_call *call, const wb_dimension *old, int n, wb_dimension *shape) {
    int64_t given;
    wb_dimension elements, wildcard = wb_unknown();
    bool has_wildcard = false;
    if (!given_elements(call, &given) || !wb_require_fit(call, wb_dimension_product(old, n, &elements))) {
        return false;
    }
    for (int64_t i = 0; i < call->list_length; i++) {
        has_wildcard = has_wildcard || call->list[i] == -1;
    }
    if (has_wildcard && !stays(old, n, given, &wildcard) && !infer(call, elements, given, &wildcard)) {
        return false;
    }
    for (int64_t i = 0; i < call->list_length; i++) {
        shape[i] = call->list[i] == -1 ? wildcard : wb_known(call->list[i]);
    }
    bool same = has_wildcard || !wb_is_known(elements.size) || elements.size == given;
    return same || wb_fail(call, WB_ERROR_RESHAPE, WB_FIELD(wb_reshape, target_shape), elements.size, given);
}

static bool shapes(wb_call *call) {
    int32_t start, end;
    if (!wb_require_inputs(call, 1, 1) || !find_axes(call, &start, &end)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_keep_dtype(call);
    wb_dimension *shape = wb_output(call, input->rank - (end - start) + call->list_length);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)start);
    memcpy(shape + start + call->list_length, input->shape + end, sizeof *shape * (size_t)(input->rank - end));
    return fill(call, input->shape + start, end - start, shape + start);
}

const wb_operator wb_reshape_operator = {.name = "reshape",
                                         .attributes_size = sizeof(wb_reshape),
                                         .attributes = attributes,
                                         .shapes = shapes,
                                         .views = wb_views};
