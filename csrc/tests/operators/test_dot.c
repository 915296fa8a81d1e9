#include "graph.h"
#include "harness.h"

enum { AXES = FIELD(wb_dot, axes) };

static int32_t dot(const char *a, const char *b, int64_t first, int64_t second) {
    graph_clear();
    int32_t x = graph_input(a), y = graph_input(b);
    return graph_node_with_list(WB_DOT, RECORD(wb_dot, 0), LIST(first, second), FROM(x, y));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(the_axes_go_and_the_rest_stands_behind_each_other) {
    CHECK_STRING(shape(dot("2 3 5", "2 10 3", 1, 2)), "2 5 10");
    CHECK_STRING(shape(dot("batch 3 4 5", "batch 6 5 7", -1, -2)), "batch 3 4 6 7");
    CHECK_STRING(shape(dot("batch 5", "batch 5", 1, 1)), "batch 1");
    CHECK_STRING(shape(dot("batch time 5", "batch 5", 2, 1)), "batch time");
}

/* 2 x 5 x 10 outputs, each a sum of 3 products. */
TEST(every_output_is_a_sum_of_products) {
    int32_t layer = dot("2 3 5", "2 10 3", 1, 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 300);
    layer = dot("batch 5", "batch 5", 1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 5);
}

TEST(either_input_tells_the_size_that_is_summed) {
    int32_t layer = dot("2 ?", "2 5 3", 1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 2 * 3 * 5);
    layer = dot("2 5", "2 time 3", 1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 2 * 3 * 5);
    layer = dot("2 time", "2 time 3", 1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK(graph_row(layer)->macs < 0);
}

TEST(one_axis_is_that_of_both) {
    graph_clear();
    int32_t x = graph_input("2 3 5");
    int32_t layer = graph_node_with_list(WB_DOT, RECORD(wb_dot, 0), LIST(-1), FROM(x, x));
    CHECK_STRING(shape(layer), "2 3 3");
}

TEST(the_batch_stays_and_is_the_same) {
    int32_t layer = dot("2 3", "2 3", 0, 1);
    CHECK(graph_fails_at_field(layer, AXES, WB_ERROR_BATCH_AXIS, 0, 0));
    layer = dot("2 3", "2 3", 1, -2);
    CHECK(graph_fails_at_field(layer, AXES + 1, WB_ERROR_BATCH_AXIS, -2, 0));
    layer = dot("2 3", "4 3", 1, 1);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 4, 2));
}

TEST(the_axes_have_one_size) {
    int32_t layer = dot("2 3", "2 4", 1, 1);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 4, 3));
    layer = dot("2 3", "2", 1, 1);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_RANK_TOO_SMALL, 1, 2));
    layer = dot("2 3", "2 3", 2, 1);
    CHECK(graph_fails_at_field(layer, AXES, WB_ERROR_AXIS, 2, 2));
}

TEST(there_are_one_or_two_axes) {
    graph_clear();
    int32_t x = graph_input("2 3");
    int32_t layer = graph_node_with_list(WB_DOT, RECORD(wb_dot, 0), LIST(1, 1, 1), FROM(x, x));
    CHECK(graph_fails_at_field(layer, AXES, WB_ERROR_LIST, 3, 2));
}
