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

bool wb_merge_dimensions(wb_dimension a, wb_dimension b, wb_dimension *merged) {
    if (same(a, b)) {
        *merged = a;
        return true;
    }
    if (!wb_is_known(a.size) || !wb_is_known(b.size)) {
        bool named = a.size == b.size;
        *merged = (wb_dimension){named ? a.size : WB_UNKNOWN, merge_costs(a.cost, b.cost)};
        return true;
    }
    *merged = a.size == 1 ? b : a;
    return a.size == 1 || b.size == 1;
}
