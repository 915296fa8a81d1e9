#include "graph.h"
#include "harness.h"

TEST(a_layer_runs_with_what_it_takes_and_what_it_gives) {
    graph_clear();
    int32_t first = graph_dense(graph_input("4 7"), 5, false);
    CHECK_STRING(graph_peak(graph_dense(first, 3, false)), "48 elements, 0 bytes");
    graph_clear();
    first = graph_dense(graph_input("4 3"), 5, false);
    CHECK_STRING(graph_peak(graph_dense(first, 7, false)), "48 elements, 0 bytes");
}

TEST(a_shortcut_stays_until_it_is_taken) {
    graph_clear();
    int32_t x = graph_input("4 7");
    int32_t inner = graph_dense(graph_dense(x, 9, false), 7, false);
    int32_t sum = graph_node(WB_ELEMENTWISE,
                             RECORD(wb_elementwise, .least_inputs = 2, .most_inputs = WB_ABSENT, .batch_first = 1),
                             FROM(inner, x));
    CHECK_STRING(graph_peak(sum), "92 elements, 0 bytes");
}

TEST(what_nothing_takes_goes_at_once) {
    graph_clear();
    int32_t x = graph_input("4 7");
    graph_dense(x, 9, false);
    CHECK_STRING(graph_peak(graph_dense(x, 5, false)), "64 elements, 0 bytes");
}

TEST(dropout_does_nothing) {
    graph_clear();
    int32_t product = graph_dense(graph_input("4 7"), 5, false);
    int32_t dropped = graph_node(WB_IDENTITY, RECORD(wb_identity, .keeps = WB_KEEPS_MASK), FROM(product));
    CHECK_STRING(graph_peak(graph_dense(dropped, 3, false)), "48 elements, 0 bytes");
}

TEST(integers_are_bytes) {
    graph_clear();
    CHECK_STRING(graph_peak(graph_embedding(graph_input_of(WB_DTYPE_INT16, "2 9"), 50, 6)), "108 elements, 36 bytes");
}

static int32_t block_between(int64_t repeat) {
    graph_clear();
    int32_t x = graph_input("4 7");
    int32_t block = graph_block(RECORD(wb_block, .repeat = repeat, .copies = 1, .active = WB_ABSENT), FROM(x));
    graph_end(FROM(graph_dense(graph_dense(block, 9, false), 7, false)));
    return graph_node(WB_ELEMENTWISE,
                      RECORD(wb_elementwise, .least_inputs = 2, .most_inputs = WB_ABSENT, .batch_first = 1),
                      FROM(block, x));
}

TEST(later_rounds_have_an_input_of_their_own) {
    CHECK_STRING(graph_peak(block_between(1)), "92 elements, 0 bytes"); /* 28 outside; 36 and 28 inside */
    CHECK_STRING(graph_peak(block_between(2)), "92 elements, 0 bytes"); /* 28 outside; 28 and 36 inside */
}

TEST(an_input_of_every_round_stays_for_all_of_them) {
    graph_clear();
    int32_t x = graph_input("4 7"), y = graph_input("4 7");
    int32_t block = graph_block(RECORD(wb_block, .repeat = 3, .copies = 1, .active = WB_ABSENT), FROM(x, y));
    int32_t sum = graph_node(WB_ELEMENTWISE,
                             RECORD(wb_elementwise, .least_inputs = 2, .most_inputs = WB_ABSENT, .batch_first = 1),
                             FROM(block, OUTPUT(block, 1)));
    graph_end(FROM(graph_dense(sum, 7, false)));
    CHECK_STRING(graph_peak(block), "84 elements, 0 bytes"); /* y, and two of x, the sum, the product */
}

TEST(what_is_not_known_is_told) {
    graph_clear();
    CHECK_STRING(graph_peak(graph_dense(graph_input("4 time 7"), 5, false)), "?");
}
