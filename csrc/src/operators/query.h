/* Query, value and key among a node's inputs, in Keras's order: the value defaults to the query, the key to the value.
 */
#ifndef WB_QUERY_H
#define WB_QUERY_H

#include "../operator.h"

static inline const wb_tensor *wb_query(const wb_call *call) { return &call->inputs[0]; }

static inline int32_t wb_value_operand(const wb_call *call) { return call->n_inputs > 1 ? 1 : 0; }

static inline int32_t wb_key_operand(const wb_call *call) { return call->n_inputs > 2 ? 2 : wb_value_operand(call); }

/* An error where a dimension of this input is known to be another than one of the inputs before it. */
static inline bool wb_require_same(wb_call *call, int32_t operand, wb_dimension got, wb_dimension expected) {
    return !wb_differ(got, expected) || wb_fail_input(call, WB_ERROR_SHAPES_DIFFER, operand, got.size, expected.size);
}

#endif
