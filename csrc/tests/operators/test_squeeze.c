#include "graph.h"
#include "harness.h"

enum { AXIS = FIELD(wb_squeeze, axis) };

#define SQUEEZED(input, ...) \
    (graph_clear(),          \
     graph_node_with_list(WB_SQUEEZE, RECORD(wb_squeeze, WB_FORM_LIST), LIST(__VA_ARGS__), FROM(graph_input(input))))

static int32_t squeezed_whole(const char *input) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node(WB_SQUEEZE, RECORD(wb_squeeze, WB_FORM_NULL), FROM(x));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(axes_of_size_1_go) {
    CHECK_STRING(shape(SQUEEZED("batch 1 1 64", 1, -2)), "batch 64");
    CHECK_STRING(shape(SQUEEZED("batch 1 1 64", 2)), "batch 1 64");
}

TEST(without_axes_all_that_are_known_to_be_1_go) {
    CHECK_STRING(shape(squeezed_whole("1 batch 1 ? 1 64")), "batch ? 64");
    CHECK_STRING(shape(squeezed_whole("1")), "");
}

TEST(others_stay) {
    int32_t layer = SQUEEZED("batch 2 64", 1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_NOT_ONE, 1, 2));
    layer = SQUEEZED("batch ? 64", 1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_NOT_ONE, 1, WB_UNKNOWN));
    layer = SQUEEZED("batch 1 64", 3);
    CHECK(graph_fails_at_field(layer, AXIS, WB_ERROR_AXIS, 3, 3));
    layer = SQUEEZED("batch 1 64", 1, 1);
    CHECK(graph_fails_at_field(layer, AXIS + 1, WB_ERROR_AXIS_TWICE, 1, 0));
}
