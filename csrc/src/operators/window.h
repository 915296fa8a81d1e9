/* A window that slides over axes of space: what convolutions and poolings share. */
#ifndef WB_WINDOW_H
#define WB_WINDOW_H

#include "../operator.h"

typedef struct wb_window {
    int64_t size[WB_MAX_AXES];
    int64_t strides[WB_MAX_AXES];
    int64_t dilation[WB_MAX_AXES];
    int64_t padding_mode;
    int64_t padding[2 * WB_MAX_AXES];
    bool ceil_mode;
    bool may_be_causal;
    int32_t axes;
} wb_window;

/* A window as an operator's attributes have it, WB_MAX_AXES numbers each; of `padding` two for each axis. */
wb_window wb_window_of(int64_t axes, const int64_t *size, const int64_t *strides, const int64_t *dilation,
                       int64_t padding_mode, const int64_t *padding);

/* Where the attributes of a window stand in an operator's struct. */
typedef struct wb_window_fields {
    int32_t size;
    int32_t strides;
    int32_t dilation;
    int32_t padding;
} wb_window_fields;

/* Sizes, strides and dilation of at least 1, padding of at least 0; causal only where it may be, on one axis. */
bool wb_check_window(wb_call *call, const wb_window *window, wb_window_fields fields);

/* How far a window reaches: dilation * (size - 1) + 1. */
bool wb_window_extent(const wb_window *window, int axis, int64_t *extent);

/* The number of places of the window on an axis of space; an error where it is larger than the padded input. In
 * ceil mode the last window may reach over the end by less than a stride, as PyTorch has it. */
bool wb_slide(wb_call *call, const wb_window *window, int axis, wb_dimension in, wb_dimension *out);

/* The zeros, or what stands for them, on one side of an axis: 0 before and 1 after it. Of `same` padding that a
 * stride makes depend on the input, what it is at stride 1. */
int64_t wb_window_padding(const wb_window *window, int axis, int side, int64_t extent);

/* The other way round: the size (in - 1) * stride + `rest`, over which a window had `in` places. */
bool wb_slide_back(wb_call *call, int64_t stride, int64_t rest, wb_dimension in, wb_dimension *out);

#endif
