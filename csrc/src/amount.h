/* Amounts of memory: elements as wide as what is computed, and bytes. Members are costs, whose unknown values carry on.
 */
#ifndef WB_AMOUNT_H
#define WB_AMOUNT_H

#include <stdbool.h>

#include "weighbridge.h"

void wb_amount_add(wb_amount *all, wb_amount more);
wb_amount wb_amount_times(wb_amount amount, int64_t factor);

/* Less of what was added before. */
void wb_amount_take(wb_amount *all, wb_amount less);

bool wb_amount_is_nothing(wb_amount amount);

wb_amount wb_amount_of_elements(int64_t elements, bool divided);
wb_amount wb_amount_of_bytes(int64_t bytes, bool divided);

/* A tensor's: floating ones are as wide as the computation, all others as they are. */
wb_amount wb_amount_of(const wb_tensor *tensor, bool divided);

/* What a device has of it, one of `parts` that have a share each of what is divided; unknown where any of it is. */
int64_t wb_amount_bytes(wb_amount amount, int64_t width, int64_t parts);

#endif
