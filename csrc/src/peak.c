/* Which tensors are there at once when a model runs forward: from the node that makes one to the last that takes it. */
#include <stdlib.h>

#include "amount.h"
#include "backward.h"
#include "walk.h"

/* What is known of a tensor. */
typedef struct life {
    int64_t root;     /* the tensor whose memory it lies in: itself, or one before it */
    int64_t outside;  /* of what the content of a block sees: what goes in */
    int32_t last_use; /* the node that takes it at last, 0 where none does */
    bool is_there;
} life;

/* A block that is open; the first is the model. */
typedef struct scope {
    wb_amount live;
    wb_amount peak;
    int32_t layer; /* that runs at the peak */
    int32_t n_entries;
    const wb_block *block;
} scope;

typedef struct forward {
    wb_walk walk;
    life *lives;
    scope scopes[WB_MAX_NESTING + 1];
    int64_t width;
    wb_peak *peak;
} forward;

static wb_result *result_of(const forward *forward) { return forward->walk.evaluation.result; }

static life *root_at(const forward *forward, int64_t place) { return &forward->lives[forward->lives[place].root]; }

static scope *scope_of(forward *forward) { return &forward->scopes[forward->walk.depth]; }

static wb_amount amount_at(const forward *forward, int64_t place) {
    return wb_amount_of(&result_of(forward)->tensors[forward->lives[place].root], false);
}

/* ---- How long tensors live ---------------------------------------------------------------------------- */

/* Views lie in the memory of what they look at. */
static void find_roots(forward *forward, const wb_call *call) {
    const wb_operator *operator_ = wb_operator_of(call->node->operator_id);
    bool views = operator_->views != NULL && operator_->views(call);
    for (int32_t i = 0; i < call->row->n_outputs; i++) {
        int64_t place = call->row->first_tensor + i;
        forward->lives[place].root = views ? forward->lives[forward->walk.places[0]].root : place;
    }
}

/* Each entry by itself, though the same tensor may go in twice. */
static void find_entry_roots(forward *forward, const wb_call *block) {
    for (int32_t i = 0; i < block->n_inputs; i++) {
        int64_t place = block->row->first_inner + i;
        forward->lives[place] = (life){.root = place, .outside = forward->walk.places[i]};
    }
}

static void find_result_roots(forward *forward) {
    const wb_row *row = &result_of(forward)->rows[forward->walk.closed];
    for (int32_t i = 0; i < row->n_outputs; i++) {
        forward->lives[row->first_tensor + i].root = row->first_tensor + i;
    }
}

static void find_uses(forward *forward) {
    wb_call call;
    while (wb_walk_next(&forward->walk, &call)) {
        for (int32_t i = 0; i < call.n_inputs; i++) {
            root_at(forward, forward->walk.places[i])->last_use = call.index;
        }
        switch (call.node->operator_id) {
        case WB_BLOCK: find_entry_roots(forward, &call); break;
        case WB_END: find_result_roots(forward); break;
        default: find_roots(forward, &call);
        }
    }
}

/* What the model gives stays. */
static void keep_outputs(forward *forward, const int64_t *outputs, int64_t n_outputs) {
    for (int64_t i = 0; i < n_outputs; i++) {
        const wb_row *row = &result_of(forward)->rows[wb_reference_node(outputs[i])];
        int64_t output = wb_reference_output(outputs[i]);
        for (int32_t k = 0; k < row->n_outputs; k++) {
            if (output == WB_ALL_OUTPUTS || output == k) {
                root_at(forward, row->first_tensor + k)->last_use = INT32_MAX;
            }
        }
    }
}

/* ---- Running ------------------------------------------------------------------------------------------ */

static void note(forward *forward, int32_t node, wb_amount amount) {
    int64_t bytes = wb_amount_bytes(amount, forward->width, 1);
    if (bytes < 0 && forward->peak->node < 0) {
        forward->peak->node = node;
        forward->peak->cause = bytes;
    }
}

/* So much is there while a layer runs. */
static void reach(forward *forward, int32_t layer, wb_amount amount) {
    scope *scope = scope_of(forward);
    note(forward, layer, amount);
    if (wb_amount_bytes(amount, forward->width, 1) > wb_amount_bytes(scope->peak, forward->width, 1)) {
        scope->peak = amount;
        scope->layer = layer;
    }
}

static void make(forward *forward, int64_t place) {
    life *life = &forward->lives[place];
    if (life->root == place) {
        life->is_there = true;
        wb_amount_add(&scope_of(forward)->live, amount_at(forward, place));
    }
}

static void drop(forward *forward, int64_t place) {
    life *root = root_at(forward, place);
    if (root->is_there) {
        root->is_there = false;
        wb_amount_take(&scope_of(forward)->live, amount_at(forward, place));
    }
}

/* What the node was the last to take. */
static void drop_used(forward *forward, const wb_call *call) {
    for (int32_t i = 0; i < call->n_inputs; i++) {
        if (root_at(forward, forward->walk.places[i])->last_use == call->index) {
            drop(forward, forward->walk.places[i]);
        }
    }
}

/* What nothing takes. */
static void drop_unused(forward *forward, const wb_row *row) {
    for (int32_t i = 0; i < row->n_outputs; i++) {
        if (root_at(forward, row->first_tensor + i)->last_use == 0) {
            drop(forward, row->first_tensor + i);
        }
    }
}

static void run_node(forward *forward, const wb_call *call) {
    for (int32_t i = 0; i < call->row->n_outputs; i++) {
        make(forward, call->row->first_tensor + i);
    }
    reach(forward, call->index, scope_of(forward)->live);
    drop_used(forward, call);
    drop_unused(forward, call->row);
}

/* ---- Blocks ------------------------------------------------------------------------------------------- */

/* Does the second round of a block have another tensor in the place of this input? */
static bool is_replaced(const wb_block *block, const wb_row *row, int32_t operand) {
    return block->repeat > 1 && operand < row->n_outputs;
}

/* Is an input, which nothing behind the block takes, free as soon as the content has used it? Not where every round
 * takes it, or where the content sees pieces of it. */
static bool moves_in(const forward *forward, const wb_call *block, int32_t operand) {
    const wb_block *attributes = block->attributes;
    const life *outside = root_at(forward, forward->walk.places[operand]);
    bool once = attributes->repeat == 1 || is_replaced(attributes, block->row, operand);
    return once && !attributes->time_distributed && outside->is_there && outside->last_use == block->index;
}

static void open_block(forward *forward, const wb_call *block) {
    scope *around = scope_of(forward), *inside = around + 1;
    *inside = (scope){.block = block->attributes, .n_entries = block->n_inputs, .layer = block->index};
    for (int32_t i = 0; i < block->n_inputs; i++) {
        life *entry = &forward->lives[block->row->first_inner + i];
        bool moves = moves_in(forward, block, i);
        if (moves) {
            drop(forward, forward->walk.places[i]);
        }
        if (entry->last_use > 0 && (moves || is_replaced(inside->block, block->row, i))) {
            entry->is_there = true;
            wb_amount_add(&inside->live, amount_at(forward, entry->root));
        }
    }
    inside->peak = inside->live;
}

/* Are the results gathered, from copies or from steps of time, while the content runs? */
static bool gathers(const wb_block *block) {
    int64_t active = block->active == WB_ABSENT ? block->copies : block->active;
    return active > 1 || block->time_distributed;
}

/* While a block runs there is what is there outside, and the most that is inside. */
static void close_block(forward *forward) {
    scope *around = scope_of(forward), *inside = around + 1;
    int32_t node = forward->walk.closed;
    const wb_row *row = &result_of(forward)->rows[node];
    wb_amount most = around->live;
    for (int32_t i = 0; i < row->n_outputs; i++) {
        make(forward, row->first_tensor + i);
    }
    most = gathers(inside->block) ? around->live : most;
    wb_amount_add(&most, inside->peak);
    reach(forward, inside->layer, most);
    reach(forward, node, around->live);
    for (int32_t i = 0; i < inside->n_entries; i++) {
        int64_t outside = forward->lives[row->first_inner + i].outside;
        if (root_at(forward, outside)->last_use == node) {
            drop(forward, outside);
        }
    }
    drop_unused(forward, row);
}

/* ---- The whole ---------------------------------------------------------------------------------------- */

static void run_all(forward *forward) {
    wb_call call;
    while (wb_walk_next(&forward->walk, &call) && forward->peak->node < 0) {
        switch (call.node->operator_id) {
        case WB_BLOCK: open_block(forward, &call); break;
        case WB_END: close_block(forward); break;
        default: run_node(forward, &call);
        }
    }
    forward->peak->live = forward->scopes[0].peak;
    forward->peak->layer = forward->scopes[0].layer;
}

static void find_peak(forward *forward, const wb_graph *graph, const int64_t *outputs, int64_t n_outputs) {
    wb_result *result = result_of(forward);
    find_uses(forward);
    keep_outputs(forward, outputs, n_outputs);
    if (!forward->walk.evaluation.no_memory) {
        wb_walk_end(&forward->walk);
        (void)wb_walk_begin(&forward->walk, graph, result);
        run_all(forward);
    }
}

int wb_find_peak(const wb_graph *graph, wb_result *result, const int64_t *outputs, int64_t n_outputs, int64_t width,
                 wb_peak *peak) {
    *peak = (wb_peak){.layer = -1, .node = -1};
    forward *all = calloc(1, sizeof *all);
    if (all == NULL) {
        return WB_NO_MEMORY;
    }
    all->width = width;
    all->peak = peak;
    all->lives = calloc((size_t)result->n_tensors + 1, sizeof *all->lives);
    bool whole = wb_walk_begin(&all->walk, graph, result);
    all->walk.evaluation.no_memory = all->lives == NULL;
    if (whole && all->lives != NULL) {
        find_peak(all, graph, outputs, n_outputs);
    }
    int status = wb_walk_status(&all->walk, whole);
    wb_walk_end(&all->walk);
    free(all->lives);
    free(all);
    return status;
}
