#include "graph.h"
#include "harness.h"

enum {
    POOL_SIZE = FIELD(wb_pooling, pool_size),
    STRIDES = FIELD(wb_pooling, strides),
    DILATION = FIELD(wb_pooling, dilation_rate),
    PADDING = FIELD(wb_pooling, padding)
};

#define DEFAULTS                                                                                               \
    .axes = 2, .output_size = {WB_ABSENT, WB_ABSENT, WB_ABSENT}, .strides = {WB_ABSENT, WB_ABSENT, WB_ABSENT}, \
    .dilation_rate = {1, 1, 1}, .data_format = WB_DATA_FORMAT_DEFAULT

static int32_t pooling(const char *input, const wb_pooling *record) {
    graph_clear();
    return graph_node(WB_POOLING, record, sizeof *record, FROM(graph_input(input)));
}

#define POOLING(input, ...) pooling(input, &(wb_pooling){DEFAULTS, __VA_ARGS__})

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(strides_are_those_of_the_window_where_not_given) {
    CHECK_STRING(shape(POOLING("batch 28 13 6", .pool_size = {2, 2})), "batch 14 6 6");
    CHECK_STRING(shape(POOLING("batch 28 13 6", .pool_size = {3, 3}, .strides = {2, WB_ABSENT})), "batch 13 4 6");
}

TEST(one_and_three_axes_go_too) {
    CHECK_STRING(shape(POOLING("batch 10 3", .axes = 1, .pool_size = {3})), "batch 3 3");
    CHECK_STRING(shape(POOLING("batch 10 9 8 3", .axes = 3, .pool_size = {2, 3, 4})), "batch 5 3 2 3");
}

TEST(same_padding_leaves_one_place_for_each_stride) {
    CHECK_STRING(
        shape(POOLING("batch 5 high 3", .pool_size = {2, 3}, .strides = {2, 1}, .padding_mode = WB_PADDING_SAME)),
        "batch 3 high 3");
}

TEST(channels_may_stand_in_front) {
    CHECK_STRING(shape(POOLING("batch 3 8 9", .pool_size = {2, 2}, .data_format = WB_DATA_FORMAT_CHANNELS_FIRST)),
                 "batch 3 4 4");
}

/* PyTorch: the last window may stick out, but begins in the input or in the padding before it. */
TEST(ceil_mode_rounds_up_as_pytorch_does) {
    CHECK_STRING(shape(POOLING("batch 6 6 1", .pool_size = {3, 3}, .strides = {2, 2}, .ceil_mode = 1)),
                 "batch 3 3 1"); /* ceil(3 / 2) + 1 */
    CHECK_STRING(shape(POOLING("batch 5 5 1", .pool_size = {2, 2}, .strides = {3, 3}, .ceil_mode = 1,
                               .padding_mode = WB_PADDING_EXPLICIT, .padding = {1, 1, 0, 0})),
                 "batch 2 2 1"); /* ceil(5 / 3) + 1 = 3, of which one begins at 6 = 5 + 1; ceil(3 / 3) + 1 */
}

TEST(dilation_spreads_the_window) {
    CHECK_STRING(shape(POOLING("batch 7 7 1", .pool_size = {2, 2}, .strides = {1, 1}, .dilation_rate = {3, 1})),
                 "batch 4 6 1");
}

TEST(unknown_sizes_stay_unknown) {
    int32_t layer = POOLING("batch high ? 3", .pool_size = {2, 2});
    CHECK_STRING(shape(layer), "batch ? ? 3");
    CHECK_STRING(graph_cost(layer, 0), "1 high ? 3");
}

TEST(nothing_is_multiplied_and_nothing_is_owned) {
    int32_t layer = POOLING("batch 28 28 6", .pool_size = {2, 2});
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
    CHECK_EQUAL(graph_row(layer)->activations, 1176); /* 14 x 14 x 6 */
    CHECK_EQUAL(graph_row(layer)->n_weights, 0);
}

TEST(a_global_one_takes_all_of_space_and_reads_no_sizes) {
    CHECK_STRING(shape(POOLING("batch ? 9 3", .kind = WB_POOLING_GLOBAL)), "batch 3");
    CHECK_STRING(shape(POOLING("batch ? 9 3", .kind = WB_POOLING_GLOBAL, .keepdims = 1)), "batch 1 1 3");
    CHECK_STRING(shape(POOLING("batch 3 ? 9", .kind = WB_POOLING_GLOBAL, .data_format = WB_DATA_FORMAT_CHANNELS_FIRST)),
                 "batch 3");
    CHECK_STRING(shape(POOLING("batch 3 ? 9", .kind = WB_POOLING_GLOBAL, .keepdims = 1,
                               .data_format = WB_DATA_FORMAT_CHANNELS_FIRST)),
                 "batch 3 1 1");
}

/* As Keras's layers say that cast what they take. */
TEST(integers_become_what_the_layer_computes_in) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_UINT8, "batch 4 4 1");
    int32_t layer = graph_node(WB_POOLING, RECORD(wb_pooling, DEFAULTS, .pool_size = {2, 2}), FROM(x));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_FLOAT32);
}

TEST(every_size_has_a_least) {
    int32_t layer = POOLING("batch 9 9 3", .pool_size = {2, 2}, .strides = {1, 1}, .padding_mode = WB_PADDING_EXPLICIT);
    for (int axis = 0; axis < 2; axis++) {
        CHECK(graph_refuses_below(layer, POOL_SIZE + axis, 1));
        CHECK(graph_refuses_below(layer, STRIDES + axis, 1));
        CHECK(graph_refuses_below(layer, DILATION + axis, 1));
        CHECK(graph_refuses_below(layer, PADDING + 2 * axis, 0));
        CHECK(graph_refuses_below(layer, PADDING + 2 * axis + 1, 0));
    }
}

TEST(a_window_must_fit_its_padded_input) {
    int32_t layer = POOLING("batch 9 2 3", .pool_size = {2, 3});
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_WINDOW, 3, 2));
    *graph_field(layer, POOL_SIZE + 1) = INT64_MAX;
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_WINDOW, INT64_MAX, 2));
}

TEST(the_largest_window_on_the_largest_input_fits_once) {
    CHECK_STRING(shape(POOLING("batch 9223372036854775807 1 1", .pool_size = {INT64_MAX, INT64_MAX},
                               .padding_mode = WB_PADDING_EXPLICIT, .padding = {0, 0, INT64_MAX / 2, INT64_MAX / 2})),
                 "batch 1 1 1"); /* 1 + 2 x (2^62 - 1) = 2^63 - 1 */
}

/* PyTorch: no window may lie in the padding altogether. */
TEST(padding_is_half_a_window_at_most) {
    int32_t layer = POOLING("batch 9 9 1", .pool_size = {2, 3}, .padding_mode = WB_PADDING_EXPLICIT);
    *graph_field(layer, PADDING) = 2;
    CHECK(graph_fails_at_field(layer, PADDING, WB_ERROR_TOO_LARGE, 2, 1));
    *graph_field(layer, PADDING) = 1;
    *graph_field(layer, PADDING + 3) = INT64_MAX;
    CHECK(graph_fails_at_field(layer, PADDING + 3, WB_ERROR_TOO_LARGE, INT64_MAX, 1));
}

TEST(a_reach_that_does_not_fit_is_an_error) {
    int32_t layer = POOLING("batch 9 9 1", .pool_size = {3, 2});
    *graph_field(layer, DILATION) = INT64_MAX;
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(it_takes_an_input_of_two_axes_more_than_space) {
    int32_t layer = POOLING("batch 9 9", .pool_size = {2, 2});
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 3, 4));
}

/* PyTorch: AvgPool1d(5, stride=2, ceil_mode=True) makes 1 of 4, and refuses 3. */
TEST(in_ceil_mode_a_window_may_be_larger_by_less_than_a_stride) {
    CHECK_STRING(shape(POOLING("batch 4 1", .axes = 1, .pool_size = {5}, .strides = {2}, .ceil_mode = 1)), "batch 1 1");
    CHECK(graph_fails_at_input(POOLING("batch 3 1", .axes = 1, .pool_size = {5}, .strides = {2}, .ceil_mode = 1), 0,
                               WB_ERROR_WINDOW, 5, 3));
}

TEST(indices_are_a_second_output_of_int64) {
    int32_t layer = POOLING("batch 9 9 3", .pool_size = {2, 2}, .return_indices = 1);
    CHECK_STRING(shape(layer), "batch 4 4 3");
    CHECK_STRING(graph_output(layer, 1), "batch 4 4 3");
    CHECK_EQUAL(graph_tensor(layer, 1)->dtype, WB_DTYPE_INT64);
}

TEST(no_pooling_is_causal) {
    int32_t layer = POOLING("batch 9 3", .axes = 1, .pool_size = {2}, .padding_mode = WB_PADDING_CAUSAL);
    CHECK(graph_fails_at_field(layer, PADDING, WB_ERROR_CAUSAL, 1, 1));
}

/* ---- The way back: PyTorch's MaxUnpool ---------------------------------------------------------------- */

static int32_t unpooling(const char *values, const char *places, const wb_pooling *record) {
    graph_clear();
    int32_t x = graph_input(values);
    return graph_node(WB_POOLING, record, sizeof *record, FROM(x, graph_input_of(WB_DTYPE_INT64, places)));
}

#define ABSENT_SIZE .output_size = {WB_ABSENT, WB_ABSENT, WB_ABSENT}
#define UNPOOLING(values, places, ...) \
    unpooling(values, places, &(wb_pooling){DEFAULTS, .kind = WB_POOLING_INVERSE, __VA_ARGS__})

TEST(what_was_pooled_goes_back) {
    CHECK_STRING(shape(UNPOOLING("batch 4 5 3", "batch 4 5 3", .pool_size = {2, 3}, ABSENT_SIZE)), "batch 8 15 3");
    CHECK_STRING(shape(UNPOOLING("batch 4 5 3", "batch 4 5 3", .pool_size = {3, 3}, .strides = {2, 2}, ABSENT_SIZE,
                                 .padding_mode = WB_PADDING_EXPLICIT, .padding = {1, 1, 0, 0})),
                 "batch 7 11 3"); /* 3 x 2 + 3 - 2, 4 x 2 + 3 */
}

TEST(a_size_that_is_given_is_less_than_a_stride_away) {
    int32_t layer = UNPOOLING("batch 4 5 3", "batch 4 5 3", .pool_size = {2, 2}, .output_size = {9, 9, WB_ABSENT});
    enum { SIZE = FIELD(wb_pooling, output_size) };
    CHECK_STRING(shape(layer), "batch 9 9 3");
    *graph_field(layer, SIZE) = 10;
    CHECK(graph_fails_at_field(layer, SIZE, WB_ERROR_STRIDE, 10, 8));
    *graph_field(layer, SIZE) = 6;
    CHECK(graph_fails_at_field(layer, SIZE, WB_ERROR_STRIDE, 6, 8));
}

TEST(every_value_has_a_place) {
    CHECK(graph_fails_at_input(UNPOOLING("batch 4 5 3", "batch 4 6 3", .pool_size = {2, 2}, ABSENT_SIZE), 1,
                               WB_ERROR_SHAPES_DIFFER, 6, 5));
    CHECK(graph_fails(POOLING("batch 4 5 3", .kind = WB_POOLING_INVERSE, .pool_size = {2, 2}, ABSENT_SIZE),
                      WB_ERROR_INPUT_COUNT, 1, 2));
}

/* PyTorch's MaxUnpool2d: 0 * 2 + 2 - 2 * 1. */
TEST(all_may_be_cut_away_but_no_more) {
    CHECK_STRING(shape(UNPOOLING("batch 4 1 3", "batch 4 1 3", .pool_size = {2, 2}, ABSENT_SIZE,
                                 .padding_mode = WB_PADDING_EXPLICIT, .padding = {0, 0, 1, 1})),
                 "batch 8 0 3");
    CHECK(graph_fails_at_input(UNPOOLING("batch 4 1 3", "batch 4 1 3", .pool_size = {2, 2}, ABSENT_SIZE,
                                         .padding_mode = WB_PADDING_EXPLICIT, .padding = {0, 0, 2, 1}),
                               0, WB_ERROR_EMPTY, -1, 1));
}
