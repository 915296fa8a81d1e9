#include "graph.h"
#include "harness.h"

#define HEADS .query_heads = 6, .key_value_heads = 2, .key_dim = 4, .value_dim = 3, .query_rank = WB_ABSENT

static int64_t cached(int64_t window, int64_t size, const char *other) {
    graph_clear();
    int32_t x = graph_input("batch 5 8"), y = graph_input(other);
    graph_node(WB_ATTENTION, RECORD(wb_attention, HEADS, .sliding_window = window, .cache_size = size),
               FROM(x, other[0] == '\0' ? x : y));
    return graph_cache(100);
}

TEST(attention_to_itself_keeps_keys_and_values_of_the_context) {
    CHECK_EQUAL(cached(WB_ABSENT, WB_ABSENT, ""), 100 * 2 * (4 + 3));
    CHECK_EQUAL(cached(10, WB_ABSENT, ""), 10 * 2 * (4 + 3));
    CHECK_EQUAL(cached(1000, WB_ABSENT, ""), 100 * 2 * (4 + 3));
    CHECK_EQUAL(cached(WB_ABSENT, 9, ""), 100 * 9);
}

TEST(attention_over_another_sequence_keeps_that) {
    CHECK_EQUAL(cached(WB_ABSENT, WB_ABSENT, "batch 11 8"), 11 * 2 * (4 + 3));
    CHECK_EQUAL(cached(WB_ABSENT, WB_ABSENT, "batch time 8"), WB_FIRST_SYMBOL - 1); /* behind `batch` */
}

TEST(every_run_has_a_cache) {
    graph_clear();
    int32_t block = graph_block(RECORD(wb_block, .repeat = 3, .copies = 4, .active = 2), FROM(graph_input("2 5 8")));
    int32_t layer = graph_node(
        WB_ATTENTION, RECORD(wb_attention, HEADS, .sliding_window = WB_ABSENT, .cache_size = WB_ABSENT), FROM(block));
    graph_end(FROM(layer));
    CHECK_EQUAL(graph_cache(100), 3 * 2 * 2 * 100 * 2 * (4 + 3));
}

TEST(other_layers_keep_nothing) {
    graph_clear();
    graph_dense(graph_input("2 5 8"), 3, true);
    CHECK_EQUAL(graph_cache(100), 0);
}

TEST(a_cache_has_at_least_one_value) {
    graph_clear();
    int32_t layer = graph_node(WB_ATTENTION, RECORD(wb_attention, HEADS, .sliding_window = WB_ABSENT, .cache_size = 1),
                               FROM(graph_input("2 5 8")));
    CHECK(graph_refuses_below(layer, FIELD(wb_attention, cache_size), 1));
}
