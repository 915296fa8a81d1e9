#include "graph.h"
#include "harness.h"

#define ATTENTION(...) RECORD(wb_bare_attention, __VA_ARGS__)

static int32_t on(const char *query, const char *value, const void *record, size_t size) {
    graph_clear();
    int32_t q = graph_input(query), v = graph_input(value);
    return graph_node(WB_BARE_ATTENTION, record, size, FROM(q, v));
}

TEST(products_make_scores_and_weigh_values) {
    int32_t layer = on("batch 10 16", "batch 12 16", ATTENTION(.return_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 10 16");
    CHECK_STRING(graph_output(layer, 1), "batch 10 12");
    CHECK_STRING(graph_weights(layer), "");
    CHECK_EQUAL(graph_row(layer)->macs, 3840); /* 2 x 10 x 12 x 16 */
}

TEST(sums_cost_nothing_and_have_a_factor) {
    int32_t layer = on("batch 10 16", "batch 12 16", ATTENTION(.score_mode = WB_SCORE_MODE_CONCAT, .use_scale = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->parameters, 2);
    CHECK_EQUAL(graph_row(layer)->macs, 1920); /* 10 x 12 x 16 */
}

TEST(additive_attention_has_a_scale_as_wide_as_its_query) {
    int32_t layer = on("batch 10 16", "batch 12 16", ATTENTION(.score_mode = WB_SCORE_MODE_ADDITIVE, .use_scale = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "scale 16");
    CHECK_EQUAL(graph_row(layer)->macs, 1920);
}

TEST(the_output_is_as_wide_as_the_value) {
    graph_clear();
    int32_t q = graph_input("batch 10 16"), v = graph_input("batch 12 20"), k = graph_input("batch 12 16");
    int32_t layer = graph_node(WB_BARE_ATTENTION, ATTENTION(.use_scale = 0), FROM(q, v, k));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 10 20");
    CHECK_EQUAL(graph_row(layer)->macs, 4320); /* 10 x 12 x (16 + 20) */
}

TEST(query_key_and_value_fit_each_other) {
    const void *plain = &(wb_bare_attention){0};
    const size_t size = sizeof(wb_bare_attention);
    CHECK(graph_fails_at_input(on("batch 10 16", "batch 12 20", plain, size), 1, WB_ERROR_SHAPES_DIFFER, 20, 16));
    CHECK(graph_fails_at_input(on("batch 3 10 16", "batch 12 16", plain, size), 1, WB_ERROR_RANK, 3, 4));
    CHECK(graph_fails_at_input(on("batch", "batch", plain, size), 0, WB_ERROR_RANK_TOO_SMALL, 1, 2));
    graph_clear();
    int32_t q = graph_input("batch 10 16"), v = graph_input("batch 12 20"), k = graph_input("batch 13 16");
    int32_t layer = graph_node(WB_BARE_ATTENTION, plain, size, FROM(q, v, k));
    CHECK(graph_fails_at_input(layer, 2, WB_ERROR_SHAPES_DIFFER, 13, 12));
}

TEST(positions_may_be_unknown) {
    int32_t layer = on("batch ? 16", "batch time 16", ATTENTION(.return_scores = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 1), "batch ? time");
    CHECK(graph_row(layer)->macs < 0);
}
