/* Neighbouring axes become one. */
#include <string.h>

#include "../backward.h"
#include "operators.h"

/* A tensor of the batch alone gets an axis of size 1, as in Keras. */
static bool find_axes(wb_call *call, int32_t *start, int32_t *end) {
    const wb_flatten *flatten = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    if (flatten->start_dim == 1 && flatten->end_dim == -1 && input->rank == 1) {
        *start = *end = 1;
        return true;
    }
    if (!wb_require_axis(call, WB_FIELD(wb_flatten, start_dim), flatten->start_dim, input->rank, start) ||
        !wb_require_axis(call, WB_FIELD(wb_flatten, end_dim), flatten->end_dim, input->rank, end)) {
        return false;
    }
    if (*end < *start) {
        return wb_fail(call, WB_ERROR_TOO_SMALL, WB_FIELD(wb_flatten, end_dim), *end, *start);
    }
    *end += 1;
    return true;
}

static bool shapes(wb_call *call) {
    int32_t start, end;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 1) || !find_axes(call, &start, &end)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_keep_dtype(call);
    wb_dimension *shape = wb_output(call, input->rank - (end - start) + 1);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)start);
    memcpy(shape + start + 1, input->shape + end, sizeof *shape * (size_t)(input->rank - end));
    return wb_require_fit(call, wb_dimension_product(input->shape + start, end - start, &shape[start]));
}

const wb_operator wb_flatten_operator = {
    .name = "flatten", .attributes_size = sizeof(wb_flatten), .shapes = shapes, .views = wb_views};
