#include "graph.h"
#include "harness.h"

enum { K = FIELD(wb_top_k, k) };

static int32_t largest(const char *input, int64_t k) {
    graph_clear();
    int32_t x = graph_input_of(WB_DTYPE_FLOAT16, input);
    return graph_node(WB_TOP_K, RECORD(wb_top_k, k), FROM(x));
}

TEST(values_and_places_come_out) {
    int32_t layer = largest("batch time 1000", 5);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch time 5");
    CHECK_STRING(graph_output(layer, 1), "batch time 5");
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_FLOAT16);
    CHECK_EQUAL(graph_tensor(layer, 1)->dtype, WB_DTYPE_INT32);
}

TEST(there_are_no_more_than_the_axis_has) {
    int32_t layer = largest("batch 4", 5);
    CHECK(graph_fails_at_field(layer, K, WB_ERROR_BEYOND, 5, 4));
    layer = largest("", 1);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK_TOO_SMALL, 0, 1));
    CHECK(graph_refuses_below(largest("batch 4", 2), K, 0));
}
