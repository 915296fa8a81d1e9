#include "graph.h"
#include "harness.h"

enum { SIZES = FIELD(wb_parameter, shape) };

static int32_t parameter(int64_t owned, int64_t buffer) {
    graph_clear();
    return graph_node_with_list(WB_PARAMETER, RECORD(wb_parameter, owned, buffer), LIST(1, 197, 768), FROM_NOTHING);
}

TEST(it_is_its_own_weight) {
    int32_t layer = parameter(1, 0);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "1 197 768");
    CHECK_STRING(graph_weights(layer), "value 1x197x768");
    CHECK_EQUAL(graph_row(layer)->parameters, 197 * 768);
    CHECK_EQUAL(graph_row(layer)->trainable, 197 * 768);
    CHECK_EQUAL(graph_row(layer)->macs, 0);
}

TEST(a_buffer_is_not_learned) {
    int32_t layer = parameter(1, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "value 1x197x768 buffer");
    CHECK_EQUAL(graph_row(layer)->trainable, 0);
}

TEST(a_constant_is_no_weight) {
    int32_t layer = parameter(0, 0);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "1 197 768");
    CHECK_EQUAL(graph_row(layer)->parameters, 0);
}

TEST(one_number_is_a_parameter_too) {
    graph_clear();
    int32_t layer = graph_node(WB_PARAMETER, RECORD(wb_parameter, 1), FROM_NOTHING);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "");
    CHECK_EQUAL(graph_row(layer)->parameters, 1);
}

TEST(it_takes_nothing_and_has_no_size_below_0) {
    int32_t layer = parameter(1, 0);
    CHECK(graph_refuses_below(layer, SIZES + 2, 0));
    graph_clear();
    layer = graph_node(WB_PARAMETER, RECORD(wb_parameter, 1), FROM(graph_input("2")));
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 1, 0));
}
