#include "graph.h"
#include "harness.h"

enum { SIZES = FIELD(wb_broadcast_to, shape) };

#define STRETCHED(input, ...) \
    (graph_clear(),           \
     graph_node_with_list(WB_BROADCAST_TO, RECORD(wb_broadcast_to, 0), LIST(__VA_ARGS__), FROM(graph_input(input))))

static int32_t stretched_like(const char *input, const char *model) {
    graph_clear();
    int32_t x = graph_input(input), y = graph_input(model);
    return graph_node_with_list(WB_BROADCAST_TO, RECORD(wb_broadcast_to, 0), LIST(-1, 1, 8), FROM(x, y));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(ones_are_stretched_and_axes_come_before) {
    CHECK_STRING(shape(STRETCHED("1 8", 4, 3, 8)), "4 3 8");
    CHECK_STRING(shape(STRETCHED("", 2)), "2");
    CHECK_STRING(shape(STRETCHED("time 8", 5, 8)), "5 8");
}

TEST(minus_one_is_what_the_axis_has) {
    CHECK_STRING(shape(STRETCHED("batch 1 8", -1, 3, -1)), "batch 3 8");
    CHECK_STRING(shape(STRETCHED("time 8", 2, -1, 8)), "2 time 8");
}

TEST(a_second_input_tells_sizes) {
    int32_t layer = stretched_like("1 1 8", "batch 196 8");
    CHECK_STRING(shape(layer), "batch 1 8");
    CHECK_STRING(graph_cost(layer, 0), "1 1 8");
    layer = stretched_like("1 1 8", "196 8");
    CHECK(graph_fails_at_field(layer, SIZES, WB_ERROR_AXIS, -1, 2));
}

TEST(only_ones_are_stretched) {
    int32_t layer = STRETCHED("4 8", 5, 8);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_SHAPES_DIFFER, 4, 5));
    layer = STRETCHED("4 5 8", 5, 8);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 3, 2));
}

TEST(sizes_are_at_least_minus_one) {
    int32_t layer = STRETCHED("1 8", 4, 8);
    CHECK(graph_refuses_below(layer, SIZES, -1));
}
