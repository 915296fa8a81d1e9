/* Tensors with axes of space between the batch and the channels, or behind both. */
#ifndef WB_SPACE_H
#define WB_SPACE_H

#include "../operator.h"

typedef struct wb_space {
    int32_t axes;     /* of space */
    int32_t first;    /* the first of them */
    int32_t channels; /* the axis of the channels */
} wb_space;

/* Where the axes are in an input of rank `axes` + 2. */
static inline wb_space wb_space_of(const wb_call *call, int64_t axes, int64_t data_format) {
    int64_t format = data_format == WB_DATA_FORMAT_DEFAULT ? call->graph->channels_first : data_format;
    bool first = format == WB_DATA_FORMAT_CHANNELS_FIRST;
    return (wb_space){(int32_t)axes, first ? 2 : 1, first ? 1 : (int32_t)axes + 1};
}

#endif
