/* Tensors with axes of space between the batch and the channels, or behind both. */
#ifndef WB_SPACE_H
#define WB_SPACE_H

#include "../operator.h"

typedef struct wb_space {
    int32_t axes;     /* of space */
    int32_t first;    /* the first of them */
    int32_t channels; /* the axis of the channels */
} wb_space;

/* Where the axes are in an input of this rank, whatever stands before them. */
static inline wb_space wb_space_in(const wb_call *call, int64_t rank, int64_t axes, int64_t data_format) {
    int64_t format = data_format == WB_DATA_FORMAT_DEFAULT ? call->graph->channels_first : data_format;
    bool channels_first = format == WB_DATA_FORMAT_CHANNELS_FIRST;
    int32_t first = (int32_t)(rank - axes - !channels_first);
    return (wb_space){(int32_t)axes, first, channels_first ? first - 1 : (int32_t)rank - 1};
}

/* Where they are behind the batch alone. */
static inline wb_space wb_space_of(const wb_call *call, int64_t axes, int64_t data_format) {
    return wb_space_in(call, axes + 2, axes, data_format);
}

#endif
