#include "graph.h"
#include "harness.h"

enum { TARGET = FIELD(wb_reshape, target_shape) };

#define RESHAPED(input, keep_batch, ...)                                                                           \
    (graph_clear(), graph_node_with_list(WB_RESHAPE, RECORD(wb_reshape, keep_batch, WB_ABSENT), LIST(__VA_ARGS__), \
                                         FROM(graph_input(input))))

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(the_same_elements_take_another_shape) {
    CHECK_STRING(shape(RESHAPED("batch 12", 1, 3, 4)), "batch 3 4");
    CHECK_STRING(shape(RESHAPED("3 4", 0, 12)), "12");
    CHECK_STRING(shape(RESHAPED("0 5", 0, 7, 0)), "7 0");
}

TEST(the_target_may_be_empty) {
    graph_clear();
    int32_t x = graph_input("batch 1 1");
    int32_t layer = graph_node(WB_RESHAPE, RECORD(wb_reshape, 1, WB_ABSENT), FROM(x));
    CHECK_STRING(shape(layer), "batch");
}

TEST(minus_one_is_what_is_left_over) {
    CHECK_STRING(shape(RESHAPED("batch 12", 1, -1, 4)), "batch 3 4");
    CHECK_STRING(shape(RESHAPED("2 12", 0, -1)), "24");
    CHECK_STRING(shape(RESHAPED("batch 0", 1, -1, 4)), "batch 0 4");
}

TEST(of_an_unknown_size_it_is_unknown_and_of_a_name_alone_the_name) {
    CHECK_STRING(shape(RESHAPED("batch ? 4", 1, -1, 2)), "batch ? 2");
    CHECK_STRING(shape(RESHAPED("batch time", 1, -1, 1)), "batch time 1");
    CHECK_STRING(shape(RESHAPED("batch time 4", 1, 2, 2)), "batch 2 2");
}

TEST(elements_must_be_as_many) {
    int32_t layer = RESHAPED("batch 12", 1, 3, 5);
    CHECK(graph_fails_at_field(layer, TARGET, WB_ERROR_RESHAPE, 12, 15));
    layer = RESHAPED("batch 12", 1, -1, 5);
    CHECK(graph_fails_at_field(layer, TARGET, WB_ERROR_RESHAPE, 12, 5));
    layer = RESHAPED("batch 12", 1, -1, 0);
    CHECK(graph_fails_at_field(layer, TARGET, WB_ERROR_RESHAPE, 12, 0));
}

TEST(sizes_are_at_least_minus_one) {
    int32_t layer = RESHAPED("batch 12", 1, 3, 4);
    CHECK(graph_refuses_below(layer, TARGET, -1));
    CHECK(graph_refuses_below(layer, TARGET + 1, -1));
}

TEST(only_one_size_may_be_left_open) {
    int32_t layer = RESHAPED("batch 12", 1, -1, -1);
    CHECK(graph_fails_at_field(layer, TARGET + 1, WB_ERROR_TWO_WILDCARDS, 0, 0));
}

TEST(a_target_past_what_fits_is_an_error_unless_a_zero_is_in_it) {
    int32_t layer = RESHAPED("batch 12", 1, INT64_MAX, 2);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    CHECK_STRING(shape(RESHAPED("batch 0", 1, INT64_MAX, 2, 0)), "batch 9223372036854775807 2 0");
}

TEST(a_batch_that_is_kept_must_be_there) {
    int32_t layer = RESHAPED("", 1, 1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
}

static int32_t unflattened(const char *input, int64_t dim) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node_with_list(WB_RESHAPE, RECORD(wb_reshape, 0, dim), LIST(2, -1), FROM(x));
}

TEST(one_axis_alone_may_take_the_shape) {
    CHECK_STRING(shape(unflattened("4 6 5", 1)), "4 2 3 5");
    CHECK_STRING(shape(unflattened("batch time 6", -1)), "batch time 2 3");
    CHECK_STRING(shape(unflattened("batch ? 6", 1)), "batch 2 ? 6");
    int32_t layer = unflattened("4 5", 1);
    CHECK(graph_fails_at_field(layer, TARGET, WB_ERROR_RESHAPE, 5, 2));
    layer = unflattened("4 6", 2);
    CHECK(graph_fails_at_field(layer, FIELD(wb_reshape, dim), WB_ERROR_AXIS, 2, 2));
}
