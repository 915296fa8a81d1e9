"""Normalization of each channel by its neighbours: no weights, the shape stays as it is."""

from typing import Annotated, ClassVar

from msgspec import Meta

from weighbridge.layers.layer import Kept, SpatialLayer, means, operator, shown_on


class _LocalResponse(SpatialLayer, kw_only=True):
    """What both take; none of it counts."""

    keeps: ClassVar[Kept] = "input"
    category: ClassVar[str] = "normalization"

    size: Annotated[int, Meta(ge=1), means("Channels that are summed over.")]
    alpha: Annotated[int | float, means("What the sum is multiplied by.")] = 0.0001
    beta: Annotated[int | float, means("Exponent of the sum.")] = 0.75
    k: Annotated[int | float, means("What is added to the sum.")] = 1.0


class LocalResponseNorm(_LocalResponse, kw_only=True):
    """Divides by the squares of the channels nearby (Krizhevsky et al., 2012; PyTorch)."""

    lowers_to = operator("identity", least_rank=3, keep_dtype=0)
    example = shown_on({"type": "LocalResponseNorm", "size": 5}, ["batch", 27, 27, 96])


class CrossMapLRN2d(_LocalResponse, kw_only=True):
    """The same as LocalResponseNorm, for images (PyTorch, from Torch7)."""

    lowers_to = operator("identity", least_rank=4, keep_dtype=0)
    example = shown_on({"type": "CrossMapLRN2d", "size": 5}, ["batch", 27, 27, 96])
