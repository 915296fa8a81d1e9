#include "window.h"

#include <string.h>

wb_window wb_window_of(int64_t axes, const int64_t *size, const int64_t *strides, const int64_t *dilation,
                       int64_t padding_mode, const int64_t *padding) {
    wb_window window = {.padding_mode = padding_mode, .axes = (int32_t)axes};
    memcpy(window.size, size, sizeof window.size);
    memcpy(window.strides, strides, sizeof window.strides);
    memcpy(window.dilation, dilation, sizeof window.dilation);
    memcpy(window.padding, padding, sizeof window.padding);
    return window;
}

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
    if (window->padding_mode == WB_PADDING_CAUSAL && !(window->may_be_causal && window->axes == 1)) {
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

/* How far the window may still move, below 0 where it does not fit; false where that overflows. */
static bool room_for(int64_t size, const int64_t *arguments, int64_t *room) {
    int64_t overhang = arguments[CEIL_MODE] ? arguments[STRIDE] - 1 : 0;
    return wb_add(size, arguments[BEFORE], room) && wb_add(*room, arguments[AFTER], room) &&
           wb_subtract(*room, arguments[EXTENT], room) && wb_add(*room, overhang, room);
}

static bool fitted(int64_t size, const int64_t *arguments, int64_t *places) {
    int64_t room;
    bool behind = false;
    if (!room_for(size, arguments, &room)) {
        return false;
    }
    if (room < 0) {
        *places = WB_UNKNOWN; /* wb_slide has refused it where the size is known */
        return true;
    }
    if (!wb_add(room / arguments[STRIDE], 1, places) ||
        (arguments[CEIL_MODE] && !begins_behind(size, arguments, *places, &behind))) {
        return false;
    }
    *places -= behind;
    return true;
}

static bool check_fit(wb_call *call, wb_dimension in, const int64_t *arguments) {
    int64_t room;
    if (!wb_is_known(in.size)) {
        return true;
    }
    if (!wb_require_fit(call, room_for(in.size, arguments, &room))) {
        return false;
    }
    return room >= 0 ||
           wb_fail_input(call, WB_ERROR_WINDOW, 0, arguments[EXTENT], in.size + arguments[BEFORE] + arguments[AFTER]);
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

int64_t wb_window_padding(const wb_window *window, int axis, int side, int64_t extent) {
    switch (window->padding_mode) {
    case WB_PADDING_EXPLICIT: return window->padding[2 * axis + side];
    case WB_PADDING_SAME: return side == 0 ? (extent - 1) / 2 : extent - 1 - (extent - 1) / 2;
    case WB_PADDING_CAUSAL: return side == 0 ? extent - 1 : 0;
    default: return 0;
    }
}

/* Arguments of `spread`. */
enum { STEP, REST };

static bool spread(int64_t size, const int64_t *arguments, int64_t *result) {
    int64_t reach;
    return wb_multiply(size - 1, arguments[STEP], &reach) && wb_add(reach, arguments[REST], result);
}

bool wb_slide_back(wb_call *call, int64_t stride, int64_t rest, wb_dimension in, wb_dimension *out) {
    const int64_t arguments[] = {stride, rest};
    if (stride == 1 && rest == 1) {
        *out = in; /* the size stays, and so does a name */
        return true;
    }
    return wb_require_fit(call, wb_dimension_map(in, spread, arguments, out)) && wb_require_left(call, in, 0, out);
}
