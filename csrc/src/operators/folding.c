/* Windows of space as columns (PyTorch's Unfold, im2col), and columns added up to space (Fold). */
#include "operators.h"
#include "parts.h"
#include "space.h"
#include "window.h"

static wb_window window_of(const wb_folding *folding) {
    return wb_window_of(folding->axes, folding->kernel_size, folding->strides, folding->dilation_rate,
                        folding->padding_mode, folding->padding);
}

static bool attributes(wb_call *call) {
    const wb_folding *folding = call->attributes;
    const wb_window_fields fields = {WB_FIELD(wb_folding, kernel_size), WB_FIELD(wb_folding, strides),
                                     WB_FIELD(wb_folding, dilation_rate), WB_FIELD(wb_folding, padding)};
    if (!wb_require_between(call, WB_FIELD(wb_folding, axes), folding->axes, 1, WB_MAX_AXES)) {
        return false;
    }
    wb_window window = window_of(folding);
    bool right = wb_check_window(call, &window, fields);
    for (int32_t axis = 0; axis < WB_MAX_AXES && axis < folding->axes && folding->inverse; axis++) {
        int32_t field = WB_FIELD(wb_folding, output_size) + axis;
        right = wb_require_at_least(call, field, folding->output_size[axis], 1) && right;
    }
    return right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* The rank with a batch, or one less without. */
static bool check_rank(wb_call *call, int64_t with_batch) {
    return wb_require_inputs(call, 1, 1) &&
           (call->inputs[0].rank == with_batch - 1 || wb_require_rank(call, 0, with_batch));
}

/* The number of windows over these sizes. */
static bool count_windows(wb_call *call, const wb_folding *folding, const wb_dimension *sizes, wb_dimension *count) {
    wb_window window = window_of(folding);
    wb_dimension places[WB_MAX_AXES];
    for (int axis = 0; axis < folding->axes; axis++) {
        if (!wb_slide(call, &window, axis, sizes[axis], &places[axis])) {
            return false;
        }
    }
    return wb_require_fit(call, wb_dimension_product(places, (int)folding->axes, count));
}

static bool window_elements(wb_call *call, const wb_folding *folding, int64_t *elements) {
    *elements = 1;
    for (int axis = 0; axis < WB_MAX_AXES && axis < folding->axes; axis++) {
        if (!wb_require_fit(call, wb_multiply(*elements, folding->kernel_size[axis], elements))) {
            return false;
        }
    }
    return true;
}

static bool unfold(wb_call *call, const wb_folding *folding) {
    if (!check_rank(call, folding->axes + 2)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_space space = wb_space_in(call, input->rank, folding->axes, folding->data_format);
    int32_t rank = input->rank - (int32_t)folding->axes + 1;
    wb_space columns = wb_space_in(call, rank, 1, folding->data_format);
    int64_t elements;
    wb_dimension *out = wb_output(call, rank);
    if (out == NULL || !window_elements(call, folding, &elements)) {
        return false;
    }
    out[0] = input->shape[0];
    return wb_require_fit(
               call, wb_dimension_multiply(input->shape[space.channels], wb_known(elements), &out[columns.channels])) &&
           count_windows(call, folding, input->shape + space.first, &out[columns.first]);
}

/* Channels of what was unfolded: a column holds a whole window of each. */
static bool channels_of(wb_call *call, const wb_folding *folding, wb_dimension column, wb_dimension *channels) {
    int64_t elements;
    return window_elements(call, folding, &elements) && wb_divide(call, column, elements, channels);
}

static bool fold(wb_call *call, const wb_folding *folding) {
    if (!check_rank(call, 3)) {
        return false;
    }
    const wb_tensor *input = &call->inputs[0];
    wb_space columns = wb_space_in(call, input->rank, 1, folding->data_format);
    int32_t rank = input->rank + (int32_t)folding->axes - 1;
    wb_space space = wb_space_in(call, rank, folding->axes, folding->data_format);
    wb_dimension windows = wb_unknown();
    wb_dimension *out = wb_output(call, rank);
    if (out == NULL) {
        return false;
    }
    out[0] = input->shape[0];
    for (int axis = 0; axis < folding->axes; axis++) {
        out[space.first + axis] = wb_known(folding->output_size[axis]);
    }
    if (!channels_of(call, folding, input->shape[columns.channels], &out[space.channels]) ||
        !count_windows(call, folding, out + space.first, &windows)) {
        return false;
    }
    wb_dimension given = input->shape[columns.first];
    return !wb_differ(given, windows) || wb_fail_input(call, WB_ERROR_COLUMNS, 0, given.size, windows.size);
}

static bool shapes(wb_call *call) {
    const wb_folding *folding = call->attributes;
    return folding->inverse ? fold(call, folding) : unfold(call, folding);
}

const wb_operator wb_folding_operator = {.name = "folding",
                                         .attributes_size = sizeof(wb_folding),
                                         .attributes = attributes,
                                         .shapes = shapes,
                                         .not_counted = "sums of columns"};
