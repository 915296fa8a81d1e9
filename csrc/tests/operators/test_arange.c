#include "graph.h"
#include "harness.h"

enum { STEP = FIELD(wb_arange, step) };

static int32_t arange(int64_t start, int64_t stop, int64_t step) {
    graph_clear();
    return graph_node(WB_ARANGE, RECORD(wb_arange, start, stop, step), FROM_NOTHING);
}

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

/* len(range(start, stop, step)) */
TEST(there_are_as_many_as_python_counts) {
    CHECK_STRING(shape(arange(0, 10, 1)), "10");
    CHECK_STRING(shape(arange(0, 10, 3)), "4");
    CHECK_STRING(shape(arange(10, 0, -3)), "4");
    CHECK_STRING(shape(arange(3, 3, 1)), "0");
    CHECK_STRING(shape(arange(3, 5, -1)), "0");
    CHECK_STRING(shape(arange(INT64_MIN, -1, 1)), "9223372036854775807");
}

TEST(one_number_alone_is_the_end) { CHECK_STRING(shape(arange(7, WB_ABSENT, 1)), "7"); }

TEST(they_are_integers) {
    int32_t layer = arange(0, 4, 1);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_INT32);
}

TEST(a_step_of_nothing_never_ends) {
    int32_t layer = arange(0, 4, 0);
    CHECK(graph_fails_at_field(layer, STEP, WB_ERROR_NOT_ONE_OF, 0, 0));
}

TEST(more_than_fits_is_an_error) {
    int32_t layer = arange(-1, INT64_MAX, 1);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(it_takes_nothing) {
    graph_clear();
    int32_t layer = graph_node(WB_ARANGE, RECORD(wb_arange, 0, 4, 1), FROM(graph_input("4")));
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 1, 0));
}
