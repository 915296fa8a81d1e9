/* All operators there are: number and name. The record of `dense` is wb_dense_operator in dense.c. */
#ifndef WB_OPERATORS_H
#define WB_OPERATORS_H

#include "../operator.h"

#define WB_OPERATORS(X)                    \
    X(WB_INPUT, input)                     \
    X(WB_BLOCK, block)                     \
    X(WB_END, end)                         \
    X(WB_MISSING, missing)                 \
    X(WB_ATTENTION, attention)             \
    X(WB_CONCATENATION, concatenation)     \
    X(WB_CONVOLUTION, convolution)         \
    X(WB_DENSE, dense)                     \
    X(WB_ELEMENTWISE, elementwise)         \
    X(WB_EMBEDDING, embedding)             \
    X(WB_FLATTEN, flatten)                 \
    X(WB_IDENTITY, identity)               \
    X(WB_NORMALIZATION, normalization)     \
    X(WB_POOLING, pooling)                 \
    X(WB_RECURRENT, recurrent)             \
    X(WB_RESHAPE, reshape)                 \
    X(WB_CONV_LSTM, conv_lstm)             \
    X(WB_FOLDING, folding)                 \
    X(WB_PADDING, padding)                 \
    X(WB_RESIZING, resizing)               \
    X(WB_SHUFFLE, shuffle)                 \
    X(WB_BARE_ATTENTION, bare_attention)   \
    X(WB_SPECTRAL, spectral)               \
    X(WB_TRANSFORMER, transformer)         \
    X(WB_ARANGE, arange)                   \
    X(WB_BROADCAST_TO, broadcast_to)       \
    X(WB_DOT, dot)                         \
    X(WB_INSERTION, insertion)             \
    X(WB_MATMUL, matmul)                   \
    X(WB_PAD, pad)                         \
    X(WB_PARAMETER, parameter)             \
    X(WB_REDUCTION, reduction)             \
    X(WB_REPEAT, repeat)                   \
    X(WB_SLICE, slice)                     \
    X(WB_SPLIT, split)                     \
    X(WB_SQUEEZE, squeeze)                 \
    X(WB_SUBSCRIPT, subscript)             \
    X(WB_TAKE, take)                       \
    X(WB_TAKE_ALONG_AXIS, take_along_axis) \
    X(WB_TILE, tile)                       \
    X(WB_TOP_K, top_k)                     \
    X(WB_TRANSPOSE, transpose)             \
    X(WB_EINSUM, einsum)                   \
    X(WB_SLOPE, slope)                     \
    X(WB_GATE, gate)                       \
    X(WB_ENCODING, encoding)               \
    X(WB_SPECTROGRAM, spectrogram)         \
    X(WB_FOURIER, fourier)                 \
    X(WB_FACTORIZATION, factorization)     \
    X(WB_ADAPTIVE_SOFTMAX, adaptive_softmax)

#define WB_DECLARE(id, name) extern const wb_operator wb_##name##_operator;
WB_OPERATORS(WB_DECLARE)
#undef WB_DECLARE

#endif
