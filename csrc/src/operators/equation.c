#include "equation.h"

#include "broadcast.h"

enum { ELLIPSIS = '.', COMMA = ',', ARROW = '>' };

/* ---- Terms -------------------------------------------------------------------------------------------- */

static int32_t equation_field(int64_t position) { return WB_FIELD(wb_einsum, lists) + (int32_t)position; }

static int64_t bias_position(const wb_einsum *einsum) { return einsum->equation_count + einsum->output_shape_count; }

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
static void read_term(const wb_call *call, int64_t *position, int32_t ellipsis, wb_term *read) {
    const wb_einsum *einsum = call->attributes;
    int64_t at = *position;
    *read = (wb_term){.begins_with_letter = at < einsum->equation_count && is_letter(call->list[at])};
    for (; at < einsum->equation_count && !is_end(call->list[at]); at++) {
        if (call->list[at] != ELLIPSIS) {
            read->labels[read->rank++] = label_of(call->list[at]);
        }
        for (int32_t k = ellipsis; call->list[at] == ELLIPSIS && k > 0; k--) {
            read->labels[read->rank++] = WB_LETTERS + k - 1;
        }
    }
    *position = at + 1;
}

/* Reads the term of an input, which must have the input's rank. */
bool wb_read_term(wb_call *call, int32_t operand, int64_t *position, wb_term *read) {
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
static bool read_other(wb_call *call, int64_t *position, int32_t ellipsis, bool may_elide, wb_term *read) {
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

static bool meet_input(wb_call *call, int32_t operand, const wb_term *read, wb_equation *equation) {
    for (int32_t axis = 0; axis < read->rank; axis++) {
        int32_t label = read->labels[axis];
        wb_dimension size = call->inputs[operand].shape[axis];
        if (equation->operand[label] == WB_NOWHERE) {
            equation->sizes[label] = size;
            equation->operand[label] = operand;
            equation->axis[label] = axis;
        } else if (!meet_again(call, size, &equation->sizes[label])) {
            return wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, operand, size.size, equation->sizes[label].size);
        }
        equation->last[label] = operand;
        if (label >= WB_LETTERS && label - WB_LETTERS >= equation->ellipsis) {
            equation->ellipsis = label - WB_LETTERS + 1;
        }
    }
    return true;
}

static bool read_terms(wb_call *call, wb_equation *equation) {
    const wb_einsum *einsum = call->attributes;
    int64_t position = 0;
    wb_term read;
    for (int label = 0; label < WB_LABELS; label++) {
        equation->sizes[label] = wb_unknown();
        equation->operand[label] = equation->last[label] = WB_NOWHERE;
    }
    for (int axis = 0; axis < WB_MAX_RANK; axis++) {
        equation->left_open[axis] = equation->biased[axis] = false;
    }
    equation->ellipsis = 0;
    equation->kernel.rank = 0;
    for (int32_t operand = 0; operand < call->n_inputs; operand++) {
        if (!wb_read_term(call, operand, &position, &read) || !meet_input(call, operand, &read, equation)) {
            return false;
        }
    }
    if (einsum->has_kernel && !read_other(call, &position, 0, false, &equation->kernel)) {
        return false;
    }
    for (int32_t axis = 0; axis < equation->kernel.rank; axis++) {
        equation->last[equation->kernel.labels[axis]] = call->n_inputs;
    }
    return read_other(call, &position, equation->ellipsis, true, &equation->output);
}

/* WB_NOWHERE where the term has no such label. */
static int32_t axis_of(const wb_term *term, int32_t label) {
    for (int32_t axis = 0; axis < WB_MAX_RANK && axis < term->rank; axis++) {
        if (term->labels[axis] == label) {
            return axis;
        }
    }
    return WB_NOWHERE;
}

/* A bias lies along axes of the output. */
static bool apply_bias(wb_call *call, wb_equation *equation) {
    const wb_einsum *einsum = call->attributes;
    for (int64_t i = bias_position(einsum); i < bias_position(einsum) + einsum->bias_axes_count; i++) {
        int32_t axis = is_letter(call->list[i]) ? axis_of(&equation->output, label_of(call->list[i])) : WB_NOWHERE;
        if (axis == WB_NOWHERE) {
            return wb_fail(call, WB_ERROR_LABEL, equation_field(bias_position(einsum)), 0, 0);
        }
        equation->biased[axis] = true;
    }
    return true;
}

/* The output has every label once, and none that no operand has; the kernel none that is its own. */
static bool check_labels(wb_call *call, wb_equation *equation) {
    for (int32_t axis = 0; axis < equation->output.rank; axis++) {
        int32_t *last = &equation->last[equation->output.labels[axis]];
        if (*last == WB_NOWHERE || *last == WB_IN_OUTPUT) {
            return wb_fail(call, WB_ERROR_LABEL, equation_field(0), 0, 0);
        }
        *last = WB_IN_OUTPUT;
    }
    for (int32_t axis = 0; axis < equation->kernel.rank; axis++) {
        int32_t label = equation->kernel.labels[axis];
        if (equation->operand[label] == WB_NOWHERE && equation->last[label] != WB_IN_OUTPUT) {
            return wb_fail(call, WB_ERROR_LABEL, equation_field(0), 0, 0);
        }
    }
    return apply_bias(call, equation);
}

/* Which entry of `output_shape` an axis of the output has, WB_NOWHERE for the batch and what an ellipsis stands for. */
static int32_t entry_of(const wb_equation *equation, int32_t axis) {
    int32_t entry = -equation->output.begins_with_letter;
    if (equation->output.labels[axis] >= WB_LETTERS) {
        return WB_NOWHERE;
    }
    for (int32_t before = 0; before < axis; before++) {
        entry += equation->output.labels[before] < WB_LETTERS;
    }
    return entry;
}

static bool check_entries(wb_call *call, const wb_equation *equation) {
    const wb_einsum *einsum = call->attributes;
    int64_t expected = -equation->output.begins_with_letter;
    for (int32_t axis = 0; axis < equation->output.rank; axis++) {
        expected += equation->output.labels[axis] < WB_LETTERS;
    }
    return einsum->output_shape_count == expected ||
           wb_fail(call, WB_ERROR_LIST, WB_FIELD(wb_einsum, output_shape_count), einsum->output_shape_count, expected);
}

static int64_t given_size(const wb_call *call, int32_t entry) {
    const wb_einsum *einsum = call->attributes;
    return entry == WB_NOWHERE ? WB_ABSENT : call->list[einsum->equation_count + entry];
}

/* What `output_shape` says of the labels. */
static bool apply_entries(wb_call *call, wb_equation *equation) {
    const wb_einsum *einsum = call->attributes;
    if (!check_entries(call, equation)) {
        return false;
    }
    for (int32_t axis = 0; axis < equation->output.rank; axis++) {
        int32_t entry = entry_of(equation, axis);
        int64_t given = given_size(call, entry);
        equation->left_open[axis] = entry != WB_NOWHERE && given == WB_ABSENT;
        wb_dimension *size = &equation->sizes[equation->output.labels[axis]];
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

bool wb_read_equation(wb_call *call, wb_equation *equation) {
    const wb_einsum *einsum = call->attributes;
    return check_inputs(call) && read_terms(call, equation) && check_labels(call, equation) &&
           (!einsum->has_kernel || apply_entries(call, equation));
}
