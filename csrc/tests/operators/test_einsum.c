#include "graph.h"
#include "harness.h"

enum { EQUATION = FIELD(wb_einsum, lists), OUTPUT_SHAPE = FIELD(wb_einsum, output_shape_count) };

/* A node of an equation as the core has it: `abc,cd>abd`, `.` for an ellipsis. */
static int32_t einsum(bool has_kernel, const char *equation, const char *bias_axes, const int64_t *output_shape,
                      size_t n_sizes, const int64_t *references, size_t n) {
    int64_t list[64];
    size_t length = 0;
    for (const char *at = equation; *at != '\0'; at++) {
        list[length++] = *at;
    }
    for (size_t i = 0; i < n_sizes; i++) {
        list[length++] = output_shape[i];
    }
    for (const char *at = bias_axes; *at != '\0'; at++) {
        list[length++] = *at;
    }
    wb_einsum record = {.has_kernel = has_kernel,
                        .use_bias = 1,
                        .equation_count = (int64_t)strlen(equation),
                        .output_shape_count = (int64_t)n_sizes,
                        .bias_axes_count = (int64_t)strlen(bias_axes)};
    return graph_node_with_list(WB_EINSUM, &record, sizeof record, list, length, references, n);
}

#define WITH_KERNEL(equation, bias_axes, output_shape, input) \
    einsum(true, equation, bias_axes, output_shape, FROM(input))
#define OF_TENSORS(equation, ...) einsum(false, equation, "", NO_LIST, FROM(__VA_ARGS__))

/* ---- With a kernel ------------------------------------------------------------------------------------ */

TEST(a_projection_to_heads_has_a_kernel_of_three_axes) {
    graph_clear();
    int32_t layer = WITH_KERNEL("abc,cde>abde", "de", LIST(WB_ABSENT, 8, 64), graph_input("batch seq 512"));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch seq 8 64");
    CHECK_STRING(graph_weights(layer), "kernel 512x8x64, bias 8x64");
    CHECK_EQUAL(graph_row(layer)->parameters, 262656); /* 512 x 8 x 64 + 8 x 64, as Keras counts */
}

TEST(a_size_that_is_left_open_is_unknown_and_costs_what_the_input_has) {
    graph_clear();
    int32_t layer = WITH_KERNEL("abc,cd>abd", "d", LIST(WB_ABSENT, 64), graph_input("batch 32 128"));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch ? 64");
    CHECK_STRING(graph_cost(layer, 0), "1 32 64");
    CHECK_EQUAL(graph_row(layer)->macs, 262144); /* 32 x 128 x 64 */
}

TEST(an_ellipsis_stands_for_what_is_before_or_behind) {
    graph_clear();
    int32_t front = WITH_KERNEL(".x,xy>.y", "y", LIST(6), graph_input("batch 4 5"));
    int32_t back = WITH_KERNEL("ab.,bc>ac.", "c", LIST(6), graph_input("batch 5 3 2"));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(front, 0), "batch 4 6");
    CHECK_STRING(graph_weights(front), "kernel 5x6, bias 6");
    CHECK_STRING(graph_output(back, 0), "batch 6 3 2");
    CHECK_STRING(graph_weights(back), "kernel 5x6, bias 6x1x1");
}

TEST(a_bias_on_an_axis_in_front_has_size_one_behind_it) {
    graph_clear();
    int32_t layer = WITH_KERNEL("abc,cd>abd", "b", LIST(4, 6), graph_input("batch 4 5"));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_weights(layer), "kernel 5x6, bias 4x1");
}

TEST(the_output_shape_has_a_size_for_each_letter_but_the_batch) {
    graph_clear();
    int32_t layer = WITH_KERNEL("abc,cd>abd", "", LIST(64), graph_input("batch 4 5"));
    CHECK(graph_fails_at_field(layer, OUTPUT_SHAPE, WB_ERROR_LIST, 1, 2));
}

TEST(the_output_shape_contradicts_no_input) {
    graph_clear();
    int32_t layer = WITH_KERNEL("abc,cd>abd", "", LIST(7, 64), graph_input("batch 4 5"));
    CHECK(graph_fails_at_field(layer, EQUATION + 10, WB_ERROR_SHAPES_DIFFER, 7, 4));
}

TEST(a_bias_lies_along_axes_of_the_output) {
    graph_clear();
    int32_t layer = WITH_KERNEL("abc,cd>abd", "c", LIST(WB_ABSENT, 64), graph_input("batch seq 8"));
    CHECK(graph_fails_at_field(layer, EQUATION + 10 + 2, WB_ERROR_LABEL, 0, 0));
}

TEST(the_sizes_of_the_kernel_must_be_known) {
    graph_clear();
    int32_t layer = WITH_KERNEL("abc,cd>abd", "", LIST(WB_ABSENT, 6), graph_input("batch 4 ?"));
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_UNKNOWN_DIMENSION, 2, 0));
    graph_clear();
    layer = WITH_KERNEL("abc,cd>abd", "", LIST(WB_ABSENT, WB_ABSENT), graph_input("batch 4 5"));
    CHECK(graph_fails_at_field(layer, OUTPUT_SHAPE, WB_ERROR_UNKNOWN_DIMENSION, 0, 0));
}

TEST(labels_must_be_somewhere_and_only_once_in_the_output) {
    const char *const wrong[] = {"abc,cd>abx", "abc,cx>ab", "abc,cd>abb", "abc,.cd>abd", "a1c,cd>abd"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        graph_clear();
        (void)WITH_KERNEL(wrong[i], "", LIST(4, 5), graph_input("batch 4 5"));
        CHECK_EQUAL(graph_evaluate(), WB_FAULTY);
    }
    graph_clear();
    int32_t layer = WITH_KERNEL("ab,bc>ac", "x", LIST(5), graph_input("batch 4"));
    CHECK(graph_fails_at_field(layer, EQUATION + 9, WB_ERROR_LABEL, 0, 0));
}

/* PyTorch's bilinear layer: "input batch dimensions do not match". */
TEST(inputs_beside_a_kernel_are_not_stretched) {
    graph_clear();
    int64_t first = graph_input("3 5"), second = graph_input("1 6");
    int32_t layer = einsum(true, ".i,.j,oij>.o", "", LIST(7), FROM(first, second));
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 1, 3));
    graph_clear();
    first = graph_input("3 5");
    second = graph_input("4 3 6");
    layer = einsum(true, ".i,.j,oij>.o", "", LIST(7), FROM(first, second));
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_RANK, 3, 2));
}

TEST(a_kernel_between_two_inputs_costs_its_elements_at_each_position) {
    graph_clear();
    int32_t x = graph_input("2 3 5"), y = graph_input("2 3 6");
    int32_t layer = einsum(true, ".i,.j,oij>.o", "o", LIST(7), FROM(x, y));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "2 3 7");
    CHECK_STRING(graph_weights(layer), "kernel 7x5x6, bias 7");
    CHECK_EQUAL(graph_row(layer)->macs, 1260); /* 2 x 3 x 7 x 5 x 6 */
}

/* ---- Of tensors alone --------------------------------------------------------------------------------- */

TEST(tensors_are_multiplied_from_left_to_right) {
    graph_clear();
    int32_t a = graph_input("2 3"), b = graph_input("3 5"), c = graph_input("5 7");
    int32_t layer = OF_TENSORS("ab,bc,cd>ad", a, b, c);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "2 7");
    CHECK_EQUAL(graph_row(layer)->macs, 100); /* 2 x 3 x 5 + 2 x 5 x 7 */
}

TEST(what_sums_over_nothing_is_not_counted) {
    graph_clear();
    int32_t a = graph_input("2 3"), b = graph_input("2 3"), c = graph_input("7");
    int32_t elementwise = OF_TENSORS("ab,ab>ab", a, b);
    int32_t outer = OF_TENSORS("ab,c>abc", a, c);
    int32_t sum = OF_TENSORS("ab>b", a);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(elementwise)->macs, 0);
    CHECK_EQUAL(graph_row(outer)->macs, 0);
    CHECK_EQUAL(graph_row(sum)->macs, 0);
    CHECK_STRING(graph_output(outer, 0), "2 3 7");
}

TEST(what_one_operand_alone_has_is_summed_before) {
    graph_clear();
    int32_t a = graph_input("2 3 4"), b = graph_input("3 5");
    int32_t layer = OF_TENSORS("abx,bc>ac", a, b);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 30); /* 2 x 3 x 5 */
}

TEST(ellipses_are_broadcast_from_their_ends) {
    graph_clear();
    int32_t a = graph_input("batch 1 4 5"), b = graph_input("8 5 6");
    int32_t layer = OF_TENSORS(".ij,.jk>.ik", a, b);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 8 4 6");
    CHECK_EQUAL(graph_row(layer)->macs, 960); /* 8 x 4 x 5 x 6 */
}

TEST(operands_must_fit_each_other_and_the_equation) {
    graph_clear();
    int32_t a = graph_input("2 3"), b = graph_input("4 5");
    CHECK(graph_fails_at_input(OF_TENSORS("ab,bc>ac", a, b), 1, WB_ERROR_SHAPES_DIFFER, 4, 3));
    graph_clear();
    a = graph_input("2 3");
    CHECK(graph_fails_at_input(OF_TENSORS("abc>abc", a), 0, WB_ERROR_RANK, 2, 3));
    graph_clear();
    a = graph_input("2 3");
    CHECK(graph_fails_at_input(OF_TENSORS(".abc>abc", a), 0, WB_ERROR_RANK_TOO_SMALL, 2, 3));
    graph_clear();
    a = graph_input("2 3");
    CHECK(graph_fails(OF_TENSORS("ab,bc>ac", a), WB_ERROR_INPUT_COUNT, 1, 2));
}
