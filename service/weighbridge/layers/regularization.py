"""Layers that work in training only: the shape stays as it is."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from weighbridge.layers.layer import Layer, Share, SpatialLayer, means, operator, shown_on

Amount = Annotated[float, Meta(ge=0)]

UNCHANGED = operator("identity", least_rank=0, keep_dtype=0)


class _Dropout(Layer, kw_only=True):
    """What all dropouts of single elements take."""

    category: ClassVar[str] = "regularization"

    rate: Annotated[Share, means("Share of the elements, 0 to 1.")]
    noise_shape: Annotated[
        list[int | None] | None,
        means("Shape of the mask, with null or 1 where it is the same for all."),
    ] = None
    seed: Annotated[int | None, means("Seed of the mask.")] = None

    @property
    def keeps(self) -> Literal["mask", "view"]:  # type: ignore[override]
        """Which elements were dropped."""
        return "mask" if self.rate > 0 else "view"


class Dropout(_Dropout, kw_only=True):
    """Sets a share of the elements to 0 in training (Srivastava et al., 2014)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "Dropout", "rate": 0.5}, ["batch", 64])


class AlphaDropout(_Dropout, kw_only=True):
    """Dropout that keeps mean and variance, for SELU (Klambauer et al., 2017)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "AlphaDropout", "rate": 0.1}, ["batch", 64])


class GaussianDropout(Layer, kw_only=True):
    """Multiplies by noise around 1 in training (Srivastava et al., 2014)."""

    category = "regularization"
    lowers_to = UNCHANGED
    example = shown_on({"type": "GaussianDropout", "rate": 0.5}, ["batch", 64])

    rate: Annotated[Share, means("Noise of the deviation sqrt(rate / (1 - rate)).")]
    seed: Annotated[int | None, means("Seed of the noise.")] = None

    @property
    def keeps(self) -> Literal["noise", "view"]:  # type: ignore[override]
        """What the elements were multiplied by."""
        return "noise" if self.rate > 0 else "view"


class GaussianNoise(Layer, kw_only=True):
    """Adds noise around 0 in training."""

    category = "regularization"
    lowers_to = UNCHANGED
    example = shown_on({"type": "GaussianNoise", "stddev": 0.1}, ["batch", 64])

    stddev: Annotated[Amount, means("Deviation of the noise.")]
    seed: Annotated[int | None, means("Seed of the noise.")] = None


class ActivityRegularization(Layer, kw_only=True):
    """Adds what passes through it to the loss."""

    category = "regularization"
    lowers_to = UNCHANGED
    keeps = "input"
    example = shown_on({"type": "ActivityRegularization", "l2": 0.01}, ["batch", 64])

    l1: Annotated[Amount, means("Weight of the absolute values.")] = 0.0
    l2: Annotated[Amount, means("Weight of the squares.")] = 0.0


class _SpatialDropout(SpatialLayer, kw_only=True):
    """What all dropouts of whole channels take (Tompson et al., 2015)."""

    category: ClassVar[str] = "regularization"

    rate: Annotated[Share, means("Share of the channels, 0 to 1.")]
    seed: Annotated[int | None, means("Seed of the mask.")] = None


class SpatialDropout1D(_SpatialDropout, kw_only=True):
    """Sets a share of the channels over one axis to 0 in training."""

    lowers_to = operator("identity", least_rank=2, keep_dtype=0)
    example = shown_on({"type": "SpatialDropout1D", "rate": 0.5}, ["batch", 20, 4])


class SpatialDropout2D(_SpatialDropout, kw_only=True):
    """Sets a share of the channels over two axes to 0 in training."""

    lowers_to = operator("identity", least_rank=3, keep_dtype=0)
    example = shown_on({"type": "SpatialDropout2D", "rate": 0.5}, ["batch", 28, 28, 4])


class SpatialDropout3D(_SpatialDropout, kw_only=True):
    """Sets a share of the channels over three axes to 0 in training."""

    lowers_to = operator("identity", least_rank=4, keep_dtype=0)
    example = shown_on({"type": "SpatialDropout3D", "rate": 0.5}, ["batch", 9, 10, 11, 4])
