"""Which weights are matrices: what tensor parallelism divides and quantization makes smaller."""

from functools import lru_cache
from math import prod

from weighbridge.layers.convolution import (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
    DepthwiseConv1D,
    DepthwiseConv2D,
)
from weighbridge.layers.equation import characters

_TRANSPOSED = (Conv1DTranspose, Conv2DTranspose, Conv3DTranspose)
_DEPTHWISE = (DepthwiseConv1D, DepthwiseConv2D)
_TABLES = {"embeddings": 0, "reverse_embeddings": 1}
"""The axis of the rows of each table."""


@lru_cache(maxsize=4096)
def columns_of(
    role: str, shape: tuple[int, ...], layer_type: type, equation: str | None = None
) -> int:
    """Return the output channels of a weight that is a kernel or a table, 0 for any other.

    `layer_type` is the type of what has the weight, `equation` that of an einsum. A row of a table
    is a channel: all of it is looked up at once, and comes out as one value on the way back.
    """
    path, _, name = role.rpartition("/")
    if len(shape) < 2 or not (name.endswith("kernel") or name in _TABLES):
        return 0
    if name in _TABLES:
        return shape[_TABLES[name]]
    if path in ("query", "key", "value", "gate"):
        return prod(shape[1:])
    if name == "depthwise_kernel" or layer_type in _DEPTHWISE:
        return prod(shape[-2:])
    if layer_type in _TRANSPOSED:
        return shape[-2]
    return shape[-1] if equation is None else _summed(shape, equation)


def _summed(shape: tuple[int, ...], equation: str) -> int:
    """Return the product of the kernel's axes that the output of an einsum has."""
    operands, _, output = "".join(map(chr, characters(equation))).partition(">")
    labels = operands.rpartition(",")[2]
    return prod(size for label, size in zip(labels, shape, strict=True) if label in output)
