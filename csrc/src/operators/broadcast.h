/* How shapes meet in an elementwise operation. */
#ifndef WB_BROADCAST_H
#define WB_BROADCAST_H

#include "../operator.h"

/* The dimension that two make together, as Keras's merge layers have it: an unknown one makes it unknown, but a name
 * that meets itself stays. False where they do not fit. */
bool wb_merge_dimensions(wb_dimension a, wb_dimension b, wb_dimension *merged);

#endif
