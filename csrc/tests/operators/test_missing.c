#include "graph.h"
#include "harness.h"

TEST(a_missing_layer_poisons_without_a_word) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t missing = graph_node(WB_MISSING, NO_RECORD, FROM(x));
    int32_t after = graph_identity(missing);
    int32_t beside = graph_identity(x);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(missing)->n_outputs, -1);
    CHECK_EQUAL(graph_row(after)->n_outputs, -1);
    CHECK_STRING(graph_output(beside, 0), "batch 3");
}
