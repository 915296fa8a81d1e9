#include "graph.h"
#include "harness.h"

enum {
    QUERY_HEADS = FIELD(wb_attention, query_heads),
    KEY_VALUE_HEADS = FIELD(wb_attention, key_value_heads),
    KEY_DIM = FIELD(wb_attention, key_dim),
    VALUE_DIM = FIELD(wb_attention, value_dim),
    LISTS = FIELD(wb_attention, lists)
};

/* Two heads of four, with biases, as keras.layers.MultiHeadAttention(2, 4). */
#define DEFAULTS                                                                                         \
    .query_heads = 2, .key_value_heads = WB_ABSENT, .key_dim = 4, .value_dim = WB_ABSENT, .use_bias = 1, \
    .query_rank = WB_ABSENT, .sliding_window = WB_ABSENT, .cache_size = WB_ABSENT
/* As keras.layers.GroupedQueryAttention(4, 6, 2) without biases: heads of 4, six of them for two. */
#define GROUPED DEFAULTS, .query_heads = 6, .key_value_heads = 2, .query_rank = 3, .use_bias = 0, .equal_widths = 1
#define ATTENTION(...) RECORD(wb_attention, DEFAULTS, __VA_ARGS__)

static int32_t on_one(const char *query, const void *record, size_t size) {
    graph_clear();
    return graph_node(WB_ATTENTION, record, size, FROM(graph_input(query)));
}

static int32_t on_two(const char *query, const char *value, const void *record, size_t size) {
    graph_clear();
    int32_t q = graph_input(query), v = graph_input(value);
    return graph_node(WB_ATTENTION, record, size, FROM(q, v));
}

TEST(one_input_attends_to_itself) {
    int32_t layer = on_one("batch 5 8", ATTENTION(.use_gate = 0));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 5 8");
    CHECK_STRING(graph_weights(layer),
                 "query/kernel 8x2x4, query/bias 2x4, key/kernel 8x2x4, key/bias 2x4, value/kernel 8x2x4, "
                 "value/bias 2x4, attention_output/kernel 2x4x8, attention_output/bias 8");
    CHECK_EQUAL(graph_row(layer)->parameters, 288); /* 3 x (64 + 8) + 64 + 8 */
    CHECK_EQUAL(graph_row(layer)->macs, 1680);      /* 4 x 5 x 64 + 2 x 5 x 5 x 2 x 4 */
    CHECK_EQUAL(graph_row(layer)->activations, 40);
}

TEST(the_key_is_the_value_where_not_given) {
    int32_t layer = on_two("batch 5 8", "batch 7 6", ATTENTION(.use_bias = 0));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 5 8");
    CHECK_STRING(graph_weights(layer),
                 "query/kernel 8x2x4, key/kernel 6x2x4, value/kernel 6x2x4, attention_output/kernel 2x4x8");
    /* 5 x 64 + 7 x 48 + 7 x 48 + 5 x 64 for the projections, 2 x 5 x 7 x 2 x 4 for scores and values */
    CHECK_EQUAL(graph_row(layer)->macs, 1872);
}

TEST(keys_and_values_may_have_other_widths) {
    graph_clear();
    int32_t q = graph_input("batch 5 8"), v = graph_input("batch 7 6"), k = graph_input("batch 7 3");
    int32_t layer = graph_node(WB_ATTENTION, ATTENTION(.use_bias = 0, .value_dim = 10), FROM(q, v, k));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer),
                 "query/kernel 8x2x4, key/kernel 3x2x4, value/kernel 6x2x10, attention_output/kernel 2x10x8");
    /* 5 x 64 + 7 x 24 + 7 x 120 + 5 x 160 and 5 x 7 x 2 x (4 + 10) */
    CHECK_EQUAL(graph_row(layer)->macs, 3108);
}

/* Keras builds the gate behind the key. */
TEST(a_gate_is_a_fifth_projection) {
    int32_t layer = on_one("batch 5 8", ATTENTION(.use_bias = 0, .use_gate = 1, .value_dim = 3));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "query/kernel 8x2x4, key/kernel 8x2x4, gate/kernel 8x2x3, value/kernel 8x2x3, "
                                       "attention_output/kernel 2x3x8");
    /* 5 x (64 + 64 + 48 + 48 + 48) and 5 x 5 x 2 x (4 + 3) */
    CHECK_EQUAL(graph_row(layer)->macs, 1710);
}

TEST(grouped_queries_share_keys_and_values) {
    int32_t layer = on_one("batch 5 8", RECORD(wb_attention, GROUPED));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer),
                 "query/kernel 8x6x4, key/kernel 8x2x4, value/kernel 8x2x4, attention_output/kernel 6x4x8");
    /* 5 x (192 + 64 + 64 + 192), and all six heads: 2 x 5 x 5 x 6 x 4 */
    CHECK_EQUAL(graph_row(layer)->macs, 3760);
}

TEST(scores_come_out_where_asked_for) {
    int32_t layer = on_two("batch 5 8", "batch time 6", ATTENTION(.return_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->n_outputs, 2);
    CHECK_STRING(graph_output(layer, 1), "batch 2 5 time");
    CHECK_EQUAL(graph_row(layer)->macs, WB_FIRST_SYMBOL - 1); /* depends on `time` */
}

static int32_t with_lists(const char *query, int64_t n_shape, int64_t n_axes, const int64_t *list, size_t length) {
    graph_clear();
    return graph_node_with_list(
        WB_ATTENTION, ATTENTION(.output_shape_count = n_shape, .attention_axes_count = n_axes, .return_scores = 1),
        list, length, FROM(graph_input(query)));
}

TEST(the_output_may_have_another_shape) {
    int32_t layer = with_lists("batch 5 8", 2, 0, LIST(3, 7));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 5 3 7");
    CHECK_STRING(graph_weights(layer),
                 "query/kernel 8x2x4, query/bias 2x4, key/kernel 8x2x4, key/bias 2x4, value/kernel 8x2x4, "
                 "value/bias 2x4, attention_output/kernel 2x4x3x7, attention_output/bias 3x7");
}

TEST(all_axes_but_the_first_and_last_are_attended_to) {
    int32_t layer = with_lists("batch 3 5 8", 0, 0, NO_LIST);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 1), "batch 2 3 5 3 5");
    CHECK_EQUAL(graph_row(layer)->macs, 7440); /* 4 x 15 x 64 + 2 x 15 x 15 x 2 x 4 */
}

TEST(the_axes_that_are_not_attended_to_stand_beside_the_batch) {
    int32_t layer = with_lists("batch 3 5 8", 0, 1, LIST(-2));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 3 5 8");
    CHECK_STRING(graph_output(layer, 1), "batch 3 2 5 5");
    CHECK_EQUAL(graph_row(layer)->macs, 5040); /* 4 x 15 x 64 + 2 x 3 x 5 x 5 x 2 x 4 */
}

TEST(scores_may_be_averaged_or_square) {
    int32_t layer = on_two("batch 5 8", "batch 7 6", ATTENTION(.return_scores = 1, .average_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 1), "batch 5 7");
    layer = on_two("batch 5 8", "batch 7 6", ATTENTION(.return_scores = 1, .square_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 1), "batch 2 5 5");
}

/* torch.nn.MultiheadAttention(8, 2): in_proj_weight (24, 8), in_proj_bias 24, out_proj (8, 8) and 8. */
TEST(packed_projections_are_one_matrix) {
    int32_t layer = on_one("5 batch 8", ATTENTION(.packed = 1, .layout = WB_LAYOUT_TIME_FIRST, .return_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "in_projection/kernel 8x24, in_projection/bias 24, "
                                       "attention_output/kernel 8x8, attention_output/bias 8");
    CHECK_STRING(graph_output(layer, 0), "5 batch 8");
    CHECK_STRING(graph_output(layer, 1), "batch 2 5 5");
    CHECK_EQUAL(graph_row(layer)->macs, 1680); /* 4 x 5 x 64 + 2 x 5 x 5 x 2 x 4 */
}

/* torch.nn.MultiheadAttention(8, 2, kdim=6, vdim=6, add_bias_kv=True, add_zero_attn=True). */
TEST(keys_of_another_width_have_matrices_of_their_own) {
    int32_t layer = on_two("batch 5 8", "batch 7 6",
                           ATTENTION(.packed = 1, .add_bias_kv = 1, .add_zero_attn = 1, .return_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer),
                 "query/kernel 8x8, key/kernel 6x8, value/kernel 6x8, in_projection/bias 24, key_bias 1x1x8, "
                 "value_bias 1x1x8, attention_output/kernel 8x8, attention_output/bias 8");
    CHECK_STRING(graph_output(layer, 1), "batch 2 5 9");
    /* 5 x 64 + 7 x 48 + 7 x 48 + 5 x 64 for the projections, 2 x 5 x 9 x 2 x 4 for scores and values */
    CHECK_EQUAL(graph_row(layer)->macs, 2032);
}

TEST(packed_projections_are_as_wide_as_their_heads) {
    CHECK(graph_fails_at_input(on_one("batch 5 9", ATTENTION(.packed = 1)), 0, WB_ERROR_WIDTH, 9, 8));
    int32_t layer = on_one("batch 5 8", ATTENTION(.packed = 1, .use_gate = 1));
    CHECK(graph_fails_at_field(layer, FIELD(wb_attention, use_gate), WB_ERROR_NOT_PACKED, 0, 0));
    layer = on_one("batch 5 8", ATTENTION(.packed = 1, .value_dim = 3));
    CHECK(graph_fails_at_field(layer, VALUE_DIM, WB_ERROR_NOT_PACKED, 0, 0));
}

TEST(without_a_batch_there_are_two_axes) {
    int32_t layer = on_one("5 8", ATTENTION(.layout = WB_LAYOUT_UNBATCHED, .return_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 1), "2 5 5");
    CHECK(graph_fails_at_input(on_one("batch 5 8", ATTENTION(.layout = WB_LAYOUT_UNBATCHED)), 0, WB_ERROR_RANK, 3, 2));
}

TEST(every_size_has_a_least) {
    int32_t layer = on_one("batch 5 8", RECORD(wb_attention, GROUPED, .value_dim = 4));
    CHECK(graph_refuses_below(layer, QUERY_HEADS, 1));
    CHECK(graph_refuses_below(layer, KEY_VALUE_HEADS, 1));
    CHECK(graph_refuses_below(layer, KEY_DIM, 1));
    CHECK(graph_refuses_below(layer, VALUE_DIM, 1));
    layer = with_lists("batch 5 8", 2, 0, LIST(3, 7));
    CHECK(graph_refuses_below(layer, LISTS + 1, 1));
}

TEST(query_heads_divide_into_groups) {
    int32_t layer = on_one("batch 5 8", RECORD(wb_attention, GROUPED, .query_heads = 5));
    CHECK(graph_fails_at_field(layer, QUERY_HEADS, WB_ERROR_NOT_DIVISIBLE, 5, 2));
}

TEST(axes_are_those_of_the_query) {
    int32_t layer = with_lists("batch 3 5 8", 1, 1, LIST(8, 4));
    const int64_t wrong[] = {INT64_MIN, -5, 4, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        *graph_field(layer, LISTS + 1) = wrong[i];
        CHECK(graph_fails_at_field(layer, LISTS + 1, WB_ERROR_AXIS, wrong[i], 4));
    }
}

TEST(ranks_fit_each_other) {
    CHECK(graph_fails_at_input(on_one("batch 8", ATTENTION(.use_bias = 0)), 0, WB_ERROR_RANK_TOO_SMALL, 2, 3));
    CHECK(graph_fails_at_input(on_one("batch 3 5 8", RECORD(wb_attention, GROUPED)), 0, WB_ERROR_RANK, 4, 3));
    CHECK(graph_fails_at_input(on_two("batch 5 8", "batch 3 7 8", ATTENTION(.use_bias = 0)), 1, WB_ERROR_RANK, 4, 3));
}

TEST(key_and_value_stand_side_by_side) {
    graph_clear();
    int32_t q = graph_input("batch 5 8"), v = graph_input("batch 7 6"), k = graph_input("batch 9 6");
    int32_t layer = graph_node(WB_ATTENTION, ATTENTION(.use_bias = 0), FROM(q, v, k));
    CHECK(graph_fails_at_input(layer, 2, WB_ERROR_SHAPES_DIFFER, 9, 7));
}

TEST(grouped_queries_are_as_wide_as_their_values) {
    int32_t layer = on_two("batch 5 8", "batch 7 6", RECORD(wb_attention, GROUPED));
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 6, 8));
}

TEST(widths_must_be_known) {
    CHECK(graph_fails_at_input(on_one("batch 5 ?", ATTENTION(.use_bias = 0)), 0, WB_ERROR_UNKNOWN_DIMENSION, 2, 0));
    int32_t layer = on_two("batch 5 8", "batch 7 ?", ATTENTION(.use_bias = 0));
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_UNKNOWN_DIMENSION, 2, 0));
}

TEST(it_takes_one_to_three_inputs) {
    graph_clear();
    int32_t x = graph_input("batch 5 8");
    int32_t layer = graph_node(WB_ATTENTION, ATTENTION(.use_bias = 0), FROM(x, x, x, x));
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 4, 3));
}

TEST(kernels_that_do_not_fit_are_an_error) {
    int32_t layer = on_one("batch 5 8", ATTENTION(.key_dim = INT64_MAX));
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}
