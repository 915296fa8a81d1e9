/* Gated linear units (Dauphin et al., 2017): one half of an axis, each element times the sigmoid of the other's. */
#include <string.h>

#include "../backward.h"
#include "operators.h"

static bool halved(int64_t size, const int64_t *nothing, int64_t *half) {
    (void)nothing;
    *half = size / 2;
    return true;
}

static bool shapes(wb_call *call) {
    const wb_gate *gate = call->attributes;
    const int32_t field = WB_FIELD(wb_gate, axis);
    int32_t axis;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_axis(call, field, gate->axis, call->inputs[0].rank, &axis)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    if (wb_is_known(input->shape[axis].size) && input->shape[axis].size % 2 != 0) {
        return wb_fail_input(call, WB_ERROR_HALVES, 0, input->shape[axis].size, axis);
    }
    wb_dimension *shape = wb_output(call, input->rank);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)input->rank);
    return wb_dimension_map(input->shape[axis], halved, NULL, &shape[axis]);
}

static void keeps(const wb_call *call) { wb_keep_input(call, 0); }

const wb_operator wb_gate_operator = {.name = "gate",
                                      .attributes_size = sizeof(wb_gate),
                                      .shapes = shapes,
                                      .not_counted = "elementwise work",
                                      .keeps = keeps};
