#include <stdlib.h>

#include "allocation.h"
#include "graph.h"
#include "harness.h"

/* Two dense layers on three features, `hidden` units wide and five: 3 h + h + 5 h + 5 = 9 h + 5 parameters. */
static int32_t hidden;

static const wb_graph *two_layers(void) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    hidden = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1, .use_bias = 1), FROM(x));
    graph_node(WB_DENSE, RECORD(wb_dense, .units = 5, .use_bias = 1), FROM(hidden));
    return graph_finish();
}

/* Where a field stands in the pool. */
static int64_t position(const wb_graph *graph, int32_t node, int32_t field) {
    const int64_t header = sizeof(wb_node) / sizeof(int64_t);
    int64_t at = 0;
    for (int32_t i = 0; i < node; i++) {
        at += ((const wb_node *)(const void *)(graph->pool + at))->words;
    }
    return at + header + field;
}

static int64_t units(const wb_graph *graph) { return position(graph, hidden, FIELD(wb_dense, units)); }

enum { MOST = 8 };
static wb_outcome outcomes[MOST];

static int evaluate_candidates(const wb_graph *graph, const wb_candidates *candidates) {
    int64_t *pool = malloc(sizeof(int64_t) * (size_t)graph->pool_words);
    wb_result *result = wb_result_new();
    int status = wb_evaluate_many(graph, pool, candidates, result, outcomes);
    wb_result_free(result);
    free(pool);
    return status;
}

static int evaluate_with(const wb_graph *graph, const wb_patch *patches, int64_t n_patches, const int64_t *columns,
                         int64_t n_columns, int64_t n) {
    return evaluate_candidates(graph, &(wb_candidates){patches, n_patches, columns, n_columns, n});
}

static int evaluate(const wb_graph *graph, const int64_t *values, int64_t n) {
    const wb_patch patch = {units(graph), 0};
    return evaluate_with(graph, &patch, 1, values, 1, n);
}

TEST(each_candidate_has_its_totals) {
    CHECK_EQUAL(evaluate(two_layers(), (int64_t[]){1, 7, 1000}, 3), WB_DONE);
    CHECK_EQUAL(outcomes[0].totals.parameters, 14);
    CHECK_EQUAL(outcomes[1].totals.parameters, 68);
    CHECK_EQUAL(outcomes[2].totals.parameters, 9005);
    CHECK_EQUAL(outcomes[1].totals.macs, 56); /* 3 x 7 + 7 x 5 */
    CHECK_EQUAL(outcomes[1].error.code, WB_ERROR_NONE);
}

TEST(a_candidate_that_fails_touches_no_other) {
    CHECK_EQUAL(evaluate(two_layers(), (int64_t[]){7, 0, 7, -1, 7}, 5), WB_DONE);
    for (int i = 0; i < 5; i += 2) {
        CHECK_EQUAL(outcomes[i].error.code, WB_ERROR_NONE);
        CHECK_EQUAL(outcomes[i].totals.parameters, 68);
    }
    CHECK_EQUAL(outcomes[1].error.code, WB_ERROR_TOO_SMALL);
    CHECK_EQUAL(outcomes[1].error.node, hidden);
    CHECK_EQUAL(outcomes[1].error.got, 0);
    CHECK_EQUAL(outcomes[1].totals.parameters, 0);
    CHECK_EQUAL(outcomes[3].error.got, -1);
}

TEST(the_error_is_that_of_the_first_node) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t block = graph_block(RECORD(wb_block, .repeat = 2, .copies = 1, .active = WB_ABSENT), FROM(x));
    hidden = graph_node(WB_DENSE, RECORD(wb_dense, .units = 3), FROM(block));
    graph_end(FROM(hidden));
    graph_node(WB_DENSE, RECORD(wb_dense, .units = 0), FROM(x));
    const wb_graph *graph = graph_finish();
    CHECK_EQUAL(evaluate(graph, (int64_t[]){0}, 1), WB_DONE);
    CHECK_EQUAL(outcomes[0].error.node, hidden);
}

TEST(what_fails_at_its_size_is_told_with_it) {
    const int64_t large = (int64_t)1 << 62;
    CHECK_EQUAL(evaluate(two_layers(), (int64_t[]){large, 2}, 2), WB_DONE);
    CHECK_EQUAL(outcomes[0].error.code, WB_ERROR_OVERFLOW);
    CHECK_EQUAL(outcomes[1].totals.parameters, 23);
}

TEST(a_column_may_fill_several_words) {
    const wb_graph *graph = two_layers();
    const wb_patch patches[] = {{units(graph), 1}, {position(graph, hidden + 1, FIELD(wb_dense, units)), 0}};
    CHECK_EQUAL(evaluate_with(graph, patches, 2, (int64_t[]){2, 5, 4, 1}, 2, 2), WB_DONE);
    CHECK_EQUAL(outcomes[0].totals.parameters, 26); /* 3 x 4 + 4, 4 x 2 + 2 */
    CHECK_EQUAL(outcomes[1].totals.parameters, 14); /* 3 x 1 + 1, 1 x 5 + 5 */
}

TEST(the_graph_of_the_caller_stays_as_it_is) {
    const wb_graph *graph = two_layers();
    CHECK_EQUAL(evaluate(graph, (int64_t[]){7}, 1), WB_DONE);
    CHECK_EQUAL(graph->pool[units(graph)], 1);
}

TEST(no_candidates_are_nothing_to_do) { CHECK_EQUAL(evaluate(two_layers(), NULL, 0), WB_DONE); }

TEST(a_patch_outside_the_pool_or_the_table_is_refused) {
    const wb_graph *graph = two_layers();
    const wb_patch wrong[] = {{-1, 0}, {graph->pool_words, 0}, {units(graph), 1}, {units(graph), -1}};
    for (int i = 0; i < 4; i++) {
        CHECK_EQUAL(evaluate_with(graph, &wrong[i], 1, (int64_t[]){7}, 1, 1), WB_FAULTY);
    }
}

TEST(each_candidate_after_the_first_takes_no_memory) {
    const wb_graph *graph = two_layers();
    int64_t *pool = malloc(sizeof(int64_t) * (size_t)graph->pool_words);
    wb_result *result = wb_result_new();
    const wb_patch patch = {units(graph), 0};
    const wb_candidates candidates = {&patch, 1, (int64_t[]){7, 8, 9, 1}, 1, 4};
    CHECK_EQUAL(wb_evaluate_many(graph, pool, &candidates, result, outcomes), WB_DONE);
    harness_fail_allocation(1);
    CHECK_EQUAL(wb_evaluate_many(graph, pool, &candidates, result, outcomes), WB_DONE);
    CHECK(!harness_allocation_failed());
    harness_fail_allocation(0);
    wb_result_free(result);
    free(pool);
}

TEST(where_memory_runs_out_it_says_so) {
    const wb_graph *graph = two_layers();
    const wb_patch patch = {units(graph), 0};
    const wb_candidates candidates = {&patch, 1, (int64_t[]){7}, 1, 1};
    int64_t *pool = malloc(sizeof(int64_t) * (size_t)graph->pool_words);
    bool failed = true;
    for (long n = 1; failed; n++) {
        wb_result *result = wb_result_new();
        harness_fail_allocation(n);
        int status = wb_evaluate_many(graph, pool, &candidates, result, outcomes);
        failed = harness_allocation_failed();
        harness_fail_allocation(0);
        CHECK_EQUAL(status, failed ? WB_NO_MEMORY : WB_DONE);
        wb_result_free(result);
    }
    free(pool);
}

/* ---- Numbers that are computed -------------------------------------------------------------------------- */

/* Evaluates with `units` as what one step makes of a column and a constant. */
static int evaluate_step(int32_t operation, const int64_t *column, int64_t n, int64_t constant) {
    const wb_graph *graph = two_layers();
    const wb_patch patch = {units(graph), 2};
    const wb_step step = {operation, 0, 1};
    return evaluate_candidates(graph, &(wb_candidates){&patch, 1, column, 1, n, &constant, 1, &step, 1});
}

TEST(a_step_makes_a_number_of_two) {
    const struct {
        enum wb_operation operation;
        int64_t left, right, made;
    } cases[] = {
        {WB_PLUS, 4, 3, 7},       {WB_MINUS, 4, -3, 7},    {WB_TIMES, -2, -3, 6},         {WB_QUOTIENT, 7, 2, 3},
        {WB_QUOTIENT, -7, -2, 3}, {WB_REMAINDER, 7, 4, 3}, {WB_REMAINDER, -7, 4, 1},      {WB_LEAST, 9, 3, 3},
        {WB_LEAST, 3, 9, 3},      {WB_LARGEST, 3, 9, 9},   {WB_LARGEST, INT64_MIN, 9, 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_EQUAL(evaluate_step(cases[i].operation, &cases[i].left, 1, cases[i].right), WB_DONE);
        CHECK_EQUAL(outcomes[0].totals.parameters, 9 * cases[i].made + 5);
    }
}

TEST(a_step_without_a_value_fails_its_candidate_alone) {
    const int64_t huge[] = {1, INT64_MAX, 2};
    CHECK_EQUAL(evaluate_step(WB_PLUS, huge, 3, 1), WB_DONE);
    CHECK_EQUAL(outcomes[0].totals.parameters, 23);
    CHECK_EQUAL(outcomes[1].error.code, WB_ERROR_NO_VALUE);
    CHECK_EQUAL(outcomes[1].error.node, -1);
    CHECK_EQUAL(outcomes[2].totals.parameters, 32);
    for (int32_t operation = WB_QUOTIENT; operation <= WB_REMAINDER; operation++) {
        CHECK_EQUAL(evaluate_step(operation, huge, 1, 0), WB_DONE);
        CHECK_EQUAL(outcomes[0].error.code, WB_ERROR_NO_VALUE);
    }
}

TEST(steps_follow_each_other) {
    const wb_graph *graph = two_layers();
    const wb_step steps[] = {{WB_TIMES, 0, 1}, {WB_PLUS, 2, 0}}; /* 2 n, 3 n */
    const wb_patch patch = {units(graph), 3};
    const wb_candidates candidates = {&patch, 1, (int64_t[]){1, 2}, 1, 2, (int64_t[]){2}, 1, steps, 2};
    CHECK_EQUAL(evaluate_candidates(graph, &candidates), WB_DONE);
    CHECK_EQUAL(outcomes[0].totals.parameters, 32);
    CHECK_EQUAL(outcomes[1].totals.parameters, 59);
}

TEST(a_step_that_there_is_not_is_refused) {
    const wb_step wrong[] = {{-1, 0, 1}, {WB_LARGEST + 1, 0, 1}, {WB_PLUS, -1, 1}, {WB_PLUS, 2, 1}, {WB_PLUS, 0, 2}};
    const wb_graph *graph = two_layers();
    const wb_patch patch = {units(graph), 0};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const wb_candidates candidates = {&patch, 1, (int64_t[]){1}, 1, 1, (int64_t[]){2}, 1, &wrong[i], 1};
        CHECK_EQUAL(evaluate_candidates(graph, &candidates), WB_FAULTY);
    }
}

/* ---- Nodes that are alike ----------------------------------------------------------------------------- */

/* Three dense layers of `h` units behind each other, then a frozen one: 3 h + h, twice h h + h, and h h + h. */
static const wb_graph *alike_layers(int32_t *layers) {
    graph_clear();
    int32_t from = graph_input("batch 3");
    for (int i = 0; i < 4; i++) {
        from = layers[i] = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1, .use_bias = 1), FROM(from));
    }
    graph_header(layers[3])->trainable = 0;
    return graph_finish();
}

/* Evaluates with all layers as wide as each of `widths`, each said to be like the one before. */
static int evaluate_alike(const int64_t *widths, int64_t n) {
    int32_t layers[4];
    const wb_graph *graph = alike_layers(layers);
    const int32_t alike[] = {-1, -1, layers[0], layers[1], -1};
    wb_patch patches[4];
    for (int i = 0; i < 4; i++) {
        patches[i] = (wb_patch){position(graph, layers[i], FIELD(wb_dense, units)), 0};
    }
    return evaluate_candidates(graph, &(wb_candidates){patches, 4, widths, 1, n, .alike = alike});
}

TEST(a_layer_like_another_comes_to_the_same_on_the_same_inputs) {
    CHECK_EQUAL(evaluate_alike((int64_t[]){3, 10}, 2), WB_DONE);
    CHECK_EQUAL(outcomes[0].totals.parameters, 48); /* 4 x 12: here all have three features */
    CHECK_EQUAL(outcomes[0].totals.trainable, 36);
    CHECK_EQUAL(outcomes[0].totals.macs, 36);
    CHECK_EQUAL(outcomes[0].totals.activations, 12);
    CHECK_EQUAL(outcomes[1].totals.parameters, 370); /* 40 + 3 x 110 */
    CHECK_EQUAL(outcomes[1].totals.trainable, 260);
    CHECK_EQUAL(outcomes[1].totals.macs, 330);
    CHECK_EQUAL(outcomes[1].totals.activations, 40);
}

TEST(a_layer_like_one_that_fails_is_evaluated_itself) {
    CHECK_EQUAL(evaluate_alike((int64_t[]){0, 3}, 2), WB_DONE);
    CHECK_EQUAL(outcomes[0].error.code, WB_ERROR_TOO_SMALL);
    CHECK_EQUAL(outcomes[0].error.node, 1);
    CHECK_EQUAL(outcomes[1].totals.parameters, 48);
}

TEST(sums_that_overflow_do_so_at_a_layer_like_another_too) {
    const int64_t width = (int64_t)2000000000; /* 4e18 + 2e9 in each but the first: three pass 2^63 */
    CHECK_EQUAL(evaluate_alike((int64_t[]){width}, 1), WB_DONE);
    CHECK_EQUAL(outcomes[0].error.code, WB_ERROR_SUM);
    CHECK_EQUAL(outcomes[0].error.node, 4);
}

/* ---- Weights that are looked at one by one ------------------------------------------------------------- */

/* What a second candidate with this value comes to, after one that is otherwise. */
static const wb_outcome *second_with(const wb_graph *graph, const wb_patch *patches, int64_t n_patches, int64_t value) {
    CHECK_EQUAL(evaluate_with(graph, patches, n_patches, (int64_t[]){1, value}, 1, 2), WB_DONE);
    return &outcomes[1];
}

TEST(what_a_node_shares_is_counted_once_for_every_candidate) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t owner = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1, .use_bias = 1), FROM(x));
    int32_t reused = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1, .use_bias = 1), FROM(x));
    graph_header(reused)->weights_of = owner;
    const wb_graph *graph = graph_finish();
    const wb_patch patches[] = {{position(graph, owner, FIELD(wb_dense, units)), 0},
                                {position(graph, reused, FIELD(wb_dense, units)), 0}};
    CHECK_EQUAL(second_with(graph, patches, 2, 7)->totals.parameters, 28); /* 3 x 7 + 7 */
    CHECK_EQUAL(outcomes[1].totals.macs, 42);                              /* 3 x 7, twice */
    CHECK_EQUAL(second_with(graph, patches, 1, 7)->error.code, WB_ERROR_REUSE_SHAPE);
}

TEST(what_is_tied_is_counted_once_for_every_candidate) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t first = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1), FROM(x));
    int32_t second = graph_node(WB_DENSE, RECORD(wb_dense, .units = 3, .use_bias = 1), FROM(first));
    graph_tie(second, "kernel", first, "kernel");
    const wb_graph *graph = graph_finish();
    const wb_patch patch = {position(graph, first, FIELD(wb_dense, units)), 0};
    CHECK_EQUAL(second_with(graph, &patch, 1, 7)->totals.parameters, 24); /* 3 x 7, and a bias of 3 */
}

TEST(what_is_tied_to_a_layer_in_a_block_is_counted_once_for_every_candidate) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t block = graph_block(RECORD(wb_block, ONCE), FROM(x));
    int32_t first = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1), FROM(block));
    graph_end(FROM(first));
    int32_t second = graph_node(WB_DENSE, RECORD(wb_dense, .units = 3, .use_bias = 1), FROM(block));
    graph_tie(second, "kernel", block, "kernel");
    const wb_graph *graph = graph_finish();
    const wb_patch patch = {position(graph, first, FIELD(wb_dense, units)), 0};
    CHECK_EQUAL(second_with(graph, &patch, 1, 7)->totals.parameters, 24); /* 3 x 7, and a bias of 3 */
}

TEST(a_kernel_that_is_kept_in_bounds_is_found_for_every_candidate) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t dense = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1), FROM(x));
    graph_node(WB_SPECTRAL, RECORD(wb_spectral, .power_iterations = 1), FROM(dense));
    const wb_graph *graph = graph_finish();
    const wb_patch patch = {position(graph, dense, FIELD(wb_dense, units)), 0};
    CHECK_EQUAL(second_with(graph, &patch, 1, 7)->totals.parameters, 28); /* 3 x 7, and a vector of 7 */
}

TEST(a_layer_like_another_has_a_kernel_of_its_own_where_that_is_kept_in_bounds) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t dense[2];
    for (int i = 0; i < 2; i++) {
        int32_t block = graph_block(RECORD(wb_block, ONCE, .row = WB_ROW_WRAPPER), FROM(x));
        dense[i] = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1), FROM(block));
        int32_t bound = graph_node(WB_SPECTRAL, RECORD(wb_spectral, .power_iterations = i + 1), FROM(dense[i]));
        graph_end(FROM(bound));
    }
    const wb_graph *graph = graph_finish();
    const int32_t alike[] = {-1, -1, -1, -1, -1, -1, dense[0], -1, -1};
    const wb_patch patches[] = {{position(graph, dense[0], FIELD(wb_dense, units)), 0},
                                {position(graph, dense[1], FIELD(wb_dense, units)), 0}};
    const wb_candidates candidates = {patches, 2, (int64_t[]){1, 7}, 1, 2, .alike = alike};
    CHECK_EQUAL(evaluate_candidates(graph, &candidates), WB_DONE);
    CHECK_EQUAL(outcomes[1].error.code, WB_ERROR_NONE);
    CHECK_EQUAL(outcomes[1].totals.parameters, 56);
}

TEST(a_word_that_says_how_a_record_is_built_is_no_value) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t sum = graph_node_with_list(
        WB_ELEMENTWISE, RECORD(wb_elementwise, .most_inputs = WB_ABSENT, .constant_shape_count = 1), LIST(3), FROM(x));
    const wb_graph *graph = graph_finish();
    const int64_t record = position(graph, sum, 0), count = FIELD(wb_elementwise, constant_shape_count);
    for (int64_t word = -3; word <= count + 1; word++) {
        const wb_patch patch = {record + word, 0};
        int64_t value = graph->pool[patch.position];
        int status = evaluate_with(graph, &patch, 1, (int64_t[]){value, value}, 1, 2);
        CHECK_EQUAL(status, word < 0 || word == count ? WB_FAULTY : WB_DONE);
    }
}

/* ---- What stays from one candidate to the next ---------------------------------------------------------- */

TEST(what_rests_on_no_changed_column_comes_to_the_same) {
    graph_clear();
    int32_t x = graph_input("batch 3");
    int32_t wide = graph_node(WB_DENSE, RECORD(wb_dense, .units = 1, .use_bias = 1), FROM(x));
    int32_t flat = graph_node(WB_IDENTITY, RECORD(wb_identity, .least_rank = 0), FROM(wide));
    int32_t block = graph_block(RECORD(wb_block, .repeat = 1, .copies = 1, .active = WB_ABSENT), FROM(flat));
    int32_t inner = graph_node(WB_IDENTITY, RECORD(wb_identity, .least_rank = 0), FROM(block));
    graph_end(FROM(inner));
    int32_t last = graph_node(WB_DENSE, RECORD(wb_dense, .units = 5), FROM(block));
    const wb_graph *graph = graph_finish();
    const wb_patch patches[] = {{position(graph, wide, FIELD(wb_dense, units)), 0},
                                {position(graph, block, FIELD(wb_block, repeat)), 1},
                                {position(graph, last, FIELD(wb_dense, units)), 2}};
    const int64_t columns[] = {2, 2, 2, 4, 4, 0, 4, 4, /**/ 1, 3, 3, 3, 0, 2, 2, 2, /**/ 5, 5, 6, 6, 6, 6, 6, 5};
    const wb_candidates candidates = {patches, 3, columns, 3, 8};
    CHECK_EQUAL(evaluate_candidates(graph, &candidates), WB_DONE);
    for (int i = 0; i < 8; i++) {
        int64_t width = columns[i], repeat = columns[8 + i], units = columns[16 + i];
        CHECK_EQUAL(outcomes[i].error.code == WB_ERROR_NONE, width > 0 && repeat > 0);
        if (width > 0 && repeat > 0) {
            CHECK_EQUAL(outcomes[i].totals.parameters, 4 * width + units * width);
            CHECK_EQUAL(outcomes[i].totals.activations, 2 * width + repeat * width + units);
        }
    }
}
