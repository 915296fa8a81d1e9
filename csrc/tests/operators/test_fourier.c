#include "graph.h"
#include "harness.h"

#define WHOLE .transforms = 1, .sequence_length = WB_ABSENT, .sequence_stride = WB_ABSENT, .length = WB_ABSENT
#define FRAMES(size, stride) \
    .transforms = 1, .fft_length = size, .sequence_length = size, .sequence_stride = stride, .length = WB_ABSENT

static int32_t forward(wb_fourier record, const char *input) {
    graph_clear();
    return graph_node(WB_FOURIER, &record, sizeof record, FROM(graph_input(input)));
}

static int32_t back(wb_fourier record, const char *real, const char *imaginary) {
    graph_clear();
    record.inverse = 1;
    int64_t parts[] = {graph_input(real), graph_input(imaginary)};
    return graph_node(WB_FOURIER, &record, sizeof record, parts, 2);
}

static const char *shape(int32_t layer) {
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    return graph_output(layer, 0);
}

/* numpy.fft.rfft: n // 2 + 1 frequencies. */
TEST(half_of_a_spectrum_tells_all) {
    int32_t layer = forward((wb_fourier){WHOLE, .fft_length = WB_ABSENT}, "batch 9");
    CHECK_STRING(shape(layer), "batch 5");
    CHECK_STRING(graph_output(layer, 1), "batch 5");
    CHECK_STRING(shape(forward((wb_fourier){WHOLE, .fft_length = WB_ABSENT}, "batch seq")), "batch ?");
    CHECK_STRING(shape(forward((wb_fourier){WHOLE, .fft_length = 16}, "batch seq")), "batch 9");
}

/* numpy.fft.irfft: 2 (k - 1) samples, unless it is told how many. */
TEST(frequencies_become_samples_again) {
    CHECK_STRING(shape(back((wb_fourier){WHOLE, .fft_length = WB_ABSENT}, "batch 5", "batch 5")), "batch 8");
    CHECK_STRING(shape(back((wb_fourier){WHOLE, .fft_length = 9}, "batch 5", "batch 5")), "batch 9");
    CHECK_STRING(shape(back((wb_fourier){WHOLE, .fft_length = WB_ABSENT}, "batch ?", "batch 5")), "batch ?");
}

TEST(frames_stand_on_an_axis_of_their_own) {
    CHECK_STRING(shape(forward((wb_fourier){FRAMES(256, 128)}, "batch 1000")), "batch 6 129"); /* (1000 - 256) / 128 */
    CHECK_STRING(shape(forward((wb_fourier){FRAMES(256, 128), .center = 1}, "batch 1000")), "batch 8 129");
    CHECK_STRING(shape(forward((wb_fourier){FRAMES(256, 128), .transforms = 0}, "2 3 1000")), "2 3 6 256");
    CHECK_STRING(shape(forward((wb_fourier){FRAMES(256, 128)}, "batch ?")), "batch ? 129");
}

TEST(frames_are_added_up_where_they_lie_over_each_other) {
    CHECK_STRING(shape(back((wb_fourier){FRAMES(256, 128)}, "batch 6 129", "batch 6 129")), "batch 896");
    CHECK_STRING(shape(back((wb_fourier){FRAMES(256, 128), .center = 1}, "batch 8 129", "batch 8 129")), "batch 896");
    wb_fourier cut = {FRAMES(256, 128)};
    cut.length = 800;
    CHECK_STRING(shape(back(cut, "batch ? 129", "batch ? 129")), "batch 800");
}

TEST(a_frame_is_no_longer_than_the_samples_or_the_transform) {
    int32_t layer = forward((wb_fourier){FRAMES(256, 128)}, "batch 255");
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_WINDOW, 256, 255));
    enum { LENGTH = FIELD(wb_fourier, sequence_length) };
    *graph_field(layer, LENGTH) = 257;
    CHECK(graph_fails_at_field(layer, LENGTH, WB_ERROR_TOO_LARGE, 257, 256));
    *graph_field(layer, LENGTH) = 256;
    CHECK(graph_refuses_below(layer, LENGTH, 1));
    CHECK(graph_refuses_below(layer, FIELD(wb_fourier, sequence_stride), 1));
}

TEST(the_parts_are_two_of_one_shape) {
    int32_t layer = back((wb_fourier){FRAMES(256, 128)}, "batch 6 129", "batch 7 129");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 7, 6));
    layer = back((wb_fourier){WHOLE, .fft_length = WB_ABSENT}, "batch 1", "batch 1");
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_EMPTY, 0, 1));
}
