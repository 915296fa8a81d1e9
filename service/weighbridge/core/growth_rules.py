"""What the operators give where something grows: a rule for each that is known not to fall.

A rule refuses what it does not prove; an operator without a rule is not proved where it grows.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge.core.native import enumerator, lib
from weighbridge.trend import Trend, Trends

ABSENT = enumerator("WB_ABSENT")

Key = Hashable
"""None for a size that stays as it is; two sizes of the same key are equal at every value."""

Shape = tuple[Key, ...]


class NotProved(Exception):
    """Why a figure may fall, or a model that fails may be followed by one that does not."""


@dataclass
class Node:
    """A node as a rule sees it. Sizes are those at the least value, below 0 where unknown."""

    index: int
    operator: str
    attributes: Any
    open: Mapping[str, Sequence[tuple[int, Trend]]]
    """The attributes that grow: of each the places in it, 0 where it is no array."""
    inputs: list[Shape]
    input_sizes: list[list[int]]
    output_sizes: list[list[int]]
    channels_first: bool
    """The default of layers that do not say."""

    def require(self, holds: bool, reason: str) -> None:
        """Raise NotProved where a condition does not hold."""
        if not holds:
            raise NotProved(reason)

    def allow(self, *names: str) -> None:
        """Require that no other attributes grow."""
        for name in self.open:
            self.require(name in names, f"a larger {name} may make something smaller, or right")

    def key(self, attribute: str) -> Key:
        """Return the key of an attribute: None where it stays as it is."""
        return self.open[attribute][0][1].key if attribute in self.open else None


def any_grows(shapes: Sequence[Shape]) -> bool:
    """Does any size of these grow?"""
    return any(key is not None for shape in shapes for key in shape)


def _made(trends: Trends, what: str, keys: Sequence[Key], sizes: Sequence[int], node: Node) -> Key:
    """Return the key of a size that is made of others, each of which must be known."""
    if all(key is None for key in keys):
        return None
    node.require(min(sizes) >= 0, "a size that grows meets one that is not known")
    parts = [("size", n) if key is None else key for key, n in zip(keys, sizes, strict=True)]
    return trends.key(what, *parts)


# ---- Inputs, blocks, and what leaves a shape as it is -------------------------------------------


def _input(node: Node, _trends: Trends) -> list[Shape]:
    keys = {place // 2: trend.key for place, trend in node.open["shape"]}
    return [tuple(keys.get(axis) for axis in range(len(node.output_sizes[0])))]


def _block(node: Node, _trends: Trends) -> list[Shape]:
    """What the content sees; the end of the block looks at what goes round."""
    node.allow("repeat", "copies", "active")
    node.require(
        not ("active" in node.open and "copies" in node.open), "active copies grow with all copies"
    )
    return node.inputs


def _identity(node: Node, _trends: Trends) -> list[Shape]:
    node.allow()
    return [node.inputs[0]]


def _normalization(node: Node, _trends: Trends) -> list[Shape]:
    node.allow()
    node.require(node.attributes.groups == ABSENT, "groups may stop dividing the channels")
    return [node.inputs[0]]


# ---- Merges -------------------------------------------------------------------------------------


def _elementwise(node: Node, _trends: Trends) -> list[Shape]:
    node.allow()
    rank = len(node.output_sizes[0])
    node.require(all(len(shape) == rank for shape in node.inputs), "its inputs differ in rank")
    return [tuple(_merged(node, axis) for axis in range(rank))]


def _merged(node: Node, axis: int) -> Key:
    """Return the key of an axis on which inputs are equal, or 1."""
    found = {shape[axis] for shape in node.inputs} - {None}
    node.require(len(found) <= 1, "it merges sizes that may grow apart")
    for shape, sizes in zip(node.inputs, node.input_sizes, strict=True):
        fits = not found or shape[axis] is not None or sizes[axis] == 1
        node.require(fits, "it merges a size that grows with one that does not")
    return found.pop() if found else None


def _concatenation(node: Node, trends: Trends) -> list[Shape]:
    node.allow()
    rank = len(node.output_sizes[0])
    along = node.attributes.axis % rank
    shape: list[Key] = []
    for axis in range(rank):
        keys = [given[axis] for given in node.inputs]
        if axis == along:
            sizes = [given[axis] for given in node.input_sizes]
            shape.append(_made(trends, "sum", keys, sizes, node))
        else:
            node.require(len(set(keys)) == 1, "it joins sizes that may grow apart")
            shape.append(keys[0])
    return [tuple(shape)]


def _flatten(node: Node, trends: Trends) -> list[Shape]:
    node.allow()
    rank = len(node.inputs[0])
    first, last = (axis % rank for axis in (node.attributes.start_dim, node.attributes.end_dim))
    keys = node.inputs[0][first : last + 1]
    merged = _made(trends, "product", keys, node.input_sizes[0][first : last + 1], node)
    return [(*node.inputs[0][:first], merged, *node.inputs[0][last + 1 :])]


# ---- Products -----------------------------------------------------------------------------------


def _require_plain(node: Node) -> None:
    adaptation = node.attributes.adaptation
    is_plain = adaptation.lora_rank in (ABSENT, 0) and adaptation.quantization == 0
    node.require(is_plain, "its kernel is adapted or quantized")


def _dense(node: Node, _trends: Trends) -> list[Shape]:
    node.allow("units")
    _require_plain(node)
    return [(*node.inputs[0][:-1], node.key("units"))]


def _embedding(node: Node, _trends: Trends) -> list[Shape]:
    node.allow("input_dim", "output_dim")
    _require_plain(node)
    node.require(node.attributes.call == lib.WB_EMBEDDING_CALL_ROWS, "it does not look up rows")
    return [(*node.inputs[0], node.key("output_dim"))]


def _recurrent(node: Node, _trends: Trends) -> list[Shape]:
    node.allow("units")
    attributes = node.attributes
    is_simple = (
        attributes.num_layers == 1
        and not attributes.bidirectional
        and not attributes.proj_size
        and not attributes.single_step
        and not attributes.stacked_states
        and attributes.layout == lib.WB_LAYOUT_BATCH_FIRST
        and len(node.inputs) == 1
    )
    node.require(is_simple, "it is no single layer of cells over (batch, time, features)")
    return [(*node.inputs[0][: len(out) - 1], node.key("units")) for out in node.output_sizes]


def _attention(node: Node, _trends: Trends) -> list[Shape]:
    """Attention in which all inputs have one shape and the heads divide by themselves."""
    attributes = node.attributes
    heads = ("query_heads",) if attributes.key_value_heads == ABSENT else ()
    node.allow("key_dim", "value_dim", *heads)
    is_plain = not (
        attributes.packed
        or attributes.add_bias_kv
        or attributes.add_zero_attn
        or attributes.return_scores
        or attributes.output_shape_count
        or attributes.attention_axes_count
        or attributes.layout != lib.WB_LAYOUT_BATCH_FIRST
    )
    node.require(is_plain, "it is no plain attention")
    node.require(len(set(node.inputs)) == 1, "its inputs may grow apart")
    return [node.inputs[0]]


# ---- Windows ------------------------------------------------------------------------------------


def _space(node: Node) -> tuple[range, int]:
    """Return the axes of space and that of the channels."""
    attributes = node.attributes
    given = attributes.data_format
    first = given == lib.WB_DATA_FORMAT_CHANNELS_FIRST or (
        given == lib.WB_DATA_FORMAT_DEFAULT and node.channels_first
    )
    start = 2 if first else 1
    return range(start, start + attributes.axes), 1 if first else 1 + attributes.axes


def _slide(node: Node, trends: Trends, axis: int, place: int) -> Key:
    """Return the key of an axis that a window slides over: there are never fewer places."""
    key = node.inputs[0][axis]
    if key is None:
        return None
    attributes = node.attributes
    stride = attributes.strides[place]
    if stride == 1 and node.input_sizes[0][axis] == node.output_sizes[0][axis]:
        return key
    window = (attributes.kernel_size if node.operator == "convolution" else attributes.pool_size)[
        place
    ]
    padding = attributes.padding[2 * place : 2 * place + 2]
    return trends.key(
        *("window", key, window, stride, attributes.dilation_rate[place]),
        *(attributes.padding_mode, *padding),
    )


def _convolution(node: Node, trends: Trends) -> list[Shape]:
    node.allow("filters", "depth_multiplier")
    attributes = node.attributes
    node.require(attributes.lora_rank in (ABSENT, 0), "its kernel is adapted")
    axes, channels = _space(node)
    grows_inside = node.inputs[0][channels] is not None
    no_groups = attributes.groups == 1 or not (grows_inside or "filters" in node.open)
    node.require(no_groups, "groups may stop dividing the channels")
    if attributes.kind == lib.WB_CONVOLUTION_TRANSPOSED:
        grows_in_space = any(node.inputs[0][axis] is not None for axis in axes)
        node.require(not grows_in_space, "it is transposed")
    shape = list(node.inputs[0])
    for place, axis in enumerate(axes):
        shape[axis] = _slide(node, trends, axis, place)
    shape[channels] = node.key("filters")
    if attributes.kind == lib.WB_CONVOLUTION_DEPTHWISE:
        keys = (node.inputs[0][channels], node.key("depth_multiplier"))
        sizes = (node.input_sizes[0][channels], attributes.depth_multiplier)
        shape[channels] = _made(trends, "product", keys, sizes, node)
    return [tuple(shape)]


def _pooling(node: Node, trends: Trends) -> list[Shape]:
    node.allow()
    attributes = node.attributes
    axes, channels = _space(node)
    node.require(not attributes.ceil_mode, "its ceil_mode may drop a window")
    node.require(attributes.kind != lib.WB_POOLING_INVERSE, "it is the inverse of pooling")
    shape = list(node.inputs[0])
    if attributes.kind == lib.WB_POOLING_GLOBAL:
        kept: list[Key] = [None] * len(axes) if attributes.keepdims else []
        before = [shape[0], *([shape[1]] if channels == 1 else [])]
        shape = [*before, *kept, *([shape[channels]] if channels != 1 else [])]
    else:
        for place, axis in enumerate(axes):
            shape[axis] = _slide(node, trends, axis, place)
    return [tuple(shape)] * len(node.output_sizes)


Rule = Callable[[Node, Trends], list[Shape]]
"""What a node gives, of which some input or attribute grows. Raises NotProved."""

RULES: Mapping[str, Rule] = {
    "input": _input,
    "block": _block,
    "attention": _attention,
    "concatenation": _concatenation,
    "convolution": _convolution,
    "dense": _dense,
    "elementwise": _elementwise,
    "embedding": _embedding,
    "flatten": _flatten,
    "identity": _identity,
    "normalization": _normalization,
    "pooling": _pooling,
    "recurrent": _recurrent,
}
"""By the operator's name in the core."""
