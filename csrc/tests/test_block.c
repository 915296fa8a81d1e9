#include "graph.h"
#include "harness.h"

enum { REPEAT = FIELD(wb_block, repeat), COPIES = FIELD(wb_block, copies), ACTIVE = FIELD(wb_block, active) };

static int32_t dense(int64_t input, int64_t units) { return graph_dense(input, units, true); }

/* A block on four features round a dense layer of four units: 20 parameters, 16 MACs, 4 activations. */
typedef struct around_dense {
    int32_t block, layer, end;
} around_dense;

static around_dense around(const wb_block *record) {
    around_dense made;
    graph_clear();
    made.block = graph_block(record, sizeof *record, FROM(graph_input("batch 4")));
    made.layer = dense(made.block, 4);
    made.end = graph_end(FROM(made.layer));
    return made;
}

#define AROUND(...) around(&(wb_block){ONCE, __VA_ARGS__})

/* ---- Repeats and copies ------------------------------------------------------------------------------- */

TEST(each_round_has_weights_of_its_own) {
    around_dense made = AROUND(.repeat = 3);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(made.block, 0), "batch 4");
    CHECK_EQUAL(graph_row(made.block)->parameters, 60);
    CHECK_EQUAL(graph_row(made.block)->trainable, 60);
    CHECK_EQUAL(graph_row(made.block)->macs, 48);
    CHECK_EQUAL(graph_row(made.block)->activations, 12);
    CHECK_EQUAL(graph_result()->totals.parameters, 60);
    CHECK_EQUAL(graph_result()->totals.active_parameters, 60);
}

TEST(a_row_within_is_of_one_set_and_says_how_many_there_are) {
    around_dense made = AROUND(.repeat = 3);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(made.layer)->parameters, 20);
    CHECK_EQUAL(graph_row(made.layer)->macs, 16);
    CHECK_EQUAL(graph_row(made.layer)->sets, 3);
    CHECK_EQUAL(graph_row(made.layer)->runs, 3);
    CHECK_EQUAL(graph_row(made.layer)->parent, made.block);
    CHECK_EQUAL(graph_row(made.block)->sets, 1);
    CHECK_EQUAL(graph_row(made.block)->parent, -1);
}

TEST(rounds_that_share_their_weights_have_them_once) {
    around_dense made = AROUND(.repeat = 3, .share_weights = 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(made.block)->parameters, 20);
    CHECK_EQUAL(graph_row(made.block)->macs, 48);
    CHECK_EQUAL(graph_row(made.layer)->sets, 1);
    CHECK_EQUAL(graph_row(made.layer)->runs, 3);
}

TEST(of_copies_only_the_active_ones_work) {
    around_dense made = AROUND(.copies = 8, .active = 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(made.block)->parameters, 160);
    CHECK_EQUAL(graph_row(made.block)->macs, 32);
    CHECK_EQUAL(graph_row(made.block)->activations, 8);
    CHECK_EQUAL(graph_row(made.layer)->sets, 8);
    CHECK_EQUAL(graph_row(made.layer)->runs, 2);
    CHECK_EQUAL(graph_result()->totals.active_parameters, 40);
    CHECK_EQUAL(graph_result()->totals.parameter_bytes, 640); /* 160 of four bytes */
}

TEST(all_copies_work_where_nothing_else_is_said) {
    around_dense made = AROUND(.copies = 8);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(made.block)->macs, 128);
    CHECK_EQUAL(graph_result()->totals.active_parameters, 160);
}

TEST(blocks_in_blocks_multiply) {
    graph_clear();
    int32_t outer = graph_block(RECORD(wb_block, .repeat = 2, .copies = 4, .active = 3), FROM(graph_input("batch 4")));
    int32_t inner = graph_block(RECORD(wb_block, .repeat = 5, .copies = 7, .active = 1), FROM(outer));
    int32_t layer = dense(inner, 4);
    graph_end(FROM(layer));
    graph_end(FROM(inner));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->sets, 280);                   /* 2 x 4 x 5 x 7 */
    CHECK_EQUAL(graph_row(layer)->runs, 30);                    /* 2 x 3 x 5 x 1 */
    CHECK_EQUAL(graph_row(inner)->parameters, 700);             /* 20 x 5 x 7 */
    CHECK_EQUAL(graph_row(inner)->sets, 8);                     /* 2 x 4 */
    CHECK_EQUAL(graph_row(outer)->parameters, 5600);            /* 20 x 280 */
    CHECK_EQUAL(graph_row(outer)->macs, 480);                   /* 16 x 30 */
    CHECK_EQUAL(graph_result()->totals.active_parameters, 600); /* 20 x 30 */
}

/* ---- What goes in and comes out ----------------------------------------------------------------------- */

TEST(within_a_block_it_is_its_inputs_and_behind_it_its_outputs) {
    graph_clear();
    int32_t x = graph_input("batch 3"), y = graph_input("batch 5");
    int32_t block = graph_block(RECORD(wb_block, ONCE), FROM(x, y));
    int32_t first = dense(OUTPUT(block, 1), 7), second = dense(block, 9);
    graph_end(FROM(first, second));
    int32_t behind = dense(OUTPUT(block, 1), 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(first), "kernel 5x7, bias 7");
    CHECK_STRING(graph_weights(second), "kernel 3x9, bias 9");
    CHECK_STRING(graph_output(block, 0), "batch 7");
    CHECK_STRING(graph_output(block, 1), "batch 9");
    CHECK_STRING(graph_weights(behind), "kernel 9x2, bias 2");
}

TEST(an_end_may_take_all_that_a_node_has) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE), FROM(graph_input("batch 7 3")));
    int32_t lstm = graph_node(
        WB_RECURRENT,
        RECORD(wb_recurrent, .cell = WB_CELL_LSTM, .units = 4, .num_layers = 1, .return_output = 1, .return_state = 1),
        FROM(block));
    graph_end(FROM(ALL_OF(lstm)));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(block)->n_outputs, 3);
    CHECK_STRING(graph_output(block, 2), "batch 4");
}

TEST(a_frozen_block_freezes_what_is_in_it) {
    around_dense made = AROUND(.repeat = 1);
    graph_header(made.block)->trainable = 0;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(made.layer), "kernel 4x4 fixed, bias 4 fixed");
    CHECK_EQUAL(graph_result()->totals.trainable, 0);
    CHECK_EQUAL(graph_result()->totals.non_trainable, 20);
}

TEST(a_block_says_the_dtype_of_what_does_not_say_its_own) {
    around_dense made = AROUND(.repeat = 1);
    graph_header(made.block)->weight_dtype = graph_header(made.block)->compute_dtype = WB_DTYPE_BFLOAT16;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_result()->totals.parameter_bytes, 40); /* 20 x 2 */
    CHECK_EQUAL(graph_tensor(made.block, 0)->dtype, WB_DTYPE_BFLOAT16);
    graph_header(made.layer)->weight_dtype = WB_DTYPE_FLOAT64;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_result()->totals.parameter_bytes, 160);
}

TEST(a_block_with_something_wrong_in_it_poisons) {
    around_dense made = AROUND(.repeat = 3);
    int32_t after = graph_identity(made.block);
    *graph_field(made.layer, 0) = 0;
    CHECK(graph_fails_at_field(made.layer, 0, WB_ERROR_TOO_SMALL, 0, 1));
    CHECK_EQUAL(graph_row(made.block)->n_outputs, -1);
    CHECK_EQUAL(graph_row(after)->n_outputs, -1);
}

TEST(a_block_on_something_wrong_says_nothing_more) {
    graph_clear();
    int32_t wrong = dense(graph_input("batch 4"), 0);
    int32_t block = graph_block(RECORD(wb_block, .repeat = 2, .copies = 1, .active = WB_ABSENT), FROM(wrong));
    graph_end(FROM(dense(block, 4)));
    CHECK(graph_fails_at_field(wrong, 0, WB_ERROR_TOO_SMALL, 0, 1));
}

/* ---- Rounds that cannot follow each other ------------------------------------------------------------- */

TEST(what_goes_round_keeps_its_shape) {
    around_dense made = AROUND(.repeat = 2);
    *graph_field(made.layer, 0) = 5;
    CHECK(graph_fails_at_input(made.end, 0, WB_ERROR_REPEAT_SHAPE, 5, 4));
    *graph_field(made.block, REPEAT) = 1;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
}

TEST(what_goes_round_keeps_its_rank) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .repeat = 2), FROM(graph_input("batch 4 1")));
    int32_t flat = graph_flatten(block);
    CHECK(graph_fails_at_input(graph_end(FROM(flat)), 0, WB_ERROR_REPEAT_RANK, 2, 3));
}

TEST(there_is_an_input_for_every_output_that_goes_round) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .repeat = 2), FROM(graph_input("batch 4")));
    int32_t same = graph_identity(block);
    CHECK(graph_fails(graph_end(FROM(same, same)), WB_ERROR_REPEAT_OUTPUTS, 2, 1));
    graph_clear();
    int32_t x = graph_input("batch 4");
    block = graph_block(RECORD(wb_block, ONCE, .repeat = 2), FROM(x, x));
    graph_end(FROM(graph_identity(block)));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
}

/* Two batches behind each other have another cost in the second round than in the first. */
TEST(costs_are_unknown_where_the_next_round_would_cost_something_else) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .repeat = 2), FROM(graph_input("batch 4")));
    int32_t twice = graph_node(WB_CONCATENATION, RECORD(wb_concatenation, 0), FROM(block, block));
    graph_end(FROM(twice));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(block)->activations, WB_UNKNOWN);
}

/* ---- Ranges ------------------------------------------------------------------------------------------- */

/* Two rounds over 3 steps, then over an unknown number of them. */
static int32_t lengthening(int32_t content(int64_t input)) {
    graph_clear();
    int32_t known = graph_input("batch 3 4"), unknown = graph_input("batch time 4");
    int32_t block = graph_block(RECORD(wb_block, ONCE, .repeat = 2), FROM(known, unknown));
    int32_t joined = graph_node(WB_CONCATENATION, RECORD(wb_concatenation, .axis = 1), FROM(block, OUTPUT(block, 1)));
    (void)content(block);
    graph_end(FROM(joined));
    return block;
}

static int32_t widening(int64_t input) { return dense(input, 4); }

TEST(rounds_without_products_have_none_whatever_their_sizes) {
    int32_t block = lengthening(graph_identity);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(block)->macs, 0);
}

TEST(a_block_whose_rounds_cost_something_else_warns) {
    int32_t block = lengthening(widening);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK(graph_row(block)->macs < 0);
    CHECK_EQUAL(graph_result()->n_warnings, 2); /* the activations are those of the rows within */
    CHECK_EQUAL(graph_result()->warnings[1].node, block);
    CHECK_EQUAL(graph_result()->warnings[1].figure, WB_MACS);
}

TEST(repeats_and_copies_are_at_least_one) {
    around_dense made = AROUND(.copies = 3, .active = 2);
    CHECK(graph_refuses_below(made.block, REPEAT, 1));
    CHECK(graph_refuses_below(made.block, COPIES, 1));
    CHECK(graph_refuses_below(made.block, ACTIVE, 1));
    *graph_field(made.block, ACTIVE) = 4;
    CHECK(graph_fails_at_field(made.block, ACTIVE, WB_ERROR_TOO_LARGE, 4, 3));
    *graph_field(made.block, ACTIVE) = INT64_MAX;
    CHECK(graph_fails_at_field(made.block, ACTIVE, WB_ERROR_TOO_LARGE, INT64_MAX, 3));
}

TEST(parameters_of_all_rounds_must_fit) {
    around_dense made = AROUND(.repeat = INT64_MAX / 20 + 1);
    CHECK(graph_fails(made.block, WB_ERROR_OVERFLOW, 0, 0));
    *graph_field(made.block, REPEAT) = INT64_MAX / 20;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(made.block)->parameters, INT64_MAX / 20 * 20);
}

TEST(sets_and_runs_must_fit_where_nothing_has_weights_too) {
    graph_clear();
    int32_t outer = graph_block(RECORD(wb_block, ONCE, .repeat = 4294967296), FROM(graph_input("batch 0")));
    int32_t inner = graph_block(RECORD(wb_block, ONCE, .repeat = 4294967296), FROM(outer));
    graph_end(FROM(graph_identity(inner)));
    graph_end(FROM(inner));
    CHECK(graph_fails(inner, WB_ERROR_OVERFLOW, 0, 0)); /* 2^64 runs */
    *graph_field(inner, REPEAT) = 1;
    *graph_field(inner, COPIES) = INT64_MAX;
    CHECK(graph_fails(inner, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(costs_of_all_rounds_need_not_fit) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .repeat = INT64_MAX), FROM(graph_input("batch 4")));
    graph_end(FROM(graph_identity(block)));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(block)->activations, WB_OVERFLOWN);
    CHECK_EQUAL(graph_result()->n_warnings, 1);
    CHECK_EQUAL(graph_result()->warnings[0].node, block);
    CHECK_EQUAL(graph_result()->warnings[0].figure, WB_ACTIVATIONS);
    CHECK_EQUAL(graph_result()->warnings[0].cause, WB_OVERFLOWN);
}

TEST(blocks_nest_two_hundred_and_fifty_six_deep) {
    graph_clear();
    int64_t inside = graph_input("batch 4");
    for (int depth = 0; depth < WB_MAX_NESTING; depth++) {
        inside = graph_block(RECORD(wb_block, ONCE), FROM(inside));
    }
    int64_t last = dense(inside, 4);
    for (; inside > 0; last = inside--) {
        graph_end(FROM(last));
    }
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(1)->parameters, 20);
}

/* ---- Time --------------------------------------------------------------------------------------------- */

TEST(content_that_is_distributed_over_time_sees_one_step) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .time_distributed = 1, .row = WB_ROW_WRAPPER),
                                FROM(graph_input("batch 7 4")));
    int32_t layer = dense(block, 5);
    graph_end(FROM(layer));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 5");
    CHECK_STRING(graph_output(block, 0), "batch 7 5");
    CHECK_EQUAL(graph_row(block)->parameters, 25);
    CHECK_EQUAL(graph_row(block)->macs, 140); /* 7 x 4 x 5 */
    CHECK_EQUAL(graph_row(block)->activations, 35);
}

TEST(an_unknown_number_of_steps_leaves_costs_unknown) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .time_distributed = 1), FROM(graph_input("batch time 4")));
    graph_end(FROM(dense(block, 5)));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(block, 0), "batch time 5");
    CHECK_EQUAL(graph_row(block)->macs, WB_FIRST_SYMBOL - 1);
    CHECK_EQUAL(graph_row(block)->parameters, 25);
}

TEST(time_needs_an_axis_before_and_after) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .time_distributed = 1), FROM(graph_input("batch 4")));
    graph_end(FROM(graph_identity(block)));
    CHECK(graph_fails_at_input(block, 0, WB_ERROR_RANK_TOO_SMALL, 2, 3));
    graph_clear();
    block = graph_block(RECORD(wb_block, ONCE, .time_distributed = 1), FROM(graph_input("1 7 1")));
    graph_end(FROM(graph_node(WB_RESHAPE, RECORD(wb_reshape, .dim = WB_ABSENT), FROM(block))));
    CHECK(graph_fails_at_input(block, 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
}

/* ---- The three kinds of rows -------------------------------------------------------------------------- */

/* Two dense layers of 6 and 5 units in a block. */
static int64_t activations_of(enum wb_block_row row) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .row = row), FROM(graph_input("batch 4")));
    graph_end(FROM(dense(dense(block, 6), 5)));
    return graph_evaluate() == WB_DONE ? graph_row(block)->activations : -1;
}

TEST(activations_are_those_of_the_content_or_of_the_layer_that_it_makes_up) {
    CHECK_EQUAL(activations_of(WB_ROW_CONTAINER), 11);
    CHECK_EQUAL(activations_of(WB_ROW_WRAPPER), 11);
    CHECK_EQUAL(activations_of(WB_ROW_LAYER), 5);
}
