#include "graph.h"
#include "harness.h"

static int32_t slopes(int64_t num_parameters, const int64_t *shared_axes, size_t n, const char *input) {
    graph_clear();
    wb_slope record = {.num_parameters = num_parameters};
    return graph_node_with_list(WB_SLOPE, &record, sizeof record, shared_axes, n, FROM(graph_input(input)));
}

TEST(each_element_of_an_example_has_a_slope) {
    int32_t layer = slopes(WB_ABSENT, NO_LIST, "batch 4 6");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 4 6");
    CHECK_STRING(graph_weights(layer), "alpha 4x6");
}

TEST(shared_axes_have_one_slope_and_may_be_unknown) {
    int32_t layer = slopes(WB_ABSENT, LIST(1, 2), "batch ? ? 6");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "alpha 1x1x6");
}

TEST(axes_below_one_count_from_the_end_as_in_keras) {
    int32_t layer = slopes(WB_ABSENT, LIST(0), "batch 4 6");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "alpha 4x1");
    layer = slopes(WB_ABSENT, LIST(-1), "batch 4 6");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "alpha 1x6");
    layer = slopes(WB_ABSENT, LIST(-2), "batch 4 6");
    CHECK(graph_fails_at_field(layer, FIELD(wb_slope, shared_axes), WB_ERROR_AXIS, -2, 3));
    layer = slopes(WB_ABSENT, LIST(3), "batch 4 6");
    CHECK(graph_fails_at_field(layer, FIELD(wb_slope, shared_axes), WB_ERROR_AXIS, 3, 3));
}

TEST(an_axis_that_is_not_shared_must_be_known) {
    int32_t layer = slopes(WB_ABSENT, LIST(1), "batch ? ?");
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_UNKNOWN_DIMENSION, 2, 0));
}

TEST(pytorch_has_one_slope_or_one_for_each_channel) {
    int32_t layer = slopes(6, NO_LIST, "2 6 4");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "alpha 6");
    layer = slopes(1, NO_LIST, "");
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "alpha 1");
    layer = slopes(5, NO_LIST, "2 6 4");
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_SHAPES_DIFFER, 6, 5));
}

TEST(the_two_ways_do_not_mix) {
    int32_t layer = slopes(1, LIST(1), "2 6 4");
    CHECK(graph_fails_at_field(layer, FIELD(wb_slope, num_parameters), WB_ERROR_NEEDLESS, 1, 0));
}
