/* Query, value and key among a node's inputs, in Keras's order: the value defaults to the query, the key to the value.
 */
#ifndef WB_QUERY_H
#define WB_QUERY_H

#include "../operator.h"

static inline const wb_tensor *wb_query(const wb_call *call) { return &call->inputs[0]; }

static inline int32_t wb_value_operand(const wb_call *call) { return call->n_inputs > 1 ? 1 : 0; }

static inline int32_t wb_key_operand(const wb_call *call) { return call->n_inputs > 2 ? 2 : wb_value_operand(call); }

#endif
