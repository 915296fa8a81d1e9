/* Lists of axes, as attributes give them. */
#ifndef WB_AXES_H
#define WB_AXES_H

#include "../operator.h"

/* The axes in the order given, counted from the front of `rank`, none twice: room for `rank` of them. */
bool wb_require_axes(wb_call *call, int32_t field, const int64_t *axes, int64_t n, int64_t rank, int32_t *from_front);

/* The same as a mark for each axis; all of them where there is no list. */
bool wb_mark_axes(wb_call *call, int32_t field, int64_t form, int64_t rank, bool *marked);

#endif
