#include "graph.h"
#include "harness.h"

enum { CUTOFFS = FIELD(wb_adaptive_softmax, cutoffs) };

static int32_t softmax(int64_t div_value, const int64_t *cutoffs, size_t n, const char *input, const char *target) {
    graph_clear();
    wb_adaptive_softmax record = {.n_classes = 1000, .div_value = div_value, .head_bias = 1};
    int32_t x = graph_input(input), y = graph_input(target);
    return graph_node_with_list(WB_ADAPTIVE_SOFTMAX, &record, sizeof record, cutoffs, n, FROM(x, y));
}

TEST(clusters_have_ever_narrower_projections) {
    int32_t layer = softmax(2, LIST(100, 500), "8 16", "8");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "8");
    CHECK_STRING(graph_output(layer, 1), "");
    CHECK_STRING(graph_weights(layer),
                 "head/kernel 16x102, head/bias 102, tail_0/down/kernel 16x8, tail_0/up/kernel 8x400, "
                 "tail_1/down/kernel 16x4, tail_1/up/kernel 4x500");
    CHECK_EQUAL(graph_row(layer)->parameters, 7126); /* as PyTorch 2.13 counts */
    CHECK_EQUAL(graph_row(layer)->macs, 56192);      /* 8 x (7,126 - 102) */
}

TEST(one_example_stands_alone) {
    int32_t layer = softmax(4, LIST(100), "16", "");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "");
}

TEST(cutoffs_rise_below_the_number_of_classes) {
    CHECK(graph_fails_at_field(softmax(4, NO_LIST, "8 16", "8"), CUTOFFS, WB_ERROR_MISSING, 0, 0));
    CHECK(graph_fails_at_field(softmax(4, LIST(0), "8 16", "8"), CUTOFFS, WB_ERROR_TOO_SMALL, 0, 1));
    CHECK(graph_fails_at_field(softmax(4, LIST(5, 5), "8 16", "8"), CUTOFFS + 1, WB_ERROR_TOO_SMALL, 5, 6));
    CHECK(graph_fails_at_field(softmax(4, LIST(1000), "8 16", "8"), CUTOFFS, WB_ERROR_TOO_LARGE, 1000, 999));
}

TEST(there_is_a_class_for_each_example) {
    CHECK(graph_fails_at_input(softmax(4, LIST(100), "8 16", "7"), 1, WB_ERROR_SHAPES_DIFFER, 7, 8));
    CHECK(graph_fails_at_input(softmax(4, LIST(100), "8 16", "8 1"), 1, WB_ERROR_RANK, 2, 1));
    CHECK(graph_fails_at_input(softmax(4, LIST(100), "8 2 16", "8"), 0, WB_ERROR_RANK, 3, 2));
}
