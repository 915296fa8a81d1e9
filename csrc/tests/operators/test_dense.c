#include "graph.h"
#include "harness.h"

TEST(the_last_axis_becomes_the_units) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch ? time 3"), 5, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch ? time 5");
    CHECK_STRING(graph_cost(layer, 0), "1 ? time 5");
    CHECK_STRING(graph_weights(layer), "kernel 3x5, bias 5");
    CHECK_EQUAL(graph_row(layer)->parameters, 20); /* 3 x 5 + 5 */
    CHECK_EQUAL(graph_row(layer)->macs, WB_UNKNOWN);
}

TEST(each_position_costs_the_kernel) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch 7 3"), 5, 0);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "kernel 3x5");
    CHECK_EQUAL(graph_row(layer)->macs, 105); /* 1 x 7 x 3 x 5 */
    CHECK_EQUAL(graph_row(layer)->activations, 35);
}

TEST(an_unnamed_batch_counts_once) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("? 3"), 5, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "? 5");
    CHECK_EQUAL(graph_row(layer)->macs, 15);
}

TEST(units_are_at_least_one) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch 3"), 5, 1);
    CHECK(graph_refuses_below(layer, FIELD(wb_dense, units), 1));
}

TEST(nine_quintillion_weights_come_out_to_the_unit) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch 3000000000"), 3000000000, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->parameters, 9000000003000000000); /* 3e9 x 3e9 + 3e9 */
}

TEST(weights_that_do_not_fit_are_an_error) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch 3000000000"), 4000000000, 1); /* 1.2e19 > 2^63 */
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    *graph_field(layer, FIELD(wb_dense, units)) = INT64_MAX;
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(the_bias_may_be_what_no_longer_fits) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch 1"), INT64_MAX, 0);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->parameters, INT64_MAX);
    *graph_field(layer, FIELD(wb_dense, use_bias)) = 1;
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(no_features_make_no_weights) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch 0"), 5, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "kernel 0x5, bias 5");
    CHECK_EQUAL(graph_row(layer)->parameters, 5);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
}

TEST(the_features_must_be_known) {
    graph_clear();
    int32_t layer = graph_dense(graph_input("batch 3 ?"), 5, 1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_UNKNOWN_DIMENSION, 2, 0));
}

TEST(it_takes_one_tensor_of_rank_one_or_more) {
    graph_clear();
    int32_t layer = graph_dense(graph_input(""), 5, 1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
    graph_clear();
    int32_t x = graph_input("batch 3");
    layer = graph_node(WB_DENSE, RECORD(wb_dense, .units = 5, .adaptation = UNADAPTED), FROM(x, x));
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 2, 1));
}
