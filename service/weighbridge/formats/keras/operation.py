"""Keras's operations between layers: `keras.ops` as Keras 3 has them in a graph.

An operation's class is what `keras.ops` calls it (`LogicalAnd` is `logical_and`), and so are our
layers of operations. Its config holds what it was made with, a call the rest.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, get_args, get_type_hints

from weighbridge.formats.keras import algebra, tensorflow
from weighbridge.formats.keras.attributes import make_layer
from weighbridge.formats.keras.call import Call, Constant, Slice, Tensor, flat, unreadable
from weighbridge.formats.keras.unread import UNREAD
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.layer import Layer
from weighbridge.value import shown

_HOUSES = ("keras.src.ops.", "keras.ops.")

Attributes = dict[str, Any]
_Rule = Callable[["_Given"], tuple[str, Attributes]]
"""Returns the type and the attributes of what an operation is."""

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


def is_read(class_name: str) -> bool:
    """Is an operation of this class read, whatever it is made and called with?"""
    families = ("Elementwise", "Arithmetic", "Reduce")
    named = any(_snake(class_name) in _operations(type_) for type_ in families)
    return named or class_name in _SPECIAL or class_name in _TAKING


def _layer(class_name: str, given: _Given) -> Layer:
    operation = _snake(class_name)
    if class_name in _SPECIAL:
        type_, attributes = _special(class_name, given)
    elif operation in _WHOLE and given.get("axis", 1) is None:
        type_, attributes = _ravel(given)
    elif operation in _operations("Elementwise"):
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


def _special(class_name: str, given: _Given) -> tuple[str, Attributes]:
    """Apply an operation's own rule; a document may hold anything where it looks."""
    try:
        return _SPECIAL[class_name](given)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        detail = f"is not made or called as {shown(class_name)} is"
        raise unreadable("invalid_model", detail, "config") from None


def _unknown(entry: Mapping[str, Any]) -> str:
    config = entry.get("config")
    function = config.get("function") if isinstance(config, dict) else None
    what = f"function {shown(function)}" if function else f"class {shown(entry.get('class_name'))}"
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    module = entry.get("module")
    of = f" of module {shown(module)}" if module is not None else ""
    reason = UNREAD.get(str(entry.get("class_name")))
    because = f": it {reason}" if reason else ""
    return f"the operation of {what}{of} (layer {shown(name)}) is not read{because}"


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
    "CDist": (),
    "Concatenate": ("axis",),
    "Diff": ("n", "axis"),
    "DotProductAttention": ("is_causal",),
    "Eig": (),
    "Eigh": (),
    "ExpandDims": ("axis",),
    "ExtractSequences": ("sequence_length", "sequence_stride"),
    "FFT": (),
    "IRFFT": ("fft_length",),
    "ISTFT": ("sequence_length", "sequence_stride", "fft_length", "length", "window", "center"),
    "LuFactor": (),
    "Meshgrid": ("indexing",),
    "Moveaxis": ("source", "destination"),
    "OneHot": ("num_classes", "axis"),
    "Pad": ("pad_width", "mode"),
    "Qr": ("mode",),
    "RFFT": ("fft_length",),
    "Repeat": ("repeats", "axis"),
    "SVD": ("full_matrices", "compute_uv"),
    "STFT": ("sequence_length", "sequence_stride", "fft_length", "window", "center"),
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

_WHOLE = frozenset(
    {"argpartition", "argsort", "cumprod", "cumsum", "nancumprod", "nancumsum", "sort"}
)
"""Operations that make one axis of all where they are given none."""


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


def _matmul(given: _Given) -> algebra.Read:
    if len(given.inputs) != 2:
        detail = "is read of two tensors of the model, and of no array of the document"
        raise unreadable("unsupported_document", detail, "inbound_nodes")
    return "Matmul", {}


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


def _of_ranks(read: Callable[[Mapping[str, Any]], algebra.Read]) -> _Rule:
    return lambda given: read(given.entry)


def _same(operation: str, which: int = 0) -> _Rule:
    """What has the shape of one of the tensors that it takes."""

    def same(given: _Given) -> algebra.Read:
        given.inputs = given.inputs[which:][:1]
        return "Elementwise", {"operation": operation}

    return same


def _reduced(operation: str, axis: list[int] | None = None, which: int = 0) -> _Rule:
    """What has the shape of one of the tensors that it takes, without some axes."""

    def reduced(given: _Given) -> algebra.Read:
        given.inputs = given.inputs[which:][:1]
        return "Reduce", {"operation": operation, "axis": axis}

    return reduced


def _quantile(operation: str) -> _Rule:
    def quantile(given: _Given) -> algebra.Read:
        if not isinstance(given.get("q", 1), (int, float)):
            raise unreadable("unsupported_document", "is read of one number q", "inbound_nodes")
        given.inputs = given.inputs[:1]
        return "Reduce", {"operation": operation, **given.take("axis", "keepdims")}

    return quantile


def _moments(given: _Given) -> algebra.Read:
    taken = given.take("axes", "keepdims")
    return "Moments", {"axis": taken["axes"], "keepdims": taken.get("keepdims", False)}


def _segments(operation: str) -> _Rule:
    def segments(given: _Given) -> algebra.Read:
        number = given.get("num_segments")
        if number is None:
            detail = "without num_segments it has a shape that depends on values"
            raise unreadable("unsupported_document", detail, "config/num_segments")
        return "SegmentReduce", {"operation": operation, "num_segments": number}

    return segments


def _spaced(spacing: str) -> _Rule:
    """Numbers between two tensors, or a tensor and a constant."""

    def spaced(given: _Given) -> algebra.Read:
        if given.get("retstep") is True:
            detail = "with its step as a second output is not read"
            raise unreadable("unsupported_document", detail, "config/retstep")
        shape = _constants(given.operands("start", "stop")).get("constant_shape")
        taken = given.take("num", "axis", "endpoint")
        return "Linspace", {**taken, "spacing": spacing, "constant_shape": shape}

    return spaced


def _tensordot(given: _Given) -> algebra.Read:
    return algebra.contraction(given.entry, given.get("axes"))


def _diagonal(*, summed: bool) -> _Rule:
    def diagonal(given: _Given) -> algebra.Read:
        taken = {"axis1": 0, "axis2": 1, **given.take("axis1", "axis2")}
        if not summed and given.get("offset") not in (0, _ABSENT):
            raise unreadable("unsupported_document", "an offset is not read", "config/offset")
        return algebra.diagonal(given.entry, taken["axis1"], taken["axis2"], summed=summed)

    return diagonal


def _rot90(given: _Given) -> algebra.Read:
    turns, axes = given.get("k", 1), given.get("axes", 2)
    one, other = (0, 1) if axes is _ABSENT else axes
    if turns is not _ABSENT and turns % 2 == 0:
        return "Elementwise", {"operation": "flip"}
    return "Swapaxes", {"axis1": one, "axis2": other}


def _pinv(_given: _Given) -> algebra.Read:
    return "Swapaxes", {"axis1": -2, "axis2": -1}


def _append(given: _Given) -> algebra.Read:
    axis = given.get("axis")
    one, other = algebra.two_shapes(given.entry)
    if axis is None and (len(one), len(other)) != (1, 1):
        raise unreadable("unsupported_document", "without an axis is not read", "config/axis")
    return "Concatenate", {"axis": axis or 0}


def _pieces(axis: int) -> _Rule:
    """NumPy's hsplit, vsplit and dsplit; of a vector hsplit too is along its one axis."""

    def pieces(given: _Given) -> algebra.Read:
        rank = len(algebra.shapes_of(given.entry)[0])
        sections = given.take("indices_or_sections")
        return "Split", {**sections, "axis": min(axis, rank - 1)}

    return pieces


def _array_split(given: _Given) -> algebra.Read:
    axis = given.get("axis")
    sections = given.get("indices_or_sections", 1)
    return algebra.uneven_pieces(given.entry, sections, 0 if axis is _ABSENT else axis)


def _glu(given: _Given) -> algebra.Read:
    return "GLU", given.take("axis")


def _grayscale(given: _Given) -> algebra.Read:
    first = given.get("data_format") == "channels_first"
    return "Reduce", {"operation": "mean", "axis": -3 if first else -1, "keepdims": True}


def _edges(given: _Given) -> algebra.Read:
    given.inputs *= 2
    return "Stack", {"axis": -1}


def _patches(given: _Given) -> algebra.Read:
    size = given.get("size")
    if given.get("data_format") == "channels_first" or (isinstance(size, list) and len(size) != 2):
        detail = "is read over two axes, with the channels behind them"
        raise unreadable("unsupported_document", detail, "config")
    return "ExtractPatches", given.take("size", "strides", "dilation_rate", "padding")


def _framed(type_: str, attribute: str) -> _Rule:
    """Images that get or lose borders: by so much on each side, or to a size."""

    def framed(given: _Given) -> algebra.Read:
        sides = [given.get(f"{s}_{attribute}") for s in ("top", "bottom", "left", "right")]
        place = {k: v for k, v in given.take("data_format").items() if v is not None}
        if all(isinstance(side, int) for side in sides):
            return type_, {attribute: [sides[:2], sides[2:]], **place}
        height, width = given.get("target_height"), given.get("target_width")
        if isinstance(height, int) and isinstance(width, int):
            return "Resizing", {"height": height, "width": width, **place}
        detail = "is read where all sides are given, or the whole size"
        raise unreadable("unsupported_document", detail, "config")

    return framed


def _adaptive(kind: str) -> _Rule:
    def adaptive(given: _Given) -> algebra.Read:
        taken = given.take("output_size", "data_format")
        place = {k: v for k, v in taken.items() if v is not None}
        return f"Adaptive{kind}Pooling{_axes_of_space(given)}D", place

    return adaptive


def _folded(type_: str, *names: str) -> _Rule:
    """PyTorch's im2col and col2im, whose channels come first."""

    def folded(given: _Given) -> algebra.Read:
        taken = given.take("kernel_size", "dilation", "padding", "stride", *names)
        renamed = {"dilation": "dilation_rate", "stride": "strides"}
        attributes = {renamed.get(name, name): value for name, value in taken.items()}
        return type_, {**attributes, "data_format": "channels_first"}

    return folded


def _cross(given: _Given) -> algebra.Read:
    shapes = algebra.two_shapes(given.entry)
    if any(shape[-1:] != [3] for shape in shapes):
        detail = "is read of vectors of 3 elements along the last axis"
        raise unreadable("unsupported_document", detail, "inbound_nodes")
    return "Arithmetic", {"operation": "cross"}


def _multi_hot(given: _Given) -> algebra.Read:
    if given.get("axis") not in (-1, _ABSENT) or len(algebra.shapes_of(given.entry)[0]) > 2:
        detail = "is read of one row of classes an example, along the last axis"
        raise unreadable("unsupported_document", detail, "config/axis")
    dtype = algebra.tensors_of(given.entry)[0].get("dtype")
    return "CategoryEncoding", {"num_tokens": given.get("num_classes"), "dtype": dtype}


def _select(given: _Given) -> algebra.Read:
    """Choose between tensors of one shape, whose conditions are the first argument."""
    conditions = sum(isinstance(leaf, Tensor) for leaf in flat(given.call.args[:1]))
    given.inputs = given.inputs[conditions:][:1]
    return "Elementwise", {"operation": "select"}


_SPECIAL: Mapping[str, _Rule] = {
    "AdaptiveAveragePool": _adaptive("Average"),
    "AdaptiveMaxPool": _adaptive("Max"),
    "AllClose": _reduced("allclose"),
    "Append": _append,
    "Array": _same("copy"),
    "ArraySplit": _array_split,
    "CTCLoss": _reduced("ctc_loss", [1, 2], 1),
    "CategoricalCrossentropy": _reduced("categorical_crossentropy", [-1], 1),
    "CropImages": _framed("Cropping2D", "cropping"),
    "Cross": _cross,
    "Det": _reduced("det", [-2, -1]),
    "Diagonal": _diagonal(summed=False),
    "Dot": _of_ranks(algebra.dot),
    "Dsplit": _pieces(2),
    "Dstack": _of_ranks(algebra.stacked(2)),
    "ExtractPatches": _patches,
    "FFT2": lambda _given: ("FFT", {}),
    "Fold": _folded("Fold", "output_size"),
    "Glu": _glu,
    "Geomspace": _spaced("geometric"),
    "Hsplit": _pieces(1),
    "Hstack": _of_ranks(algebra.stacked(1)),
    "IFFT2": lambda _given: ("FFT", {}),
    "Inner": _of_ranks(algebra.inner),
    "Linspace": _spaced("linear"),
    "Logdet": _reduced("logdet", [-2, -1]),
    "Logspace": _spaced("logarithmic"),
    "MatrixRank": _reduced("matrix_rank", [-2, -1]),
    "Moments": _moments,
    "MultiHot": _multi_hot,
    "Nanpercentile": _quantile("nanpercentile"),
    "Nanquantile": _quantile("nanquantile"),
    "Ndim": _reduced("ndim"),
    "Outer": _of_ranks(algebra.outer),
    "PSNR": _reduced("psnr"),
    "PadImages": _framed("ZeroPadding2D", "padding"),
    "Percentile": _quantile("percentile"),
    "Pinv": _pinv,
    "Quantile": _quantile("quantile"),
    "RGBToGrayscale": _grayscale,
    "RGBToHSV": _same("rgb_to_hsv"),
    "HSVToRGB": _same("hsv_to_rgb"),
    "Rot90": _rot90,
    "SSIM": _reduced("ssim", [-3, -2, -1]),
    "IsIn": _same("is_in"),
    "Matmul": _matmul,
    "SearchSorted": _same("searchsorted", -1),
    "SegmentMax": _segments("max"),
    "SegmentMin": _segments("min"),
    "SegmentProd": _segments("prod"),
    "SegmentSum": _segments("sum"),
    "Select": _select,
    "Size": _reduced("size"),
    "SobelEdges": _edges,
    "Solve": _same("solve", -1),
    "SolveTriangular": _same("solve_triangular", -1),
    "SparseCategoricalCrossentropy": _reduced("sparse_categorical_crossentropy", [-1], 1),
    "Tensordot": _tensordot,
    "Trace": _diagonal(summed=True),
    "Unfold": _folded("Unfold"),
    "Vdot": _of_ranks(algebra.vdot),
    "Vsplit": _pieces(0),
    "Vstack": _of_ranks(algebra.stacked(0)),
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
