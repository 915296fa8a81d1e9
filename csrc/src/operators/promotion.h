/* The dtype that an operation gives. */
#ifndef WB_PROMOTION_H
#define WB_PROMOTION_H

#include "../operator.h"

/* The smallest dtype that both go into, as Keras and JAX promote: a floating one is before any integer. */
int32_t wb_promoted(int32_t a, int32_t b);

/* From now on outputs have the dtype that this rule (enum wb_result_dtype) makes of the inputs'. */
void wb_give_dtype(wb_call *call, int64_t result);

#endif
