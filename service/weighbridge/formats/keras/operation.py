"""Keras's operations between layers: `keras.ops` as Keras 3 has them in a graph.

An operation's class is what `keras.ops` calls it (`LogicalAnd` is `logical_and`), and so are our
layers of operations. Its config holds what it was made with, a call the rest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, get_args, get_type_hints

from weighbridge.formats.keras import tensorflow
from weighbridge.formats.keras.attributes import make_layer
from weighbridge.formats.keras.call import Call, Constant, Slice, Tensor, flat, unreadable
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.layer import Layer
from weighbridge.value import shown

_HOUSES = ("keras.src.ops.", "keras.ops.")

Attributes = dict[str, Any]

_ABSENT = object()


def is_operation(entry: Any) -> bool:
    """Is an entry an operation, and no layer?"""
    if not isinstance(entry, dict):
        return False
    module = entry.get("module")
    if isinstance(module, str) and module.startswith(_HOUSES):
        return True
    return str(entry.get("class_name")) in tensorflow.CLASSES


def read_operation(entry: Mapping[str, Any], call: Call, inputs: Sequence[str]) -> Layer:
    """Return the layer of an operation in a call. `inputs` are all the tensors that it takes.

    Raises Unreadable.
    """
    config = entry.get("config")
    given = _Given(entry, config if isinstance(config, dict) else {}, call, list(inputs))
    if str(entry.get("class_name")) in tensorflow.CLASSES:
        name, given.arguments = tensorflow.translate(given.config, call)
    else:
        name = str(entry.get("class_name"))
        given.arguments = {k: v for k, v in given.config.items() if k not in ("name", "trainable")}
    return _layer(name, given)


class _Given:
    """An operation with all that it was made and called with."""

    def __init__(
        self, entry: Mapping[str, Any], config: Mapping[str, Any], call: Call, inputs: list[str]
    ) -> None:
        self.entry = entry
        self.config = config
        self.call = call
        self.inputs = inputs
        self.arguments: dict[str, Any] = {}

    def take(self, *names: str) -> Attributes:
        """Return arguments by their names; those that are not given have our defaults."""
        found = {name: self.get(name, k + 1) for k, name in enumerate(names)}
        return {name: value for name, value in found.items() if value is not _ABSENT}

    def get(self, name: str, position: int = -1) -> Any:
        """Return an argument: of the making, by name in the call, or by its place there."""
        for source in (self.arguments, self.call.kwargs):
            if name in source:
                return _plain(source[name], name)
        if 0 < position < len(self.call.args):
            return _plain(self.call.args[position], name)
        return _ABSENT

    def operands(self, *names: str) -> list[Any]:
        """Return what it works on: tensors, arrays and numbers."""
        named = [self.call.kwargs[name] for name in names if name in self.call.kwargs]
        return [leaf for leaf in flat([self.call.args, named]) if leaf is not None]


def _plain(value: Any, name: str) -> Any:
    """Return an argument that has to be known, and so is no tensor. Raises Unreadable."""
    if any(isinstance(leaf, (Tensor, Constant)) for leaf in flat(value)):
        detail = f"the argument {shown(name)} is a tensor, whose values are not known"
        raise unreadable("unsupported_document", detail, "inbound_nodes")
    return value


def _layer(class_name: str, given: _Given) -> Layer:
    operation = _snake(class_name)
    if class_name in _SPECIAL:
        type_, attributes = _SPECIAL[class_name](given)
    elif operation in _operations("Elementwise"):
        _whole(operation, given)
        type_, attributes = "Elementwise", {"operation": operation}
        given.inputs = given.inputs[:1]
    elif operation in _operations("Arithmetic"):
        type_, attributes = _arithmetic(operation, given)
    elif operation in _operations("Reduce"):
        type_, attributes = "Reduce", {"operation": operation, **given.take("axis", "keepdims")}
        given.inputs = given.inputs[:1]
    elif class_name in _TAKING:
        type_, attributes = class_name, given.take(*_TAKING[class_name])
    else:
        type_, attributes = "", {}
    layer_type = TYPES.get(type_)
    if layer_type is None:
        raise unreadable("unsupported_document", _unknown(given.entry), "class_name")
    known = {name: value for name, value in attributes.items() if value is not _ABSENT}
    return make_layer(layer_type, {**known, "inputs": given.inputs})


def _unknown(entry: Mapping[str, Any]) -> str:
    config = entry.get("config")
    function = config.get("function") if isinstance(config, dict) else None
    what = f"function {shown(function)}" if function else f"class {shown(entry.get('class_name'))}"
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    module = entry.get("module")
    of = f" of module {shown(module)}" if module is not None else ""
    return f"the operation of {what}{of} (layer {shown(name)}) is not read"


@cache
def _operations(type_: str) -> frozenset[str]:
    """Return the operations that one type of layer has."""
    layer_type = TYPES.get(type_)
    hint = get_type_hints(layer_type)["operation"] if layer_type else None
    return frozenset(_literals(hint))


def _literals(hint: Any) -> list[str]:
    parts = get_args(hint)
    return [p for part in parts for p in ([part] if isinstance(part, str) else _literals(part))]


def _snake(class_name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()


# ---- Those that are alike -----------------------------------------------------------------------

_TAKING: Mapping[str, tuple[str, ...]] = {
    "BroadcastTo": ("shape",),
    "Concatenate": ("axis",),
    "ExpandDims": ("axis",),
    "Matmul": (),
    "Moveaxis": ("source", "destination"),
    "OneHot": ("num_classes", "axis"),
    "Pad": ("pad_width", "mode"),
    "Repeat": ("repeats", "axis"),
    "Split": ("indices_or_sections", "axis"),
    "Squeeze": ("axis",),
    "Stack": ("axis",),
    "Swapaxes": ("axis1", "axis2"),
    "TakeAlongAxis": ("axis",),
    "Tile": ("repeats",),
    "TopK": ("k", "sorted"),
    "Transpose": ("axes",),
    "Unstack": ("num", "axis"),
}
"""Operations that have a layer of the same name, and what it takes."""

_WHOLE = frozenset({"argsort", "cumprod", "cumsum", "nancumprod", "nancumsum", "sort"})
"""Operations that make one axis of all where they are given none."""


def _whole(operation: str, given: _Given) -> None:
    if operation in _WHOLE and given.get("axis", 1) is None:
        detail = f"'{operation}' without an axis is not read"
        raise unreadable("unsupported_document", detail, "config")


def _arithmetic(operation: str, given: _Given) -> tuple[str, Attributes]:
    operands = given.operands("x1", "x2", "x", "y")
    return "Arithmetic", {"operation": operation, **_constants(operands)}


def _constants(operands: Sequence[Any]) -> Attributes:
    """Return what an operation is told of an operand that is no tensor."""
    found: Attributes = {}
    for operand in operands:
        if isinstance(operand, Constant):
            found["constant_shape"] = operand.shape
        elif not isinstance(operand, Tensor):
            found.setdefault("constant", operand)
    if len(operands) > 2 and all(not isinstance(operand, Tensor) for operand in operands[1:]):
        shapes = [operand.shape for operand in operands[1:] if isinstance(operand, Constant)]
        if len(shapes) > 1 and shapes[0] != shapes[1]:
            detail = "two arrays of different shapes are not read"
            raise unreadable("unsupported_document", detail, "inbound_nodes")
    return found


# ---- Those with something of their own ----------------------------------------------------------


def _where(given: _Given) -> tuple[str, Attributes]:
    return "Where", _constants(given.operands("condition", "x1", "x2"))


def _reshape(given: _Given) -> tuple[str, Attributes]:
    shape = given.get("newshape", 1)
    if shape is _ABSENT:
        shape = given.get("shape")
    sizes = [shape] if isinstance(shape, int) else shape
    if isinstance(sizes, list):
        sizes = [-1 if size is None else size for size in sizes]
    return "Reshape", {"target_shape": sizes, "keep_batch": False}


def _ravel(given: _Given) -> tuple[str, Attributes]:
    return "Reshape", {"target_shape": [-1], "keep_batch": False}


def _get_item(given: _Given) -> tuple[str, Attributes]:
    given.inputs = given.inputs[:1]
    key = given.get("key", 1)
    if key is _ABSENT:
        return "GetItem", {}
    items = key if isinstance(key, list) else [key]
    return "GetItem", {"key": [_subscript(item) for item in items]}


def _subscript(item: Any) -> Any:
    """Return one item of a key as our documents write it."""
    if item is ...:
        return "..."
    if isinstance(item, dict) and {"start", "stop", "step"} >= item.keys():
        item = Slice(item.get("start"), item.get("stop"), item.get("step"))
    if isinstance(item, Slice):
        bounds = [item.start, item.stop, item.step]
        return bounds[:2] if item.step is None else bounds
    return item


def _take(given: _Given) -> tuple[str, Attributes]:
    attributes = given.take("axis") if "axis" in given.arguments else {}
    operands = given.operands("x", "indices")
    if len(operands) > 1 and not isinstance(operands[1], Tensor):
        indices = given.call.kwargs.get("indices", [*given.call.args, None, None][1])
        attributes["indices_shape"] = _shape_of(indices)
    return "Take", attributes


def _shape_of(value: Any) -> list[int]:
    """Return the shape of an array that stands in the document."""
    if isinstance(value, Constant):
        return value.shape
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return shape


def _slice(given: _Given) -> tuple[str, Attributes]:
    attributes = given.take("shape")
    if len(given.inputs) == 1:
        starts = given.get("start_indices", 1)
        if starts is not _ABSENT:
            attributes["start_indices"] = starts
    return "Slice", attributes


def _cast(given: _Given) -> tuple[str, Attributes]:
    return "Cast", {"dtype": given.get("dtype", 1)}


def _einsum(given: _Given) -> tuple[str, Attributes]:
    return "Einsum", {"equation": given.get("subscripts")}


def _normalize(given: _Given) -> tuple[str, Attributes]:
    """A normalization whose scale and offset are tensors: the shape is that of the first."""
    given.inputs = given.inputs[:1]
    return "Elementwise", {"operation": "normalize"}


def _shuffle(type_: str, factor: str) -> Callable[[_Given], tuple[str, Attributes]]:
    def shuffle(given: _Given) -> tuple[str, Attributes]:
        attributes = {factor: given.get("block_size", 1)}
        if isinstance(given.get("data_format"), str):
            attributes["data_format"] = given.get("data_format")
        return type_, attributes

    return shuffle


def _resize(given: _Given) -> tuple[str, Attributes]:
    size = given.get("size", 1)
    height, width = size if isinstance(size, list) and len(size) == 2 else (size, size)
    attributes = {"height": height, "width": width}
    if isinstance(given.get("data_format"), str):
        attributes["data_format"] = given.get("data_format")
    return "Resizing", attributes


def _pool(kind: str) -> Callable[[_Given], tuple[str, Attributes]]:
    def pool(given: _Given) -> tuple[str, Attributes]:
        attributes = given.take("pool_size", "strides", "padding", "data_format")
        if attributes.get("data_format", "") is None:
            del attributes["data_format"]
        return f"{kind}{_axes_of_space(given)}D", attributes

    return pool


def _axes_of_space(given: _Given) -> int:
    """Return how many axes of space the input has: Keras 3 writes its shape at each call."""
    nodes = given.entry.get("inbound_nodes")
    try:
        return len(nodes[0]["args"][0]["config"]["shape"]) - 2  # type: ignore[index]
    except (TypeError, LookupError):
        return 2


_SPECIAL: Mapping[str, Callable[[_Given], tuple[str, Attributes]]] = {
    "AveragePool": _pool("AveragePooling"),
    "Cast": _cast,
    "BatchNorm": _normalize,
    "DepthToSpace": _shuffle("PixelShuffle", "upscale_factor"),
    "Einsum": _einsum,
    "GetItem": _get_item,
    "LayerNorm": _normalize,
    "MaxPool": _pool("MaxPooling"),
    "RMSNorm": _normalize,
    "Ravel": _ravel,
    "Reshape": _reshape,
    "Resize": _resize,
    "SaturateCast": _cast,
    "Slice": _slice,
    "SpaceToDepth": _shuffle("PixelUnshuffle", "downscale_factor"),
    "Take": _take,
    "Where": _where,
}
