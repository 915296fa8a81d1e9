"""Axes of space that get another size."""

from typing import Annotated, ClassVar, Literal

from weighbridge.layers.layer import (
    Factors,
    From,
    Integers,
    Operator,
    SomeIntegers,
    Source,
    SpatialLayer,
    means,
    operator,
    shown_on,
)


def resizes(**fields: Source) -> Operator:
    """Return the operator of a layer that gives axes of space a size, or so much of theirs."""
    usual: dict[str, Source] = {
        "single": 0,
        "keep_dtype": 0,
        "mode": "WB_MODE_NEAREST",
        "pool_size": "WB_ABSENT",
        "return_indices": 0,
        "output_size_count": 0,
        "ratio_count": 0,
    }
    return operator("resizing", **(usual | fields))


class _UpSampling(SpatialLayer, kw_only=True):
    """What all upsamplings take."""

    category: ClassVar[str] = "reshaping"

    size: Annotated[
        Integers, means("Times that each element is repeated, for all axes or each.")
    ] = 2


def _times(axes: int) -> Operator:
    return resizes(axes=axes, ratio_count=From("size"))


class UpSampling1D(_UpSampling, kw_only=True):
    """`size` times as much of one axis."""

    lowers_to = _times(axes=1)
    example = shown_on({"type": "UpSampling1D", "size": 3}, ["batch", 20, 4])


class UpSampling2D(_UpSampling, kw_only=True):
    """`size` times as much of two axes."""

    lowers_to = _times(axes=2)
    example = shown_on({"type": "UpSampling2D", "size": [2, 3]}, ["batch", 28, 28, 4])

    interpolation: Annotated[str, means("How it is filled; changes no figure.")] = "nearest"


class UpSampling3D(_UpSampling, kw_only=True):
    """`size` times as much of three axes."""

    lowers_to = _times(axes=3)
    example = shown_on({"type": "UpSampling3D", "size": 3}, ["batch", 9, 10, 11, 4])


class Upsample(SpatialLayer, kw_only=True):
    """One to three axes of a size, or times a factor, rounded down (PyTorch)."""

    category: ClassVar[str] = "reshaping"
    lowers_to = resizes(
        axes="WB_ABSENT",
        keep_dtype=1,
        mode=From("mode"),
        output_size_count=From("size"),
        ratio_count=From("scale_factor"),
    )
    example = shown_on({"type": "Upsample", "scale_factor": [2, 3.5]}, ["batch", 4, 5, 3])

    size: Annotated[
        SomeIntegers | None, means("Size of the axes of space, one for all or each.")
    ] = None
    scale_factor: Annotated[
        Factors | None,
        means("Size of the axes of space in those of the input, one for all or each."),
    ] = None
    mode: Annotated[
        Literal["nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area"],
        means("How it is filled: `linear` is for one axis, `bilinear` and `bicubic` are for two."),
    ] = "nearest"
    align_corners: Annotated[bool | None, means("Keep the corners; changes no figure.")] = None
    recompute_scale_factor: Annotated[
        bool | None, means("Whether the factor is computed again; changes no figure.")
    ] = None
