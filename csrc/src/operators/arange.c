/* The integers from one up to another. */
#include "operators.h"
#include "promotion.h"

static bool attributes(wb_call *call) {
    const wb_arange *arange = call->attributes;
    return arange->step != 0 || wb_fail(call, WB_ERROR_NOT_ONE_OF, WB_FIELD(wb_arange, step), 0, 0);
}

/* How many steps lead from 0 up to `distance`, both of one sign; none where they are not. */
static int64_t steps(int64_t distance, int64_t step) {
    if (distance == 0 || (distance < 0) != (step < 0)) {
        return 0;
    }
    return distance < 0 ? (distance + 1) / step + 1 : (distance - 1) / step + 1;
}

static bool shapes(wb_call *call) {
    const wb_arange *arange = call->attributes;
    bool from_zero = arange->stop == WB_ABSENT;
    int64_t start = from_zero ? 0 : arange->start, stop = from_zero ? arange->start : arange->stop, distance;
    if (!wb_require_inputs(call, 0, 0) || !wb_require_fit(call, wb_subtract(stop, start, &distance))) {
        return false;
    }
    wb_give_dtype(call, WB_RESULT_INDEX);
    wb_dimension *shape = wb_output(call, 1);
    if (shape == NULL) {
        return false;
    }
    shape[0] = wb_known(steps(distance, arange->step));
    return true;
}

const wb_operator wb_arange_operator = {
    .name = "arange", .attributes_size = sizeof(wb_arange), .attributes = attributes, .shapes = shapes};
