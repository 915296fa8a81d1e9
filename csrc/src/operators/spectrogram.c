/* Sound as frequencies over time: by convolutions with waves, or in the bands of the mel scale. */
#include "../backward.h"
#include "operators.h"
#include "space.h"
#include "window.h"

typedef struct frames {
    int64_t length;
    int64_t step;
    int64_t fft_length;
} frames;

static bool is_mel(const wb_spectrogram *spectrogram) { return spectrogram->num_mel_bins != WB_ABSENT; }

/* The smallest power of two that is no less. */
static bool power_of_two(int64_t least, int64_t *power) {
    for (*power = 1; *power < least;) {
        if (!wb_multiply(*power, 2, power)) {
            return false;
        }
    }
    return true;
}

static bool frames_of(const wb_spectrogram *spectrogram, frames *found) {
    found->fft_length = spectrogram->fft_length;
    found->length = spectrogram->frame_length == WB_ABSENT ? found->fft_length : spectrogram->frame_length;
    found->step = spectrogram->frame_step == WB_ABSENT ? found->length / 2 : spectrogram->frame_step;
    return found->fft_length != WB_ABSENT || power_of_two(found->length, &found->fft_length);
}

static int64_t frequencies(frames given) { return given.fft_length / 2 + 1; }

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool attributes(wb_call *call) {
    const wb_spectrogram *spectrogram = call->attributes;
    const int32_t fft = WB_FIELD(wb_spectrogram, fft_length), step = WB_FIELD(wb_spectrogram, frame_step);
    const int32_t length = WB_FIELD(wb_spectrogram, frame_length);
    frames given;
    if (spectrogram->fft_length != WB_ABSENT && !wb_require_at_least(call, fft, spectrogram->fft_length, 1)) {
        return false;
    }
    if (!wb_require_fit(call, frames_of(spectrogram, &given)) || !wb_require_at_least(call, length, given.length, 1)) {
        return false;
    }
    bool right = wb_require_at_least(call, fft, given.fft_length, given.length);
    right = wb_require_at_least(call, step, given.step, 1) && right;
    if (is_mel(spectrogram)) {
        return wb_require_at_least(call, WB_FIELD(wb_spectrogram, num_mel_bins), spectrogram->num_mel_bins, 1) && right;
    }
    return wb_require_at_most(call, step, given.step, given.length) && right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* The last frame begins behind the end, as Keras pads both ends. */
static bool mel_frames(int64_t samples, const int64_t *step, int64_t *n) {
    int64_t padded;
    if (!wb_add(samples, *step, &padded) || !wb_add(padded, 1, &padded)) {
        return false;
    }
    *n = padded / *step;
    return true;
}

/* Bands, then frames, behind the batch where there is one. */
static bool shape_mel(wb_call *call, frames given) {
    const wb_spectrogram *spectrogram = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    int32_t batch = input->rank > 1 ? 1 : 0;
    if (!wb_require_least_rank(call, 0, 1)) {
        return false;
    }
    wb_dimension *shape = wb_output(call, (int64_t)batch + 2);
    if (shape == NULL) {
        return false;
    }
    shape[0] = input->shape[0];
    shape[batch] = wb_known(spectrogram->num_mel_bins);
    return wb_require_fit(call, wb_dimension_map(input->shape[batch], mel_frames, &given.step, &shape[batch + 1]));
}

static bool slide(wb_call *call, frames given, wb_dimension samples, wb_dimension *n) {
    const wb_spectrogram *spectrogram = call->attributes;
    wb_window window = {.size = {given.length},
                        .strides = {given.step},
                        .dilation = {1},
                        .padding_mode = spectrogram->border,
                        .axes = 1};
    return wb_slide(call, &window, 0, samples, n);
}

/* Frames over time in the place of the samples; frequencies beside the channels, or each channel's in one row. */
static bool shape_waves(wb_call *call, frames given) {
    const wb_spectrogram *spectrogram = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    if (!wb_require_rank(call, 0, 3)) {
        return false;
    }
    wb_space space = wb_space_of(call, 1, spectrogram->data_format);
    wb_dimension *shape = wb_output(call, spectrogram->expand_dims ? 4 : 3);
    if (shape == NULL) {
        return false;
    }
    int64_t both = spectrogram->mode == WB_MODE_STFT ? 2 : 1, size;
    if (!wb_require_fit(call, wb_multiply(frequencies(given), both, &size))) {
        return false;
    }
    wb_dimension channels = input->shape[space.channels];
    shape[0] = input->shape[0];
    if (spectrogram->expand_dims) {
        bool first = space.channels == 1;
        shape[first ? 1 : 3] = channels;
        shape[first ? 3 : 2] = wb_known(size);
        return slide(call, given, input->shape[space.first], &shape[first ? 2 : 1]);
    }
    return wb_require_fit(call, wb_dimension_multiply(channels, wb_known(size), &shape[space.channels])) &&
           slide(call, given, input->shape[space.first], &shape[space.first]);
}

static bool shapes(wb_call *call) {
    const wb_spectrogram *spectrogram = call->attributes;
    frames given;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_fit(call, frames_of(spectrogram, &given))) {
        return false;
    }
    return is_mel(spectrogram) ? shape_mel(call, given) : shape_waves(call, given);
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

static bool weights(wb_call *call) {
    const wb_spectrogram *spectrogram = call->attributes;
    frames given;
    if (is_mel(spectrogram) || !frames_of(spectrogram, &given)) {
        return true;
    }
    const int64_t sizes[] = {given.length, 1, frequencies(given)};
    return (spectrogram->mode == WB_MODE_IMAG || wb_own(call, "real_kernel", WB_LEARNED, sizes, 3)) &&
           (spectrogram->mode == WB_MODE_REAL || wb_own(call, "imag_kernel", WB_LEARNED, sizes, 3));
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* Every kernel works on every channel of every frame; the fast transform of the mel scale is no such product. */
static void costs(wb_call *call) {
    const wb_spectrogram *spectrogram = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    frames given;
    if (is_mel(spectrogram) || !frames_of(spectrogram, &given)) {
        return;
    }
    wb_space space = wb_space_of(call, 1, spectrogram->data_format);
    bool expanded_last = spectrogram->expand_dims && space.channels != 1;
    int32_t expanded = expanded_last ? 1 : 2;
    int32_t time = spectrogram->expand_dims ? expanded : space.first;
    bool single = spectrogram->mode == WB_MODE_REAL || spectrogram->mode == WB_MODE_IMAG;
    wb_add_macs(call,
                (int64_t[]){input->shape[0].cost, input->shape[space.channels].cost,
                            wb_output_at(call, 0)->shape[time].cost, given.length, frequencies(given), single ? 1 : 2},
                6);
}

static void keeps(const wb_call *call) { wb_keep_factor(call, 0); }

const wb_operator wb_spectrogram_operator = {.name = "spectrogram",
                                             .attributes_size = sizeof(wb_spectrogram),
                                             .attributes = attributes,
                                             .shapes = shapes,
                                             .weights = weights,
                                             .costs = costs,
                                             .not_counted = "Fourier transform, logarithms",
                                             .keeps = keeps};
