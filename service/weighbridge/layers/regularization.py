"""Layers that work in training only: the shape stays as it is."""

from typing import Annotated, ClassVar

from weighbridge.layers.layer import Layer, SpatialLayer, means, operator, shown_on


class Dropout(Layer, kw_only=True):
    """Sets a share of the elements to 0 in training."""

    category = "regularization"
    lowers_to = operator("identity", least_rank=0)
    example = shown_on({"type": "Dropout", "rate": 0.5}, ["batch", 64])

    rate: Annotated[int | float, means("Share of the elements, 0 to 1.")]
    noise_shape: Annotated[list[int | None] | None, means("Shape of the mask.")] = None
    seed: Annotated[int | None, means("Seed of the mask.")] = None


class _SpatialDropout(SpatialLayer, kw_only=True):
    """What all dropouts of whole channels take (Tompson et al., 2015)."""

    category: ClassVar[str] = "regularization"

    rate: Annotated[int | float, means("Share of the channels, 0 to 1.")]
    seed: Annotated[int | None, means("Seed of the mask.")] = None


class SpatialDropout1D(_SpatialDropout, kw_only=True):
    """Sets a share of the channels over one axis to 0 in training."""

    lowers_to = operator("identity", least_rank=2)
    example = shown_on({"type": "SpatialDropout1D", "rate": 0.5}, ["batch", 20, 4])


class SpatialDropout2D(_SpatialDropout, kw_only=True):
    """Sets a share of the channels over two axes to 0 in training."""

    lowers_to = operator("identity", least_rank=3)
    example = shown_on({"type": "SpatialDropout2D", "rate": 0.5}, ["batch", 28, 28, 4])


class SpatialDropout3D(_SpatialDropout, kw_only=True):
    """Sets a share of the channels over three axes to 0 in training."""

    lowers_to = operator("identity", least_rank=4)
    example = shown_on({"type": "SpatialDropout3D", "rate": 0.5}, ["batch", 9, 10, 11, 4])
