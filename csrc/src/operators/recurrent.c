/* Recurrent layers: cells that run over the axis of time, one behind the other, in one direction or in both. */
#include "../backward.h"
#include "operators.h"

/* Gates of each cell: so many times `units` columns has its kernel. */
static int64_t gates_of(const wb_recurrent *recurrent) {
    static const int64_t gates[] = {[WB_CELL_SIMPLE] = 1, [WB_CELL_LSTM] = 4, [WB_CELL_GRU] = 3};
    return gates[recurrent->cell];
}

/* An LSTM has an output and a cell state, the others have their output as their only state. */
static int32_t states_of(const wb_recurrent *recurrent) { return recurrent->cell == WB_CELL_LSTM ? 2 : 1; }

static bool is_projected(const wb_recurrent *recurrent) { return recurrent->proj_size > 0; }

/* Size of a cell's output. */
static int64_t width_of(const wb_recurrent *recurrent) {
    return is_projected(recurrent) ? recurrent->proj_size : recurrent->units;
}

static int64_t size_of_state(const wb_recurrent *recurrent, int32_t state) {
    return state == 0 ? width_of(recurrent) : recurrent->units;
}

static int32_t directions_of(const wb_recurrent *recurrent) { return recurrent->bidirectional ? 2 : 1; }

/* Cells that the layer consists of, at most 2 * WB_MOST_LAYERS. */
static int32_t cells_of(const wb_recurrent *recurrent) {
    return (int32_t)recurrent->num_layers * directions_of(recurrent);
}

/* How many tensors hold the states. */
static int32_t state_tensors_of(const wb_recurrent *recurrent) {
    return states_of(recurrent) * (recurrent->stacked_states ? 1 : cells_of(recurrent));
}

/* Which of a cell's states the n-th tensor holds: a cell's states stand next to each other. */
static int32_t state_in(const wb_recurrent *recurrent, int32_t tensor) { return tensor % states_of(recurrent); }

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool attributes(wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    if (!wb_require_between(call, WB_FIELD(wb_recurrent, cell), recurrent->cell, 0, WB_CELL_GRU) ||
        !wb_require_between(call, WB_FIELD(wb_recurrent, layout), recurrent->layout, 0, WB_LAYOUT_UNBATCHED)) {
        return false;
    }
    bool right = wb_require_at_least(call, WB_FIELD(wb_recurrent, units), recurrent->units, 1);
    right = wb_require_at_least(call, WB_FIELD(wb_recurrent, proj_size), recurrent->proj_size, 0) && right;
    right = wb_require_at_least(call, WB_FIELD(wb_recurrent, num_layers), recurrent->num_layers, 1) &&
            wb_require_at_most(call, WB_FIELD(wb_recurrent, num_layers), recurrent->num_layers, WB_MOST_LAYERS) &&
            right;
    return right && (!is_projected(recurrent) || wb_require_at_most(call, WB_FIELD(wb_recurrent, proj_size),
                                                                    recurrent->proj_size, recurrent->units - 1));
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* The axes of the input but the last, and where time is among them. */
typedef struct surroundings {
    const wb_dimension *shape;
    int32_t n;
    int32_t time; /* -1 where there is none */
} surroundings;

static surroundings surroundings_of(const wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    int32_t time = recurrent->layout == WB_LAYOUT_BATCH_FIRST ? 1 : 0;
    return (surroundings){input->shape, input->rank - 1, recurrent->single_step ? -1 : time};
}

static bool check_input(wb_call *call, const wb_recurrent *recurrent) {
    if (recurrent->single_step) {
        return wb_require_least_rank(call, 0, 1);
    }
    return wb_require_rank(call, 0, recurrent->layout == WB_LAYOUT_UNBATCHED ? 2 : 3);
}

static int32_t state_rank(const wb_recurrent *recurrent, surroundings around) {
    return around.n - (around.time >= 0) + 1 + (recurrent->stacked_states != 0);
}

static bool check_state_size(wb_call *call, int32_t operand, int32_t axis, wb_dimension expected) {
    wb_dimension got = call->inputs[operand].shape[axis];
    return !wb_differ(got, expected) || wb_fail_input(call, WB_ERROR_STATE_SHAPE, operand, got.size, expected.size);
}

/* The layers in front where they are stacked, what stands around the steps, and the state itself. */
static bool check_state(wb_call *call, const wb_recurrent *recurrent, int32_t operand, int64_t size) {
    surroundings around = surroundings_of(call);
    int32_t at = 0, rank = state_rank(recurrent, around);
    if (!wb_require_rank(call, operand, rank) ||
        (recurrent->stacked_states && !check_state_size(call, operand, at++, wb_known(cells_of(recurrent))))) {
        return false;
    }
    for (int32_t axis = 0; axis < around.n; axis++) {
        if (axis != around.time && !check_state_size(call, operand, at++, around.shape[axis])) {
            return false;
        }
    }
    return check_state_size(call, operand, at, wb_known(size));
}

/* Initial states, where given, have the shapes of those that come out. */
static bool check_states(wb_call *call, const wb_recurrent *recurrent) {
    int32_t states = state_tensors_of(recurrent);
    if (call->n_inputs == 1) {
        return true;
    }
    if (!wb_require_inputs(call, states + 1, states + 1)) {
        return false;
    }
    for (int32_t i = 0; i < states; i++) {
        if (!check_state(call, recurrent, i + 1, size_of_state(recurrent, state_in(recurrent, i)))) {
            return false;
        }
    }
    return true;
}

/* A tensor with the axes around, time among them or not, and a last one of `width`; `stacked` in front, where it is
 * more than 0. */
static bool output(wb_call *call, surroundings around, bool with_time, int64_t width, int64_t stacked) {
    int32_t at = 0, left_out = with_time ? -1 : around.time;
    wb_dimension *out = wb_output(call, around.n - (left_out >= 0) + 1 + (stacked > 0));
    if (out == NULL) {
        return false;
    }
    if (stacked > 0) {
        out[at++] = wb_known(stacked);
    }
    for (int32_t axis = 0; axis < around.n; axis++) {
        if (axis != left_out) {
            out[at++] = around.shape[axis];
        }
    }
    out[at] = wb_known(width);
    return true;
}

static bool output_states(wb_call *call, const wb_recurrent *recurrent) {
    surroundings around = surroundings_of(call);
    int64_t stacked = recurrent->stacked_states ? cells_of(recurrent) : 0;
    for (int32_t i = 0; i < state_tensors_of(recurrent); i++) {
        if (!output(call, around, false, size_of_state(recurrent, state_in(recurrent, i)), stacked)) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    int64_t width;
    if (!wb_require_inputs(call, 1, call->n_inputs) || !check_input(call, recurrent) ||
        !check_states(call, recurrent) ||
        !wb_require_fit(call, wb_multiply(directions_of(recurrent), width_of(recurrent), &width))) {
        return false;
    }
    bool with_time = recurrent->return_sequences != 0;
    return (!recurrent->return_output || output(call, surroundings_of(call), with_time, width, 0)) &&
           (!recurrent->return_state || output_states(call, recurrent));
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

enum role { KERNEL, RECURRENT_KERNEL, BIAS, RECURRENT_BIAS, PROJECTION_KERNEL, N_ROLES };

#define ROLES(path) \
    {path "kernel", path "recurrent_kernel", path "bias", path "recurrent_bias", path "projection_kernel"}

/* What one cell of a stack, or of a pair, is called; a cell by itself needs no path. */
static const char *const *roles_of(const wb_recurrent *recurrent, int32_t direction) {
    static const char *const alone[N_ROLES] = ROLES("");
    static const char *const stacked[N_ROLES] = ROLES("layer_%/");
    static const char *const directed[2][N_ROLES] = {ROLES("layer_%/forward/"), ROLES("layer_%/backward/")};
    if (recurrent->bidirectional) {
        return directed[direction];
    }
    return recurrent->num_layers > 1 ? stacked : alone;
}

typedef struct cell {
    const wb_recurrent *attributes;
    const char *const *roles;
    int64_t layer;
    int64_t features;
    int64_t columns;
} cell;

static bool own(wb_call *call, const cell *cell, enum role role, int64_t rows, int64_t columns) {
    return wb_own_numbered(call, cell->roles[role], cell->layer, WB_LEARNED, (int64_t[]){rows, columns}, 2);
}

static bool own_vector(wb_call *call, const cell *cell, enum role role) {
    return wb_own_numbered(call, cell->roles[role], cell->layer, WB_LEARNED, &cell->columns, 1);
}

/* One bias; or two, for the inputs and for the state: in one weight (a GRU with `reset_after` in Keras) or in two
 * (PyTorch). */
static bool own_bias(wb_call *call, const cell *cell) {
    const wb_recurrent *recurrent = cell->attributes;
    if (recurrent->double_bias) {
        return own_vector(call, cell, BIAS) && own_vector(call, cell, RECURRENT_BIAS);
    }
    if (recurrent->cell == WB_CELL_GRU && recurrent->reset_after) {
        return own(call, cell, BIAS, 2, cell->columns);
    }
    return own_vector(call, cell, BIAS);
}

static bool own_cell(wb_call *call, const cell *cell) {
    const wb_recurrent *recurrent = cell->attributes;
    int64_t width = width_of(recurrent);
    return own(call, cell, KERNEL, cell->features, cell->columns) &&
           own(call, cell, RECURRENT_KERNEL, width, cell->columns) && (!recurrent->use_bias || own_bias(call, cell)) &&
           (!is_projected(recurrent) || own(call, cell, PROJECTION_KERNEL, recurrent->units, width));
}

/* Every layer but the first takes what both directions of the one below give. */
static bool own_cells(wb_call *call, cell *cell) {
    const wb_recurrent *recurrent = cell->attributes;
    for (cell->layer = 0; cell->layer < recurrent->num_layers; cell->layer++) {
        for (int32_t direction = 0; direction < directions_of(recurrent); direction++) {
            cell->roles = roles_of(recurrent, direction);
            if (!own_cell(call, cell)) {
                return false;
            }
        }
        if (!wb_require_fit(call, wb_multiply(directions_of(recurrent), width_of(recurrent), &cell->features))) {
            return false;
        }
    }
    return true;
}

static bool weights(wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    cell cell = {.attributes = recurrent};
    return wb_require_size(call, 0, call->inputs[0].rank - 1, &cell.features) &&
           wb_require_fit(call, wb_multiply(gates_of(recurrent), recurrent->units, &cell.columns)) &&
           own_cells(call, &cell);
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

static int biases_of(const wb_recurrent *recurrent) {
    if (!recurrent->use_bias) {
        return 0;
    }
    return recurrent->double_bias ? 2 : 1;
}

/* Every matrix of every cell works once at every step. */
static void costs(wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    int64_t steps = wb_elements(&call->inputs[0], 0, call->inputs[0].rank - 1);
    int biases = biases_of(recurrent), each = 2 + biases + is_projected(recurrent);
    for (int weight = 0; weight < each * cells_of(recurrent); weight++) {
        int at = weight % each;
        if (at < 2 || at >= 2 + biases) {
            wb_add_macs(call, (int64_t[]){steps, wb_weight_elements(call, weight)}, 2);
        }
    }
}

/* ---- Backward ----------------------------------------------------------------------------------------- */

/* Of every step of a cell, in units: the gates; an LSTM's cell state, and what is projected; of a GRU the product that
 * its reset gate scales. What a simple cell keeps is its output. */
static int64_t kept_units(const wb_recurrent *recurrent) {
    switch (recurrent->cell) {
    case WB_CELL_LSTM: return gates_of(recurrent) + 1 + is_projected(recurrent);
    case WB_CELL_GRU: return gates_of(recurrent) + (recurrent->reset_after || recurrent->double_bias);
    default: return 0;
    }
}

/* Every layer's outputs at all steps are what the next layer takes, and the next step. */
static void keeps(const wb_call *call) {
    const wb_recurrent *recurrent = call->attributes;
    int64_t steps = wb_elements(&call->inputs[0], 0, call->inputs[0].rank - 1);
    bool given = recurrent->return_output && (recurrent->return_sequences || recurrent->single_step);
    int64_t outputs = cells_of(recurrent) - (given ? directions_of(recurrent) : 0);
    wb_keep_factor(call, 0);
    for (int32_t state = 1; state < call->n_inputs; state++) {
        wb_keep_input(call, state);
    }
    wb_keep_inside(call, (int64_t[]){steps, cells_of(recurrent), kept_units(recurrent), recurrent->units}, 4);
    wb_keep_inside(call, (int64_t[]){steps, outputs, width_of(recurrent)}, 3);
    if (given) {
        wb_keep_output(call, 0);
    }
}

const wb_operator wb_recurrent_operator = {.name = "recurrent",
                                           .attributes_size = sizeof(wb_recurrent),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .weights = weights,
                                           .costs = costs,
                                           .not_counted = "biases, gates",
                                           .keeps = keeps,
                                           .division = wb_inside};
