#include "graph.h"
#include "harness.h"

enum { AXIS = FIELD(wb_concatenation, axis) };

static int32_t joined(int64_t axis, const char *a, const char *b) {
    graph_clear();
    int32_t first = graph_input(a), second = graph_input(b);
    return graph_node(WB_CONCATENATION, RECORD(wb_concatenation, axis), FROM(first, second));
}

static const char *shape_of(int64_t axis, const char *a, const char *b) {
    int32_t layer = joined(axis, a, b);
    return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL;
}

TEST(sizes_along_the_axis_add_up) {
    CHECK_STRING(shape_of(1, "batch 2 5", "batch 3 5"), "batch 5 5");
    CHECK_STRING(shape_of(-1, "batch 2 5", "batch 2 7"), "batch 2 12");
    CHECK_STRING(shape_of(-3, "1 2 5", "4 2 5"), "5 2 5");
    CHECK_STRING(shape_of(0, "0 2", "4 2"), "4 2");
}

TEST(with_an_unknown_size_the_sum_is_unknown) {
    CHECK_STRING(shape_of(1, "batch ? 5", "batch 3 5"), "batch ? 5");
    CHECK_STRING(shape_of(1, "batch time 5", "batch time 5"), "batch ? 5");
    CHECK_STRING(shape_of(1, "batch time 5", "batch 0 5"), "batch time 5");
}

/* Keras takes the other dimensions from the first input. */
TEST(unknown_sizes_beside_the_axis_are_not_compared) {
    CHECK_STRING(shape_of(2, "batch ? 5", "batch 3 6"), "batch ? 11");
    CHECK_STRING(shape_of(2, "batch 3 5", "batch time 6"), "batch 3 11");
}

TEST(the_batch_along_the_axis_costs_one_each) {
    int32_t layer = joined(0, "batch 3", "batch 3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "? 3");
    CHECK_STRING(graph_cost(layer, 0), "2 3");
}

TEST(any_number_of_inputs_goes_but_none) {
    graph_clear();
    int32_t x = graph_input("batch 2");
    int32_t one = graph_node(WB_CONCATENATION, RECORD(wb_concatenation, 1), FROM(x));
    int32_t four = graph_node(WB_CONCATENATION, RECORD(wb_concatenation, 1), FROM(x, x, x, x));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(one, 0), "batch 2");
    CHECK_STRING(graph_output(four, 0), "batch 8");
    int32_t none = graph_node(WB_CONCATENATION, RECORD(wb_concatenation, 1), FROM_NOTHING);
    CHECK(graph_fails(none, WB_ERROR_INPUT_COUNT, 0, 1));
}

TEST(other_sizes_must_agree) {
    int32_t layer = joined(1, "batch 2 5", "batch 3 6");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 6, 5));
    layer = joined(1, "batch 2 5", "batch 3");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_RANK, 2, 3));
    layer = joined(0, "", "");
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
    graph_clear();
    int32_t open = graph_input("batch ? 5"), three = graph_input("batch 3 5"), four = graph_input("batch 4 5");
    layer = graph_node(WB_CONCATENATION, RECORD(wb_concatenation, 2), FROM(open, three, four));
    CHECK(graph_fails_at_input(layer, 2, WB_ERROR_SHAPES_DIFFER, 4, 3));
}

TEST(the_axis_is_one_of_the_first_input) {
    int32_t layer = joined(0, "batch 2 5", "batch 3 6");
    const int64_t wrong[] = {INT64_MIN, -4, 3, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        *graph_field(layer, AXIS) = wrong[i];
        CHECK(graph_fails_at_field(layer, AXIS, WB_ERROR_AXIS, wrong[i], 3));
    }
}

TEST(a_sum_that_does_not_fit_is_an_error) {
    int32_t layer = joined(1, "batch 9223372036854775807", "batch 1");
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(integers_stay_integers) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_INT32, "batch 2");
    int32_t layer = graph_node(WB_CONCATENATION, RECORD(wb_concatenation, 1), FROM(x, x));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_INT32);
}
