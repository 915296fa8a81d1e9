/* Convolutions: plain, transposed, depthwise and separable, over 1 to 3 axes of space, in groups. */
#include <string.h>

#include "../backward.h"
#include "adaptation.h"
#include "border.h"
#include "operators.h"
#include "space.h"
#include "window.h"

static wb_window window_of(const wb_convolution *convolution) {
    wb_window window = wb_window_of(convolution->axes, convolution->kernel_size, convolution->strides,
                                    convolution->dilation_rate, convolution->padding_mode, convolution->padding);
    window.may_be_causal = convolution->kind == WB_CONVOLUTION_PLAIN;
    return window;
}

static bool has_filters(const wb_convolution *convolution) { return convolution->kind != WB_CONVOLUTION_DEPTHWISE; }

static bool has_multiplier(const wb_convolution *convolution) {
    return convolution->kind == WB_CONVOLUTION_DEPTHWISE || convolution->kind == WB_CONVOLUTION_SEPARABLE;
}

/* ---- Attributes --------------------------------------------------------------------------------------- */

/* Less than the stride; PyTorch, which knows no `same`, also allows less than the dilation. */
static int64_t most_output_padding(const wb_convolution *convolution, int32_t axis) {
    int64_t stride = convolution->strides[axis], dilation = convolution->dilation_rate[axis];
    bool by_dilation = convolution->padding_mode != WB_PADDING_SAME && dilation > stride;
    return (by_dilation ? dilation : stride) - 1;
}

static bool check_output_padding(wb_call *call, const wb_convolution *convolution) {
    bool right = true;
    if (convolution->kind != WB_CONVOLUTION_TRANSPOSED) {
        return true;
    }
    for (int32_t axis = 0; axis < WB_MAX_AXES && axis < convolution->axes; axis++) {
        int32_t field = WB_FIELD(wb_convolution, output_padding) + axis;
        if (convolution->output_padding[axis] != WB_ABSENT) {
            right = wb_require_at_least(call, field, convolution->output_padding[axis], 0) &&
                    wb_require_at_most(call, field, convolution->output_padding[axis],
                                       most_output_padding(convolution, axis)) &&
                    right;
        }
    }
    return right;
}

static bool attributes(wb_call *call) {
    const wb_convolution *convolution = call->attributes;
    const wb_window_fields fields = {WB_FIELD(wb_convolution, kernel_size), WB_FIELD(wb_convolution, strides),
                                     WB_FIELD(wb_convolution, dilation_rate), WB_FIELD(wb_convolution, padding)};
    if (!wb_require_between(call, WB_FIELD(wb_convolution, kind), convolution->kind, 0, WB_CONVOLUTION_SEPARABLE) ||
        !wb_require_between(call, WB_FIELD(wb_convolution, axes), convolution->axes, 1, WB_MAX_AXES)) {
        return false;
    }
    wb_window window = window_of(convolution);
    bool right = !has_filters(convolution) ||
                 wb_require_at_least(call, WB_FIELD(wb_convolution, filters), convolution->filters, 1);
    right = wb_check_window(call, &window, fields) && right;
    right = wb_require_at_least(call, WB_FIELD(wb_convolution, groups), convolution->groups, 1) && right;
    if (has_multiplier(convolution)) {
        right =
            wb_require_at_least(call, WB_FIELD(wb_convolution, depth_multiplier), convolution->depth_multiplier, 1) &&
            right;
    }
    if (right && has_filters(convolution) && convolution->filters % convolution->groups != 0) {
        right = wb_fail(call, WB_ERROR_NOT_DIVISIBLE, WB_FIELD(wb_convolution, filters), convolution->filters,
                        convolution->groups);
    }
    right = wb_check_lora_rank(call, WB_FIELD(wb_convolution, lora_rank), convolution->lora_rank) && right;
    return right && check_output_padding(call, convolution);
}

/* ---- Shapes ------------------------------------------------------------------------------------------- */

/* What the last position of a transposed window adds. `valid` and `same` as Keras has them, where output padding
 * that is not given covers what the stride would miss; explicit padding as PyTorch has it. */
static bool transposed_rest(const wb_convolution *convolution, int axis, int64_t extent, int64_t *rest) {
    int64_t stride = convolution->strides[axis], extra = convolution->output_padding[axis];
    bool inferred = extra == WB_ABSENT;
    switch (convolution->padding_mode) {
    case WB_PADDING_SAME: *rest = inferred ? stride : extent % 2; break;
    case WB_PADDING_EXPLICIT:
        if (!wb_subtract(extent, convolution->padding[2 * axis], rest) ||
            !wb_subtract(*rest, convolution->padding[2 * axis + 1], rest)) {
            return false;
        }
        break;
    default: *rest = inferred && stride > extent ? stride : extent;
    }
    return inferred || wb_add(*rest, extra, rest);
}

static bool slide_transposed(wb_call *call, const wb_window *window, int axis, wb_dimension in, wb_dimension *out) {
    const wb_convolution *convolution = call->attributes;
    int64_t extent, rest;
    return wb_require_fit(call, wb_window_extent(window, axis, &extent)) &&
           wb_require_fit(call, transposed_rest(convolution, axis, extent, &rest)) &&
           wb_slide_back(call, convolution->strides[axis], rest, in, out);
}

static bool slide(wb_call *call, const wb_window *window, int axis, wb_dimension in, wb_dimension *out) {
    const wb_convolution *convolution = call->attributes;
    int64_t extent;
    if (convolution->kind == WB_CONVOLUTION_TRANSPOSED) {
        return slide_transposed(call, window, axis, in, out);
    }
    if (!wb_require_fit(call, wb_window_extent(window, axis, &extent))) {
        return false;
    }
    for (int side = 0; side < 2; side++) {
        if (!wb_check_border(call, convolution->border, wb_window_padding(window, axis, side, extent), in)) {
            return false;
        }
    }
    return wb_slide(call, window, axis, in, out);
}

static bool output_channels(const wb_convolution *convolution, wb_dimension in, wb_dimension *out) {
    if (has_filters(convolution)) {
        *out = wb_known(convolution->filters);
        return true;
    }
    return wb_dimension_multiply(in, wb_known(convolution->depth_multiplier), out);
}

static bool check_groups(wb_call *call, const wb_convolution *convolution, int64_t channels) {
    return !wb_is_known(channels) || channels % convolution->groups == 0 ||
           wb_fail_input(call, WB_ERROR_GROUPS, 0, channels, convolution->groups);
}

static bool shapes(wb_call *call) {
    const wb_convolution *convolution = call->attributes;
    if (!wb_require_inputs(call, 1, 1) || !wb_require_rank(call, 0, convolution->axes + 2)) {
        return false;
    }
    const wb_dimension *in = call->inputs[0].shape;
    wb_space space = wb_space_of(call, convolution->axes, convolution->data_format);
    wb_window window = window_of(convolution);
    wb_dimension *out = wb_output(call, convolution->axes + 2);
    if (out == NULL || !check_groups(call, convolution, in[space.channels].size) ||
        !wb_require_fit(call, output_channels(convolution, in[space.channels], &out[space.channels]))) {
        return false;
    }
    out[0] = in[0];
    for (int axis = 0; axis < space.axes; axis++) {
        int at = space.first + axis;
        if (!slide(call, &window, axis, in[at], &out[at])) {
            return false;
        }
    }
    return true;
}

/* ---- Weights ------------------------------------------------------------------------------------------ */

typedef struct kernel {
    int64_t sizes[WB_MAX_AXES + 2];
    int rank;
} kernel;

/* A kernel of the window's size and two more axes. */
static kernel kernel_of(const wb_convolution *convolution, int64_t before_last, int64_t last) {
    kernel made = {.rank = (int)convolution->axes + 2};
    memcpy(made.sizes, convolution->kernel_size, sizeof *made.sizes * (size_t)convolution->axes);
    made.sizes[convolution->axes] = before_last;
    made.sizes[convolution->axes + 1] = last;
    return made;
}

static bool own_kernel(wb_call *call, const char *role, int64_t before_last, int64_t last) {
    const wb_convolution *convolution = call->attributes;
    kernel made = kernel_of(convolution, before_last, last);
    enum wb_weight_kind kind = wb_has_lora(convolution->lora_rank) ? WB_FIXED : WB_LEARNED;
    return wb_own(call, role, kind, made.sizes, made.rank);
}

/* The same with a window of size 1. */
static bool own_pointwise_kernel(wb_call *call, int64_t before_last, int64_t last) {
    kernel made = kernel_of(call->attributes, before_last, last);
    for (int axis = 0; axis < made.rank - 2; axis++) {
        made.sizes[axis] = 1;
    }
    return wb_own(call, "pointwise_kernel", WB_LEARNED, made.sizes, made.rank);
}

static bool own_lora(wb_call *call, const wb_convolution *convolution, int64_t channels) {
    static const wb_kernel_names names = {.lora_a = "lora_kernel_a", .lora_b = "lora_kernel_b"};
    kernel made = kernel_of(convolution, channels / convolution->groups, convolution->filters);
    wb_kernel adapted = {.names = &names, .sizes = made.sizes, .rank = made.rank};
    return wb_own_lora(call, convolution->lora_rank, &adapted);
}

static bool own_kernels(wb_call *call, const wb_convolution *convolution, int64_t channels, int64_t *bias) {
    int64_t multiplied;
    *bias = convolution->filters;
    switch (convolution->kind) {
    case WB_CONVOLUTION_TRANSPOSED:
        return own_kernel(call, "kernel", convolution->filters / convolution->groups, channels);
    case WB_CONVOLUTION_DEPTHWISE:
        return wb_require_fit(call, wb_multiply(channels, convolution->depth_multiplier, bias)) &&
               own_kernel(call, "kernel", channels, convolution->depth_multiplier);
    case WB_CONVOLUTION_SEPARABLE:
        return wb_require_fit(call, wb_multiply(channels, convolution->depth_multiplier, &multiplied)) &&
               own_kernel(call, "depthwise_kernel", channels, convolution->depth_multiplier) &&
               own_pointwise_kernel(call, multiplied, convolution->filters);
    default: return own_kernel(call, "kernel", channels / convolution->groups, convolution->filters);
    }
}

static bool weights(wb_call *call) {
    const wb_convolution *convolution = call->attributes;
    wb_space space = wb_space_of(call, convolution->axes, convolution->data_format);
    int64_t channels, bias;
    return wb_require_size(call, 0, space.channels, &channels) && own_kernels(call, convolution, channels, &bias) &&
           (!convolution->use_bias || wb_own(call, "bias", WB_LEARNED, &bias, 1)) &&
           own_lora(call, convolution, channels);
}

/* ---- Costs -------------------------------------------------------------------------------------------- */

/* Every weight of a kernel works once at each position: of the output, of the input where transposed. */
static void costs(wb_call *call) {
    const wb_convolution *convolution = call->attributes;
    wb_space space = wb_space_of(call, convolution->axes, convolution->data_format);
    bool transposed = convolution->kind == WB_CONVOLUTION_TRANSPOSED;
    const wb_dimension *shape = transposed ? call->inputs[0].shape : wb_output_at(call, 0)->shape;
    int64_t factors[WB_MAX_AXES + 2] = {shape[0].cost};
    for (int axis = 0; axis < space.axes; axis++) {
        factors[axis + 1] = shape[space.first + axis].cost;
    }
    int n_kernels = convolution->kind == WB_CONVOLUTION_SEPARABLE ? 2 : 1;
    for (int kernel = 0; kernel < n_kernels; kernel++) {
        factors[space.axes + 1] = wb_weight_elements(call, kernel);
        wb_add_macs(call, factors, (size_t)space.axes + 2);
    }
}

/* Beside the input, of a separable one what goes from its first half to its second. */
static void keeps(const wb_call *call) {
    const wb_convolution *convolution = call->attributes;
    wb_keep_factor(call, 0);
    if (convolution->kind == WB_CONVOLUTION_SEPARABLE && wb_trains(call)) {
        wb_space space = wb_space_of(call, convolution->axes, convolution->data_format);
        const wb_tensor *output = wb_output_at(call, 0);
        wb_keep_inside(call,
                       (int64_t[]){output->shape[0].cost, wb_elements(output, space.first, space.first + space.axes),
                                   call->inputs[0].shape[space.channels].cost, convolution->depth_multiplier},
                       4);
    }
    wb_keep_function(call, convolution->keeps);
}

/* Each channel by itself is no matrix. */
static enum wb_division division(const wb_call *call) {
    const wb_convolution *convolution = call->attributes;
    return convolution->kind == WB_CONVOLUTION_DEPTHWISE ? WB_AS_INPUTS : WB_ALTERNATES;
}

const wb_operator wb_convolution_operator = {.name = "convolution",
                                             .attributes_size = sizeof(wb_convolution),
                                             .attributes = attributes,
                                             .shapes = shapes,
                                             .weights = weights,
                                             .costs = costs,
                                             .not_counted = "bias, activation",
                                             .keeps = keeps,
                                             .division = division};
