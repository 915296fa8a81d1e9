#include "graph.h"
#include "harness.h"

enum { LEAST = FIELD(wb_elementwise, least_inputs), MOST = FIELD(wb_elementwise, most_inputs) };

static int32_t merged(int64_t batch_first, const char *a, const char *b) {
    graph_clear();
    int32_t first = graph_input(a), second = graph_input(b);
    return graph_node(WB_ELEMENTWISE, RECORD(wb_elementwise, 2, WB_ABSENT, batch_first), FROM(first, second));
}

static const char *shape_of(int64_t batch_first, const char *a, const char *b) {
    int32_t layer = merged(batch_first, a, b);
    return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL;
}

TEST(ones_give_way) {
    CHECK_STRING(shape_of(0, "4 1 3", "4 5 1"), "4 5 3");
    CHECK_STRING(shape_of(0, "4 5 3", "3"), "4 5 3");
    CHECK_STRING(shape_of(0, "3", "4 5 1"), "4 5 3");
    CHECK_STRING(shape_of(0, "", "4 5"), "4 5");
    CHECK_STRING(shape_of(0, "1", "0"), "0");
}

/* Keras: compute_elemwise_op_output_shape gives None where one of two is None. */
TEST(an_unknown_size_makes_it_unknown_and_a_name_that_meets_itself_stays) {
    CHECK_STRING(shape_of(0, "batch ? 3", "batch 5 3"), "batch ? 3");
    CHECK_STRING(shape_of(0, "batch time 3", "batch time 3"), "batch time 3");
    CHECK_STRING(shape_of(0, "batch time 3", "batch width 3"), "batch ? 3");
}

TEST(keras_merges_keep_the_batch_in_front) {
    CHECK_STRING(shape_of(1, "batch 5 3", "batch 3"), "batch 5 3");
    CHECK_STRING(shape_of(1, "? 3", "8 3"), "8 3");
    CHECK_STRING(shape_of(1, "8 3", "batch 3"), "8 3");
    CHECK_STRING(shape_of(1, "batch 3", "? 3"), "? 3");
}

TEST(the_batch_is_never_broadcast_in_keras_merges) {
    int32_t layer = merged(1, "1 3", "8 3");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 8, 1));
}

TEST(sizes_that_differ_do_not_merge) {
    int32_t layer = merged(0, "4 5 3", "4 6 3");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 6, 5));
    layer = merged(0, "0", "2");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 2, 0));
}

TEST(nothing_is_multiplied_and_accumulated) {
    int32_t layer = merged(1, "batch 5 3", "batch 5 3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
    CHECK_EQUAL(graph_row(layer)->activations, 15);
    CHECK_EQUAL(graph_row(layer)->parameters, 0);
}

TEST(costs_merge_like_sizes) {
    int32_t layer = merged(0, "batch 3", "1 3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_cost(layer, 0), "1 3");
    layer = merged(0, "time 3", "1 3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_cost(layer, 0), "time 3");
}

TEST(the_number_of_inputs_is_what_the_layer_says) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t layer = graph_node(WB_ELEMENTWISE, RECORD(wb_elementwise, 2, 2, 1), FROM(x, x, x));
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 3, 2));
    *graph_field(layer, LEAST) = 4;
    *graph_field(layer, MOST) = WB_ABSENT;
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 3, 4));
    *graph_field(layer, LEAST) = 1;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 3");
}

TEST(nothing_cannot_be_merged_even_where_no_input_is_asked_for) {
    graph_clear();
    int32_t layer = graph_node(WB_ELEMENTWISE, RECORD(wb_elementwise, 0, WB_ABSENT, 0), FROM_NOTHING);
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 0, 1));
}
