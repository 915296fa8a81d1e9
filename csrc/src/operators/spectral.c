/* What spectral normalization keeps beside the kernel of the layer that it wraps. */
#include "../evaluation.h"
#include "operators.h"

static bool attributes(wb_call *call) {
    const wb_spectral *spectral = call->attributes;
    return wb_require_at_least(call, WB_FIELD(wb_spectral, power_iterations), spectral->power_iterations, 1);
}

static bool shapes(wb_call *call) { return wb_require_inputs(call, 1, 1) && wb_output_like(call, &call->inputs[0]); }

/* The kernel among the weights that the wrapper has so far, NULL where there is none. */
static const wb_weight *find_kernel(const wb_call *call) {
    const wb_result *result = call->evaluation->result;
    int32_t wrapper = call->row->parent;
    for (int64_t i = wrapper < 0 ? 0 : result->rows[wrapper].first_weight; i < result->n_weights; i++) {
        const wb_weight *weight = &result->weights[i];
        if (wb_is_kernel(weight)) {
            return weight;
        }
    }
    return NULL;
}

/* The vector of the node whose weights this one uses: its kernel is not here. NULL where that one has failed. */
static const wb_weight *shared_vector(const wb_call *call) {
    const wb_result *result = call->evaluation->result;
    const wb_row *owner = &result->rows[call->node->weights_of];
    return owner->n_weights > 0 ? &result->weights[owner->first_weight] : NULL;
}

static bool weights(wb_call *call) {
    const wb_weight *like = call->node->weights_of >= 0 ? shared_vector(call) : find_kernel(call);
    if (like == NULL || like->rank == 0) {
        return wb_fail(call, WB_ERROR_NO_KERNEL, WB_NO_FIELD, 0, 0);
    }
    call->weight_dtype = (uint8_t)like->dtype;
    int64_t columns = call->evaluation->result->sizes[like->first_size + like->rank - 1];
    return wb_own(call, "vector_u", WB_STATE, (int64_t[]){1, columns}, 2);
}

const wb_operator wb_spectral_operator = {.name = "spectral",
                                          .attributes_size = sizeof(wb_spectral),
                                          .attributes = attributes,
                                          .shapes = shapes,
                                          .weights = weights,
                                          .not_counted = "power iterations"};
