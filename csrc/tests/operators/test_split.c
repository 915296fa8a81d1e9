#include "graph.h"
#include "harness.h"

enum { AXIS = FIELD(wb_split, axis), NUM = FIELD(wb_split, num), LISTS = FIELD(wb_split, lists) };

static int32_t sections(const char *input, int64_t axis, int64_t n) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node_with_list(WB_SPLIT, RECORD(wb_split, axis, 0, WB_ABSENT, WB_FORM_ONE, 1), LIST(n), FROM(x));
}

static int32_t at_2_and_5(const char *input) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node_with_list(WB_SPLIT, RECORD(wb_split, 1, 0, WB_ABSENT, WB_FORM_LIST, 2), LIST(2, 5), FROM(x));
}

static int32_t unstacked(const char *input, int64_t num) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node(WB_SPLIT, RECORD(wb_split, 1, 1, num), FROM(x));
}

TEST(so_many_equal_pieces) {
    int32_t layer = sections("batch 12 192", -1, 3);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 3);
    CHECK_STRING(graph_output(layer, 0), "batch 12 64");
    CHECK_STRING(graph_output(layer, 2), "batch 12 64");
    layer = sections("batch ? 192", 1, 2);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 1), "batch ? 192");
    layer = sections("batch time", 1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch time");
}

TEST(equal_pieces_leave_nothing_over) {
    int32_t layer = sections("batch 10", 1, 3);
    CHECK(graph_fails_at_field(layer, LISTS, WB_ERROR_SPLIT, 10, 3));
    CHECK(graph_refuses_below(sections("batch 10", 1, 2), LISTS, 1));
    layer = sections("batch 10", 2, 2);
    CHECK(graph_fails_at_field(layer, AXIS, WB_ERROR_AXIS, 2, 2));
}

TEST(pieces_that_begin_at_indices) {
    int32_t layer = at_2_and_5("batch 9");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 2");
    CHECK_STRING(graph_output(layer, 1), "batch 3");
    CHECK_STRING(graph_output(layer, 2), "batch 4");
    layer = at_2_and_5("batch ?");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 1), "batch 3");
    CHECK_STRING(graph_output(layer, 2), "batch ?");
    CHECK_EQUAL(graph_row(layer)->n_outputs, 3);
}

TEST(indices_rise_and_stay_inside) {
    int32_t layer = at_2_and_5("batch 4");
    CHECK(graph_fails_at_field(layer, LISTS + 1, WB_ERROR_BEYOND, 5, 4));
    layer = at_2_and_5("batch 9");
    CHECK(graph_refuses_below(layer, LISTS, 0));
    CHECK(graph_refuses_below(layer, LISTS + 1, 2));
}

TEST(every_place_is_an_output_without_the_axis) {
    int32_t layer = unstacked("batch 3 64", WB_ABSENT);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 3);
    CHECK_STRING(graph_output(layer, 2), "batch 64");
    layer = unstacked("batch ? 64", 5);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 5);
}

TEST(the_number_of_outputs_must_be_known_and_right) {
    int32_t layer = unstacked("batch ? 64", WB_ABSENT);
    CHECK(graph_fails_at_field(layer, NUM, WB_ERROR_UNKNOWN_COUNT, 1, 0));
    layer = unstacked("batch 3 64", 4);
    CHECK(graph_fails_at_field(layer, NUM, WB_ERROR_SPLIT, 3, 4));
}

TEST(there_is_an_end_to_outputs) {
    int32_t layer = unstacked("batch 4097 1", WB_ABSENT);
    CHECK(graph_fails(layer, WB_ERROR_OUTPUT_LIMIT, 4097, WB_MAX_OUTPUTS));
    layer = sections("batch 8194", 1, 4097);
    CHECK(graph_fails(layer, WB_ERROR_OUTPUT_LIMIT, 4097, WB_MAX_OUTPUTS));
}
