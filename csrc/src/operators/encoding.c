/* Keras's layers for features: integers, numbers and text as indices or vectors. */
#include <string.h>

#include "operators.h"

/* ---- Attributes --------------------------------------------------------------------------------------- */

/* Bins are said either way, but not both. */
static bool check_bins(wb_call *call, const wb_encoding *encoding) {
    const int32_t field = WB_FIELD(wb_encoding, depth);
    if (encoding->depth == WB_ABSENT && encoding->entries == WB_ABSENT) {
        return wb_fail(call, WB_ERROR_MISSING, field, 0, 0);
    }
    bool both = encoding->depth != WB_ABSENT && encoding->entries != WB_ABSENT;
    return !both || wb_fail(call, WB_ERROR_NEEDLESS, field, 0, 0);
}

static bool check_max_tokens(wb_call *call, const wb_encoding *encoding) {
    const int32_t field = WB_FIELD(wb_encoding, max_tokens);
    if (encoding->max_tokens != WB_ABSENT) {
        return wb_require_at_least(call, field, encoding->max_tokens, 2);
    }
    return !encoding->pad_to_max_tokens || wb_fail(call, WB_ERROR_MISSING, field, 0, 0);
}

static bool attributes(wb_call *call) {
    const wb_encoding *encoding = call->attributes;
    int64_t least = encoding->rule == WB_ENCODING_BINS ? 0 : 1;
    bool right = check_max_tokens(call, encoding);
    if (encoding->rule == WB_ENCODING_BINS) {
        right = check_bins(call, encoding) && right;
    }
    if (encoding->depth != WB_ABSENT) {
        right = wb_require_at_least(call, WB_FIELD(wb_encoding, depth), encoding->depth, least) && right;
    }
    if (encoding->output_sequence_length != WB_ABSENT) {
        int32_t field = WB_FIELD(wb_encoding, output_sequence_length);
        right = wb_require_at_least(call, field, encoding->output_sequence_length, 1) && right;
    }
    return wb_require_at_least(call, WB_FIELD(wb_encoding, specials), encoding->specials, 0) && right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

static bool depth_of(const wb_encoding *encoding, wb_dimension *depth) {
    int64_t size = encoding->pad_to_max_tokens ? encoding->max_tokens : encoding->depth;
    if (size == WB_ABSENT && encoding->entries != WB_ABSENT && !wb_add(encoding->entries, encoding->specials, &size)) {
        return false;
    }
    *depth = size == WB_ABSENT ? wb_unknown() : wb_known(size);
    return true;
}

/* Does a vector take the place of the last axis, or come behind it? Keras has another answer for each layer. */
static bool takes_last_place(const wb_encoding *encoding, const wb_tensor *input) {
    bool one = input->rank > 0 && input->shape[input->rank - 1].size == 1;
    if (encoding->rule == WB_ENCODING_TEXT) {
        return !encoding->splits && input->rank > 1;
    }
    if (encoding->output_mode != WB_OUTPUT_MODE_ONE_HOT || encoding->rule == WB_ENCODING_HASHES) {
        return input->rank > 0;
    }
    return one && (input->rank > 1 || encoding->rule == WB_ENCODING_CROSSING);
}

/* Bins are counted over axis 1, whatever comes behind it; without one, over all. */
static bool shape_counted_bins(wb_call *call, wb_dimension depth) {
    const wb_tensor *input = &call->inputs[0];
    int32_t kept = input->rank >= 2 ? input->rank - 1 : 0;
    wb_dimension *shape = wb_output(call, (int64_t)kept + 1);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < kept; axis++) {
        shape[axis] = input->shape[axis == 0 ? 0 : axis + 1];
    }
    shape[kept] = depth;
    return true;
}

static bool shape_vectors(wb_call *call) {
    const wb_encoding *encoding = call->attributes;
    const wb_tensor *input = &call->inputs[0];
    wb_dimension depth;
    if (!wb_require_fit(call, depth_of(encoding, &depth))) {
        return false;
    }
    if (encoding->rule == WB_ENCODING_BINS && encoding->output_mode != WB_OUTPUT_MODE_ONE_HOT) {
        return shape_counted_bins(call, depth);
    }
    int32_t kept = input->rank - takes_last_place(encoding, input);
    wb_dimension *shape = wb_output(call, (int64_t)kept + 1);
    if (shape == NULL) {
        return false;
    }
    memcpy(shape, input->shape, sizeof *shape * (size_t)kept);
    shape[kept] = depth;
    return true;
}

static bool shape_tokens(wb_call *call) {
    const wb_encoding *encoding = call->attributes;
    wb_dimension *shape = wb_output(call, 2);
    if (shape == NULL) {
        return false;
    }
    bool known = encoding->output_sequence_length != WB_ABSENT;
    shape[0] = call->inputs[0].shape[0];
    shape[1] = known ? wb_known(encoding->output_sequence_length) : wb_unknown();
    return true;
}

/* Both inputs of a crossing have one shape, and so have counts and their weights. */
static bool check_inputs(wb_call *call) {
    const wb_encoding *encoding = call->attributes;
    bool crossing = encoding->rule == WB_ENCODING_CROSSING;
    bool weighted = encoding->rule == WB_ENCODING_CATEGORIES && encoding->output_mode == WB_OUTPUT_MODE_COUNT;
    bool placed = crossing || encoding->rule == WB_ENCODING_TEXT;
    return wb_require_inputs(call, crossing ? 2 : 1, crossing || weighted ? 2 : 1) &&
           wb_require_least_rank(call, 0, placed) && (call->n_inputs < 2 || wb_require_same_shape(call, 1));
}

/* Indices are integers of a dtype that a layer mostly does not ask about. */
static int32_t dtype_of(const wb_call *call, const wb_encoding *encoding) {
    bool looked_up = encoding->rule == WB_ENCODING_LOOKUP || encoding->rule == WB_ENCODING_TEXT;
    bool hashed = encoding->rule == WB_ENCODING_HASHES || encoding->rule == WB_ENCODING_CROSSING;
    if (encoding->output_mode != WB_OUTPUT_MODE_INT) {
        return looked_up ? (int32_t)call->graph->compute_dtype : call->dtype;
    }
    if (hashed && call->node->compute_dtype != WB_DTYPE_DEFAULT) {
        return call->dtype;
    }
    return encoding->rule == WB_ENCODING_BINS ? WB_DTYPE_INT32 : WB_DTYPE_INT64;
}

static bool shapes(wb_call *call) {
    const wb_encoding *encoding = call->attributes;
    if (!check_inputs(call)) {
        return false;
    }
    call->dtype = dtype_of(call, encoding);
    if (encoding->output_mode != WB_OUTPUT_MODE_INT) {
        return shape_vectors(call);
    }
    return encoding->rule == WB_ENCODING_TEXT ? shape_tokens(call) : wb_output_like(call, &call->inputs[0]);
}

const wb_operator wb_encoding_operator = {.name = "encoding",
                                          .attributes_size = sizeof(wb_encoding),
                                          .attributes = attributes,
                                          .shapes = shapes,
                                          .not_counted = "look-up, hashing, comparisons"};
