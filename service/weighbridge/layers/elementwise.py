"""Functions of tensors, element by element: Keras's and PyTorch's operations as layers.

They follow NumPy: shapes are aligned at their last axis, and 1 is stretched. (The merge layers,
`Add` and its like, keep the batch apart.) The dtype is what the operation makes of that of its
inputs; `dtype` gives another.
"""

from typing import Annotated, Literal, get_args

from weighbridge.layers.derivative import kept_by
from weighbridge.layers.layer import (
    Choice,
    Dtype,
    Integer,
    Layer,
    Operator,
    Source,
    means,
    operator,
    shown_on,
)

Keeping = Literal[
    "abs", "absolute", "affine_transform", "bitwise_invert", "bitwise_not", "celu", "cholesky",
    "cholesky_inverse", "clip", "conj", "conjugate", "convert_to_tensor", "copy", "cumprod",
    "cumsum", "elastic_transform", "elu", "empty_like", "flip", "fliplr", "flipud", "full_like",
    "gaussian_blur", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "hsv_to_rgb",
    "imag", "inv", "leaky_relu", "log_sigmoid", "log_softmax", "nan_to_num", "nancumprod",
    "nancumsum", "negative", "normalize", "ones_like", "perspective_transform", "real", "relu",
    "relu6", "rgb_to_hsv", "roll", "round", "scatter_update", "select", "selu", "sigmoid", "sign",
    "silu", "slice_update", "soft_shrink", "softmax", "softplus", "softsign", "solve",
    "solve_triangular", "sort", "sparse_plus", "sparse_sigmoid", "sparsemax", "square",
    "squareplus", "stop_gradient", "tanh_shrink", "threshold", "tril", "triu", "trunc",
    "zeros_like",
]  # fmt: skip
"""Operations whose result has the input's dtype."""

Floating = Literal[
    "angle", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh", "cbrt", "ceil", "cos",
    "cosh", "deg2rad", "erf", "erfc", "erfinv", "exp", "exp2", "expm1", "fabs", "floor", "i0",
    "log", "log10", "log1p", "log2", "rad2deg", "reciprocal", "rsqrt", "sin", "sinc", "sinh",
    "sqrt", "tan", "tanh",
]  # fmt: skip
"""Operations whose result is floating."""

Testing = Literal[
    "in_top_k", "is_in", "isfinite", "isinf", "isnan", "isneginf", "isposinf", "isreal",
    "logical_not", "signbit",
]  # fmt: skip
"""Operations whose result is true or false."""

Ranking = Literal["argpartition", "argsort", "digitize", "searchsorted"]
"""Operations whose result is places."""

Arithmetics = Literal[
    "add", "bitwise_and", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor",
    "cross", "floor_divide", "fmax", "fmin", "fmod", "gcd", "lcm", "left_shift", "maximum",
    "minimum", "mod", "multiply", "power", "right_shift", "subtract",
]  # fmt: skip
"""Operations whose result holds the values of both dtypes."""

FloatingArithmetics = Literal[
    "arctan2", "binary_crossentropy", "divide", "divide_no_nan", "heaviside", "hypot", "ldexp",
    "logaddexp", "logaddexp2", "nextafter", "true_divide",
]  # fmt: skip
"""Operations of two whose result is floating."""

Comparisons = Literal[
    "equal", "greater", "greater_equal", "isclose", "less", "less_equal", "logical_and",
    "logical_or", "logical_xor", "not_equal",
]  # fmt: skip
"""Operations of two whose result is true or false."""


def results(**operations: object) -> Choice:
    """Return the rule of the result's dtype of each `operation`, from Literals by their rule."""
    rules = {
        name: f"WB_RESULT_{rule.upper()}"
        for rule, names in operations.items()
        for name in get_args(names)
    }
    return Choice("operation", rules)


def _function(result: str | Choice, **fields: Source) -> Operator:
    return operator(
        "elementwise",
        **fields,
        least_inputs=1,
        most_inputs=1,
        batch_first=0,
        result=result,
        constant_shape_count=0,
    )


def _broadcast(most_inputs: int, result: str | Choice, **fields: Source) -> Operator:
    return operator(
        "elementwise",
        **fields,
        least_inputs=1,
        most_inputs=most_inputs,
        batch_first=0,
        result=result,
    )


class Elementwise(Layer, kw_only=True):
    """A function of one tensor that leaves its shape: `operation`, as `keras.ops` calls it."""

    category = "operation"
    lowers_to = _function(
        results(input=Keeping, floating=Floating, bool=Testing, index=Ranking),
        keeps=kept_by("operation"),
    )
    example = shown_on({"type": "Elementwise", "operation": "exp"}, ["batch", 12, 64])

    operation: Annotated[
        Literal[Keeping, Floating, Testing, Ranking], means("The function, as `keras.ops` has it.")
    ]


class Cast(Layer, kw_only=True):
    """The same values in another dtype."""

    category = "operation"
    lowers_to = _function("WB_RESULT_INPUT")
    example = shown_on({"type": "Cast", "dtype": "float16"}, ["batch", 12, 64])

    dtype: Annotated[Dtype, means("The dtype that the values get.")]


_KEPT = {
    **dict.fromkeys(("add", "subtract"), "WB_KEEPS_NOTHING"),
    **dict.fromkeys(("multiply", "divide", "divide_no_nan", "true_divide"), "WB_KEEPS_FACTORS"),
}


class Arithmetic(Layer, kw_only=True):
    """Arithmetic, a comparison or logic of two tensors, or of a tensor and a constant.

    Shapes are broadcast as in NumPy. A size that is unknown gives way to one that is known.
    """

    category = "operation"
    lowers_to = _broadcast(
        2,
        results(promoted=Arithmetics, floating=FloatingArithmetics, bool=Comparisons),
        keeps=Choice("operation", _KEPT, "WB_KEEPS_INPUTS"),
    )
    example = shown_on(
        {"type": "Arithmetic", "operation": "multiply", "constant_shape": [64]}, ["batch", 12, 64]
    )

    operation: Annotated[
        Literal[Arithmetics, FloatingArithmetics, Comparisons],
        means("The operation, as `keras.ops` has it."),
    ]
    constant: Annotated[
        int | float | bool | None, means("The other operand where it is a number.")
    ] = None
    constant_shape: Annotated[
        list[Integer] | None, means("Shape of the other operand where it is constant.")
    ] = None


class Where(Layer, kw_only=True):
    """Elements of the second input where the first is true, of the third elsewhere.

    Either of the last two may be a constant.
    """

    category = "operation"
    lowers_to = _broadcast(3, "WB_RESULT_CHOSEN")
    keeps = "input"
    example = shown_on({"type": "Where"}, ["batch", 12, 1], ["batch", 12, 64], ["batch", 1, 64])

    constant: Annotated[
        int | float | bool | None, means("What is taken of an input that is a number.")
    ] = None
    constant_shape: Annotated[
        list[Integer] | None, means("Shape of an input that is constant.")
    ] = None
