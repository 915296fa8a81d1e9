"""What the backward pass of a function needs: its input, its output, or neither.

The output serves where the derivative follows from it, as PyTorch has it for most: of sigmoid it is
`y * (1 - y)`. A function that is not listed keeps its input.
"""

from collections.abc import Mapping

from weighbridge.layers.layer import Choice

_FROM_OUTPUT = (
    "cbrt", "exp", "exp2", "expm1", "exponential", "log_softmax", "reciprocal", "relu", "rsqrt",
    "sigmoid", "softmax", "sparsemax", "sqrt", "tan", "tanh",
)  # fmt: skip

_LINEAR = (
    "ceil", "conj", "conjugate", "convert_to_tensor", "copy", "cumsum", "deg2rad", "empty_like",
    "flip", "fliplr", "flipud", "floor", "full_like", "imag", "linear", "nancumsum", "negative",
    "ones_like", "rad2deg", "real", "roll", "round", "sign", "stop_gradient", "tril", "triu",
    "trunc", "zeros_like",
)  # fmt: skip
"""Functions whose derivative is the same everywhere, or 0."""

KEPT: Mapping[str | None, str] = {
    None: "WB_KEEPS_NOTHING",
    "sort": "WB_KEEPS_PLACES",
    **dict.fromkeys(_FROM_OUTPUT, "WB_KEEPS_OUTPUT"),
    **dict.fromkeys(_LINEAR, "WB_KEEPS_NOTHING"),
}


def kept_by(attribute: str) -> Choice:
    """Return what the function keeps whose name is the value of an attribute."""
    return Choice(attribute, KEPT, "WB_KEEPS_INPUT")
