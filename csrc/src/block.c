/* Blocks: layers that repeat, stand in copies, or make up one row together. */
#include <string.h>

#include "cost.h"
#include "evaluation.h"

static bool check_attributes(wb_call *call) {
    const wb_block *block = call->attributes;
    if (!wb_require_between(call, WB_FIELD(wb_block, row), block->row, 0, WB_ROW_LAYER)) {
        return false;
    }
    bool right = wb_require_at_least(call, WB_FIELD(wb_block, repeat), block->repeat, 1);
    bool some = wb_require_at_least(call, WB_FIELD(wb_block, copies), block->copies, 1);
    if (some && block->active != WB_ABSENT) {
        right = wb_require_at_least(call, WB_FIELD(wb_block, active), block->active, 1) &&
                wb_require_at_most(call, WB_FIELD(wb_block, active), block->active, block->copies) && right;
    }
    return right && some;
}

static int64_t active_of(const wb_block *block) { return block->active == WB_ABSENT ? block->copies : block->active; }

/* How often the weights stand around, and how often the content runs. */
static bool multiply_frame(wb_frame *frame, const wb_frame *around, const wb_block *block) {
    int64_t own = block->share_weights ? 1 : block->repeat;
    int64_t sets, runs;
    return wb_multiply(own, block->copies, &sets) && wb_multiply(block->repeat, active_of(block), &runs) &&
           wb_multiply(around->sets, sets, &frame->sets) && wb_multiply(around->runs, runs, &frame->runs);
}

/* One step of time of an input, and how many steps it has. */
static bool output_step(wb_call *call, int32_t operand, wb_frame *frame) {
    const wb_tensor *input = &call->inputs[operand];
    if (!wb_require_least_rank(call, operand, 3)) {
        return false;
    }
    call->dtype = input->dtype;
    wb_dimension *shape = wb_output(call, input->rank - 1);
    if (shape == NULL) {
        return false;
    }
    shape[0] = input->shape[0];
    memcpy(shape + 1, input->shape + 2, sizeof *shape * (size_t)(input->rank - 2));
    if (operand == 0) {
        frame->steps = input->shape[1];
    }
    return true;
}

/* The tensors that the content sees. */
static bool output_inputs(wb_call *call, wb_frame *frame) {
    for (int32_t i = 0; i < call->n_inputs; i++) {
        call->dtype = call->inputs[i].dtype;
        bool made =
            frame->block->time_distributed ? output_step(call, i, frame) : wb_output_like(call, &call->inputs[i]);
        if (!made) {
            return false;
        }
    }
    return true;
}

bool wb_open_block(wb_call *call) {
    wb_evaluation *evaluation = call->evaluation;
    wb_frame *around = evaluation->frame;
    if (around - evaluation->result->storage->frames >= WB_MAX_NESTING) {
        evaluation->too_deep = true;
        return false;
    }
    wb_frame *frame = around + 1;
    const wb_block *block = call->attributes;
    *frame = (wb_frame){.node = call->index,
                        .trainable = call->trainable,
                        .hidden = around->hidden || block->row != WB_ROW_CONTAINER,
                        .weight_dtype = (int8_t)call->weight_dtype,
                        .compute_dtype = (int8_t)call->dtype,
                        .block = block,
                        .sets = 1,
                        .runs = 1,
                        .steps = wb_known(1)};
    bool right = check_attributes(call) && wb_require_fit(call, multiply_frame(frame, around, block));
    if (call->row->n_outputs >= 0) {
        right = output_inputs(call, frame) && right;
    }
    frame->faulty = !right || call->row->n_outputs < 0;
    call->row->n_outputs = call->row->n_outputs >= 0 && right ? call->n_inputs : -1;
    call->row->first_inner = call->row->first_tensor;
    evaluation->frame = frame;
    return right;
}

/* Another round would cost something else than the first one did. */
static bool costs_differ(wb_dimension a, wb_dimension b) { return a.cost != b.cost && (a.cost >= 0 || b.cost >= 0); }

/* The dimension that a cost is unknown for, where a size differs from one round to the next. */
static int64_t unknown_of(wb_dimension out, wb_dimension in) {
    if (out.cost < 0) {
        return out.cost;
    }
    return in.cost < 0 ? in.cost : WB_UNKNOWN; /* the batch is known in costs: it grows */
}

/* A cost that differs from round to round is unknown; a block with rows within says so of itself. */
static void forget(wb_evaluation *evaluation, const wb_frame *frame, enum wb_figure figure, int64_t *cost,
                   int64_t cause) {
    if (*cost < 0) {
        return;
    }
    *cost = cause;
    if (!frame->hidden) {
        wb_warn(evaluation, frame->node, figure, cause);
    }
}

static void forget_costs(wb_evaluation *evaluation, wb_frame *frame, int64_t cause) {
    if (frame->sums.multiplies) {
        forget(evaluation, frame, WB_MACS, &frame->sums.macs, cause);
    }
    forget(evaluation, frame, WB_ACTIVATIONS, &frame->sums.activations, cause);
}

/* May the outputs go in again? `call` is the WB_END's, whose inputs they are. */
static bool check_round(wb_call *call, wb_frame *frame) {
    const wb_result *result = call->evaluation->result;
    const wb_row *row = &result->rows[frame->node];
    if (frame->block->repeat == 1) {
        return true;
    }
    if (call->n_inputs > row->n_outputs) {
        return wb_fail(call, WB_ERROR_REPEAT_OUTPUTS, WB_NO_FIELD, call->n_inputs, row->n_outputs);
    }
    for (int32_t k = 0; k < call->n_inputs; k++) {
        const wb_tensor *out = &call->inputs[k];
        const wb_tensor *in = &result->tensors[row->first_inner + k];
        if (out->rank != in->rank) {
            return wb_fail_input(call, WB_ERROR_REPEAT_RANK, k, out->rank, in->rank);
        }
        for (int axis = 0; axis < out->rank; axis++) {
            if (wb_differ(out->shape[axis], in->shape[axis])) {
                return wb_fail_input(call, WB_ERROR_REPEAT_SHAPE, k, out->shape[axis].size, in->shape[axis].size);
            }
            if (costs_differ(out->shape[axis], in->shape[axis])) {
                forget_costs(call->evaluation, frame, unknown_of(out->shape[axis], in->shape[axis]));
            }
        }
    }
    return true;
}

/* An output of one step, with the axis of time put back. */
static bool output_sequence(wb_call *call, int32_t operand, wb_dimension steps) {
    const wb_tensor *step = &call->inputs[operand];
    if (!wb_require_least_rank(call, operand, 1)) {
        return false;
    }
    wb_dimension *shape = wb_output(call, (int64_t)step->rank + 1);
    if (shape == NULL) {
        return false;
    }
    shape[0] = step->shape[0];
    shape[1] = steps;
    memcpy(shape + 2, step->shape + 1, sizeof *shape * (size_t)(step->rank - 1));
    return true;
}

/* A layer of several nodes gives what it computes in itself, whatever the nodes do; a container what they give. */
static int32_t dtype_of(const wb_tensor *output, const wb_frame *frame) {
    bool is_container = frame->block->row == WB_ROW_CONTAINER;
    return is_container || !wb_is_floating(output->dtype) ? output->dtype : frame->compute_dtype;
}

static bool output_results(const wb_call *end, wb_call *call, const wb_frame *frame) {
    call->inputs = end->inputs;
    for (int32_t k = 0; k < end->n_inputs; k++) {
        call->dtype = dtype_of(&end->inputs[k], frame);
        bool made = frame->block->time_distributed ? output_sequence(call, k, frame->steps)
                                                   : wb_output_like(call, &end->inputs[k]);
        if (!made) {
            return false;
        }
    }
    return true;
}

/* All rounds of the block, of one set of what stands around it. */
static bool multiply_sums(wb_call *call, const wb_frame *frame, wb_sums *sums) {
    const wb_block *block = frame->block;
    int64_t own = block->share_weights ? 1 : block->repeat;
    *sums = frame->sums;
    const int64_t rounds[] = {frame->steps.cost, block->repeat, active_of(block)};
    int64_t times = wb_cost_product(rounds, 3);
    sums->macs = wb_cost_multiply(sums->macs, times);
    sums->activations = block->row == WB_ROW_LAYER ? wb_output_elements(call->evaluation->result, call->row)
                                                   : wb_cost_multiply(sums->activations, times);
    sums->bytes = wb_cost_product((int64_t[]){sums->bytes, own, block->copies}, 3);
    bool fits = wb_product((int64_t[]){sums->active, own, active_of(block)}, 3, &sums->active) &&
                wb_product((int64_t[]){sums->parameters, own, block->copies}, 3, &sums->parameters) &&
                wb_product((int64_t[]){sums->trainable, own, block->copies}, 3, &sums->trainable) &&
                wb_product((int64_t[]){sums->buffers, own, block->copies}, 3, &sums->buffers);
    return wb_require_fit(call, fits);
}

static void warn_of_overflow(wb_call *call, const wb_frame *frame, const wb_sums *sums) {
    if (sums->macs == WB_OVERFLOWN && frame->sums.macs >= 0) {
        wb_warn(call->evaluation, call->index, WB_MACS, WB_OVERFLOWN);
    }
    if (sums->activations == WB_OVERFLOWN && frame->sums.activations >= 0) {
        wb_warn(call->evaluation, call->index, WB_ACTIVATIONS, WB_OVERFLOWN);
    }
}

void wb_close_block(wb_call *end) {
    wb_evaluation *evaluation = end->evaluation;
    wb_result *result = evaluation->result;
    wb_frame *frame = evaluation->frame;
    if (frame == result->storage->frames) {
        (void)wb_fail(end, WB_ERROR_GRAPH, WB_NO_FIELD, 0, 0);
        return;
    }
    bool right = end->row->n_outputs >= 0 && !frame->faulty && check_round(end, frame);
    evaluation->frame = frame - 1;

    wb_call call = *end;
    call.index = frame->node;
    call.row = &result->rows[frame->node];
    call.row->n_weights = result->n_weights - call.row->first_weight;
    call.row->first_tensor = result->n_tensors;
    call.row->n_outputs = 0;
    wb_sums sums;
    if (right && output_results(end, &call, frame) && multiply_sums(&call, frame, &sums)) {
        warn_of_overflow(&call, frame, &sums);
        wb_add_row(&call, &sums, frame->block->row == WB_ROW_CONTAINER);
    } else {
        call.row->n_outputs = -1;
    }
}
