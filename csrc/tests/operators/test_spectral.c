#include "graph.h"
#include "harness.h"

#define ROW RECORD(wb_block, ONCE, .row = WB_ROW_LAYER)
#define PLAIN .adaptation = {.lora_rank = WB_ABSENT, .quantization_block_size = WB_ABSENT, .quantization_bits = 4}
#define DENSE RECORD(wb_dense, .units = 7, .use_bias = 1, PLAIN)

/* A row of one layer and what spectral normalization keeps of it. */
static int32_t wrapped(const char *input, int32_t operator_id, const void *record, size_t size) {
    graph_clear();
    int32_t row = graph_block(ROW, FROM(graph_input(input)));
    int32_t layer = graph_node(operator_id, record, size, FROM(row));
    graph_node(WB_SPECTRAL, RECORD(wb_spectral, .power_iterations = 1), FROM(layer));
    graph_end(FROM(layer));
    return row;
}

/* keras.layers.SpectralNormalization(Dense(7)) on 5 features has 49, 42 of them trainable. */
TEST(the_vector_is_as_long_as_the_last_axis_of_the_kernel) {
    int32_t row = wrapped("batch 5", WB_DENSE, DENSE);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_STRING(graph_output(row, 0), "batch 7");
    CHECK_EQUAL(graph_row(row)->parameters, 49);
    CHECK_EQUAL(graph_row(row)->trainable, 42);
    CHECK_EQUAL(graph_row(row)->buffers, 7);
}

TEST(embeddings_are_a_kernel_too) {
    int32_t row = wrapped("batch 5", WB_EMBEDDING, RECORD(wb_embedding, .input_dim = 9, .output_dim = 3, PLAIN));
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(graph_row(row)->buffers, 3);
}

TEST(a_layer_without_a_kernel_is_an_error) {
    int32_t row = wrapped("batch 5", WB_IDENTITY, RECORD(wb_identity, .least_rank = 0));
    CHECK(graph_fails(row + 2, WB_ERROR_NO_KERNEL, 0, 0));
}

TEST(power_is_iterated_at_least_once) {
    int32_t row = wrapped("batch 5", WB_DENSE, DENSE);
    CHECK(graph_refuses_below(row + 2, FIELD(wb_spectral, power_iterations), 1));
}
