#include "graph.h"
#include "harness.h"

enum { UNITS = FIELD(wb_recurrent, units) };

static int32_t recurrent(const char *input, const wb_recurrent *record) {
    graph_clear();
    return graph_node(WB_RECURRENT, record, sizeof *record, FROM(graph_input(input)));
}

/* One layer over time, in one direction, as Keras has it. */
#define DEFAULTS .num_layers = 1, .return_output = 1
#define RECURRENT(input, ...) recurrent(input, &(wb_recurrent){DEFAULTS, .use_bias = 1, __VA_ARGS__})

TEST(an_lstm_of_two_units_on_three_features_has_forty_eight_parameters) {
    int32_t layer = RECURRENT("batch 7 3", .cell = WB_CELL_LSTM, .units = 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 2");
    CHECK_STRING(graph_weights(layer), "kernel 3x8, recurrent_kernel 2x8, bias 8");
    CHECK_EQUAL(graph_row(layer)->parameters, 48);
    CHECK_EQUAL(graph_row(layer)->macs, 280); /* 7 steps x (24 + 16) */
    CHECK_EQUAL(graph_row(layer)->activations, 2);
}

TEST(a_gru_has_three_gates_and_two_biases_where_it_resets_after) {
    int32_t layer = RECURRENT("batch 7 8", .cell = WB_CELL_GRU, .units = 5);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "kernel 8x15, recurrent_kernel 5x15, bias 15");
    CHECK_EQUAL(graph_row(layer)->parameters, 210); /* half of a bidirectional one of 420 */
    layer = RECURRENT("batch 7 8", .cell = WB_CELL_GRU, .units = 5, .reset_after = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "kernel 8x15, recurrent_kernel 5x15, bias 2x15");
    CHECK_EQUAL(graph_row(layer)->parameters, 225); /* of 450 */
}

TEST(a_simple_one_has_one) {
    int32_t layer = RECURRENT("batch 7 3", .cell = WB_CELL_SIMPLE, .units = 4, .reset_after = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "kernel 3x4, recurrent_kernel 4x4, bias 4");
    layer = RECURRENT("batch 7 3", .cell = WB_CELL_SIMPLE, .units = 4, .use_bias = 0);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "kernel 3x4, recurrent_kernel 4x4");
}

TEST(sequences_and_states_come_out_where_asked_for) {
    int32_t layer =
        RECURRENT("batch time 3", .cell = WB_CELL_LSTM, .units = 4, .return_sequences = 1, .return_state = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 3);
    CHECK_STRING(graph_output(layer, 0), "batch time 4");
    CHECK_STRING(graph_output(layer, 1), "batch 4");
    CHECK_STRING(graph_output(layer, 2), "batch 4");
    layer = RECURRENT("batch 7 3", .cell = WB_CELL_GRU, .units = 4, .return_state = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 2);
    CHECK_EQUAL(graph_row(layer)->activations, 8);
}

TEST(an_unknown_number_of_steps_leaves_the_parameters_known) {
    int32_t layer = RECURRENT("batch time 3", .cell = WB_CELL_GRU, .units = 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->parameters, 36); /* 18 + 12 + 6 */
    CHECK_EQUAL(graph_row(layer)->macs, WB_FIRST_SYMBOL - 1);
    CHECK_EQUAL(graph_row(layer)->activations, 2);
}

static int32_t from_states(const char *steps, int64_t cell, const char *state, int n) {
    graph_clear();
    int32_t x = graph_input(steps), s = graph_input(state);
    const int64_t references[] = {x, s, s, s};
    return graph_node(WB_RECURRENT, RECORD(wb_recurrent, DEFAULTS, .cell = cell, .units = 4), references,
                      (size_t)n + 1);
}

static int32_t with_states(int64_t cell, const char *state, int n) { return from_states("batch 7 3", cell, state, n); }

TEST(states_may_be_given_as_many_as_the_cell_has) {
    with_states(WB_CELL_LSTM, "batch 4", 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    with_states(WB_CELL_GRU, "batch ?", 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK(graph_fails(with_states(WB_CELL_LSTM, "batch 4", 1), WB_ERROR_INPUT_COUNT, 2, 3));
    CHECK(graph_fails(with_states(WB_CELL_SIMPLE, "batch 4", 2), WB_ERROR_INPUT_COUNT, 3, 2));
    CHECK(graph_fails(with_states(WB_CELL_LSTM, "batch 4", 3), WB_ERROR_INPUT_COUNT, 4, 3));
}

TEST(states_have_the_shape_of_the_units) {
    CHECK(graph_fails_at_input(with_states(WB_CELL_GRU, "batch 5", 1), 1, WB_ERROR_STATE_SHAPE, 5, 4));
    CHECK(graph_fails_at_input(with_states(WB_CELL_GRU, "batch 4 1", 1), 1, WB_ERROR_RANK, 3, 2));
}

TEST(states_have_the_batch_of_the_steps) {
    CHECK(graph_fails_at_input(from_states("3 7 3", WB_CELL_GRU, "2 4", 1), 1, WB_ERROR_STATE_SHAPE, 2, 3));
    from_states("batch 7 3", WB_CELL_GRU, "2 4", 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
}

TEST(units_are_at_least_one) {
    int32_t layer = RECURRENT("batch 7 3", .cell = WB_CELL_LSTM, .units = 2);
    CHECK(graph_refuses_below(layer, UNITS, 1));
}

TEST(gates_that_do_not_fit_are_an_error) {
    int32_t layer = RECURRENT("batch 7 3", .cell = WB_CELL_LSTM, .units = INT64_MAX);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    *graph_field(layer, UNITS) = INT64_MAX / 4;
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(features_must_be_known) {
    int32_t layer = RECURRENT("batch 7 ?", .cell = WB_CELL_LSTM, .units = 2);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_UNKNOWN_DIMENSION, 2, 0));
}

TEST(the_input_has_three_axes) {
    int32_t layer = RECURRENT("batch 7", .cell = WB_CELL_LSTM, .units = 2);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 2, 3));
}

/* torch.nn.LSTM(5, 7, proj_size=4): weight_ih (28, 5), weight_hh (28, 4), two biases of 28, weight_hr (4, 7). */
TEST(a_projected_one_gives_what_it_is_projected_to) {
    int32_t layer =
        RECURRENT("batch 11 5", .cell = WB_CELL_LSTM, .units = 7, .proj_size = 4, .double_bias = 1, .return_state = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer),
                 "kernel 5x28, recurrent_kernel 4x28, bias 28, recurrent_bias 28, projection_kernel 7x4");
    CHECK_EQUAL(graph_row(layer)->parameters, 336);
    CHECK_STRING(graph_output(layer, 0), "batch 4");
    CHECK_STRING(graph_output(layer, 1), "batch 4");
    CHECK_STRING(graph_output(layer, 2), "batch 7");
    CHECK_EQUAL(graph_row(layer)->macs, 3080); /* 11 x (140 + 112 + 28) */
}

/* torch.nn.GRU(5, 7, num_layers=2, bidirectional=True, bias=False). */
TEST(a_stack_takes_both_directions_of_the_layer_below) {
    int32_t layer =
        RECURRENT("time batch 5", .cell = WB_CELL_GRU, .units = 7, .num_layers = 2, .bidirectional = 1, .use_bias = 0,
                  .layout = WB_LAYOUT_TIME_FIRST, .return_sequences = 1, .return_state = 1, .stacked_states = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "layer_0/forward/kernel 5x21, layer_0/forward/recurrent_kernel 7x21, "
                                       "layer_0/backward/kernel 5x21, layer_0/backward/recurrent_kernel 7x21, "
                                       "layer_1/forward/kernel 14x21, layer_1/forward/recurrent_kernel 7x21, "
                                       "layer_1/backward/kernel 14x21, layer_1/backward/recurrent_kernel 7x21");
    CHECK_STRING(graph_output(layer, 0), "time batch 14");
    CHECK_STRING(graph_output(layer, 1), "4 batch 7");
    CHECK_EQUAL(graph_row(layer)->n_outputs, 2);
}

TEST(states_of_a_stack_come_out_one_by_one_where_they_are_not_stacked) {
    int32_t layer = RECURRENT("batch 3 5", .cell = WB_CELL_LSTM, .units = 7, .num_layers = 2, .return_state = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 5);
    CHECK_EQUAL(graph_row(layer)->macs, 2184); /* 3 x (5 + 7) x 28 and 3 x (7 + 7) x 28 */
}

TEST(without_a_batch_states_have_their_size_alone) {
    int32_t layer = RECURRENT("11 5", .cell = WB_CELL_GRU, .units = 7, .layout = WB_LAYOUT_UNBATCHED,
                              .return_sequences = 1, .return_state = 1, .stacked_states = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "11 7");
    CHECK_STRING(graph_output(layer, 1), "1 7");
}

TEST(one_step_has_no_time) {
    int32_t layer = RECURRENT("batch 5", .cell = WB_CELL_LSTM, .units = 7, .single_step = 1, .return_state = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 3);
    CHECK_STRING(graph_output(layer, 0), "batch 7");
    CHECK_EQUAL(graph_row(layer)->macs, 336); /* (5 + 7) x 28 */
}

TEST(a_projection_is_smaller_than_the_units) {
    int32_t layer = RECURRENT("batch 7 3", .cell = WB_CELL_LSTM, .units = 4, .proj_size = 4);
    CHECK(graph_fails_at_field(layer, FIELD(wb_recurrent, proj_size), WB_ERROR_TOO_LARGE, 4, 3));
}

TEST(layers_have_a_least_and_a_most) {
    int32_t layer = RECURRENT("batch 7 3", .cell = WB_CELL_LSTM, .units = 4, .num_layers = 4097);
    CHECK(graph_fails_at_field(layer, FIELD(wb_recurrent, num_layers), WB_ERROR_TOO_LARGE, 4097, 4096));
    CHECK(graph_refuses_below(layer, FIELD(wb_recurrent, num_layers), 1));
}
