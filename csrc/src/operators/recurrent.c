/* Recurrent layers: a cell that runs over axis 1. */
#include "operators.h"

/* Gates of each cell: so many times `units` columns has its kernel. */
static int64_t gates_of(const wb_recurrent *recurrent) {
    static const int64_t gates[] = {[WB_CELL_SIMPLE] = 1, [WB_CELL_LSTM] = 4, [WB_CELL_GRU] = 3};
    return gates[recurrent->cell];
}

static int32_t states_of(const wb_recurrent *recurrent) { return recurrent->cell == WB_CELL_LSTM ? 2 : 1; }

static bool attributes(wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    return wb_require_between(call, WB_FIELD(wb_recurrent, cell), recurrent->cell, 0, WB_CELL_GRU) &&
           wb_require_at_least(call, WB_FIELD(wb_recurrent, units), recurrent->units, 1);
}

/* Initial states, where given, are (batch, units). */
static bool check_states(wb_call *call, const wb_recurrent *recurrent) {
    int32_t states = states_of(recurrent);
    if (call->n_inputs == 1) {
        return true;
    }
    if (!wb_require_inputs(call, states + 1, states + 1)) {
        return false;
    }
    for (int32_t i = 1; i <= states; i++) {
        if (!wb_require_rank(call, i, 2)) {
            return false;
        }
        if (wb_differ(call->inputs[i].shape[1], wb_known(recurrent->units))) {
            return wb_fail_input(call, WB_ERROR_STATE_SHAPE, i, call->inputs[i].shape[1].size, recurrent->units);
        }
    }
    return true;
}

static bool output(wb_call *call, const wb_recurrent *recurrent, bool sequence) {
    const wb_dimension *in = call->inputs[0].shape;
    wb_dimension *out = wb_output(call, sequence ? 3 : 2);
    if (out == NULL) {
        return false;
    }
    out[0] = in[0];
    out[1] = in[1];
    out[sequence ? 2 : 1] = wb_known(recurrent->units);
    return true;
}

static bool shapes(wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    if (!wb_require_inputs(call, 1, 3) || !wb_require_rank(call, 0, 3) || !check_states(call, recurrent) ||
        !output(call, recurrent, recurrent->return_sequences != 0)) {
        return false;
    }
    for (int32_t i = 0; i < states_of(recurrent) && recurrent->return_state; i++) {
        if (!output(call, recurrent, false)) {
            return false;
        }
    }
    return true;
}

/* With `reset_after` a GRU has two biases, one for the inputs and one for the state (Keras, cuDNN). */
static bool own_bias(wb_call *call, const wb_recurrent *recurrent, int64_t columns) {
    if (recurrent->cell == WB_CELL_GRU && recurrent->reset_after) {
        return wb_own(call, "bias", WB_LEARNED, (int64_t[]){2, columns}, 2);
    }
    return wb_own(call, "bias", WB_LEARNED, &columns, 1);
}

static bool weights(wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    int64_t features, columns;
    return wb_require_size(call, 0, 2, &features) &&
           wb_require_fit(call, wb_multiply(gates_of(recurrent), recurrent->units, &columns)) &&
           wb_own(call, "kernel", WB_LEARNED, (int64_t[]){features, columns}, 2) &&
           wb_own(call, "recurrent_kernel", WB_LEARNED, (int64_t[]){recurrent->units, columns}, 2) &&
           (!recurrent->use_bias || own_bias(call, recurrent, columns));
}

/* Both kernels work once at every step. */
static void costs(wb_call *call) {
    const wb_dimension *in = call->inputs[0].shape;
    for (int kernel = 0; kernel < 2; kernel++) {
        wb_add_macs(call, (int64_t[]){in[0].cost, in[1].cost, wb_weight_elements(call, kernel)}, 3);
    }
}

const wb_operator wb_recurrent_operator = {.name = "recurrent",
                                           .attributes_size = sizeof(wb_recurrent),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights,
                                           .costs = costs,
                                           .not_counted = "biases, gates"};
