/* Sums of products over labelled axes, of any number of tensors, the last of which may be a weight. */
#include "../backward.h"
#include "adaptation.h"
#include "equation.h"
#include "operators.h"

static const wb_kernel_names names = {"kernel",     "kernel_scale",  "kernel_zero",
                                      "zero_point", "lora_kernel_a", "lora_kernel_b"};

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool attributes(wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    bool right = wb_check_adaptation(call, &einsum->adaptation, WB_FIELD(wb_einsum, adaptation));
    for (int64_t i = 0; i < einsum->output_shape_count; i++) {
        int64_t size = call->list[einsum->equation_count + i];
        if (size != WB_ABSENT) {
            right = wb_require_at_least(call, WB_FIELD(wb_einsum, lists) + (int32_t)(einsum->equation_count + i), size,
                                        1) &&
                    right;
        }
    }
    return right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* Keras shows an axis that `output_shape` leaves open as unknown, though the sum knows its size. */
static wb_dimension shown(const wb_equation *equation, int32_t axis) {
    wb_dimension size = equation->sizes[equation->output.labels[axis]];
    if (equation->left_open[axis] && wb_is_known(size.size)) {
        size.size = WB_UNKNOWN;
    }
    return size;
}

static bool shapes(wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    wb_equation equation;
    if (!wb_read_equation(call, &equation)) {
        return false;
    }
    if (!einsum->has_kernel) {
        wb_keep_dtype(call);
    }
    wb_dimension *shape = wb_output(call, equation.output.rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < equation.output.rank; axis++) {
        shape[axis] = shown(&equation, axis);
    }
    return true;
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

/* The size of a label that a weight cannot do without. */
static bool require_label(wb_call *call, const wb_equation *equation, int32_t label, int64_t *size) {
    *size = equation->sizes[label].size;
    if (wb_is_known(*size)) {
        return true;
    }
    return equation->operand[label] == WB_NOWHERE
               ? wb_fail(call, WB_ERROR_UNKNOWN_DIMENSION, WB_FIELD(wb_einsum, output_shape_count), 0, 0)
               : wb_fail_input(call, WB_ERROR_UNKNOWN_DIMENSION, equation->operand[label], equation->axis[label], 0);
}

/* The bias has the output's axes from the first one with a bias on, those without one of size 1. */
static bool size_bias(wb_call *call, const wb_equation *equation, int64_t *sizes, int *rank) {
    *rank = 0;
    for (int32_t axis = 0; axis < equation->output.rank; axis++) {
        int64_t size = 1;
        if (equation->biased[axis] && !require_label(call, equation, equation->output.labels[axis], &size)) {
            return false;
        }
        if (equation->biased[axis] || *rank > 0) {
            sizes[(*rank)++] = size;
        }
    }
    return true;
}

/* The scales lie along the output: 1 where the kernel has no such axis. */
static void size_scale(const wb_equation *equation, const int64_t *sizes, int64_t *scale) {
    for (int32_t axis = 0; axis < equation->output.rank; axis++) {
        scale[axis] = 1;
        for (int32_t k = 0; k < equation->kernel.rank; k++) {
            if (equation->kernel.labels[k] == equation->output.labels[axis]) {
                scale[axis] = sizes[k];
            }
        }
    }
}

/* What is summed over makes the rows, the rest the columns. */
static bool size_matrix(wb_call *call, const wb_equation *equation, const int64_t *sizes, int64_t *matrix) {
    bool fits = true;
    matrix[0] = matrix[1] = 1;
    for (int32_t k = 0; k < equation->kernel.rank; k++) {
        int64_t *side = &matrix[equation->last[equation->kernel.labels[k]] == WB_IN_OUTPUT];
        fits = fits && wb_multiply(*side, sizes[k], side);
    }
    return wb_require_fit(call, fits);
}

static bool weights(wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    wb_equation equation;
    int64_t sizes[WB_MAX_RANK], bias[WB_MAX_RANK], scale[WB_MAX_RANK];
    if (!einsum->has_kernel) {
        return true;
    }
    if (!wb_read_equation(call, &equation)) {
        return false;
    }
    for (int32_t k = 0; k < equation.kernel.rank; k++) {
        if (!require_label(call, &equation, equation.kernel.labels[k], &sizes[k])) {
            return false;
        }
    }
    wb_kernel kernel = {.names = &names,
                        .sizes = sizes,
                        .rank = equation.kernel.rank,
                        .bias = einsum->use_bias && einsum->bias_axes_count > 0 ? bias : NULL,
                        .scale = scale,
                        .scale_rank = equation.output.rank,
                        .packed = 1,
                        .grouped = 0};
    if (!size_bias(call, &equation, bias, &kernel.bias_rank) || !size_matrix(call, &equation, sizes, kernel.matrix)) {
        return false;
    }
    size_scale(&equation, sizes, scale);
    return wb_own_adapted(call, &einsum->adaptation, &kernel);
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* The product of what was multiplied so far, which has the labels in `made`, with operand number `k`. A product that
 * sums over nothing is elementwise work; a label that only this operand has is summed before. */
static void add_product(wb_call *call, const wb_equation *equation, const wb_term *read, int32_t k, bool *made) {
    int64_t factors[WB_LABELS];
    size_t n = 0;
    bool sums_up = false, mine[WB_LABELS] = {false};
    for (int32_t axis = 0; axis < read->rank; axis++) {
        mine[read->labels[axis]] = true;
    }
    for (int label = 0; label < WB_LABELS; label++) {
        bool lives_on = equation->last[label] > k;
        if (made[label] || (mine[label] && lives_on)) {
            factors[n++] = equation->sizes[label].cost;
        }
        sums_up = sums_up || (made[label] && !lives_on);
        made[label] = (made[label] || mine[label]) && lives_on;
    }
    if (sums_up) {
        wb_add_macs(call, factors, n);
    }
}

/* The operands are multiplied from left to right, two at a time, as PyTorch does. */
static void costs(wb_call *call) {
    wb_equation equation;
    wb_term read;
    int64_t position = 0;
    bool made[WB_LABELS] = {false};
    if (!wb_read_equation(call, &equation) || !wb_read_term(call, 0, &position, &read)) {
        return;
    }
    for (int32_t axis = 0; axis < read.rank; axis++) {
        made[read.labels[axis]] = equation.last[read.labels[axis]] > 0;
    }
    for (int32_t k = 1; k < call->n_inputs && wb_read_term(call, k, &position, &read); k++) {
        add_product(call, &equation, &read, k, made);
    }
    if (equation.kernel.rank > 0) {
        add_product(call, &equation, &equation.kernel, call->n_inputs, made);
    }
}

static void keeps(const wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    wb_keep_factors(call);
    wb_keep_function(call, einsum->keeps);
}

static enum wb_division division(const wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    return einsum->has_kernel ? WB_ALTERNATES : WB_AS_INPUTS;
}

const wb_operator wb_einsum_operator = {.name = "einsum",
                                        .attributes_size = sizeof(wb_einsum),
                                        .n_lists = 3,
                                        .attributes = attributes,
                                        .shapes = shapes,
                                        .weights = weights,
                                        .costs = costs,
                                        .not_counted = "bias, activation, elementwise products",
                                        .keeps = keeps,
                                        .division = division};
