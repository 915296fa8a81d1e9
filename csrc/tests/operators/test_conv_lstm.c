#include "graph.h"
#include "harness.h"

enum {
    FILTERS = FIELD(wb_conv_lstm, filters),
    KERNEL = FIELD(wb_conv_lstm, kernel_size),
    STRIDES = FIELD(wb_conv_lstm, strides),
    DILATION = FIELD(wb_conv_lstm, dilation_rate)
};

#define DEFAULTS                                                                                                     \
    .axes = 2, .use_bias = 1, .data_format = WB_DATA_FORMAT_DEFAULT, .kernel_size = {3, 3, 3}, .strides = {1, 1, 1}, \
    .dilation_rate = {1, 1, 1}

static int32_t conv_lstm(const char *input, const wb_conv_lstm *record) {
    graph_clear();
    return graph_node(WB_CONV_LSTM, record, sizeof *record, FROM(graph_input(input)));
}

#define CONV_LSTM(input, ...) conv_lstm(input, &(wb_conv_lstm){DEFAULTS, __VA_ARGS__})

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

/* Keras 3.15, ConvLSTM2D(4, 3) on (batch, 5, 12, 12, 3). */
TEST(both_kernels_have_four_gates) {
    int32_t layer = CONV_LSTM("batch 5 12 12 3", .filters = 4);
    CHECK_STRING(shape(layer), "batch 10 10 4");
    CHECK_STRING(graph_weights(layer), "kernel 3x3x3x16, recurrent_kernel 3x3x4x16, bias 16");
    CHECK_EQUAL(graph_row(layer)->parameters, 1024); /* 9 x 3 x 16 + 9 x 4 x 16 + 16 */
}

TEST(both_kernels_work_at_each_place_of_the_state_at_every_step) {
    int32_t layer = CONV_LSTM("batch 5 12 12 3", .filters = 4);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 504000); /* 5 x 10 x 10 x (9 x 3 x 16 + 9 x 4 x 16) */
}

TEST(sequences_and_states_come_out_where_asked_for) {
    int32_t layer = CONV_LSTM("batch steps 12 9 3", .filters = 4, .return_sequences = 1, .return_state = 1,
                              .padding_mode = WB_PADDING_SAME, .strides = {2, 1});
    CHECK_STRING(shape(layer), "batch steps 6 9 4");
    CHECK_STRING(graph_output(layer, 1), "batch 6 9 4");
    CHECK_STRING(graph_output(layer, 2), "batch 6 9 4");
    CHECK_STRING(graph_output(layer, 3), NULL);
}

TEST(one_and_three_axes_go_too) {
    CHECK_STRING(shape(CONV_LSTM("batch 5 12 3", .axes = 1, .filters = 4)), "batch 10 4");
    CHECK_STRING(shape(CONV_LSTM("batch 5 6 7 8 3", .axes = 3, .filters = 2)), "batch 4 5 6 2");
}

TEST(channels_may_stand_before_space) {
    int32_t layer =
        CONV_LSTM("batch 5 3 12 9", .filters = 4, .data_format = WB_DATA_FORMAT_CHANNELS_FIRST, .return_sequences = 1);
    CHECK_STRING(shape(layer), "batch 5 4 10 7");
    CHECK_STRING(graph_weights(layer), "kernel 3x3x3x16, recurrent_kernel 3x3x4x16, bias 16");
}

TEST(states_may_be_given_in_the_shape_that_they_have) {
    graph_clear();
    int32_t x = graph_input("batch 5 12 12 3");
    int32_t state = graph_input("batch 10 10 4");
    int32_t other = graph_input("batch 10 9 4");
    int32_t wide = graph_input("batch 10 10 5");
    int32_t layer = graph_node(WB_CONV_LSTM, RECORD(wb_conv_lstm, DEFAULTS, .filters = 4), FROM(x, state, state));
    CHECK_STRING(shape(layer), "batch 10 10 4");
    int32_t wrong = graph_node(WB_CONV_LSTM, RECORD(wb_conv_lstm, DEFAULTS, .filters = 4), FROM(x, state, other));
    int32_t worse = graph_node(WB_CONV_LSTM, RECORD(wb_conv_lstm, DEFAULTS, .filters = 4), FROM(x, wide, state));
    int32_t one = graph_node(WB_CONV_LSTM, RECORD(wb_conv_lstm, DEFAULTS, .filters = 4), FROM(x, state));
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    CHECK(graph_error_is(0, (wb_error){WB_ERROR_STATE_SHAPE, wrong, -1, 2, 9, 10}));
    CHECK(graph_error_is(1, (wb_error){WB_ERROR_STATE_SHAPE, worse, -1, 1, 5, 4}));
    CHECK(graph_error_is(2, (wb_error){WB_ERROR_INPUT_COUNT, one, -1, -1, 2, 3}));
}

/* Keras makes the first state itself. */
TEST(space_must_be_known_and_channels_too) {
    CHECK(graph_fails_at_input(CONV_LSTM("batch 5 12 ? 3", .filters = 4), 0, WB_ERROR_STATE_UNKNOWN, 3, 0));
    CHECK(graph_fails_at_input(CONV_LSTM("batch 5 12 9 ?", .filters = 4), 0, WB_ERROR_UNKNOWN_DIMENSION, 4, 0));
}

TEST(every_size_has_a_least) {
    int32_t layer = CONV_LSTM("batch 5 12 12 3", .filters = 4);
    CHECK(graph_refuses_below(layer, FILTERS, 1));
    CHECK(graph_refuses_below(layer, KERNEL + 1, 1));
    CHECK(graph_refuses_below(layer, STRIDES, 1));
    CHECK(graph_refuses_below(layer, DILATION + 1, 1));
}

TEST(it_takes_an_input_of_three_axes_more_than_space) {
    CHECK(graph_fails_at_input(CONV_LSTM("batch 12 12 3", .filters = 4), 0, WB_ERROR_RANK, 4, 5));
}

TEST(gates_that_do_not_fit_are_an_error) {
    CHECK(graph_fails(CONV_LSTM("batch 5 12 12 3", .filters = INT64_MAX), WB_ERROR_OVERFLOW, 0, 0));
}
