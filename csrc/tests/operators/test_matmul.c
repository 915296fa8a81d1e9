#include "graph.h"
#include "harness.h"

static int32_t product(const char *a, const char *b) {
    graph_clear();
    int32_t x = graph_input(a), y = graph_input(b);
    return graph_node(WB_MATMUL, RECORD(wb_matmul, WB_RESULT_PROMOTED), FROM(x, y));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(the_inner_axes_go) {
    CHECK_STRING(shape(product("2 3", "3 5")), "2 5");
    CHECK_STRING(shape(product("batch 8 12 64", "batch 8 64 12")), "batch 8 12 12");
    CHECK_STRING(shape(product("batch time 64", "64 7")), "batch time 7");
}

TEST(stacks_of_matrices_are_broadcast) {
    CHECK_STRING(shape(product("4 1 2 3", "5 3 7")), "4 5 2 7");
    CHECK_STRING(shape(product("2 3", "batch 3 7")), "batch 2 7");
    CHECK_STRING(shape(product("? 2 3", "8 3 7")), "8 2 7");
    int32_t layer = product("4 2 3", "5 3 7");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 5, 4));
}

TEST(a_vector_is_a_row_or_a_column_that_goes) {
    CHECK_STRING(shape(product("3", "3")), "");
    CHECK_STRING(shape(product("3", "4 3 5")), "4 5");
    CHECK_STRING(shape(product("4 5 3", "3")), "4 5");
}

/* 8 heads, 12 x 12 scores, 64 products each. */
TEST(every_output_is_a_sum_of_products) {
    int32_t layer = product("batch 8 12 64", "batch 8 64 12");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 8 * 12 * 12 * 64);
    CHECK_EQUAL(graph_row(layer)->parameters, 0);
    layer = product("3", "3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 3);
}

TEST(either_input_tells_the_size_that_is_summed) {
    int32_t layer = product("2 ?", "3 5");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 2 * 5 * 3);
    layer = product("2 3", "time 5");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 2 * 5 * 3);
    layer = product("2 time", "time 5");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK(graph_row(layer)->macs < 0);
}

TEST(the_inner_sizes_are_the_same) {
    int32_t layer = product("2 3", "4 5");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 4, 3));
    layer = product("", "4 5");
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
}
