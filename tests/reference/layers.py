"""One small function a layer: the shapes it makes, the weights it owns, the macs it costs.

Each takes the layer with its defaults filled in and the shapes of its inputs. Weights have Keras's
names and order. Only convolutions, matrix products, recurrent cells and attention have
multiply-accumulates; biases, normalization, elementwise work and look-ups have none.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.reference.refusal import Refusal, fits
from tests.reference.shape import (
    UNKNOWN,
    Shape,
    Size,
    axis_of,
    computed,
    elements,
    known,
    number,
    plus,
    rank,
    rank_at_least,
    times,
)

Layer = dict[str, Any]


@dataclass(frozen=True)
class Weight:
    """One tensor that a layer owns; a `buffer` is state that is kept and never learned."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    buffer: bool = False
    dtype: str = "float32"

    @property
    def parameters(self) -> int:
        return fits(math.prod(self.shape), self.name)


@dataclass(frozen=True)
class Made:
    """What became of a layer: the shapes of its outputs, its weights, its macs (or None)."""

    outputs: list[Shape]
    weights: list[Weight]
    macs: int | None = 0


def dense(layer: Layer, inputs: list[Shape]) -> Made:
    """kernel [in, units]; one product for each row of the input."""
    (shape,) = inputs
    rank_at_least(shape, 2)
    features, units = number(shape[-1], "features"), layer["units"]
    weights = [Weight("kernel", (features, units)), *_bias(layer, units)]
    return Made(
        [(*shape[:-1], known(units))], weights, times(elements(shape[:-1]), features, units)
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


# Recurrent layers

GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}
STATES = {"SimpleRNN": 1, "GRU": 1, "LSTM": 2}


def recurrent(layer: Layer, inputs: list[Shape]) -> Made:
    """kernel [in, gates x units], recurrent_kernel [units, gates x units]; both at every step."""
    (shape,) = inputs
    rank(shape, 3)
    batch, steps, features = shape[0], shape[1], number(shape[2], "features")
    units, width = layer["units"], GATES[layer["type"]] * layer["units"]
    bias = (2, width) if layer.get("reset_after") else (width,)
    weights = [
        Weight("kernel", (features, width)),
        Weight("recurrent_kernel", (units, width)),
        *_bias(layer, *bias),
    ]
    state = (batch, known(units))
    output = (batch, steps, known(units)) if layer["return_sequences"] else state
    states = [state] * STATES[layer["type"]] if layer["return_state"] else []
    macs = times(elements((batch, steps)), (features + units) * width)
    return Made([output, *states], weights, macs)


def merged(mode: str | None, output: Shape) -> list[Shape]:
    """What a Bidirectional makes of its directions: Keras takes both to be as the forward one."""
    if mode is None:
        return [output, output]
    if mode == "concat":
        return [(*output[:-1], computed([output[-1]], lambda units: 2 * units))]
    return [output]


# Look-ups and normalization


def embedding(layer: Layer, inputs: list[Shape]) -> Made:
    """embeddings [input_dim, output_dim]; every element becomes a row of it."""
    rows, width = layer["input_dim"], layer["output_dim"]
    return Made([(*inputs[0], known(width))], [Weight("embeddings", (rows, width))])


def batch_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """gamma and beta are learned, moving_mean and moving_variance are kept."""
    (shape,) = inputs
    width = (number(shape[axis_of(layer["axis"], shape)], "the normalized axis"),)
    kept = [Weight(f"moving_{what}", width, False, True) for what in ("mean", "variance")]
    return Made([shape], [*_affine(layer, width), *kept])


def layer_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """gamma and beta over the normalized axes, whose sizes matter for nothing else."""
    (shape,) = inputs
    if not (layer["scale"] or layer["center"]):
        return Made([shape], [])
    return Made([shape], _affine(layer, _axes(layer["axis"], shape)))


def rms_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """scale over the normalized axes."""
    (shape,) = inputs
    return Made([shape], [Weight("scale", _axes(layer["axis"], shape))])


def _affine(layer: Layer, shape: tuple[int, ...]) -> list[Weight]:
    learned = [("gamma", layer["scale"]), ("beta", layer["center"])]
    return [Weight(name, shape) for name, wanted in learned if wanted]


def _axes(axis: int | list[int], shape: Shape) -> tuple[int, ...]:
    """The sizes of the axes in Keras's order: it sorts the numbers as they are written."""
    axes = sorted(axis) if isinstance(axis, list) else [axis]
    return tuple(number(shape[axis_of(each, shape)], "a normalized axis") for each in axes)


# Attention


def multi_head_attention(layer: Layer, inputs: list[Shape]) -> Made:
    """Query, key and value are projected to heads, attended in full square, and projected back."""
    query, key, value = _query_key_value(inputs)
    rank_at_least(query, 3)
    features = number(query[-1], "features of the query")
    heads, width = layer["num_heads"], layer["key_dim"]
    depth = layer["value_dim"] or width
    out = _out(layer["output_shape"], features)
    axes = _attention_axes(layer["attention_axes"], value)
    scores = times(
        elements(size for axis, size in enumerate(query[:-1]) if axis not in axes),
        elements(query[axis] for axis in axes),
        elements(key[axis] for axis in axes),
        heads * (width + depth),
    )
    return _attention(
        layer,
        tensors=(query, key, value),
        heads=(heads, heads),
        widths=(width, depth),
        out=out,
        scores=scores,
    )


def group_query_attention(layer: Layer, inputs: list[Shape]) -> Made:
    """As multi-head attention, with fewer heads of keys and values than of queries."""
    query, key, value = _query_key_value(inputs)
    rank(query, 3)
    features = number(query[-1], "features of the query")
    if features != number(value[-1], "features of the value"):
        raise Refusal("shape_mismatch", "query and value differ in features")
    heads, width = layer["num_query_heads"], layer["head_dim"]
    groups = layer["num_key_value_heads"]
    scores = times(elements(query[:2]), elements(key[1:2]), 2 * heads * width)
    return _attention(
        layer,
        tensors=(query, key, value),
        heads=(heads, groups),
        widths=(width, width),
        out=(features,),
        scores=scores,
    )


def _query_key_value(inputs: list[Shape]) -> tuple[Shape, Shape, Shape]:
    """Keras's order is query, value, key; each that is left out is the one before it."""
    query = inputs[0]
    value = inputs[1] if len(inputs) > 1 else query
    key = inputs[2] if len(inputs) > 2 else value
    rank(value, len(query))
    rank(key, len(query))
    for one, other in zip(value[1:-1], key[1:-1], strict=True):
        if isinstance(one.shown, int) and isinstance(other.shown, int) and one != other:
            raise Refusal("shape_mismatch", "value and key differ in length")
    return query, key, value


def _out(output_shape: int | list[int] | None, features: int) -> tuple[int, ...]:
    if output_shape is None:
        return (features,)
    return tuple(output_shape) if isinstance(output_shape, list) else (output_shape,)


def _attention_axes(axes: int | list[int] | None, value: Shape) -> list[int]:
    """All axes between batch and features, unless told otherwise."""
    if axes is None:
        return list(range(1, len(value) - 1))
    return [axis_of(axis, value) for axis in (axes if isinstance(axes, list) else [axes])]


def _attention(
    layer: Layer,
    *,
    tensors: tuple[Shape, Shape, Shape],
    heads: tuple[int, int],
    widths: tuple[int, int],
    out: tuple[int, ...],
    scores: int | None,
) -> Made:
    """The projections round the product of scores and values, whose macs are `scores`.

    `heads` are those of the query and those of key and value, `widths` those of key and value,
    `out` what the output is projected to.
    """
    query, key, value = tensors
    projections = [
        _projection(layer, "query", query, heads[0], widths[0]),
        _projection(layer, "key", key, heads[1], widths[0]),
        *([_projection(layer, "gate", query, heads[0], widths[1])] if layer["use_gate"] else []),
        _projection(layer, "value", value, heads[1], widths[1]),
    ]
    weights = [weight for made in projections for weight in made.weights]
    weights += [Weight("attention_output/kernel", (heads[0], widths[1], *out))]
    weights += [replace(bias, name="attention_output/bias") for bias in _bias(layer, *out)]
    back = times(elements(query[:-1]), heads[0], widths[1], *out)
    macs = plus(*(made.macs for made in projections), scores, back)
    return Made([(*query[:-1], *map(known, out))], weights, macs)


def _projection(layer: Layer, name: str, shape: Shape, heads: int, width: int) -> Made:
    features = number(shape[-1], f"features of the {name}")
    weights = [Weight(f"{name}/kernel", (features, heads, width))]
    weights += [replace(bias, name=f"{name}/bias") for bias in _bias(layer, heads, width)]
    return Made([], weights, times(elements(shape[:-1]), features, heads, width))


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


MAKERS: dict[str, Callable[[Layer, list[Shape]], Made]] = {
    "Dense": dense,
    **{f"Conv{space}D": convolution for space in (1, 2, 3)},
    **{f"{kind}Pooling{space}D": pooling for kind in ("Max", "Average") for space in (1, 2, 3)},
    **{
        f"Global{kind}Pooling{space}D": global_pooling
        for kind in ("Max", "Average")
        for space in (1, 2, 3)
    },
    "SimpleRNN": recurrent,
    "GRU": recurrent,
    "LSTM": recurrent,
    "Embedding": embedding,
    "BatchNormalization": batch_normalization,
    "LayerNormalization": layer_normalization,
    "RMSNormalization": rms_normalization,
    "MultiHeadAttention": multi_head_attention,
    "GroupQueryAttention": group_query_attention,
    "Flatten": flatten,
    "Reshape": reshape,
    **dict.fromkeys(("Activation", "ReLU", "Softmax", "Dropout"), elementwise),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), merge),
    "Concatenate": concatenate,
}

MOST_INPUTS = {
    "MultiHeadAttention": 3,
    "GroupQueryAttention": 3,
    "Subtract": 2,
    **dict.fromkeys(("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")),
    "Block": None,
    "Reuse": None,
}
"""How many inputs a layer takes at most, where it is not one; None is any number."""
