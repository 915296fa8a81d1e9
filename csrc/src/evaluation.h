/* One evaluation of a graph: what the functions of operator.h work on behind `wb_call`. */
#ifndef WB_EVALUATION_H
#define WB_EVALUATION_H

#include "arena.h"
#include "operator.h"

/* Figures that add up, from weights to rows to blocks. */
typedef struct wb_sums {
    int64_t parameters;
    int64_t trainable;
    int64_t buffers;
    int64_t active;
    int64_t bytes; /* this and the costs may be unknown or overflown */
    int64_t macs;
    int64_t activations;
    bool multiplies; /* of other sizes there may be multiply-accumulates, even if there are none of these */
} wb_sums;

/* A block that is open. */
typedef struct wb_frame {
    int32_t node;
    bool trainable;
    bool hidden;           /* what is in it has no rows */
    bool faulty;           /* its own attributes or inputs are wrong */
    bool sum_is_too_large; /* and its first row that no longer fits has been told */
    int8_t weight_dtype;   /* of what does not say its own */
    int8_t compute_dtype;
    const wb_block *block;
    int64_t sets; /* of the weights in it, in all */
    int64_t runs;
    wb_dimension steps; /* of time, 1 where it is not distributed over time */
    wb_sums sums;
} wb_frame;

/* A node of a graph that is evaluated again and again, of whose record only values change. */
enum { WB_TWIN_INPUTS = 2 };
typedef struct wb_stop {
    wb_call call;
    const int64_t *references;
    wb_sums sums;               /* what it came to last */
    int32_t dtype;              /* those of the call, before it is evaluated */
    int32_t weight_dtype;       /* the same */
    uint64_t rests_on;          /* the columns of candidates with which it may come to something else */
    bool may_stay;              /* with the same ones it comes to the same */
    bool is_liked;              /* a later one is like this */
    struct wb_stop *like;       /* an earlier one that comes to the same on the same inputs, or NULL */
    const struct wb_stop *twin; /* the one that was evaluated instead of it, this time; itself, or NULL: unknown */
    wb_tensor inputs[WB_TWIN_INPUTS]; /* on which it came to that, where it is liked */
} wb_stop;

/* What a result keeps behind its arrays, from one evaluation to the next. */
struct wb_storage {
    wb_arena arena; /* the shapes */
    size_t rows_capacity;
    size_t tensors_capacity;
    size_t weights_capacity;
    size_t sizes_capacity;
    wb_tensor *inputs; /* of the node at work */
    size_t inputs_capacity;
    wb_stop *stops; /* of wb_evaluate_many */
    size_t stops_capacity;
    int64_t *numbers; /* of the candidate at work */
    size_t numbers_capacity;
    uint64_t *rests; /* the columns that each number rests on */
    size_t rests_capacity;
    wb_tensor *last_tensors; /* of the candidate before, and their shapes */
    size_t last_tensors_capacity;
    wb_arena last_arena;
    wb_frame frames[WB_MAX_NESTING + 1]; /* the first is the model */
};

typedef struct wb_evaluation {
    const wb_graph *graph;
    wb_result *result;
    wb_error *errors;
    int64_t errors_capacity;
    bool runs_again;  /* so that stops are kept */
    uint64_t changed; /* the columns that have, since the last run */
    uint64_t common;  /* the columns that all nodes rest on */
    wb_frame *frame;  /* the innermost open block */
    int64_t next_tie;
    int64_t numbered_weights; /* so far */
    bool no_memory;
    bool too_deep;
    bool is_whole; /* the graph says what can be */
} wb_evaluation;

/* Evaluates a graph; where it `runs_again`, what stays the same of each node is kept in the result's stops. */
int wb_run(wb_evaluation *evaluation);

/* The same after a run whose graph `is_whole`, when nothing has changed in its pool but values. Of a stop it reads
 * `like`, `is_liked` and the call's `counts_only` too. */
int wb_run_again(wb_evaluation *evaluation);

/* Makes room for `needed` elements, and more; false without memory. */
WB_RARE bool wb_enlarge(void **array, size_t *capacity, size_t needed, size_t element_size);

/* The same where there is no such room yet. */
static inline bool wb_reserve(void **array, size_t *capacity, size_t needed, size_t element_size) {
    return needed <= *capacity || wb_enlarge(array, capacity, needed, element_size);
}

WB_RARE void wb_report_error(wb_evaluation *evaluation, wb_error error);
WB_RARE void wb_warn(wb_evaluation *evaluation, int32_t node, enum wb_figure figure, int64_t cause);

/* Blocks: block.c. */
bool wb_open_block(wb_call *call);
void wb_close_block(wb_call *end);

/* Weights: weight.c. Puts what a node has owned since `first` in order: shared with another node, tied to another
 * weight, or its own; and adds up what is its own. */
bool wb_settle_weights(wb_call *call, int64_t first);
bool wb_weight_is_named(const wb_weight *weight, const char *name);
bool wb_is_kernel(const wb_weight *weight); /* that spectral normalization keeps in bounds */

/* Stops: stop.c. What there is to know of them before the graph runs again; false where a patch may not be. */
bool wb_prepare_stops(wb_evaluation *evaluation, const wb_candidates *candidates);

/* Still: still.c. Makes room for the outputs of another candidate; those of the last stay where nodes take them from.
 */
void wb_swap_outputs(wb_result *result);

/* Lets a node stay what it was, where nothing has changed that it rests on; else false. */
bool wb_stay(wb_stop *stop);

/* Twins: twin.c. Gives a node what an earlier one came to, where it is like that and has the same inputs; else false.
 */
bool wb_be_twin(wb_stop *stop);

/* Keeps the inputs with which a node came to what it did, for those that are like it. */
void wb_remember_twin(wb_stop *stop);

/* What a node is going to make begins here. */
void wb_place_row(const wb_result *result, wb_row *row);

/* The node that a reference is of, and which of its outputs, or WB_ALL_OUTPUTS. */
int32_t wb_reference_node(int64_t reference);
int64_t wb_reference_output(int64_t reference);

/* What an operator sees of a node, without its inputs. */
wb_call wb_call_of(wb_evaluation *evaluation, wb_row *row, const int64_t *record);

/* The tensor that a reference stands for, NULL where there is none. */
const wb_tensor *wb_tensor_of(const wb_result *result, int64_t reference, int64_t index);

/* The elements of all outputs of a row. */
int64_t wb_output_elements(const wb_result *result, const wb_row *row);

/* Sums: sums.c. Adds what a row comes to, to the block around it or to the totals; warns of its unknown costs,
 * unless rows within it have done so. */
void wb_add_row(wb_call *call, const wb_sums *sums, bool has_rows_within);

wb_totals wb_totals_of(const wb_sums *sums);

#endif
