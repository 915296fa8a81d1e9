/* What weighbridge.h declares, in plain C that cffi reads as it is. Read weighbridge.h first. */

/* ---- Numbers ------------------------------------------------------------------------------------------
 *
 * A dimension is one int64: a size of 0 or more, WB_UNKNOWN, or a symbol: -2 for the first name in the
 * graph's table of symbols, -3 for the second, and so on. A cost is 0 or more, or unknown (any of those
 * negative values: the symbol that it depends on, where one is known), or WB_OVERFLOWN.
 *
 * WB_ABSENT in an attribute stands for "not given": the operator's default applies. Neither it nor WB_OVERFLOWN
 * is a round number, so that no document means one of them by accident. */
#define WB_UNKNOWN -1
#define WB_FIRST_SYMBOL -2
#define WB_MAX_RANK 32
#define WB_MAX_AXES 3
#define WB_MAX_OUTPUTS 4096
#define WB_ALL_OUTPUTS 2147483647
#define WB_MAX_NESTING 256
#define WB_MAX_WARNINGS 100

#define WB_ABSENT -8801234567890123457
#define WB_OVERFLOWN -8801234567890123458

enum wb_status { WB_DONE = 0, WB_FAULTY = 1, WB_NO_MEMORY = 2 };

/* ---- The graph ----------------------------------------------------------------------------------------
 *
 * `pool` holds one record a node, in topological order: a `wb_node`, then the attributes of its operator (the
 * struct named after it, `wb_dense` for WB_DENSE), then the operator's list where its struct ends in one.
 * Everything that a sweep may change lies in the pool as an int64 at a known position.
 *
 * A *reference* is what a node takes as input: node + output * 2^32. The references of all nodes stand in
 * one array, in the order of the nodes. A node refers to nodes before it, to a block that is still open (its
 * inputs) or to one that is closed (its outputs). A block opens with WB_BLOCK and closes with WB_END, whose
 * references are the block's outputs; a single one with WB_ALL_OUTPUTS as its output stands for all that the
 * node has. WB_MISSING is a layer that is wrong beyond evaluation: it poisons what takes from it. */
typedef struct wb_node {
    int32_t operator_id; /* enum wb_operator_id */
    int32_t words;       /* length of the record in int64, this header included */
    int32_t n_references;
    int32_t weights_of; /* the node whose weights this one uses, -1 where it owns them */
    int16_t type;       /* of the layer, an index into the names of types */
    int8_t trainable;
    int8_t weight_dtype; /* enum wb_dtype; WB_DTYPE_DEFAULT takes the graph's */
    int8_t compute_dtype;
    int8_t reserved[3];
} wb_node;

/* `weight` of `node` is `owner_weight` of `owner`, which comes before it and owns it. */
typedef struct wb_tie {
    int32_t node;
    int32_t owner;
    const char *weight;
    const char *owner_weight;
} wb_tie;

typedef struct wb_graph {
    const int64_t *pool;
    int64_t pool_words;
    int64_t n_nodes;
    const int64_t *references;
    int64_t n_references;
    const wb_tie *ties; /* in the order of their nodes */
    int64_t n_ties;
    int64_t batch;          /* the symbol named `batch`, WB_UNKNOWN where there is none: 1 in costs */
    int64_t channels_first; /* the default of layers that do not say */
    int64_t weight_dtype;
    int64_t compute_dtype;
    int64_t max_rank; /* at most WB_MAX_RANK */
    int64_t max_tensors;
} wb_graph;

enum wb_dtype {
    WB_DTYPE_DEFAULT = 0,
    WB_DTYPE_FLOAT64,
    WB_DTYPE_FLOAT32,
    WB_DTYPE_FLOAT16,
    WB_DTYPE_BFLOAT16,
    WB_DTYPE_FLOAT8_E4M3FN,
    WB_DTYPE_FLOAT8_E5M2,
    WB_DTYPE_COMPLEX64,
    WB_DTYPE_COMPLEX128,
    WB_DTYPE_INT64,
    WB_DTYPE_INT32,
    WB_DTYPE_INT16,
    WB_DTYPE_INT8,
    WB_DTYPE_INT4,
    WB_DTYPE_UINT64,
    WB_DTYPE_UINT32,
    WB_DTYPE_UINT16,
    WB_DTYPE_UINT8,
    WB_DTYPE_BOOL,
    WB_DTYPE_STRING,
    WB_DTYPE_COUNT
};

/* ---- The operators and their attributes ---------------------------------------------------------------
 *
 * Every field is an int64. Sizes are ranges that the operator checks; enumerations come from the binding. An
 * array of WB_MAX_AXES has one value for each spatial axis, the rest is not read. */
enum wb_operator_id {
    WB_INPUT = 0,
    WB_BLOCK,
    WB_END,
    WB_MISSING,
    WB_ATTENTION,
    WB_CONCATENATION,
    WB_CONVOLUTION,
    WB_DENSE,
    WB_ELEMENTWISE,
    WB_EMBEDDING,
    WB_FLATTEN,
    WB_IDENTITY,
    WB_NORMALIZATION,
    WB_POOLING,
    WB_RECURRENT,
    WB_RESHAPE,
    WB_CONV_LSTM,
    WB_FOLDING,
    WB_PADDING,
    WB_RESIZING,
    WB_SHUFFLE,
    WB_OPERATOR_COUNT
};

/* An input of the model. `shape` has two words for each dimension, the batch too: 0 and the size, or WB_UNKNOWN or
 * a symbol and anything. (So a computed size below 0 is never taken for a symbol.) */
typedef struct wb_input {
    int64_t dtype;
    int64_t shape[];
} wb_input;

/* What stands between WB_BLOCK and WB_END runs `repeat` times in sequence, each time with weights of its
 * own unless `share_weights`; `copies` such stacks stand in parallel, of which `active` work. */
typedef struct wb_block {
    int64_t repeat;
    int64_t share_weights;
    int64_t copies;
    int64_t active;           /* WB_ABSENT: all */
    int64_t time_distributed; /* axis 1 of every input is time: the content sees one step of it */
    int64_t row;              /* enum wb_block_row */
} wb_block;
enum wb_block_row {
    WB_ROW_CONTAINER = 0, /* a row for the block and one for each node in it */
    WB_ROW_WRAPPER = 1,   /* one row, with the costs of all that is in it */
    WB_ROW_LAYER = 2      /* the same, but its activations are its own outputs */
};

enum wb_data_format { WB_DATA_FORMAT_CHANNELS_LAST = 0, WB_DATA_FORMAT_CHANNELS_FIRST, WB_DATA_FORMAT_DEFAULT };
enum wb_padding_mode { WB_PADDING_VALID = 0, WB_PADDING_SAME, WB_PADDING_CAUSAL, WB_PADDING_EXPLICIT };
/* What a border is filled with: PyTorch's `padding_mode`. */
enum wb_border {
    WB_PADDING_MODE_ZEROS = 0,
    WB_PADDING_MODE_REFLECT,
    WB_PADDING_MODE_REPLICATE,
    WB_PADDING_MODE_CIRCULAR
};

/* Multi-head (`query_heads` = `key_value_heads`) and grouped-query attention, with its four projections and, where
 * `use_gate`, a fifth. Inputs: query, value, key; the value defaults to the query, the key to the value. */
typedef struct wb_attention {
    int64_t query_heads;
    int64_t key_value_heads; /* WB_ABSENT: query_heads */
    int64_t key_dim;
    int64_t value_dim; /* WB_ABSENT: key_dim */
    int64_t use_bias;
    int64_t use_gate;
    int64_t return_scores;
    int64_t query_rank;           /* WB_ABSENT: any from 3 */
    int64_t output_shape_count;   /* none: the query's width */
    int64_t attention_axes_count; /* none: all axes but the first and the last */
    int64_t lists[];              /* output_shape, attention_axes */
} wb_attention;

typedef struct wb_concatenation {
    int64_t axis;
} wb_concatenation;

/* Convolutions over 1 to 3 axes of space, channels before or behind them. */
typedef struct wb_convolution {
    int64_t kind;             /* enum wb_convolution_kind */
    int64_t axes;             /* of space */
    int64_t filters;          /* not read by a depthwise one */
    int64_t depth_multiplier; /* read by depthwise and separable ones */
    int64_t kernel_size[3];
    int64_t strides[3];
    int64_t dilation_rate[3];
    int64_t padding_mode;
    int64_t padding[6];        /* before and after on each axis, where explicit */
    int64_t border;            /* enum wb_border */
    int64_t output_padding[3]; /* of transposed ones; WB_ABSENT: as Keras infers it */
    int64_t groups;
    int64_t use_bias;
    int64_t data_format;
} wb_convolution;
enum wb_convolution_kind {
    WB_CONVOLUTION_PLAIN = 0,
    WB_CONVOLUTION_TRANSPOSED,
    WB_CONVOLUTION_DEPTHWISE,
    WB_CONVOLUTION_SEPARABLE
};

/* A convolutional LSTM (Shi et al., 2015) that runs over axis 1. */
typedef struct wb_conv_lstm {
    int64_t axes; /* of space */
    int64_t filters;
    int64_t kernel_size[3];
    int64_t strides[3];
    int64_t dilation_rate[3];
    int64_t padding_mode;
    int64_t padding[6];
    int64_t use_bias;
    int64_t return_sequences;
    int64_t return_state;
    int64_t data_format;
} wb_conv_lstm;

typedef struct wb_dense {
    int64_t units;
    int64_t use_bias;
} wb_dense;

/* Merges: all inputs are broadcast to one shape. */
typedef struct wb_elementwise {
    int64_t least_inputs;
    int64_t most_inputs; /* WB_ABSENT: any number */
    int64_t
        batch_first; /* Keras's merge layers: axis 0 is the batch and never broadcast, the others count from the end */
} wb_elementwise;

typedef struct wb_embedding {
    int64_t input_dim;
    int64_t output_dim;
} wb_embedding;

typedef struct wb_flatten {
    int64_t data_format;
} wb_flatten;

/* Every window becomes a column, or (`inverse`) the columns are added up to what they were taken from. Without a batch
 * too. */
typedef struct wb_folding {
    int64_t inverse;
    int64_t axes;
    int64_t output_size[3]; /* of the inverse */
    int64_t kernel_size[3];
    int64_t strides[3];
    int64_t dilation_rate[3];
    int64_t padding_mode;
    int64_t padding[6];
    int64_t data_format;
} wb_folding;

/* Whatever leaves the shape as it is. */
typedef struct wb_identity {
    int64_t least_rank;
} wb_identity;

/* Weights over `axis`, of the shape of these axes. */
typedef struct wb_normalization {
    int64_t scale;  /* a trainable `gamma` (`scale` in RMS normalization) */
    int64_t center; /* a trainable `beta` */
    int64_t moving; /* `moving_mean` and `moving_variance`, which are state */
    int64_t rms;
    int64_t axis[];
} wb_normalization;

/* More, or less, before and after on each axis of space. */
typedef struct wb_padding {
    int64_t axes;
    int64_t crops;      /* the amounts are taken away */
    int64_t border;     /* enum wb_border */
    int64_t amounts[6]; /* before and after; below 0 they are taken away, which cropping does not allow */
    int64_t data_format;
} wb_padding;

typedef struct wb_pooling {
    int64_t kind; /* enum wb_pooling_kind */
    int64_t axes;
    int64_t keepdims;
    int64_t pool_size[3];
    int64_t strides[3]; /* WB_ABSENT: pool_size */
    int64_t dilation_rate[3];
    int64_t padding_mode;
    int64_t padding[6];
    int64_t ceil_mode;
    int64_t output_size[3]; /* of the inverse; WB_ABSENT: as the window has it */
    int64_t return_indices; /* a second output: where the largest values were */
    int64_t data_format;
} wb_pooling;
enum wb_pooling_kind {
    WB_POOLING_WINDOW = 0,
    WB_POOLING_GLOBAL, /* over all of space: the sizes are not read */
    WB_POOLING_INVERSE /* takes the values and where they were */
};

typedef struct wb_recurrent {
    int64_t cell; /* enum wb_cell */
    int64_t units;
    int64_t use_bias;
    int64_t reset_after;
    int64_t return_sequences;
    int64_t return_state;
} wb_recurrent;
enum wb_cell { WB_CELL_SIMPLE = 0, WB_CELL_LSTM, WB_CELL_GRU };

/* One of `target_shape` may be -1. */
typedef struct wb_reshape {
    int64_t keep_batch; /* `target_shape` is without axis 0, which stays */
    int64_t target_shape[];
} wb_reshape;

/* Axes of space get other sizes: a size of their own (`output_size`: one for all, or one for each axis, WB_ABSENT keeps
 * it), or that of the input times a factor (`ratio`: numerator and denominator of each). One of the two is given. */
typedef struct wb_resizing {
    int64_t axes;         /* WB_ABSENT: all between the batch and the channels, 1 to 3 */
    int64_t single;       /* takes an input without a batch too */
    int64_t mode;         /* enum wb_mode */
    int64_t pool_size[3]; /* of fractional pooling: the window that must fit; WB_ABSENT */
    int64_t return_indices;
    int64_t data_format;
    int64_t output_size_count;
    int64_t ratio_count;
    int64_t lists[]; /* output_size, ratio */
} wb_resizing;
/* PyTorch's ways to interpolate; some are for one number of axes only. */
enum wb_mode {
    WB_MODE_NEAREST = 0,
    WB_MODE_NEAREST_EXACT,
    WB_MODE_LINEAR,
    WB_MODE_BILINEAR,
    WB_MODE_BICUBIC,
    WB_MODE_TRILINEAR,
    WB_MODE_AREA
};

/* Elements go from the channels to space, or back, or change places among the channels. */
typedef struct wb_shuffle {
    int64_t kind; /* enum wb_shuffle_kind */
    int64_t factor;
    int64_t data_format;
} wb_shuffle;
enum wb_shuffle_kind { WB_SHUFFLE_TO_SPACE = 0, WB_SHUFFLE_TO_CHANNELS, WB_SHUFFLE_CHANNELS };

/* ---- What comes back ----------------------------------------------------------------------------------
 *
 * `size` is what a person is shown; `cost` the same with every batch dimension as 1. They differ only
 * where `size` is unknown or a symbol. */
typedef struct wb_dimension {
    int64_t size;
    int64_t cost;
} wb_dimension;

typedef struct wb_tensor {
    const wb_dimension *shape;
    int32_t rank;
    int32_t dtype;
} wb_tensor;

/* A tensor that a node owns: `rank` sizes from `result->sizes[first_size]`. */
typedef struct wb_weight {
    const char *role; /* `kernel`, `query/bias` ...; a `%` stands for `index` */
    int64_t index;
    int64_t count; /* elements, 0 where tied or shared */
    int64_t first_size;
    int32_t node;
    int32_t tied_node;   /* whose weight it is, -1 where it is its own */
    int32_t tied_weight; /* index of that weight */
    int16_t rank;
    int8_t dtype;
    int8_t trainable;
    int8_t buffer; /* state that is not learned */
} wb_weight;

/* One for each node. Figures are of one set of what stands around it; costs may be unknown. */
typedef struct wb_row {
    int64_t parameters;
    int64_t trainable;
    int64_t buffers;
    int64_t macs;
    int64_t activations;
    int64_t sets; /* of its weights, in all */
    int64_t runs; /* times it works, in all */
    int64_t first_tensor;
    int64_t first_inner; /* of a block: the tensors that its content sees as inputs */
    int64_t first_weight;
    int64_t n_weights;
    int32_t n_outputs; /* -1: it could not be evaluated */
    int32_t parent;    /* the block around it, -1 at the top */
} wb_row;

typedef struct wb_totals {
    int64_t parameters;
    int64_t trainable;
    int64_t non_trainable;
    int64_t buffers;
    int64_t active_parameters;
    int64_t parameter_bytes; /* this and the costs may be unknown or overflown */
    int64_t macs;
    int64_t flops;
    int64_t activations;
} wb_totals;

/* A figure that is unknown or does not fit. `cause` is WB_OVERFLOWN, or the dimension it depends on. */
typedef struct wb_warning {
    int32_t node;   /* -1: the sum over all nodes */
    int32_t figure; /* enum wb_figure */
    int64_t cause;
} wb_warning;
enum wb_figure { WB_MACS = 0, WB_ACTIVATIONS, WB_PARAMETER_BYTES, WB_FLOPS };

typedef struct wb_result {
    wb_row *rows;
    int64_t n_rows;
    wb_tensor *tensors;
    int64_t n_tensors;
    wb_weight *weights;
    int64_t n_weights;
    int64_t *sizes; /* of the weights' shapes */
    int64_t n_sizes;
    wb_totals totals;
    wb_warning warnings[100]; /* WB_MAX_WARNINGS; later ones are only counted */
    int64_t n_warnings;
    int64_t n_errors;
    struct wb_storage *storage;
} wb_result;

/* ---- Errors -------------------------------------------------------------------------------------------
 *
 * The numbers are pinned: the binding has a sentence for each. `field` is the position of the attribute in the
 * operator's struct, in int64, or -1; `operand` the input, or -1. */
enum wb_error_code {
    WB_ERROR_NONE = 0,
    WB_ERROR_GRAPH = 1,              /* the arrays contradict each other: a fault of the binding */
    WB_ERROR_TOO_SMALL = 2,          /* got, least */
    WB_ERROR_TOO_LARGE = 3,          /* got, most */
    WB_ERROR_OVERFLOW = 4,           /* a dimension, a count, repeat or runs past 2^63-1 */
    WB_ERROR_NO_SUCH_OUTPUT = 5,     /* got, number of outputs */
    WB_ERROR_INPUT_COUNT = 6,        /* got, expected */
    WB_ERROR_RANK = 7,               /* got, expected */
    WB_ERROR_RANK_TOO_SMALL = 8,     /* got, least */
    WB_ERROR_RANK_LIMIT = 9,         /* got, limit */
    WB_ERROR_AXIS = 10,              /* got, rank */
    WB_ERROR_AXIS_TWICE = 11,        /* axis */
    WB_ERROR_UNKNOWN_DIMENSION = 12, /* axis whose size a weight needs */
    WB_ERROR_WINDOW = 13,            /* window, padded input */
    WB_ERROR_GROUPS = 14,            /* channels, groups */
    WB_ERROR_SHAPES_DIFFER = 15,     /* operand and the first one; got, expected */
    WB_ERROR_RESHAPE = 16,           /* elements in, elements out */
    WB_ERROR_TWO_WILDCARDS = 17,
    WB_ERROR_NO_SUCH_WEIGHT = 18, /* index of the tie; 0: of the node, 1: of the owner */
    WB_ERROR_TIE_SHAPE = 19,      /* index of the tie, of the weight */
    WB_ERROR_TIE_NOT_OWNED = 20,  /* index of the tie */
    WB_ERROR_REUSE_SHAPE = 21,    /* index of the weight, of the owner's */
    WB_ERROR_REPEAT_SHAPE = 22,   /* output number */
    WB_ERROR_REPEAT_RANK = 23,
    WB_ERROR_REPEAT_OUTPUTS = 24, /* outputs, inputs */
    WB_ERROR_NOT_DIVISIBLE = 25,  /* got, divisor */
    WB_ERROR_NOT_ONE_OF = 26,     /* got */
    WB_ERROR_STATE_SHAPE = 27,    /* got, expected */
    WB_ERROR_CAUSAL = 28,         /* causal padding on more than one axis */
    WB_ERROR_SUM = 29,            /* a total past 2^63-1, at its first row that no longer fits */
    WB_ERROR_TENSOR_LIMIT = 30,   /* got, limit */
    WB_ERROR_REUSE_COUNT = 31,    /* weights of the node, of the owner */
    WB_ERROR_EMPTY = 38,          /* size made, size of the input */
    WB_ERROR_BORDER = 32,         /* padding, size of the input */
    WB_ERROR_EITHER = 33,         /* a size or a factor, not both and not neither */
    WB_ERROR_ENTRIES = 34,        /* got, axes */
    WB_ERROR_STATE_UNKNOWN = 35,  /* axis whose size the state needs */
    WB_ERROR_FRACTION = 36,       /* a factor that is not below 1 */
    WB_ERROR_COLUMNS = 37,        /* columns, windows of the output */
};

typedef struct wb_error {
    int32_t code; /* enum wb_error_code */
    int32_t node;
    int32_t field;
    int32_t operand;
    int64_t got;
    int64_t expected;
} wb_error;

/* ---- The functions ------------------------------------------------------------------------------------ */

/* "0.1.0". */
const char *wb_version(void);

/* An empty result, NULL without memory. It may serve any number of evaluations, one after the other; each
 * one overwrites the last and reuses its memory. */
wb_result *wb_result_new(void);
void wb_result_free(wb_result *result); /* NULL is fine */

/* Evaluates the graph. On WB_FAULTY the first `capacity` of `result->n_errors` errors are in `errors`: a
 * failed node's outputs are poisoned and what consumes them is passed over, so that one evaluation finds
 * all that is wrong; of the result's figures nothing may then be read but the tensors of rows with
 * `n_outputs` >= 0. */
int wb_evaluate(const wb_graph *graph, wb_result *result, wb_error *errors, int64_t capacity);

/* ---- Many candidates ---------------------------------------------------------------------------------- */

/* A word of the pool that every candidate gives a value of its own: the one in this column. */
typedef struct wb_patch {
    int64_t position;
    int64_t column;
} wb_patch;

typedef struct wb_candidates {
    const wb_patch *patches;
    int64_t n_patches;
    const int64_t *values; /* n_candidates x n_columns: a candidate's values stand beside each other */
    int64_t n_columns;
    int64_t n_candidates;
} wb_candidates;

/* What a candidate comes to: totals where `error.code` is WB_ERROR_NONE, else the error of the first node
 * that has one. */
typedef struct wb_outcome {
    wb_totals totals;
    wb_error error;
} wb_outcome;

/* Evaluates the graph for each candidate, one after the other, and fills in as many outcomes; a candidate that fails
 * does not touch the others. `pool` is room for `graph->pool_words`, and is left patched; `result` is left with the last
 * candidate. Several threads may share a graph and its candidates, each with a pool, a result and outcomes of its own.
 * WB_FAULTY is a patch outside the pool or the columns, before any candidate is evaluated. */
int wb_evaluate_many(const wb_graph *graph, int64_t *pool, const wb_candidates *candidates, wb_result *result,
                     wb_outcome *outcomes);

/* ---- Writing ------------------------------------------------------------------------------------------ */

/* Text that comes in as the JSON array that a JSON encoder wrote of it. */
typedef struct wb_names {
    const char *nodes; /* one a node */
    size_t nodes_length;
    const char *types; /* what `wb_node.type` counts in */
    size_t types_length;
    const char *symbols;
    size_t symbols_length;
} wb_names;

enum wb_row_options { WB_WITH_WEIGHTS = 1, WB_STRINGS_FOR_INTEGERS = 2 };

/* A growing text. `data` is NULL or from malloc; free it with wb_text_free. */
typedef struct wb_text {
    char *data;
    size_t length;
    size_t capacity;
} wb_text;
void wb_text_free(wb_text *text);

/* Appends the rows of an evaluation that was WB_DONE as a JSON array of objects (without inputs and
 * WB_END), and answers WB_DONE or WB_NO_MEMORY. */
int wb_write_rows(const wb_graph *graph, const wb_result *result, const wb_names *names, int options, wb_text *text);

/* Appends, as a JSON array, the work that the conventions leave out of `macs`: layer, type, what. */
int wb_write_not_counted(const wb_graph *graph, const wb_result *result, const wb_names *names, wb_text *text);
