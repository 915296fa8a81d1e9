/* Axes of size 1 go. */
#include "../backward.h"
#include "axes.h"
#include "operators.h"
#include "promotion.h"

/* Without a list all that are known to be 1 go; those of a list must be. */
static bool find_axes(wb_call *call, bool *goes, int32_t *n) {
    const wb_squeeze *squeeze = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    if (!wb_mark_axes(call, WB_FIELD(wb_squeeze, axis), squeeze->axis_form, input->rank, goes)) {
        return false;
    }
    *n = 0;
    for (int32_t axis = 0; axis < input->rank; axis++) {
        bool one = input->shape[axis].size == 1;
        if (goes[axis] && !one && squeeze->axis_form != WB_FORM_NULL) {
            return wb_fail_input(call, WB_ERROR_NOT_ONE, 0, axis, input->shape[axis].size);
        }
        goes[axis] = goes[axis] && one;
        *n += goes[axis];
    }
    return true;
}

static bool shapes(wb_call *call) {
    bool goes[WB_MAX_RANK];
    int32_t n, at = 0;
    if (!wb_require_inputs(call, 1, 1) || !find_axes(call, goes, &n)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_give_dtype(call, WB_RESULT_INPUT);
    wb_dimension *shape = wb_output(call, input->rank - n);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < input->rank; axis++) {
        if (!goes[axis]) {
            shape[at++] = input->shape[axis];
        }
    }
    return true;
}

const wb_operator wb_squeeze_operator = {
    .name = "squeeze", .attributes_size = sizeof(wb_squeeze), .shapes = shapes, .views = wb_views};
