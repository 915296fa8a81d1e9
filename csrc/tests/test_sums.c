#include "graph.h"
#include "harness.h"

static int32_t dense(int64_t input, int64_t units) { return graph_dense(input, units, false); }

static bool warns(int64_t i, int32_t node, enum wb_figure figure, int64_t cause) {
    const wb_warning *warning = &graph_result()->warnings[i];
    return i < graph_result()->n_warnings && warning->node == node && warning->figure == (int32_t)figure &&
           warning->cause == cause;
}

TEST(totals_are_the_sum_of_the_outermost_rows) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t first = dense(x, 4);
    int32_t norm = graph_node_with_list(
        WB_NORMALIZATION, RECORD(wb_normalization, .groups = WB_ABSENT, .scale = 1, .center = 1, .moving = 1), LIST(-1),
        FROM(first));
    int32_t block = graph_block(RECORD(wb_block, ONCE, .repeat = 2), FROM(norm));
    int32_t frozen = dense(block, 4);
    graph_header(frozen)->trainable = 0;
    graph_end(FROM(frozen));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    const wb_totals *totals = &graph_result()->totals;
    CHECK_EQUAL(totals->parameters, 60);        /* 12 + 16 + 2 x 16 */
    CHECK_EQUAL(totals->trainable, 20);         /* 12 + 8 */
    CHECK_EQUAL(totals->non_trainable, 40);     /* 8 + 32 */
    CHECK_EQUAL(totals->buffers, 8);            /* mean and variance */
    CHECK_EQUAL(totals->active_parameters, 60); /* all */
    CHECK_EQUAL(totals->parameter_bytes, 240);
    CHECK_EQUAL(totals->macs, 44);        /* 12 + 2 x 16 */
    CHECK_EQUAL(totals->flops, 88);       /* two a MAC */
    CHECK_EQUAL(totals->activations, 16); /* 4 + 4 + 2 x 4 */
}

TEST(parameters_that_no_longer_fit_are_an_error_at_the_first_row_with_which) {
    graph_clear();
    int32_t x = graph_input("batch 1");
    dense(x, INT64_MAX - 10);
    dense(x, 10);
    int32_t last = dense(x, 1);
    CHECK(graph_fails(last, WB_ERROR_SUM, 0, 0));
}

TEST(rows_behind_that_one_say_nothing) {
    graph_clear();
    int32_t x = graph_input("batch 1");
    dense(x, INT64_MAX - 10);
    int32_t first = dense(x, 11);
    dense(x, 12);
    CHECK(graph_fails(first, WB_ERROR_SUM, 0, 0));
}

TEST(within_a_block_they_are_as_well) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, ONCE), FROM(graph_input("batch 1")));
    dense(block, INT64_MAX);
    int32_t last = dense(block, 1);
    graph_end(FROM(last));
    CHECK(graph_fails(last, WB_ERROR_SUM, 0, 0));
    CHECK_EQUAL(graph_row(block)->n_outputs, -1);
}

TEST(bytes_and_flops_that_do_not_fit_are_warnings) {
    graph_clear();
    int32_t layer = dense(graph_input("batch 3000000000"), 3000000000);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    const wb_totals *totals = &graph_result()->totals;
    CHECK_EQUAL(totals->parameters, 9000000000000000000);
    CHECK_EQUAL(totals->macs, 9000000000000000000);
    CHECK_EQUAL(totals->parameter_bytes, WB_OVERFLOWN);
    CHECK_EQUAL(totals->flops, WB_OVERFLOWN);
    CHECK_EQUAL(graph_result()->n_warnings, 2);
    CHECK(warns(0, layer, WB_PARAMETER_BYTES, WB_OVERFLOWN));
    CHECK(warns(1, layer, WB_FLOPS, WB_OVERFLOWN));
}

TEST(a_sum_of_costs_warns_once_at_the_row_with_which_it_no_longer_fits) {
    graph_clear();
    int32_t x = graph_input("batch 1");
    int32_t first = dense(x, INT64_MAX), rest[2];
    for (int i = 0; i < 2; i++) {
        rest[i] = dense(x, INT64_MAX);
        graph_header(rest[i])->weights_of = first;
    }
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(rest[1])->macs, INT64_MAX);
    CHECK_EQUAL(graph_result()->totals.macs, WB_OVERFLOWN);
    CHECK_EQUAL(graph_result()->totals.activations, WB_OVERFLOWN);
    CHECK_EQUAL(graph_result()->n_warnings, 4);
    CHECK(warns(0, first, WB_PARAMETER_BYTES, WB_OVERFLOWN));
    CHECK(warns(1, first, WB_FLOPS, WB_OVERFLOWN));
    CHECK(warns(2, rest[0], WB_MACS, WB_OVERFLOWN));
    CHECK(warns(3, rest[0], WB_ACTIVATIONS, WB_OVERFLOWN));
}

TEST(unknown_costs_say_what_they_depend_on) {
    graph_clear();
    int32_t layer = dense(graph_input("batch time 4"), 4);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_result()->n_warnings, 2);
    CHECK(warns(0, layer, WB_MACS, WB_FIRST_SYMBOL - 1));
    CHECK(warns(1, layer, WB_ACTIVATIONS, WB_FIRST_SYMBOL - 1));
    CHECK_EQUAL(graph_result()->totals.macs, WB_FIRST_SYMBOL - 1);
    CHECK_EQUAL(graph_result()->totals.parameters, 16);
}

TEST(a_container_does_not_warn_again_and_a_single_row_warns_for_its_parts) {
    graph_clear();
    int32_t x = graph_input("batch ? 4");
    int32_t container = graph_block(RECORD(wb_block, ONCE), FROM(x));
    int32_t shown = dense(container, 4);
    graph_end(FROM(shown));
    int32_t wrapper = graph_block(RECORD(wb_block, ONCE, .row = WB_ROW_WRAPPER), FROM(x));
    graph_end(FROM(dense(dense(wrapper, 4), 4)));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_result()->n_warnings, 4);
    CHECK(warns(0, shown, WB_MACS, WB_UNKNOWN) && warns(1, shown, WB_ACTIVATIONS, WB_UNKNOWN));
    CHECK(warns(2, wrapper, WB_MACS, WB_UNKNOWN) && warns(3, wrapper, WB_ACTIVATIONS, WB_UNKNOWN));
}

TEST(warnings_past_the_limit_are_only_counted) {
    graph_clear();
    int32_t last = graph_input("batch ? 4");
    for (int i = 0; i < WB_MAX_WARNINGS; i++) {
        last = dense(last, 4);
    }
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_result()->n_warnings, 2 * WB_MAX_WARNINGS);
    CHECK(warns(WB_MAX_WARNINGS - 1, WB_MAX_WARNINGS / 2, WB_ACTIVATIONS, WB_UNKNOWN));
}
