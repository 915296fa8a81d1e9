#include "graph.h"
#include "harness.h"

enum { REPEATS = FIELD(wb_tile, repeats) };

#define TILED(input, ...) \
    (graph_clear(), graph_node_with_list(WB_TILE, RECORD(wb_tile, 0), LIST(__VA_ARGS__), FROM(graph_input(input))))

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(each_axis_grows) {
    CHECK_STRING(shape(TILED("2 3", 4, 5)), "8 15");
    CHECK_STRING(shape(TILED("batch 1 64", 1, 12, 1)), "batch 12 64");
    CHECK_STRING(shape(TILED("batch time", 1, 2)), "batch ?");
}

TEST(repeats_count_from_the_end) {
    CHECK_STRING(shape(TILED("batch 3", 5)), "batch 15");
    CHECK_STRING(shape(TILED("3", 2, 1, 5)), "2 1 15");
    CHECK_STRING(shape(TILED("", 2)), "2");
}

TEST(nothing_is_repeated_less_than_0_times) {
    CHECK(graph_refuses_below(TILED("2 3", 4, 5), REPEATS + 1, 0));
    CHECK_STRING(shape(TILED("2 3", 0, 5)), "0 15");
}

TEST(more_than_fits_is_an_error) {
    int32_t layer = TILED("2", INT64_MAX);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}
