/* What each layer keeps for its backward pass, and what it all comes to. */
#include "backward.h"

#include <stdlib.h>

#include "amount.h"
#include "cost.h"
#include "walk.h"

/* What is known of a tensor. */
typedef struct mark {
    int64_t root;    /* the tensor whose memory it lies in: itself, or one before it */
    int64_t kept_by; /* the turn in which it was kept, 0 where it was not */
    int64_t outside; /* of an entry: what goes in */
    bool is_entry;   /* what the content of a block sees as its input, whose memory is counted outside */
    bool is_passed_on;
    bool needs_gradient;
    bool is_divided;
} mark;

/* A block that is open; the first is the model. */
typedef struct scope {
    wb_amount kept;
    const wb_block *block;
    int32_t n_entries;
    int64_t steps; /* of time */
    bool is_counted;
    bool is_one_layer; /* or inside of one, where layers are made of several nodes */
} scope;

struct wb_backward {
    const wb_training *training;
    wb_kept *kept;
    wb_walk walk;
    mark *marks;
    scope scopes[WB_MAX_NESTING + 1];
    int64_t turn; /* 1; one more at each layer where each is looked at by itself */
    bool trains;
    bool inside_is_divided;
};

static wb_result *result_of(const struct wb_backward *backward) { return backward->walk.evaluation.result; }

static const wb_tensor *tensor_at(const struct wb_backward *backward, int64_t place) {
    return &result_of(backward)->tensors[place];
}

static mark *root_at(const struct wb_backward *backward, int64_t place) {
    return &backward->marks[backward->marks[place].root];
}

static scope *scope_of(struct wb_backward *backward) { return &backward->scopes[backward->walk.depth]; }

/* ---- Amounts ------------------------------------------------------------------------------------------ */

static int64_t bytes_of(const wb_training *training, wb_amount amount) {
    return wb_amount_bytes(amount, training->width, training->tensor_parallel);
}

/* Says where a cost that is no number came from, the first time. */
static void note(struct wb_backward *backward, int32_t node, int64_t cost) {
    if (cost < 0 && backward->kept->node < 0) {
        backward->kept->node = node;
        backward->kept->cause = cost;
    }
}

static void note_amount(struct wb_backward *backward, int32_t node, wb_amount amount) {
    note(backward, node, amount.elements);
    note(backward, node, amount.divided_elements);
    note(backward, node, amount.bytes);
    note(backward, node, amount.divided_bytes);
}

static void add_to_scope(struct wb_backward *backward, int32_t node, wb_amount amount) {
    scope *scope = scope_of(backward);
    if (scope->is_counted) {
        wb_amount_add(&scope->kept, amount);
        note_amount(backward, node, scope->kept);
    }
}

static wb_amount amount_of(const struct wb_backward *backward, int64_t place) {
    return wb_amount_of(tensor_at(backward, place), backward->marks[place].is_divided);
}

/* Is each layer looked at by itself, and this not the inside of one? */
static bool is_alone(struct wb_backward *backward) {
    return backward->training->checkpointing == WB_CHECKPOINTING_FULL && !scope_of(backward)->is_one_layer;
}

/* ---- Keeping ------------------------------------------------------------------------------------------ */

static void keep(struct wb_backward *backward, int32_t node, int64_t place) {
    mark *root = root_at(backward, place);
    if (!scope_of(backward)->is_counted || root->kept_by == backward->turn) {
        return;
    }
    root->kept_by = backward->turn;
    if (!root->is_entry || is_alone(backward)) {
        add_to_scope(backward, node, amount_of(backward, root->root));
    }
}

void wb_keep_input(const wb_call *call, int32_t operand) {
    keep(call->backward, call->index, call->backward->walk.places[operand]);
}

void wb_keep_output(const wb_call *call, int32_t output) {
    keep(call->backward, call->index, call->row->first_tensor + output);
}

void wb_keep_inside(const wb_call *call, const int64_t *factors, size_t n) {
    wb_amount amount = wb_amount_of_elements(wb_cost_product(factors, n), call->backward->inside_is_divided);
    add_to_scope(call->backward, call->index, amount);
}

void wb_keep_bytes(const wb_call *call, const int64_t *factors, size_t n) {
    wb_amount amount = wb_amount_of_bytes(wb_cost_product(factors, n), call->backward->inside_is_divided);
    add_to_scope(call->backward, call->index, amount);
}

void wb_keep_whole(const wb_call *call, int64_t elements, int64_t bytes) {
    add_to_scope(call->backward, call->index, (wb_amount){.elements = elements, .bytes = bytes});
}

void wb_keep_factor(const wb_call *call, int32_t operand) {
    if (wb_trains(call)) {
        wb_keep_input(call, operand);
    }
}

void wb_keep_factors(const wb_call *call) {
    int32_t wanting = wb_trains(call);
    for (int32_t i = 0; i < call->n_inputs; i++) {
        wanting += wb_needs_gradient(call, i);
    }
    for (int32_t i = 0; i < call->n_inputs; i++) {
        if (wanting > wb_needs_gradient(call, i)) {
            wb_keep_input(call, i);
        }
    }
}

void wb_keep_function(const wb_call *call, int64_t keeps) {
    int64_t elements = wb_size(wb_output_at(call, 0));
    switch (keeps) {
    case WB_KEEPS_INPUT:
    case WB_KEEPS_NOISE: wb_keep_inside(call, &elements, 1); break;
    case WB_KEEPS_OUTPUT: wb_keep_output(call, 0); break;
    case WB_KEEPS_MASK: wb_keep_bytes(call, &elements, 1); break;
    case WB_KEEPS_PLACES: wb_keep_bytes(call, (int64_t[]){elements, 8}, 2); break;
    default: break;
    }
}

bool wb_trains(const wb_call *call) { return call->backward->trains; }

bool wb_needs_gradient(const wb_call *call, int32_t operand) {
    return root_at(call->backward, call->backward->walk.places[operand])->needs_gradient;
}

int64_t wb_size(const wb_tensor *tensor) { return wb_elements(tensor, 0, tensor->rank); }

enum wb_division wb_alternates(const wb_call *call) {
    (void)call;
    return WB_ALTERNATES;
}

enum wb_division wb_inside(const wb_call *call) {
    (void)call;
    return WB_INSIDE;
}

enum wb_division wb_whole(const wb_call *call) {
    (void)call;
    return WB_WHOLE;
}

bool wb_views(const wb_call *call) {
    (void)call;
    return true;
}

/* ---- A node ------------------------------------------------------------------------------------------- */

/* Are any of the weights of a node, or of what is in it, trained? */
static bool has_trained(const wb_call *call) {
    const wb_result *result = result_of(call->backward);
    int32_t owner = call->node->weights_of >= 0 ? call->node->weights_of : call->index;
    const wb_row *row = &result->rows[owner];
    for (int64_t i = row->first_weight; i < row->first_weight + row->n_weights; i++) {
        if (result->weights[i].trainable) {
            return true;
        }
    }
    return false;
}

static bool any_needs_gradient(const wb_call *call) {
    for (int32_t i = 0; i < call->n_inputs; i++) {
        if (wb_needs_gradient(call, i)) {
            return true;
        }
    }
    return false;
}

static bool all_are_divided(const wb_call *call) {
    for (int32_t i = 0; i < call->n_inputs; i++) {
        if (!call->backward->marks[call->backward->walk.places[i]].is_divided) {
            return false;
        }
    }
    return call->n_inputs > 0;
}

/* Is the output of a node divided, and what is inside of it? */
static bool divide(const wb_call *call, const wb_operator *operator_) {
    bool divided = all_are_divided(call);
    bool *inside = &call->backward->inside_is_divided;
    enum wb_division division = operator_->division == NULL ? WB_AS_INPUTS : operator_->division(call);
    switch (division) {
    case WB_AS_INPUTS: return *inside = divided;
    case WB_ALTERNATES: return *inside = !divided;
    case WB_INSIDE: *inside = true; return false;
    default: return *inside = false;
    }
}

static void mark_outputs(const wb_call *call, const wb_operator *operator_) {
    struct wb_backward *backward = call->backward;
    bool divided = divide(call, operator_);
    bool gradient = backward->trains || any_needs_gradient(call);
    bool views = operator_->views != NULL && operator_->views(call);
    for (int32_t i = 0; i < call->row->n_outputs; i++) {
        int64_t place = call->row->first_tensor + i;
        backward->marks[place] = (mark){
            .root = views ? backward->marks[backward->walk.places[0]].root : place,
            .needs_gradient = gradient && wb_is_floating(tensor_at(backward, place)->dtype),
            .is_divided = divided,
        };
    }
}

static bool has_gradient(const wb_call *call) {
    for (int32_t i = 0; i < call->row->n_outputs; i++) {
        if (call->backward->marks[call->row->first_tensor + i].needs_gradient) {
            return true;
        }
    }
    return false;
}

/* Keeps the larger of what was remade so far and this. */
static void offer(struct wb_backward *backward, int32_t node, wb_amount amount) {
    int64_t most = bytes_of(backward->training, backward->kept->remade);
    int64_t bytes = bytes_of(backward->training, amount);
    note(backward, node, bytes);
    if (most >= 0 && (bytes < 0 || bytes > most)) {
        backward->kept->remade = amount;
        backward->kept->remade_node = node;
    }
}

/* Where each layer is looked at by itself, it ends here. */
static void end_layer(struct wb_backward *backward, int32_t node) {
    scope *scope = scope_of(backward);
    if (is_alone(backward)) {
        offer(backward, node, scope->kept);
        scope->kept = (wb_amount){0};
        backward->turn++;
    }
}

static bool is_at_top(const struct wb_backward *backward) { return backward->walk.depth == 0; }

static void begin_top(struct wb_backward *backward, int32_t node) {
    if (is_at_top(backward)) {
        backward->scopes[0].is_counted = node >= backward->training->first && node < backward->training->end;
    }
}

static bool looks_at_layers(const struct wb_backward *backward) {
    return backward->training->checkpointing == WB_CHECKPOINTING_FULL;
}

/* What stays of a tensor that comes from outside where nothing else does. */
static void store_input(struct wb_backward *backward, int32_t node, int64_t place) {
    if (looks_at_layers(backward) && scope_of(backward)->is_counted) {
        wb_amount_add(&backward->kept->stored, amount_of(backward, place));
        note_amount(backward, node, backward->kept->stored);
    }
}

static void look_at_node(const wb_call *call) {
    struct wb_backward *backward = call->backward;
    const wb_operator *operator_ = wb_operator_of(call->node->operator_id);
    begin_top(backward, call->index);
    backward->trains = has_trained(call);
    mark_outputs(call, operator_);
    if (operator_->keeps != NULL && has_gradient(call)) {
        operator_->keeps(call);
    }
    end_layer(backward, call->index);
    if (call->node->operator_id == WB_INPUT) {
        store_input(backward, call->index, call->row->first_tensor);
    }
}

/* ---- A block ------------------------------------------------------------------------------------------ */

/* What the content sees; in later rounds, what it has made itself. */
static void open_block(const wb_call *call) {
    struct wb_backward *backward = call->backward;
    const wb_block *block = call->attributes;
    begin_top(backward, call->index);
    scope *around = scope_of(backward);
    bool goes_round = block->repeat > 1 && has_trained(call);
    for (int32_t i = 0; i < call->n_inputs; i++) {
        int64_t place = call->row->first_inner + i, outside = backward->walk.places[i];
        backward->marks[place] = (mark){
            .root = place,
            .outside = outside,
            .is_entry = true,
            .needs_gradient = goes_round || wb_needs_gradient(call, i),
            .is_divided = backward->marks[outside].is_divided,
        };
        if (call->index == backward->training->first && is_at_top(backward)) {
            store_input(backward, call->index, outside);
        }
    }
    around[1] = (scope){
        .block = block,
        .n_entries = call->n_inputs,
        .steps = block->time_distributed && call->n_inputs > 0 ? call->inputs[0].shape[1].cost : 1,
        .is_counted = around->is_counted,
        .is_one_layer = around->is_one_layer || block->row != WB_ROW_CONTAINER,
    };
}

static int64_t rounds_of(const struct wb_backward *backward, const wb_block *block) {
    return backward->walk.closed == backward->training->block ? backward->training->rounds : block->repeat;
}

static int64_t active_of(const wb_block *block) { return block->active == WB_ABSENT ? block->copies : block->active; }

static mark *entry_at(const struct wb_backward *backward, int32_t k) {
    return &backward->marks[result_of(backward)->rows[backward->walk.closed].first_inner + k];
}

static bool is_kept(const struct wb_backward *backward, const mark *mark) { return mark->kept_by == backward->turn; }

/* What goes from one round to the next, as far as that keeps it and this one does not. */
static wb_amount passed_on(const struct wb_backward *backward, const scope *inside, int32_t n_outputs, bool all) {
    wb_amount passed = {0};
    for (int32_t k = 0; k < n_outputs && k < inside->n_entries; k++) {
        mark *made = root_at(backward, backward->walk.places[k]);
        bool wanted = all || (is_kept(backward, entry_at(backward, k)) && !is_kept(backward, made));
        if (wanted && !made->is_entry && !made->is_passed_on) {
            made->is_passed_on = true;
            wb_amount_add(&passed, amount_of(backward, made->root));
        }
    }
    return passed;
}

static bool keeps_anything(const struct wb_backward *backward, const scope *inside) {
    for (int32_t k = 0; k < inside->n_entries; k++) {
        if (is_kept(backward, entry_at(backward, k))) {
            return true;
        }
    }
    return !wb_amount_is_nothing(inside->kept);
}

/* All rounds, of all copies that work. */
static wb_amount all_rounds(const struct wb_backward *backward, const scope *inside, wb_amount each, wb_amount passed) {
    int64_t rounds = rounds_of(backward, inside->block);
    wb_amount all = wb_amount_times(each, rounds);
    wb_amount_add(&all, wb_amount_times(passed, rounds - 1));
    return wb_amount_times(wb_amount_times(all, active_of(inside->block)), inside->steps);
}

/* What comes out is the memory of what was made inside, or of what went in; of several copies it is made outside. */
static void mark_results(const wb_call *end, const scope *inside, bool remade) {
    struct wb_backward *backward = end->backward;
    const wb_row *row = &result_of(backward)->rows[backward->walk.closed];
    for (int32_t k = 0; k < end->n_inputs; k++) {
        const mark *made = root_at(backward, backward->walk.places[k]);
        int64_t place = row->first_tensor + k;
        bool same = active_of(inside->block) == 1;
        backward->marks[place] = (mark){
            .root = same && made->is_entry ? backward->marks[made->outside].root : place,
            .kept_by = same && !remade ? made->kept_by : 0,
            .needs_gradient = made->needs_gradient,
            .is_divided = made->is_divided,
        };
    }
}

static void close_block(const wb_call *end) {
    struct wb_backward *backward = end->backward;
    const scope *inside = scope_of(backward) + 1;
    int32_t block = backward->walk.closed;
    bool stays = is_at_top(backward) && inside->block->row == WB_ROW_CONTAINER &&
                 backward->training->checkpointing == WB_CHECKPOINTING_BLOCK && keeps_anything(backward, inside);
    if (stays) {
        offer(backward, block, inside->kept);
    }
    wb_amount passed = passed_on(backward, inside, end->n_inputs, stays);
    wb_amount each = stays ? (wb_amount){0} : inside->kept;
    add_to_scope(backward, block, all_rounds(backward, inside, each, passed));
    for (int32_t k = 0; k < inside->n_entries; k++) {
        if (stays || is_kept(backward, entry_at(backward, k))) {
            keep(backward, block, entry_at(backward, k)->outside);
        }
    }
    mark_results(end, inside, stays);
    if (inside->block->row != WB_ROW_CONTAINER) {
        end_layer(backward, block);
    }
}

/* ---- The whole ---------------------------------------------------------------------------------------- */

static void look_at_all(struct wb_backward *backward) {
    wb_call call;
    while (wb_walk_next(&backward->walk, &call)) {
        call.backward = backward;
        switch (call.node->operator_id) {
        case WB_BLOCK: open_block(&call); break;
        case WB_END: close_block(&call); break;
        default: look_at_node(&call);
        }
    }
    wb_amount_add(&backward->kept->stored, backward->scopes[0].kept);
}

int wb_keep(const wb_graph *graph, wb_result *result, const wb_training *training, wb_kept *kept) {
    *kept = (wb_kept){.remade_node = -1, .node = -1};
    struct wb_backward *backward = calloc(1, sizeof *backward);
    if (backward == NULL) {
        return WB_NO_MEMORY;
    }
    backward->training = training;
    backward->kept = kept;
    backward->turn = 1;
    backward->marks = calloc((size_t)result->n_tensors + 1, sizeof *backward->marks);
    bool whole = wb_walk_begin(&backward->walk, graph, result);
    backward->walk.evaluation.no_memory = backward->marks == NULL;
    if (whole && backward->marks != NULL) {
        look_at_all(backward);
    }
    int status = wb_walk_status(&backward->walk, whole);
    wb_walk_end(&backward->walk);
    free(backward->marks);
    free(backward);
    return status;
}
