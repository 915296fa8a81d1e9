/* Elements that go from the channels to two axes of space (Shi et al., 2016), or back, and channels that change places
 * (Zhang et al., 2018). The shapes are PyTorch's: whatever stands before the channels stays. */
#include "operators.h"
#include "parts.h"
#include "space.h"

static bool attributes(wb_call *call) {
    const wb_shuffle *shuffle = call->attributes;
    return wb_require_at_least(call, WB_FIELD(wb_shuffle, factor), shuffle->factor, 1);
}

/* As much as the channels lose the two axes win, or the other way round. */
static bool trade(wb_call *call, const wb_shuffle *shuffle, const wb_dimension *in, wb_dimension *out) {
    wb_space space = wb_space_in(call, call->inputs[0].rank, 2, shuffle->data_format);
    bool to_space = shuffle->kind == WB_SHUFFLE_TO_SPACE;
    int64_t square;
    if (!wb_require_fit(call, wb_multiply(shuffle->factor, shuffle->factor, &square))) {
        return false;
    }
    for (int at = space.first; at < space.first + 2; at++) {
        bool done = to_space ? wb_require_fit(call, wb_dimension_multiply(in[at], wb_known(shuffle->factor), &out[at]))
                             : wb_divide(call, in[at], shuffle->factor, &out[at]);
        if (!done) {
            return false;
        }
    }
    wb_dimension channels = in[space.channels];
    return to_space ? wb_divide(call, channels, square, &out[space.channels])
                    : wb_require_fit(call, wb_dimension_multiply(channels, wb_known(square), &out[space.channels]));
}

static bool shapes(wb_call *call) {
    const wb_shuffle *shuffle = call->attributes;
    wb_dimension part;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 3)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_keep_dtype(call);
    if (shuffle->kind == WB_SHUFFLE_CHANNELS) {
        wb_space space = wb_space_of(call, input->rank - 2, shuffle->data_format);
        return wb_divide(call, input->shape[space.channels], shuffle->factor, &part) && wb_output_like(call, input);
    }
    wb_dimension *out = wb_output(call, input->rank);
    if (out == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < input->rank; axis++) {
        out[axis] = input->shape[axis];
    }
    return trade(call, shuffle, input->shape, out);
}

const wb_operator wb_shuffle_operator = {
    .name = "shuffle", .attributes_size = sizeof(wb_shuffle), .attributes = attributes, .shapes = shapes};
