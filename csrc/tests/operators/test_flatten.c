#include "graph.h"
#include "harness.h"

static const char *shape_of(const char *input) {
    graph_clear();
    int32_t x = graph_input(input);
    int32_t layer = graph_flatten(x);
    return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL;
}

TEST(all_but_the_batch_becomes_one_axis) {
    CHECK_STRING(shape_of("batch 3 3 64"), "batch 576"); /* 3 x 3 x 64 */
    CHECK_STRING(shape_of("8 5"), "8 5");
    CHECK_STRING(shape_of("8 5 0"), "8 0");
    CHECK_STRING(shape_of("batch"), "batch 1");
}

TEST(unknown_sizes_make_it_unknown_and_a_name_alone_stays) {
    CHECK_STRING(shape_of("batch ? 64"), "batch ?");
    CHECK_STRING(shape_of("batch time 64"), "batch ?");
    CHECK_STRING(shape_of("batch time 1"), "batch time");
    CHECK_STRING(shape_of("batch time 0"), "batch 0");
}

TEST(the_cost_keeps_what_it_depends_on) {
    CHECK_STRING(shape_of("? time 64"), "? ?");
    CHECK_STRING(graph_cost(1, 0), "1 time");
}

TEST(it_needs_an_axis_to_keep) {
    CHECK_STRING(shape_of(""), NULL);
    CHECK(graph_fails_at_input(1, 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
}

TEST(a_product_past_what_fits_is_an_error_unless_a_zero_is_in_it) {
    CHECK_STRING(shape_of("batch 4294967296 4294967296"), NULL); /* 2^64 */
    CHECK(graph_fails(1, WB_ERROR_OVERFLOW, 0, 0));
    CHECK_STRING(shape_of("batch 4294967296 4294967296 0"), "batch 0");
}

static int32_t flattened(const char *input, int64_t start, int64_t end) {
    graph_clear();
    int32_t x = graph_input(input);
    return graph_node(WB_FLATTEN, RECORD(wb_flatten, start, end), FROM(x));
}

TEST(any_neighbours_become_one_axis) {
    CHECK_EQUAL(flattened("2 3 4 5", -3, -2), 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(1, 0), "2 12 5");
    (void)flattened("2 3 4 5", 0, -1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(1, 0), "120");
    (void)flattened("batch time", 1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(1, 0), "batch time");
}

TEST(the_last_of_them_is_not_before_the_first) {
    int32_t layer = flattened("2 3 4", 2, 1);
    CHECK(graph_fails_at_field(layer, FIELD(wb_flatten, end_dim), WB_ERROR_TOO_SMALL, 1, 2));
    layer = flattened("2 3 4", 3, -1);
    CHECK(graph_fails_at_field(layer, FIELD(wb_flatten, start_dim), WB_ERROR_AXIS, 3, 3));
    layer = flattened("2 3 4", 1, -4);
    CHECK(graph_fails_at_field(layer, FIELD(wb_flatten, end_dim), WB_ERROR_AXIS, -4, 3));
}
