/* The walk over the nodes: each is called once, in order, with the tensors it refers to. */
#include <stdlib.h>
#include <string.h>

#include "cost.h"
#include "evaluation.h"

wb_result *wb_result_new(void) {
    wb_result *result = calloc(1, sizeof(wb_result));
    if (result == NULL) {
        return NULL;
    }
    result->storage = calloc(1, sizeof(struct wb_storage));
    if (result->storage == NULL) {
        free(result);
        return NULL;
    }
    return result;
}

void wb_result_free(wb_result *result) {
    if (result == NULL) {
        return;
    }
    wb_arena_free(&result->storage->arena);
    free(result->storage->inputs);
    free(result->storage->stops);
    free(result->storage->numbers);
    free(result->storage->rests);
    free(result->storage->last_tensors);
    wb_arena_free(&result->storage->last_arena);
    free(result->storage);
    free(result->rows);
    free(result->tensors);
    free(result->weights);
    free(result->sizes);
    free(result);
}

bool wb_enlarge(void **array, size_t *capacity, size_t needed, size_t element_size) {
    size_t wanted = *capacity < 16 ? 32 : *capacity * 2;
    if (wanted < needed) {
        wanted = needed;
    }
    if (wanted > SIZE_MAX / element_size) {
        return false;
    }
    void *larger = realloc(*array, wanted * element_size);
    if (larger == NULL) {
        return false;
    }
    *array = larger;
    *capacity = wanted;
    return true;
}

void wb_report_error(wb_evaluation *evaluation, wb_error error) {
    if (evaluation->result->n_errors < evaluation->errors_capacity) {
        evaluation->errors[evaluation->result->n_errors] = error;
    }
    evaluation->result->n_errors++;
}

void wb_warn(wb_evaluation *evaluation, int32_t node, enum wb_figure figure, int64_t cause) {
    wb_result *result = evaluation->result;
    if (result->n_warnings < WB_MAX_WARNINGS) {
        result->warnings[result->n_warnings] = (wb_warning){node, (int32_t)figure, cause};
    }
    result->n_warnings++;
}

int32_t wb_reference_node(int64_t reference) { return (int32_t)(reference & INT32_MAX); }

int64_t wb_reference_output(int64_t reference) { return reference >> 32; }

const wb_tensor *wb_tensor_of(const wb_result *result, int64_t reference, int64_t index) {
    if (reference < 0 || wb_reference_node(reference) >= index) {
        return NULL;
    }
    const wb_row *row = &result->rows[wb_reference_node(reference)];
    int64_t output = wb_reference_output(reference);
    return output < row->n_outputs ? &result->tensors[row->first_tensor + output] : NULL;
}

/* Room for `n` inputs of the node at work. */
static bool reserve_inputs(wb_call *call, int32_t n) {
    struct wb_storage *storage = call->evaluation->result->storage;
    if (!wb_reserve((void **)&storage->inputs, &storage->inputs_capacity, (size_t)n, sizeof(wb_tensor))) {
        call->evaluation->no_memory = true;
        return false;
    }
    call->inputs = storage->inputs;
    call->n_inputs = n;
    return true;
}

/* Why a reference stands for nothing: what it refers to is poisoned, or there is no such output, or no such node. */
WB_RARE static bool refuse_input(wb_call *call, int32_t operand, int64_t reference) {
    int32_t node = wb_reference_node(reference);
    if (reference < 0 || node >= call->index) {
        return wb_fail_input(call, WB_ERROR_GRAPH, operand, reference, call->index);
    }
    int32_t n_outputs = call->evaluation->result->rows[node].n_outputs;
    return n_outputs >= 0 &&
           wb_fail_input(call, WB_ERROR_NO_SUCH_OUTPUT, operand, wb_reference_output(reference), n_outputs);
}

/* Copies the tensors that the node refers to next to each other. */
static bool gather_inputs(wb_call *call, const int64_t *references) {
    const wb_result *result = call->evaluation->result;
    if (!reserve_inputs(call, call->node->n_references)) {
        return false;
    }
    bool all = true;
    for (int32_t i = 0; i < call->n_inputs; i++) {
        const wb_tensor *input = wb_tensor_of(result, references[i], call->index);
        if (input == NULL) {
            all = refuse_input(call, i, references[i]);
        } else {
            result->storage->inputs[i] = *input;
        }
    }
    return all;
}

/* All outputs of one node. */
static bool gather_all(wb_call *call, int64_t reference) {
    const wb_result *result = call->evaluation->result;
    if (wb_reference_node(reference) >= call->index) {
        return wb_fail_input(call, WB_ERROR_GRAPH, 0, reference, call->index);
    }
    const wb_row *row = &result->rows[wb_reference_node(reference)];
    if (row->n_outputs < 0 || !reserve_inputs(call, row->n_outputs)) {
        return false;
    }
    for (int32_t i = 0; i < row->n_outputs; i++) {
        result->storage->inputs[i] = result->tensors[row->first_tensor + i];
    }
    return true;
}

/* What a block gives: the references of its WB_END. */
static bool gather_results(wb_call *call, const int64_t *references) {
    bool are_all = call->node->n_references == 1 && wb_reference_output(references[0]) == WB_ALL_OUTPUTS;
    return are_all ? gather_all(call, references[0]) : gather_inputs(call, references);
}

int64_t wb_output_elements(const wb_result *result, const wb_row *row) {
    int64_t elements = 0;
    for (int32_t i = 0; i < row->n_outputs; i++) {
        const wb_tensor *output = &result->tensors[row->first_tensor + i];
        elements = wb_cost_sum(elements, wb_elements(output, 0, output->rank));
    }
    return elements;
}

static bool run(wb_call *call, wb_station *station) { return station == NULL || station(call); }

/* Shapes, weights and costs of a node whose attributes and inputs are right. */
static bool weigh(wb_call *call, const wb_operator *operator_) {
    wb_result *result = call->evaluation->result;
    int64_t first_weight = result->n_weights;
    call->row->n_outputs = 0;
    if (!run(call, operator_->shapes) || !run(call, operator_->weights)) {
        return false;
    }
    if (operator_->costs != NULL) {
        operator_->costs(call);
    }
    call->sums->activations = wb_output_elements(result, call->row);
    return wb_settle_weights(call, first_weight);
}

static void evaluate_operator(wb_call *call, const int64_t *references) {
    const wb_operator *operator_ = wb_operator_of(call->node->operator_id);
    bool right = run(call, operator_->attributes);
    if (!gather_inputs(call, references) || !right || !weigh(call, operator_)) {
        call->row->n_outputs = -1;
    } else if (call->node->operator_id != WB_INPUT) {
        wb_add_row(call, call->sums, false);
    }
}

static void evaluate_node(wb_call *call, const int64_t *references) {
    switch (call->node->operator_id) {
    case WB_BLOCK:
        call->row->n_outputs = gather_inputs(call, references) ? 0 : -1;
        (void)wb_open_block(call);
        break;
    case WB_END:
        call->row->n_outputs = gather_results(call, references) ? 0 : -1;
        wb_close_block(call);
        break;
    default: evaluate_operator(call, references);
    }
}

static bool is_dtype(int64_t code) { return code >= WB_DTYPE_DEFAULT && code < WB_DTYPE_COUNT; }

/* Does a node say what there is? */
static bool header_is_sound(const wb_node *node, int32_t index) {
    return wb_operator_of(node->operator_id) != NULL && is_dtype(node->weight_dtype) && is_dtype(node->compute_dtype) &&
           node->weights_of < index;
}

/* Do the lists of a record come to what follows its struct? */
static bool lists_are_whole(const wb_operator *operator_, const int64_t *list, int64_t length) {
    int64_t left = length;
    for (int i = 0; i < operator_->n_lists; i++) {
        int64_t n = list[i - operator_->n_lists];
        if (n < 0 || n > left) {
            return false;
        }
        left -= n;
    }
    return operator_->n_lists == 0 || left == 0;
}

/* Is the record at this position of the pool whole, and of an operator that there is? */
static bool record_is_whole(const wb_graph *graph, int32_t index, int64_t position, int64_t first_reference) {
    const int64_t header = sizeof(wb_node) / sizeof(int64_t);
    if (graph->pool_words - position < header) {
        return false;
    }
    const wb_node *node = (const wb_node *)(const void *)(graph->pool + position);
    if (!header_is_sound(node, index)) {
        return false;
    }
    const wb_operator *operator_ = wb_operator_of(node->operator_id);
    int64_t fixed = header + (int64_t)(operator_->attributes_size / sizeof(int64_t));
    return node->words <= graph->pool_words - position && node->words >= fixed && node->n_references >= 0 &&
           node->n_references <= graph->n_references - first_reference &&
           lists_are_whole(operator_, graph->pool + position + fixed, node->words - fixed);
}

void wb_place_row(const wb_result *result, wb_row *row) {
    row->first_tensor = result->n_tensors;
    row->first_weight = result->n_weights;
    row->n_weights = 0;
    row->n_outputs = 0;
}

static wb_row *begin_row(wb_evaluation *evaluation, int32_t index) {
    wb_result *result = evaluation->result;
    wb_row *row = &result->rows[index];
    /* One by one: what clears a struct of this size at once takes longer than many a node's evaluation. */
    row->parameters = row->trainable = row->buffers = 0;
    row->macs = row->activations = 0;
    row->sets = evaluation->frame->sets;
    row->runs = evaluation->frame->runs;
    row->first_inner = 0;
    row->parent = evaluation->frame->node;
    wb_place_row(result, row);
    result->n_rows = index + 1;
    return row;
}

wb_call wb_call_of(wb_evaluation *evaluation, wb_row *row, const int64_t *record) {
    const size_t header = sizeof(wb_node) / sizeof(int64_t);
    const wb_graph *graph = evaluation->graph;
    const wb_node *node = (const wb_node *)(const void *)record;
    size_t fixed = wb_operator_of(node->operator_id)->attributes_size / sizeof(int64_t);
    const wb_frame *frame = evaluation->frame;
    return (wb_call){
        .graph = graph,
        .node = node,
        .attributes = record + header,
        .list = record + header + fixed,
        .list_length = (int64_t)((size_t)node->words - header - fixed),
        .index = (int32_t)(row - evaluation->result->rows),
        .dtype = node->compute_dtype == WB_DTYPE_DEFAULT ? frame->compute_dtype : node->compute_dtype,
        .weight_dtype = node->weight_dtype == WB_DTYPE_DEFAULT ? frame->weight_dtype : node->weight_dtype,
        .trainable = node->trainable != 0 && frame->trainable,
        .row = row,
        .evaluation = evaluation,
    };
}

/* Keeps what is the same whenever this node is evaluated, and evaluates it for the first time. */
static void begin_stop(wb_stop *stop, const wb_call *call, const int64_t *references) {
    int64_t numbered = call->evaluation->numbered_weights;
    *stop =
        (wb_stop){.call = *call, .references = references, .dtype = call->dtype, .weight_dtype = call->weight_dtype};
    stop->call.sums = &stop->sums;
    evaluate_node(&stop->call, references);
    stop->may_stay = numbered == call->evaluation->numbered_weights && call->node->operator_id > WB_MISSING;
}

/* From record to record, each of which is looked at before it is read. */
static bool walk(wb_evaluation *evaluation) {
    const wb_graph *graph = evaluation->graph;
    int64_t position = 0;
    int64_t first_reference = 0;
    for (int32_t index = 0; index < graph->n_nodes && !evaluation->no_memory && !evaluation->too_deep; index++) {
        if (!record_is_whole(graph, index, position, first_reference)) {
            return false;
        }
        const int64_t *record = graph->pool + position;
        const int64_t *references = graph->references + first_reference;
        wb_call call = wb_call_of(evaluation, begin_row(evaluation, index), record);
        if (evaluation->runs_again) {
            begin_stop(&evaluation->result->storage->stops[index], &call, references);
        } else {
            wb_sums sums = {0};
            call.sums = &sums;
            evaluate_node(&call, references);
        }
        position += call.node->words;
        first_reference += call.node->n_references;
    }
    return evaluation->frame == evaluation->result->storage->frames;
}

/* Evaluates a node once more; for those that are like it, it keeps what it came to. */
static void evaluate_stop(wb_stop *stop) {
    wb_call *call = &stop->call;
    int64_t numbered = call->evaluation->numbered_weights;
    call->dtype = stop->dtype;
    call->weight_dtype = stop->weight_dtype;
    stop->sums = (wb_sums){0};
    evaluate_node(call, stop->references);
    if (numbered != call->evaluation->numbered_weights) {
        stop->may_stay = false;
    } else if (stop->is_liked && call->row->n_outputs >= 0) {
        wb_remember_twin(stop);
    }
}

static bool may_stay(const wb_evaluation *evaluation) { return (evaluation->changed & evaluation->common) == 0; }

/* Over the same records, of which only words have changed that say nothing about the others. */
static void walk_again(wb_evaluation *evaluation) {
    wb_stop *stops = evaluation->result->storage->stops;
    wb_stop *end = stops + evaluation->graph->n_nodes;
    const bool some_stay = may_stay(evaluation);
    for (wb_stop *stop = stops; stop < end && !evaluation->no_memory; stop++) {
        if (some_stay && wb_stay(stop)) {
            continue;
        }
        wb_place_row(evaluation->result, stop->call.row);
        if (!wb_be_twin(stop)) {
            evaluate_stop(stop);
        }
    }
}

/* Does the graph as a whole say what can be? */
static bool graph_is_sound(const wb_graph *graph) {
    const int64_t header = sizeof(wb_node) / sizeof(int64_t);
    return graph->n_nodes >= 0 && graph->n_nodes <= INT32_MAX && graph->n_nodes <= graph->pool_words / header &&
           graph->max_rank <= WB_MAX_RANK && is_dtype(graph->weight_dtype) && is_dtype(graph->compute_dtype);
}

static void begin(wb_evaluation *evaluation) {
    wb_result *result = evaluation->result;
    struct wb_storage *storage = result->storage;
    wb_arena_reset(&storage->arena);
    result->n_tensors = result->n_weights = result->n_sizes = 0;
    result->n_warnings = result->n_errors = 0;
    storage->frames[0] = (wb_frame){.node = -1,
                                    .trainable = true,
                                    .weight_dtype = (int8_t)evaluation->graph->weight_dtype,
                                    .compute_dtype = (int8_t)evaluation->graph->compute_dtype,
                                    .sets = 1,
                                    .runs = 1,
                                    .steps = wb_known(1)};
    evaluation->frame = storage->frames;
    evaluation->next_tie = evaluation->numbered_weights = 0;
    evaluation->no_memory = evaluation->too_deep = false;
}

static int finish(wb_evaluation *evaluation) {
    wb_result *result = evaluation->result;
    if (evaluation->no_memory) {
        return WB_NO_MEMORY;
    }
    result->totals = wb_totals_of(&result->storage->frames[0].sums);
    return result->n_errors > 0 ? WB_FAULTY : WB_DONE;
}

int wb_evaluate(const wb_graph *graph, wb_result *result, wb_error *errors, int64_t capacity) {
    wb_evaluation evaluation = {.graph = graph, .result = result, .errors = errors, .errors_capacity = capacity};
    return wb_run(&evaluation);
}

static bool reserve_nodes(const wb_evaluation *evaluation, size_t n) {
    wb_result *result = evaluation->result;
    struct wb_storage *storage = result->storage;
    return wb_reserve((void **)&result->rows, &storage->rows_capacity, n, sizeof(wb_row)) &&
           (!evaluation->runs_again ||
            wb_reserve((void **)&storage->stops, &storage->stops_capacity, n, sizeof(wb_stop)));
}

int wb_run(wb_evaluation *evaluation) {
    const wb_graph *graph = evaluation->graph;
    begin(evaluation);
    evaluation->result->n_rows = 0;
    evaluation->is_whole = graph_is_sound(graph);
    if (evaluation->is_whole) {
        evaluation->no_memory = !reserve_nodes(evaluation, (size_t)graph->n_nodes);
        evaluation->is_whole = walk(evaluation);
    }
    if (!evaluation->is_whole) {
        wb_report_error(evaluation, (wb_error){WB_ERROR_GRAPH, -1, WB_NO_FIELD, -1, 0, 0});
    }
    return finish(evaluation);
}

int wb_run_again(wb_evaluation *evaluation) {
    if (may_stay(evaluation)) {
        wb_swap_outputs(evaluation->result);
    }
    begin(evaluation);
    walk_again(evaluation);
    return finish(evaluation);
}
