/* A tensor beside itself, so many times along each axis. */
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    for (int32_t i = 0; i < call->list_length; i++) {
        if (!wb_require_at_least(call, WB_FIELD(wb_tile, repeats) + i, call->list[i], 0)) {
            return false;
        }
    }
    return true;
}

/* Shape and repeats count from the end; what one of them lacks is 1. */
static bool shapes(wb_call *call) {
    const wb_tile *tile = call->attributes;
    if (!wb_require_inputs(call, 1, 1)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    int64_t n = call->list_length, rank = n > input->rank ? n : input->rank;
    wb_give_dtype(call, tile->result);
    wb_dimension *shape = wb_output(call, rank);
    if (shape == NULL) {
        return false;
    }
    for (int64_t axis = 0; axis < rank; axis++) {
        int64_t own = axis - (rank - input->rank), at = axis - (rank - n);
        wb_dimension size = own < 0 ? wb_known(1) : input->shape[own];
        wb_dimension times = wb_known(at < 0 ? 1 : call->list[at]);
        if (!wb_require_fit(call, wb_dimension_multiply(size, times, &shape[axis]))) {
            return false;
        }
    }
    return true;
}

const wb_operator wb_tile_operator = {
    .name = "tile", .attributes_size = sizeof(wb_tile), .attributes = attributes, .shapes = shapes};
