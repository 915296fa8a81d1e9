#include "graph.h"
#include "harness.h"

static const char *shape_of(const char *input) {
    graph_clear();
    int32_t x = graph_input(input);
    int32_t layer = graph_node(WB_FLATTEN, RECORD(wb_flatten, WB_DATA_FORMAT_DEFAULT), FROM(x));
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
