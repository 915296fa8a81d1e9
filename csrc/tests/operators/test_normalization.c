#include "graph.h"
#include "harness.h"

enum { AXIS = FIELD(wb_normalization, axis) };

#define NORMALIZED(input, record, ...) \
    (graph_clear(), graph_node_with_list(WB_NORMALIZATION, record, LIST(__VA_ARGS__), FROM(graph_input(input))))
#define PLAIN .groups = WB_ABSENT
#define BATCH RECORD(wb_normalization, PLAIN, .scale = 1, .center = 1, .moving = 1)
#define LAYER RECORD(wb_normalization, PLAIN, .scale = 1, .center = 1)
#define RMS RECORD(wb_normalization, PLAIN, .scale = 1, .rms = 1)

TEST(batch_normalization_has_two_weights_and_two_buffers_a_channel) {
    int32_t layer = NORMALIZED("batch 8 8 5", BATCH, -1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 8 8 5");
    CHECK_STRING(graph_weights(layer), "gamma 5, beta 5, moving_mean 5 buffer, moving_variance 5 buffer");
    CHECK_EQUAL(graph_row(layer)->parameters, 20);
    CHECK_EQUAL(graph_row(layer)->trainable, 10);
    CHECK_EQUAL(graph_row(layer)->buffers, 10);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
    CHECK_EQUAL(graph_row(layer)->activations, 320); /* 8 x 8 x 5 */
}

/* Keras sorts the numbers as they are written: -1 comes before 1. */
TEST(layer_normalization_has_the_shape_of_its_sorted_axes) {
    int32_t layer = NORMALIZED("batch 3 4 5", LAYER, 1, -1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "gamma 5x3, beta 5x3");
    layer = NORMALIZED("batch 3 4 5", LAYER, 3, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "gamma 3x5, beta 3x5");
}

TEST(a_softmax_has_no_weights_and_at_least_one_axis) {
    int32_t layer = NORMALIZED("batch seq 10", RECORD(wb_normalization, PLAIN, .keeps = WB_KEEPS_OUTPUT), 1, 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch seq 10");
    CHECK_STRING(graph_weights(layer), "");
    graph_clear();
    layer = graph_node_with_list(WB_NORMALIZATION, RECORD(wb_normalization, PLAIN, .keeps = WB_KEEPS_OUTPUT), NO_LIST,
                                 FROM(graph_input("batch 10")));
    CHECK(graph_fails_at_field(layer, AXIS, WB_ERROR_LIST, 0, 1));
}

TEST(rms_normalization_has_one_scale) {
    int32_t layer = NORMALIZED("batch ? 4096", RMS, -1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "scale 4096");
}

TEST(without_weights_no_size_is_needed) {
    int32_t layer = NORMALIZED("batch 4 ?", RECORD(wb_normalization, PLAIN), -1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 4 ?");
    CHECK_STRING(graph_weights(layer), "");
}

TEST(weights_need_the_sizes_of_their_axes) {
    int32_t layer = NORMALIZED("batch 4 ?", LAYER, 1, -1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_UNKNOWN_DIMENSION, 2, 0));
}

TEST(each_axis_is_there_and_is_named_once) {
    int32_t layer = NORMALIZED("batch 4 5", LAYER, 1, 0);
    const int64_t wrong[] = {INT64_MIN, -4, 3, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        *graph_field(layer, AXIS + 1) = wrong[i];
        CHECK(graph_fails_at_field(layer, AXIS + 1, WB_ERROR_AXIS, wrong[i], 3));
    }
    *graph_field(layer, AXIS + 1) = -2;
    CHECK(graph_fails_at_field(layer, AXIS + 1, WB_ERROR_AXIS_TWICE, -2, 0));
}

TEST(there_are_no_more_axes_than_the_input_has) {
    int32_t layer = NORMALIZED("batch 4", LAYER, 0, 1, 0);
    CHECK(graph_fails_at_field(layer, AXIS + 2, WB_ERROR_AXIS_TWICE, 0, 0));
}

TEST(a_frozen_one_has_weights_that_are_no_buffers) {
    int32_t layer = NORMALIZED("batch 5", BATCH, -1);
    graph_header(layer)->trainable = 0;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "gamma 5 fixed, beta 5 fixed, moving_mean 5 buffer, moving_variance 5 buffer");
    CHECK_EQUAL(graph_row(layer)->trainable, 0);
    CHECK_EQUAL(graph_row(layer)->buffers, 10);
}

TEST(weights_past_what_fits_are_an_error) {
    int32_t layer = NORMALIZED("batch 4294967296 4294967296", LAYER, 1, 2);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(renormalization_has_three_more_statistics) {
    int32_t layer = NORMALIZED("batch 6", RECORD(wb_normalization, PLAIN, .moving = 1, .renorm = 1), -1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "moving_mean 6 buffer, moving_variance 6 buffer, moving_stddev 6 buffer, "
                                       "renorm_mean 6 buffer, renorm_stddev 6 buffer");
}

/* torch.nn.BatchNorm1d(6, affine=False): 13 elements of buffers. */
TEST(batches_may_be_counted) {
    int32_t layer = NORMALIZED("batch 6 20", RECORD(wb_normalization, PLAIN, .moving = 1, .count_batches = 1), 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->buffers, 13);
}

TEST(groups_divide_the_channels) {
    int32_t layer = NORMALIZED("batch 4 6", RECORD(wb_normalization, .scale = 1, .center = 1, .groups = 4), -1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_GROUPS, 6, 4));
    *graph_field(layer, FIELD(wb_normalization, groups)) = 3;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "gamma 6, beta 6");
    *graph_field(layer, FIELD(wb_normalization, groups)) = -1;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    *graph_field(layer, FIELD(wb_normalization, groups)) = 0;
    CHECK(graph_fails_at_field(layer, FIELD(wb_normalization, groups), WB_ERROR_TOO_SMALL, 0, 1));
}

TEST(scaling_by_the_variance_has_a_gamma_alone) {
    int32_t layer = NORMALIZED("batch 6", RECORD(wb_normalization, PLAIN, .center = 1, .rms_scaling = 1), -1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "gamma 6");
}

/* keras.layers.Normalization() on 6 features has 13, none of them trainable. */
TEST(adapted_statistics_are_state_unless_they_are_given) {
    int32_t layer = NORMALIZED("batch 4 6", RECORD(wb_normalization, PLAIN, .adapted = 1), -1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "mean 4x6 buffer, variance 4x6 buffer, count 1 buffer");
    *graph_field(layer, FIELD(wb_normalization, mean_length)) = 1;
    CHECK(graph_fails_at_field(layer, FIELD(wb_normalization, mean_length), WB_ERROR_NOT_BOTH, 0, 0));
    *graph_field(layer, FIELD(wb_normalization, variance_length)) = 1;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "");
}
