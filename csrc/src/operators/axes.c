#include "axes.h"

static bool is_taken(const int32_t *axes, int64_t n, int32_t axis) {
    for (int64_t i = 0; i < n; i++) {
        if (axes[i] == axis) {
            return true;
        }
    }
    return false;
}

bool wb_require_axes(wb_call *call, int32_t field, const int64_t *axes, int64_t n, int64_t rank, int32_t *from_front) {
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        if (!wb_require_axis(call, field + i, axes[i], rank, &axis)) {
            return false;
        }
        if (is_taken(from_front, i, axis)) {
            return wb_fail(call, WB_ERROR_AXIS_TWICE, field + i, axes[i], 0);
        }
        from_front[i] = axis;
    }
    return true;
}

bool wb_mark_axes(wb_call *call, int32_t field, int64_t form, int64_t rank, bool *marked) {
    int32_t axes[WB_MAX_RANK] = {0};
    const int64_t n = call->list_length;
    if (!wb_require_axes(call, field, call->list, n, rank, axes)) {
        return false;
    }
    for (int64_t axis = 0; axis < rank; axis++) {
        marked[axis] = form == WB_FORM_NULL || is_taken(axes, n, (int32_t)axis);
    }
    return true;
}
