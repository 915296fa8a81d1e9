"""Functions of TensorFlow between the layers of Keras 2: TFOpLambda and SlicingOpLambda."""

from collections.abc import Mapping
from typing import Any

from weighbridge.formats.keras.call import Call, unreadable
from weighbridge.value import shown

CLASSES = frozenset({"TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"})

_SAME = (
    "abs", "acos", "asin", "atan", "cos", "cosh", "erf", "exp", "expm1", "floor", "ceil", "log",
    "log1p", "log_sigmoid", "negative", "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin",
    "sinh", "softplus", "sqrt", "square", "tan", "tanh", "add", "subtract", "multiply", "divide",
    "maximum", "minimum", "equal", "not_equal", "greater", "greater_equal", "less", "less_equal",
    "logical_and", "logical_or", "logical_not", "cumsum", "cumprod", "argmax", "argmin", "is_nan",
    "argsort", "roll", "sort",
)  # fmt: skip
"""Functions that `keras.ops` calls the same."""

_CLASSES: Mapping[str, str] = {
    # Arithmetic.
    "truediv": "Divide", "div": "Divide", "div_no_nan": "DivideNoNan", "divide_no_nan":
    "DivideNoNan", "floordiv": "FloorDivide", "sub": "Subtract", "mul": "Multiply", "pow": "Power",
    "mod": "Mod", "floormod": "Mod", "radd": "Add", "rsub": "Subtract", "rmul": "Multiply",
    "rtruediv": "Divide", "rpow": "Power", "neg": "Negative", "gt": "Greater", "lt": "Less",
    "ge": "GreaterEqual", "le": "LessEqual", "eq": "Equal", "ne": "NotEqual",
    "squared_difference": "Subtract", "bias_add": "Add",
    # Element by element.
    "relu": "Relu", "relu6": "Relu6", "elu": "Elu", "selu": "Selu", "gelu": "Gelu", "silu": "Silu",
    "swish": "Silu", "leaky_relu": "LeakyRelu", "softmax": "Softmax", "log_softmax": "LogSoftmax",
    "softsign": "Softsign", "l2_normalize": "Normalize", "identity": "Copy", "clip_by_value":
    "Clip", "stop_gradient": "StopGradient", "zeros_like": "ZerosLike", "ones_like": "OnesLike",
    "dropout": "Copy", "reverse": "Flip", "cast": "Cast", "convert_to_tensor": "Copy",
    # Reductions.
    "reduce_mean": "Mean", "reduce_sum": "Sum", "reduce_max": "Max", "reduce_min": "Min",
    "reduce_prod": "Prod", "reduce_std": "Std", "reduce_variance": "Var", "reduce_any": "Any",
    "reduce_all": "All", "reduce_logsumexp": "Logsumexp", "norm": "Norm",
    "reduce_euclidean_norm": "Norm", "count_nonzero": "CountNonzero",
    # Shapes and places.
    "reshape": "Reshape", "transpose": "Transpose", "expand_dims": "ExpandDims", "squeeze":
    "Squeeze", "concat": "Concatenate", "stack": "Stack", "unstack": "Unstack", "split": "Split",
    "tile": "Tile", "repeat": "Repeat", "pad": "Pad", "broadcast_to": "BroadcastTo", "gather":
    "Take", "one_hot": "OneHot", "slice": "Slice", "getitem": "GetItem", "top_k": "TopK",
    "where": "Where", "matmul": "Matmul", "resize": "Resize",
}  # fmt: skip
"""What `keras.ops` calls the functions, by the last part of TensorFlow's name."""

_ARGUMENTS: Mapping[str, Mapping[str, str]] = {
    "Concatenate": {"axis": "axis"},
    "GetItem": {"slice_spec": "key"},
    "OneHot": {"depth": "num_classes", "axis": "axis"},
    "Pad": {"paddings": "pad_width"},
    "Split": {"num_or_size_splits": "indices_or_sections", "axis": "axis"},
    "Tile": {"multiples": "repeats"},
    "Transpose": {"perm": "axes"},
    "Slice": {"begin": "start_indices", "size": "shape"},
    "Resize": {"size": "size"},
}
"""TensorFlow's names of arguments, and those of `keras.ops`; of the others both are the same."""

_IN_ONE_VALUE: Mapping[str, tuple[Any, ...]] = {
    "transpose_a": (False,), "transpose_b": (False,), "adjoint_a": (False,), "adjoint_b": (False,),
    "conjugate": (False,), "batch_dims": (0, None), "data_format": ("NHWC", None, "channels_last"),
    "preserve_aspect_ratio": (False,),
}  # fmt: skip
"""Arguments that are read with the value that says nothing."""

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "Take": {"axis": 0},
    "Argmax": {"axis": 0},
    "Argmin": {"axis": 0},
    "Cumsum": {"axis": 0},
    "Cumprod": {"axis": 0},
}
"""Where TensorFlow's default is another than that of `keras.ops`."""


def translate(config: Mapping[str, Any], call: Call) -> tuple[str, dict[str, Any]]:
    """Return the class of `keras.ops` that a function is, and its arguments. Raises Unreadable."""
    function = config.get("function", config.get("name"))
    last = str(function).rpartition(".")[2].strip("_")
    class_name = _CLASSES.get(last) or (_camel(last) if last in _SAME else "")
    if not class_name or (str(function).startswith("keras.") and last not in _SAME):
        detail = f"TensorFlow's function {shown(function)} (layer {shown(config.get('name'))})"
        raise unreadable("unsupported_document", f"{detail} is not read", "config/function")
    for name, values in _IN_ONE_VALUE.items():
        if name in call.kwargs and call.kwargs[name] not in values:
            detail = f"{shown(function)} with {name} {shown(call.kwargs[name])} is not read"
            raise unreadable("unsupported_document", detail, "inbound_nodes")
    names = _ARGUMENTS.get(class_name, {})
    given = {names.get(name, name): value for name, value in call.kwargs.items()}
    return class_name, {**_DEFAULTS.get(class_name, {}), **_in_keras(class_name, given)}


def _in_keras(class_name: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return arguments that mean something else to TensorFlow as `keras.ops` has them."""
    sizes = given.get("indices_or_sections")
    if class_name == "Split" and isinstance(sizes, list):
        ends = [0]
        for size in sizes:
            if not isinstance(size, int) or size < 0:
                detail = f"the sizes of a split must be known, got {shown(sizes)}"
                raise unreadable("unsupported_document", detail, "inbound_nodes")
            ends.append(ends[-1] + size)
        given["indices_or_sections"] = ends[1:-1]
    return given


def _camel(name: str) -> str:
    renamed = {"acos": "arccos", "asin": "arcsin", "atan": "arctan", "is_nan": "isnan"}
    return "".join(part.capitalize() for part in renamed.get(name, name).split("_"))
