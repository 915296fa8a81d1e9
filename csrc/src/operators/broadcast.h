/* How shapes meet in an elementwise operation. */
#ifndef WB_BROADCAST_H
#define WB_BROADCAST_H

#include "../operator.h"

/* The dimension that two make together, as Keras's merge layers have it: an unknown one makes it unknown, but a name
 * that meets itself stays. False where they do not fit. */
bool wb_merge_dimensions(wb_dimension a, wb_dimension b, wb_dimension *merged);

/* The same as Keras's operations have it: 1 gives way to anything, and an unknown one to any other number.
 * False, and nothing written, where they do not fit. */
bool wb_broadcast_dimensions(wb_dimension a, wb_dimension b, wb_dimension *together);

/* Broadcasts `n` dimensions into the last ones of `shape`, which has `rank` and at least as many. False where they do
 * not fit, with the axis of `other` in `*at`. */
bool wb_broadcast_into(wb_dimension *shape, int32_t rank, const wb_dimension *other, int32_t n, int32_t *at);

/* What all inputs have at one axis, where none is stretched: the first's size, as in Keras, but no name beside another
 * size. */
bool wb_share_axis(wb_call *call, int32_t axis, wb_dimension *shared);

#endif
