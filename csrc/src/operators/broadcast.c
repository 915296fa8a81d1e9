#include "broadcast.h"

static bool same(wb_dimension a, wb_dimension b) { return a.size == b.size && a.cost == b.cost; }

/* Of costs: 1 gives way to anything, an unknown one stays unknown. */
static int64_t merge_costs(int64_t a, int64_t b) {
    if (a == 1 || b == 1) {
        return a == 1 ? b : a;
    }
    if (a < 0 || b < 0) {
        return a < 0 ? a : b;
    }
    return a == b ? a : WB_UNKNOWN;
}

/* Of two dimensions one of which is unknown or named. */
static wb_dimension merge_unknown(wb_dimension a, wb_dimension b) {
    return (wb_dimension){a.size == b.size ? a.size : WB_UNKNOWN, merge_costs(a.cost, b.cost)};
}

bool wb_merge_dimensions(wb_dimension a, wb_dimension b, wb_dimension *merged) {
    if (same(a, b)) {
        *merged = a;
        return true;
    }
    if (!wb_is_known(a.size) || !wb_is_known(b.size)) {
        *merged = merge_unknown(a, b);
        return true;
    }
    *merged = a.size == 1 ? b : a;
    return a.size == 1 || b.size == 1;
}

bool wb_broadcast_dimensions(wb_dimension a, wb_dimension b, wb_dimension *together) {
    if (same(a, b) || b.size == 1) {
        *together = a;
        return true;
    }
    if (a.size == 1 || wb_is_known(a.size) != wb_is_known(b.size)) {
        *together = a.size == 1 || wb_is_known(b.size) ? b : a;
        return true;
    }
    if (wb_is_known(a.size)) {
        return false;
    }
    *together = merge_unknown(a, b);
    return true;
}

bool wb_broadcast_into(wb_dimension *shape, int32_t rank, const wb_dimension *other, int32_t n, int32_t *at) {
    for (int32_t axis = 0; axis < n; axis++) {
        wb_dimension *place = &shape[axis + rank - n];
        if (!wb_broadcast_dimensions(*place, other[axis], place)) {
            *at = axis;
            return false;
        }
    }
    return true;
}

bool wb_share_axis(wb_call *call, int32_t axis, wb_dimension *shared) {
    wb_dimension known = call->inputs[0].shape[axis];
    *shared = known;
    for (int32_t i = 1; i < call->n_inputs; i++) {
        wb_dimension theirs = call->inputs[i].shape[axis];
        if (!wb_require_same(call, i, theirs, known)) {
            return false;
        }
        if (!wb_is_known(shared->size) && shared->size != theirs.size) {
            shared->size = WB_UNKNOWN;
        }
        known = wb_is_known(known.size) ? known : theirs;
    }
    return true;
}
