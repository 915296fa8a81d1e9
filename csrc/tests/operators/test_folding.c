#include "graph.h"
#include "harness.h"

enum { KERNEL = FIELD(wb_folding, kernel_size), OUTPUT_SIZE = FIELD(wb_folding, output_size) };

#define DEFAULTS                                                                           \
    .axes = 2, .strides = {1, 1, 1}, .dilation_rate = {1, 1, 1}, .output_size = {1, 1, 1}, \
    .padding_mode = WB_PADDING_EXPLICIT, .data_format = WB_DATA_FORMAT_CHANNELS_FIRST

static int32_t folding(const char *input, const wb_folding *record) {
    graph_clear();
    return graph_node(WB_FOLDING, record, sizeof *record, FROM(graph_input(input)));
}

#define UNFOLDED(input, ...) folding(input, &(wb_folding){DEFAULTS, __VA_ARGS__})
#define FOLDED(input, ...) UNFOLDED(input, .inverse = 1, __VA_ARGS__)
#define LAST .data_format = WB_DATA_FORMAT_CHANNELS_LAST

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

/* PyTorch 2.13, Unfold and Fold. */
TEST(a_window_becomes_a_column_of_all_its_channels) {
    CHECK_STRING(shape(UNFOLDED("2 3 8 9", .kernel_size = {3, 3})), "2 27 42"); /* 3 x 9, 6 x 7 */
    CHECK_STRING(shape(UNFOLDED("2 3 8 9", .kernel_size = {3, 2}, .strides = {2, 2}, .padding = {1, 1, 1, 1},
                                .dilation_rate = {1, 2})),
                 "2 18 20");
}

TEST(columns_are_added_up_to_space) {
    CHECK_STRING(shape(FOLDED("2 27 42", .kernel_size = {3, 3}, .output_size = {8, 9})), "2 3 8 9");
    CHECK_STRING(shape(FOLDED("2 18 20", .kernel_size = {3, 2}, .strides = {2, 2}, .padding = {1, 1, 1, 1},
                              .dilation_rate = {1, 2}, .output_size = {8, 9})),
                 "2 3 8 9");
}

TEST(channels_may_stand_behind) {
    CHECK_STRING(shape(UNFOLDED("2 8 9 3", .kernel_size = {3, 3}, LAST)), "2 42 27");
    CHECK_STRING(shape(FOLDED("2 42 27", .kernel_size = {3, 3}, .output_size = {8, 9}, LAST)), "2 8 9 3");
}

TEST(there_may_be_no_batch) {
    CHECK_STRING(shape(UNFOLDED("3 8 9", .kernel_size = {3, 3})), "27 42");
    CHECK_STRING(shape(FOLDED("27 42", .kernel_size = {3, 3}, .output_size = {8, 9})), "3 8 9");
}

TEST(what_is_unknown_stays_so_but_for_what_is_given) {
    CHECK_STRING(shape(UNFOLDED("batch 3 ? 9", .kernel_size = {3, 3})), "batch 27 ?");
    CHECK_STRING(shape(FOLDED("batch ? ?", .kernel_size = {3, 3}, .output_size = {8, 9})), "batch ? 8 9");
    CHECK_STRING(shape(FOLDED("batch c 72", .kernel_size = {1, 1}, .output_size = {8, 9})), "batch c 8 9");
}

TEST(channels_hold_whole_windows) {
    CHECK(graph_fails_at_input(FOLDED("2 28 42", .kernel_size = {3, 3}, .output_size = {8, 9}), 0, WB_ERROR_GROUPS, 28,
                               9));
}

TEST(columns_are_as_many_as_windows) {
    CHECK(graph_fails_at_input(FOLDED("2 27 41", .kernel_size = {3, 3}, .output_size = {8, 9}), 0, WB_ERROR_COLUMNS, 41,
                               42));
}

TEST(a_window_must_fit) {
    CHECK(graph_fails_at_input(UNFOLDED("2 3 2 9", .kernel_size = {3, 3}), 0, WB_ERROR_WINDOW, 3, 2));
}

TEST(every_size_has_a_least) {
    int32_t layer = FOLDED("2 27 42", .kernel_size = {3, 3}, .output_size = {8, 9});
    CHECK(graph_refuses_below(layer, KERNEL, 1));
    CHECK(graph_refuses_below(layer, OUTPUT_SIZE + 1, 1));
}

TEST(a_window_of_too_many_elements_is_an_error) {
    CHECK(graph_fails(FOLDED("2 27 1", .kernel_size = {INT64_MAX, 2}, .output_size = {INT64_MAX, 2}), WB_ERROR_OVERFLOW,
                      0, 0));
}

TEST(it_takes_an_image) {
    CHECK(graph_fails_at_input(UNFOLDED("2 3 4 8 9", .kernel_size = {3, 3}), 0, WB_ERROR_RANK, 5, 4));
}
