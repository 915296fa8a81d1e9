/* Convolutional LSTM (Shi et al., 2015): an LSTM whose products are convolutions over 1 to 3 axes of space, over the
 * steps of axis 1. The convolution of the state keeps its size and strides by 1. */
#include <string.h>

#include "../backward.h"
#include "operators.h"
#include "space.h"
#include "window.h"

enum { GATES = 4, STATES = 2 };

static wb_window window_of(const wb_conv_lstm *lstm) {
    return wb_window_of(lstm->axes, lstm->kernel_size, lstm->strides, lstm->dilation_rate, lstm->padding_mode,
                        lstm->padding);
}

/* Where the axes are in the input, which has the steps between the batch and the rest. */
static wb_space space_of(const wb_call *call, const wb_conv_lstm *lstm) {
    return wb_space_in(call, lstm->axes + 3, lstm->axes, lstm->data_format);
}

static bool attributes(wb_call *call) {
    const wb_conv_lstm *lstm = call->attributes;
    const wb_window_fields fields = {WB_FIELD(wb_conv_lstm, kernel_size), WB_FIELD(wb_conv_lstm, strides),
                                     WB_FIELD(wb_conv_lstm, dilation_rate), WB_FIELD(wb_conv_lstm, padding)};
    if (!wb_require_between(call, WB_FIELD(wb_conv_lstm, axes), lstm->axes, 1, WB_MAX_AXES)) {
        return false;
    }
    wb_window window = window_of(lstm);
    bool right = wb_require_at_least(call, WB_FIELD(wb_conv_lstm, filters), lstm->filters, 1);
    return wb_check_window(call, &window, fields) && right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* The state of one example has the shape of the convolved step: what the axes of space become. Keras makes the first
 * state itself, and so must know their sizes. */
static bool shape_state(wb_call *call, const wb_conv_lstm *lstm, wb_dimension *places) {
    const wb_dimension *in = call->inputs[0].shape;
    wb_space space = space_of(call, lstm);
    wb_window window = window_of(lstm);
    for (int axis = 0; axis < space.axes; axis++) {
        int at = space.first + axis;
        if (!wb_is_known(in[at].size)) {
            return wb_fail_input(call, WB_ERROR_STATE_UNKNOWN, 0, at, 0);
        }
        if (!wb_slide(call, &window, axis, in[at], &places[axis])) {
            return false;
        }
    }
    return true;
}

static bool output(wb_call *call, const wb_conv_lstm *lstm, bool sequence, const wb_dimension *places) {
    const wb_dimension *in = call->inputs[0].shape;
    int64_t rank = lstm->axes + 2 + sequence;
    wb_space space = wb_space_in(call, rank, lstm->axes, lstm->data_format);
    wb_dimension *out = wb_output(call, rank);
    if (out == NULL) {
        return false;
    }
    out[0] = in[0];
    out[1] = in[1];
    out[space.channels] = wb_known(lstm->filters);
    memcpy(out + space.first, places, sizeof *places * (size_t)space.axes);
    return true;
}

/* Initial states, where given, have the shape of those that come out. */
static bool check_states(wb_call *call, const wb_conv_lstm *lstm, const wb_dimension *places) {
    wb_space space = wb_space_of(call, lstm->axes, lstm->data_format);
    if (call->n_inputs == 1) {
        return true;
    }
    if (!wb_require_inputs(call, 1 + STATES, 1 + STATES)) {
        return false;
    }
    for (int32_t i = 1; i <= STATES; i++) {
        const wb_dimension *state = call->inputs[i].shape;
        if (!wb_require_rank(call, i, lstm->axes + 2)) {
            return false;
        }
        if (wb_differ(state[space.channels], wb_known(lstm->filters))) {
            return wb_fail_input(call, WB_ERROR_STATE_SHAPE, i, state[space.channels].size, lstm->filters);
        }
        for (int axis = 0; axis < space.axes; axis++) {
            if (wb_differ(state[space.first + axis], places[axis])) {
                return wb_fail_input(call, WB_ERROR_STATE_SHAPE, i, state[space.first + axis].size, places[axis].size);
            }
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_conv_lstm *lstm = call->attributes;
    wb_dimension places[WB_MAX_AXES] = {wb_unknown(), wb_unknown(), wb_unknown()};
    if (!wb_require_inputs(call, 1, 1 + STATES) || !wb_require_rank(call, 0, lstm->axes + 3) ||
        !shape_state(call, lstm, places) || !check_states(call, lstm, places) ||
        !output(call, lstm, lstm->return_sequences != 0, places)) {
        return false;
    }
    for (int state = 0; state < STATES && lstm->return_state; state++) {
        if (!output(call, lstm, false, places)) {
            return false;
        }
    }
    return true;
}

/* ---- Weights and costs -------------------------------------------------------------------------------- */

static bool own_kernel(wb_call *call, const wb_conv_lstm *lstm, const char *role, int64_t channels, int64_t columns) {
    int64_t sizes[WB_MAX_AXES + 2];
    memcpy(sizes, lstm->kernel_size, sizeof lstm->kernel_size);
    sizes[lstm->axes] = channels;
    sizes[lstm->axes + 1] = columns;
    return wb_own(call, role, WB_LEARNED, sizes, (int)lstm->axes + 2);
}

static bool weights(wb_call *call) {
    const wb_conv_lstm *lstm = call->attributes;
    int64_t channels, columns;
    return wb_require_size(call, 0, space_of(call, lstm).channels, &channels) &&
           wb_require_fit(call, wb_multiply(GATES, lstm->filters, &columns)) &&
           own_kernel(call, lstm, "kernel", channels, columns) &&
           own_kernel(call, lstm, "recurrent_kernel", lstm->filters, columns) &&
           (!lstm->use_bias || wb_own(call, "bias", WB_LEARNED, &columns, 1));
}

/* At every step, both kernels work once at each place of the state. */
static void costs(wb_call *call) {
    const wb_conv_lstm *lstm = call->attributes;
    const wb_dimension *in = call->inputs[0].shape;
    const wb_tensor *out = wb_output_at(call, 0);
    wb_space space = wb_space_in(call, out->rank, lstm->axes, lstm->data_format);
    int64_t places = wb_elements(out, space.first, space.first + space.axes);
    for (int kernel = 0; kernel < 2; kernel++) {
        wb_add_macs(call, (int64_t[]){in[0].cost, in[1].cost, places, wb_weight_elements(call, kernel)}, 4);
    }
}

/* Of every step the gates, the cell state and the output. */
static void keeps(const wb_call *call) {
    const wb_conv_lstm *lstm = call->attributes;
    const wb_dimension *in = call->inputs[0].shape;
    const wb_tensor *out = wb_output_at(call, 0);
    wb_space space = wb_space_in(call, out->rank, lstm->axes, lstm->data_format);
    int64_t places = wb_elements(out, space.first, space.first + space.axes);
    int64_t each = GATES + 1 + !lstm->return_sequences;
    wb_keep_factor(call, 0);
    for (int32_t state = 1; state < call->n_inputs; state++) {
        wb_keep_input(call, state);
    }
    wb_keep_inside(call, (int64_t[]){in[0].cost, in[1].cost, places, lstm->filters, each}, 5);
    if (lstm->return_sequences) {
        wb_keep_output(call, 0);
    }
}

const wb_operator wb_conv_lstm_operator = {.name = "conv_lstm",
                                           .attributes_size = sizeof(wb_conv_lstm),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights,
                                           .costs = costs,
                                           .not_counted = "biases, gates",
                                           .keeps = keeps,
                                           .division = wb_inside};
