#include "graph.h"
#include "harness.h"

enum { AXIS = FIELD(wb_reduction, axis) };

#define REDUCED(input, keepdims, ...)                                                                             \
    (graph_clear(), graph_node_with_list(WB_REDUCTION, RECORD(wb_reduction, keepdims, .axis_form = WB_FORM_LIST), \
                                         LIST(__VA_ARGS__), FROM(graph_input(input))))

static int32_t reduced_whole(const char *input, int64_t keepdims) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node(WB_REDUCTION, RECORD(wb_reduction, keepdims, .axis_form = WB_FORM_NULL), FROM(x));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(axes_go_or_stay_with_size_1) {
    CHECK_STRING(shape(REDUCED("batch 7 8 64", 0, 1, 2)), "batch 64");
    CHECK_STRING(shape(REDUCED("batch 7 8 64", 1, 1, 2)), "batch 1 1 64");
    CHECK_STRING(shape(REDUCED("batch time 64", 0, -1)), "batch time");
    CHECK_STRING(shape(REDUCED("batch ? 64", 0, -2)), "batch 64");
}

TEST(without_axes_all_go) {
    CHECK_STRING(shape(reduced_whole("batch 7 64", 0)), "");
    CHECK_STRING(shape(reduced_whole("batch 7 64", 1)), "1 1 1");
    CHECK_STRING(shape(reduced_whole("", 1)), "");
}

TEST(an_empty_list_is_no_axis) {
    graph_clear();
    int32_t x = graph_input("batch 7");
    int32_t layer = graph_node(WB_REDUCTION, RECORD(wb_reduction, .axis_form = WB_FORM_LIST), FROM(x));
    CHECK_STRING(shape(layer), "batch 7");
}

TEST(axes_are_different_and_there) {
    int32_t layer = REDUCED("batch 7 64", 0, 1, -2);
    CHECK(graph_fails_at_field(layer, AXIS + 1, WB_ERROR_AXIS_TWICE, -2, 0));
    layer = REDUCED("batch 7 64", 0, 1, 3);
    CHECK(graph_fails_at_field(layer, AXIS + 1, WB_ERROR_AXIS, 3, 3));
    layer = REDUCED("7", 0, 0, 0, 0);
    CHECK(graph_fails_at_field(layer, AXIS + 1, WB_ERROR_AXIS_TWICE, 0, 0));
}

TEST(nothing_is_multiplied_and_accumulated) {
    int32_t layer = REDUCED("batch 7 64", 0, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
    CHECK_EQUAL(graph_row(layer)->activations, 64);
}
