#include "graph.h"
#include "harness.h"

enum { LEAST = FIELD(wb_elementwise, least_inputs), MOST = FIELD(wb_elementwise, most_inputs) };

static int32_t merged(int64_t batch_first, const char *a, const char *b) {
    graph_clear();
    int32_t first = graph_input(a), second = graph_input(b);
    return graph_node(WB_ELEMENTWISE,
                      RECORD(wb_elementwise, .least_inputs = 2, .most_inputs = WB_ABSENT, .batch_first = batch_first),
                      FROM(first, second));
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
TEST(in_a_merge_an_unknown_size_makes_it_unknown_and_a_name_that_meets_itself_stays) {
    CHECK_STRING(shape_of(1, "batch ? 3", "batch 5 3"), "batch ? 3");
    CHECK_STRING(shape_of(1, "batch time 3", "batch time 3"), "batch time 3");
    CHECK_STRING(shape_of(1, "batch time 3", "batch width 3"), "batch ? 3");
    CHECK_STRING(shape_of(1, "batch time 3", "batch 1 3"), "batch ? 3");
}

TEST(in_a_merge_what_only_one_input_has_stays_as_it_is) {
    CHECK_STRING(shape_of(1, "batch time 3", "batch 3"), "batch time 3");
    CHECK_STRING(shape_of(1, "batch 3", "batch time 3"), "batch time 3");
    CHECK_STRING(shape_of(1, "batch", "batch time 3"), "batch time 3");
}

/* Keras: broadcast_shapes of its operations takes the number that is known. */
TEST(in_an_operation_an_unknown_size_gives_way_to_a_number_but_not_to_1) {
    CHECK_STRING(shape_of(0, "batch ? 3", "batch 5 3"), "batch 5 3");
    CHECK_STRING(shape_of(0, "? 3", "1 3"), "? 3");
    CHECK_STRING(shape_of(0, "1 3", "batch 3"), "batch 3");
    CHECK_STRING(shape_of(0, "batch time", "8 time"), "8 time");
    CHECK_STRING(shape_of(0, "time 3", "width 3"), "? 3");
    CHECK_STRING(shape_of(0, "? 3", "0 3"), "0 3");
}

TEST(a_constant_is_broadcast_with_the_inputs) {
    graph_clear();
    int32_t layer = graph_node_with_list(
        WB_ELEMENTWISE, RECORD(wb_elementwise, .least_inputs = 1, .most_inputs = 1, .constant_shape_count = 3),
        LIST(4, 1, 3), FROM(graph_input("5 1")));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "4 5 3");
    CHECK(graph_refuses_below(layer, FIELD(wb_elementwise, lists) + 2, 0));
    *graph_field(layer, FIELD(wb_elementwise, lists) + 1) = 2;
    CHECK(graph_fails_at_field(layer, FIELD(wb_elementwise, lists) + 1, WB_ERROR_SHAPES_DIFFER, 2, 5));
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
    int32_t layer = graph_node(
        WB_ELEMENTWISE, RECORD(wb_elementwise, .least_inputs = 2, .most_inputs = 2, .batch_first = 1), FROM(x, x, x));
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
    int32_t layer =
        graph_node(WB_ELEMENTWISE,
                   RECORD(wb_elementwise, .least_inputs = 0, .most_inputs = WB_ABSENT, .batch_first = 0), FROM_NOTHING);
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 0, 1));
}

TEST(a_merge_takes_no_scalar) {
    int32_t layer = merged(1, "batch 5", "");
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_RANK_TOO_SMALL, 0, 1));
}

static int32_t dtype_of(int64_t result, enum wb_dtype a, enum wb_dtype b) {
    graph_clear();
    int32_t first = graph_input_of(a, "4"), second = graph_input_of(b, "4");
    int32_t layer = graph_node(WB_ELEMENTWISE, RECORD(wb_elementwise, 2, 2, 0, result), FROM(first, second));
    return graph_evaluate() == WB_DONE ? graph_tensor(layer, 0)->dtype : -1;
}

/* As `jax.numpy.promote_types` has them, but for 64 bits, which stay. */
TEST(dtypes_are_promoted) {
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_INT8, WB_DTYPE_INT32), WB_DTYPE_INT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_UINT8, WB_DTYPE_INT8), WB_DTYPE_INT16);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_INT32, WB_DTYPE_UINT32), WB_DTYPE_INT64);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_UINT16, WB_DTYPE_INT32), WB_DTYPE_INT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_UINT64, WB_DTYPE_INT8), WB_DTYPE_FLOAT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_BOOL, WB_DTYPE_UINT8), WB_DTYPE_UINT8);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_INT64, WB_DTYPE_FLOAT16), WB_DTYPE_FLOAT16);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_BFLOAT16, WB_DTYPE_FLOAT16), WB_DTYPE_FLOAT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_PROMOTED, WB_DTYPE_FLOAT64, WB_DTYPE_COMPLEX64), WB_DTYPE_COMPLEX128);
}

TEST(a_rule_tells_the_dtype_of_the_result) {
    CHECK_EQUAL(dtype_of(WB_RESULT_LAYER, WB_DTYPE_FLOAT16, WB_DTYPE_FLOAT16), WB_DTYPE_FLOAT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_INPUT, WB_DTYPE_FLOAT16, WB_DTYPE_FLOAT64), WB_DTYPE_FLOAT16);
    CHECK_EQUAL(dtype_of(WB_RESULT_CHOSEN, WB_DTYPE_BOOL, WB_DTYPE_FLOAT16), WB_DTYPE_FLOAT16);
    CHECK_EQUAL(dtype_of(WB_RESULT_FLOATING, WB_DTYPE_INT8, WB_DTYPE_INT8), WB_DTYPE_FLOAT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_FLOATING, WB_DTYPE_INT8, WB_DTYPE_BFLOAT16), WB_DTYPE_BFLOAT16);
    CHECK_EQUAL(dtype_of(WB_RESULT_SUM, WB_DTYPE_INT8, WB_DTYPE_INT8), WB_DTYPE_INT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_SUM, WB_DTYPE_UINT8, WB_DTYPE_UINT8), WB_DTYPE_UINT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_SUM, WB_DTYPE_INT64, WB_DTYPE_INT64), WB_DTYPE_INT64);
    CHECK_EQUAL(dtype_of(WB_RESULT_INDEX, WB_DTYPE_FLOAT64, WB_DTYPE_FLOAT64), WB_DTYPE_INT32);
    CHECK_EQUAL(dtype_of(WB_RESULT_BOOL, WB_DTYPE_FLOAT64, WB_DTYPE_FLOAT64), WB_DTYPE_BOOL);
    CHECK_EQUAL(dtype_of(WB_RESULT_OWN, WB_DTYPE_INT8, WB_DTYPE_INT8), WB_DTYPE_FLOAT32);
}
