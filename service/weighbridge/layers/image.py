"""Images of a size, and values of a range."""

from typing import Annotated, ClassVar

from weighbridge.layers.layer import (
    Each,
    Integer,
    Layer,
    SpatialLayer,
    means,
    operator,
    shown_on,
)
from weighbridge.layers.resampling import resizes

TO_SIZE = resizes(axes=2, single=1, output_size_count=Each(("height", "width")))


class _ImageOfSize(SpatialLayer, kw_only=True):
    """What all layers take that give images a size: one image, or a batch of them."""

    category: ClassVar[str] = "preprocessing"

    height: Annotated[Integer, means("Rows of the output image.")]
    width: Annotated[Integer, means("Columns of the output image.")]
    bounding_box_format: Annotated[str | None, means("How bounding boxes are written.")] = None


class Resizing(_ImageOfSize, kw_only=True):
    """Images of another size."""

    lowers_to = TO_SIZE
    example = shown_on({"type": "Resizing", "height": 224, "width": 224}, ["batch", 480, 640, 3])

    interpolation: Annotated[str, means("How values between pixels are made.")] = "bilinear"
    crop_to_aspect_ratio: Annotated[
        bool, means("Cut off what does not fit, instead of distorting.")
    ] = False
    pad_to_aspect_ratio: Annotated[bool, means("Fill up what is missing, instead.")] = False
    fill_mode: Annotated[str, means("What it is filled up with.")] = "constant"
    fill_value: Annotated[
        int | float, means("What it is filled up with where `fill_mode` is `constant`.")
    ] = 0.0
    antialias: Annotated[bool, means("Whether it smooths while it makes smaller.")] = False


class CenterCrop(_ImageOfSize, kw_only=True):
    """The middle of images; smaller ones are made larger."""

    lowers_to = TO_SIZE
    example = shown_on({"type": "CenterCrop", "height": 224, "width": 224}, ["batch", 256, 256, 3])


class RandomCrop(_ImageOfSize, kw_only=True):
    """A part of images at a random place; smaller ones are made larger."""

    lowers_to = TO_SIZE
    example = shown_on({"type": "RandomCrop", "height": 224, "width": 224}, ["batch", 256, 256, 3])

    seed: Annotated[int | None, means("Seed of the place.")] = None


class Rescaling(Layer, kw_only=True):
    """Values times `scale` plus `offset`."""

    category = "preprocessing"
    lowers_to = operator("identity", least_rank=0, keep_dtype=0)
    example = shown_on({"type": "Rescaling", "scale": 0.00392156862745098}, ["batch", 32, 32, 3])

    scale: Annotated[int | float | list[int | float], means("Factor, one or for each channel.")]
    offset: Annotated[
        int | float | list[int | float], means("What is added, one or for each channel.")
    ] = 0.0
