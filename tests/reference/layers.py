"""One small function a layer: the shapes it makes, the weights it owns, the macs it costs.

Each takes the layer with its defaults filled in and the shapes of its inputs. Weights have Keras's
names and order. Only convolutions, matrix products, recurrent cells and attention have
multiply-accumulates; biases, normalization, elementwise work and look-ups have none.
"""

import math
from collections.abc import Callable
from typing import Any

from tests.reference import operations
from tests.reference.attention import (
    bare_attention,
    group_query_attention,
    multi_head_attention,
    transformer,
)
from tests.reference.dense import (
    bilinear,
    dense,
    einsum_dense,
    embedding,
    reversible_embedding,
)
from tests.reference.features import (
    encoding,
    glu,
    mel_spectrogram,
    prelu,
    stft_spectrogram,
    text_vectorization,
)
from tests.reference.made import Layer, Made, Weight
from tests.reference.normalization import (
    batch_normalization,
    group_normalization,
    layer_normalization,
    normalization,
    rms_normalization,
    unit_normalization,
)
from tests.reference.recurrent import cell, recurrent
from tests.reference.refusal import Refusal
from tests.reference.shape import (
    UNKNOWN,
    Shape,
    Size,
    axis_of,
    computed,
    elements,
    known,
    number,
    rank,
    rank_at_least,
    times,
)


def _bias(layer: Layer, *shape: int) -> list[Weight]:
    return [Weight("bias", shape)] if layer["use_bias"] else []


# Windows: convolution and pooling


def convolution(layer: Layer, inputs: list[Shape]) -> Made:
    """kernel [*kernel_size, in / groups, filters]; it is applied once for each output position."""
    space = _space(layer)
    batch, places, channels = _split(layer, inputs[0], space)
    features, filters, groups = number(channels, "channels"), layer["filters"], layer["groups"]
    if features % groups:
        raise Refusal("shape_mismatch", f"{groups} groups of {features} channels")
    kernel = _each(layer["kernel_size"], space)
    dilation = _each(layer["dilation_rate"], space)
    reach = [step * (width - 1) + 1 for step, width in zip(dilation, kernel, strict=True)]
    places = _windows(places, reach, _each(layer["strides"], space), layer["padding"])
    weights = [Weight("kernel", (*kernel, features // groups, filters)), *_bias(layer, filters)]
    macs = times(elements((batch, *places)), *kernel, features // groups, filters)
    return Made([_join(layer, batch, places, known(filters))], weights, macs)


def pooling(layer: Layer, inputs: list[Shape]) -> Made:
    """A window over the axes of space; it strides by its own size unless told otherwise."""
    space = _space(layer)
    batch, places, channels = _split(layer, inputs[0], space)
    window = _each(layer["pool_size"], space)
    strides = window if layer["strides"] is None else _each(layer["strides"], space)
    places = _windows(places, window, strides, layer["padding"])
    return Made([_join(layer, batch, places, channels)], [])


def global_pooling(layer: Layer, inputs: list[Shape]) -> Made:
    """All axes of space become one number, kept as axes of size 1 with `keepdims`."""
    batch, places, channels = _split(layer, inputs[0], _space(layer))
    kept = [known(1)] * len(places) if layer["keepdims"] else []
    return Made([_join(layer, batch, kept, channels)], [])


def _space(layer: Layer) -> int:
    return int(layer["type"][-2])


def _each(value: int | list[int], axes: int) -> list[int]:
    return value if isinstance(value, list) else [value] * axes


def _split(layer: Layer, shape: Shape, space: int) -> tuple[Size, list[Size], Size]:
    """Batch, the axes of space, and channels, wherever `data_format` has them."""
    rank(shape, space + 2)
    if layer["data_format"] == "channels_first":
        return shape[0], list(shape[2:]), shape[1]
    return shape[0], list(shape[1:-1]), shape[-1]


def _join(layer: Layer, batch: Size, places: list[Size], channels: Size) -> Shape:
    if layer["data_format"] == "channels_first":
        return (batch, channels, *places)
    return (batch, *places, channels)


def _windows(places: list[Size], reach: list[int], strides: list[int], padding: Any) -> list[Size]:
    if padding in ("same", "causal"):
        return [_spread(size, stride) for size, stride in zip(places, strides, strict=True)]
    pads = _pads(padding, len(places))
    return [_window(*each) for each in zip(places, reach, strides, pads, strict=True)]


def _spread(size: Size, stride: int) -> Size:
    """As many windows as strides begin within the size."""
    return size if stride == 1 else computed([size], lambda n: -(-n // stride))


def _window(size: Size, reach: int, stride: int, pad: int) -> Size:
    """floor((n + pad - reach) / stride) + 1: how often a window fits; it must fit once."""
    if stride == 1 and pad == reach - 1:
        return size
    if isinstance(size.shown, int) and size.shown + pad < reach:
        raise Refusal("shape_mismatch", f"a window of {reach} on {size.shown} + {pad}")
    return computed([size], lambda n: (n + pad - reach) // stride + 1 if n + pad >= reach else -1)


def _pads(padding: Any, axes: int) -> list[int]:
    """Zeros put before and after each axis, together."""
    if padding == "valid":
        return [0] * axes
    sides = padding if isinstance(padding, list) else [padding] * axes
    return [sum(side) if isinstance(side, list) else 2 * side for side in sides]


# Look-ups


# Shapes


def flatten(layer: Layer, inputs: list[Shape]) -> Made:
    """All but the batch in one axis; a tensor of the batch alone gets an axis of size 1."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    return Made([(shape[0], _product(shape[1:]))], [])


def _product(sizes: Shape) -> Size:
    """The product; one size among axes of size 1 is left as it is, a name too."""
    long = [size for size in sizes if size.shown != 1]
    return long[0] if len(long) == 1 else computed(long, lambda *each: math.prod(each))


def reshape(layer: Layer, inputs: list[Shape]) -> Made:
    """`target_shape` behind the batch; -1 stands for what is left over."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    target = layer["target_shape"]
    fixed = math.prod(size for size in target if size != -1)
    if all(isinstance(size.shown, int) for size in shape[1:]):
        total = math.prod(number(size, "") for size in shape[1:])
        if total % fixed or (-1 not in target and total != fixed):
            raise Refusal("shape_mismatch", f"{total} elements to {target}")
        rest = known(total // fixed)
    else:
        rest = _left_over(shape[1:], fixed)
    return Made([(shape[0], *(rest if size == -1 else known(size) for size in target))], [])


def _left_over(sizes: Shape, fixed: int) -> Size:
    """What is left where some sizes are unknown: one of them, if all else is in `fixed`."""
    unknown = [size for size in sizes if not isinstance(size.shown, int)]
    others = math.prod(size.shown for size in sizes if isinstance(size.shown, int))
    if len(unknown) == 1 and others == fixed:
        return unknown[0]
    cost = elements(sizes)
    return UNKNOWN if cost is None or cost % fixed else Size(None, cost // fixed)


def elementwise(layer: Layer, inputs: list[Shape]) -> Made:
    """The shape goes through unchanged."""
    return Made([inputs[0]], [])


# Merges


def merge(layer: Layer, inputs: list[Shape]) -> Made:
    """Broadcasting behind the batch, which must agree; Keras's rules where a size is unknown."""
    for shape in inputs:
        rank_at_least(shape, 1)
    merged = inputs[0]
    for shape in inputs[1:]:
        merged = (_same_batch(merged[0], shape[0]), *_broadcast(merged[1:], shape[1:]))
    return Made([merged], [])


def _same_batch(one: Size, other: Size) -> Size:
    """The batch that is a number, if either is; two numbers must be one."""
    if one == other:
        return one
    if isinstance(one.shown, int) and isinstance(other.shown, int):
        raise Refusal("shape_mismatch", f"batches of {one.shown} and {other.shown}")
    for batch in (one, other):
        if isinstance(batch.shown, int):
            return batch
    return Size(None, _broadcast_cost(one, other))


def _broadcast(one: Shape, other: Shape) -> Shape:
    if len(one) < len(other):
        one, other = other, one
    lead = len(one) - len(other)
    return (*one[:lead], *map(_stretched, one[lead:], other))


def _stretched(one: Size, other: Size) -> Size:
    """A size of 1 stretches; an unknown beside anything but itself is unknown."""
    if one == other:
        return one
    if not isinstance(one.shown, int) or not isinstance(other.shown, int):
        return Size(None, _broadcast_cost(one, other))
    if one.shown == 1 or other.shown == 1:
        return other if one.shown == 1 else one
    raise Refusal("shape_mismatch", f"{one.shown} and {other.shown}")


def _broadcast_cost(one: Size, other: Size) -> int | None:
    if one.cost is None or other.cost is None:
        return None
    if one.cost == other.cost or 1 in (one.cost, other.cost):
        return max(one.cost, other.cost)
    return None


def concatenate(layer: Layer, inputs: list[Shape]) -> Made:
    """Sizes add up along `axis`; elsewhere the first input's stand, and numbers must agree."""
    first = inputs[0]
    axis = axis_of(layer["axis"], first)
    for shape in inputs[1:]:
        rank(shape, len(first))
    return Made([tuple(_beside([s[i] for s in inputs], i == axis) for i in range(len(first)))], [])


def _beside(sizes: list[Size], adding: bool) -> Size:
    if len(sizes) == 1:
        return sizes[0]
    if adding:
        return computed(sizes, lambda *parts: sum(parts))
    if len({size.shown for size in sizes if isinstance(size.shown, int)}) > 1:
        raise Refusal("shape_mismatch", "sizes that differ")
    if not isinstance(sizes[0].shown, int) and any(size != sizes[0] for size in sizes):
        return Size(None, sizes[0].cost)  # Keras's None stays None beside anything
    return sizes[0]


ELEMENTWISE = (
    *("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Identity", "Masking"),
    *("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization"),
)

MAKERS: dict[str, Callable[[Layer, list[Shape]], Made]] = {
    "Dense": dense,
    "EinsumDense": einsum_dense,
    "Bilinear": bilinear,
    **{f"Conv{space}D": convolution for space in (1, 2, 3)},
    **{f"{kind}Pooling{space}D": pooling for kind in ("Max", "Average") for space in (1, 2, 3)},
    **{
        f"Global{kind}Pooling{space}D": global_pooling
        for kind in ("Max", "Average")
        for space in (1, 2, 3)
    },
    **dict.fromkeys(("SimpleRNN", "GRU", "LSTM"), recurrent),
    **dict.fromkeys(("SimpleRNNCell", "GRUCell", "LSTMCell"), cell),
    "Embedding": embedding,
    "ReversibleEmbedding": reversible_embedding,
    **dict.fromkeys(("CategoryEncoding", "Discretization", "Hashing", "StringLookup"), encoding),
    "TextVectorization": text_vectorization,
    "PReLU": prelu,
    "GLU": glu,
    "MelSpectrogram": mel_spectrogram,
    "STFTSpectrogram": stft_spectrogram,
    "BatchNormalization": batch_normalization,
    "GroupNormalization": group_normalization,
    "Normalization": normalization,
    "UnitNormalization": unit_normalization,
    "LocalResponseNorm": elementwise,
    "LayerNormalization": layer_normalization,
    "RMSNormalization": rms_normalization,
    "MultiHeadAttention": multi_head_attention,
    "GroupQueryAttention": group_query_attention,
    **dict.fromkeys(("Attention", "AdditiveAttention"), bare_attention),
    **dict.fromkeys(
        (
            "TransformerEncoderLayer",
            "TransformerDecoderLayer",
            "TransformerEncoder",
            "TransformerDecoder",
            "Transformer",
        ),
        transformer,
    ),
    "Flatten": flatten,
    "Reshape": reshape,
    **dict.fromkeys(ELEMENTWISE, elementwise),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), merge),
    "Concatenate": concatenate,
    **operations.MAKERS,
}

MOST_INPUTS = {
    **dict.fromkeys(
        ("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"), 3
    ),
    **dict.fromkeys(
        ("SimpleRNN", "GRU", "LSTM", "SimpleRNNCell", "GRUCell", "LSTMCell", "RNN"), None
    ),
    **dict.fromkeys(
        ("TransformerDecoderLayer", "TransformerDecoder", "Transformer", "StackedRNNCells"), None
    ),
    "Bilinear": 2,
    "Subtract": 2,
    **dict.fromkeys(("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")),
    "Block": None,
    "Reuse": None,
    **operations.MOST_INPUTS,
}
"""How many inputs a layer takes at most, where it is not one; None is any number."""
