#include "graph.h"
#include "harness.h"

enum { AXIS = FIELD(wb_repeat, axis), REPEATS = FIELD(wb_repeat, repeats) };

#define REPEATED(input, axis, ...) \
    (graph_clear(),                \
     graph_node_with_list(WB_REPEAT, RECORD(wb_repeat, axis), LIST(__VA_ARGS__), FROM(graph_input(input))))

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(every_element_comes_so_many_times) {
    CHECK_STRING(shape(REPEATED("batch 3 5", 1, 4)), "batch 12 5");
    CHECK_STRING(shape(REPEATED("batch time 5", -2, 1)), "batch time 5");
    CHECK_STRING(shape(REPEATED("batch time 5", -2, 2)), "batch ? 5");
}

TEST(each_element_may_have_its_number) {
    CHECK_STRING(shape(REPEATED("batch 3", 1, 1, 0, 4)), "batch 5");
    CHECK_STRING(shape(REPEATED("batch ?", 1, 1, 0, 4)), "batch ?");
    int32_t layer = REPEATED("batch 3", 1, 1, 2);
    CHECK(graph_fails_at_field(layer, REPEATS, WB_ERROR_LENGTH, 2, 3));
}

TEST(without_an_axis_all_are_one) {
    CHECK_STRING(shape(REPEATED("2 3", WB_ABSENT, 2)), "12");
    CHECK_STRING(shape(REPEATED("2 ?", WB_ABSENT, 2)), "?");
    CHECK_STRING(shape(REPEATED("2", WB_ABSENT, 3, 4)), "7");
}

TEST(numbers_are_there_and_not_below_0) {
    int32_t layer = REPEATED("batch 3", 1, 1, 2, 3);
    CHECK(graph_refuses_below(layer, REPEATS + 1, 0));
    layer = REPEATED("batch 3", 2, 1);
    CHECK(graph_fails_at_field(layer, AXIS, WB_ERROR_AXIS, 2, 2));
    graph_clear();
    layer = graph_node(WB_REPEAT, RECORD(wb_repeat, 0), FROM(graph_input("3")));
    CHECK(graph_fails_at_field(layer, REPEATS, WB_ERROR_LIST, 0, 1));
}

TEST(more_than_fits_is_an_error) {
    int32_t layer = REPEATED("batch 3", 1, INT64_MAX);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    layer = REPEATED("2", 0, INT64_MAX, 1);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}
