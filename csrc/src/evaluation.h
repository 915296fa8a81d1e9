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
} wb_sums;

/* A block that is open. */
typedef struct wb_frame {
    int32_t node;
    bool trainable;
    bool hidden; /* what is in it has no rows */
    bool faulty; /* its own attributes or inputs are wrong */
    const wb_block *block;
    int64_t sets; /* of the weights in it, in all */
    int64_t runs;
    wb_dimension steps; /* of time, 1 where it is not distributed over time */
    wb_sums sums;
} wb_frame;

/* What a result keeps behind its arrays, from one evaluation to the next. */
struct wb_storage {
    wb_arena arena; /* the shapes */
    size_t rows_capacity;
    size_t tensors_capacity;
    size_t weights_capacity;
    size_t sizes_capacity;
    wb_tensor *inputs; /* of the node at work */
    size_t inputs_capacity;
    wb_frame frames[WB_MAX_NESTING + 1]; /* the first is the model */
};

typedef struct wb_evaluation {
    const wb_graph *graph;
    wb_result *result;
    wb_error *errors;
    int64_t errors_capacity;
    wb_frame *frame; /* the innermost open block */
    int64_t next_tie;
    int64_t numbered_weights; /* so far */
    bool no_memory;
} wb_evaluation;

/* Makes room for one more element; false without memory. */
bool wb_reserve(void **array, size_t *capacity, size_t needed, size_t element_size);

void wb_report_error(wb_evaluation *evaluation, wb_error error);
void wb_warn(wb_evaluation *evaluation, int32_t node, enum wb_figure figure, int64_t cause);

/* Blocks: block.c. */
bool wb_open_block(wb_call *call);
void wb_close_block(wb_call *end);

/* Weights: weight.c. Puts what a node has owned since `first` in order: shared with another node, tied to another
 * weight, or its own; and adds up what is its own. */
bool wb_settle_weights(wb_call *call, int64_t first, wb_sums *sums);
bool wb_weight_is_named(const wb_weight *weight, const char *name);

/* The elements of all outputs of a row. */
int64_t wb_output_elements(const wb_result *result, const wb_row *row);

/* Sums: sums.c. Adds what a row comes to, to the block around it or to the totals; warns of its unknown costs,
 * unless rows within it have done so. */
void wb_add_row(wb_call *call, const wb_sums *sums, bool has_rows_within);

#endif
