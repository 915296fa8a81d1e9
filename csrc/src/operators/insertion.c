/* New axes: of one size where a tensor is repeated or one-hot, of all inputs where they are stacked. */
#include "../backward.h"
#include "axes.h"
#include "broadcast.h"
#include "operators.h"
#include "promotion.h"

static bool is_stack(const wb_insertion *insertion) { return insertion->size == WB_ABSENT; }

/* There may be no classes; a sequence, of what has a rank, has at least one step. */
static bool attributes(wb_call *call) {
    const wb_insertion *insertion = call->attributes;
    int64_t least = insertion->rank == WB_ABSENT ? 0 : 1;
    return is_stack(insertion) || wb_require_at_least(call, WB_FIELD(wb_insertion, size), insertion->size, least);
}

static bool check_inputs(wb_call *call) {
    const wb_insertion *insertion = call->attributes;
    if (!wb_require_inputs(call, 1, is_stack(insertion) ? call->n_inputs : 1)) {
        return false;
    }
    return insertion->rank == WB_ABSENT || wb_require_rank(call, 0, insertion->rank);
}

/* Which axes of the output are new. */
static bool mark_new(wb_call *call, int64_t n, bool *is_new) {
    const wb_insertion *insertion = call->attributes;
    int64_t rank = call->inputs[0].rank + n;
    if (rank > call->graph->max_rank) {
        return wb_fail(call, WB_ERROR_RANK_LIMIT, WB_NO_FIELD, rank, call->graph->max_rank);
    }
    if (insertion->axis_form == WB_FORM_NULL) {
        is_new[rank - 1] = true;
        return true;
    }
    return wb_mark_axes(call, WB_FIELD(wb_insertion, axis), insertion->axis_form, rank, is_new);
}

static bool fill(wb_call *call, wb_dimension *shape, int64_t rank, const bool *is_new) {
    const wb_insertion *insertion = call->attributes;
    int64_t size = is_stack(insertion) ? call->n_inputs : insertion->size;
    int32_t from = 0;
    for (int64_t axis = 0; axis < rank; axis++) {
        if (is_new[axis]) {
            shape[axis] = wb_known(size);
        } else if (!wb_share_axis(call, from++, &shape[axis])) {
            return false;
        }
    }
    return true;
}

static bool shapes(wb_call *call) {
    const wb_insertion *insertion = call->attributes;
    int64_t n = insertion->axis_form == WB_FORM_NULL ? 1 : call->list_length;
    bool is_new[WB_MAX_RANK] = {false};
    if (!check_inputs(call) || !mark_new(call, n, is_new)) {
        return false;
    }
    for (int32_t i = 1; i < call->n_inputs; i++) {
        if (!wb_require_rank(call, i, call->inputs[0].rank)) {
            return false;
        }
    }
    wb_give_dtype(call, insertion->result);
    wb_dimension *shape = wb_output(call, call->inputs[0].rank + n);
    return shape != NULL && fill(call, shape, call->inputs[0].rank + n, is_new);
}

/* Where there is one more axis of size 1, and nothing more. */
static bool views(const wb_call *call) {
    const wb_insertion *insertion = call->attributes;
    return insertion->size == 1;
}

const wb_operator wb_insertion_operator = {.name = "insertion",
                                           .attributes_size = sizeof(wb_insertion),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .views = views};
