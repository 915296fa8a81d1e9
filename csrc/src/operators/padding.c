/* Axes of space that are padded or cropped. */
#include "border.h"
#include "operators.h"
#include "space.h"

static bool attributes(wb_call *call) {
    const wb_padding *padding = call->attributes;
    if (!wb_require_between(call, WB_FIELD(wb_padding, axes), padding->axes, 1, WB_MAX_AXES)) {
        return false;
    }
    bool right = true;
    for (int32_t side = 0; side < 2 * padding->axes && padding->crops; side++) {
        right = wb_require_at_least(call, WB_FIELD(wb_padding, amounts) + side, padding->amounts[side], 0) && right;
    }
    return right;
}

/* Arguments of the two functions below: what is added before and after. */
enum { BEFORE, AFTER };

/* PyTorch's reflected and repeated borders look their values up, and so find them wherever the axis begins and ends. */
static bool is_looked_up(const wb_padding *padding) {
    return padding->border == WB_PADDING_MODE_REFLECT || padding->border == WB_PADDING_MODE_REPLICATE;
}

/* Both ends move, past each other if need be. */
static bool looked_up(int64_t size, const int64_t *arguments, int64_t *result) {
    return wb_add(size, arguments[BEFORE], result) && wb_add(*result, arguments[AFTER], result);
}

/* Both ends move; what is taken away at either must be there. */
static bool moved(int64_t size, const int64_t *arguments, int64_t *result) {
    int64_t left = size;
    for (int side = 0; side < 2; side++) {
        if (arguments[side] < 0 && !wb_add(left, arguments[side], &left)) {
            return false;
        }
    }
    *result = left;
    return left < 0 || ((arguments[BEFORE] < 0 || wb_add(*result, arguments[BEFORE], result)) &&
                        (arguments[AFTER] < 0 || wb_add(*result, arguments[AFTER], result)));
}

/* What a side is moved by; false where it overflows, which only the smallest int64 does. */
static bool amount_at(const wb_padding *padding, int axis, int side, int64_t *amount) {
    *amount = padding->amounts[2 * axis + side];
    return !padding->crops || wb_subtract(0, *amount, amount);
}

static bool move_ends(wb_call *call, int axis, wb_dimension in, wb_dimension *out) {
    const wb_padding *padding = call->attributes;
    int64_t arguments[2];
    for (int side = 0; side < 2; side++) {
        if (!wb_require_fit(call, amount_at(padding, axis, side, &arguments[side])) ||
            !wb_check_border(call, padding->border, arguments[side], in)) {
            return false;
        }
    }
    if (arguments[BEFORE] == 0 && arguments[AFTER] == 0) {
        *out = in;
        return true;
    }
    wb_size_function *made = is_looked_up(padding) ? looked_up : moved;
    return wb_require_fit(call, wb_dimension_map(in, made, arguments, out)) &&
           wb_require_left(call, in, padding->crops ? 1 : 0, out);
}

/* Padding may take all away, but where values are looked up not from every axis. */
static bool check_rest(wb_call *call, const wb_dimension *in, const wb_dimension *out) {
    const wb_padding *padding = call->attributes;
    bool left = !is_looked_up(padding);
    for (int32_t axis = 0; axis < padding->axes; axis++) {
        left = left || out[axis].size != 0;
    }
    return left || wb_fail_input(call, WB_ERROR_EMPTY, 0, out[0].size, in[0].size);
}

static bool shapes(wb_call *call) {
    const wb_padding *padding = call->attributes;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_rank(call, 0, padding->axes + 2)) {
        return false;
    }
    const wb_dimension *in = call->inputs[0].shape;
    wb_space space = wb_space_of(call, padding->axes, padding->data_format);
    if (padding->keep_dtype) {
        wb_keep_dtype(call);
    }
    wb_dimension *out = wb_output(call, padding->axes + 2);
    if (out == NULL) {
        return false;
    }
    out[0] = in[0];
    out[space.channels] = in[space.channels];
    for (int axis = 0; axis < space.axes; axis++) {
        if (!move_ends(call, axis, in[space.first + axis], &out[space.first + axis])) {
            return false;
        }
    }
    return check_rest(call, in + space.first, out + space.first);
}

const wb_operator wb_padding_operator = {
    .name = "padding", .attributes_size = sizeof(wb_padding), .attributes = attributes, .shapes = shapes};
