/* What an operator is, and what it may do when it is called.
 *
 * An operator is a record of up to four stations, which run in this order; the first three answer false when the
 * node has failed, after one of the functions below has said why:
 *
 *   attributes   what can be said without a tensor: ranges
 *   shapes       the output tensors (wb_output)
 *   weights      the tensors that it owns (wb_own), in Keras's order
 *   costs        multiply-accumulates (wb_add_macs)
 */
#ifndef WB_OPERATOR_H
#define WB_OPERATOR_H

#include "checked.h"
#include "dimension.h"
#include "rare.h"
#include "weighbridge.h"

struct wb_sums;

typedef struct wb_call {
    const wb_graph *graph;
    const wb_node *node;
    const void *attributes; /* the operator's struct */
    const int64_t *list;    /* what follows it in the record */
    int64_t list_length;
    const wb_tensor *inputs;
    int32_t n_inputs;
    int32_t index;        /* of the node */
    int32_t dtype;        /* of the outputs that are made next; at first the node's compute dtype */
    int32_t weight_dtype; /* of the weights that are owned next */
    bool trainable;       /* the layer and all around it */
    bool counts_only;     /* nobody will look at its weights: only at what they come to */
    wb_row *row;
    struct wb_sums *sums; /* what it comes to */
    struct wb_evaluation *evaluation;
    struct wb_backward *backward; /* while that is looked at, else NULL */
    struct wb_caching *caching;   /* the same */
} wb_call;

enum wb_division;

typedef bool wb_station(wb_call *call);

typedef struct wb_operator {
    const char *name;
    size_t attributes_size;
    int n_lists; /* whose lengths are the last words of the struct, where it ends in `lists[]` */
    wb_station *attributes;
    wb_station *shapes;
    wb_station *weights;
    void (*costs)(wb_call *call);
    const char *not_counted; /* work outside the conventions, in words */
    /* What memory is for: backward.h. */
    void (*keeps)(const wb_call *call);
    enum wb_division (*division)(const wb_call *call);
    bool (*views)(const wb_call *call);
    void (*caches)(const wb_call *call); /* cache.h */
} wb_operator;

/* The record of an operator, NULL for a number that is none. */
const wb_operator *wb_operator_of(int32_t operator_id);

/* ---- Failing ------------------------------------------------------------------------------------------ */

#define WB_NO_FIELD (-1)
#define WB_FIELD(type, member) ((int32_t)(offsetof(type, member) / sizeof(int64_t)))

/* `error.node` is filled in. */
WB_RARE void wb_tell(wb_call *call, wb_error error);

/* These always answer false, which who reads their callers should see: they are here for that. */
static inline bool wb_fail(wb_call *call, enum wb_error_code code, int32_t field, int64_t got, int64_t expected) {
    wb_tell(call, (wb_error){(int32_t)code, 0, field, -1, got, expected});
    return false;
}

static inline bool wb_fail_input(wb_call *call, enum wb_error_code code, int32_t operand, int64_t got,
                                 int64_t expected) {
    wb_tell(call, (wb_error){(int32_t)code, 0, WB_NO_FIELD, operand, got, expected});
    return false;
}

bool wb_require_at_least(wb_call *call, int32_t field, int64_t value, int64_t least);
bool wb_require_at_most(wb_call *call, int32_t field, int64_t value, int64_t most);

/* What the binding chooses and no document can say: an enumerator, a length. Outside of this the graph contradicts
 * itself. */
static inline bool wb_require_between(wb_call *call, int32_t field, int64_t value, int64_t least, int64_t most) {
    return (value >= least && value <= most) || wb_fail(call, WB_ERROR_GRAPH, field, value, most);
}

bool wb_require_inputs(wb_call *call, int64_t least, int64_t most);
bool wb_require_rank(wb_call *call, int32_t operand, int64_t rank);
bool wb_require_least_rank(wb_call *call, int32_t operand, int64_t least);

/* A dimension of an input that is not known to be another than it should: unknown and named ones are not compared. */
static inline bool wb_require_same(wb_call *call, int32_t operand, wb_dimension got, wb_dimension expected) {
    return !wb_differ(got, expected) || wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, operand, got.size, expected.size);
}

/* The same of all dimensions of an input beside those of the first. */
bool wb_require_same_shape(wb_call *call, int32_t operand);

/* The size of an input's axis, where a weight cannot do without it. */
bool wb_require_size(wb_call *call, int32_t operand, int32_t axis, int64_t *size);

/* An axis counted from the front: -1 is the last of `rank`. */
bool wb_require_axis(wb_call *call, int32_t field, int64_t axis, int64_t rank, int32_t *from_front);

/* A size of at least `least` that was made from `in`; where only a cost would be less, it is unknown. */
bool wb_require_left(wb_call *call, wb_dimension in, int64_t least, wb_dimension *made);

/* `false` with an overflow error where `fits` is false. */
static inline bool wb_require_fit(wb_call *call, bool fits) {
    return fits || wb_fail(call, WB_ERROR_OVERFLOW, WB_NO_FIELD, 0, 0);
}

/* ---- Outputs, weights, costs -------------------------------------------------------------------------- */

/* A new output of this rank; its dimensions are for the caller to fill in. NULL where the node has failed. */
wb_dimension *wb_output(wb_call *call, int64_t rank);

/* An output with the shape of this tensor. */
bool wb_output_like(wb_call *call, const wb_tensor *tensor);

/* A further output with the shape of the first, of another dtype. */
bool wb_output_again(wb_call *call, int32_t dtype);

/* From now on outputs keep the input's dtype where it is no floating one, as Keras's layers do that only move data. */
void wb_keep_dtype(wb_call *call);

enum wb_weight_kind { WB_LEARNED, WB_FIXED, WB_STATE };

/* A weight tensor of these sizes. LEARNED is trainable (unless the layer is frozen), FIXED never is, STATE is a buffer.
 */
bool wb_own(wb_call *call, const char *role, enum wb_weight_kind kind, const int64_t *sizes, int rank);

/* One of many that are alike: the `%` in its role stands for `index`. */
bool wb_own_numbered(wb_call *call, const char *role, int64_t index, enum wb_weight_kind kind, const int64_t *sizes,
                     int rank);

/* The most layers that one node may stand for, each with weights of its own; and the most such weights of a graph, so
 * that a page of them is no work without end. */
#define WB_MOST_LAYERS 4096
#define WB_MOST_NUMBERED_WEIGHTS 262144

/* What the node has made so far: an output, the elements of a weight, in the order in which they were made. */
const wb_tensor *wb_output_at(const wb_call *call, int32_t output);
int64_t wb_weight_elements(const wb_call *call, int weight);

/* `macs` more, the product of these cost sizes. Unknown and too large are values here, never a failure. */
void wb_add_macs(wb_call *call, const int64_t *factors, size_t n);

/* Is a dtype one that gradients have? How many bytes has an element? */
static inline bool wb_is_floating(int32_t dtype) { return dtype < WB_DTYPE_INT64; }
int64_t wb_width(int32_t dtype);

/* The cost of all of a tensor's dimensions from `first` up to `end`. */
int64_t wb_elements(const wb_tensor *tensor, int first, int end);

#endif
