"""Pooling over windows of one to three axes of space, over all of space, and to a size."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from weighbridge.layers.convolution import PADDING
from weighbridge.layers.layer import (
    Factors,
    From,
    Integers,
    Kept,
    OpenIntegers,
    Operator,
    Padding,
    SomeIntegers,
    Source,
    SpatialLayer,
    means,
    operator,
    shown_on,
)
from weighbridge.layers.resampling import resizes

POOL_SIZE = means("Size of the window, one for all axes or each.")
STRIDES = means("Step of the window, one for all axes or each; `pool_size` where null.")
INDICES = means("A second output of the same shape, of int64: where the values were (PyTorch).")


UNPADDED: Mapping[str, Source] = {"padding_mode": "WB_PADDING_VALID", "padding": 0}


def _pools(**fields: Source) -> Operator:
    """Return the operator of a window that slides, but for what `fields` says."""
    usual: dict[str, Source] = {
        "kind": "WB_POOLING_WINDOW",
        "keepdims": 1,
        "dilation_rate": 1,
        "output_size": "WB_ABSENT",
        "return_indices": 0,
    }
    return operator("pooling", **(usual | fields))


class _Pooling(SpatialLayer, kw_only=True):
    """What all poolings over a window take."""

    category: ClassVar[str] = "pooling"

    strides: Annotated[Integers | None, STRIDES] = None
    ceil_mode: Annotated[bool, means("Keep a last window that reaches over the end (PyTorch).")] = (
        False
    )


# ---- Maxima --------------------------------------------------------------------------------------


class _MaxPooling(_Pooling, kw_only=True):
    """What poolings take that keep the largest value."""

    keeps: ClassVar[Kept] = "places"

    pool_size: Annotated[Integers, POOL_SIZE] = 2
    padding: Annotated[Padding, PADDING] = "valid"
    dilation_rate: Annotated[
        Integers, means("Distance between the points of the window (PyTorch).")
    ] = 1
    return_indices: Annotated[bool, INDICES] = False


def _max(axes: int) -> Operator:
    return _pools(
        axes=axes, dilation_rate=From("dilation_rate"), return_indices=From("return_indices")
    )


class MaxPooling1D(_MaxPooling, kw_only=True):
    """The largest value of each window of one axis."""

    lowers_to = _max(axes=1)
    example = shown_on({"type": "MaxPooling1D"}, ["batch", 20, 4])


class MaxPooling2D(_MaxPooling, kw_only=True):
    """The largest value of each window of two axes."""

    lowers_to = _max(axes=2)
    example = shown_on({"type": "MaxPooling2D"}, ["batch", 28, 28, 4])


class MaxPooling3D(_MaxPooling, kw_only=True):
    """The largest value of each window of three axes."""

    lowers_to = _max(axes=3)
    example = shown_on({"type": "MaxPooling3D"}, ["batch", 9, 10, 11, 4])


# ---- Means and norms -----------------------------------------------------------------------------


class _AveragePooling(_Pooling, kw_only=True):
    """What poolings take that average."""

    pool_size: Annotated[Integers, POOL_SIZE]
    padding: Annotated[Padding, PADDING] = "valid"
    count_include_pad: Annotated[
        bool, means("Whether zeros of the padding are averaged too (PyTorch); changes no figure.")
    ] = True
    divisor_override: Annotated[
        int | None, means("What is divided by, not the window's size (PyTorch); changes no figure.")
    ] = None


class AveragePooling1D(_AveragePooling, kw_only=True):
    """The mean of each window of one axis."""

    lowers_to = _pools(axes=1)
    example = shown_on({"type": "AveragePooling1D", "pool_size": 2}, ["batch", 20, 4])


class AveragePooling2D(_AveragePooling, kw_only=True):
    """The mean of each window of two axes."""

    lowers_to = _pools(axes=2)
    example = shown_on({"type": "AveragePooling2D", "pool_size": 2}, ["batch", 28, 28, 4])


class AveragePooling3D(_AveragePooling, kw_only=True):
    """The mean of each window of three axes."""

    lowers_to = _pools(axes=3)
    example = shown_on({"type": "AveragePooling3D", "pool_size": 2}, ["batch", 9, 10, 11, 4])


class _LPPooling(_Pooling, kw_only=True):
    """What power-average poolings take."""

    keeps: ClassVar[Kept] = "input"

    norm_type: Annotated[int | float, means("The power: 1 is a sum, infinity the largest value.")]
    pool_size: Annotated[Integers, POOL_SIZE]


def _norm(axes: int) -> Operator:
    return _pools(axes=axes, **UNPADDED)


class LPPool1d(_LPPooling, kw_only=True):
    """The `norm_type`-norm of each window of one axis (PyTorch)."""

    lowers_to = _norm(axes=1)
    example = shown_on({"type": "LPPool1d", "norm_type": 2, "pool_size": 3}, ["batch", 20, 4])


class LPPool2d(_LPPooling, kw_only=True):
    """The `norm_type`-norm of each window of two axes (PyTorch)."""

    lowers_to = _norm(axes=2)
    example = shown_on({"type": "LPPool2d", "norm_type": 2, "pool_size": 3}, ["batch", 28, 28, 4])


class LPPool3d(_LPPooling, kw_only=True):
    """The `norm_type`-norm of each window of three axes (PyTorch)."""

    lowers_to = _norm(axes=3)
    example = shown_on(
        {"type": "LPPool3d", "norm_type": 2, "pool_size": 3}, ["batch", 9, 10, 11, 4]
    )


# ---- The way back --------------------------------------------------------------------------------


class _MaxUnpooling(SpatialLayer, kw_only=True):
    """What the way back from pooling takes: two inputs, values and where they go."""

    category: ClassVar[str] = "pooling"

    pool_size: Annotated[Integers, POOL_SIZE]
    strides: Annotated[Integers | None, STRIDES] = None
    padding: Annotated[Padding, PADDING] = 0
    output_size: Annotated[
        Integers | None,
        means("Size of the axes of space, less than a stride from what the window makes it."),
    ] = None


def _inverse(axes: int) -> Operator:
    return _pools(
        axes=axes, kind="WB_POOLING_INVERSE", ceil_mode=0, output_size=From("output_size")
    )


class MaxUnpool1d(_MaxUnpooling, kw_only=True):
    """Puts the values of max pooling over one axis back where they were (PyTorch)."""

    lowers_to = _inverse(axes=1)
    example = shown_on({"type": "MaxUnpool1d", "pool_size": 2}, ["batch", 10, 4], ["batch", 10, 4])


class MaxUnpool2d(_MaxUnpooling, kw_only=True):
    """Puts the values of max pooling over two axes back where they were (PyTorch)."""

    lowers_to = _inverse(axes=2)
    example = shown_on(
        {"type": "MaxUnpool2d", "pool_size": 2}, ["batch", 14, 14, 4], ["batch", 14, 14, 4]
    )


class MaxUnpool3d(_MaxUnpooling, kw_only=True):
    """Puts the values of max pooling over three axes back where they were (PyTorch)."""

    lowers_to = _inverse(axes=3)
    example = shown_on(
        {"type": "MaxUnpool3d", "pool_size": 2}, ["batch", 4, 5, 5, 4], ["batch", 4, 5, 5, 4]
    )


# ---- Over all of space ---------------------------------------------------------------------------


class _GlobalPooling(SpatialLayer, kw_only=True):
    """What all poolings over all of space take."""

    category: ClassVar[str] = "pooling"

    keepdims: Annotated[bool, means("Whether the axes of space stay, with size 1.")] = False


def _whole(axes: int) -> Operator:
    return _pools(
        axes=axes,
        kind="WB_POOLING_GLOBAL",
        pool_size=1,
        strides=1,
        ceil_mode=0,
        keepdims=From("keepdims"),
        **UNPADDED,
    )


class GlobalMaxPooling1D(_GlobalPooling, kw_only=True):
    """The largest value of each channel over one axis."""

    lowers_to = _whole(axes=1)
    keeps = "places"
    example = shown_on({"type": "GlobalMaxPooling1D"}, ["batch", 20, 4])


class GlobalMaxPooling2D(_GlobalPooling, kw_only=True):
    """The largest value of each channel over two axes."""

    lowers_to = _whole(axes=2)
    keeps = "places"
    example = shown_on({"type": "GlobalMaxPooling2D"}, ["batch", 28, 28, 4])


class GlobalMaxPooling3D(_GlobalPooling, kw_only=True):
    """The largest value of each channel over three axes."""

    lowers_to = _whole(axes=3)
    keeps = "places"
    example = shown_on({"type": "GlobalMaxPooling3D"}, ["batch", 9, 10, 11, 4])


class GlobalAveragePooling1D(_GlobalPooling, kw_only=True):
    """The mean of each channel over one axis."""

    lowers_to = _whole(axes=1)
    example = shown_on({"type": "GlobalAveragePooling1D"}, ["batch", 20, 4])


class GlobalAveragePooling2D(_GlobalPooling, kw_only=True):
    """The mean of each channel over two axes."""

    lowers_to = _whole(axes=2)
    example = shown_on({"type": "GlobalAveragePooling2D"}, ["batch", 28, 28, 4])


class GlobalAveragePooling3D(_GlobalPooling, kw_only=True):
    """The mean of each channel over three axes."""

    lowers_to = _whole(axes=3)
    example = shown_on({"type": "GlobalAveragePooling3D"}, ["batch", 9, 10, 11, 4])


# ---- To a size -----------------------------------------------------------------------------------


class _AdaptivePooling(SpatialLayer, kw_only=True):
    """What all poolings take whose windows follow from the size of their output."""

    category: ClassVar[str] = "pooling"

    output_size: Annotated[
        OpenIntegers,
        means(
            "Size of the axes of space, one for all or each; null in the list keeps the input's."
        ),
    ]


def _to_size(axes: int, **fields: Source) -> Operator:
    return resizes(axes=axes, output_size_count=From("output_size"), **fields)


class _AdaptiveMaxPooling(_AdaptivePooling, kw_only=True):
    """What adaptive poolings take that keep the largest value."""

    keeps: ClassVar[Kept] = "places"

    return_indices: Annotated[bool, INDICES] = False


class AdaptiveAveragePooling1D(_AdaptivePooling, kw_only=True):
    """The mean of each of `output_size` windows of one axis."""

    lowers_to = _to_size(axes=1)
    example = shown_on({"type": "AdaptiveAveragePooling1D", "output_size": 5}, ["batch", 20, 4])


class AdaptiveAveragePooling2D(_AdaptivePooling, kw_only=True):
    """The mean of each of `output_size` windows of two axes."""

    lowers_to = _to_size(axes=2)
    example = shown_on({"type": "AdaptiveAveragePooling2D", "output_size": 5}, ["batch", 28, 28, 4])


class AdaptiveAveragePooling3D(_AdaptivePooling, kw_only=True):
    """The mean of each of `output_size` windows of three axes."""

    lowers_to = _to_size(axes=3)
    example = shown_on(
        {"type": "AdaptiveAveragePooling3D", "output_size": 5}, ["batch", 9, 10, 11, 4]
    )


class AdaptiveMaxPooling1D(_AdaptiveMaxPooling, kw_only=True):
    """The largest value of each of `output_size` windows of one axis."""

    lowers_to = _to_size(axes=1, return_indices=From("return_indices"))
    example = shown_on({"type": "AdaptiveMaxPooling1D", "output_size": 5}, ["batch", 20, 4])


class AdaptiveMaxPooling2D(_AdaptiveMaxPooling, kw_only=True):
    """The largest value of each of `output_size` windows of two axes."""

    lowers_to = _to_size(axes=2, return_indices=From("return_indices"))
    example = shown_on({"type": "AdaptiveMaxPooling2D", "output_size": 5}, ["batch", 28, 28, 4])


class AdaptiveMaxPooling3D(_AdaptiveMaxPooling, kw_only=True):
    """The largest value of each of `output_size` windows of three axes."""

    lowers_to = _to_size(axes=3, return_indices=From("return_indices"))
    example = shown_on({"type": "AdaptiveMaxPooling3D", "output_size": 5}, ["batch", 9, 10, 11, 4])


class _FractionalPooling(SpatialLayer, kw_only=True):
    """What poolings take whose windows begin at random places."""

    keeps: ClassVar[Kept] = "places"

    category: ClassVar[str] = "pooling"

    pool_size: Annotated[Integers, POOL_SIZE]
    output_size: Annotated[SomeIntegers | None, means("Size of the axes of space.")] = None
    output_ratio: Annotated[
        Factors | None,
        means("Size of the axes of space as a share of the input's, below 1, rounded down."),
    ] = None
    return_indices: Annotated[bool, INDICES] = False


def _fractional(axes: int) -> Operator:
    return _to_size(
        axes,
        pool_size=From("pool_size"),
        return_indices=From("return_indices"),
        ratio_count=From("output_ratio"),
    )


class FractionalMaxPool2d(_FractionalPooling, kw_only=True):
    """The largest value of windows of two axes at random places (Graham, 2014; PyTorch)."""

    lowers_to = _fractional(axes=2)
    example = shown_on(
        {"type": "FractionalMaxPool2d", "pool_size": 2, "output_size": 4}, ["batch", 28, 28, 4]
    )


class FractionalMaxPool3d(_FractionalPooling, kw_only=True):
    """The largest value of windows of three axes at random places (Graham, 2014; PyTorch)."""

    lowers_to = _fractional(axes=3)
    example = shown_on(
        {"type": "FractionalMaxPool3d", "pool_size": 2, "output_size": 4}, ["batch", 9, 10, 11, 4]
    )
