#include "graph.h"
#include "harness.h"

enum { STEP = FIELD(wb_spectrogram, frame_step), FFT = FIELD(wb_spectrogram, fft_length) };

static int32_t stft(wb_spectrogram record, const char *input) {
    graph_clear();
    record.num_mel_bins = WB_ABSENT;
    return graph_node(WB_SPECTROGRAM, &record, sizeof record, FROM(graph_input(input)));
}

static int32_t mel(int64_t stride, const char *input) {
    graph_clear();
    return graph_node(WB_SPECTROGRAM, RECORD(wb_spectrogram, 64, WB_ABSENT, stride, 2048), FROM(graph_input(input)));
}

/* 256 samples a frame, by default a new one each 128, and a transform of 256. */
#define FRAMES .frame_length = 256, .frame_step = WB_ABSENT, .fft_length = WB_ABSENT

TEST(frames_become_frequencies_by_two_convolutions) {
    int32_t layer = stft((wb_spectrogram){FRAMES}, "batch 16000 1");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 124 129"); /* (16,000 - 256) / 128 + 1; 256 / 2 + 1 */
    CHECK_STRING(graph_weights(layer), "real_kernel 256x1x129, imag_kernel 256x1x129");
    CHECK_EQUAL(graph_row(layer)->macs, 8189952); /* 2 x 124 x 256 x 129 */
}

TEST(one_part_needs_one_kernel) {
    int32_t layer = stft((wb_spectrogram){FRAMES, .mode = WB_MODE_REAL}, "batch 16000 1");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "real_kernel 256x1x129");
    CHECK_EQUAL(graph_row(layer)->macs, 4094976);
    layer = stft((wb_spectrogram){FRAMES, .mode = WB_MODE_IMAG}, "batch 16000 1");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "imag_kernel 256x1x129");
}

TEST(both_parts_stand_behind_each_other_and_channels_in_one_row) {
    int32_t layer = stft((wb_spectrogram){FRAMES, .mode = WB_MODE_STFT}, "batch 1000 2");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 6 516"); /* 2 x 2 x 129 */
    CHECK_EQUAL(graph_row(layer)->macs, 792576);         /* 2 channels x 6 frames x 256 x 129 x 2 */
}

TEST(channels_may_keep_their_axis) {
    int32_t layer = stft((wb_spectrogram){FRAMES, .expand_dims = 1}, "batch 1000 2");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 6 129 2");
    CHECK_EQUAL(graph_row(layer)->macs, 792576);
    layer =
        stft((wb_spectrogram){FRAMES, .expand_dims = 1, .data_format = WB_DATA_FORMAT_CHANNELS_FIRST}, "batch 2 1000");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 2 6 129");
    CHECK_EQUAL(graph_row(layer)->macs, 792576);
}

TEST(a_frame_for_each_step_where_both_ends_are_padded) {
    int32_t layer = stft((wb_spectrogram){FRAMES, .border = WB_PADDING_SAME}, "batch 1000 1");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 8 129");
}

TEST(a_transform_is_of_the_next_power_of_two) {
    int32_t layer =
        stft((wb_spectrogram){.frame_length = 100, .frame_step = 7, .fft_length = WB_ABSENT}, "batch 1000 1");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "real_kernel 100x1x65, imag_kernel 100x1x65");
}

TEST(frames_overlap_and_fit_their_transform) {
    int32_t layer =
        stft((wb_spectrogram){.frame_length = 100, .frame_step = 101, .fft_length = WB_ABSENT}, "batch 1000 1");
    CHECK(graph_fails_at_field(layer, STEP, WB_ERROR_TOO_LARGE, 101, 100));
    layer = stft((wb_spectrogram){.frame_length = 100, .frame_step = 7, .fft_length = 99}, "batch 1000 1");
    CHECK(graph_fails_at_field(layer, FFT, WB_ERROR_TOO_SMALL, 99, 100));
    layer = stft((wb_spectrogram){.frame_length = 1, .frame_step = WB_ABSENT, .fft_length = WB_ABSENT}, "batch 1000 1");
    CHECK(graph_fails_at_field(layer, STEP, WB_ERROR_TOO_SMALL, 0, 1));
    layer = stft((wb_spectrogram){.frame_length = INT64_MAX, .frame_step = 1, .fft_length = WB_ABSENT}, "batch 1000 1");
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(a_frame_longer_than_the_sound_is_an_error) {
    int32_t layer = stft((wb_spectrogram){FRAMES}, "batch 255 1");
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_WINDOW, 256, 255));
}

TEST(bands_stand_before_frames) {
    int32_t layer = mel(512, "batch 16000");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 64 32"); /* (16,000 + 512 + 1) / 512 */
    CHECK_EQUAL(graph_row(layer)->parameters, 0);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
    layer = mel(13, "100");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "64 8");
    layer = mel(512, "batch ?");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 64 ?");
}
