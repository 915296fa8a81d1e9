/* What stands beyond the edge of an input where it is padded. */
#ifndef WB_BORDER_H
#define WB_BORDER_H

#include "../operator.h"

/* May an axis of this size be padded by so much on one side? What is reflected or wrapped round must be there
 * (PyTorch); zeros and repeated edges always are. */
bool wb_check_border(wb_call *call, int64_t border, int64_t padding, wb_dimension in);

#endif
