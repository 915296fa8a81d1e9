#include "graph.h"
#include "harness.h"

enum { AMOUNTS = FIELD(wb_padding, amounts) };

#define DEFAULTS .axes = 2, .data_format = WB_DATA_FORMAT_DEFAULT

static int32_t padding(const char *input, const wb_padding *record) {
    graph_clear();
    return graph_node(WB_PADDING, record, sizeof *record, FROM(graph_input(input)));
}

#define PADDED(input, ...) padding(input, &(wb_padding){DEFAULTS, __VA_ARGS__})
#define CROPPED(input, ...) PADDED(input, .crops = 1, __VA_ARGS__)

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(each_side_of_each_axis_grows) {
    CHECK_STRING(shape(PADDED("batch 8 9 3", .amounts = {1, 2, 3, 4})), "batch 11 16 3");
    CHECK_STRING(shape(PADDED("batch 8 3", .axes = 1, .amounts = {1, 2})), "batch 11 3");
    CHECK_STRING(shape(PADDED("batch 4 5 6 3", .axes = 3, .amounts = {1, 1, 0, 2, 3, 0})), "batch 6 7 9 3");
    CHECK_STRING(shape(PADDED("batch 3 8 9", .amounts = {1, 2, 3, 4}, .data_format = WB_DATA_FORMAT_CHANNELS_FIRST)),
                 "batch 3 11 16");
}

TEST(each_side_of_each_axis_shrinks) {
    CHECK_STRING(shape(CROPPED("batch 8 9 3", .amounts = {1, 2, 3, 4})), "batch 5 2 3");
}

TEST(an_axis_that_stays_keeps_its_name) {
    int32_t layer = PADDED("batch high wide 3", .amounts = {0, 0, 1, 0});
    CHECK_STRING(shape(layer), "batch high ? 3");
    CHECK_STRING(graph_cost(layer, 0), "1 high wide 3");
}

TEST(cropping_leaves_something) {
    CHECK(graph_fails_at_input(CROPPED("batch 8 9 3", .amounts = {4, 4, 0, 0}), 0, WB_ERROR_EMPTY, 0, 8));
    CHECK(graph_fails_at_input(CROPPED("batch 8 9 3", .amounts = {0, 0, 0, 12}), 0, WB_ERROR_EMPTY, -3, 9));
}

/* PyTorch's F.pad takes away first, and cannot take what it has not. */
TEST(less_than_nothing_is_taken_away) {
    CHECK_STRING(shape(PADDED("batch 8 9 3", .amounts = {-1, 3, -2, -2})), "batch 10 5 3");
    CHECK_STRING(shape(PADDED("batch 4 9 3", .amounts = {-1, -3, 0, 0})), "batch 0 9 3");
    CHECK(graph_fails_at_input(PADDED("batch 4 9 3", .amounts = {-5, 3, 0, 0}), 0, WB_ERROR_EMPTY, -1, 4));
}

/* PyTorch's ReplicationPad and ReflectionPad find their values again wherever the axis begins. */
TEST(a_border_that_is_looked_up_is_there_even_where_more_is_taken_away_than_there_is) {
    CHECK_STRING(shape(PADDED("batch 5 9 3", .border = WB_PADDING_MODE_REFLECT, .amounts = {4, -6, 0, 0})),
                 "batch 3 9 3");
    CHECK_STRING(shape(PADDED("batch 2 9 3", .border = WB_PADDING_MODE_REPLICATE, .amounts = {4, -3, 0, 0})),
                 "batch 3 9 3");
    CHECK(graph_fails_at_input(PADDED("batch 2 9 3", .border = WB_PADDING_MODE_REPLICATE, .amounts = {-2, -1, 0, 0}), 0,
                               WB_ERROR_EMPTY, -1, 2));
}

/* PyTorch's ReflectionPad and ReplicationPad. */
TEST(a_border_leaves_something_on_some_axis) {
    for (int64_t border = WB_PADDING_MODE_REFLECT; border <= WB_PADDING_MODE_REPLICATE; border++) {
        CHECK(graph_fails_at_input(PADDED("batch 2 3", .axes = 1, .border = border, .amounts = {-1, -1}), 0,
                                   WB_ERROR_EMPTY, 0, 2));
        CHECK(graph_fails_at_input(PADDED("batch 2 5 3", .border = border, .amounts = {-1, -1, -2, -3}), 0,
                                   WB_ERROR_EMPTY, 0, 2));
        CHECK_STRING(shape(PADDED("batch 2 5 3", .border = border, .amounts = {-1, -1, 0, 0})), "batch 0 5 3");
    }
}

TEST(cropping_takes_away_and_adds_nothing) {
    int32_t layer = CROPPED("batch 8 9 3", .amounts = {1, 1, 1, 1});
    for (int side = 0; side < 4; side++) {
        CHECK(graph_refuses_below(layer, AMOUNTS + side, 0));
    }
}

/* PyTorch's ReflectionPad and CircularPad. */
TEST(a_border_has_what_it_is_filled_with) {
    CHECK_STRING(shape(PADDED("batch 4 4 3", .border = WB_PADDING_MODE_REFLECT, .amounts = {3, 3, 0, 0})),
                 "batch 10 4 3");
    CHECK(graph_fails_at_input(PADDED("batch 4 4 3", .border = WB_PADDING_MODE_REFLECT, .amounts = {0, 4, 0, 0}), 0,
                               WB_ERROR_BORDER, 4, 4));
    CHECK_STRING(shape(PADDED("batch 4 4 3", .border = WB_PADDING_MODE_CIRCULAR, .amounts = {4, 4, 0, 0})),
                 "batch 12 4 3");
    CHECK(graph_fails_at_input(PADDED("batch 4 4 3", .border = WB_PADDING_MODE_CIRCULAR, .amounts = {5, 0, 0, 0}), 0,
                               WB_ERROR_BORDER, 5, 4));
    CHECK_STRING(shape(PADDED("batch 4 4 3", .border = WB_PADDING_MODE_REPLICATE, .amounts = {9, 9, 0, 0})),
                 "batch 22 4 3");
}

TEST(amounts_that_do_not_fit_are_an_error) {
    CHECK(graph_fails(PADDED("batch 8 9 3", .amounts = {INT64_MAX, 0, 0, 0}), WB_ERROR_OVERFLOW, 0, 0));
    CHECK_STRING(shape(PADDED("batch 8 9 3", .amounts = {INT64_MAX - 8, 0, 0, 0})), "batch 9223372036854775807 9 3");
}

TEST(it_takes_an_input_of_two_axes_more_than_space) {
    CHECK(graph_fails_at_input(PADDED("batch 9 3", .amounts = {1, 1, 1, 1}), 0, WB_ERROR_RANK, 3, 4));
}
