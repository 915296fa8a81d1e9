#include "graph.h"
#include "harness.h"

enum { KEY = FIELD(wb_subscript, key) };

#define NONE WB_ABSENT
#define INDEX(i) WB_SUBSCRIPT_INDEX, i, NONE, NONE
#define SLICE(start, stop, step) WB_SUBSCRIPT_SLICE, start, stop, step
#define ALL SLICE(NONE, NONE, NONE)
#define NEW WB_SUBSCRIPT_NEW_AXIS, NONE, NONE, NONE
#define ELLIPSIS WB_SUBSCRIPT_ELLIPSIS, NONE, NONE, NONE

#define TAKEN(input, ...) \
    (graph_clear(),       \
     graph_node_with_list(WB_SUBSCRIPT, RECORD(wb_subscript, 0), LIST(__VA_ARGS__), FROM(graph_input(input))))

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(an_index_takes_an_axis_away) {
    CHECK_STRING(shape(TAKEN("batch 5 7", ALL, INDEX(2))), "batch 7");
    CHECK_STRING(shape(TAKEN("batch 5 7", ALL, INDEX(-5), INDEX(6))), "batch");
    CHECK_STRING(shape(TAKEN("batch ?", ALL, INDEX(99))), "batch");
}

/* len(range(10)[start:stop:step]) */
TEST(a_slice_is_as_long_as_python_counts) {
    CHECK_STRING(shape(TAKEN("10", SLICE(2, 7, NONE))), "5");
    CHECK_STRING(shape(TAKEN("10", SLICE(-3, NONE, NONE))), "3");
    CHECK_STRING(shape(TAKEN("10", SLICE(NONE, -3, 2))), "4");
    CHECK_STRING(shape(TAKEN("10", SLICE(1, 99, 4))), "3");
    CHECK_STRING(shape(TAKEN("10", SLICE(NONE, NONE, -3))), "4");
    CHECK_STRING(shape(TAKEN("10", SLICE(7, 2, -2))), "3");
    CHECK_STRING(shape(TAKEN("10", SLICE(2, 7, -1))), "0");
    CHECK_STRING(shape(TAKEN("10", SLICE(-99, 99, 1))), "10");
    CHECK_STRING(shape(TAKEN("10", SLICE(99, -99, -1))), "10");
    CHECK_STRING(shape(TAKEN("10", SLICE(INT64_MIN, INT64_MAX, INT64_MAX))), "1");
    CHECK_STRING(shape(TAKEN("10", SLICE(INT64_MAX, INT64_MIN, INT64_MIN))), "1");
    CHECK_STRING(shape(TAKEN("0", SLICE(NONE, NONE, -1))), "0");
}

TEST(a_slice_of_all_leaves_an_axis_as_it_is) {
    CHECK_STRING(shape(TAKEN("batch time", ALL, ALL)), "batch time");
    CHECK_STRING(shape(TAKEN("batch time", ALL, SLICE(NONE, NONE, -1))), "batch time");
    CHECK_STRING(shape(TAKEN("batch time", ALL, SLICE(1, NONE, NONE))), "batch ?");
}

TEST(a_slice_of_the_batch_costs_what_it_leaves_of_one) {
    int32_t layer = TAKEN("batch 4", SLICE(NONE, 1, NONE));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "? 4");
    CHECK_STRING(graph_cost(layer, 0), "1 4");
}

TEST(new_axes_and_an_ellipsis_stand_between) {
    CHECK_STRING(shape(TAKEN("batch 5 7", NEW, ELLIPSIS, NEW)), "1 batch 5 7 1");
    CHECK_STRING(shape(TAKEN("batch 5 7", ELLIPSIS, INDEX(0))), "batch 5");
    CHECK_STRING(shape(TAKEN("batch 5 7", INDEX(0), ELLIPSIS, INDEX(0))), "5");
    CHECK_STRING(shape(TAKEN("batch 5", ALL, ELLIPSIS, ALL)), "batch 5");
    CHECK_STRING(shape(TAKEN("batch 5", NEW)), "1 batch 5");
}

TEST(an_empty_key_leaves_all) {
    graph_clear();
    int32_t layer = graph_node(WB_SUBSCRIPT, RECORD(wb_subscript, 0), FROM(graph_input("batch 5")));
    CHECK_STRING(shape(layer), "batch 5");
}

TEST(indices_are_there) {
    int32_t layer = TAKEN("batch 5", ALL, INDEX(5));
    CHECK(graph_fails_at_field(layer, KEY + 5, WB_ERROR_INDEX, 5, 5));
    layer = TAKEN("batch 5", ALL, INDEX(-6));
    CHECK(graph_fails_at_field(layer, KEY + 5, WB_ERROR_INDEX, -6, 5));
    layer = TAKEN("batch 5", ALL, ALL, INDEX(0));
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK_TOO_SMALL, 2, 3));
}

TEST(one_ellipsis_and_no_step_of_0) {
    int32_t layer = TAKEN("batch 5", ELLIPSIS, ELLIPSIS);
    CHECK(graph_fails_at_field(layer, KEY + 4, WB_ERROR_TWO_ELLIPSES, 0, 0));
    layer = TAKEN("batch 5", SLICE(NONE, NONE, 0));
    CHECK(graph_fails_at_field(layer, KEY + 3, WB_ERROR_NOT_ONE_OF, 0, 0));
}
