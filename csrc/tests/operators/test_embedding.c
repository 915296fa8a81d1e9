#include "graph.h"
#include "harness.h"

enum { INPUT_DIM = FIELD(wb_embedding, input_dim), OUTPUT_DIM = FIELD(wb_embedding, output_dim) };

static int32_t embedding(const char *input, int64_t input_dim, int64_t output_dim) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_INT32, input);
    return graph_embedding(x, input_dim, output_dim);
}

TEST(each_index_becomes_a_row_of_the_table) {
    int32_t layer = embedding("batch ?", 50257, 12288);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch ? 12288");
    CHECK_STRING(graph_weights(layer), "embeddings 50257x12288");
    CHECK_EQUAL(graph_row(layer)->parameters, 617558016); /* 50,257 x 12,288, GPT-3's */
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_FLOAT32);
}

TEST(a_look_up_multiplies_nothing) {
    int32_t layer = embedding("batch 7", 100, 8);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
    CHECK_EQUAL(graph_row(layer)->activations, 56);
}

TEST(a_scalar_becomes_one_row) {
    int32_t layer = embedding("", 100, 8);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "8");
}

TEST(the_table_has_at_least_one_row_and_column) {
    int32_t layer = embedding("batch 7", 100, 8);
    CHECK(graph_refuses_below(layer, INPUT_DIM, 1));
    CHECK(graph_refuses_below(layer, OUTPUT_DIM, 1));
}

TEST(both_sizes_may_be_wrong_at_once) {
    int32_t layer = embedding("batch 7", 0, -3);
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    CHECK(graph_error_is(0, (wb_error){WB_ERROR_TOO_SMALL, layer, INPUT_DIM, -1, 0, 1}));
    CHECK(graph_error_is(1, (wb_error){WB_ERROR_TOO_SMALL, layer, OUTPUT_DIM, -1, -3, 1}));
    CHECK_EQUAL(graph_result()->n_errors, 2);
}

TEST(a_table_past_what_fits_is_an_error) {
    int32_t layer = embedding("batch 7", INT64_MAX, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    *graph_field(layer, OUTPUT_DIM) = 2;
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(the_new_axis_counts_towards_the_limit_on_ranks) {
    int32_t layer = embedding("batch 7", 100, 8);
    graph_settings()->max_rank = 2;
    CHECK(graph_fails(layer, WB_ERROR_RANK_LIMIT, 3, 2));
}

TEST(it_takes_one_input) {
    graph_clear();
    int32_t layer = graph_node(
        WB_EMBEDDING, RECORD(wb_embedding, .input_dim = 3, .output_dim = 4, .adaptation = UNADAPTED), FROM_NOTHING);
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 0, 1));
}

static int32_t called(const wb_embedding *record, const char *first, const char *second) {
    graph_clear();
    int32_t x = graph_input(first);
    if (second == NULL) {
        return graph_node(WB_EMBEDDING, record, sizeof *record, FROM(x));
    }
    return graph_node(WB_EMBEDDING, record, sizeof *record, FROM(x, graph_input(second)));
}

TEST(the_way_back_multiplies_with_the_table) {
    const wb_embedding back = {100, 8, WB_EMBEDDING_CALL_REVERSE};
    int32_t layer = called(&back, "batch 7 8", NULL);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 7 100");
    CHECK_STRING(graph_weights(layer), "embeddings 100x8");
    CHECK_EQUAL(graph_row(layer)->macs, 5600); /* 7 x 8 x 100 */
    CHECK(graph_fails_at_input(called(&back, "batch 7 9", NULL), 0, WB_ERROR_SHAPES_DIFFER, 9, 8));
    CHECK(graph_fails_at_input(called(&back, "", NULL), 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
}

TEST(an_untied_way_back_has_a_table_of_its_own) {
    const wb_embedding untied = {100, 8, WB_EMBEDDING_CALL_ROWS, .untied = 1};
    int32_t layer = called(&untied, "batch 7", NULL);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "embeddings 100x8, reverse_embeddings 8x100");
}

TEST(a_bag_becomes_one_row) {
    wb_embedding bags = {100, 8, WB_EMBEDDING_CALL_BAGS};
    int32_t rows = called(&bags, "batch 7", NULL);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(rows, 0), "batch 8");
    int32_t flat = called(&bags, "20", "3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(flat, 0), "3 8");
    bags.include_last_offset = 1;
    flat = called(&bags, "20", "3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(flat, 0), "2 8");
    CHECK(graph_fails(called(&bags, "20", NULL), WB_ERROR_INPUT_COUNT, 1, 2));
    CHECK(graph_fails_at_input(called(&bags, "4 7", "4 6"), 1, WB_ERROR_SHAPES_DIFFER, 6, 7));
}
