/* Sums of products over labelled axes, of any number of tensors, the last of which may be a weight. */
#include "../backward.h"
#include "adaptation.h"
#include "broadcast.h"
#include "operators.h"

enum { LETTERS = 52, LABELS = LETTERS + WB_MAX_RANK, ELLIPSIS = '.', COMMA = ',', ARROW = '>' };
enum { IN_OUTPUT = INT32_MAX, NOWHERE = -1 };

static const wb_kernel_names names = {"kernel",     "kernel_scale",  "kernel_zero",
                                      "zero_point", "lora_kernel_a", "lora_kernel_b"};

/* The labels of an operand's axes, or of the output's. Those of an ellipsis count from its end, so that ellipses of
 * different length line up as in broadcasting. */
typedef struct term {
    int32_t labels[WB_MAX_RANK];
    int32_t rank;
    bool begins_with_letter;
} term;

/* What the equation and the inputs say together. */
typedef struct sums {
    wb_dimension sizes[LABELS];
    int32_t operand[LABELS]; /* the first input with the label, NOWHERE where none has it */
    int32_t axis[LABELS];    /* of that input */
    int32_t last[LABELS];    /* the last operand with the label, IN_OUTPUT where the output has it */
    int32_t ellipsis;        /* axes of the longest one */
    term kernel;
    term output;
} sums;

/* ---- The equation ------------------------------------------------------------------------------------- */

static int32_t equation_field(int64_t position) { return WB_FIELD(wb_einsum, lists) + (int32_t)position; }

static bool is_end(int64_t character) { return character == COMMA || character == ARROW; }

static int32_t label_of(int64_t letter) { return (int32_t)(letter >= 'a' ? letter - 'a' : letter - 'A' + 26); }

static bool is_letter(int64_t character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
}

/* The letters from `position` to the end of the term, and whether an ellipsis is among them. */
static bool measure(wb_call *call, int64_t position, int32_t *letters, bool *has_ellipsis) {
    const wb_einsum *einsum = call->attributes;
    *letters = 0;
    *has_ellipsis = false;
    for (; position < einsum->equation_count && !is_end(call->list[position]); position++) {
        bool ellipsis = call->list[position] == ELLIPSIS;
        if ((!ellipsis && !is_letter(call->list[position])) || (ellipsis && *has_ellipsis)) {
            return wb_fail(call, WB_ERROR_LABEL, equation_field(position), call->list[position], 0);
        }
        *has_ellipsis = *has_ellipsis || ellipsis;
        *letters += !ellipsis;
    }
    return *letters <= WB_MAX_RANK ||
           wb_fail(call, WB_ERROR_RANK_LIMIT, equation_field(position), *letters, WB_MAX_RANK);
}

/* Reads the term at `position`, whose ellipsis has so many axes, and goes to what stands behind it. */
static void read_term(const wb_call *call, int64_t *position, int32_t ellipsis, term *read) {
    const wb_einsum *einsum = call->attributes;
    int64_t at = *position;
    *read = (term){.begins_with_letter = at < einsum->equation_count && is_letter(call->list[at])};
    for (; at < einsum->equation_count && !is_end(call->list[at]); at++) {
        if (call->list[at] != ELLIPSIS) {
            read->labels[read->rank++] = label_of(call->list[at]);
        }
        for (int32_t k = ellipsis; call->list[at] == ELLIPSIS && k > 0; k--) {
            read->labels[read->rank++] = LETTERS + k - 1;
        }
    }
    *position = at + 1;
}

/* Reads the term of an input, which must have the input's rank. */
static bool read_input(wb_call *call, int32_t operand, int64_t *position, term *read) {
    int32_t letters, rank = call->inputs[operand].rank;
    bool has_ellipsis;
    if (!measure(call, *position, &letters, &has_ellipsis)) {
        return false;
    }
    bool fits = has_ellipsis ? wb_require_least_rank(call, operand, letters) : wb_require_rank(call, operand, letters);
    if (fits) {
        read_term(call, position, rank - letters, read);
    }
    return fits;
}

/* Reads the kernel's term or the output's. */
static bool read_other(wb_call *call, int64_t *position, int32_t ellipsis, bool may_elide, term *read) {
    int32_t letters;
    bool has_ellipsis;
    if (!measure(call, *position, &letters, &has_ellipsis)) {
        return false;
    }
    if (has_ellipsis && !may_elide) {
        return wb_fail(call, WB_ERROR_LABEL, equation_field(*position), ELLIPSIS, 0);
    }
    if (letters + ellipsis > WB_MAX_RANK) {
        return wb_fail(call, WB_ERROR_RANK_LIMIT, WB_NO_FIELD, letters + ellipsis, WB_MAX_RANK);
    }
    read_term(call, position, has_ellipsis ? ellipsis : 0, read);
    return true;
}

/* Are there as many terms as inputs, and one for the kernel? Beside a kernel, inputs are of one rank. */
static bool check_inputs(wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    int64_t operands = 1;
    for (int64_t i = 0; i < einsum->equation_count; i++) {
        operands += call->list[i] == COMMA;
    }
    int64_t inputs = operands - (einsum->has_kernel != 0);
    bool right = wb_require_inputs(call, 1, call->n_inputs) && wb_require_inputs(call, inputs, inputs);
    for (int32_t operand = 1; operand < call->n_inputs && einsum->has_kernel; operand++) {
        right = right && wb_require_rank(call, operand, call->inputs[0].rank);
    }
    return right;
}

/* ---- Sizes -------------------------------------------------------------------------------------------- */

/* Where a label stands again; PyTorch's bilinear layer wants the sizes to be the same, and does not stretch. */
static bool meet_again(const wb_call *call, wb_dimension size, wb_dimension *found) {
    const wb_einsum *einsum = call->attributes;
    return !(einsum->has_kernel && wb_differ(*found, size)) && wb_broadcast_dimensions(*found, size, found);
}

static bool meet_input(wb_call *call, int32_t operand, const term *read, sums *all) {
    for (int32_t axis = 0; axis < read->rank; axis++) {
        int32_t label = read->labels[axis];
        wb_dimension size = call->inputs[operand].shape[axis];
        if (all->operand[label] == NOWHERE) {
            all->sizes[label] = size;
            all->operand[label] = operand;
            all->axis[label] = axis;
        } else if (!meet_again(call, size, &all->sizes[label])) {
            return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, operand, size.size, all->sizes[label].size);
        }
        all->last[label] = operand;
        if (label >= LETTERS && label - LETTERS >= all->ellipsis) {
            all->ellipsis = label - LETTERS + 1;
        }
    }
    return true;
}

static bool read_terms(wb_call *call, sums *all) {
    const wb_einsum *einsum = call->attributes;
    int64_t position = 0;
    term read;
    for (int label = 0; label < LABELS; label++) {
        all->sizes[label] = wb_unknown();
        all->operand[label] = all->last[label] = NOWHERE;
    }
    all->ellipsis = 0;
    all->kernel.rank = 0;
    for (int32_t operand = 0; operand < call->n_inputs; operand++) {
        if (!read_input(call, operand, &position, &read) || !meet_input(call, operand, &read, all)) {
            return false;
        }
    }
    if (einsum->has_kernel && !read_other(call, &position, 0, false, &all->kernel)) {
        return false;
    }
    for (int32_t axis = 0; axis < all->kernel.rank; axis++) {
        all->last[all->kernel.labels[axis]] = call->n_inputs;
    }
    return read_other(call, &position, all->ellipsis, true, &all->output);
}

static int64_t bias_position(const wb_einsum *einsum) { return einsum->equation_count + einsum->output_shape_count; }

/* A bias lies along axes of the output. */
static bool check_bias(wb_call *call, const sums *all) {
    const wb_einsum *einsum = call->attributes;
    for (int64_t i = bias_position(einsum); i < bias_position(einsum) + einsum->bias_axes_count; i++) {
        if (!is_letter(call->list[i]) || all->last[label_of(call->list[i])] != IN_OUTPUT) {
            return wb_fail(call, WB_ERROR_LABEL, equation_field(bias_position(einsum)), 0, 0);
        }
    }
    return true;
}

/* The output has every label once, and none that no operand has; the kernel none that is its own. */
static bool check_labels(wb_call *call, sums *all) {
    for (int32_t axis = 0; axis < all->output.rank; axis++) {
        int32_t *last = &all->last[all->output.labels[axis]];
        if (*last == NOWHERE || *last == IN_OUTPUT) {
            return wb_fail(call, WB_ERROR_LABEL, equation_field(0), 0, 0);
        }
        *last = IN_OUTPUT;
    }
    for (int32_t axis = 0; axis < all->kernel.rank; axis++) {
        int32_t label = all->kernel.labels[axis];
        if (all->operand[label] == NOWHERE && all->last[label] != IN_OUTPUT) {
            return wb_fail(call, WB_ERROR_LABEL, equation_field(0), 0, 0);
        }
    }
    return check_bias(call, all);
}

/* Which entry of `output_shape` an axis of the output has, NOWHERE for the batch and what an ellipsis stands for. */
static int32_t entry_of(const sums *all, int32_t axis) {
    int32_t entry = -all->output.begins_with_letter;
    if (all->output.labels[axis] >= LETTERS) {
        return NOWHERE;
    }
    for (int32_t before = 0; before < axis; before++) {
        entry += all->output.labels[before] < LETTERS;
    }
    return entry;
}

static bool check_entries(wb_call *call, const sums *all) {
    const wb_einsum *einsum = call->attributes;
    int64_t expected = -all->output.begins_with_letter;
    for (int32_t axis = 0; axis < all->output.rank; axis++) {
        expected += all->output.labels[axis] < LETTERS;
    }
    return einsum->output_shape_count == expected ||
           wb_fail(call, WB_ERROR_LIST, WB_FIELD(wb_einsum, output_shape_count), einsum->output_shape_count, expected);
}

static int64_t given_size(const wb_call *call, int32_t entry) {
    const wb_einsum *einsum = call->attributes;
    return entry == NOWHERE ? WB_ABSENT : call->list[einsum->equation_count + entry];
}

/* What `output_shape` says of the labels. */
static bool apply_entries(wb_call *call, sums *all) {
    const wb_einsum *einsum = call->attributes;
    if (!check_entries(call, all)) {
        return false;
    }
    for (int32_t axis = 0; axis < all->output.rank; axis++) {
        int32_t entry = entry_of(all, axis);
        int64_t given = given_size(call, entry);
        wb_dimension *size = &all->sizes[all->output.labels[axis]];
        if (given == WB_ABSENT) {
            continue;
        }
        if (wb_differ(*size, wb_known(given))) {
            int32_t field = equation_field(einsum->equation_count + entry);
            return wb_fail(call, WB_ERROR_SHAPES_DIFFER, field, given, size->size);
        }
        *size = wb_known(given);
    }
    return true;
}

static bool analyse(wb_call *call, sums *all) {
    const wb_einsum *einsum = call->attributes;
    return read_terms(call, all) && check_labels(call, all) && (!einsum->has_kernel || apply_entries(call, all));
}

/* ---- Attributes --------------------------------------------------------------------------------------- */

static bool attributes(wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    bool right = wb_check_adaptation(call, &einsum->adaptation, WB_FIELD(wb_einsum, adaptation));
    for (int64_t i = 0; i < einsum->output_shape_count; i++) {
        int64_t size = call->list[einsum->equation_count + i];
        if (size != WB_ABSENT) {
            right = wb_require_at_least(call, equation_field(einsum->equation_count + i), size, 1) && right;
        }
    }
    return right;
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* Keras shows an axis that `output_shape` leaves open as unknown, though the sum knows its size. */
static wb_dimension shown(const wb_call *call, const sums *all, int32_t axis) {
    const wb_einsum *einsum = call->attributes;
    wb_dimension size = all->sizes[all->output.labels[axis]];
    int32_t entry = entry_of(all, axis);
    if (einsum->has_kernel && entry != NOWHERE && given_size(call, entry) == WB_ABSENT && wb_is_known(size.size)) {
        size.size = WB_UNKNOWN;
    }
    return size;
}

static bool shapes(wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    sums all;
    if (!check_inputs(call) || !analyse(call, &all)) {
        return false;
    }
    if (!einsum->has_kernel) {
        wb_keep_dtype(call);
    }
    wb_dimension *shape = wb_output(call, all.output.rank);
    if (shape == NULL) {
        return false;
    }
    for (int32_t axis = 0; axis < all.output.rank; axis++) {
        shape[axis] = shown(call, &all, axis);
    }
    return true;
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

/* The size of a label that a weight cannot do without. */
static bool require_label(wb_call *call, const sums *all, int32_t label, int64_t *size) {
    *size = all->sizes[label].size;
    if (wb_is_known(*size)) {
        return true;
    }
    return all->operand[label] == NOWHERE
               ? wb_fail(call, WB_ERROR_UNKNOWN_DIMENSION, WB_FIELD(wb_einsum, output_shape_count), 0, 0)
               : wb_fail_input(call, WB_ERROR_UNKNOWN_DIMENSION, all->operand[label], all->axis[label], 0);
}

/* The bias has the output's axes from the first one with a bias on, those without one of size 1. */
static bool size_bias(wb_call *call, const sums *all, int64_t *sizes, int *rank) {
    const wb_einsum *einsum = call->attributes;
    const int64_t *letters = call->list + bias_position(einsum);
    bool begun = false;
    *rank = 0;
    for (int32_t axis = 0; axis < all->output.rank; axis++) {
        int64_t size = 1;
        for (int64_t i = 0; i < einsum->bias_axes_count; i++) {
            if (label_of(letters[i]) == all->output.labels[axis]) {
                begun = true;
                if (!require_label(call, all, all->output.labels[axis], &size)) {
                    return false;
                }
            }
        }
        if (begun) {
            sizes[(*rank)++] = size;
        }
    }
    return true;
}

/* The scales lie along the output: 1 where the kernel has no such axis. */
static void size_scale(const sums *all, const int64_t *sizes, int64_t *scale) {
    for (int32_t axis = 0; axis < all->output.rank; axis++) {
        scale[axis] = 1;
        for (int32_t k = 0; k < all->kernel.rank; k++) {
            if (all->kernel.labels[k] == all->output.labels[axis]) {
                scale[axis] = sizes[k];
            }
        }
    }
}

/* What is summed over makes the rows, the rest the columns. */
static bool size_matrix(wb_call *call, const sums *all, const int64_t *sizes, int64_t *matrix) {
    bool fits = true;
    matrix[0] = matrix[1] = 1;
    for (int32_t k = 0; k < all->kernel.rank; k++) {
        int64_t *side = &matrix[all->last[all->kernel.labels[k]] == IN_OUTPUT];
        fits = fits && wb_multiply(*side, sizes[k], side);
    }
    return wb_require_fit(call, fits);
}

static bool weights(wb_call *call) {
    const wb_einsum *einsum = call->attributes;
    sums all;
    int64_t sizes[WB_MAX_RANK], bias[WB_MAX_RANK], scale[WB_MAX_RANK];
    if (!einsum->has_kernel) {
        return true;
    }
    if (!analyse(call, &all)) {
        return false;
    }
    for (int32_t k = 0; k < all.kernel.rank; k++) {
        if (!require_label(call, &all, all.kernel.labels[k], &sizes[k])) {
            return false;
        }
    }
    wb_kernel kernel = {.names = &names,
                        .sizes = sizes,
                        .rank = all.kernel.rank,
                        .bias = einsum->use_bias && einsum->bias_axes_count > 0 ? bias : NULL,
                        .scale = scale,
                        .scale_rank = all.output.rank,
                        .packed = 1,
                        .grouped = 0};
    if (!size_bias(call, &all, bias, &kernel.bias_rank) || !size_matrix(call, &all, sizes, kernel.matrix)) {
        return false;
    }
    size_scale(&all, sizes, scale);
    return wb_own_adapted(call, &einsum->adaptation, &kernel);
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* The product of what was multiplied so far, which has the labels in `made`, with operand number `k`. A product that
 * sums over nothing is elementwise work; a label that only this operand has is summed before. */
static void add_product(wb_call *call, const sums *all, const term *read, int32_t k, bool *made) {
    int64_t factors[LABELS];
    size_t n = 0;
    bool sums_up = false, mine[LABELS] = {false};
    for (int32_t axis = 0; axis < read->rank; axis++) {
        mine[read->labels[axis]] = true;
    }
    for (int label = 0; label < LABELS; label++) {
        bool lives_on = all->last[label] > k;
        if (made[label] || (mine[label] && lives_on)) {
            factors[n++] = all->sizes[label].cost;
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
    sums all;
    term read;
    int64_t position = 0;
    bool made[LABELS] = {false};
    if (!analyse(call, &all) || !read_input(call, 0, &position, &read)) {
        return;
    }
    for (int32_t axis = 0; axis < read.rank; axis++) {
        made[read.labels[axis]] = all.last[read.labels[axis]] > 0;
    }
    for (int32_t k = 1; k < call->n_inputs && read_input(call, k, &position, &read); k++) {
        add_product(call, &all, &read, k, made);
    }
    if (all.kernel.rank > 0) {
        add_product(call, &all, &all.kernel, call->n_inputs, made);
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
