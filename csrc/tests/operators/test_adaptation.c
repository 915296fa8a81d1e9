/* Expected variables are those that Keras 3.15.1 builds for the same layers and dtype policies. */
#include "graph.h"
#include "harness.h"

static int32_t dense(wb_adaptation adaptation) {
    graph_clear();
    wb_dense record = {.units = 7, .use_bias = 1, .adaptation = adaptation};
    return graph_node(WB_DENSE, &record, sizeof record, FROM(graph_input("batch 5")));
}

static int32_t embedding(wb_adaptation adaptation, int64_t untied) {
    graph_clear();
    wb_embedding record = {.input_dim = 10, .output_dim = 7, .untied = untied, .adaptation = adaptation};
    return graph_node(WB_EMBEDDING, &record, sizeof record, FROM(graph_input_of(WB_DTYPE_INT32, "batch 5")));
}

/* "abc,cde->abde" on 5 features, to 2 heads of 3. */
static int32_t einsum(wb_adaptation adaptation) {
    graph_clear();
    wb_einsum record = {
        .has_kernel = 1, .adaptation = adaptation, .equation_count = 12, .output_shape_count = 3, .bias_axes_count = 0};
    return graph_node_with_list(WB_EINSUM, &record, sizeof record,
                                LIST('a', 'b', 'c', ',', 'c', 'd', 'e', '>', 'a', 'b', 'd', 'e', WB_ABSENT, 2, 3),
                                FROM(graph_input("batch 4 5")));
}

static const char *weights_of(int32_t layer) {
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    return graph_weights(layer);
}

TEST(low_rank_matrices_take_the_training_from_the_kernel) {
    int32_t layer = dense((wb_adaptation){.lora_rank = 2});
    CHECK_STRING(weights_of(layer), "kernel 5x7 fixed, bias 7, lora_kernel_a 5x2, lora_kernel_b 2x7");
    CHECK_EQUAL(graph_row(layer)->trainable, 31); /* 7 + 2 x (5 + 7) */
    CHECK_EQUAL(graph_row(layer)->buffers, 0);
    CHECK_STRING(weights_of(embedding((wb_adaptation){.lora_rank = 2}, 0)),
                 "embeddings 10x7 fixed, lora_embeddings_a 10x2, lora_embeddings_b 2x7");
    CHECK_STRING(weights_of(einsum((wb_adaptation){.lora_rank = 2})),
                 "kernel 5x2x3 fixed, lora_kernel_a 5x2x2, lora_kernel_b 2x3");
}

TEST(an_int8_kernel_has_a_scale_for_each_column) {
    const wb_adaptation int8 = {.quantization = WB_QUANTIZATION_INT8};
    CHECK_STRING(weights_of(dense(int8)), "bias 7, kernel 5x7 fixed, kernel_scale 7 fixed");
    CHECK_STRING(weights_of(einsum(int8)), "kernel 5x2x3 fixed, kernel_scale 1x1x2x3 fixed");
    int32_t layer = embedding(int8, 1);
    CHECK_STRING(weights_of(layer), "embeddings 10x7 fixed, embeddings_scale 10 fixed, reverse_embeddings 7x10 fixed, "
                                    "reverse_embeddings_scale 10 fixed");
    CHECK_EQUAL(graph_result()->totals.parameter_bytes, 70 + 40 + 70 + 40);
}

TEST(two_elements_of_an_int4_kernel_are_one) {
    const wb_adaptation int4 = {.quantization = WB_QUANTIZATION_INT4, .quantization_block_size = WB_ABSENT};
    CHECK_STRING(weights_of(dense(int4)), "bias 7, kernel 5x4 fixed, kernel_scale 7 fixed");
    CHECK_STRING(weights_of(einsum(int4)), "kernel 5x3 fixed, kernel_scale 6 fixed");
    CHECK_STRING(weights_of(embedding(int4, 0)), "embeddings 10x4 fixed, embeddings_scale 10 fixed");
}

TEST(blocks_have_scales_and_zero_points_of_their_own) {
    const wb_adaptation blocks = {.quantization = WB_QUANTIZATION_INT4, .quantization_block_size = 3};
    CHECK_STRING(weights_of(dense(blocks)),
                 "bias 7, kernel 5x4 fixed, kernel_scale 2x7 fixed, kernel_zero 2x7 fixed, g_idx 5 fixed");
    CHECK_STRING(weights_of(einsum(blocks)),
                 "kernel 5x3 fixed, kernel_scale 2x6 fixed, kernel_zero 2x6 fixed, g_idx 5 fixed");
    CHECK_STRING(weights_of(embedding(blocks, 0)),
                 "embeddings 10x4 fixed, embeddings_scale 10x3 fixed, embeddings_zero 10x3 fixed, g_idx 7 fixed");
}

TEST(float8_remembers_how_large_things_were) {
    int32_t layer = dense((wb_adaptation){.quantization = WB_QUANTIZATION_FLOAT8, .amax_history_length = 1024});
    CHECK_STRING(weights_of(layer),
                 "inputs_scale 1, inputs_amax_history 1024, kernel_scale 1, kernel_amax_history 1024, "
                 "outputs_grad_scale 1, outputs_grad_amax_history 1024, kernel 5x7, bias 7");
    CHECK_EQUAL(graph_row(layer)->parameters, 3117); /* 3 x (1 + 1,024) + 35 + 7 */
}

TEST(calibrated_kernels_lie_on_their_side) {
    wb_adaptation gptq = {.quantization = WB_QUANTIZATION_GPTQ, .quantization_block_size = 3, .quantization_bits = 4};
    CHECK_STRING(weights_of(dense(gptq)),
                 "bias 7, kernel 4x5 fixed, kernel_scale 7x2 fixed, kernel_zero 7x2 fixed, g_idx 5 fixed");
    gptq.quantization_bits = 8;
    CHECK_STRING(weights_of(einsum(gptq)),
                 "kernel 6x5 fixed, kernel_scale 6x2 fixed, zero_point 6x2 fixed, g_idx 5 fixed");
    const wb_adaptation awq = {.quantization = WB_QUANTIZATION_AWQ, .quantization_block_size = -1};
    CHECK_STRING(weights_of(dense(awq)), "bias 7, kernel 4x5 fixed, kernel_scale 7x1 fixed, kernel_zero 7x1 fixed, "
                                         "awq_scales 5 fixed, g_idx 5 fixed");
}

TEST(what_is_read_must_be_in_range) {
    const int32_t first = FIELD(wb_dense, adaptation);
    int32_t layer = dense((wb_adaptation){.lora_rank = -1});
    CHECK(graph_fails_at_field(layer, first, WB_ERROR_TOO_SMALL, -1, 0));
    layer = dense((wb_adaptation){.quantization = WB_QUANTIZATION_INT4});
    CHECK(graph_fails_at_field(layer, first + 2, WB_ERROR_TOO_SMALL, 0, 1));
    layer = dense(
        (wb_adaptation){.quantization = WB_QUANTIZATION_GPTQ, .quantization_block_size = -1, .quantization_bits = 5});
    CHECK(graph_fails_at_field(layer, first + 3, WB_ERROR_NOT_ONE_OF, 5, 0));
    layer = dense((wb_adaptation){.quantization = WB_QUANTIZATION_FLOAT8, .amax_history_length = -1});
    CHECK(graph_fails_at_field(layer, first + 4, WB_ERROR_TOO_SMALL, -1, 0));
}

TEST(low_rank_matrices_do_not_go_with_a_calibrated_kernel) {
    int32_t layer = dense((wb_adaptation){
        .lora_rank = 2, .quantization = WB_QUANTIZATION_GPTQ, .quantization_block_size = -1, .quantization_bits = 4});
    CHECK(graph_fails_at_field(layer, FIELD(wb_dense, adaptation), WB_ERROR_TOO_LARGE, 2, 0));
}
