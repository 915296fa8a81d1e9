/* Fourier transforms of real numbers along the last axis, in frames or as a whole, and the way back. */
#include <string.h>

#include "operators.h"
#include "promotion.h"
#include "window.h"

static bool is_framed(const wb_fourier *fourier) { return fourier->sequence_stride != WB_ABSENT; }

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool check_given(wb_call *call, int32_t field, int64_t value) {
    return value == WB_ABSENT || wb_require_at_least(call, field, value, 1);
}

static bool attributes(wb_call *call) {
    const wb_fourier *fourier = call->attributes;
    const int32_t sequence_length = WB_FIELD(wb_fourier, sequence_length);
    bool right = check_given(call, WB_FIELD(wb_fourier, fft_length), fourier->fft_length);
    right = check_given(call, WB_FIELD(wb_fourier, sequence_stride), fourier->sequence_stride) && right;
    right = check_given(call, WB_FIELD(wb_fourier, length), fourier->length) && right;
    right = check_given(call, sequence_length, fourier->sequence_length) && right;
    bool shorter = right && fourier->sequence_length != WB_ABSENT;
    return right &&
           (!shorter || wb_require_at_most(call, sequence_length, fourier->sequence_length, fourier->fft_length));
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* A real signal's spectrum is its own mirror: half of it tells all. */
static bool frequencies(int64_t samples, const int64_t *nothing, int64_t *n) {
    (void)nothing;
    *n = samples / 2 + 1;
    return true;
}

/* Half a frame on either side, where frames are centred. */
static int64_t margin(const wb_fourier *fourier) { return fourier->center ? fourier->fft_length / 2 : 0; }

static bool count_frames(wb_call *call, wb_dimension samples, wb_dimension *frames) {
    const wb_fourier *fourier = call->attributes;
    wb_window window = {.size = {fourier->fft_length},
                        .strides = {fourier->sequence_stride},
                        .dilation = {1},
                        .padding_mode = WB_PADDING_EXPLICIT,
                        .padding = {margin(fourier), margin(fourier)},
                        .axes = 1};
    return wb_slide(call, &window, 0, samples, frames);
}

/* An output with all axes of the first input but the last `n`, and room for others behind them. */
static wb_dimension *output(wb_call *call, int32_t n, int32_t others) {
    int32_t kept = call->inputs[0].rank - n;
    wb_dimension *shape = wb_output(call, (int64_t)kept + others);
    if (shape == NULL) {
        return NULL;
    }
    memcpy(shape, call->inputs[0].shape, sizeof *shape * (size_t)kept);
    return shape + kept;
}

/* Frames of frequencies, or of samples; without frames, the frequencies of all samples. */
static bool shape_forward(wb_call *call) {
    const wb_fourier *fourier = call->attributes;
    bool framed = is_framed(fourier);
    if (!wb_require_inputs(call, 1, 1) || !wb_require_least_rank(call, 0, 1)) {
        return false;
    }
    wb_dimension samples = call->inputs[0].shape[call->inputs[0].rank - 1];
    wb_dimension transformed = fourier->fft_length == WB_ABSENT ? samples : wb_known(fourier->fft_length);
    wb_dimension *made = output(call, 1, 1 + framed);
    if (made == NULL || (framed && !count_frames(call, samples, &made[0]))) {
        return false;
    }
    made[framed] = transformed;
    return !fourier->transforms ||
           (wb_dimension_map(transformed, frequencies, NULL, &made[framed]) && wb_output_again(call, call->dtype));
}

/* What frames come to that are added up where they lie over each other; of frequencies alone twice as many samples. */
static bool shape_row(wb_call *call, wb_dimension from, wb_dimension *row) {
    const wb_fourier *fourier = call->attributes;
    int64_t stride = is_framed(fourier) ? fourier->sequence_stride : 2;
    int64_t rest = is_framed(fourier) ? fourier->fft_length - 2 * margin(fourier) : 0;
    return wb_slide_back(call, stride, rest, from, row) && wb_require_left(call, from, 1, row);
}

static bool shape_back(wb_call *call) {
    const wb_fourier *fourier = call->attributes;
    int32_t axes = is_framed(fourier) ? 2 : 1;
    int64_t given = is_framed(fourier) ? fourier->length : fourier->fft_length;
    if (!wb_require_inputs(call, 2, 2) || !wb_require_least_rank(call, 0, axes) || !wb_require_same_shape(call, 1)) {
        return false;
    }
    wb_dimension from = call->inputs[0].shape[call->inputs[0].rank - axes];
    wb_dimension *row = output(call, axes, 1);
    if (row == NULL) {
        return false;
    }
    *row = wb_known(given);
    return given != WB_ABSENT || shape_row(call, from, row);
}

static bool shapes(wb_call *call) {
    const wb_fourier *fourier = call->attributes;
    wb_give_dtype(call, WB_RESULT_INPUT);
    return fourier->inverse ? shape_back(call) : shape_forward(call);
}

const wb_operator wb_fourier_operator = {.name = "fourier",
                                         .attributes_size = sizeof(wb_fourier),
                                         .attributes = attributes,
                                         .shapes = shapes,
                                         .not_counted = "Fourier transform"};
