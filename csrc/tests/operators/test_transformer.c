#include "graph.h"
#include "harness.h"

/* Width 16 in 4 heads, 32 between the dense layers, with biases: PyTorch's modules of d_model=16, nhead=4,
 * dim_feedforward=32, batch_first=True. */
#define DEFAULTS .num_encoder_layers = 1, .num_decoder_layers = 1, .num_heads = 4, .dim_feedforward = 32, .use_bias = 1
#define TRANSFORMER(...) RECORD(wb_transformer, DEFAULTS, __VA_ARGS__)

static int32_t on_one(const char *input, const void *record, size_t size) {
    graph_clear();
    return graph_node(WB_TRANSFORMER, record, size, FROM(graph_input(input)));
}

static int32_t on_two(const char *first, const char *second, const void *record, size_t size) {
    graph_clear();
    int32_t a = graph_input(first), b = graph_input(second);
    return graph_node(WB_TRANSFORMER, record, size, FROM(a, b));
}

/* torch.nn.TransformerEncoderLayer has 2224 parameters. */
TEST(an_encoder_layer_has_one_attention_two_dense_layers_and_two_norms) {
    int32_t layer = on_one("batch 10 16", TRANSFORMER(.parts = WB_PARTS_ENCODER, .single_layer = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 10 16");
    CHECK_STRING(graph_weights(layer), "self_attn/in_projection/kernel 16x48, self_attn/in_projection/bias 48, "
                                       "self_attn/attention_output/kernel 16x16, self_attn/attention_output/bias 16, "
                                       "linear1/kernel 16x32, linear1/bias 32, linear2/kernel 32x16, linear2/bias 16, "
                                       "norm1/gamma 16, norm1/beta 16, norm2/gamma 16, norm2/beta 16");
    CHECK_EQUAL(graph_row(layer)->parameters, 2224);
    CHECK_EQUAL(graph_row(layer)->macs, 23680); /* 4 x 10 x 256 + 2 x 10 x 10 x 16 + 2 x 10 x 16 x 32 */
}

TEST(layers_of_a_stack_have_paths_of_their_own) {
    int32_t layer =
        on_one("batch 10 16", TRANSFORMER(.parts = WB_PARTS_ENCODER, .num_encoder_layers = 3, .final_norm = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->parameters, 6704); /* 3 x 2224 + 32 */
    CHECK_EQUAL(graph_row(layer)->n_weights, 38);
    CHECK_EQUAL(graph_row(layer)->macs, 71040);
}

/* torch.nn.TransformerDecoderLayer: 2224, another attention of 1088 and another norm of 32. */
TEST(a_decoder_layer_attends_to_the_memory_too) {
    int32_t layer = on_two("batch 12 16", "batch 10 16", TRANSFORMER(.parts = WB_PARTS_DECODER, .single_layer = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "batch 12 16");
    CHECK_EQUAL(graph_row(layer)->parameters, 3344);
    /* itself 4 x 12 x 256 + 2 x 144 x 16; the memory 2 x 12 x 256 + 2 x 10 x 256 + 2 x 120 x 16; 2 x 12 x 16 x 32 */
    CHECK_EQUAL(graph_row(layer)->macs, 44288);
    /* The memory's width is that of the model, said or not. */
    layer = on_two("batch 12 16", "batch 10 ?", TRANSFORMER(.parts = WB_PARTS_DECODER, .single_layer = 1));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(layer)->macs, 44288);
}

/* torch.nn.Transformer of 2 and 3 layers has 14544 parameters. */
TEST(both_parts_end_in_a_norm) {
    int32_t layer = on_two("10 batch 16", "12 batch 16",
                           TRANSFORMER(.parts = WB_PARTS_BOTH, .num_encoder_layers = 2, .num_decoder_layers = 3,
                                       .final_norm = 1, .layout = WB_LAYOUT_TIME_FIRST));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(layer, 0), "12 batch 16");
    CHECK_EQUAL(graph_row(layer)->parameters, 14544);
}

TEST(heads_divide_the_width) {
    int32_t layer = on_one("batch 10 18", TRANSFORMER(.parts = WB_PARTS_ENCODER));
    CHECK(graph_fails_at_input(layer, 0, WB_ERROR_HEADS, 18, 4));
}

TEST(both_sequences_have_one_width_and_one_batch) {
    int32_t layer = on_two("batch 12 16", "batch 10 20", TRANSFORMER(.parts = WB_PARTS_DECODER));
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 20, 16));
    layer = on_two("2 12 16", "3 10 16", TRANSFORMER(.parts = WB_PARTS_BOTH));
    CHECK(graph_fails_at_input(layer, 1, WB_ERROR_SHAPES_DIFFER, 3, 2));
}

TEST(a_decoder_takes_two_inputs) {
    CHECK(graph_fails(on_one("batch 12 16", TRANSFORMER(.parts = WB_PARTS_DECODER)), WB_ERROR_INPUT_COUNT, 1, 2));
}

TEST(every_size_has_a_least_and_layers_have_a_most) {
    int32_t layer = on_one("batch 10 16", TRANSFORMER(.parts = WB_PARTS_ENCODER));
    CHECK(graph_refuses_below(layer, FIELD(wb_transformer, num_heads), 1));
    CHECK(graph_refuses_below(layer, FIELD(wb_transformer, dim_feedforward), 1));
    CHECK(graph_refuses_below(layer, FIELD(wb_transformer, num_encoder_layers), 1));
    *graph_field(layer, FIELD(wb_transformer, num_decoder_layers)) = 4097;
    CHECK(graph_fails_at_field(layer, FIELD(wb_transformer, num_decoder_layers), WB_ERROR_TOO_LARGE, 4097, 4096));
}

TEST(the_weights_of_all_stacks_are_bounded) {
    graph_clear();
    int32_t x = graph_input("batch 10 16");
    for (int i = 0; i < 6; i++) { /* of 49,152 weights each */
        x = graph_node(WB_TRANSFORMER, TRANSFORMER(.parts = WB_PARTS_ENCODER, .num_encoder_layers = 4096), FROM(x));
    }
    CHECK(graph_fails(x, WB_ERROR_STACK_LIMIT, 262145, 262144));
}
