#include "graph.h"
#include "harness.h"

enum { LISTS = FIELD(wb_slice, lists) };

static int32_t sliced(const char *input, int64_t start, int64_t size) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node_with_list(WB_SLICE, RECORD(wb_slice, WB_FORM_LIST, 2, 2), LIST(0, start, -1, size), FROM(x));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(the_size_is_given) {
    CHECK_STRING(shape(sliced("batch 8", 3, 4)), "batch 4");
    CHECK_STRING(shape(sliced("batch ?", 3, 4)), "batch 4");
    CHECK_STRING(shape(sliced("batch 8", 8, 0)), "batch 0");
}

TEST(minus_one_is_what_is_behind_the_start) {
    CHECK_STRING(shape(sliced("batch 8", 3, -1)), "batch 5");
    CHECK_STRING(shape(sliced("batch time", 0, -1)), "batch time");
    CHECK_STRING(shape(sliced("batch time", 3, -1)), "batch ?");
}

TEST(a_start_that_is_a_tensor_leaves_minus_one_open) {
    graph_clear();
    int32_t x = graph_input("batch 8"), start = graph_input("2");
    int32_t layer = graph_node_with_list(WB_SLICE, RECORD(wb_slice, WB_FORM_NULL, 0, 2), LIST(1, -1), FROM(x, start));
    CHECK_STRING(shape(layer), "1 ?");
}

TEST(nothing_is_behind_the_end) {
    int32_t layer = sliced("batch 8", 5, 4);
    CHECK(graph_fails_at_field(layer, LISTS + 3, WB_ERROR_BEYOND, 9, 8));
    layer = sliced("batch 8", 9, -1);
    CHECK(graph_fails_at_field(layer, LISTS + 3, WB_ERROR_BEYOND, 9, 8));
    layer = sliced("batch 8", INT64_MAX, 1);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(there_is_a_start_and_a_size_for_each_axis) {
    int32_t layer = sliced("batch 8 3", 1, 2);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 3, 2));
    graph_clear();
    int32_t x = graph_input("batch 8");
    layer = graph_node_with_list(WB_SLICE, RECORD(wb_slice, WB_FORM_LIST, 1, 2), LIST(0, -1, 4), FROM(x));
    CHECK(graph_fails_at_field(layer, FIELD(wb_slice, start_indices_count), WB_ERROR_LIST, 1, 2));
}

TEST(starts_are_not_below_0_and_sizes_not_below_minus_one) {
    int32_t layer = sliced("batch 8", 1, 2);
    CHECK(graph_refuses_below(layer, LISTS + 1, 0));
    CHECK(graph_refuses_below(layer, LISTS + 3, -1));
}
