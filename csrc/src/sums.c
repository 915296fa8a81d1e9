/* How figures add up: from a row to the block around it, and to the totals. */
#include "cost.h"
#include "evaluation.h"

/* total + times * figure, for counts. */
static bool add_times(int64_t *total, int64_t times, int64_t figure) {
    int64_t product;
    return wb_multiply(times, figure, &product) && wb_add(*total, product, total);
}

/* The same for costs; warns at the first row that no longer fits. */
static void add_cost(wb_call *call, enum wb_figure figure, int64_t *total, int64_t times, int64_t cost) {
    int64_t sum = wb_cost_sum(*total, wb_cost_multiply(times, cost));
    if (sum == WB_OVERFLOWN && *total >= 0 && cost >= 0) {
        wb_warn(call->evaluation, call->index, figure, WB_OVERFLOWN);
    }
    *total = sum;
}

static void add_to_totals(wb_call *call, const wb_sums *sums) {
    wb_totals *totals = &call->evaluation->result->totals;
    const wb_frame *frame = call->evaluation->frame;
    if (!add_times(&totals->parameters, frame->sets, sums->parameters) ||
        !add_times(&totals->active_parameters, frame->active_sets, sums->active)) {
        (void)wb_fail(call, WB_ERROR_SUM, WB_NO_FIELD, 0, 0);
        return;
    }
    /* Parts of what has just fitted. */
    (void)add_times(&totals->trainable, frame->sets, sums->trainable);
    (void)add_times(&totals->buffers, frame->sets, sums->buffers);
    int64_t flops = wb_cost_multiply(2, totals->macs);
    add_cost(call, WB_PARAMETER_BYTES, &totals->parameter_bytes, frame->sets, sums->bytes);
    add_cost(call, WB_MACS, &totals->macs, frame->runs, sums->macs);
    add_cost(call, WB_ACTIVATIONS, &totals->activations, frame->runs, sums->activations);
    if (flops >= 0 && totals->macs >= 0 && wb_cost_multiply(2, totals->macs) == WB_OVERFLOWN) {
        wb_warn(call->evaluation, call->index, WB_FLOPS, WB_OVERFLOWN);
    }
}

static void add_to_frame(wb_call *call, const wb_sums *sums) {
    wb_sums *all = &call->evaluation->frame->sums;
    if (!wb_add(all->parameters, sums->parameters, &all->parameters)) {
        (void)wb_fail(call, WB_ERROR_SUM, WB_NO_FIELD, 0, 0);
        return;
    }
    /* Parts of what has just fitted. */
    (void)wb_add(all->trainable, sums->trainable, &all->trainable);
    (void)wb_add(all->buffers, sums->buffers, &all->buffers);
    (void)wb_add(all->active, sums->active, &all->active);
    all->bytes = wb_cost_sum(all->bytes, sums->bytes);
    all->macs = wb_cost_sum(all->macs, sums->macs);
    all->activations = wb_cost_sum(all->activations, sums->activations);
}

static void warn_of_unknown_costs(wb_call *call, const wb_sums *sums) {
    if (sums->macs < 0) {
        wb_warn(call->evaluation, call->index, WB_MACS, sums->macs);
    }
    if (sums->activations < 0) {
        wb_warn(call->evaluation, call->index, WB_ACTIVATIONS, sums->activations);
    }
}

void wb_add_row(wb_call *call, const wb_sums *sums, bool has_rows_within) {
    wb_row *row = call->row;
    row->parameters = sums->parameters;
    row->trainable = sums->trainable;
    row->buffers = sums->buffers;
    row->macs = sums->macs;
    row->activations = sums->activations;
    if (call->evaluation->frame->node >= 0) {
        add_to_frame(call, sums);
    }
    if (call->evaluation->frame->hidden) {
        return;
    }
    if (!has_rows_within) {
        warn_of_unknown_costs(call, sums);
        add_to_totals(call, sums);
    }
}
