#include "graph.h"
#include "harness.h"

enum { LISTS = FIELD(wb_transpose, lists) };

#define TRANSPOSED(input, kind, n, ...)                                                               \
    (graph_clear(), graph_node_with_list(WB_TRANSPOSE, RECORD(wb_transpose, kind, .source_count = n), \
                                         LIST(__VA_ARGS__), FROM(graph_input(input))))

#define MOVED(input, n, m, ...)                                                                               \
    (graph_clear(),                                                                                           \
     graph_node_with_list(WB_TRANSPOSE,                                                                       \
                          RECORD(wb_transpose, WB_TRANSPOSE_MOVE, .source_count = n, .destination_count = m), \
                          LIST(__VA_ARGS__), FROM(graph_input(input))))

static int32_t swapped(const char *input, int64_t axis1, int64_t axis2) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node(WB_TRANSPOSE, RECORD(wb_transpose, WB_TRANSPOSE_SWAP, 0, axis1, axis2), FROM(x));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(axes_take_the_order_that_is_given) {
    CHECK_STRING(shape(TRANSPOSED("batch 3 time 7", WB_TRANSPOSE_AXES, 4, 0, 2, -1, 1)), "batch time 7 3");
    int32_t layer = TRANSPOSED("batch 3", WB_TRANSPOSE_AXES, 3, 0, 1, 2);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 2, 3));
    layer = TRANSPOSED("batch 3", WB_TRANSPOSE_AXES, 2, 1, -1);
    CHECK(graph_fails_at_field(layer, LISTS + 1, WB_ERROR_AXIS_TWICE, -1, 0));
}

TEST(without_an_order_it_is_the_reverse) {
    graph_clear();
    int32_t layer = graph_node(WB_TRANSPOSE, RECORD(wb_transpose, WB_TRANSPOSE_AXES), FROM(graph_input("2 3 4")));
    CHECK_STRING(shape(layer), "4 3 2");
}

TEST(an_example_keeps_its_batch_in_front) {
    CHECK_STRING(shape(TRANSPOSED("batch 10 64", WB_TRANSPOSE_EXAMPLE, 2, 2, 1)), "batch 64 10");
    int32_t layer = TRANSPOSED("batch 10 64 3", WB_TRANSPOSE_EXAMPLE, 2, 2, 1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 4, 3));
    layer = TRANSPOSED("batch 10 64", WB_TRANSPOSE_EXAMPLE, 2, 1, 1);
    CHECK(graph_fails_at_field(layer, LISTS + 1, WB_ERROR_AXIS_TWICE, 1, 0));
    layer = TRANSPOSED("batch 10 64", WB_TRANSPOSE_EXAMPLE, 2, 0, 1);
    CHECK(graph_fails_at_field(layer, LISTS, WB_ERROR_TOO_SMALL, 0, 1));
    layer = TRANSPOSED("batch 10 64", WB_TRANSPOSE_EXAMPLE, 2, 1, 3);
    CHECK(graph_fails_at_field(layer, LISTS + 1, WB_ERROR_TOO_LARGE, 3, 2));
}

/* numpy.moveaxis */
TEST(moved_axes_leave_the_others_in_order) {
    CHECK_STRING(shape(MOVED("2 3 4 5", 1, 1, 0, -1)), "3 4 5 2");
    CHECK_STRING(shape(MOVED("2 3 4 5", 2, 2, 0, 1, -1, -2)), "4 5 3 2");
    CHECK_STRING(shape(MOVED("2 3 4 5", 2, 2, 3, 0, 0, 2)), "5 3 2 4");
    int32_t layer = MOVED("2 3 4 5", 2, 1, 0, 1, 2);
    CHECK(graph_fails_at_field(layer, FIELD(wb_transpose, destination_count), WB_ERROR_LIST, 1, 2));
    layer = MOVED("2 3 4 5", 2, 2, 0, 1, 2, 2);
    CHECK(graph_fails_at_field(layer, LISTS + 3, WB_ERROR_AXIS_TWICE, 2, 0));
}

TEST(two_axes_change_places) {
    CHECK_STRING(shape(swapped("batch 3 4", 1, -1)), "batch 4 3");
    CHECK_STRING(shape(swapped("batch 3 4", 2, -1)), "batch 3 4");
    int32_t layer = swapped("batch 3 4", 1, 3);
    CHECK(graph_fails_at_field(layer, FIELD(wb_transpose, axis2), WB_ERROR_AXIS, 3, 3));
}
