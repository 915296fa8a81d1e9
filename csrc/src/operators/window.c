#include "window.h"

bool wb_check_window(wb_call *call, const wb_window *window, wb_window_fields fields) {
    bool right = true;
    for (int32_t axis = 0; axis < window->axes; axis++) {
        right = wb_require_at_least(call, fields.size + axis, window->size[axis], 1) && right;
        right = wb_require_at_least(call, fields.strides + axis, window->strides[axis], 1) && right;
        right = wb_require_at_least(call, fields.dilation + axis, window->dilation[axis], 1) && right;
        for (int side = 0; side < 2 && window->padding_mode == WB_PADDING_EXPLICIT; side++) {
            int32_t at = 2 * axis + side;
            right = wb_require_at_least(call, fields.padding + at, window->padding[at], 0) && right;
        }
    }
    if (window->padding_mode == WB_PADDING_CAUSAL && window->axes != 1) {
        return wb_fail(call, WB_ERROR_CAUSAL, fields.padding, window->axes, 1);
    }
    return right;
}

bool wb_window_extent(const wb_window *window, int axis, int64_t *extent) {
    int64_t reach;
    return wb_multiply(window->dilation[axis], window->size[axis] - 1, &reach) && wb_add(reach, 1, extent);
}

/* Arguments of the two functions below. */
enum { EXTENT, STRIDE, BEFORE, AFTER, CEIL_MODE };

static bool covered(int64_t size, const int64_t *arguments, int64_t *places) {
    *places = wb_ceil_divide(size, arguments[STRIDE]);
    return true;
}

/* PyTorch drops the last window in ceil mode where it would begin in the padding behind the input. */
static bool begins_behind(int64_t size, const int64_t *arguments, int64_t places, bool *behind) {
    int64_t last, end;
    if (!wb_multiply(places - 1, arguments[STRIDE], &last) || !wb_add(size, arguments[BEFORE], &end)) {
        return false;
    }
    *behind = last >= end;
    return true;
}

static bool fitted(int64_t size, const int64_t *arguments, int64_t *places) {
    int64_t padded;
    if (!wb_add(size, arguments[BEFORE], &padded) || !wb_add(padded, arguments[AFTER], &padded)) {
        return false;
    }
    if (padded < arguments[EXTENT]) {
        *places = WB_UNKNOWN; /* wb_slide has refused it where the size is known */
        return true;
    }
    int64_t room = padded - arguments[EXTENT];
    bool behind = false;
    if (!arguments[CEIL_MODE]) {
        return wb_add(room / arguments[STRIDE], 1, places);
    }
    if (!wb_add(wb_ceil_divide(room, arguments[STRIDE]), 1, places) ||
        !begins_behind(size, arguments, *places, &behind)) {
        return false;
    }
    *places -= behind;
    return true;
}

static bool check_fit(wb_call *call, wb_dimension in, const int64_t *arguments) {
    int64_t padded;
    if (!wb_is_known(in.size)) {
        return true;
    }
    if (!wb_add(in.size, arguments[BEFORE], &padded) || !wb_add(padded, arguments[AFTER], &padded)) {
        return wb_require_fit(call, false);
    }
    return padded >= arguments[EXTENT] || wb_fail_input(call, WB_ERROR_WINDOW, 0, arguments[EXTENT], padded);
}

bool wb_slide(wb_call *call, const wb_window *window, int axis, wb_dimension in, wb_dimension *out) {
    bool given = window->padding_mode == WB_PADDING_EXPLICIT;
    int64_t extent = 0;
    if (!wb_require_fit(call, wb_window_extent(window, axis, &extent))) {
        return false;
    }
    const int64_t arguments[] = {extent, window->strides[axis], given ? window->padding[2 * axis] : 0,
                                 given ? window->padding[2 * axis + 1] : 0, window->ceil_mode};
    int64_t padding;
    bool covers = window->padding_mode == WB_PADDING_SAME || window->padding_mode == WB_PADDING_CAUSAL;
    if (!covers && !check_fit(call, in, arguments)) {
        return false;
    }
    if (!wb_require_fit(call, wb_add(arguments[BEFORE], arguments[AFTER], &padding))) {
        return false;
    }
    if (arguments[STRIDE] == 1 && (covers || padding == extent - 1)) {
        *out = in; /* the size stays, and so does a name */
        return true;
    }
    return wb_require_fit(call, wb_dimension_map(in, covers ? covered : fitted, arguments, out));
}
