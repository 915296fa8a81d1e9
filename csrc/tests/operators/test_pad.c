#include "graph.h"
#include "harness.h"

enum { WIDTH = FIELD(wb_pad, pad_width) };

#define PADDED(input, ...) \
    (graph_clear(), graph_node_with_list(WB_PAD, RECORD(wb_pad, 0), LIST(__VA_ARGS__), FROM(graph_input(input))))

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(both_sides_are_added) {
    CHECK_STRING(shape(PADDED("2 5", 1, 2, 0, 3)), "5 8");
    CHECK_STRING(shape(PADDED("2 5", 1, 2)), "5 8");
}

TEST(what_gets_nothing_stays_as_it_is) {
    CHECK_STRING(shape(PADDED("batch ? 5", 0, 0, 1, 1, 0, 0)), "batch ? 5");
    CHECK_STRING(shape(PADDED("batch time 5", 0, 0, 1, 1, 0, 0)), "batch ? 5");
}

TEST(there_is_a_pair_for_all_axes_or_for_each) {
    int32_t layer = PADDED("2 5 5", 1, 2, 0, 3);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_LENGTH, 2, 3));
}

TEST(nothing_is_taken_away) {
    int32_t layer = PADDED("2 5", 1, 2, 0, 3);
    CHECK(graph_refuses_below(layer, WIDTH, 0));
    CHECK(graph_refuses_below(layer, WIDTH + 3, 0));
}

TEST(more_than_fits_is_an_error) {
    int32_t layer = PADDED("2", INT64_MAX, 1);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    layer = PADDED("2", INT64_MAX, 0);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}
