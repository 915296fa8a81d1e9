#include "graph.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operator.h"

enum { WORDS = 1 << 16, NODES = 4096, SYMBOLS = 16, ERRORS = 64, TEXTS = 20, TEXT = 1024 };

static struct {
    int64_t pool[WORDS];
    int64_t references[WORDS];
    wb_tie ties[NODES];
    int64_t positions[NODES]; /* of the records in the pool */
    const char *names[NODES];
    char symbols[SYMBOLS][32];
    int n_symbols;
    wb_graph graph;
} built;

static wb_graph finished;
static wb_result *result;
static wb_error errors[ERRORS];

/* ---- Building ----------------------------------------------------------------------------------------- */

void graph_clear(void) {
    memset(&built, 0, sizeof built);
    built.graph = (wb_graph){.batch = WB_UNKNOWN,
                             .weight_dtype = WB_DTYPE_FLOAT32,
                             .compute_dtype = WB_DTYPE_FLOAT32,
                             .max_rank = WB_MAX_RANK,
                             .max_tensors = 1000000};
}

static void put_words(const void *words, size_t n) {
    if (n > 0) {
        memcpy(built.pool + built.graph.pool_words, words, n * sizeof(int64_t));
    }
    built.graph.pool_words += (int64_t)n;
}

int32_t graph_node_with_list(int32_t operator_id, const void *record, size_t record_size, const int64_t *list,
                             size_t list_length, const int64_t *references, size_t n) {
    size_t header = sizeof(wb_node) / sizeof(int64_t), fixed = record_size / sizeof(int64_t);
    wb_node node = {.operator_id = operator_id,
                    .words = (int32_t)(header + fixed + list_length),
                    .n_references = (int32_t)n,
                    .weights_of = -1,
                    .type = (int16_t)operator_id,
                    .trainable = 1};
    int32_t index = (int32_t)built.graph.n_nodes++;
    built.positions[index] = built.graph.pool_words;
    put_words(&node, header);
    put_words(record, fixed);
    put_words(list, list_length);
    for (size_t i = 0; i < n; i++) {
        built.references[built.graph.n_references++] = references[i];
    }
    return index;
}

int32_t graph_node(int32_t operator_id, const void *record, size_t record_size, const int64_t *references, size_t n) {
    return graph_node_with_list(operator_id, record, record_size, NO_LIST, references, n);
}

int32_t graph_dense(int64_t input, int64_t units, bool use_bias) {
    return graph_node(WB_DENSE, RECORD(wb_dense, .units = units, .use_bias = use_bias, .adaptation = UNADAPTED),
                      FROM(input));
}

int32_t graph_embedding(int64_t input, int64_t input_dim, int64_t output_dim) {
    return graph_node(WB_EMBEDDING,
                      RECORD(wb_embedding, .input_dim = input_dim, .output_dim = output_dim, .adaptation = UNADAPTED),
                      FROM(input));
}

int32_t graph_flatten(int64_t input) {
    return graph_node(WB_FLATTEN, RECORD(wb_flatten, .start_dim = 1, .end_dim = -1), FROM(input));
}

int32_t graph_identity(int64_t input) {
    return graph_node(WB_IDENTITY, RECORD(wb_identity, .keep_dtype = 1), FROM(input));
}

int32_t graph_block(const void *record, size_t record_size, const int64_t *references, size_t n) {
    return graph_node(WB_BLOCK, record, record_size, references, n);
}

int32_t graph_end(const int64_t *references, size_t n) { return graph_node(WB_END, NO_RECORD, references, n); }

/* The symbol of this name, a new one where it is. */
static int64_t symbol_of(const char *name) {
    int i = 0;
    while (i < built.n_symbols && strcmp(built.symbols[i], name) != 0) {
        i++;
    }
    if (i == built.n_symbols) {
        snprintf(built.symbols[built.n_symbols++], sizeof built.symbols[0], "%s", name);
    }
    if (strcmp(name, "batch") == 0) {
        built.graph.batch = WB_FIRST_SYMBOL - i;
    }
    return WB_FIRST_SYMBOL - i;
}

int32_t graph_input_of(enum wb_dtype dtype, const char *shape) {
    int64_t words[2 * WB_MAX_RANK + 8] = {0};
    size_t n = 0;
    char name[32];
    for (int length; sscanf(shape, " %31s%n", name, &length) == 1; shape += length, n += 2) {
        if (name[0] == '?') {
            words[n] = WB_UNKNOWN;
        } else if (isalpha((unsigned char)name[0])) {
            words[n] = symbol_of(name);
        } else {
            words[n + 1] = strtoll(name, NULL, 10);
        }
    }
    return graph_node_with_list(WB_INPUT, RECORD(wb_input, .dtype = dtype), words, n, FROM_NOTHING);
}

int32_t graph_input(const char *shape) { return graph_input_of(WB_DTYPE_FLOAT32, shape); }

void graph_tie(int32_t node, const char *weight, int32_t owner, const char *owner_weight) {
    built.ties[built.graph.n_ties++] = (wb_tie){node, owner, weight, owner_weight};
}

void graph_name(int32_t node, const char *escaped) { built.names[node] = escaped; }

wb_node *graph_header(int32_t node) { return (wb_node *)(void *)(built.pool + built.positions[node]); }

int64_t *graph_field(int32_t node, int32_t field) { return (int64_t *)(graph_header(node) + 1) + field; }

wb_graph *graph_settings(void) { return &built.graph; }

/* ---- Evaluating --------------------------------------------------------------------------------------- */

/* So that a sanitizer sees what reads behind the end. */
static void *copy_of(const void *array, int64_t n, size_t size) {
    size_t bytes = n > 0 ? (size_t)n * size : 0;
    void *copy = malloc(bytes > 0 ? bytes : 1);
    if (copy != NULL && bytes > 0) {
        memcpy(copy, array, bytes);
    }
    return copy;
}

const wb_graph *graph_finish(void) {
    free((void *)finished.pool);
    free((void *)finished.references);
    free((void *)finished.ties);
    finished = built.graph;
    finished.pool = copy_of(built.pool, finished.pool_words, sizeof *built.pool);
    finished.references = copy_of(built.references, finished.n_references, sizeof *built.references);
    finished.ties = copy_of(built.ties, finished.n_ties, sizeof *built.ties);
    return &finished;
}

wb_result *graph_result(void) {
    if (result == NULL) {
        result = wb_result_new();
    }
    return result;
}

int graph_evaluate(void) { return wb_evaluate(graph_finish(), graph_result(), errors, ERRORS); }

/* A JSON array of strings that is written piece by piece. */
typedef struct name_list {
    char json[NODES * 16];
    size_t length;
} name_list;

static void put_name(name_list *list, const char *name) {
    const char *before = list->length == 0 ? "[\"" : "\",\"";
    list->length += (size_t)snprintf(list->json + list->length, sizeof list->json - list->length, "%s%s", before, name);
}

static size_t end_names(name_list *list) {
    const char *end = list->length == 0 ? "[]" : "\"]";
    list->length += (size_t)snprintf(list->json + list->length, sizeof list->json - list->length, "%s", end);
    return list->length;
}

const wb_names *graph_names(void) {
    static name_list nodes, symbols;
    static const char *types[WB_OPERATOR_COUNT];
    static wb_names names;
    nodes.length = symbols.length = 0;
    for (int32_t i = 0; i < built.graph.n_nodes; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s_%d", wb_operator_of(graph_header(i)->operator_id)->name, (int)i);
        put_name(&nodes, built.names[i] != NULL ? built.names[i] : name);
    }
    for (int32_t i = 0; i < WB_OPERATOR_COUNT; i++) {
        types[i] = wb_operator_of(i)->name;
    }
    for (int i = 0; i < built.n_symbols; i++) {
        put_name(&symbols, built.symbols[i]);
    }
    names = (wb_names){nodes.json, end_names(&nodes), types, WB_OPERATOR_COUNT, symbols.json, end_names(&symbols)};
    return &names;
}

/* ---- What came out ------------------------------------------------------------------------------------ */

typedef struct text {
    char *data;
    size_t length;
} text;

static text new_text(void) {
    static char texts[TEXTS][TEXT];
    static int next;
    next = (next + 1) % TEXTS;
    texts[next][0] = '\0';
    return (text){texts[next], 0};
}

#define PUT(text, ...) \
    ((text)->length += (size_t)snprintf((text)->data + (text)->length, TEXT - (text)->length, __VA_ARGS__))

static void put_dimension(text *text, int64_t size) {
    int64_t symbol = size < 0 ? WB_FIRST_SYMBOL - size : -1;
    if (size >= 0) {
        PUT(text, "%" PRId64, size);
    } else if (symbol >= 0 && symbol < built.n_symbols) {
        PUT(text, "%s", built.symbols[symbol]);
    } else {
        PUT(text, "%s", size == WB_UNKNOWN ? "?" : "overflown");
    }
}

const wb_row *graph_row(int32_t node) { return &result->rows[node]; }

const wb_tensor *graph_tensor(int32_t node, int32_t output) {
    return output < graph_row(node)->n_outputs ? &result->tensors[graph_row(node)->first_tensor + output] : NULL;
}

const char *graph_output(int32_t node, int32_t output) {
    const wb_tensor *tensor = graph_tensor(node, output);
    text shape = new_text();
    for (int32_t axis = 0; tensor != NULL && axis < tensor->rank; axis++) {
        PUT(&shape, "%s", axis > 0 ? " " : "");
        put_dimension(&shape, tensor->shape[axis].size);
    }
    return tensor == NULL ? NULL : shape.data;
}

const char *graph_cost(int32_t node, int32_t output) {
    const wb_tensor *tensor = graph_tensor(node, output);
    text shape = new_text();
    for (int32_t axis = 0; tensor != NULL && axis < tensor->rank; axis++) {
        PUT(&shape, "%s", axis > 0 ? " " : "");
        put_dimension(&shape, tensor->shape[axis].cost);
    }
    return tensor == NULL ? NULL : shape.data;
}

static void put_amount(text *text, int64_t whole, int64_t divided, const char *unit) {
    if (whole < 0 || divided < 0) {
        PUT(text, "? %s", unit);
    } else if (divided > 0) {
        PUT(text, "%" PRId64 " + %" PRId64 "/t %s", whole, divided, unit);
    } else {
        PUT(text, "%" PRId64 " %s", whole, unit);
    }
}

static void put_both(text *text, wb_amount amount) {
    put_amount(text, amount.elements, amount.divided_elements, "elements, ");
    put_amount(text, amount.bytes, amount.divided_bytes, "bytes");
}

const char *graph_kept_with(enum wb_checkpointing checkpointing) {
    text shown = new_text();
    wb_kept kept;
    wb_training training = {.width = 4, .tensor_parallel = 1, .checkpointing = checkpointing, .block = -1};
    if (graph_evaluate() != WB_DONE) {
        return NULL;
    }
    training.end = finished.n_nodes;
    if (wb_keep(&finished, result, &training, &kept) != WB_DONE) {
        return NULL;
    }
    put_both(&shown, kept.stored);
    if (kept.remade_node >= 0) {
        PUT(&shown, "; again ");
        put_both(&shown, kept.remade);
    }
    return shown.data;
}

const char *graph_kept(void) { return graph_kept_with(WB_CHECKPOINTING_NONE); }

const char *graph_peak(int32_t last) {
    text shown = new_text();
    wb_peak peak;
    int64_t outputs = OUTPUT(last, WB_ALL_OUTPUTS);
    if (graph_evaluate() != WB_DONE || wb_find_peak(&finished, result, &outputs, 1, 4, &peak) != WB_DONE) {
        return NULL;
    }
    if (peak.node >= 0) {
        return "?";
    }
    put_both(&shown, peak.live);
    return shown.data;
}

int64_t graph_cache(int64_t context) {
    wb_cache cache;
    bool found = graph_evaluate() == WB_DONE && wb_add_caches(&finished, result, context, &cache) == WB_DONE;
    return found ? cache.elements : WB_OVERFLOWN;
}

static void put_weight(text *text, const wb_weight *weight) {
    const char *mark = strchr(weight->role, '%');
    if (mark == NULL) {
        PUT(text, "%s ", weight->role);
    } else {
        PUT(text, "%.*s%" PRId64 "%s ", (int)(mark - weight->role), weight->role, weight->index, mark + 1);
    }
    for (int axis = 0; axis < weight->rank; axis++) {
        PUT(text, "%s%" PRId64, axis > 0 ? "x" : "", result->sizes[weight->first_size + axis]);
    }
    PUT(text, "%s", weight->rank == 0 ? "1" : "");
    PUT(text, "%s", weight->buffer ? " buffer" : !weight->trainable ? " fixed" : "");
    PUT(text, "%s", weight->tied_node >= 0 ? " tied" : "");
}

const char *graph_weights(int32_t node) {
    const wb_row *row = graph_row(node);
    text weights = new_text();
    for (int64_t i = 0; i < row->n_weights; i++) {
        PUT(&weights, "%s", i > 0 ? ", " : "");
        put_weight(&weights, &result->weights[row->first_weight + i]);
    }
    return weights.data;
}

bool graph_error_is(int64_t i, wb_error error) {
    const wb_error *got = &errors[i];
    bool same = i < result->n_errors && i < ERRORS && got->code == error.code && got->node == error.node &&
                got->field == error.field && got->operand == error.operand && got->got == error.got &&
                got->expected == error.expected;
    if (!same && i < result->n_errors && i < ERRORS) {
        printf("# of %" PRId64 " errors %" PRId64 " is code %d, node %d, field %d, operand %d, got %" PRId64
               ", expected %" PRId64 "\n",
               result->n_errors, i, got->code, got->node, got->field, got->operand, got->got, got->expected);
    }
    return same;
}

static bool is_only_error(wb_error error) {
    return graph_evaluate() == WB_FAULTY && graph_error_is(0, error) && result->n_errors == 1;
}

bool graph_fails_at_field(int32_t node, int32_t field, int32_t code, int64_t got, int64_t expected) {
    return is_only_error((wb_error){code, node, field, -1, got, expected});
}

bool graph_fails_at_input(int32_t node, int32_t operand, int32_t code, int64_t got, int64_t expected) {
    return is_only_error((wb_error){code, node, -1, operand, got, expected});
}

bool graph_fails(int32_t node, int32_t code, int64_t got, int64_t expected) {
    return is_only_error((wb_error){code, node, -1, -1, got, expected});
}

bool graph_refuses_below(int32_t node, int32_t field, int64_t least) {
    const int64_t values[] = {INT64_MIN, INT64_MIN + 1, least - 2, least - 1};
    int64_t before = *graph_field(node, field);
    bool refused = true;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        *graph_field(node, field) = values[i];
        refused = graph_fails_at_field(node, field, WB_ERROR_TOO_SMALL, values[i], least) && refused;
    }
    *graph_field(node, field) = before;
    return refused;
}
