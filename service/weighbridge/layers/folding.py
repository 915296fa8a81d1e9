"""Elements that go between space and channels (all of them PyTorch's)."""

from typing import Annotated, ClassVar

from weighbridge.layers.convolution import PADDING
from weighbridge.layers.layer import (
    From,
    Integer,
    Integers,
    Padding,
    SpatialLayer,
    means,
    operator,
    shown_on,
)

# ---- Windows and columns -------------------------------------------------------------------------


class _Folding(SpatialLayer, kw_only=True):
    """What is taken by both ways between windows and columns."""

    category: ClassVar[str] = "reshaping"

    kernel_size: Annotated[Integers, means("Size of the window, one for both axes or each.")]
    strides: Annotated[Integers, means("Step of the window, one for all axes or each.")] = 1
    padding: Annotated[Padding, PADDING] = 0
    dilation_rate: Annotated[Integers, means("Distance between the points of the window.")] = 1


class Unfold(_Folding, kw_only=True):
    """Every window of two axes becomes a column of all its channels (im2col; PyTorch)."""

    lowers_to = operator("folding", inverse=0, axes=2, output_size=1)
    example = shown_on({"type": "Unfold", "kernel_size": 3}, ["batch", 8, 9, 3])


class Fold(_Folding, kw_only=True):
    """The columns of windows are added up to two axes (col2im; PyTorch)."""

    lowers_to = operator("folding", inverse=1, axes=2)
    example = shown_on({"type": "Fold", "output_size": [8, 9], "kernel_size": 3}, ["batch", 42, 27])

    output_size: Annotated[Integers, means("Size of the axes, one for both or each.")]


# ---- Elements and channels -----------------------------------------------------------------------


class PixelShuffle(SpatialLayer, kw_only=True):
    """Channels become `upscale_factor` times as much of two axes (Shi et al., 2016; PyTorch)."""

    category = "reshaping"
    lowers_to = operator("shuffle", kind="WB_SHUFFLE_TO_SPACE", factor=From("upscale_factor"))
    example = shown_on({"type": "PixelShuffle", "upscale_factor": 2}, ["batch", 4, 5, 12])

    upscale_factor: Annotated[
        Integer,
        means("How many times more of both axes there is; its square divides the channels."),
    ]


class PixelUnshuffle(SpatialLayer, kw_only=True):
    """The way back from PixelShuffle (PyTorch)."""

    category = "reshaping"
    lowers_to = operator("shuffle", kind="WB_SHUFFLE_TO_CHANNELS", factor=From("downscale_factor"))
    example = shown_on({"type": "PixelUnshuffle", "downscale_factor": 2}, ["batch", 8, 10, 3])

    downscale_factor: Annotated[
        Integer, means("How many times less of both axes there is; it divides both.")
    ]


class ChannelShuffle(SpatialLayer, kw_only=True):
    """Channels of different groups change places (Zhang et al., 2018; PyTorch)."""

    category = "reshaping"
    lowers_to = operator("shuffle", kind="WB_SHUFFLE_CHANNELS", factor=From("groups"))
    example = shown_on({"type": "ChannelShuffle", "groups": 3}, ["batch", 4, 5, 12])

    groups: Annotated[Integer, means("How many groups there are; they divide the channels.")]
