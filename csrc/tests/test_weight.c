#include "evaluation.h"
#include "graph.h"
#include "harness.h"

/* A table of ten words and a head over them: the kernel is the table on its side. */
typedef struct model {
    int32_t table, head;
} model;

static model language_model(void) {
    graph_clear();
    int32_t table = graph_embedding(graph_input("batch 7"), 10, 4);
    return (model){table, graph_dense(table, 10, 1)};
}

/* ---- Ties --------------------------------------------------------------------------------------------- */

TEST(a_tied_weight_counts_where_it_is_owned) {
    model made = language_model();
    graph_tie(made.head, "kernel", made.table, "embeddings");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(made.head), "kernel 4x10 tied, bias 10");
    CHECK_EQUAL(graph_row(made.head)->parameters, 10);
    CHECK_EQUAL(graph_row(made.head)->macs, 280); /* 7 x 40: it works all the same */
    CHECK_EQUAL(graph_result()->totals.parameters, 50);
    CHECK_EQUAL(graph_result()->totals.parameter_bytes, 200);
}

TEST(a_tie_may_be_of_the_same_shape) {
    graph_clear();
    int32_t x = graph_input("batch 4");
    int32_t first = graph_dense(x, 5, 1), second = graph_dense(x, 5, 1);
    graph_tie(second, "kernel", first, "kernel");
    graph_tie(second, "bias", first, "bias");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(second), "kernel 4x5 tied, bias 5 tied");
    CHECK_EQUAL(graph_row(second)->parameters, 0);
}

TEST(a_tie_of_another_shape_is_an_error) {
    model made = language_model();
    graph_tie(made.head, "bias", made.table, "embeddings");
    CHECK(graph_fails(made.head, WB_ERROR_TIE_SHAPE, 0, 2)); /* tie 0, weight 2 */
    made = language_model();
    *graph_field(made.head, 0) = 11;
    graph_tie(made.head, "kernel", made.table, "embeddings");
    CHECK(graph_fails(made.head, WB_ERROR_TIE_SHAPE, 0, 1));
}

TEST(both_ends_of_a_tie_must_be_there) {
    model made = language_model();
    graph_tie(made.head, "kern", made.table, "embeddings");
    CHECK(graph_fails(made.head, WB_ERROR_NO_SUCH_WEIGHT, 0, 0));
    made = language_model();
    graph_tie(made.head, "kernel", made.table, "kernel");
    CHECK(graph_fails(made.head, WB_ERROR_NO_SUCH_WEIGHT, 0, 1));
}

TEST(what_is_tied_itself_owns_nothing) {
    model made = language_model();
    int32_t third = graph_dense(made.table, 10, 1);
    graph_tie(made.head, "kernel", made.table, "embeddings");
    graph_tie(third, "kernel", made.head, "kernel");
    CHECK(graph_fails(third, WB_ERROR_TIE_NOT_OWNED, 1, 0));
}

TEST(every_wrong_tie_of_a_node_is_told) {
    model made = language_model();
    graph_tie(made.head, "kernel", made.table, "a");
    graph_tie(made.head, "bias", made.table, "b");
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    CHECK_EQUAL(graph_result()->n_errors, 2);
    CHECK(graph_error_is(1, (wb_error){WB_ERROR_NO_SUCH_WEIGHT, made.head, -1, -1, 1, 1}));
}

TEST(a_tie_to_something_wrong_says_nothing_more) {
    model made = language_model();
    int32_t other = graph_dense(graph_input("batch 10"), 4, 0);
    graph_tie(other, "kernel", made.table, "embeddings");
    *graph_field(made.table, FIELD(wb_embedding, input_dim)) = 0;
    CHECK(graph_fails_at_field(made.table, FIELD(wb_embedding, input_dim), WB_ERROR_TOO_SMALL, 0, 1));
    CHECK_EQUAL(graph_row(other)->n_outputs, -1);
}

TEST(the_owner_comes_first) {
    const int32_t wrong[] = {INT32_MIN, -1, 2, 3, INT32_MAX};
    for (size_t i = 0; i < 5; i++) {
        model made = language_model();
        graph_tie(made.head, "kernel", wrong[i], "kernel");
        CHECK(graph_fails(made.head, WB_ERROR_GRAPH, wrong[i], made.head));
    }
}

TEST(a_block_owns_what_is_in_it) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE, .row = WB_ROW_WRAPPER), FROM(graph_input("batch 4")));
    int32_t inner = graph_dense(block, 4, 0);
    graph_end(FROM(inner));
    int32_t outer = graph_dense(block, 4, 0);
    graph_tie(outer, "kernel", inner, "kernel");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(block), "kernel 4x4");
    CHECK_STRING(graph_weights(outer), "kernel 4x4 tied");
    CHECK_EQUAL(graph_result()->totals.parameters, 16);
}

TEST(a_role_may_hold_an_index) {
    const wb_weight weight = {.role = "head_%/kernel", .index = 12};
    CHECK(wb_weight_is_named(&weight, "head_12/kernel"));
    CHECK(!wb_weight_is_named(&weight, "head_1/kernel"));
    CHECK(!wb_weight_is_named(&weight, "head_12/kernels"));
    CHECK(!wb_weight_is_named(&weight, "head_%/kernel"));
    CHECK(!wb_weight_is_named(&weight, "head_"));
    CHECK(!wb_weight_is_named(&weight, ""));
}

/* ---- Layers that use the weights of another ----------------------------------------------------------- */

TEST(a_layer_that_is_used_again_has_its_weights_once) {
    graph_clear();
    int32_t x = graph_input("batch 4");
    int32_t first = graph_dense(x, 4, 1), again = graph_dense(first, 4, 1);
    graph_header(again)->weights_of = first;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(again, 0), "batch 4");
    CHECK_EQUAL(graph_row(again)->n_weights, 0);
    CHECK_EQUAL(graph_row(again)->parameters, 0);
    CHECK_EQUAL(graph_row(again)->macs, 16);
    CHECK_EQUAL(graph_result()->totals.parameters, 20);
    CHECK_EQUAL(graph_result()->n_weights, 2);
    CHECK_EQUAL(graph_result()->n_sizes, 3);
}

TEST(its_weights_must_be_the_same) {
    graph_clear();
    int32_t first = graph_dense(graph_input("batch 4"), 4, 1), again = graph_dense(graph_input("batch 5"), 4, 1);
    graph_header(again)->weights_of = first;
    CHECK(graph_fails(again, WB_ERROR_REUSE_SHAPE, 2, 0)); /* the third weight, the first one */
    graph_clear();
    int32_t x = graph_input("batch 4");
    first = graph_dense(x, 4, 1), again = graph_dense(x, 4, 0);
    graph_header(again)->weights_of = first;
    CHECK(graph_fails(again, WB_ERROR_REUSE_COUNT, 1, 2));
}

TEST(what_uses_the_weights_of_something_wrong_says_nothing_more) {
    graph_clear();
    int32_t x = graph_input("batch 4");
    int32_t first = graph_dense(x, 0, 1), again = graph_dense(x, 4, 1);
    graph_header(again)->weights_of = first;
    CHECK(graph_fails_at_field(first, 0, WB_ERROR_TOO_SMALL, 0, 1));
    CHECK_EQUAL(graph_row(again)->n_outputs, -1);
}

/* ---- Bytes -------------------------------------------------------------------------------------------- */

/* The item sizes of NumPy and ml_dtypes; a string has none. */
TEST(each_type_has_its_bytes) {
    static const struct {
        enum wb_dtype dtype;
        int64_t bytes;
    } types[] = {
        {WB_DTYPE_FLOAT64, 8},       {WB_DTYPE_FLOAT32, 4},     {WB_DTYPE_FLOAT16, 2},   {WB_DTYPE_BFLOAT16, 2},
        {WB_DTYPE_FLOAT8_E4M3FN, 1}, {WB_DTYPE_FLOAT8_E5M2, 1}, {WB_DTYPE_COMPLEX64, 8}, {WB_DTYPE_COMPLEX128, 16},
        {WB_DTYPE_INT64, 8},         {WB_DTYPE_INT32, 4},       {WB_DTYPE_INT16, 2},     {WB_DTYPE_INT8, 1},
        {WB_DTYPE_UINT64, 8},        {WB_DTYPE_UINT32, 4},      {WB_DTYPE_UINT16, 2},    {WB_DTYPE_UINT8, 1},
        {WB_DTYPE_BOOL, 1},          {WB_DTYPE_INT4, 1},        {WB_DTYPE_STRING, 0},
    };
    CHECK_EQUAL(sizeof types / sizeof *types, WB_DTYPE_COUNT - 1);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        graph_clear();
        graph_dense(graph_input("batch 2"), 5, 0);
        graph_settings()->weight_dtype = types[i].dtype;
        CHECK_EQUAL(graph_evaluate(), WB_DONE);
        CHECK_EQUAL(graph_result()->totals.parameter_bytes, 10 * types[i].bytes);
    }
}
