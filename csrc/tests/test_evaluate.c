#include "graph.h"
#include "harness.h"

static int32_t dense(int64_t input, int64_t units) { return graph_dense(input, units, true); }

/* ---- What is wrong, and what follows from it ---------------------------------------------------------- */

TEST(what_consumes_a_failed_node_is_passed_over) {
    graph_clear();
    int32_t wrong = dense(graph_input("batch 3"), 0);
    int32_t after = dense(wrong, 4), behind = dense(after, -1);
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    CHECK(graph_error_is(0, (wb_error){WB_ERROR_TOO_SMALL, wrong, 0, -1, 0, 1}));
    CHECK(graph_error_is(1, (wb_error){WB_ERROR_TOO_SMALL, behind, 0, -1, -1, 1}));
    CHECK_EQUAL(graph_result()->n_errors, 2);
    CHECK_EQUAL(graph_row(after)->n_outputs, -1);
}

TEST(shapes_are_told_of_nodes_that_are_right_among_wrong_ones) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    dense(x, 0);
    int32_t right = dense(x, 4);
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    CHECK_STRING(graph_output(right, 0), "batch 4");
}

TEST(attributes_and_inputs_are_both_looked_at) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t wrong = dense(OUTPUT(x, 2), 0);
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    CHECK_EQUAL(graph_result()->n_errors, 2);
    CHECK(graph_error_is(0, (wb_error){WB_ERROR_TOO_SMALL, wrong, 0, -1, 0, 1}));
    CHECK(graph_error_is(1, (wb_error){WB_ERROR_NO_SUCH_OUTPUT, wrong, -1, 0, 2, 1}));
}

TEST(errors_past_the_capacity_are_only_counted) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    for (int i = 0; i < 5; i++) {
        dense(x, 0);
    }
    wb_error room[3] = {{0}, {0}, {.code = 77}};
    CHECK_EQUAL(wb_evaluate(graph_finish(), graph_result(), room, 2), WB_FAULTY);
    CHECK_EQUAL(graph_result()->n_errors, 5);
    CHECK_EQUAL(room[1].node, 2);
    CHECK_EQUAL(room[2].code, 77);
    CHECK_EQUAL(wb_evaluate(graph_finish(), graph_result(), NULL, 0), WB_FAULTY);
}

TEST(a_result_serves_again_after_a_failure) {
    graph_clear();
    int32_t layer = dense(graph_input("batch 3"), 0);
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    *graph_field(layer, FIELD(wb_dense, units)) = 5;
    for (int i = 0; i < 3; i++) {
        CHECK_EQUAL(graph_evaluate(), WB_DONE);
        CHECK_EQUAL(graph_result()->n_errors, 0);
        CHECK_EQUAL(graph_result()->totals.parameters, 20); /* 3 x 5 + 5 */
        CHECK_EQUAL(graph_result()->n_weights, 2);
        CHECK_EQUAL(graph_result()->n_tensors, 2);
    }
}

TEST(an_empty_graph_comes_to_nothing) {
    graph_clear();
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_result()->n_rows, 0);
    CHECK_EQUAL(graph_result()->totals.parameters, 0);
}

TEST(a_result_that_was_never_used_can_be_freed) {
    wb_result_free(wb_result_new());
    wb_result_free(NULL);
}

TEST(the_number_of_tensors_has_a_limit) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t first = dense(x, 4), second = dense(x, 4);
    graph_settings()->max_tensors = 2;
    CHECK(graph_fails(second, WB_ERROR_TENSOR_LIMIT, 2, 2));
    CHECK_STRING(graph_output(first, 0), "batch 4");
}

/* ---- Types -------------------------------------------------------------------------------------------- */

TEST(types_are_the_graphs_where_a_node_does_not_say) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t plain = dense(x, 4), own = dense(x, 4);
    graph_settings()->weight_dtype = WB_DTYPE_BFLOAT16;
    graph_settings()->compute_dtype = WB_DTYPE_FLOAT16;
    graph_header(own)->weight_dtype = WB_DTYPE_INT8;
    graph_header(own)->compute_dtype = WB_DTYPE_FLOAT64;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(plain, 0)->dtype, WB_DTYPE_FLOAT16);
    CHECK_EQUAL(graph_tensor(own, 0)->dtype, WB_DTYPE_FLOAT64);
    CHECK_EQUAL(graph_result()->weights[graph_row(plain)->first_weight].dtype, WB_DTYPE_BFLOAT16);
    CHECK_EQUAL(graph_result()->weights[graph_row(own)->first_weight].dtype, WB_DTYPE_INT8);
    CHECK_EQUAL(graph_result()->totals.parameter_bytes, 48); /* 16 of two bytes, 16 of one */
}

/* ---- References --------------------------------------------------------------------------------------- */

TEST(references_go_back) {
    graph_clear();
    graph_input("batch 3");
    int32_t to_itself = dense(1, 4);
    CHECK(graph_fails_at_input(to_itself, 0, WB_ERROR_GRAPH, 1, 1));
    graph_clear();
    graph_input("batch 3");
    CHECK(graph_fails_at_input(dense(7, 4), 0, WB_ERROR_GRAPH, 7, 1));
    graph_clear();
    graph_input("batch 3");
    CHECK(graph_fails_at_input(dense(-1, 4), 0, WB_ERROR_GRAPH, -1, 1));
    graph_clear();
    graph_input("batch 3");
    CHECK(graph_fails_at_input(dense(INT64_MIN, 4), 0, WB_ERROR_GRAPH, INT64_MIN, 1));
}

TEST(there_are_no_more_outputs_than_there_are) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    CHECK(graph_fails_at_input(dense(OUTPUT(x, 1), 4), 0, WB_ERROR_NO_SUCH_OUTPUT, 1, 1));
}

TEST(only_the_end_of_a_block_may_take_all_outputs) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    CHECK(graph_fails_at_input(dense(ALL_OF(x), 4), 0, WB_ERROR_NO_SUCH_OUTPUT, WB_ALL_OUTPUTS, 1));
}

/* ---- Graphs that contradict themselves ---------------------------------------------------------------- */

/* Evaluation stops with one error, of no node. */
static bool contradicts_itself(void) {
    return graph_evaluate() == WB_FAULTY && graph_error_is(0, (wb_error){WB_ERROR_GRAPH, -1, -1, -1, 0, 0}) &&
           graph_result()->n_errors == 1;
}

static int32_t small_graph(void) {
    graph_clear();
    return dense(graph_input("batch 3"), 4);
}

TEST(a_record_must_be_whole) {
    small_graph();
    graph_settings()->pool_words -= 1;
    CHECK(contradicts_itself());
    graph_settings()->pool_words -= 3; /* within the header */
    CHECK(contradicts_itself());
    graph_settings()->pool_words = 0;
    CHECK(contradicts_itself());
}

TEST(a_record_is_as_long_as_its_operator_asks_and_no_longer_than_the_pool) {
    const int32_t wrong[] = {INT32_MIN, -1, 0, 3, 4, 6, INT32_MAX}; /* 5: a header of 3, two attributes */
    int32_t layer = small_graph();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        graph_header(layer)->words = wrong[i];
        CHECK(contradicts_itself());
        CHECK_EQUAL(graph_result()->n_rows, 1); /* the input */
    }
}

TEST(there_are_as_many_records_as_nodes) {
    const int64_t wrong[] = {INT64_MIN, -1, 3, 1000000, INT64_MAX};
    small_graph();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        graph_settings()->n_nodes = wrong[i];
        CHECK(contradicts_itself());
    }
}

TEST(there_are_as_many_references_as_nodes_ask_for) {
    int32_t layer = small_graph();
    graph_settings()->n_references = 0;
    CHECK(contradicts_itself());
    layer = small_graph();
    graph_header(layer)->n_references = -1;
    CHECK(contradicts_itself());
    graph_header(layer)->n_references = INT32_MAX;
    CHECK(contradicts_itself());
}

TEST(operators_types_and_owners_are_known_ones) {
    int32_t layer = small_graph();
    graph_header(layer)->operator_id = -1;
    CHECK(contradicts_itself());
    graph_header(layer)->operator_id = WB_OPERATOR_COUNT;
    CHECK(contradicts_itself());
    graph_header(layer)->operator_id = WB_DENSE;
    graph_header(layer)->weight_dtype = WB_DTYPE_COUNT;
    CHECK(contradicts_itself());
    graph_header(layer)->weight_dtype = WB_DTYPE_DEFAULT;
    graph_header(layer)->compute_dtype = -1;
    CHECK(contradicts_itself());
    graph_header(layer)->compute_dtype = WB_DTYPE_DEFAULT;
    graph_header(layer)->weights_of = layer;
    CHECK(contradicts_itself());
    graph_header(layer)->weights_of = -1;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
}

TEST(settings_are_within_their_bounds) {
    small_graph();
    graph_settings()->max_rank = WB_MAX_RANK + 1;
    CHECK(contradicts_itself());
    small_graph();
    graph_settings()->weight_dtype = WB_DTYPE_COUNT;
    CHECK(contradicts_itself());
    small_graph();
    graph_settings()->compute_dtype = -1;
    CHECK(contradicts_itself());
}

TEST(a_block_that_stays_open_and_an_end_of_none_are_faults) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    graph_block(RECORD(wb_block, ONCE), FROM(x));
    CHECK(contradicts_itself());
    graph_clear();
    x = graph_input("batch 3");
    CHECK(graph_fails(graph_end(FROM(x)), WB_ERROR_GRAPH, 0, 0));
}

/* What the binding chooses is told with its place. */
static bool refuses(int32_t layer, int32_t field, int64_t value, int64_t most) {
    int64_t before = *graph_field(layer, field);
    *graph_field(layer, field) = value;
    bool refused = graph_fails_at_field(layer, field, WB_ERROR_GRAPH, value, most);
    *graph_field(layer, field) = before;
    return refused;
}

TEST(enumerations_and_numbers_of_axes_are_within_their_bounds) {
    graph_clear();
    int32_t x = graph_input("batch 3 3");
    int32_t convolution = graph_node(WB_CONVOLUTION,
                                     RECORD(wb_convolution, .axes = 1, .filters = 1, .groups = 1, .kernel_size = {1},
                                            .strides = {1}, .dilation_rate = {1}),
                                     FROM(x));
    int32_t pooling = graph_node(WB_POOLING, RECORD(wb_pooling, .axes = 1, .kind = WB_POOLING_GLOBAL), FROM(x));
    int32_t recurrent =
        graph_node(WB_RECURRENT, RECORD(wb_recurrent, .units = 1, .num_layers = 1, .return_output = 1), FROM(x));
    int32_t block = graph_block(RECORD(wb_block, ONCE), FROM(x));
    graph_end(FROM(block));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK(refuses(convolution, FIELD(wb_convolution, kind), -1, WB_CONVOLUTION_SEPARABLE));
    CHECK(refuses(convolution, FIELD(wb_convolution, kind), INT64_MAX, WB_CONVOLUTION_SEPARABLE));
    CHECK(refuses(convolution, FIELD(wb_convolution, axes), 0, 3));
    CHECK(refuses(convolution, FIELD(wb_convolution, axes), 4294967297, 3)); /* 1 in 32 bits */
    CHECK(refuses(pooling, FIELD(wb_pooling, axes), 4, 3));
    CHECK(refuses(recurrent, FIELD(wb_recurrent, cell), 3, WB_CELL_GRU));
    CHECK(refuses(recurrent, FIELD(wb_recurrent, cell), INT64_MIN, WB_CELL_GRU));
    CHECK(refuses(block, FIELD(wb_block, row), 3, WB_ROW_LAYER));
}

TEST(lists_are_as_long_as_their_record) {
    static const int64_t wrong[][2] = {{3, 1}, {1, 2}, {1, 0}, {-1, 3}, {INT64_MAX, INT64_MAX}, {1, INT64_MIN}};
    graph_clear();
    int32_t x = graph_input("batch 3 3");
    int32_t layer =
        graph_node_with_list(WB_ATTENTION,
                             RECORD(wb_attention, .query_heads = 1, .key_value_heads = 1, .key_dim = 1, .value_dim = 1,
                                    .query_rank = 3, .sliding_window = WB_ABSENT, .cache_size = WB_ABSENT,
                                    .output_shape_count = 1, .attention_axes_count = 1),
                             LIST(5, 1), FROM(x));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK(refuses(layer, FIELD(wb_attention, query_rank), 2, WB_MAX_RANK));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        *graph_field(layer, FIELD(wb_attention, output_shape_count)) = wrong[i][0];
        *graph_field(layer, FIELD(wb_attention, attention_axes_count)) = wrong[i][1];
        CHECK(contradicts_itself());
    }
}

TEST(inputs_have_types_and_kinds_of_dimensions) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    *graph_field(x, FIELD(wb_input, dtype)) = WB_DTYPE_DEFAULT;
    CHECK(graph_fails_at_field(x, FIELD(wb_input, dtype), WB_ERROR_GRAPH, 0, WB_DTYPE_COUNT - 1));
    *graph_field(x, FIELD(wb_input, dtype)) = WB_DTYPE_INT64;
    *graph_field(x, FIELD(wb_input, shape)) = 1;
    CHECK(graph_fails_at_field(x, FIELD(wb_input, shape), WB_ERROR_GRAPH, 1, 0));
}
