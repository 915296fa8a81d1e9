"""Convolutions over one to three axes of space."""

from typing import Annotated, ClassVar, Literal

from weighbridge.layers.core import LoraAlpha, LoraRank
from weighbridge.layers.derivative import kept_by
from weighbridge.layers.layer import (
    ActivationName,
    From,
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
    "(Conv1D only: before the input); or explicit: an integer, one for each axis, or "
    "`[before, after]` for each axis."
)

Border = Literal["zeros", "reflect", "replicate", "circular"]
"""What padding is filled with, in PyTorch's words."""


class _Convolution(SpatialLayer, kw_only=True):
    """What all convolutions take."""

    category: ClassVar[str] = "convolutional"

    kernel_size: Annotated[Integers, means("Size of the window, one for all axes or each.")]
    strides: Annotated[Integers, means("Step of the window, one for all axes or each.")] = 1
    padding: Annotated[Padding, PADDING] = "valid"
    dilation_rate: Annotated[Integers, means("Distance between the points of the window.")] = 1
    activation: ActivationName = None
    use_bias: Annotated[bool, means("Whether each output channel has a bias.")] = True


class _FilteringConvolution(_Convolution, kw_only=True):
    """What all convolutions take whose channels are not tied to those of the input."""

    filters: Annotated[Integer, means("Channels of the output.")]


# ---- Plain ---------------------------------------------------------------------------------------


class _PlainConvolution(_FilteringConvolution, kw_only=True):
    """What plain convolutions take."""

    groups: Annotated[
        Integer, means("Parts that the channels are split into, each convolved by itself.")
    ] = 1
    padding_mode: Annotated[
        Border, means("What the padding is filled with (PyTorch): no effect on shapes.")
    ] = "zeros"
    lora_rank: LoraRank = None
    lora_alpha: LoraAlpha = None


def _plain(axes: int) -> Operator:
    return operator(
        "convolution",
        kind="WB_CONVOLUTION_PLAIN",
        keeps=kept_by("activation"),
        axes=axes,
        depth_multiplier=1,
        border=From("padding_mode"),
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


# ---- Transposed ----------------------------------------------------------------------------------


class _TransposedConvolution(_FilteringConvolution, kw_only=True):
    """What transposed convolutions take."""

    output_padding: Annotated[
        Integers | None,
        means(
            "More of the output behind it. Where null: with `valid` and `same` padding as much as "
            "the strides would miss (Keras), with explicit padding none (PyTorch)."
        ),
    ] = None
    groups: Annotated[
        Integer, means("Parts that the channels are split into, each convolved by itself.")
    ] = 1


def _transposed(axes: int) -> Operator:
    return operator(
        "convolution",
        kind="WB_CONVOLUTION_TRANSPOSED",
        keeps=kept_by("activation"),
        axes=axes,
        lora_rank="WB_ABSENT",
        depth_multiplier=1,
        border="WB_PADDING_MODE_ZEROS",
    )


class Conv1DTranspose(_TransposedConvolution, kw_only=True):
    """The way back from a convolution over one axis (Zeiler et al., 2010)."""

    lowers_to = _transposed(axes=1)
    example = shown_on(
        {"type": "Conv1DTranspose", "filters": 4, "kernel_size": 3, "strides": 2}, ["batch", 9, 8]
    )


class Conv2DTranspose(_TransposedConvolution, kw_only=True):
    """The way back from a convolution over two axes (Zeiler et al., 2010)."""

    lowers_to = _transposed(axes=2)
    example = shown_on(
        {
            "type": "Conv2DTranspose",
            "filters": 8,
            "kernel_size": 3,
            "strides": 2,
            "padding": "same",
        },
        ["batch", 14, 14, 16],
    )


class Conv3DTranspose(_TransposedConvolution, kw_only=True):
    """The way back from a convolution over three axes (Zeiler et al., 2010)."""

    lowers_to = _transposed(axes=3)
    example = shown_on(
        {"type": "Conv3DTranspose", "filters": 2, "kernel_size": 3}, ["batch", 5, 6, 7, 4]
    )


# ---- Depthwise -----------------------------------------------------------------------------------


class _DepthwiseConvolution(_Convolution, kw_only=True):
    """What depthwise convolutions take."""

    depth_multiplier: Annotated[Integer, means("Channels that each input channel becomes.")] = 1


def _depthwise(axes: int) -> Operator:
    return operator(
        "convolution",
        kind="WB_CONVOLUTION_DEPTHWISE",
        keeps=kept_by("activation"),
        axes=axes,
        lora_rank="WB_ABSENT",
        filters=1,
        groups=1,
        border="WB_PADDING_MODE_ZEROS",
        output_padding="WB_ABSENT",
    )


class DepthwiseConv1D(_DepthwiseConvolution, kw_only=True):
    """Convolution over one axis, of each channel by itself."""

    lowers_to = _depthwise(axes=1)
    example = shown_on(
        {"type": "DepthwiseConv1D", "kernel_size": 3, "depth_multiplier": 2}, ["batch", 20, 4]
    )


class DepthwiseConv2D(_DepthwiseConvolution, kw_only=True):
    """Convolution over two axes, of each channel by itself."""

    lowers_to = _depthwise(axes=2)
    example = shown_on(
        {"type": "DepthwiseConv2D", "kernel_size": 3, "padding": "same"}, ["batch", 28, 28, 16]
    )


# ---- Separable -----------------------------------------------------------------------------------


class _SeparableConvolution(_FilteringConvolution, kw_only=True):
    """What separable convolutions take."""

    depth_multiplier: Annotated[
        Integer, means("Channels that each input channel becomes before they are mixed.")
    ] = 1


def _separable(axes: int) -> Operator:
    return operator(
        "convolution",
        kind="WB_CONVOLUTION_SEPARABLE",
        keeps=kept_by("activation"),
        axes=axes,
        lora_rank="WB_ABSENT",
        groups=1,
        border="WB_PADDING_MODE_ZEROS",
        output_padding="WB_ABSENT",
    )


class SeparableConv1D(_SeparableConvolution, kw_only=True):
    """A depthwise convolution over one axis, then one of size 1 that mixes the channels."""

    lowers_to = _separable(axes=1)
    example = shown_on(
        {"type": "SeparableConv1D", "filters": 8, "kernel_size": 3}, ["batch", 20, 4]
    )


class SeparableConv2D(_SeparableConvolution, kw_only=True):
    """A depthwise convolution over two axes, then one of size 1 that mixes the channels."""

    lowers_to = _separable(axes=2)
    example = shown_on(
        {"type": "SeparableConv2D", "filters": 32, "kernel_size": 3}, ["batch", 28, 28, 16]
    )
