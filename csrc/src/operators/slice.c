/* A piece of a size that is given. */
#include "../backward.h"
#include "operators.h"
#include "promotion.h"

static bool is_given(const wb_slice *slice) { return slice->start_indices_form != WB_FORM_NULL; }

static const int64_t *sizes(const wb_call *call) {
    const wb_slice *slice = call->attributes;
    return call->list + slice->start_indices_count;
}

static int32_t size_field(const wb_call *call, int32_t axis) {
    const wb_slice *slice = call->attributes;
    return WB_FIELD(wb_slice, lists) + (int32_t)slice->start_indices_count + axis;
}

static bool attributes(wb_call *call) {
    const wb_slice *slice = call->attributes;
    bool right = true;
    for (int32_t i = 0; i < slice->start_indices_count; i++) {
        right = wb_require_at_least(call, WB_FIELD(wb_slice, lists) + i, call->list[i], 0) && right;
    }
    for (int32_t i = 0; i < slice->shape_count; i++) {
        right = wb_require_at_least(call, size_field(call, i), sizes(call)[i], -1) && right;
    }
    return right;
}

/* What is left of one axis. A start that is a tensor leaves open what -1 means. */
static bool sliced(wb_call *call, int32_t axis, wb_dimension *result) {
    const wb_slice *slice = call->attributes;
    wb_dimension size = call->inputs[0].shape[axis];
    int64_t start = is_given(slice) ? call->list[axis] : 0, wanted = sizes(call)[axis], end;
    if (!wb_require_fit(call, wb_add(start, wanted == -1 ? 0 : wanted, &end))) {
        return false;
    }
    if (wb_is_known(size.size) && end > size.size) {
        return wb_fail(call, WB_ERROR_BEYOND, size_field(call, axis), end, size.size);
    }
    if (wanted != -1) {
        *result = wb_known(wanted);
        return true;
    }
    *result = is_given(slice) ? wb_dimension_behind(size, start) : wb_unknown();
    return true;
}

static bool shapes(wb_call *call) {
    const wb_slice *slice = call->attributes;
    int32_t rank = (int32_t)slice->shape_count, n_inputs = is_given(slice) ? 1 : 2;
    if (!wb_require_inputs(call, n_inputs, n_inputs) || !wb_require_rank(call, 0, rank)) {
        return false;
    }
    if (is_given(slice) && slice->start_indices_count != rank) {
        return wb_fail(call, WB_ERROR_LIST, WB_FIELD(wb_slice, start_indices_count), slice->start_indices_count, rank);
    }
    wb_give_dtype(call, WB_RESULT_INPUT);
    wb_dimension *shape = wb_output(call, rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < rank; axis++) {
        if (!sliced(call, axis, &shape[axis])) {
            return false;
        }
    }
    return true;
}

const wb_operator wb_slice_operator = {.name = "slice",
                                       .attributes_size = sizeof(wb_slice),
                                       .n_lists = 2,
                                       .attributes = attributes,
                                       .shapes = shapes,
                                       .views = wb_views};
