/* What attention keeps when tokens come one by one: keys and values of those that it has seen. */
#ifndef WB_CACHE_H
#define WB_CACHE_H

#include "operator.h"

/* Do two operands of the node refer to one tensor? */
bool wb_is_same_input(const wb_call *call, int32_t a, int32_t b);

/* Tokens of the sequence itself, of which no more than `window` are seen (WB_ABSENT: all are). */
int64_t wb_context(const wb_call *call, int64_t window);

/* Keeps so many elements, a product, in each run of the node. */
void wb_cache_elements(const wb_call *call, const int64_t *factors, size_t n);

#endif
