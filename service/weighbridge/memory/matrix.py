"""Which weights are matrices: what tensor parallelism divides and quantization makes smaller."""

from math import prod

from weighbridge.layers.convolution import (
    Conv1DTranspose,
    Conv2DTranspose,
    Conv3DTranspose,
    DepthwiseConv1D,
    DepthwiseConv2D,
)
from weighbridge.layers.core import Bilinear, EinsumDense
from weighbridge.layers.equation import characters

_TRANSPOSED = (Conv1DTranspose, Conv2DTranspose, Conv3DTranspose)
_DEPTHWISE = (DepthwiseConv1D, DepthwiseConv2D)


def columns_of(role: str, shape: tuple[int, ...], layer: object) -> int:
    """Return the output channels of a weight that is a kernel or a table, 0 for any other.

    `layer` is what has the weight. A row of a table is a channel: all of it is looked up at once,
    and comes out as one value on the way back.
    """
    path, _, name = role.rpartition("/")
    if len(shape) < 2 or not (name.endswith("kernel") or name == "embeddings"):
        return shape[-1] if name == "reverse_embeddings" else 0
    if name == "embeddings":
        return shape[0]
    if path in ("query", "key", "value", "gate"):
        return prod(shape[1:])
    if name == "depthwise_kernel" or isinstance(layer, _DEPTHWISE):
        return prod(shape[-2:])
    if isinstance(layer, _TRANSPOSED):
        return shape[-2]
    return _summed(shape, layer) if isinstance(layer, (EinsumDense, Bilinear)) else shape[-1]


def _summed(shape: tuple[int, ...], layer: EinsumDense | Bilinear) -> int:
    """Return the product of the kernel's axes that the output of an einsum has."""
    operands, _, output = "".join(map(chr, characters(layer.equation))).partition(">")
    labels = operands.rpartition(",")[2]
    return prod(size for label, size in zip(labels, shape, strict=True) if label in output)
