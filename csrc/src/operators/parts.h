/* Channels and sizes that are split into equal parts. */
#ifndef WB_PARTS_H
#define WB_PARTS_H

#include "../operator.h"

/* One part of a size of the first input; an error where the parts are not whole. */
bool wb_divide(wb_call *call, wb_dimension in, int64_t parts, wb_dimension *part);

#endif
