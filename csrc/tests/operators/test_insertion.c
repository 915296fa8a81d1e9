#include "graph.h"
#include "harness.h"

enum { SIZE = FIELD(wb_insertion, size), AXIS = FIELD(wb_insertion, axis) };

#define EXPANDED(input, size, form, ...)                                                                         \
    (graph_clear(), graph_node_with_list(WB_INSERTION, RECORD(wb_insertion, size, WB_ABSENT, .axis_form = form), \
                                         LIST(__VA_ARGS__), FROM(graph_input(input))))

static int32_t stacked(const char *a, const char *b, int64_t axis) {
    graph_clear();
    int32_t x = graph_input(a), y = graph_input(b);
    return graph_node_with_list(WB_INSERTION, RECORD(wb_insertion, WB_ABSENT, WB_ABSENT, .axis_form = WB_FORM_ONE),
                                LIST(axis), FROM(x, y));
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(axes_stand_where_the_output_has_them) {
    CHECK_STRING(shape(EXPANDED("batch time", 1, WB_FORM_ONE, 0)), "1 batch time");
    CHECK_STRING(shape(EXPANDED("batch time", 1, WB_FORM_ONE, -1)), "batch time 1");
    CHECK_STRING(shape(EXPANDED("batch time", 7, WB_FORM_ONE, 1)), "batch 7 time");
    CHECK_STRING(shape(EXPANDED("batch time", 1, WB_FORM_LIST, -2, 0)), "1 batch 1 time");
}

TEST(without_an_axis_it_stands_last) {
    graph_clear();
    int32_t x = graph_input("batch 4");
    int32_t layer = graph_node(WB_INSERTION, RECORD(wb_insertion, 1, WB_ABSENT), FROM(x));
    CHECK_STRING(shape(layer), "batch 4 1");
}

TEST(inputs_are_stacked_in_their_order) {
    CHECK_STRING(shape(stacked("batch 4", "batch 4", 1)), "batch 2 4");
    CHECK_STRING(shape(stacked("batch ?", "batch 4", -1)), "batch ? 2");
    CHECK_STRING(shape(stacked("", "", 0)), "2");
    int32_t layer = stacked("batch 4", "batch 5", 0);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 5, 4));
    layer = stacked("batch 4", "batch 4 1", 0);
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_RANK, 3, 2));
}

TEST(axes_are_different_and_there) {
    int32_t layer = EXPANDED("batch 4", 1, WB_FORM_LIST, 1, -3);
    CHECK(graph_fails_at_field(layer, AXIS + 1, WB_ERROR_AXIS_TWICE, -3, 0));
    layer = EXPANDED("batch 4", 1, WB_FORM_ONE, 3);
    CHECK(graph_fails_at_field(layer, AXIS, WB_ERROR_AXIS, 3, 3));
}

TEST(there_may_be_no_classes) {
    int32_t layer = EXPANDED("batch 4", 3, WB_FORM_ONE, 1);
    CHECK(graph_refuses_below(layer, SIZE, 0));
}

TEST(a_sequence_has_a_step) {
    graph_clear();
    int32_t x = graph_input("batch 4");
    int32_t layer = graph_node_with_list(WB_INSERTION, RECORD(wb_insertion, 3, 2, 0, WB_FORM_ONE), LIST(1), FROM(x));
    CHECK(graph_refuses_below(layer, SIZE, 1));
}

TEST(a_rank_may_be_asked_for) {
    graph_clear();
    int32_t x = graph_input("batch 4 5");
    int32_t layer = graph_node_with_list(WB_INSERTION, RECORD(wb_insertion, 3, 2, 0, WB_FORM_ONE), LIST(1), FROM(x));
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 3, 2));
}

TEST(one_tensor_is_expanded_and_any_number_stacked) {
    graph_clear();
    int32_t x = graph_input("batch 4");
    int32_t layer = graph_node(WB_INSERTION, RECORD(wb_insertion, 1, WB_ABSENT), FROM(x, x));
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 2, 1));
    graph_clear();
    layer = graph_node(WB_INSERTION, RECORD(wb_insertion, WB_ABSENT, WB_ABSENT), FROM_NOTHING);
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 0, 1));
}

TEST(too_many_axes_are_refused) {
    graph_clear();
    int32_t x = graph_input("1 1 1");
    graph_settings()->max_rank = 4;
    int32_t layer =
        graph_node_with_list(WB_INSERTION, RECORD(wb_insertion, 1, WB_ABSENT, 0, WB_FORM_LIST), LIST(0, 1), FROM(x));
    CHECK(graph_fails(layer, WB_ERROR_RANK_LIMIT, 5, 4));
}
