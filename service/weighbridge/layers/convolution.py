"""Convolutions over one to three axes of space."""

from typing import Annotated, ClassVar

from weighbridge.layers.layer import (
    Integer,
    Integers,
    Operator,
    Padding,
    SpatialLayer,
    means,
    operator,
    shown_on,
)

PADDING = means(
    "`valid` (none), `same` (the output has the input's size, divided by the strides), `causal` "
    "(1D only: before the input); or explicit: an integer, one for each axis, or `[before, after]` "
    "for each axis."
)


class _Convolution(SpatialLayer, kw_only=True):
    """What all convolutions take."""

    category: ClassVar[str] = "convolutional"

    kernel_size: Annotated[Integers, means("Size of the window, one for all axes or each.")]
    strides: Annotated[Integers, means("Step of the window.")] = 1
    padding: Annotated[Padding, PADDING] = "valid"
    dilation_rate: Annotated[Integers, means("Distance between the points of the window.")] = 1
    activation: Annotated[str | None, means("Elementwise, does not count.")] = None
    use_bias: Annotated[bool, means("Whether each output channel has a bias.")] = True


class _PlainConvolution(_Convolution, kw_only=True):
    filters: Annotated[Integer, means("Channels of the output.")]
    groups: Annotated[
        Integer, means("Parts that the channels are split into, each convolved by itself.")
    ] = 1


def _plain(axes: int) -> Operator:
    return operator(
        "convolution",
        kind="WB_CONVOLUTION_PLAIN",
        axes=axes,
        depth_multiplier=1,
        output_padding="WB_ABSENT",
    )


class Conv1D(_PlainConvolution, kw_only=True):
    """Convolution over one axis, such as time."""

    lowers_to = _plain(axes=1)
    example = shown_on({"type": "Conv1D", "filters": 8, "kernel_size": 3}, ["batch", 20, 4])


class Conv2D(_PlainConvolution, kw_only=True):
    """Convolution over two axes, such as height and width."""

    lowers_to = _plain(axes=2)
    example = shown_on({"type": "Conv2D", "filters": 8, "kernel_size": 5}, ["batch", 32, 32, 3])


class Conv3D(_PlainConvolution, kw_only=True):
    """Convolution over three axes, such as depth, height and width."""

    lowers_to = _plain(axes=3)
    example = shown_on({"type": "Conv3D", "filters": 8, "kernel_size": 3}, ["batch", 9, 10, 11, 4])
