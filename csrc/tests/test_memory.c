/* Memory that runs out: whichever allocation fails, it is told, nothing leaks, and the next attempt succeeds. */
#include "allocation.h"
#include "graph.h"
#include "harness.h"

static int32_t dense(int64_t input, int64_t units) { return graph_dense(input, units, true); }

static int32_t distributed_lstm(int32_t input) {
    int32_t block = graph_block(RECORD(wb_block, ONCE, .time_distributed = 1, .row = WB_ROW_WRAPPER), FROM(input));
    int32_t lstm = graph_node(
        WB_RECURRENT,
        RECORD(wb_recurrent, .cell = WB_CELL_LSTM, .units = 4, .num_layers = 1, .return_output = 1, .return_state = 1),
        FROM(block));
    graph_end(FROM(ALL_OF(lstm)));
    return block;
}

static int32_t tower(int32_t input) {
    int32_t block = graph_block(RECORD(wb_block, .repeat = 3, .copies = 4, .active = 2), FROM(input));
    int32_t attention = graph_node(WB_ATTENTION,
                                   RECORD(wb_attention, .query_heads = 2, .key_value_heads = WB_ABSENT, .key_dim = 4,
                                          .value_dim = WB_ABSENT, .sliding_window = WB_ABSENT, .cache_size = WB_ABSENT,
                                          .use_bias = 1, .query_rank = WB_ABSENT, .return_scores = 1),
                                   FROM(block));
    int32_t norm = graph_node_with_list(
        WB_NORMALIZATION, RECORD(wb_normalization, .groups = WB_ABSENT, .scale = 1, .center = 1, .moving = 1), LIST(-1),
        FROM(attention));
    int32_t sum = graph_node(WB_ELEMENTWISE,
                             RECORD(wb_elementwise, .least_inputs = 2, .most_inputs = WB_ABSENT, .batch_first = 1),
                             FROM(norm, block));
    graph_end(FROM(sum));
    return block;
}

static int32_t image(const char *shape) {
    int32_t convolution = graph_node(WB_CONVOLUTION,
                                     RECORD(wb_convolution, .axes = 2, .filters = 4, .groups = 1, .use_bias = 1,
                                            .kernel_size = {3, 3}, .strides = {1, 1}, .dilation_rate = {1, 1}),
                                     FROM(graph_input(shape)));
    int32_t pooling =
        graph_node(WB_POOLING, RECORD(wb_pooling, .axes = 2, .kind = WB_POOLING_GLOBAL), FROM(convolution));
    return graph_node_with_list(WB_RESHAPE, RECORD(wb_reshape, .keep_batch = 1, .dim = WB_ABSENT), LIST(2, -1),
                                FROM(pooling));
}

/* Every operator, blocks of each kind, a tie, a shared layer, names and unknown sizes, and many tensors. */
static void build_everything(void) {
    graph_clear();
    int32_t table = graph_embedding(graph_input("batch time 5"), 50, 8);
    int32_t steps = distributed_lstm(table);
    int32_t text = graph_embedding(graph_input("batch 7"), 50, 8);
    int32_t first = dense(tower(text), 8), again = dense(first, 8);
    int32_t head = dense(again, 50);
    int32_t flat = graph_flatten(image("batch 9 9 3"));
    graph_node(WB_CONCATENATION, RECORD(wb_concatenation, -1), FROM(flat, flat, flat));
    graph_identity(OUTPUT(steps, 1));
    graph_header(again)->weights_of = first;
    graph_tie(head, "kernel", text, "embeddings");
    for (int i = 0; i < 100; i++) {
        head = dense(head, 50 + i % 2);
    }
}

/* What memory is asked for. */
static int add_up(const wb_graph *graph, wb_result *result) {
    wb_training training = {.width = 2, .tensor_parallel = 2, .block = -1};
    wb_kept kept;
    wb_peak peak;
    wb_cache cache;
    training.end = graph->n_nodes;
    int status = wb_keep(graph, result, &training, &kept);
    status = status == WB_DONE ? wb_find_peak(graph, result, NULL, 0, 2, &peak) : status;
    return status == WB_DONE ? wb_add_caches(graph, result, 9, &cache) : status;
}

/* One whole use of the library: what came of it, or WB_NO_MEMORY. */
static int count(const wb_graph *graph, const wb_names *names, size_t *length) {
    wb_text text = {0};
    wb_error errors[4];
    wb_result *result = wb_result_new();
    int status = result == NULL ? WB_NO_MEMORY : wb_evaluate(graph, result, errors, 4);
    if (status == WB_DONE) {
        status = wb_write_rows(graph, result, names, WB_WITH_WEIGHTS, &text);
    }
    if (status == WB_DONE) {
        status = wb_write_not_counted(graph, result, names, &text);
    }
    status = status == WB_DONE ? add_up(graph, result) : status;
    *length = text.length;
    wb_text_free(&text);
    wb_result_free(result);
    return status;
}

TEST(any_allocation_may_fail) {
    size_t whole, length;
    long n = 1;
    build_everything();
    const wb_graph *graph = graph_finish();
    const wb_names *names = graph_names();
    CHECK_EQUAL(count(graph, names, &whole), WB_DONE);
    for (;; n++) {
        harness_fail_allocation(n);
        int status = count(graph, names, &length);
        if (!harness_allocation_failed()) {
            CHECK_EQUAL(status, WB_DONE);
            break;
        }
        CHECK_EQUAL(status, WB_NO_MEMORY);
    }
    harness_fail_allocation(0);
    CHECK_EQUAL(length, whole);
    CHECK(n > 20); /* results, rows, tensors, weights, sizes, inputs, shapes; names, types, symbols, text */
}

TEST(a_result_that_ran_out_of_memory_serves_again) {
    build_everything();
    const wb_graph *graph = graph_finish();
    for (long n = 1, failed = 1; failed; n++) {
        wb_result *result = wb_result_new();
        harness_fail_allocation(n);
        int status = wb_evaluate(graph, result, NULL, 0);
        failed = harness_allocation_failed();
        harness_fail_allocation(0);
        CHECK_EQUAL(status, failed ? WB_NO_MEMORY : WB_DONE);
        CHECK_EQUAL(wb_evaluate(graph, result, NULL, 0), WB_DONE);
        wb_result_free(result);
    }
}

TEST(a_second_evaluation_allocates_nothing) {
    build_everything();
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    const wb_graph *graph = graph_finish();
    harness_fail_allocation(1);
    CHECK_EQUAL(wb_evaluate(graph, graph_result(), NULL, 0), WB_DONE);
    CHECK(!harness_allocation_failed());
    harness_fail_allocation(0);
}

TEST(more_nesting_than_there_are_frames_is_no_graph) {
    graph_clear();
    int32_t inside = graph_input("batch 4");
    for (int depth = 0; depth <= WB_MAX_NESTING; depth++) {
        inside = graph_block(RECORD(wb_block, ONCE), FROM(inside));
    }
    CHECK(graph_fails(-1, WB_ERROR_GRAPH, 0, 0));
}
