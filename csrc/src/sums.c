/* How figures add up: from a row to the block around it, and from the outermost rows to the totals. */
#include "cost.h"
#include "evaluation.h"

/* Tells of the first row with which a total no longer fits. */
WB_RARE static void warn_of_total(wb_call *call, enum wb_figure figure, int64_t total, int64_t cost) {
    if (total >= 0 && (cost >= 0 || figure == WB_PARAMETER_BYTES)) {
        wb_warn(call->evaluation, call->index, figure, WB_OVERFLOWN);
    }
}

static void add_cost(wb_call *call, enum wb_figure figure, int64_t *all, int64_t cost, bool is_total) {
    int64_t sum = wb_cost_sum(*all, cost);
    if (sum < 0 && is_total && sum == WB_OVERFLOWN) {
        warn_of_total(call, figure, *all, cost);
    }
    *all = sum;
}

/* Tells of the first row with which the parameters no longer fit. */
WB_RARE static void refuse_sum(wb_call *call) {
    wb_frame *frame = call->evaluation->frame;
    if (!frame->sum_is_too_large) {
        (void)wb_fail(call, WB_ERROR_SUM, WB_NO_FIELD, 0, 0);
    }
    frame->faulty = frame->sum_is_too_large = true;
}

/* Adds to what the innermost block, or the model, comes to. */
static void add_up(wb_call *call, wb_frame *frame, const wb_sums *sums) {
    wb_sums *all = &frame->sums;
    const int64_t macs_before = all->macs;
    const bool is_total = frame->node < 0;
    if (!wb_add(all->parameters, sums->parameters, &all->parameters)) {
        refuse_sum(call);
        return;
    }
    /* Parts of what has just fitted. */
    (void)wb_add(all->trainable, sums->trainable, &all->trainable);
    (void)wb_add(all->buffers, sums->buffers, &all->buffers);
    (void)wb_add(all->active, sums->active, &all->active);
    all->multiplies |= sums->multiplies;
    add_cost(call, WB_PARAMETER_BYTES, &all->bytes, sums->bytes, is_total);
    add_cost(call, WB_MACS, &all->macs, sums->macs, is_total);
    add_cost(call, WB_ACTIVATIONS, &all->activations, sums->activations, is_total);
    if (all->macs > INT64_MAX / 2 && macs_before <= INT64_MAX / 2 && is_total) { /* of which there are two flops */
        wb_warn(call->evaluation, call->index, WB_FLOPS, WB_OVERFLOWN);
    }
}

WB_RARE static void warn_of_unknown_costs(wb_call *call, const wb_sums *sums) {
    if (sums->macs < 0) {
        wb_warn(call->evaluation, call->index, WB_MACS, sums->macs);
    }
    if (sums->activations < 0) {
        wb_warn(call->evaluation, call->index, WB_ACTIVATIONS, sums->activations);
    }
}

void wb_add_row(wb_call *call, const wb_sums *sums, bool has_rows_within) {
    wb_row *row = call->row;
    wb_frame *frame = call->evaluation->frame;
    row->parameters = sums->parameters;
    row->trainable = sums->trainable;
    row->buffers = sums->buffers;
    row->macs = sums->macs;
    row->activations = sums->activations;
    if ((sums->macs < 0 || sums->activations < 0) && !frame->hidden && !has_rows_within) {
        warn_of_unknown_costs(call, sums);
    }
    add_up(call, frame, sums);
}

wb_totals wb_totals_of(const wb_sums *sums) {
    wb_totals totals = {.parameters = sums->parameters,
                        .trainable = sums->trainable,
                        .buffers = sums->buffers,
                        .active_parameters = sums->active,
                        .parameter_bytes = sums->bytes,
                        .macs = sums->macs,
                        .flops = wb_cost_multiply(2, sums->macs),
                        .activations = sums->activations};
    (void)wb_subtract(totals.parameters, totals.trainable, &totals.non_trainable);
    return totals;
}
