/* The rows of an evaluation as JSON: the one writer of what a report says about layers. */
#include <stdlib.h>
#include <string.h>

#include "evaluation.h"
#include "text.h"

/* What the functions below share: the graph read along with the result. */
typedef struct wb_report {
    wb_writer writer;
    const wb_graph *graph;
    const wb_result *result;
    wb_span *names;
    wb_span *symbols;
    const char *const *types;
    int64_t n_types;
    int64_t n_symbols;
    const wb_node **nodes; /* by index, for names of types and owners */
    int32_t n_nodes;
    int32_t hidden_depth;
    bool detailed;
} wb_report;

/* ---- Names -------------------------------------------------------------------------------------------- */

/* The names of the blocks around a node below `above`, and its own, between slashes. */
static void put_path(wb_report *report, int32_t node, int32_t above) {
    int32_t parent = report->result->rows[node].parent;
    if (parent != above && parent >= 0) {
        put_path(report, parent, above);
        if (report->names[node].length > 0 && report->names[parent].length > 0) {
            WB_PUT(&report->writer, "/");
        }
    }
    wb_put_span(&report->writer, report->names[node]);
}

static void put_role(wb_writer *writer, const wb_weight *weight) {
    const char *mark = strchr(weight->role, '%');
    if (mark == NULL) {
        wb_put_string(writer, weight->role);
        return;
    }
    wb_put(writer, weight->role, (size_t)(mark - weight->role));
    wb_put_digits(writer, weight->index);
    wb_put_string(writer, mark + 1);
}

/* A weight's name below the row that shows it. */
static void put_weight_name(wb_report *report, const wb_weight *weight, int32_t row) {
    if (weight->node != row) {
        size_t before = report->writer.text->length;
        put_path(report, weight->node, row);
        if (report->writer.text->length > before) {
            WB_PUT(&report->writer, "/");
        }
    }
    put_role(&report->writer, weight);
}

/* The row that shows a node: the outermost opaque block around it, or itself. */
static int32_t row_of(const wb_report *report, int32_t node) {
    int32_t shown = node;
    for (int32_t around = report->result->rows[node].parent; around >= 0;
         around = report->result->rows[around].parent) {
        const wb_block *block = (const wb_block *)(const void *)(report->nodes[around] + 1);
        shown = block->row == WB_ROW_CONTAINER ? shown : around;
    }
    return shown;
}

/* ---- Values ------------------------------------------------------------------------------------------- */

static void put_quoted_path(wb_report *report, int32_t node) {
    WB_PUT(&report->writer, "\"");
    put_path(report, node, -1);
    WB_PUT(&report->writer, "\"");
}

static void put_figure(wb_writer *writer, int64_t figure) {
    if (figure < 0) {
        WB_PUT(writer, "null");
    } else {
        wb_put_integer(writer, figure);
    }
}

static void put_dimension(wb_report *report, int64_t size) {
    int64_t symbol = size < 0 ? WB_FIRST_SYMBOL - size : -1;
    if (size >= 0) {
        wb_put_integer(&report->writer, size);
    } else if (symbol >= 0 && symbol < report->n_symbols) {
        WB_PUT(&report->writer, "\"");
        wb_put_span(&report->writer, report->symbols[symbol]);
        WB_PUT(&report->writer, "\"");
    } else {
        WB_PUT(&report->writer, "null");
    }
}

static void put_shape(wb_report *report, const wb_tensor *tensor) {
    WB_PUT(&report->writer, "[");
    for (int32_t axis = 0; axis < tensor->rank; axis++) {
        if (axis > 0) {
            WB_PUT(&report->writer, ",");
        }
        put_dimension(report, tensor->shape[axis].size);
    }
    WB_PUT(&report->writer, "]");
}

static void put_boolean(wb_writer *writer, bool value) { wb_put_string(writer, value ? "true" : "false"); }

static const char *dtype_name(int32_t dtype) {
    static const char *const names[WB_DTYPE_COUNT] = {
        [WB_DTYPE_DEFAULT] = "",
        [WB_DTYPE_FLOAT64] = "float64",
        [WB_DTYPE_FLOAT32] = "float32",
        [WB_DTYPE_FLOAT16] = "float16",
        [WB_DTYPE_BFLOAT16] = "bfloat16",
        [WB_DTYPE_FLOAT8_E4M3FN] = "float8_e4m3fn",
        [WB_DTYPE_FLOAT8_E5M2] = "float8_e5m2",
        [WB_DTYPE_COMPLEX64] = "complex64",
        [WB_DTYPE_COMPLEX128] = "complex128",
        [WB_DTYPE_INT64] = "int64",
        [WB_DTYPE_INT32] = "int32",
        [WB_DTYPE_INT16] = "int16",
        [WB_DTYPE_INT8] = "int8",
        [WB_DTYPE_INT4] = "int4",
        [WB_DTYPE_UINT64] = "uint64",
        [WB_DTYPE_UINT32] = "uint32",
        [WB_DTYPE_UINT16] = "uint16",
        [WB_DTYPE_UINT8] = "uint8",
        [WB_DTYPE_BOOL] = "bool",
        [WB_DTYPE_STRING] = "string",
    };
    return names[dtype];
}

/* ---- A row -------------------------------------------------------------------------------------------- */

static bool is_inside(const wb_report *report, int32_t node, int32_t block) {
    for (int32_t around = report->result->rows[node].parent; around >= 0;
         around = report->result->rows[around].parent) {
        if (around == block) {
            return true;
        }
    }
    return false;
}

/* Where a node's input comes from: of a block around it what goes in, else what comes out. */
static const wb_tensor *input_tensor(const wb_report *report, int32_t node, int64_t reference) {
    int32_t source = (int32_t)(reference & INT32_MAX);
    const wb_row *row = &report->result->rows[source];
    int64_t first = is_inside(report, node, source) ? row->first_inner : row->first_tensor;
    return &report->result->tensors[first + (reference >> 32)];
}

/* As a document would refer to it: by the name in its scope, and to what goes into a block around it as `input`. */
static void put_reference(wb_report *report, int32_t node, int64_t reference) {
    int32_t source = (int32_t)(reference & INT32_MAX);
    WB_PUT(&report->writer, "\"");
    if (is_inside(report, node, source)) {
        WB_PUT(&report->writer, "input");
    } else {
        wb_put_span(&report->writer, report->names[source]);
    }
    if (reference >> 32 > 0) {
        WB_PUT(&report->writer, ":");
        wb_put_digits(&report->writer, reference >> 32);
    }
    WB_PUT(&report->writer, "\"");
}

static void put_inputs(wb_report *report, int32_t node, const int64_t *references) {
    int32_t n = report->nodes[node]->n_references;
    WB_PUT(&report->writer, ",\"inputs\":[");
    for (int32_t i = 0; i < n; i++) {
        wb_put(&report->writer, ",", i > 0);
        put_reference(report, node, references[i]);
    }
    WB_PUT(&report->writer, "],\"input_shapes\":[");
    for (int32_t i = 0; i < n; i++) {
        wb_put(&report->writer, ",", i > 0);
        put_shape(report, input_tensor(report, node, references[i]));
    }
    WB_PUT(&report->writer, "]");
}

static void put_outputs(wb_report *report, const wb_row *row) {
    WB_PUT(&report->writer, ",\"output_shapes\":[");
    for (int32_t i = 0; i < row->n_outputs; i++) {
        wb_put(&report->writer, ",", i > 0);
        put_shape(report, &report->result->tensors[row->first_tensor + i]);
    }
    WB_PUT(&report->writer, "]");
}

static void put_figures(wb_report *report, const wb_row *row) {
    wb_writer *writer = &report->writer;
    int64_t non_trainable;
    (void)wb_subtract(row->parameters, row->trainable, &non_trainable);
    WB_PUT(writer, ",\"parameters\":");
    wb_put_integer(writer, row->parameters);
    WB_PUT(writer, ",\"trainable\":");
    wb_put_integer(writer, row->trainable);
    WB_PUT(writer, ",\"non_trainable\":");
    wb_put_integer(writer, non_trainable);
    WB_PUT(writer, ",\"buffers\":");
    wb_put_integer(writer, row->buffers);
    WB_PUT(writer, ",\"macs\":");
    put_figure(writer, row->macs);
    WB_PUT(writer, ",\"activations\":");
    put_figure(writer, row->activations);
}

static void put_surroundings(wb_report *report, int32_t node, const wb_row *row) {
    wb_writer *writer = &report->writer;
    if (row->parent >= 0) {
        WB_PUT(writer, ",\"parent\":");
        put_quoted_path(report, row->parent);
        WB_PUT(writer, ",\"repeat\":");
        wb_put_integer(writer, row->sets);
        WB_PUT(writer, ",\"runs\":");
        wb_put_integer(writer, row->runs);
    }
    if (report->nodes[node]->weights_of >= 0) {
        WB_PUT(writer, ",\"shared_with\":");
        put_quoted_path(report, report->nodes[node]->weights_of);
    }
}

/* ---- Weights and the formula -------------------------------------------------------------------------- */

/* The weights of a row in Keras's order: spectral normalization takes the kernel and its vector for its own, so that
 * both come before what else the layer within has. */
static const wb_weight *listed_weight(const wb_report *report, const wb_row *row, int64_t i) {
    const wb_weight *weights = report->result->weights + row->first_weight;
    const wb_weight *last = weights + row->n_weights - 1;
    if (report->nodes[last->node]->operator_id != WB_SPECTRAL) {
        return weights + i;
    }
    int64_t kernel = 0;
    while (kernel < row->n_weights && !wb_is_kernel(&weights[kernel])) {
        kernel++;
    }
    if (kernel == row->n_weights) { /* the vector by itself */
        return weights + i;
    }
    if (i < 2) {
        return i == 0 ? weights + kernel : last;
    }
    return weights + (i - 2 < kernel ? i - 2 : i - 1);
}

static void put_tie(wb_report *report, const wb_weight *weight) {
    int32_t row = row_of(report, weight->tied_node);
    put_path(report, row, -1);
    WB_PUT(&report->writer, "/");
    put_weight_name(report, &report->result->weights[weight->tied_weight], row);
}

static void put_weight(wb_report *report, const wb_weight *weight, int32_t row) {
    wb_writer *writer = &report->writer;
    WB_PUT(writer, "{\"name\":\"");
    put_weight_name(report, weight, row);
    WB_PUT(writer, "\",\"shape\":[");
    for (int axis = 0; axis < weight->rank; axis++) {
        wb_put(writer, ",", axis > 0);
        wb_put_integer(writer, report->result->sizes[weight->first_size + axis]);
    }
    WB_PUT(writer, "],\"parameters\":");
    wb_put_integer(writer, weight->count);
    WB_PUT(writer, ",\"trainable\":");
    put_boolean(writer, weight->trainable);
    WB_PUT(writer, ",\"buffer\":");
    put_boolean(writer, weight->buffer);
    WB_PUT(writer, ",\"dtype\":\"");
    wb_put_string(writer, dtype_name(weight->dtype));
    WB_PUT(writer, "\"");
    if (weight->tied_node >= 0) {
        WB_PUT(writer, ",\"tied_to\":\"");
        put_tie(report, weight);
        WB_PUT(writer, "\"");
    }
    WB_PUT(writer, "}");
}

static void put_term(wb_report *report, const wb_weight *weight, int32_t row) {
    wb_writer *writer = &report->writer;
    put_weight_name(report, weight, row);
    WB_PUT(writer, " ");
    for (int axis = 0; axis < weight->rank; axis++) {
        wb_put(writer, " x ", axis > 0 ? 3 : 0);
        wb_put_digits(writer, report->result->sizes[weight->first_size + axis]);
    }
    if (weight->rank == 0) {
        WB_PUT(writer, "1");
    }
    if (weight->tied_node >= 0) {
        WB_PUT(writer, " tied to ");
        put_tie(report, weight);
    }
    WB_PUT(writer, " = ");
    wb_put_digits(writer, weight->count);
}

/* How the weights of a row add up: `a + b`. */
static void put_sum(wb_report *report, const wb_row *row) {
    for (int64_t i = 0; i < row->n_weights; i++) {
        wb_put(&report->writer, " + ", i > 0 ? 3 : 0);
        wb_put_digits(&report->writer, listed_weight(report, row, i)->count);
    }
}

static void put_formula(wb_report *report, int32_t node, const wb_row *row) {
    wb_writer *writer = &report->writer;
    if (report->nodes[node]->weights_of >= 0) {
        WB_PUT(writer, "weights of ");
        put_path(report, report->nodes[node]->weights_of, -1);
        return;
    }
    if (row->n_weights == 0) {
        WB_PUT(writer, "no weights");
        return;
    }
    for (int64_t i = 0; i < row->n_weights; i++) {
        wb_put(writer, "; ", i > 0 ? 2 : 0);
        put_term(report, listed_weight(report, row, i), node);
    }
    if (row->n_weights > 1) {
        WB_PUT(writer, "; ");
        put_sum(report, row);
        WB_PUT(writer, " = ");
        wb_put_digits(writer, row->parameters);
    }
}

/* A container's rows show its weights; its own says how they multiply. */
static void put_container_formula(wb_report *report, int32_t node, const wb_row *row) {
    wb_writer *writer = &report->writer;
    const wb_block *block = (const wb_block *)(const void *)(report->nodes[node] + 1);
    int64_t times = block->share_weights ? 1 : block->repeat;
    int64_t once = row->parameters;
    once = once / times / block->copies;
    wb_put_digits(writer, once);
    if (times > 1) {
        WB_PUT(writer, " x ");
        wb_put_digits(writer, times);
        WB_PUT(writer, " repeats");
    }
    if (block->copies > 1) {
        WB_PUT(writer, " x ");
        wb_put_digits(writer, block->copies);
        WB_PUT(writer, " copies");
    }
    WB_PUT(writer, " = ");
    wb_put_digits(writer, row->parameters);
}

static void put_details(wb_report *report, int32_t node, const wb_row *row, bool container) {
    wb_writer *writer = &report->writer;
    WB_PUT(writer, ",\"weights\":[");
    for (int64_t i = 0; i < row->n_weights && !container; i++) {
        wb_put(writer, ",", i > 0);
        put_weight(report, listed_weight(report, row, i), node);
    }
    WB_PUT(writer, "],\"formula\":\"");
    if (container && report->nodes[node]->weights_of < 0) {
        put_container_formula(report, node, row);
    } else {
        put_formula(report, node, row);
    }
    WB_PUT(writer, "\"");
}

static void put_type(wb_report *report, int32_t node) {
    int16_t type = report->nodes[node]->type;
    if (type >= 0 && type < report->n_types) {
        wb_put_string(&report->writer, report->types[type]);
    }
}

static void put_row(wb_report *report, int32_t node, const int64_t *references, bool container) {
    const wb_row *row = &report->result->rows[node];
    WB_PUT(&report->writer, "{\"name\":");
    put_quoted_path(report, node);
    WB_PUT(&report->writer, ",\"type\":\"");
    put_type(report, node);
    WB_PUT(&report->writer, "\"");
    put_inputs(report, node, references);
    put_outputs(report, row);
    put_figures(report, row);
    put_surroundings(report, node, row);
    if (report->detailed) {
        put_details(report, node, row, container);
    }
    WB_PUT(&report->writer, "}");
}

/* ---- All rows ----------------------------------------------------------------------------------------- */

static bool open_report(wb_report *report, const wb_names *names) {
    report->names = wb_read_names(names->nodes, names->nodes_length, report->n_nodes);
    report->types = names->types;
    report->n_types = names->n_types;
    report->symbols = wb_read_all_names(names->symbols, names->symbols_length, &report->n_symbols);
    report->nodes = malloc(sizeof(*report->nodes) * (size_t)(report->n_nodes + 1));
    if (report->names == NULL || report->symbols == NULL || report->nodes == NULL) {
        return false;
    }
    const int64_t *record = report->graph->pool;
    for (int32_t i = 0; i < report->n_nodes; i++) {
        report->nodes[i] = (const wb_node *)(const void *)record;
        record += report->nodes[i]->words;
    }
    return true;
}

static void close_report(wb_report *report) {
    free(report->names);
    free(report->symbols);
    free(report->nodes);
}

static bool is_opaque(const wb_node *node) {
    return node->operator_id == WB_BLOCK && ((const wb_block *)(const void *)(node + 1))->row != WB_ROW_CONTAINER;
}

/* Keeps count of the opaque blocks that are open. Has this node a row of its own? Not where a missing layer has
 * poisoned it: there are no tensors to tell of. */
static bool step_to(wb_report *report, int32_t node) {
    int32_t operator_id = report->nodes[node]->operator_id;
    bool shown = report->hidden_depth == 0;
    if (operator_id == WB_BLOCK && (is_opaque(report->nodes[node]) || !shown)) {
        report->hidden_depth++;
    } else if (operator_id == WB_END && !shown) {
        report->hidden_depth--;
    }
    bool poisoned = report->result->rows[node].n_outputs < 0;
    return shown && !poisoned && operator_id != WB_INPUT && operator_id != WB_END;
}

int wb_write_rows(const wb_graph *graph, const wb_result *result, const wb_names *names, int options, wb_text *text) {
    wb_report report = {.writer = {.text = text, .strings = (options & WB_STRINGS_FOR_INTEGERS) != 0},
                        .graph = graph,
                        .n_nodes = (int32_t)graph->n_nodes,
                        .result = result,
                        .detailed = (options & WB_WITH_WEIGHTS) != 0};
    const int64_t *references = graph->references;
    WB_PUT(&report.writer, "[");
    bool first = true, opened = open_report(&report, names);
    for (int32_t node = 0; opened && node < report.n_nodes; node++) {
        if (step_to(&report, node)) {
            wb_put(&report.writer, ",", !first);
            put_row(&report, node, references,
                    report.nodes[node]->operator_id == WB_BLOCK && !is_opaque(report.nodes[node]));
            first = false;
        }
        references += report.nodes[node]->n_references;
    }
    WB_PUT(&report.writer, "]");
    close_report(&report);
    return opened && !report.writer.failed ? WB_DONE : WB_NO_MEMORY;
}

int wb_write_not_counted(const wb_graph *graph, const wb_result *result, const wb_names *names, wb_text *text) {
    wb_report report = {.writer = {.text = text}, .graph = graph, .n_nodes = (int32_t)graph->n_nodes, .result = result};
    WB_PUT(&report.writer, "[");
    bool first = true, opened = open_report(&report, names);
    for (int32_t node = 0; opened && node < report.n_nodes; node++) {
        const char *what = wb_operator_of(report.nodes[node]->operator_id)->not_counted;
        if (!step_to(&report, node) || what == NULL) {
            continue;
        }
        wb_put(&report.writer, ",", !first);
        WB_PUT(&report.writer, "{\"layer\":");
        put_quoted_path(&report, node);
        WB_PUT(&report.writer, ",\"type\":\"");
        put_type(&report, node);
        WB_PUT(&report.writer, "\",\"what\":\"");
        wb_put_string(&report.writer, what);
        WB_PUT(&report.writer, "\"}");
        first = false;
    }
    WB_PUT(&report.writer, "]");
    close_report(&report);
    return opened && !report.writer.failed ? WB_DONE : WB_NO_MEMORY;
}
