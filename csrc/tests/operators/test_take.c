#include "graph.h"
#include "harness.h"

enum { AXIS = FIELD(wb_take, axis), LISTS = FIELD(wb_take, lists) };

static int32_t taken(const char *input, const char *indices, int64_t axis) {
    graph_clear();
    int32_t x = graph_input(input), y = graph_input_of(WB_DTYPE_INT32, indices);
    return graph_node(WB_TAKE, RECORD(wb_take, axis, WB_FORM_NULL), FROM(x, y));
}

#define TAKEN_AT(input, axis, n, ...)                                                                        \
    (graph_clear(), graph_node_with_list(WB_TAKE, RECORD(wb_take, axis, WB_FORM_LIST, n), LIST(__VA_ARGS__), \
                                         FROM(graph_input(input))))

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(the_indices_shape_takes_the_place_of_the_axis) {
    CHECK_STRING(shape(taken("1000 64", "batch time", 0)), "batch time 64");
    CHECK_STRING(shape(taken("batch 12 64", "5", 1)), "batch 5 64");
    CHECK_STRING(shape(taken("batch 12 64", "", -1)), "batch 12");
}

TEST(without_an_axis_it_is_the_indices_shape) { CHECK_STRING(shape(taken("4 5", "2 ?", WB_ABSENT)), "2 ?"); }

TEST(indices_may_be_constant) {
    CHECK_STRING(shape(TAKEN_AT("batch 12 64", 1, 2, 3, 4)), "batch 3 4 64");
    CHECK(graph_refuses_below(TAKEN_AT("batch 12 64", 1, 2, 3, 4), LISTS + 1, 0));
}

TEST(one_constant_index_takes_the_axis_away) {
    graph_clear();
    int32_t layer = graph_node(WB_TAKE, RECORD(wb_take, 1, WB_FORM_LIST), FROM(graph_input("batch 12 64")));
    CHECK_STRING(shape(layer), "batch 64");
}

TEST(the_tensor_keeps_its_dtype) {
    int32_t layer = taken("1000 64", "batch time", 0);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_FLOAT32);
}

TEST(the_axis_is_there_and_so_are_the_indices) {
    int32_t layer = taken("4 5", "2", 2);
    CHECK(graph_fails_at_field(layer, AXIS, WB_ERROR_AXIS, 2, 2));
    graph_clear();
    layer = graph_node(WB_TAKE, RECORD(wb_take, 0, WB_FORM_NULL), FROM(graph_input("4")));
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 1, 2));
}
