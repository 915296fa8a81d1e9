#include "graph.h"
#include "harness.h"

TEST(everything_stays_as_it_is) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_INT8, "batch ? time 4");
    int32_t layer = graph_identity(x);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch ? time 4");
    CHECK_STRING(graph_cost(layer, 0), "1 ? time 4");
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_INT8);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
    CHECK_EQUAL(graph_row(layer)->n_weights, 0);
}

TEST(integers_become_what_is_computed_with_unless_they_are_kept) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_INT8, "batch 4");
    int32_t layer = graph_node(WB_IDENTITY, RECORD(wb_identity, 0), FROM(x));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_FLOAT32);
}

TEST(floating_inputs_take_the_type_that_is_computed_with) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_FLOAT64, "batch 4");
    int32_t layer = graph_identity(x);
    graph_header(layer)->compute_dtype = WB_DTYPE_BFLOAT16;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_BFLOAT16);
}

TEST(the_rank_may_have_a_least) {
    graph_clear();
    int32_t x = graph_input("batch 4");
    int32_t layer = graph_node(WB_IDENTITY, RECORD(wb_identity, .least_rank = 2), FROM(x));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    *graph_field(layer, FIELD(wb_identity, least_rank)) = 3;
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK_TOO_SMALL, 2, 3));
}
