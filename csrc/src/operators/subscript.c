/* Python's `tensor[key]`: indices, slices, new axes and an ellipsis. */
#include "../backward.h"
#include "operators.h"
#include "promotion.h"

enum { WORDS = 4 }; /* of an item: kind, start, stop, step */

typedef struct item {
    int64_t kind;
    int64_t start;
    int64_t stop;
    int64_t step;
} item;

static int64_t item_count(const wb_call *call) { return call->list_length / WORDS; }

static int32_t item_field(int64_t i) { return WB_FIELD(wb_subscript, key) + (int32_t)i * WORDS; }

/* Steps are kept where their negative is a number too. */
static item item_at(const wb_call *call, int64_t i) {
    const int64_t *words = call->list + i * WORDS;
    int64_t step = words[3] == WB_ABSENT ? 1 : words[3];
    return (item){words[0], words[1], words[2], step < -INT64_MAX ? -INT64_MAX : step};
}

static bool attributes(wb_call *call) {
    int ellipses = 0;
    for (int64_t i = 0; i < item_count(call); i++) {
        item it = item_at(call, i);
        if (!wb_require_between(call, item_field(i), it.kind, 0, WB_SUBSCRIPT_ELLIPSIS)) {
            return false;
        }
        ellipses += it.kind == WB_SUBSCRIPT_ELLIPSIS;
        if (ellipses > 1) {
            return wb_fail(call, WB_ERROR_TWO_ELLIPSES, item_field(i), 0, 0);
        }
        if (it.kind == WB_SUBSCRIPT_SLICE && it.step == 0) {
            return wb_fail(call, WB_ERROR_NOT_ONE_OF, item_field(i) + 3, 0, 0);
        }
    }
    return true;
}

/* ---- One axis ----------------------------------------------------------------------------------------- */

/* Where a slice begins or ends in an axis, as Python clips it: from -1 where it goes backwards. */
static int64_t clipped(int64_t at, int64_t size, bool backwards) {
    int64_t low = backwards ? -1 : 0, high = backwards ? size - 1 : size;
    at = at < 0 ? at + size : at;
    if (at < low) {
        return low;
    }
    return at > high ? high : at;
}

static int64_t slice_length(item it, int64_t size) {
    bool backwards = it.step < 0;
    int64_t start = backwards ? size - 1 : 0, stop = backwards ? -1 : size;
    start = it.start == WB_ABSENT ? start : clipped(it.start, size, backwards);
    stop = it.stop == WB_ABSENT ? stop : clipped(it.stop, size, backwards);
    int64_t distance = backwards ? start - stop : stop - start;
    return distance <= 0 ? 0 : (distance - 1) / (backwards ? -it.step : it.step) + 1;
}

static bool length_of(int64_t size, const int64_t *words, int64_t *length) {
    *length = slice_length((item){words[0], words[1], words[2], words[3]}, size);
    return true;
}

/* A slice of all, in either direction, leaves an axis as it is, its name too. */
static wb_dimension sliced(item it, wb_dimension size) {
    bool all = it.start == WB_ABSENT && it.stop == WB_ABSENT && (it.step == 1 || it.step == -1);
    wb_dimension result = size;
    if (!all) {
        (void)wb_dimension_map(size, length_of, (int64_t[]){it.kind, it.start, it.stop, it.step}, &result);
    }
    return result;
}

static bool require_index(wb_call *call, int32_t field, int64_t index, wb_dimension size) {
    bool there = !wb_is_known(size.size) || (index < size.size && index >= -size.size);
    return there || wb_fail(call, WB_ERROR_INDEX, field, index, size.size);
}

/* ---- All axes ----------------------------------------------------------------------------------------- */

/* How many axes of the input the items take, without the ellipsis; and how many the output gets from them. */
static void count_axes(const wb_call *call, int64_t *taken, int64_t *given) {
    *taken = *given = 0;
    for (int64_t i = 0; i < item_count(call); i++) {
        int64_t kind = item_at(call, i).kind;
        *taken += kind == WB_SUBSCRIPT_INDEX || kind == WB_SUBSCRIPT_SLICE;
        *given += kind == WB_SUBSCRIPT_NEW_AXIS || kind == WB_SUBSCRIPT_SLICE;
    }
}

/* Copies the next `n` axes of the input to the output. */
static void copy_axes(const wb_tensor *input, int64_t n, int32_t *from, wb_dimension **to) {
    for (int64_t i = 0; i < n; i++) {
        *(*to)++ = input->shape[(*from)++];
    }
}

static bool fill(wb_call *call, int64_t rest, wb_dimension *to) {
    const wb_tensor *input = &call->inputs[0];
    int32_t from = 0;
    for (int64_t i = 0; i < item_count(call); i++) {
        item it = item_at(call, i);
        switch (it.kind) {
        case WB_SUBSCRIPT_INDEX:
            if (!require_index(call, item_field(i) + 1, it.start, input->shape[from++])) {
                return false;
            }
            break;
        case WB_SUBSCRIPT_SLICE: *to++ = sliced(it, input->shape[from++]); break;
        case WB_SUBSCRIPT_NEW_AXIS: *to++ = wb_known(1); break;
        default: copy_axes(input, rest, &from, &to);
        }
    }
    copy_axes(input, input->rank - from, &from, &to);
    return true;
}

static bool shapes(wb_call *call) {
    const wb_subscript *subscript = call->attributes;
    int64_t taken, given;
    count_axes(call, &taken, &given);
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, taken)) {
        return false;
    }
    int64_t rest = call->inputs[0].rank - taken;
    wb_give_dtype(call, subscript->result);
    wb_dimension *shape = wb_output(call, given + rest);
    return shape != NULL && fill(call, rest, shape);
}

const wb_operator wb_subscript_operator = {.name = "subscript",
                                           .attributes_size = sizeof(wb_subscript),
                                           .attributes = attributes,
                                           .shapes = shapes,
                                           .views = wb_views};
