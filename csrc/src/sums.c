/* How figures add up: from a row to the block around it, and from the outermost rows to the totals. */
#include "cost.h"
#include "evaluation.h"

/* Adds a cost; warns at the first row with which the sum no longer fits. */
static void add_cost(wb_call *call, enum wb_figure figure, int64_t *total, int64_t cost) {
    int64_t sum = wb_cost_sum(*total, cost);
    if (sum == WB_OVERFLOWN && *total >= 0 && (cost >= 0 || figure == WB_PARAMETER_BYTES)) {
        wb_warn(call->evaluation, call->index, figure, WB_OVERFLOWN);
    }
    *total = sum;
}

/* Tells of the first row with which the parameters no longer fit. */
static void refuse_sum(wb_call *call) {
    wb_frame *frame = call->evaluation->frame;
    if (!frame->sum_is_too_large) {
        (void)wb_fail(call, WB_ERROR_SUM, WB_NO_FIELD, 0, 0);
    }
    frame->faulty = frame->sum_is_too_large = true;
}

static void add_to_totals(wb_call *call, const wb_sums *sums) {
    wb_totals *totals = &call->evaluation->result->totals;
    if (!wb_add(totals->parameters, sums->parameters, &totals->parameters)) {
        refuse_sum(call);
        return;
    }
    /* Parts of what has just fitted. */
    (void)wb_add(totals->trainable, sums->trainable, &totals->trainable);
    (void)wb_add(totals->buffers, sums->buffers, &totals->buffers);
    (void)wb_add(totals->active_parameters, sums->active, &totals->active_parameters);
    int64_t flops = wb_cost_multiply(2, totals->macs);
    add_cost(call, WB_PARAMETER_BYTES, &totals->parameter_bytes, sums->bytes);
    add_cost(call, WB_MACS, &totals->macs, sums->macs);
    add_cost(call, WB_ACTIVATIONS, &totals->activations, sums->activations);
    if (flops >= 0 && totals->macs >= 0 && wb_cost_multiply(2, totals->macs) == WB_OVERFLOWN) {
        wb_warn(call->evaluation, call->index, WB_FLOPS, WB_OVERFLOWN);
    }
}

static void add_to_frame(wb_call *call, const wb_sums *sums) {
    wb_sums *all = &call->evaluation->frame->sums;
    if (!wb_add(all->parameters, sums->parameters, &all->parameters)) {
        refuse_sum(call);
        return;
    }
    /* Parts of what has just fitted. */
    (void)wb_add(all->trainable, sums->trainable, &all->trainable);
    (void)wb_add(all->buffers, sums->buffers, &all->buffers);
    (void)wb_add(all->active, sums->active, &all->active);
    all->multiplies |= sums->multiplies;
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
    const wb_frame *frame = call->evaluation->frame;
    row->parameters = sums->parameters;
    row->trainable = sums->trainable;
    row->buffers = sums->buffers;
    row->macs = sums->macs;
    row->activations = sums->activations;
    if (!frame->hidden && !has_rows_within) {
        warn_of_unknown_costs(call, sums);
    }
    if (frame->node >= 0) {
        add_to_frame(call, sums);
    } else {
        add_to_totals(call, sums);
    }
}
