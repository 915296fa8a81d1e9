/* Every element so many times. */
#include <string.h>

#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    if (call->list_length == 0) {
        return wb_fail(call, WB_ERROR_LIST, WB_FIELD(wb_repeat, repeats), 0, 1);
    }
    for (int32_t i = 0; i < call->list_length; i++) {
        if (!wb_require_at_least(call, WB_FIELD(wb_repeat, repeats) + i, call->list[i], 0)) {
            return false;
        }
    }
    return true;
}

/* One number repeats all; else there is one for each element, and what becomes of an unknown size is not known. */
static bool repeated(wb_call *call, wb_dimension size, wb_dimension *result) {
    if (call->list_length == 1) {
        return wb_require_fit(call, wb_dimension_multiply(size, wb_known(call->list[0]), result));
    }
    if (wb_is_known(size.size) && size.size != call->list_length) {
        return wb_fail(call, WB_ERROR_LENGTH, WB_FIELD(wb_repeat, repeats), call->list_length, size.size);
    }
    int64_t sum = 0;
    bool fits = true;
    for (int64_t i = 0; i < call->list_length; i++) {
        fits = fits && wb_add(sum, call->list[i], &sum);
    }
    *result = wb_is_known(size.size) ? wb_known(sum) : wb_unknown();
    return wb_require_fit(call, fits);
}

static bool shapes(wb_call *call) {
    const wb_repeat *repeat = call->attributes;
    int32_t axis = 0;
    if (!wb_require_inputs(call, 1, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    bool flat = repeat->axis == WB_ABSENT;
    if (!flat && !wb_require_axis(call, WB_FIELD(wb_repeat, axis), repeat->axis, input->rank, &axis)) {
        return false;
    }
    wb_give_dtype(call, WB_RESULT_INPUT);
    wb_dimension *shape = wb_output(call, flat ? 1 : input->rank);
    if (shape == NULL) {
        return false;
    }
    if (flat) {
        return wb_require_fit(call, wb_dimension_product(input->shape, input->rank, shape)) &&
               repeated(call, *shape, shape);
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)input->rank);
    return repeated(call, input->shape[axis], &shape[axis]);
}

const wb_operator wb_repeat_operator = {
    .name = "repeat", .attributes_size = sizeof(wb_repeat), .attributes = attributes, .shapes = shapes};
