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
    WB_BARE_ATTENTION,
    WB_SPECTRAL,
    WB_TRANSFORMER,
    WB_ARANGE,
    WB_BROADCAST_TO,
    WB_DOT,
    WB_INSERTION,
    WB_MATMUL,
    WB_PAD,
    WB_PARAMETER,
    WB_REDUCTION,
    WB_REPEAT,
    WB_SLICE,
    WB_SPLIT,
    WB_SQUEEZE,
    WB_SUBSCRIPT,
    WB_TAKE,
    WB_TAKE_ALONG_AXIS,
    WB_TILE,
    WB_TOP_K,
    WB_TRANSPOSE,
    WB_EINSUM,
    WB_SLOPE,
    WB_GATE,
    WB_ENCODING,
    WB_SPECTROGRAM,
    WB_ADAPTIVE_SOFTMAX,
    WB_FOURIER,
    WB_FACTORIZATION,
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
/* What an attribute was that may be null, one value or a list of them. */
enum wb_form { WB_FORM_NULL = 0, WB_FORM_ONE, WB_FORM_LIST };
/* The dtype of an output. A dtype that the layer itself gives is before all but the first. */
enum wb_result_dtype {
    WB_RESULT_LAYER = 0, /* the layer's, but the first input's where that is no floating one */
    WB_RESULT_OWN,       /* the layer's */
    WB_RESULT_INPUT,     /* the first input's */
    WB_RESULT_PROMOTED,  /* one that holds the values of all inputs */
    WB_RESULT_CHOSEN,    /* the same of all inputs but the first, which is a condition */
    WB_RESULT_FLOATING,  /* the same of all inputs, and floating */
    WB_RESULT_SUM,       /* the first input's, at least of 32 bits */
    WB_RESULT_INDEX,     /* int32 */
    WB_RESULT_BOOL
};
/* What the backward pass of a function keeps. */
enum wb_keeps {
    WB_KEEPS_NOTHING = 0,
    WB_KEEPS_INPUT,
    WB_KEEPS_INPUTS, /* all of them */
    WB_KEEPS_OUTPUT,
    WB_KEEPS_FACTORS, /* of a product: each input whose gradient is not the only one */
    WB_KEEPS_MASK,    /* a byte for each element */
    WB_KEEPS_NOISE,   /* a number for each element */
    WB_KEEPS_PLACES,  /* an int64 for each element of the output */
    WB_KEEPS_VIEW     /* nothing: the output is the input */
};
enum wb_padding_mode { WB_PADDING_VALID = 0, WB_PADDING_SAME, WB_PADDING_CAUSAL, WB_PADDING_EXPLICIT };
/* What a border is filled with: PyTorch's `padding_mode`. */
enum wb_border {
    WB_PADDING_MODE_ZEROS = 0,
    WB_PADDING_MODE_REFLECT,
    WB_PADDING_MODE_REPLICATE,
    WB_PADDING_MODE_CIRCULAR
};

/* The order of a sequence's axes: (batch, time, features), (time, batch, features) or (time, features). */
enum wb_layout { WB_LAYOUT_BATCH_FIRST = 0, WB_LAYOUT_TIME_FIRST, WB_LAYOUT_UNBATCHED };

/* Multi-head (`query_heads` = `key_value_heads`) and grouped-query attention, with its four projections and, where
 * `use_gate`, a fifth. Inputs: query, value, key; the value defaults to the query, the key to the value. */
typedef struct wb_attention {
    int64_t query_heads;
    int64_t key_value_heads; /* WB_ABSENT: query_heads */
    int64_t key_dim;
    int64_t value_dim; /* WB_ABSENT: key_dim */
    int64_t use_bias;
    int64_t use_gate;
    int64_t packed;         /* PyTorch's projections: matrices, in one weight where query, key and value are as wide */
    int64_t add_bias_kv;    /* a learned key and value behind those of the input */
    int64_t add_zero_attn;  /* a key and a value of zeros behind those */
    int64_t sliding_window; /* WB_ABSENT: none; costs are those of the full square all the same */
    int64_t equal_widths;   /* query and value must be equally wide */
    int64_t layout;         /* enum wb_layout */
    int64_t query_rank;     /* WB_ABSENT: any from 3 */
    int64_t return_scores;
    int64_t average_scores;       /* over the heads */
    int64_t square_scores;        /* as Keras says before it runs: (batch, heads, axis 1 of the query, the same) */
    int64_t drops;                /* some of the scores, in training */
    int64_t cache_size;           /* values that are kept of a token instead of keys and values; WB_ABSENT: those */
    int64_t flash_attention;      /* 1: the scores are never there as a whole */
    int64_t output_shape_count;   /* none: the query's width */
    int64_t attention_axes_count; /* none: all axes but the batch and the last */
    int64_t lists[];              /* output_shape, attention_axes */
} wb_attention;

/* Attention without projections. Inputs: query, value, key, as above. */
typedef struct wb_bare_attention {
    int64_t score_mode; /* enum wb_score_mode */
    int64_t use_scale;
    int64_t return_scores;
    int64_t drops; /* some of the scores, in training */
} wb_bare_attention;
enum wb_score_mode {
    WB_SCORE_MODE_DOT = 0, /* products of query and key */
    WB_SCORE_MODE_CONCAT,  /* sums of their elements, with a factor of its own */
    WB_SCORE_MODE_ADDITIVE /* sums of their elements, with a scale as wide as they are */
};
/* The integers from `start` up to `stop`. */
typedef struct wb_arange {
    int64_t start;
    int64_t stop; /* WB_ABSENT: `start`, and 0 is the start */
    int64_t step;
} wb_arange;

/* A tensor stretched to a shape. -1 is the size that the axis has: in the second input where there is one. */
typedef struct wb_broadcast_to {
    int64_t result; /* enum wb_result_dtype */
    int64_t shape[];
} wb_broadcast_to;

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
    int64_t lora_rank; /* of plain ones; WB_ABSENT or 0: none */
    int64_t keeps;     /* of the activation */
    int64_t data_format;
} wb_convolution;
enum wb_convolution_kind {
    WB_CONVOLUTION_PLAIN = 0,
    WB_CONVOLUTION_TRANSPOSED,
    WB_CONVOLUTION_DEPTHWISE,
    WB_CONVOLUTION_SEPARABLE
};

/* How a kernel is kept beside or instead of itself. Part of the operators that have one. */
typedef struct wb_adaptation {
    int64_t lora_rank;               /* WB_ABSENT or 0: none */
    int64_t quantization;            /* enum wb_quantization */
    int64_t quantization_block_size; /* WB_ABSENT or -1: a scale for each column; not read by int8 and float8 */
    int64_t quantization_bits;       /* read by gptq */
    int64_t amax_history_length;     /* read by float8 */
} wb_adaptation;
enum wb_quantization {
    WB_QUANTIZATION_DEFAULT = 0, /* none */
    WB_QUANTIZATION_INT8,
    WB_QUANTIZATION_INT4,
    WB_QUANTIZATION_FLOAT8,
    WB_QUANTIZATION_GPTQ,
    WB_QUANTIZATION_AWQ
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
    int64_t keeps; /* of the activation: enum wb_keeps */
    wb_adaptation adaptation;
} wb_dense;

/* Sums of products of two inputs along one axis of each, example by example: Keras's layer. */
typedef struct wb_dot {
    int64_t result; /* enum wb_result_dtype */
    int64_t axes[]; /* one for both, or one for each */
} wb_dot;

/* A sum of products over labelled axes. `equation` has its characters: letters, `.` for an ellipsis, `,` between the
 * operands, `>` before the output. With a kernel, the last operand is a weight, no input is stretched to another, and
 * `output_shape` says the sizes of the output's letters, but of the first where the output begins with it (the batch);
 * WB_ABSENT says nothing of one. */
typedef struct wb_einsum {
    int64_t has_kernel;
    int64_t use_bias; /* over `bias_axes` */
    int64_t keeps;    /* of the activation */
    wb_adaptation adaptation;
    int64_t equation_count;
    int64_t output_shape_count;
    int64_t bias_axes_count; /* none: no bias */
    int64_t lists[];         /* equation, output_shape, bias_axes */
} wb_einsum;

/* Functions and merges: all inputs, and a constant of `constant_shape`, are broadcast to one shape. */
typedef struct wb_elementwise {
    int64_t least_inputs;
    int64_t most_inputs; /* WB_ABSENT: any number */
    int64_t batch_first; /* Keras's merge layers: axis 0 is the batch, never broadcast; the others count from the end */
    int64_t result;      /* enum wb_result_dtype */
    int64_t keeps;       /* enum wb_keeps */
    int64_t constant_shape_count;
    int64_t lists[]; /* constant_shape */
} wb_elementwise;

typedef struct wb_embedding {
    int64_t input_dim;
    int64_t output_dim;
    int64_t call;                /* enum wb_embedding_call */
    int64_t untied;              /* `reverse_embeddings` of its own for the way back */
    int64_t include_last_offset; /* of bags: the last offset is an end, not a beginning */
    wb_adaptation adaptation;
} wb_embedding;
enum wb_embedding_call {
    WB_EMBEDDING_CALL_ROWS = 0, /* every integer becomes its row */
    WB_EMBEDDING_CALL_REVERSE,  /* a product with the table: from `output_dim` back to `input_dim` */
    WB_EMBEDDING_CALL_BAGS      /* the rows of each bag become one */
};

/* The axes from `start_dim` to `end_dim` become one. (Channels before or behind, the size is the same.) */
typedef struct wb_flatten {
    int64_t start_dim;
    int64_t end_dim;
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
    int64_t keep_dtype; /* integers stay integers; Keras makes most layers cast what they take */
    int64_t keeps;      /* enum wb_keeps */
} wb_identity;

/* New axes of `size`, at these places of the output: of a repeated tensor, of classes, or of all inputs side by side.
 */
typedef struct wb_insertion {
    int64_t size;      /* WB_ABSENT: as many as there are inputs; else there is one */
    int64_t rank;      /* of the input; WB_ABSENT: any */
    int64_t result;    /* enum wb_result_dtype */
    int64_t axis_form; /* WB_FORM_NULL: behind the last */
    int64_t axis[];
} wb_insertion;

/* The matrix product of two tensors, their axes before the last two broadcast. */
typedef struct wb_matmul {
    int64_t result; /* enum wb_result_dtype */
} wb_matmul;

/* Weights over `axis`, of the shape of these axes. Negative axes count from the end. */
typedef struct wb_normalization {
    int64_t scale;         /* a trainable `gamma` (`scale` in RMS normalization) */
    int64_t center;        /* a trainable `beta` */
    int64_t rms;           /* the weight is `scale` */
    int64_t linear;        /* a product with the weights, and no more */
    int64_t rms_scaling;   /* a `gamma` and no `beta`, whatever `scale` and `center` say */
    int64_t groups;        /* of the channels on the one `axis`; -1: each by itself; WB_ABSENT: there are none */
    int64_t moving;        /* `moving_mean` and `moving_variance`, which are state */
    int64_t count_batches; /* `num_batches_tracked` behind the moving statistics */
    int64_t renorm;        /* the further moving statistics of batch renormalization */
    int64_t adapted;       /* `mean`, `variance` and `count`, which are state, unless they are given */
    int64_t mean_length;   /* of the means that are given along the last axis: 1 for all alike, 0 for none given */
    int64_t variance_length;
    int64_t keeps; /* enum wb_keeps: the output of a softmax, of all others the input */
    int64_t axis[];
} wb_normalization;

/* An activation with slopes that are learned. */
typedef struct wb_slope {
    int64_t num_parameters; /* 1, or one for each channel of axis 1; WB_ABSENT: one for each element of an example */
    int64_t shared_axes[];  /* axes with one slope for all, counted from 1, the first behind the batch */
} wb_slope;

/* One half of an axis, gated by the other. */
typedef struct wb_gate {
    int64_t axis;
} wb_gate;

/* Integers, numbers or text as indices, or as vectors of the size of a vocabulary. */
typedef struct wb_encoding {
    int64_t rule;        /* enum wb_encoding_rule */
    int64_t output_mode; /* enum wb_output_mode */
    int64_t depth;       /* of the vectors; WB_ABSENT: entries and specials together */
    int64_t entries;     /* of the vocabulary, or the boundaries of bins; WB_ABSENT: not known */
    int64_t specials;    /* what comes to them: tokens for what is in no vocabulary, the bin behind the last boundary */
    int64_t pad_to_max_tokens;      /* the depth is `max_tokens`, however many there are */
    int64_t max_tokens;             /* WB_ABSENT: any number */
    int64_t splits;                 /* a text becomes several tokens */
    int64_t output_sequence_length; /* of the tokens of a text; WB_ABSENT: not known */
} wb_encoding;
enum wb_encoding_rule {
    WB_ENCODING_CATEGORIES = 0,
    WB_ENCODING_BINS,
    WB_ENCODING_HASHES,
    WB_ENCODING_CROSSING, /* of two inputs */
    WB_ENCODING_LOOKUP,
    WB_ENCODING_TEXT
};
enum wb_output_mode {
    WB_OUTPUT_MODE_INT = 0,
    WB_OUTPUT_MODE_ONE_HOT,
    WB_OUTPUT_MODE_MULTI_HOT,
    WB_OUTPUT_MODE_COUNT,
    WB_OUTPUT_MODE_TF_IDF
};

/* Matrices, the last two axes, as products of others. */
typedef struct wb_factorization {
    int64_t kind;        /* enum wb_factors */
    int64_t complete;    /* orthogonal factors are filled up to square ones */
    int64_t values_only; /* of a singular value decomposition the values alone come out */
} wb_factorization;
enum wb_factors {
    WB_FACTORS_QR = 0, /* an orthogonal matrix, a triangular one */
    WB_FACTORS_SVD,    /* vectors on the left, values, vectors on the right */
    WB_FACTORS_EIGEN,  /* values, vectors */
    WB_FACTORS_LU      /* triangular matrices in one, places of rows */
};

/* The last axis as frequencies, in frames or as a whole, and the way back. Real and imaginary parts are two tensors. */
typedef struct wb_fourier {
    int64_t inverse;         /* frequencies become samples, and frames, which are the axis before, one row */
    int64_t transforms;      /* else frames stay samples */
    int64_t fft_length;      /* samples of a transform; WB_ABSENT: all that there are */
    int64_t sequence_length; /* samples of a frame that are not 0, at most `fft_length`; WB_ABSENT: all */
    int64_t sequence_stride; /* from one frame to the next; WB_ABSENT: there are no frames */
    int64_t center;          /* the first frame begins half of one before the samples, the last ends so behind them */
    int64_t length;          /* of what comes back; WB_ABSENT: as far as the frames reach */
} wb_fourier;

/* Sound as frequencies over time. */
typedef struct wb_spectrogram {
    int64_t num_mel_bins; /* WB_ABSENT: every frequency, by two convolutions */
    int64_t frame_length; /* WB_ABSENT: fft_length */
    int64_t frame_step;   /* WB_ABSENT: half of frame_length */
    int64_t fft_length;   /* WB_ABSENT: the power of two that frame_length fits in */
    int64_t mode;         /* enum wb_spectrogram_mode: what is made of real and imaginary parts */
    int64_t border;       /* enum wb_padding_mode */
    int64_t expand_dims;  /* an axis for the channels */
    int64_t data_format;
} wb_spectrogram;
enum wb_spectrogram_mode {
    WB_MODE_LOG = 0,
    WB_MODE_MAGNITUDE,
    WB_MODE_PSD,
    WB_MODE_REAL,
    WB_MODE_IMAG,
    WB_MODE_ANGLE,
    WB_MODE_STFT
};

/* The loss of a softmax whose rare classes stand in clusters with ever narrower projections. */
typedef struct wb_adaptive_softmax {
    int64_t n_classes;
    int64_t head_bias;
    int64_t cutoffs_count;
    int64_t ratio_count;
    int64_t lists[]; /* cutoffs: where each cluster begins; ratio: how much narrower each is than the one before */
} wb_adaptive_softmax;

/* More, or less, before and after on each axis of space. */
typedef struct wb_padding {
    int64_t axes;
    int64_t crops;      /* the amounts are taken away */
    int64_t border;     /* enum wb_border */
    int64_t amounts[6]; /* before and after; below 0 they are taken away, which cropping does not allow */
    int64_t keep_dtype;
    int64_t data_format;
} wb_padding;
/* `pad_width` has two words for each axis, or two for all. */
typedef struct wb_pad {
    int64_t result; /* enum wb_result_dtype */
    int64_t pad_width[];
} wb_pad;

/* A tensor made of nothing: one that is learned, state that is kept, or a constant. */
typedef struct wb_parameter {
    int64_t owned; /* it is a weight, `value` */
    int64_t buffer;
    int64_t shape[];
} wb_parameter;

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
    int64_t keeps;          /* enum wb_keeps */
    int64_t data_format;
} wb_pooling;
enum wb_pooling_kind {
    WB_POOLING_WINDOW = 0,
    WB_POOLING_GLOBAL, /* over all of space: the sizes are not read */
    WB_POOLING_INVERSE /* takes the values and where they were */
};

/* Cells that run over the axis of time, in one layer or in a stack of `num_layers`, in one direction or in both; or
 * one step of one cell. Inputs: the sequence, then the initial states, all or none of them. */
typedef struct wb_recurrent {
    int64_t cell; /* enum wb_cell */
    int64_t units;
    int64_t use_bias;
    int64_t reset_after; /* of a GRU: two biases in one weight */
    int64_t double_bias; /* two biases in two weights, whatever `reset_after` says */
    int64_t proj_size;   /* what the output is projected to, 0: it is not */
    int64_t num_layers;
    int64_t bidirectional;
    int64_t single_step;      /* the input has no axis of time; of `layout` nothing is read */
    int64_t layout;           /* enum wb_layout */
    int64_t return_output;    /* before the states */
    int64_t return_sequences; /* of every step */
    int64_t return_state;
    int64_t stacked_states; /* (layers x directions, batch, size) instead of one tensor for each */
} wb_recurrent;
enum wb_cell { WB_CELL_SIMPLE = 0, WB_CELL_LSTM, WB_CELL_GRU };

/* One number for all that stands along some axes: a sum, a mean, the place of the largest. */
typedef struct wb_reduction {
    int64_t keepdims;
    int64_t keeps;     /* enum wb_keeps */
    int64_t result;    /* enum wb_result_dtype */
    int64_t axis_form; /* WB_FORM_NULL: all */
    int64_t axis[];
} wb_reduction;

/* Every element so many times: one number for all, or one for each. */
typedef struct wb_repeat {
    int64_t axis; /* WB_ABSENT: of all axes as one */
    int64_t repeats[];
} wb_repeat;

/* One of `target_shape` may be -1. */
typedef struct wb_reshape {
    int64_t keep_batch; /* `target_shape` is without axis 0, which stays */
    int64_t dim;        /* the one axis that takes the shape; WB_ABSENT: all */
    int64_t target_shape[];
} wb_reshape;

/* Axes of space get other sizes: a size of their own (`output_size`: one for all, or one for each axis, WB_ABSENT keeps
 * it), or that of the input times a factor (`ratio`: numerator and denominator of each). One of the two is given. */
typedef struct wb_resizing {
    int64_t axes;   /* WB_ABSENT: all between the batch and the channels, 1 to 3 */
    int64_t single; /* takes an input without a batch too */
    int64_t keep_dtype;
    int64_t mode;         /* enum wb_mode */
    int64_t pool_size[3]; /* of fractional pooling: the window that must fit; WB_ABSENT */
    int64_t return_indices;
    int64_t keeps; /* enum wb_keeps */
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
/* What a wrapper keeps of the kernel in it: `vector_u`, (1, size of the kernel's last axis), which is state. */
typedef struct wb_spectral {
    int64_t power_iterations;
} wb_spectral;
/* Encoders and decoders of PyTorch: self-attention, over the encoder's output too, and two dense layers in each layer
 * of them. Inputs: of an encoder its sequence; of a decoder its sequence and the encoder's output; of both, the
 * encoder's sequence and the decoder's. */
typedef struct wb_transformer {
    int64_t parts;        /* enum wb_transformer_parts */
    int64_t single_layer; /* without a path of its own */
    int64_t num_encoder_layers;
    int64_t num_decoder_layers;
    int64_t num_heads;
    int64_t dim_feedforward;
    int64_t use_bias;
    int64_t final_norm; /* behind the layers of each part */
    int64_t keeps;      /* of the activation */
    int64_t drops;      /* some elements, in training */
    int64_t layout;     /* enum wb_layout */
} wb_transformer;
enum wb_transformer_parts { WB_PARTS_ENCODER = 0, WB_PARTS_DECODER, WB_PARTS_BOTH };
/* A piece of a size that is given; -1 is what there is behind the start. */
typedef struct wb_slice {
    int64_t start_indices_form; /* WB_FORM_NULL: they are a second input */
    int64_t start_indices_count;
    int64_t shape_count;
    int64_t lists[]; /* start_indices, shape */
} wb_slice;

/* Pieces along one axis, each an output. */
typedef struct wb_split {
    int64_t axis;
    int64_t unstack;                  /* pieces of size 1, without the axis */
    int64_t num;                      /* of these; WB_ABSENT: the size of the axis */
    int64_t indices_or_sections_form; /* WB_FORM_ONE: so many equal pieces; else where each but the first begins */
    int64_t indices_or_sections_count;
    int64_t lists[]; /* indices_or_sections */
} wb_split;

/* Axes of size 1 go. */
typedef struct wb_squeeze {
    int64_t axis_form; /* WB_FORM_NULL: all */
    int64_t axis[];
} wb_squeeze;

/* Python's `tensor[key]`. `key` has four words for each item: enum wb_subscript_kind, start (or the index), stop, step;
 * WB_ABSENT where not given. */
typedef struct wb_subscript {
    int64_t result; /* enum wb_result_dtype */
    int64_t key[];
} wb_subscript;
enum wb_subscript_kind { WB_SUBSCRIPT_INDEX = 0, WB_SUBSCRIPT_SLICE, WB_SUBSCRIPT_NEW_AXIS, WB_SUBSCRIPT_ELLIPSIS };

/* Picks by indices along one axis: the indices' shape takes its place. */
typedef struct wb_take {
    int64_t axis;               /* WB_ABSENT: of all axes as one */
    int64_t indices_shape_form; /* WB_FORM_NULL: the indices are a second input */
    int64_t indices_shape_count;
    int64_t lists[]; /* indices_shape */
} wb_take;

/* Picks by indices that have the tensor's rank, each along its own line. */
typedef struct wb_take_along_axis {
    int64_t axis; /* WB_ABSENT: of all axes as one */
} wb_take_along_axis;

typedef struct wb_tile {
    int64_t result;    /* enum wb_result_dtype */
    int64_t repeats[]; /* of the last axes, or of more than there are */
} wb_tile;

/* The `k` largest along the last axis, and where they stand. */
typedef struct wb_top_k {
    int64_t k;
} wb_top_k;

/* The same axes in another order. */
typedef struct wb_transpose {
    int64_t kind;   /* enum wb_transpose_kind */
    int64_t result; /* enum wb_result_dtype */
    int64_t axis1;  /* these two where they are swapped */
    int64_t axis2;
    int64_t source_count;
    int64_t destination_count;
    int64_t lists[]; /* source, destination */
} wb_transpose;
enum wb_transpose_kind {
    WB_TRANSPOSE_AXES = 0, /* `source` is the new order; the reverse where empty */
    WB_TRANSPOSE_EXAMPLE,  /* the same without the batch, which stays in front: 1 is the first behind it */
    WB_TRANSPOSE_MOVE,     /* `source` goes to `destination`, the others follow in their order */
    WB_TRANSPOSE_SWAP
};

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
    WB_ERROR_CAUSAL = 28,         /* causal padding where it cannot be */
    WB_ERROR_SUM = 29,            /* a total past 2^63-1, at its first row that no longer fits */
    WB_ERROR_TENSOR_LIMIT = 30,   /* got, limit */
    WB_ERROR_REUSE_COUNT = 31,    /* weights of the node, of the owner */
    WB_ERROR_EMPTY = 38,          /* size made, size of the input */
    WB_ERROR_BORDER = 32,         /* padding, size of the input */
    WB_ERROR_EITHER = 33,         /* a size or a factor, not both and not neither */
    WB_ERROR_ENTRIES = 34,        /* got, axes of the input */
    WB_ERROR_STATE_UNKNOWN = 35,  /* axis whose size the state needs */
    WB_ERROR_FRACTION = 36,       /* a factor that is not below 1 */
    WB_ERROR_COLUMNS = 37,        /* columns, windows of the output */
    WB_ERROR_NOT_BOTH = 39,       /* of two attributes that come together, one is given */
    WB_ERROR_NOT_PACKED = 40,     /* an attribute that packed projections do not have */
    WB_ERROR_WIDTH = 41,          /* of the last axis: got, expected */
    WB_ERROR_NO_KERNEL = 42,      /* the wrapped layer has none */
    WB_ERROR_HEADS = 43,          /* width, heads */
    WB_ERROR_SPLIT = 44,          /* size, parts */
    WB_ERROR_INDEX = 45,          /* index, size */
    WB_ERROR_BEYOND = 46,         /* end, size */
    WB_ERROR_NOT_ONE = 47,        /* size that must be 1 */
    WB_ERROR_LENGTH = 48,         /* entries, expected */
    WB_ERROR_TWO_ELLIPSES = 49,
    WB_ERROR_OUTPUT_LIMIT = 50,  /* got, limit */
    WB_ERROR_BATCH_AXIS = 51,    /* an axis that may not be the batch */
    WB_ERROR_UNKNOWN_COUNT = 52, /* axis whose size is the number of outputs */
    WB_ERROR_LABEL = 53,         /* a label that an equation has no place for */
    WB_ERROR_KERNEL_RANK = 54,   /* got; a quantization that knows matrices only */
    WB_ERROR_MISSING = 55,       /* an attribute that cannot be done without here */
    WB_ERROR_NEEDLESS = 56,      /* an attribute beside another that says the same */
    WB_ERROR_HALVES = 57,        /* got, axis */
    WB_ERROR_STACK_LIMIT = 58,   /* got, limit */
    WB_ERROR_SPREAD = 59,        /* got, axes of the layer; ENTRIES where they are those of the input */
    WB_ERROR_LIST = 60,          /* entries, as many as other attributes ask for; LENGTH where the input does */
    WB_ERROR_STRIDE = 61,        /* got, the size that it must be less than a stride away from */
    WB_ERROR_NO_VALUE = 62,      /* a step of a candidate has none */
    WB_ERROR_NOT_POSITIVE = 63   /* a factor that is not above 0 */
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

/* ---- Names --------------------------------------------------------------------------------------------
 *
 * Layers refer to each other by name. A scope reads the names of many layers at once, and what they take, and keeps
 * both as a graph and its report want them. It knows what is usual: names that are all different, of 1 to 256
 * characters without `/`, `:`, escapes or control characters, and references to what stands before. Whatever else
 * there is, right or wrong, is WB_FAULTY: the caller then looks at one layer after the other. */

/* A growing text. `data` is NULL or from malloc; free it with wb_text_free. */
typedef struct wb_text {
    char *data;
    size_t length;
    size_t capacity;
} wb_text;
void wb_text_free(wb_text *text);

typedef struct wb_scope {
    int64_t *references; /* of all layers so far, as a wb_graph has them */
    int64_t n_references;
    wb_text names;    /* of all nodes so far: strings in JSON with commas between them */
    int64_t n_nodes;  /* the next name is that of this node, which may be set before the first */
    int64_t previous; /* the node that a layer takes where it does not say; -1: there is none */
    int64_t wired;    /* names may have `/` and `:`, and every reference ends with its output, `name:0` */
    struct wb_scope_storage *storage;
} wb_scope;

wb_scope *wb_scope_new(void);        /* NULL without memory */
void wb_scope_free(wb_scope *scope); /* NULL is fine */

/* Adds layers behind those that are there. `names` is a JSON array of a string for each, `inputs` one of a list of
 * references for each, or null for a layer that takes the one before; both without space between, as encoders write
 * them. NULL for what takes nothing, as a model's inputs do. After anything but WB_DONE the scope is of no use. */
int wb_scope_add(wb_scope *scope, const char *names, size_t names_length, const char *inputs, size_t inputs_length);

/* ---- Many candidates ---------------------------------------------------------------------------------- */

/* A candidate's numbers: its columns, then the constants, then what each step makes of two numbers before it. */
typedef struct wb_step {
    int32_t operation; /* enum wb_operation */
    int32_t left;
    int32_t right;
} wb_step;
enum wb_operation {
    WB_PLUS = 0,
    WB_MINUS,
    WB_TIMES,
    WB_QUOTIENT,  /* rounded down */
    WB_REMAINDER, /* with the sign of `right` */
    WB_LEAST,
    WB_LARGEST
};

/* A word of the pool that takes one of the numbers of each candidate. It may be any but those that say how a record is
 * built: a `wb_node`, or the length of a list. */
typedef struct wb_patch {
    int64_t position;
    int64_t number;
} wb_patch;

typedef struct wb_candidates {
    const wb_patch *patches;
    int64_t n_patches;
    const int64_t *columns; /* n_columns x n_candidates: the values of a column stand beside each other */
    int64_t n_columns;
    int64_t n_candidates;
    const int64_t *constants;
    int64_t n_constants;
    const wb_step *steps;
    int64_t n_steps;
    /* NULL, or for each node an earlier one whose record is the same in every candidate, -1 where there is none.
     * Neither may own weights that another is tied to or shares, be tied, share, open a block or end one. */
    const int32_t *alike;
} wb_candidates;

/* What a candidate comes to: totals where `error.code` is WB_ERROR_NONE, else the error of the first node
 * that has one; WB_ERROR_NO_VALUE, of no node, where a step divides by zero or does not fit. */
typedef struct wb_outcome {
    wb_totals totals;
    wb_error error;
} wb_outcome;

/* Evaluates the graph for each candidate, one after the other, and fills in as many outcomes; a candidate that fails
 * does not touch the others. `pool` is room for `graph->pool_words`, and is left patched; of what is left in `result`
 * nothing may be read. Several threads may share a graph and its candidates, each with a pool, a result and outcomes of
 * its own. WB_FAULTY is a patch where none may be, or a step that there is not; no outcome is to be read then. */
int wb_evaluate_many(const wb_graph *graph, int64_t *pool, const wb_candidates *candidates, wb_result *result,
                     wb_outcome *outcomes);

/* ---- Memory -------------------------------------------------------------------------------------------
 *
 * These look at an evaluation that was WB_DONE, and answer WB_DONE, WB_NO_MEMORY, or WB_FAULTY where something in the
 * graph takes from a layer that is missing. */

/* Elements that are as wide as what is computed, and bytes that are what they are: of masks, of indices. Those that
 * tensor parallelism divides stand by themselves. All of them are costs: unknown, or WB_OVERFLOWN, if any of it is. */
typedef struct wb_amount {
    int64_t elements;
    int64_t divided_elements;
    int64_t bytes;
    int64_t divided_bytes;
} wb_amount;

enum wb_checkpointing {
    WB_CHECKPOINTING_NONE = 0,
    WB_CHECKPOINTING_BLOCK, /* of every round of an outermost block only its inputs stay */
    WB_CHECKPOINTING_FULL   /* only the model's inputs stay */
};

/* How a model is trained, as far as its activations are concerned. */
typedef struct wb_training {
    int64_t width; /* bytes of an element of what is computed */
    int64_t tensor_parallel;
    int64_t checkpointing;
    int64_t first; /* of the nodes outside of blocks, those from `first` up to `end` are counted */
    int64_t end;
    int64_t block; /* the one that has `rounds` instead of its own, -1 */
    int64_t rounds;
} wb_training;

/* What is there when the backward pass begins. */
typedef struct wb_kept {
    wb_amount stored;
    wb_amount remade; /* and what the largest block, or layer, that is computed again adds to it */
    int32_t remade_node;
    int32_t node;  /* where a cost became unknown or too large first, -1 */
    int64_t cause; /* WB_OVERFLOWN, or the dimension */
} wb_kept;

/* Adds up what layers keep for their backward passes. */
int wb_keep(const wb_graph *graph, wb_result *result, const wb_training *training, wb_kept *kept);

/* The largest set of tensors that are there at once when the model runs forward, one layer after the other. */
typedef struct wb_peak {
    wb_amount live;
    int32_t layer; /* the node that runs then, -1 */
    int32_t node;  /* where a cost became unknown or too large first, -1 */
    int64_t cause;
} wb_peak;

/* Finds the peak of an evaluation that was WB_DONE. A tensor is there from the node that makes it to the last that
 * takes it, or to the end where it is one of `outputs`, which are references. Answers WB_DONE or WB_NO_MEMORY. */
int wb_find_peak(const wb_graph *graph, wb_result *result, const int64_t *outputs, int64_t n_outputs, int64_t width,
                 wb_peak *peak);

/* What attention keeps of the tokens that it has seen, in elements. */
typedef struct wb_cache {
    int64_t elements;
    int32_t node; /* as above */
    int64_t cause;
} wb_cache;

/* Adds up the caches of all attention over `context` tokens, each as often as it runs. */
int wb_add_caches(const wb_graph *graph, wb_result *result, int64_t context, wb_cache *cache);

/* ---- Writing ------------------------------------------------------------------------------------------ */

/* Text that comes in as the JSON array that a JSON encoder wrote of it; but the names of types, which are the
 * vocabulary's own and the same for every graph, as strings that need no escape. */
typedef struct wb_names {
    const char *nodes; /* one a node */
    size_t nodes_length;
    const char *const *types; /* what `wb_node.type` counts in */
    int64_t n_types;
    const char *symbols;
    size_t symbols_length;
} wb_names;

enum wb_row_options { WB_WITH_WEIGHTS = 1, WB_STRINGS_FOR_INTEGERS = 2 };

/* Appends the rows of an evaluation that was WB_DONE as a JSON array of objects (without inputs and
 * WB_END), and answers WB_DONE or WB_NO_MEMORY. */
int wb_write_rows(const wb_graph *graph, const wb_result *result, const wb_names *names, int options, wb_text *text);

/* Appends, as a JSON array, the work that the conventions leave out of `macs`: layer, type, what. */
int wb_write_not_counted(const wb_graph *graph, const wb_result *result, const wb_names *names, wb_text *text);
