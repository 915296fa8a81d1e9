/*
 * Bytes to a graph, evaluated and written, under libFuzzer with ASan and UBSan: nothing that a graph holds, however
 * its arrays contradict each other, may be read past its end.
 *
 * Every array has memory of just its size. The bytes choose: mostly what fits, so that a graph gets somewhere, now
 * and then anything at all.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "operator.h"
#include "program.h"

static void add_up_memory(const wb_graph *graph, wb_result *result, int checkpointing) {
    wb_training training = {.width = 2, .tensor_parallel = 3, .checkpointing = checkpointing, .block = -1};
    wb_kept kept;
    wb_peak peak;
    wb_cache cache;
    training.end = graph->n_nodes;
    (void)wb_keep(graph, result, &training, &kept);
    (void)wb_find_peak(graph, result, NULL, 0, 2, &peak);
    (void)wb_add_caches(graph, result, 5, &cache);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_NODES = 24, MOST_WORDS = 2048, MOST_REFERENCES = 128, MOST_TIES = 4, MOST_LIST = 8, ERRORS = 4 };

/* ---- Choices from bytes ------------------------------------------------------------------------------- */

typedef struct bytes {
    const uint8_t *data;
    size_t left;
} bytes;

static uint8_t take(bytes *input) {
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->data++;
}

/* One of 0 ... n - 1. */
static int32_t below(bytes *input, int32_t n) { return n > 0 ? take(input) % n : 0; }

/* Once in so many times. */
static bool rarely(bytes *input, int times) { return take(input) % times == times - 1; }

static int64_t any(bytes *input) {
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) {
        word = word << 8 | take(input);
    }
    return (int64_t)word;
}

/* A small size, an edge of 64 bits, a word with a meaning, or anything. */
static int64_t value(bytes *input) {
    static const int64_t edges[] = {INT64_MIN, INT64_MAX, INT64_MAX - 1, WB_ABSENT,    WB_OVERFLOWN,       -1, -2, -3,
                                    64,        1000,      INT32_MAX,     3037000500LL, 4611686018427387904};
    uint8_t choice = take(input);
    if (choice < 200) {
        return choice % 9;
    }
    return choice < 250 ? edges[choice % (sizeof edges / sizeof *edges)] : any(input);
}

/* ---- The graph ---------------------------------------------------------------------------------------- */

typedef struct arrays {
    int64_t pool[MOST_WORDS];
    int64_t references[MOST_REFERENCES];
    wb_tie ties[MOST_TIES];
    wb_graph graph;
} arrays;

static int64_t reference(bytes *input, int64_t node) {
    if (rarely(input, 32)) {
        return any(input);
    }
    int64_t output = rarely(input, 8) ? value(input) & INT32_MAX : 0;
    output = rarely(input, 32) ? WB_ALL_OUTPUTS : output;
    return below(input, (int32_t)node + rarely(input, 32)) + output * 4294967296;
}

static void add_references(bytes *input, arrays *built, wb_node *node) {
    int32_t n = 1 + (rarely(input, 3) ? below(input, 4) - 1 : 0);
    for (int32_t i = 0; i < n && built->graph.n_references < MOST_REFERENCES; i++) {
        built->references[built->graph.n_references++] = reference(input, built->graph.n_nodes);
        node->n_references++;
    }
}

static int8_t dtype(bytes *input) { return (int8_t)(rarely(input, 32) ? take(input) : below(input, WB_DTYPE_COUNT)); }

static wb_node header(bytes *input, int32_t operator_id) {
    return (wb_node){
        .operator_id = rarely(input, 64) ? (int32_t)any(input) : operator_id,
        .weights_of = rarely(input, 8) ? (int32_t)value(input) : -1,
        .type = (int16_t)(rarely(input, 64) ? any(input) : operator_id),
        .trainable = (int8_t)!rarely(input, 8),
        .weight_dtype = dtype(input),
        .compute_dtype = dtype(input),
    };
}

/* Shares `length` out among the lists, whose lengths stand before them. */
static void choose_lengths(bytes *input, int32_t operator_id, int64_t *list, int32_t length) {
    int n_lists = wb_operator_of(operator_id)->n_lists;
    for (int i = 0; i < n_lists && !rarely(input, 32); i++) {
        int32_t n = i == n_lists - 1 ? length : below(input, length + 1);
        list[i - n_lists] = n;
        length -= n;
    }
}

static void add_node(bytes *input, arrays *built) {
    const int32_t header_words = sizeof(wb_node) / sizeof(int64_t);
    int32_t operator_id = built->graph.n_nodes == 0 ? WB_INPUT : below(input, WB_OPERATOR_COUNT);
    int32_t fixed = (int32_t)(wb_operator_of(operator_id)->attributes_size / sizeof(int64_t));
    int32_t list = operator_id == WB_INPUT ? 2 * below(input, MOST_LIST / 2 + 1) : below(input, MOST_LIST);
    wb_node node = header(input, operator_id);
    if (built->graph.pool_words + header_words + fixed + list > MOST_WORDS) {
        return;
    }
    int64_t *record = built->pool + built->graph.pool_words;
    for (int32_t i = 0; i < fixed + list; i++) {
        bool kind = operator_id == WB_INPUT && i % 2 == 1 && !rarely(input, 8);
        record[header_words + i] = kind ? 0 : value(input);
    }
    choose_lengths(input, operator_id, record + header_words + fixed, list);
    if (operator_id != WB_INPUT || rarely(input, 32)) {
        add_references(input, built, &node);
    }
    node.words = rarely(input, 64) ? (int32_t)value(input) : header_words + fixed + list;
    memcpy(record, &node, sizeof node);
    built->graph.pool_words += header_words + fixed + list;
    built->graph.n_nodes++;
}

static void add_ties(bytes *input, arrays *built) {
    static const char *const names[] = {"kernel",       "bias", "embeddings",      "gamma",
                                        "query/kernel", "",     "recurrent_kernel"};
    while (built->graph.n_ties < MOST_TIES && rarely(input, 3)) {
        int32_t node = rarely(input, 16) ? (int32_t)value(input) : below(input, (int32_t)built->graph.n_nodes);
        int32_t owner = rarely(input, 16) ? (int32_t)value(input) : below(input, node > 0 ? node : 1);
        built->ties[built->graph.n_ties++] = (wb_tie){node, owner, names[below(input, 7)], names[below(input, 7)]};
    }
}

static void choose_settings(bytes *input, wb_graph *graph) {
    graph->batch = rarely(input, 4) ? value(input) : WB_FIRST_SYMBOL;
    graph->channels_first = rarely(input, 4) ? value(input) : 0;
    graph->weight_dtype = rarely(input, 16) ? value(input) : WB_DTYPE_FLOAT32;
    graph->compute_dtype = rarely(input, 16) ? value(input) : WB_DTYPE_FLOAT32;
    graph->max_rank = rarely(input, 16) ? value(input) : WB_MAX_RANK;
    graph->max_tensors = rarely(input, 16) ? value(input) : 10000;
}

/* Lengths that claim less than there is, never more: that much the caller must have right. */
static void cut(bytes *input, wb_graph *graph) {
    graph->pool_words -= rarely(input, 16) ? below(input, (int32_t)(graph->pool_words % 256) + 1) : 0;
    graph->n_references -= rarely(input, 16) ? below(input, (int32_t)graph->n_references + 1) : 0;
    graph->n_nodes = rarely(input, 32) ? any(input) >> below(input, 64) : graph->n_nodes;
}

static void *exact_copy(const void *array, size_t bytes) {
    void *copy = malloc(bytes > 0 ? bytes : 1);
    if (copy == NULL) {
        abort();
    }
    return bytes > 0 ? memcpy(copy, array, bytes) : copy;
}

/* ---- One round ---------------------------------------------------------------------------------------- */

static const char *const type_names[] = {"Input", "Block", "End", "Missing", "Dense"};
static const char symbol_names[] = "[\"batch\",\"time\"]";

/* As many names as there are nodes, the empty one of the outermost block and one that is escaped among them. */
static void name_nodes(int64_t n, char *json) {
    strcpy(json, "[");
    for (int64_t i = 0; i < n; i++) {
        strcat(json, i > 0 ? "," : "");
        strcat(json, i % 5 == 2 ? "\"\"" : "\"n\\\"\"");
    }
    strcat(json, "]");
}

static void write_report(const wb_graph *graph, const wb_result *result, int options) {
    char nodes[8 * MOST_NODES + 8];
    name_nodes(graph->n_nodes, nodes);
    wb_names names = {nodes, strlen(nodes), type_names, 5, symbol_names, sizeof symbol_names - 1};
    wb_text text = {0};
    (void)wb_write_rows(graph, result, &names, options, &text);
    (void)wb_write_not_counted(graph, result, &names, &text);
    wb_text_free(&text);
}

/* ---- Many candidates ---------------------------------------------------------------------------------- */

enum { CANDIDATES = 3, MOST_PATCHES = 4, COLUMNS = 4, STEPS = 4, NUMBERS = COLUMNS + 1 + STEPS, MOST_ERRORS = 100 };

static void choose_patches(bytes *input, const wb_graph *graph, wb_patch *patches) {
    for (int i = 0; i < MOST_PATCHES; i++) {
        int64_t position = graph->pool_words > 0 ? (take(input) << 8 | take(input)) % graph->pool_words : 0;
        patches[i] = (wb_patch){rarely(input, 64) ? value(input) : position, below(input, NUMBERS)};
    }
}

static void choose_steps(bytes *input, wb_step *steps) {
    for (int32_t i = 0; i < STEPS; i++) {
        bool any_at_all = rarely(input, 64);
        steps[i].operation = any_at_all ? (int32_t)value(input) : below(input, WB_LARGEST + 1);
        steps[i].left = any_at_all ? (int32_t)value(input) : below(input, COLUMNS + 1 + i);
        steps[i].right = below(input, COLUMNS + 1 + i);
    }
}

static bool same_records(const int64_t *a, const int64_t *b) {
    int32_t words = ((const wb_node *)(const void *)a)->words;
    return memcmp(a, b, sizeof(wb_node)) == 0 && memcmp(a, b, sizeof *a * (size_t)words) == 0;
}

static bool is_patched(const int64_t *pool, const int64_t *record, const wb_patch *patches) {
    for (int i = 0; i < MOST_PATCHES; i++) {
        int64_t word = patches[i].position - (record - pool);
        if (word >= 0 && word < ((const wb_node *)(const void *)record)->words) {
            return true;
        }
    }
    return false;
}

/* For each node of a graph that is whole the last one with its record, where no patch touches that. */
static void find_alike(const wb_graph *graph, const wb_patch *patches, int32_t *alike) {
    const int64_t *records[MOST_NODES], *record = graph->pool;
    for (int32_t i = 0; i < graph->n_nodes; i++) {
        records[i] = record;
        alike[i] = -1;
        for (int32_t k = 0; k < i && !is_patched(graph->pool, record, patches); k++) {
            alike[i] = same_records(record, records[k]) ? k : alike[i];
        }
        record += ((const wb_node *)(const void *)record)->words;
    }
}

static int32_t first_node(const wb_error *errors, int64_t n) {
    int32_t first = errors[0].node;
    for (int64_t i = 1; i < n && i < MOST_ERRORS; i++) {
        first = errors[i].node < first ? errors[i].node : first;
    }
    return first;
}

/* A candidate comes to what an evaluation of its own does. */
static void check_outcome(const wb_graph *graph, const wb_candidates *candidates, int64_t *pool, int64_t candidate,
                          const wb_outcome *outcome) {
    wb_error errors[MOST_ERRORS];
    wb_graph patched = *graph;
    int64_t numbers[NUMBERS];
    wb_place_constants(candidates, numbers);
    if (!wb_make_numbers(candidates, candidate, numbers)) {
        if (outcome->error.code != WB_ERROR_NO_VALUE) {
            abort();
        }
        return;
    }
    wb_result *result = wb_result_new();
    patched.pool = memcpy(pool, graph->pool, sizeof *pool * (size_t)graph->pool_words);
    for (int64_t i = 0; i < candidates->n_patches; i++) {
        pool[candidates->patches[i].position] = numbers[candidates->patches[i].number];
    }
    int status = wb_evaluate(&patched, result, errors, MOST_ERRORS);
    bool same = status == WB_DONE ? memcmp(&outcome->totals, &result->totals, sizeof(wb_totals)) == 0
                                  : outcome->error.node == first_node(errors, result->n_errors);
    if (!same || (status == WB_DONE) != (outcome->error.code == WB_ERROR_NONE)) {
        abort();
    }
    wb_result_free(result);
}

static void evaluate_many(bytes *input, const wb_graph *graph, bool is_whole) {
    wb_patch patches[MOST_PATCHES];
    wb_step steps[STEPS];
    int64_t columns[CANDIDATES * COLUMNS];
    int32_t alike[MOST_NODES];
    wb_outcome outcomes[CANDIDATES];
    choose_patches(input, graph, patches);
    choose_steps(input, steps);
    for (int i = 0; i < CANDIDATES * COLUMNS; i++) {
        bool stays = i % CANDIDATES > 0 && rarely(input, 2);
        columns[i] = stays ? columns[i - 1] : value(input);
    }
    const int64_t constant = value(input);
    if (is_whole) {
        find_alike(graph, patches, alike);
    }
    wb_candidates candidates = {.patches = patches,
                                .n_patches = MOST_PATCHES,
                                .columns = columns,
                                .n_columns = COLUMNS,
                                .n_candidates = CANDIDATES,
                                .constants = &constant,
                                .n_constants = 1,
                                .steps = steps,
                                .n_steps = STEPS,
                                .alike = is_whole ? alike : NULL};
    int64_t *pool = exact_copy(graph->pool, sizeof *pool * (size_t)graph->pool_words);
    wb_result *result = wb_result_new();
    if (wb_evaluate_many(graph, pool, &candidates, result, outcomes) == WB_DONE) {
        for (int64_t i = 0; i < CANDIDATES; i++) {
            check_outcome(graph, &candidates, pool, i, &outcomes[i]);
        }
    }
    wb_result_free(result);
    free(pool);
}

/* ---- All of it ---------------------------------------------------------------------------------------- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static arrays built;
    bytes input = {data, size};
    memset(&built, 0, sizeof built);
    choose_settings(&input, &built.graph);
    int options = below(&input, 4);
    while (built.graph.n_nodes < MOST_NODES && input.left > 0) {
        add_node(&input, &built);
    }
    add_ties(&input, &built);
    cut(&input, &built.graph);

    wb_graph graph = built.graph;
    graph.pool = exact_copy(built.pool, sizeof *built.pool * (size_t)graph.pool_words);
    graph.references = exact_copy(built.references, sizeof *built.references * (size_t)graph.n_references);
    graph.ties = exact_copy(built.ties, sizeof *built.ties * (size_t)graph.n_ties);
    wb_error errors[ERRORS];
    wb_result *result = wb_result_new();
    int status = wb_evaluate(&graph, result, errors, ERRORS);
    if (status == WB_DONE) {
        write_report(&graph, result, options);
        add_up_memory(&graph, result, options % 3);
    }
    evaluate_many(&input, &graph, status == WB_DONE);
    wb_result_free(result);
    free((void *)graph.pool);
    free((void *)graph.references);
    free((void *)graph.ties);
    return 0;
}
