#include "graph.h"
#include "harness.h"

enum {
    FILTERS = FIELD(wb_convolution, filters),
    MULTIPLIER = FIELD(wb_convolution, depth_multiplier),
    KERNEL = FIELD(wb_convolution, kernel_size),
    STRIDES = FIELD(wb_convolution, strides),
    DILATION = FIELD(wb_convolution, dilation_rate),
    PADDING = FIELD(wb_convolution, padding),
    OUTPUT_PADDING = FIELD(wb_convolution, output_padding),
    GROUPS = FIELD(wb_convolution, groups)
};

/* What every test starts from: windows of 1 at stride 1, a bias, nothing else. */
#define SAME_ON_ALL(value) {value, value, value}
#define DEFAULTS                                                                                         \
    .axes = 2, .depth_multiplier = 1, .groups = 1, .use_bias = 1, .data_format = WB_DATA_FORMAT_DEFAULT, \
    .strides = SAME_ON_ALL(1), .dilation_rate = SAME_ON_ALL(1), .output_padding = SAME_ON_ALL(WB_ABSENT)

static int32_t convolution(const char *input, const wb_convolution *record) {
    graph_clear();
    return graph_node(WB_CONVOLUTION, record, sizeof *record, FROM(graph_input(input)));
}

#define CONVOLUTION(input, ...) convolution(input, &(wb_convolution){DEFAULTS, __VA_ARGS__})
#define TRANSPOSED(input, ...) CONVOLUTION(input, .kind = WB_CONVOLUTION_TRANSPOSED, __VA_ARGS__)

static const char *shape(int32_t layer) { return graph_evaluate() == WB_DONE ? graph_output(layer, 0) : NULL; }

/* ---- Plain -------------------------------------------------------------------------------------------- */

TEST(a_kernel_of_two_by_two_from_one_channel_to_three_has_fifteen_parameters) {
    int32_t layer = CONVOLUTION("batch ? ? 1", .filters = 3, .kernel_size = {2, 2});
    CHECK_STRING(shape(layer), "batch ? ? 3");
    CHECK_STRING(graph_weights(layer), "kernel 2x2x1x3, bias 3");
    CHECK_EQUAL(graph_row(layer)->parameters, 15); /* 12 + 3 */
}

/* torchvision's first: 3 to 64 channels, 11x11 at stride 4, padding 2, on 224x224. */
TEST(the_first_layer_of_alexnet) {
    int32_t layer = CONVOLUTION("batch 224 224 3", .filters = 64, .kernel_size = {11, 11}, .strides = {4, 4},
                                .padding_mode = WB_PADDING_EXPLICIT, .padding = {2, 2, 2, 2});
    CHECK_STRING(shape(layer), "batch 55 55 64");       /* (224 + 4 - 11) / 4 + 1 */
    CHECK_EQUAL(graph_row(layer)->parameters, 23296);   /* 11 x 11 x 3 x 64 + 64 */
    CHECK_EQUAL(graph_row(layer)->macs, 70276800);      /* 55 x 55 x 23,232 */
    CHECK_EQUAL(graph_row(layer)->activations, 193600); /* 55 x 55 x 64 */
}

TEST(one_and_three_axes_go_too) {
    int32_t layer = CONVOLUTION("batch 10 3", .axes = 1, .filters = 4, .kernel_size = {3}, .use_bias = 0);
    CHECK_STRING(shape(layer), "batch 8 4");
    CHECK_STRING(graph_weights(layer), "kernel 3x3x4");
    CHECK_EQUAL(graph_row(layer)->macs, 288); /* 8 x 36 */
    layer = CONVOLUTION("batch 10 9 8 2", .axes = 3, .filters = 5, .kernel_size = {3, 2, 1}, .strides = {1, 2, 3});
    CHECK_STRING(shape(layer), "batch 8 4 3 5"); /* 8; (9 - 2) / 2 + 1; (8 - 1) / 3 + 1 */
    CHECK_STRING(graph_weights(layer), "kernel 3x2x1x2x5, bias 5");
}

TEST(channels_may_stand_in_front) {
    int32_t layer =
        CONVOLUTION("batch 3 8 9", .filters = 4, .kernel_size = {3, 3}, .data_format = WB_DATA_FORMAT_CHANNELS_FIRST);
    CHECK_STRING(shape(layer), "batch 4 6 7");
    CHECK_STRING(graph_weights(layer), "kernel 3x3x3x4, bias 4");
    CHECK_EQUAL(graph_row(layer)->macs, 4536); /* 6 x 7 x 108 */
    layer = CONVOLUTION("batch 3 8 9", .filters = 4, .kernel_size = {3, 3});
    graph_settings()->channels_first = 1;
    CHECK_STRING(shape(layer), "batch 4 6 7");
}

TEST(same_padding_leaves_one_place_for_each_stride) {
    CHECK_STRING(shape(CONVOLUTION("batch 5 6 1", .filters = 1, .kernel_size = {3, 3}, .strides = {2, 2},
                                   .padding_mode = WB_PADDING_SAME)),
                 "batch 3 3 1");
    CHECK_STRING(
        shape(CONVOLUTION("batch high ? 1", .filters = 1, .kernel_size = {3, 3}, .padding_mode = WB_PADDING_SAME)),
        "batch high ? 1");
    CHECK_STRING(
        shape(CONVOLUTION("batch 1 0 1", .filters = 1, .kernel_size = {30, 30}, .padding_mode = WB_PADDING_SAME)),
        "batch 1 0 1");
}

TEST(causal_padding_does_the_same_on_the_axis_of_time_only) {
    CHECK_STRING(shape(CONVOLUTION("batch time 3", .axes = 1, .filters = 4, .kernel_size = {3},
                                   .padding_mode = WB_PADDING_CAUSAL)),
                 "batch time 4");
    int32_t layer = CONVOLUTION("batch 5 5 3", .filters = 4, .kernel_size = {3, 3}, .padding_mode = WB_PADDING_CAUSAL);
    CHECK(graph_fails_at_field(layer, PADDING, WB_ERROR_CAUSAL, 2, 1));
}

TEST(dilation_spreads_the_window) {
    CHECK_STRING(shape(CONVOLUTION("batch 7 9 1", .filters = 1, .kernel_size = {3, 3}, .dilation_rate = {2, 4})),
                 "batch 3 1 1"); /* they reach over 5 and 9 */
}

TEST(padding_may_differ_between_sides_and_may_keep_a_name) {
    CHECK_STRING(shape(CONVOLUTION("batch 5 5 1", .filters = 1, .kernel_size = {3, 3}, .padding = {0, 1, 2, 3},
                                   .padding_mode = WB_PADDING_EXPLICIT)),
                 "batch 4 8 1"); /* 5 + 1 - 3 + 1; 5 + 5 - 3 + 1 */
    CHECK_STRING(shape(CONVOLUTION("batch high 5 1", .filters = 1, .kernel_size = {3, 3}, .padding = {1, 1, 1, 1},
                                   .padding_mode = WB_PADDING_EXPLICIT)),
                 "batch high 5 1");
}

TEST(what_depends_on_an_unknown_size_is_unknown_and_its_costs_too) {
    int32_t layer = CONVOLUTION("batch high 5 1", .filters = 1, .kernel_size = {3, 3});
    CHECK_STRING(shape(layer), "batch ? 3 1");
    CHECK_STRING(graph_cost(layer, 0), "1 high 3 1");
    CHECK_EQUAL(graph_row(layer)->macs, WB_FIRST_SYMBOL - 1); /* `high`, the second name */
}

TEST(groups_divide_channels_and_filters) {
    int32_t layer = CONVOLUTION("batch 5 5 4", .filters = 6, .kernel_size = {3, 3}, .groups = 2);
    CHECK_STRING(shape(layer), "batch 3 3 6");
    CHECK_STRING(graph_weights(layer), "kernel 3x3x2x6, bias 6");
    CHECK_EQUAL(graph_row(layer)->macs, 972); /* 3 x 3 x 108 */
}

/* ---- Depthwise, separable ----------------------------------------------------------------------------- */

TEST(a_depthwise_one_multiplies_the_channels) {
    int32_t layer =
        CONVOLUTION("batch 5 5 3", .kind = WB_CONVOLUTION_DEPTHWISE, .kernel_size = {3, 3}, .depth_multiplier = 2);
    CHECK_STRING(shape(layer), "batch 3 3 6");
    CHECK_STRING(graph_weights(layer), "kernel 3x3x3x2, bias 6");
    CHECK_EQUAL(graph_row(layer)->macs, 486); /* 9 x 54 */
}

TEST(a_separable_one_has_a_kernel_for_space_and_one_for_channels) {
    int32_t layer = CONVOLUTION("batch 5 5 3", .kind = WB_CONVOLUTION_SEPARABLE, .filters = 4, .kernel_size = {3, 3},
                                .depth_multiplier = 2);
    CHECK_STRING(shape(layer), "batch 3 3 4");
    CHECK_STRING(graph_weights(layer), "depthwise_kernel 3x3x3x2, pointwise_kernel 1x1x6x4, bias 4");
    CHECK_EQUAL(graph_row(layer)->macs, 702); /* 9 x (54 + 24) */
}

/* ---- Transposed --------------------------------------------------------------------------------------- */

/* Keras: input * stride + max(kernel - stride, 0); each position of the input meets the whole kernel. */
TEST(a_transposed_one_spreads_its_input) {
    int32_t layer = TRANSPOSED("batch 4 4 3", .filters = 2, .kernel_size = {3, 2}, .strides = {2, 3});
    CHECK_STRING(shape(layer), "batch 9 12 2"); /* 8 + 1; 12 + 0 */
    CHECK_STRING(graph_weights(layer), "kernel 3x2x2x3, bias 2");
    CHECK_EQUAL(graph_row(layer)->macs, 576); /* 4 x 4 x 36 */
}

TEST(a_transposed_one_with_same_padding_multiplies_by_the_stride) {
    CHECK_STRING(shape(TRANSPOSED("batch 4 4 3", .filters = 2, .kernel_size = {3, 4}, .strides = {2, 3},
                                  .padding_mode = WB_PADDING_SAME)),
                 "batch 8 12 2");
    CHECK_STRING(
        shape(TRANSPOSED("batch high 4 3", .filters = 2, .kernel_size = {1, 1}, .padding_mode = WB_PADDING_SAME)),
        "batch high 4 2");
}

/* Keras: (input - 1) * stride + kernel + output_padding, less 2 * (kernel // 2) where `same`. */
TEST(output_padding_makes_a_transposed_one_longer) {
    CHECK_STRING(shape(TRANSPOSED("batch 4 4 3", .filters = 2, .kernel_size = {3, 3}, .strides = {2, 2},
                                  .output_padding = {1, 0})),
                 "batch 10 9 2");
    CHECK_STRING(shape(TRANSPOSED("batch 4 4 3", .filters = 2, .kernel_size = {3, 4}, .strides = {2, 2},
                                  .output_padding = {1, 1}, .padding_mode = WB_PADDING_SAME)),
                 "batch 8 7 2"); /* 6 + 1 + 1; 6 + 0 + 1 */
}

/* PyTorch: (input - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1. */
TEST(explicit_padding_cuts_a_transposed_one) {
    CHECK_STRING(shape(TRANSPOSED("batch 4 4 3", .filters = 2, .kernel_size = {3, 3}, .strides = {2, 2},
                                  .dilation_rate = {1, 2}, .output_padding = {1, WB_ABSENT}, .padding = {1, 1, 1, 1},
                                  .padding_mode = WB_PADDING_EXPLICIT)),
                 "batch 8 9 2"); /* 6 - 2 + 2 + 1 + 1; 6 - 2 + 4 + 1 */
}

TEST(a_transposed_one_that_is_cut_to_less_than_nothing_is_an_error) {
    int32_t layer = TRANSPOSED("batch 1 4 3", .filters = 2, .kernel_size = {3, 3}, .padding = {2, 2, 1, 1},
                               .padding_mode = WB_PADDING_EXPLICIT);
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_EMPTY, -1, 1)); /* 0 - 4 + 3 */
}

TEST(a_transposed_one_may_be_cut_to_nothing) {
    CHECK_STRING(shape(TRANSPOSED("batch 1 4 3", .filters = 2, .kernel_size = {4, 3}, .padding = {2, 2, 1, 1},
                                  .padding_mode = WB_PADDING_EXPLICIT)),
                 "batch 0 4 2"); /* 0 - 4 + 4 */
}

TEST(output_padding_is_less_than_stride_or_dilation) {
    int32_t layer = TRANSPOSED("batch 4 4 3", .filters = 2, .kernel_size = {3, 3}, .strides = {2, 1},
                               .dilation_rate = {1, 3}, .output_padding = {1, 2});
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK(graph_refuses_below(layer, OUTPUT_PADDING, 0));
    CHECK(graph_refuses_below(layer, OUTPUT_PADDING + 1, 0));
    *graph_field(layer, OUTPUT_PADDING) = 2;
    CHECK(graph_fails_at_field(layer, OUTPUT_PADDING, WB_ERROR_TOO_LARGE, 2, 1));
    *graph_field(layer, OUTPUT_PADDING) = INT64_MAX;
    CHECK(graph_fails_at_field(layer, OUTPUT_PADDING, WB_ERROR_TOO_LARGE, INT64_MAX, 1));
}

/* ---- What is refused ---------------------------------------------------------------------------------- */

TEST(every_size_has_a_least) {
    int32_t layer =
        CONVOLUTION("batch 9 9 3", .filters = 2, .kernel_size = {3, 3}, .padding_mode = WB_PADDING_EXPLICIT);
    CHECK(graph_refuses_below(layer, FILTERS, 1));
    CHECK(graph_refuses_below(layer, GROUPS, 1));
    for (int axis = 0; axis < 2; axis++) {
        CHECK(graph_refuses_below(layer, KERNEL + axis, 1));
        CHECK(graph_refuses_below(layer, STRIDES + axis, 1));
        CHECK(graph_refuses_below(layer, DILATION + axis, 1));
        CHECK(graph_refuses_below(layer, PADDING + 2 * axis, 0));
        CHECK(graph_refuses_below(layer, PADDING + 2 * axis + 1, 0));
    }
}

TEST(a_multiplier_has_a_least_where_it_is_read) {
    int32_t layer = CONVOLUTION("batch 9 9 3", .kind = WB_CONVOLUTION_DEPTHWISE, .kernel_size = {3, 3});
    CHECK(graph_refuses_below(layer, MULTIPLIER, 1));
    layer = CONVOLUTION("batch 9 9 3", .kind = WB_CONVOLUTION_SEPARABLE, .filters = 2, .kernel_size = {3, 3});
    CHECK(graph_refuses_below(layer, MULTIPLIER, 1));
    layer = CONVOLUTION("batch 9 9 3", .filters = 2, .kernel_size = {3, 3}, .depth_multiplier = -7);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
}

TEST(axes_that_are_not_there_are_not_read) {
    int32_t layer =
        CONVOLUTION("batch 9 3", .axes = 1, .filters = 2, .kernel_size = {3, -1, -1}, .strides = {1, 0, 0},
                    .dilation_rate = {1, 0, 0}, .padding = {0, 0, -1, -1, -1, -1}, .padding_mode = WB_PADDING_EXPLICIT);
    CHECK_STRING(shape(layer), "batch 7 2");
}

TEST(a_window_must_fit_its_padded_input) {
    int32_t layer = CONVOLUTION("batch 4 9 3", .filters = 2, .kernel_size = {5, 3});
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_WINDOW, 5, 4));
    *graph_field(layer, KERNEL) = INT64_MAX;
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_WINDOW, INT64_MAX, 4));
}

TEST(groups_must_divide) {
    int32_t layer = CONVOLUTION("batch 9 9 3", .filters = 3, .kernel_size = {3, 3}, .groups = 2);
    CHECK(graph_fails_at_field(layer, FILTERS, WB_ERROR_NOT_DIVISIBLE, 3, 2));
    *graph_field(layer, FILTERS) = 4;
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_GROUPS, 3, 2));
}

TEST(channels_must_be_known) {
    int32_t layer = CONVOLUTION("batch 9 9 ?", .filters = 3, .kernel_size = {3, 3});
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_UNKNOWN_DIMENSION, 3, 0));
}

TEST(it_takes_one_input_of_two_axes_more_than_space) {
    int32_t layer = CONVOLUTION("batch 9 9", .filters = 3, .kernel_size = {3, 3});
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_RANK, 3, 4));
    graph_clear();
    layer =
        graph_node(WB_CONVOLUTION, RECORD(wb_convolution, DEFAULTS, .filters = 1, .kernel_size = {1, 1}), FROM_NOTHING);
    CHECK(graph_fails(layer, WB_ERROR_INPUT_COUNT, 0, 1));
}

/* ---- Edges of 64 bits --------------------------------------------------------------------------------- */

TEST(the_longest_stride_has_one_place) {
    CHECK_STRING(shape(CONVOLUTION("batch 9 9223372036854775807 1", .filters = 1, .kernel_size = {3, 1},
                                   .strides = {INT64_MAX, INT64_MAX})),
                 "batch 1 1 1");
}

TEST(what_does_not_fit_is_an_error) {
    int32_t layer =
        CONVOLUTION("batch 9 9 1", .filters = 1, .kernel_size = {3, 3}, .padding_mode = WB_PADDING_EXPLICIT);
    const struct {
        int32_t field;
        int64_t value;
    } too_large[] = {
        {DILATION, INT64_MAX}, {DILATION + 1, INT64_MAX / 2 + 1}, {PADDING, INT64_MAX}, {PADDING + 3, INT64_MAX - 8}};
    for (size_t i = 0; i < 4; i++) {
        int64_t before = *graph_field(layer, too_large[i].field);
        *graph_field(layer, too_large[i].field) = too_large[i].value;
        CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
        *graph_field(layer, too_large[i].field) = before;
    }
    CHECK_STRING(shape(layer), "batch 7 7 1");
}

TEST(kernels_and_channels_that_do_not_fit_are_an_error) {
    int32_t layer = CONVOLUTION("batch 9 9 3", .filters = INT64_MAX, .kernel_size = {1, 1});
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    layer = CONVOLUTION("batch 9 9 3", .kind = WB_CONVOLUTION_DEPTHWISE, .kernel_size = {1, 1},
                        .depth_multiplier = INT64_MAX);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    layer = CONVOLUTION("batch 9 9 3", .kind = WB_CONVOLUTION_SEPARABLE, .filters = 1, .kernel_size = {1, 1},
                        .depth_multiplier = INT64_MAX);
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
    layer = TRANSPOSED("batch 9 9 3", .filters = 1, .kernel_size = {1, 1}, .strides = {INT64_MAX, 1});
    CHECK(graph_fails(layer, WB_ERROR_OVERFLOW, 0, 0));
}

TEST(costs_past_what_fits_are_a_warning_only) {
    int32_t layer = CONVOLUTION("4294967296 4294967296 1 3", .filters = 1, .kernel_size = {1, 1});
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, WB_OVERFLOWN);
    CHECK(graph_result()->n_warnings > 0);
}

/* ---- Borders, and the frameworks' corners ------------------------------------------------------------- */

/* PyTorch's padding_mode. */
TEST(a_border_has_what_it_is_filled_with) {
    CHECK_STRING(shape(CONVOLUTION("batch 4 3", .axes = 1, .filters = 2, .kernel_size = {3}, .padding = {3, 3},
                                   .padding_mode = WB_PADDING_EXPLICIT, .border = WB_PADDING_MODE_REFLECT)),
                 "batch 8 2");
    CHECK(graph_fails_at_input(CONVOLUTION("batch 4 3", .axes = 1, .filters = 2, .kernel_size = {3}, .padding = {4, 4},
                                           .padding_mode = WB_PADDING_EXPLICIT, .border = WB_PADDING_MODE_REFLECT),
                               0, WB_ERROR_BORDER, 4, 4));
    /* `same` of a window of 6 is 2 before and 3 behind. */
    CHECK(graph_fails_at_input(CONVOLUTION("batch 2 3", .axes = 1, .filters = 2, .kernel_size = {6},
                                           .padding_mode = WB_PADDING_SAME, .border = WB_PADDING_MODE_CIRCULAR),
                               0, WB_ERROR_BORDER, 3, 2));
}

/* Keras: less than the stride; PyTorch, which has no `same` here, also less than the dilation. */
TEST(output_padding_of_same_is_less_than_the_stride) {
    int32_t layer = TRANSPOSED("batch 9 9 3", .filters = 2, .kernel_size = {3, 3}, .dilation_rate = {3, 3},
                               .output_padding = {1, 0, 0}, .padding_mode = WB_PADDING_SAME);
    CHECK(graph_fails_at_field(layer, OUTPUT_PADDING, WB_ERROR_TOO_LARGE, 1, 0));
    CHECK_STRING(shape(TRANSPOSED("batch 9 9 3", .filters = 2, .kernel_size = {3, 3}, .dilation_rate = {3, 3},
                                  .output_padding = {2, 0, 0})),
                 "batch 17 15 2"); /* 8 + 7 + 2, 8 + 7 */
}

TEST(only_a_plain_one_is_causal) {
    int32_t layer = CONVOLUTION("batch 9 3", .axes = 1, .kind = WB_CONVOLUTION_DEPTHWISE, .kernel_size = {3},
                                .padding_mode = WB_PADDING_CAUSAL);
    CHECK(graph_fails_at_field(layer, PADDING, WB_ERROR_CAUSAL, 1, 1));
}
