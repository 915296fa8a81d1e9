"""Pooling over windows of one to three axes of space, and over all of space."""

from typing import Annotated, ClassVar

from weighbridge.layers.convolution import PADDING
from weighbridge.layers.layer import (
    Integers,
    Operator,
    Padding,
    SpatialLayer,
    means,
    operator,
    shown_on,
)


class _Pooling(SpatialLayer, kw_only=True):
    """What all poolings over a window take."""

    category: ClassVar[str] = "pooling"

    pool_size: Annotated[Integers, means("Size of the window.")] = 2
    strides: Annotated[Integers | None, means("Step of the window; `pool_size` where null.")] = None
    padding: Annotated[Padding, PADDING] = "valid"


def _window(axes: int) -> Operator:
    return operator("pooling", **{"global": 0}, axes=axes, keepdims=1, dilation_rate=1, ceil_mode=0)


class MaxPooling1D(_Pooling, kw_only=True):
    """The largest value of each window of one axis."""

    lowers_to = _window(axes=1)
    example = shown_on({"type": "MaxPooling1D"}, ["batch", 20, 4])


class MaxPooling2D(_Pooling, kw_only=True):
    """The largest value of each window of two axes."""

    lowers_to = _window(axes=2)
    example = shown_on({"type": "MaxPooling2D"}, ["batch", 28, 28, 4])


class MaxPooling3D(_Pooling, kw_only=True):
    """The largest value of each window of three axes."""

    lowers_to = _window(axes=3)
    example = shown_on({"type": "MaxPooling3D"}, ["batch", 9, 10, 11, 4])


class AveragePooling1D(_Pooling, kw_only=True):
    """The mean of each window of one axis."""

    lowers_to = _window(axes=1)
    example = shown_on({"type": "AveragePooling1D"}, ["batch", 20, 4])


class AveragePooling2D(_Pooling, kw_only=True):
    """The mean of each window of two axes."""

    lowers_to = _window(axes=2)
    example = shown_on({"type": "AveragePooling2D"}, ["batch", 28, 28, 4])


class AveragePooling3D(_Pooling, kw_only=True):
    """The mean of each window of three axes."""

    lowers_to = _window(axes=3)
    example = shown_on({"type": "AveragePooling3D"}, ["batch", 9, 10, 11, 4])


class _GlobalPooling(SpatialLayer, kw_only=True):
    """What all poolings over all of space take."""

    category: ClassVar[str] = "pooling"

    keepdims: Annotated[bool, means("Keep the axes of space, with size 1.")] = False


def _whole(axes: int) -> Operator:
    return operator(
        "pooling",
        **{"global": 1},
        axes=axes,
        pool_size=1,
        strides=1,
        dilation_rate=1,
        padding_mode="WB_PADDING_VALID",
        padding=0,
        ceil_mode=0,
    )


class GlobalMaxPooling1D(_GlobalPooling, kw_only=True):
    """The largest value of each channel over one axis."""

    lowers_to = _whole(axes=1)
    example = shown_on({"type": "GlobalMaxPooling1D"}, ["batch", 20, 4])


class GlobalMaxPooling2D(_GlobalPooling, kw_only=True):
    """The largest value of each channel over two axes."""

    lowers_to = _whole(axes=2)
    example = shown_on({"type": "GlobalMaxPooling2D"}, ["batch", 28, 28, 4])


class GlobalMaxPooling3D(_GlobalPooling, kw_only=True):
    """The largest value of each channel over three axes."""

    lowers_to = _whole(axes=3)
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
