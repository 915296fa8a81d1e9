#include "graph.h"
#include "harness.h"

/* ---- Building ----------------------------------------------------------------------------------------- */

static int32_t dense(int64_t input, int64_t units, int64_t keeps) {
    return graph_node(WB_DENSE, RECORD(wb_dense, .units = units, .keeps = keeps, .adaptation = UNADAPTED), FROM(input));
}

static int32_t function(int64_t input, int64_t keeps) {
    return graph_node(WB_IDENTITY, RECORD(wb_identity, .keeps = keeps), FROM(input));
}

static int32_t merge(int64_t a, int64_t b, int64_t keeps) {
    return graph_node(
        WB_ELEMENTWISE,
        RECORD(wb_elementwise, .least_inputs = 1, .most_inputs = WB_ABSENT, .batch_first = 1, .keeps = keeps),
        FROM(a, b));
}

static int32_t norm(int64_t input, int64_t linear, int64_t moving) {
    return graph_node_with_list(
        WB_NORMALIZATION,
        RECORD(wb_normalization, .groups = WB_ABSENT, .scale = 1, .center = 1, .linear = linear, .moving = moving),
        LIST(-1), FROM(input));
}

/* ---- What functions keep ------------------------------------------------------------------------------ */

/* A product of 4 x 5, and a function behind it: the product keeps its 28, and each kind of function 20 of something. */
TEST(a_function_keeps_what_its_derivative_is_made_of) {
    static const struct {
        int64_t keeps;
        const char *kept;
    } cases[] = {
        {WB_KEEPS_NOTHING, "28 elements, 0 bytes"},       {WB_KEEPS_INPUT, "28 + 20/t elements, 0 bytes"},
        {WB_KEEPS_OUTPUT, "28 + 20/t elements, 0 bytes"}, {WB_KEEPS_NOISE, "28 + 20/t elements, 0 bytes"},
        {WB_KEEPS_MASK, "28 elements, 0 + 20/t bytes"},   {WB_KEEPS_PLACES, "28 elements, 0 + 160/t bytes"},
        {WB_KEEPS_VIEW, "28 elements, 0 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        graph_clear();
        function(dense(graph_input("4 7"), 5, WB_KEEPS_NOTHING), cases[i].keeps);
        CHECK_STRING(graph_kept(), cases[i].kept);
    }
}

TEST(an_activation_within_keeps_what_one_behind_would) {
    graph_clear();
    dense(graph_input("4 7"), 5, WB_KEEPS_INPUT);
    CHECK_STRING(graph_kept(), "28 + 20/t elements, 0 bytes");
    graph_clear();
    dense(dense(graph_input("4 7"), 5, WB_KEEPS_OUTPUT), 3, WB_KEEPS_NOTHING);
    CHECK_STRING(graph_kept(), "28 + 20/t elements, 0 bytes"); /* the output is the next input */
    graph_clear();
    dense(dense(graph_input("4 7"), 5, WB_KEEPS_INPUT), 3, WB_KEEPS_NOTHING);
    CHECK_STRING(graph_kept(), "28 + 40/t elements, 0 bytes");
}

TEST(a_tensor_that_several_keep_counts_once) {
    graph_clear();
    int32_t x = graph_input("4 7");
    int32_t a = dense(x, 5, WB_KEEPS_NOTHING), b = dense(x, 5, WB_KEEPS_NOTHING);
    merge(a, b, WB_KEEPS_NOTHING);
    CHECK_STRING(graph_kept(), "28 elements, 0 bytes");
}

TEST(a_view_is_what_it_looks_at) {
    graph_clear();
    int32_t flat = graph_flatten(graph_input("4 7 2"));
    dense(function(flat, WB_KEEPS_VIEW), 5, WB_KEEPS_NOTHING);
    CHECK_STRING(graph_kept(), "56 elements, 0 bytes");
}

TEST(a_factor_is_kept_for_the_gradient_of_the_other) {
    graph_clear();
    int32_t x = graph_input("4 5"), learned = dense(graph_input("4 7"), 5, WB_KEEPS_NOTHING);
    merge(x, learned, WB_KEEPS_FACTORS); /* the input, which has no gradient, but not what is learned */
    CHECK_STRING(graph_kept(), "48 elements, 0 bytes");
    graph_clear();
    int32_t input = graph_input("4 7");
    merge(dense(input, 5, WB_KEEPS_NOTHING), dense(input, 5, WB_KEEPS_NOTHING), WB_KEEPS_FACTORS);
    CHECK_STRING(graph_kept(), "28 + 40/t elements, 0 bytes");
    graph_clear();
    input = graph_input("4 5");
    merge(input, dense(input, 5, WB_KEEPS_NOTHING), WB_KEEPS_INPUTS);
    CHECK_STRING(graph_kept(), "20 + 20/t elements, 0 bytes");
}

/* ---- Where there is a gradient ------------------------------------------------------------------------ */

TEST(what_is_frozen_keeps_only_what_lies_behind_something_learned) {
    graph_clear();
    int32_t frozen = dense(graph_input("4 7"), 5, WB_KEEPS_OUTPUT);
    graph_header(frozen)->trainable = 0;
    CHECK_STRING(graph_kept(), "0 elements, 0 bytes");
    graph_clear();
    frozen = dense(dense(graph_input("4 7"), 5, WB_KEEPS_NOTHING), 3, WB_KEEPS_OUTPUT);
    graph_header(frozen)->trainable = 0; /* its own output, for its input's gradient; not its input */
    CHECK_STRING(graph_kept(), "40 elements, 0 bytes");
}

TEST(a_normalization_keeps_its_input_unless_it_is_linear_and_frozen) {
    static const struct {
        int64_t linear, moving;
        int8_t trainable;
        const char *kept;
    } cases[] = {
        {0, 0, 1, "28 + 20/t elements, 0 bytes"}, {0, 0, 0, "28 + 20/t elements, 0 bytes"},
        {0, 1, 1, "28 + 20/t elements, 0 bytes"}, {0, 1, 0, "28 elements, 0 bytes"},
        {1, 0, 1, "28 + 20/t elements, 0 bytes"}, {1, 0, 0, "28 elements, 0 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        graph_clear();
        int32_t layer = norm(dense(graph_input("4 7"), 5, WB_KEEPS_NOTHING), cases[i].linear, cases[i].moving);
        graph_header(layer)->trainable = cases[i].trainable;
        CHECK_STRING(graph_kept(), cases[i].kept);
    }
}

TEST(integers_have_no_gradient_and_their_own_width) {
    graph_clear();
    int32_t table = graph_embedding(graph_input_of(WB_DTYPE_INT32, "2 9"), 50, 6);
    dense(table, 4, WB_KEEPS_NOTHING);
    CHECK_STRING(graph_kept(), "108 elements, 72 bytes");
}

/* ---- Operators ---------------------------------------------------------------------------------------- */

static const char *kept_by(int32_t operator_id, const void *record, size_t size, const char *shape) {
    graph_clear();
    graph_node(operator_id, record, size, FROM(function(dense(graph_input(shape), 8, 0), WB_KEEPS_NOTHING)));
    return graph_kept();
}

/* The dense layer before each of them keeps its own input, of 80 or 96; each takes as much, divided. */
TEST(attention_keeps_queries_keys_values_scores_and_heads) {
#define HEADS                                                                                                      \
    .query_heads = 2, .key_value_heads = WB_ABSENT, .key_dim = 4, .value_dim = WB_ABSENT, .query_rank = WB_ABSENT, \
    .sliding_window = WB_ABSENT, .cache_size = WB_ABSENT
    CHECK_STRING(kept_by(WB_ATTENTION, RECORD(wb_attention, HEADS), "2 5 8"), /* 5 x 80, 2 x 2 x 5 x 5 */
                 "80 + 500/t elements, 0 bytes");
    CHECK_STRING(kept_by(WB_ATTENTION, RECORD(wb_attention, HEADS, .drops = 1), "2 5 8"),
                 "80 + 600/t elements, 0 + 100/t bytes");
    CHECK_STRING(kept_by(WB_ATTENTION, RECORD(wb_attention, HEADS, .drops = 1, .flash_attention = 1), "2 5 8"),
                 "80 + 400/t elements, 0 bytes");
    CHECK_STRING(kept_by(WB_ATTENTION, RECORD(wb_attention, HEADS, .use_gate = 1), "2 5 8"),
                 "80 + 660/t elements, 0 bytes");
}

TEST(bare_attention_keeps_its_inputs_and_scores) {
    CHECK_STRING(kept_by(WB_BARE_ATTENTION, RECORD(wb_bare_attention, .drops = 0), "2 5 8"),
                 "80 + 130/t elements, 0 bytes"); /* 80 of all three, 2 x 5 x 5 */
    CHECK_STRING(kept_by(WB_BARE_ATTENTION, RECORD(wb_bare_attention, .drops = 1, .use_scale = 1), "2 5 8"),
                 "80 + 230/t elements, 0 + 50/t bytes");
    CHECK_STRING(kept_by(WB_BARE_ATTENTION, RECORD(wb_bare_attention, .score_mode = WB_SCORE_MODE_ADDITIVE), "2 5 8"),
                 "80 + 530/t elements, 0 bytes");
}

TEST(recurrent_layers_keep_gates_and_states_of_every_step) {
#define CELL .units = 3, .num_layers = 1, .return_output = 1
    CHECK_STRING(kept_by(WB_RECURRENT, RECORD(wb_recurrent, CELL, .cell = WB_CELL_LSTM), "2 5 8"),
                 "80 + 260/t elements, 0 bytes"); /* 80 taken; 10 x (12 + 3 + 3) */
    CHECK_STRING(kept_by(WB_RECURRENT, RECORD(wb_recurrent, CELL, .cell = WB_CELL_GRU, .reset_after = 1), "2 5 8"),
                 "80 + 230/t elements, 0 bytes");
    CHECK_STRING(
        kept_by(WB_RECURRENT, RECORD(wb_recurrent, CELL, .cell = WB_CELL_SIMPLE, .return_sequences = 1), "2 5 8"),
        "110 + 80/t elements, 0 bytes"); /* its output is given, and so whole */
    CHECK_STRING(kept_by(WB_RECURRENT,
                         RECORD(wb_recurrent, CELL, .cell = WB_CELL_LSTM, .bidirectional = 1, .num_layers = 2),
                         "2 5 8"),
                 "80 + 800/t elements, 0 bytes"); /* four cells */
}

TEST(reductions_and_poolings) {
    graph_clear();
    int32_t product = dense(graph_input("2 6 8"), 4, 0);
    graph_node_with_list(WB_REDUCTION, RECORD(wb_reduction, .keeps = WB_KEEPS_INPUT), NO_LIST, FROM(product));
    CHECK_STRING(graph_kept(), "96 + 48/t elements, 0 bytes");
    CHECK_STRING(kept_by(WB_POOLING, RECORD(wb_pooling, .axes = 1, .kind = WB_POOLING_GLOBAL, .keeps = WB_KEEPS_PLACES),
                         "2 6 8"),
                 "96 elements, 0 + 128/t bytes");
}

/* ---- Tensor parallelism ------------------------------------------------------------------------------- */

TEST(products_are_divided_by_columns_and_by_rows_in_turn) {
    graph_clear();
    int32_t x = graph_input("4 6");
    int32_t expanded = dense(x, 10, WB_KEEPS_INPUT);                         /* 24 whole, 40 divided */
    int32_t back = dense(expanded, 6, WB_KEEPS_NOTHING);                     /* 40 divided */
    int32_t sum = merge(function(back, WB_KEEPS_MASK), x, WB_KEEPS_NOTHING); /* whole */
    norm(sum, 0, 0);
    CHECK_STRING(graph_kept(), "48 + 80/t elements, 24 bytes");
}

/* ---- Blocks ------------------------------------------------------------------------------------------- */

static int32_t block_of(int64_t repeat, int64_t copies, int64_t active, int64_t keeps) {
    graph_clear();
    int32_t block =
        graph_block(RECORD(wb_block, .repeat = repeat, .copies = copies, .active = active), FROM(graph_input("4 7")));
    graph_end(FROM(dense(block, 7, keeps)));
    return block;
}

TEST(what_goes_from_round_to_round_is_kept_once) {
    (void)block_of(5, 1, WB_ABSENT, WB_KEEPS_NOTHING); /* the input, and four outputs that are inputs */
    CHECK_STRING(graph_kept(), "28 + 112/t elements, 0 bytes");
    (void)block_of(5, 1, WB_ABSENT, WB_KEEPS_OUTPUT); /* all five outputs now, and the input */
    CHECK_STRING(graph_kept(), "28 + 140/t elements, 0 bytes");
    int32_t block = block_of(5, 1, WB_ABSENT, WB_KEEPS_NOTHING);
    function(block, WB_KEEPS_INPUT); /* the fifth output behind it */
    CHECK_STRING(graph_kept(), "28 + 140/t elements, 0 bytes");
}

TEST(copies_that_work_share_their_input) {
    (void)block_of(1, 8, 3, WB_KEEPS_INPUT);
    CHECK_STRING(graph_kept(), "28 + 84/t elements, 0 bytes");
}

TEST(what_goes_through_a_block_untouched_is_the_same_tensor) {
    graph_clear();
    int32_t x = graph_input("4 7");
    int32_t block = graph_block(RECORD(wb_block, ONCE), FROM(x));
    int32_t inside = dense(block, 7, WB_KEEPS_NOTHING);
    graph_end(FROM(inside, block));
    dense(OUTPUT(block, 1), 3, WB_KEEPS_NOTHING);
    CHECK_STRING(graph_kept(), "28 elements, 0 bytes");
}

TEST(a_layer_over_time_keeps_all_steps) {
    graph_clear();
    int32_t x = graph_input("4 5 7");
    int32_t block = graph_block(RECORD(wb_block, ONCE, .time_distributed = 1, .row = WB_ROW_WRAPPER), FROM(x));
    graph_end(FROM(dense(block, 3, WB_KEEPS_INPUT)));
    CHECK_STRING(graph_kept(), "140 + 60/t elements, 0 bytes");
}

/* ---- Checkpointing ------------------------------------------------------------------------------------ */

TEST(of_every_round_the_input_stays) {
    (void)block_of(5, 1, WB_ABSENT, WB_KEEPS_INPUT);
    CHECK_STRING(graph_kept_with(WB_CHECKPOINTING_BLOCK),
                 "28 + 112/t elements, 0 bytes; again 0 + 28/t elements, 0 bytes");
}

TEST(the_least_is_the_inputs_and_the_largest_layer) {
    graph_clear();
    dense(dense(graph_input("4 7"), 9, WB_KEEPS_NOTHING), 5, WB_KEEPS_INPUT);
    CHECK_STRING(graph_kept_with(WB_CHECKPOINTING_FULL), "28 elements, 0 bytes; again 20 + 36/t elements, 0 bytes");
    (void)block_of(5, 1, WB_ABSENT, WB_KEEPS_INPUT);
    CHECK_STRING(graph_kept_with(WB_CHECKPOINTING_FULL), "28 elements, 0 bytes; again 28 + 28/t elements, 0 bytes");
}

/* ---- Parts of a model, and what is not known ---------------------------------------------------------- */

TEST(a_stage_has_its_rounds_and_what_stands_beside_them) {
    wb_kept kept;
    int32_t block = block_of(6, 1, WB_ABSENT, WB_KEEPS_INPUT);
    int32_t behind = function(block, WB_KEEPS_INPUT);
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    wb_training training = {
        .width = 4, .tensor_parallel = 1, .first = block, .end = behind, .block = block, .rounds = 2};
    CHECK_EQUAL(wb_keep(graph_finish(), graph_result(), &training, &kept), WB_DONE);
    CHECK_EQUAL(kept.stored.elements + kept.stored.divided_elements, 4 * 28);
    training.end = behind + 1;
    CHECK_EQUAL(wb_keep(graph_finish(), graph_result(), &training, &kept), WB_DONE);
    CHECK_EQUAL(kept.stored.elements + kept.stored.divided_elements, 5 * 28);
}

TEST(what_takes_from_a_missing_layer_is_refused) {
    wb_kept kept;
    wb_peak peak;
    wb_cache cache;
    graph_clear();
    int32_t missing = graph_node(WB_MISSING, NO_RECORD, FROM_NOTHING);
    dense(graph_input("4 7"), 5, WB_KEEPS_NOTHING);
    CHECK_STRING(graph_kept(), "28 elements, 0 bytes");
    int32_t layer = dense(missing, 5, WB_KEEPS_NOTHING);
    wb_training training = {.width = 4, .tensor_parallel = 1, .end = layer + 1, .block = -1};
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(wb_keep(graph_finish(), graph_result(), &training, &kept), WB_FAULTY);
    CHECK_EQUAL(wb_find_peak(graph_finish(), graph_result(), NULL, 0, 4, &peak), WB_FAULTY);
    CHECK_EQUAL(wb_add_caches(graph_finish(), graph_result(), 9, &cache), WB_FAULTY);
}

TEST(the_first_cost_that_is_no_number_is_told) {
    wb_kept kept;
    graph_clear();
    int32_t layer = dense(graph_input("4 time 7"), 5, WB_KEEPS_NOTHING);
    wb_training training = {.width = 4, .tensor_parallel = 1, .end = layer + 1, .block = -1};
    CHECK_EQUAL(graph_evaluate(), WB_DONE);
    CHECK_EQUAL(wb_keep(graph_finish(), graph_result(), &training, &kept), WB_DONE);
    CHECK_EQUAL(kept.node, layer);
    CHECK_EQUAL(kept.cause, WB_FIRST_SYMBOL);
    CHECK_STRING(graph_kept(), "? elements, 0 bytes");
}
