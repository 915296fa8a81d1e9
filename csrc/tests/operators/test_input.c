#include "graph.h"
#include "harness.h"

enum { KIND_0 = FIELD(wb_input, shape), SIZE_0, KIND_1, SIZE_1 };

TEST(sizes_names_and_unknown_dimensions_come_out_as_they_went_in) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_INT32, "batch ? time 0 9223372036854775807");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(x, 0), "batch ? time 0 9223372036854775807");
    CHECK_EQUAL(graph_tensor(x, 0)->dtype, WB_DTYPE_INT32);
}

TEST(the_batch_costs_one_wherever_it_stands) {
    graph_clear();
    int32_t x = graph_input("time batch ?");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_cost(x, 0), "time 1 ?");
}

TEST(an_unknown_dimension_is_the_batch_only_in_front) {
    graph_clear();
    int32_t x = graph_input("? ? 3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_cost(x, 0), "1 ? 3");
}

TEST(a_known_batch_costs_what_it_is) {
    graph_clear();
    int32_t x = graph_input("32 3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_cost(x, 0), "32 3");
}

TEST(an_input_may_be_a_scalar) {
    graph_clear();
    int32_t x = graph_input("");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(x, 0), "");
}

TEST(sizes_are_at_least_zero_and_are_never_taken_for_names) {
    graph_clear();
    int32_t x = graph_input("4 batch");
    CHECK(graph_refuses_below(x, SIZE_0, 0));
    *graph_field(x, SIZE_1) = -5; /* behind a name, where anything may stand */
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(x, 0), "4 batch");
}

TEST(every_negative_size_is_told) {
    graph_clear();
    int32_t x = graph_input("-1 -2");
    CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    CHECK_EQUAL(graph_result()->n_errors, 2);
    CHECK(graph_error_is(0, (wb_error){WB_ERROR_TOO_SMALL, x, SIZE_0, -1, -1, 0}));
    CHECK(graph_error_is(1, (wb_error){WB_ERROR_TOO_SMALL, x, SIZE_1, -1, -2, 0}));
}

TEST(the_rank_has_a_limit) {
    graph_clear();
    int32_t x = graph_input("1 2 3");
    graph_settings()->max_rank = 3;
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    graph_settings()->max_rank = 2;
    CHECK(graph_fails(x, WB_ERROR_RANK_LIMIT, 3, 2));
}

TEST(inputs_are_not_activations) {
    graph_clear();
    graph_input("batch 3");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_result()->totals.activations, 0);
}
