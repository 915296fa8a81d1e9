#include "graph.h"
#include "harness.h"

static int32_t taken(const char *input, const char *indices, int64_t axis) {
    graph_clear();
    int32_t x = graph_input(input), y = graph_input_of(WB_DTYPE_INT32, indices);
    return graph_node(WB_TAKE_ALONG_AXIS, RECORD(wb_take_along_axis, axis), FROM(x, y));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(the_axis_has_the_size_that_the_indices_have) {
    CHECK_STRING(shape(taken("batch 12 64", "batch 3 64", 1)), "batch 3 64");
    CHECK_STRING(shape(taken("batch 12 64", "batch 12 ?", -1)), "batch 12 ?");
}

TEST(the_other_axes_are_broadcast) {
    CHECK_STRING(shape(taken("batch 12 64", "1 3 64", 1)), "batch 3 64");
    CHECK_STRING(shape(taken("1 12 64", "batch 3 64", 1)), "batch 3 64");
    int32_t layer = taken("2 12 64", "2 3 5", 1);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 5, 64));
}

TEST(without_an_axis_the_indices_are_a_list) {
    CHECK_STRING(shape(taken("4 5", "7", WB_ABSENT)), "7");
    int32_t layer = taken("4 5", "7 1", WB_ABSENT);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_RANK, 2, 1));
}

TEST(indices_have_the_tensors_rank) {
    int32_t layer = taken("4 5", "7", 0);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_RANK, 1, 2));
    layer = taken("4 5", "4 5", 2);
    CHECK(graph_fails_at_field(layer, FIELD(wb_take_along_axis, axis), WB_ERROR_AXIS, 2, 2));
}
