/* The model's inputs, the two nodes that a block opens and closes with (see block.c), and a layer that is missing. */
#include "operators.h"

static wb_dimension dimension_of(const wb_call *call, const int64_t *words, int64_t axis) {
    int64_t kind = words[2 * axis];
    if (kind == 0) {
        return wb_known(words[2 * axis + 1]);
    }
    bool batch = kind == WB_UNKNOWN ? axis == 0 : kind == call->graph->batch;
    return (wb_dimension){kind, batch ? 1 : kind};
}

static bool check_dimension(wb_call *call, int64_t axis) {
    int32_t field = WB_FIELD(wb_input, shape) + (int32_t)(2 * axis);
    const int64_t *words = call->list + 2 * axis;
    return wb_require_between(call, field, words[0], INT64_MIN, 0) &&
           (words[0] < 0 || wb_require_at_least(call, field + 1, words[1], 0));
}

static bool attributes(wb_call *call) {
    const wb_input *input = call->attributes;
    bool right =
        wb_require_between(call, WB_FIELD(wb_input, dtype), input->dtype, WB_DTYPE_FLOAT64, WB_DTYPE_COUNT - 1);
    for (int64_t axis = 0; axis < call->list_length / 2; axis++) {
        right = check_dimension(call, axis) && right;
    }
    return right;
}

static bool shapes(wb_call *call) {
    const wb_input *input = call->attributes;
    call->dtype = (int32_t)input->dtype;
    wb_dimension *shape = wb_output(call, call->list_length / 2);
    if (shape == NULL) {
        return false;
    }
    for (int64_t axis = 0; axis < call->list_length / 2; axis++) {
        shape[axis] = dimension_of(call, call->list, axis);
    }
    return true;
}

const wb_operator wb_input_operator = {
    .name = "input", .attributes_size = sizeof(wb_input), .attributes = attributes, .shapes = shapes};

const wb_operator wb_block_operator = {.name = "block", .attributes_size = sizeof(wb_block)};

const wb_operator wb_end_operator = {.name = "end"};

static bool poison(wb_call *call) {
    (void)call;
    return false;
}

const wb_operator wb_missing_operator = {.name = "missing", .shapes = poison};
