#include "graph.h"
#include "harness.h"

enum { LISTS = FIELD(wb_adaptive_softmax, lists) };

/* `list` has the cutoffs, and behind them div_value as two numbers. */
static int32_t softmax(const int64_t *list, size_t n, const char *input, const char *target) {
    graph_clear();
    wb_adaptive_softmax record = {.n_classes = 1000, .head_bias = 1, .cutoffs_count = (int64_t)n - 2, .ratio_count = 2};
    int32_t x = graph_input(input), y = graph_input(target);
    return graph_node_with_list(WB_ADAPTIVE_SOFTMAX, &record, sizeof record, list, n, FROM(x, y));
}

TEST(clusters_have_ever_narrower_projections) {
    int32_t layer = softmax(LIST(100, 500, 2, 1), "8 16", "8");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "8");
    CHECK_STRING(graph_output(layer, 1), "");
    CHECK_STRING(graph_weights(layer),
                 "head/kernel 16x102, head/bias 102, tail_0/down/kernel 16x8, tail_0/up/kernel 8x400, "
                 "tail_1/down/kernel 16x4, tail_1/up/kernel 4x500");
    CHECK_EQUAL(graph_row(layer)->parameters, 7126); /* as PyTorch 2.13 counts */
    CHECK_EQUAL(graph_row(layer)->macs, 56192);      /* 8 x (7,126 - 102) */
}

/* PyTorch 2.13: AdaptiveLogSoftmaxWithLoss(16, 1000, [100, 500, 800], div_value=1.5); 16 // 1.5, 16 // 2.25, 16
 * // 3.375. */
TEST(a_fraction_rounds_down_at_each_power) {
    int32_t layer = softmax(LIST(100, 500, 800, 3, 2), "8 16", "8");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer),
                 "head/kernel 16x103, head/bias 103, tail_0/down/kernel 16x10, tail_0/up/kernel 10x400, "
                 "tail_1/down/kernel 16x7, tail_1/up/kernel 7x300, tail_2/down/kernel 16x4, tail_2/up/kernel 4x200");
}

TEST(a_cluster_is_narrower_by_more_than_nothing) {
    CHECK(graph_fails_at_field(softmax(LIST(100, 0, 1), "8 16", "8"), LISTS + 1, WB_ERROR_NOT_POSITIVE, 0, 0));
}

TEST(a_width_that_does_not_fit_is_an_error) {
    CHECK(graph_fails(softmax(LIST(100, 1, INT64_C(1) << 62), "8 16", "8"), WB_ERROR_OVERFLOW, 0, 0));
}

TEST(one_example_stands_alone) {
    int32_t layer = softmax(LIST(100, 4, 1), "16", "");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "");
}

TEST(cutoffs_rise_below_the_number_of_classes) {
    CHECK(graph_fails_at_field(softmax(LIST(4, 1), "8 16", "8"), FIELD(wb_adaptive_softmax, cutoffs_count),
                               WB_ERROR_MISSING, 0, 0));
    CHECK(graph_fails_at_field(softmax(LIST(0, 4, 1), "8 16", "8"), LISTS, WB_ERROR_TOO_SMALL, 0, 1));
    CHECK(graph_fails_at_field(softmax(LIST(5, 5, 4, 1), "8 16", "8"), LISTS + 1, WB_ERROR_TOO_SMALL, 5, 6));
    CHECK(graph_fails_at_field(softmax(LIST(1000, 4, 1), "8 16", "8"), LISTS, WB_ERROR_TOO_LARGE, 1000, 999));
}

TEST(there_is_a_class_for_each_example) {
    CHECK(graph_fails_at_input(softmax(LIST(100, 4, 1), "8 16", "7"), 1, WB_ERROR_SHAPES_DIFFER, 7, 8));
    CHECK(graph_fails_at_input(softmax(LIST(100, 4, 1), "8 16", "8 1"), 1, WB_ERROR_RANK, 2, 1));
    CHECK(graph_fails_at_input(softmax(LIST(100, 4, 1), "8 2 16", "8"), 0, WB_ERROR_RANK, 3, 2));
}
