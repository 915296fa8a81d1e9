#include "graph.h"
#include "harness.h"

static int32_t gate(int64_t axis, const char *input) {
    graph_clear();
    return graph_node(WB_GATE, RECORD(wb_gate, axis), FROM(graph_input(input)));
}

TEST(an_axis_is_halved) {
    int32_t layer = gate(1, "batch 6 4");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 3 4");
    layer = gate(-1, "batch 6 4");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 6 2");
}

TEST(half_of_an_unknown_size_is_unknown) {
    int32_t layer = gate(1, "batch seq 4");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch ? 4");
}

TEST(the_size_must_be_even) { CHECK(graph_fails_at_input(gate(2, "batch 6 5"), 0, WB_ERROR_HALVES, 5, 2)); }

TEST(the_axis_must_be_there) {
    CHECK(graph_fails_at_field(gate(3, "batch 6 4"), FIELD(wb_gate, axis), WB_ERROR_AXIS, 3, 3));
}
