#include "graph.h"
#include "harness.h"

enum { LISTS = FIELD(wb_resizing, lists), POOL_SIZE = FIELD(wb_resizing, pool_size) };

#define NO_POOL .pool_size = {WB_ABSENT, WB_ABSENT, WB_ABSENT}
#define DEFAULTS .axes = 2, .data_format = WB_DATA_FORMAT_DEFAULT

static int32_t resizing(const char *input, const wb_resizing *record, const int64_t *list, size_t n) {
    graph_clear();
    return graph_node_with_list(WB_RESIZING, record, sizeof *record, list, n, FROM(graph_input(input)));
}

#define RESIZED(input, list, ...) resizing(input, &(wb_resizing){DEFAULTS, __VA_ARGS__}, list)
#define TO_SIZE(n) NO_POOL, .output_size_count = (n)
#define BY_RATIO(n) NO_POOL, .ratio_count = 2 * (n)
#define ANY_AXES .axes = WB_ABSENT

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

TEST(one_size_is_for_all_axes_and_several_are_one_each) {
    CHECK_STRING(shape(RESIZED("batch ? 9 3", LIST(5), TO_SIZE(1))), "batch 5 5 3");
    CHECK_STRING(shape(RESIZED("batch ? 9 3", LIST(5, 7), TO_SIZE(2))), "batch 5 7 3");
    CHECK_STRING(shape(RESIZED("batch 3 8 9", LIST(5, 7), TO_SIZE(2), .data_format = WB_DATA_FORMAT_CHANNELS_FIRST)),
                 "batch 3 5 7");
}

TEST(an_axis_without_a_size_keeps_its_own) {
    CHECK_STRING(shape(RESIZED("batch high 9 3", LIST(WB_ABSENT, 7), TO_SIZE(2))), "batch high 7 3");
}

TEST(a_factor_rounds_down) {
    CHECK_STRING(shape(RESIZED("batch 4 5 3", LIST(2, 1, 7, 2), BY_RATIO(2))), "batch 8 17 3"); /* 5 x 3.5 = 17.5 */
    CHECK_STRING(shape(RESIZED("batch 4 5 3", LIST(5, 2), BY_RATIO(1))), "batch 10 12 3");
}

TEST(a_factor_of_one_keeps_a_name_and_any_other_does_not) {
    int32_t layer = RESIZED("batch high wide 3", LIST(1, 1, 2, 1), BY_RATIO(2));
    CHECK_STRING(shape(layer), "batch high ? 3");
    CHECK_STRING(graph_cost(layer, 0), "1 high wide 3");
}

TEST(axes_may_be_as_many_as_there_are) {
    CHECK_STRING(shape(RESIZED("batch 5 3", LIST(2, 1), ANY_AXES, BY_RATIO(1))), "batch 10 3");
    CHECK_STRING(shape(RESIZED("batch 4 5 6 3", LIST(2, 1), ANY_AXES, BY_RATIO(1))), "batch 8 10 12 3");
    CHECK(
        graph_fails_at_input(RESIZED("batch 3", LIST(2, 1), ANY_AXES, BY_RATIO(1)), 0, WB_ERROR_RANK_TOO_SMALL, 2, 3));
    CHECK(graph_fails_at_input(RESIZED("batch 1 1 1 1 3", LIST(2, 1), ANY_AXES, BY_RATIO(1)), 0, WB_ERROR_RANK, 6, 5));
}

/* PyTorch: linear is for 3-D, bilinear and bicubic for 4-D, trilinear for 5-D input. */
TEST(a_mode_is_for_its_number_of_axes) {
    CHECK_STRING(shape(RESIZED("batch 4 5 3", LIST(2, 1), ANY_AXES, BY_RATIO(1), .mode = WB_MODE_BICUBIC)),
                 "batch 8 10 3");
    CHECK(graph_fails_at_input(RESIZED("batch 4 5 3", LIST(2, 1), ANY_AXES, BY_RATIO(1), .mode = WB_MODE_LINEAR), 0,
                               WB_ERROR_RANK, 4, 3));
    CHECK(graph_fails_at_input(RESIZED("batch 4 5 3", LIST(2, 1), ANY_AXES, BY_RATIO(1), .mode = WB_MODE_TRILINEAR), 0,
                               WB_ERROR_RANK, 4, 5));
}

TEST(one_image_may_come_without_a_batch) {
    CHECK_STRING(shape(RESIZED("8 9 3", LIST(5, 7), TO_SIZE(2), .single = 1)), "5 7 3");
    CHECK(graph_fails_at_input(RESIZED("8 9 3", LIST(5, 7), TO_SIZE(2)), 0, WB_ERROR_RANK, 3, 4));
}

TEST(indices_are_a_second_output_of_int64) {
    int32_t layer = RESIZED("batch 8 9 3", LIST(5), TO_SIZE(1), .return_indices = 1);
    CHECK_STRING(shape(layer), "batch 5 5 3");
    CHECK_STRING(graph_output(layer, 1), "batch 5 5 3");
    CHECK_EQUAL(graph_tensor(layer, 0)->dtype, WB_DTYPE_FLOAT32);
    CHECK_EQUAL(graph_tensor(layer, 1)->dtype, WB_DTYPE_INT64);
}

/* PyTorch 2.13: FractionalMaxPool2d(3) makes up to 8 of 10, FractionalMaxPool3d(2) up to 3 of 5. */
TEST(fractional_windows_fit_wherever_they_begin) {
    CHECK_STRING(shape(RESIZED("batch 10 10 3", LIST(8), .pool_size = {3, 3}, .output_size_count = 1)), "batch 8 8 3");
    CHECK(graph_fails_at_input(RESIZED("batch 10 10 3", LIST(9), .pool_size = {3, 3}, .output_size_count = 1), 0,
                               WB_ERROR_WINDOW, 11, 10));
    CHECK_STRING(shape(RESIZED("batch 5 5 5 3", LIST(3), .axes = 3, .pool_size = {2, 2, 2}, .output_size_count = 1)),
                 "batch 3 3 3 3");
    CHECK(graph_fails_at_input(
        RESIZED("batch 5 5 5 3", LIST(4), .axes = 3, .pool_size = {2, 2, 2}, .output_size_count = 1), 0,
        WB_ERROR_WINDOW, 6, 5));
}

TEST(fractional_pooling_makes_less) {
    CHECK_STRING(shape(RESIZED("batch 20 21 3", LIST(1, 2), .pool_size = {2, 2}, .ratio_count = 2)), "batch 10 10 3");
    CHECK(graph_fails_at_field(RESIZED("batch 20 21 3", LIST(1, 1), .pool_size = {2, 2}, .ratio_count = 2), LISTS,
                               WB_ERROR_FRACTION, 0, 0));
    CHECK(graph_refuses_below(RESIZED("batch 20 21 3", LIST(8), .pool_size = {2, 2}, .output_size_count = 1),
                              POOL_SIZE + 1, 1));
}

TEST(one_of_sizes_and_factors_is_given) {
    CHECK(graph_fails(RESIZED("batch 8 9 3", NO_LIST, NO_POOL), WB_ERROR_EITHER, 0, 0));
    CHECK(graph_fails(RESIZED("batch 8 9 3", LIST(5, 2, 1), NO_POOL, .output_size_count = 1, .ratio_count = 2),
                      WB_ERROR_EITHER, 0, 0));
}

TEST(entries_are_one_or_as_many_as_axes) {
    enum { SIZES = FIELD(wb_resizing, output_size_count), RATIOS = FIELD(wb_resizing, ratio_count) };
    CHECK(graph_fails_at_field(RESIZED("batch 8 9 3", LIST(5, 6, 7), TO_SIZE(3)), SIZES, WB_ERROR_SPREAD, 3, 2));
    CHECK(graph_fails_at_field(RESIZED("batch 8 3", LIST(2, 1, 2, 1), ANY_AXES, BY_RATIO(2)), RATIOS, WB_ERROR_ENTRIES,
                               2, 1));
}

TEST(something_must_be_left) {
    CHECK(graph_refuses_below(RESIZED("batch 8 9 3", LIST(5), TO_SIZE(1)), LISTS, 1));
    CHECK(graph_fails_at_field(RESIZED("batch 8 9 3", LIST(0, 1), BY_RATIO(1)), LISTS, WB_ERROR_NOT_POSITIVE, 0, 0));
    CHECK(graph_fails_at_field(RESIZED("batch 8 9 3", LIST(-1, 2), BY_RATIO(1)), LISTS, WB_ERROR_NOT_POSITIVE, 0, 0));
    CHECK(graph_fails_at_input(RESIZED("batch 8 9 3", LIST(1, 10), BY_RATIO(1)), 0, WB_ERROR_EMPTY, 0, 8));
}

/* PyTorch's Upsample of an area and FractionalMaxPool2d, which are poolings. */
TEST(pooling_may_leave_nothing) {
    CHECK_STRING(shape(RESIZED("batch 8 9 3", LIST(1, 9), BY_RATIO(1), .mode = WB_MODE_AREA)), "batch 0 1 3");
    CHECK_STRING(shape(RESIZED("batch 8 9 3", LIST(1, 9), .ratio_count = 2, .pool_size = {2, 2})), "batch 0 1 3");
}

TEST(a_size_that_does_not_fit_is_an_error) {
    CHECK(graph_fails(RESIZED("batch 8 9 3", LIST(INT64_MAX, 1), BY_RATIO(1)), WB_ERROR_OVERFLOW, 0, 0));
}

TEST(a_ratio_is_two_numbers) {
    int32_t field = FIELD(wb_resizing, ratio_count);
    CHECK(
        graph_fails_at_field(RESIZED("batch 8 9 3", LIST(5), NO_POOL, .ratio_count = 1), field, WB_ERROR_GRAPH, 1, 2));
}
