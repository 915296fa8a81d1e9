"""Images are changed in training: the shape stays as it is. None of the attributes counts."""

from typing import Annotated, ClassVar, Literal

import msgspec

from weighbridge.layers.layer import SpatialLayer, means, operator, shown_on

Factor = Annotated[int | float | list[int | float], means("How much: at most, or `[least, most]`.")]
OptionalFactor = Annotated[
    int | float | list[int | float] | None,
    means("How much: at most, or `[least, most]`; not at all where null."),
]
FillMode = Annotated[str, means("What comes in from outside the image.")]
FillValue = Annotated[int | float, means("What comes in where `fill_mode` is `constant`.")]
FillOrNoise = Annotated[int | float | None, means("What is put there; noise where null.")]
Interpolation = Annotated[str, means("How values between pixels are made.")]
Seed = Annotated[int | None, means("Seed of what is random.")]
ValueRange = Annotated[list[int | float], means("Least and most of the values.")]

UNCHANGED = operator("identity", least_rank=3, keep_dtype=0)
KEPT = operator("identity", least_rank=3, keep_dtype=1)
"""Keras lets integers stay integers here."""


class _Image(SpatialLayer, kw_only=True):
    """What all layers over images take: one image, or a batch of them."""

    category: ClassVar[str] = "preprocessing"

    bounding_box_format: Annotated[str | None, means("How bounding boxes are written.")] = None


def _value_range() -> list[int | float]:
    return [0, 255]


class AugMix(_Image, kw_only=True):
    """Mixes chains of augmentations of an image (Hendrycks et al., 2020)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "AugMix"}, ["batch", 32, 32, 3])

    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    num_chains: Annotated[int, means("Chains that are mixed.")] = 3
    chain_depth: Annotated[int, means("Augmentations in a chain.")] = 3
    factor: Factor = 0.3
    alpha: Annotated[int | float, means("Of the distribution that the shares are drawn from.")] = (
        1.0
    )
    all_ops: Annotated[bool, means("Whether augmentations that change colours take part.")] = True
    interpolation: Interpolation = "bilinear"
    seed: Seed = None


class AutoContrast(_Image, kw_only=True):
    """Stretches the values of an image to the whole range."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "AutoContrast"}, ["batch", 32, 32, 3])

    value_range: ValueRange = msgspec.field(default_factory=_value_range)


class ContrastLimitedAdaptiveHistogramEqualization(_Image, kw_only=True):
    """Equalizes the histogram of each tile (CLAHE; Zuiderveld, 1994)."""

    lowers_to = UNCHANGED
    example = shown_on(
        {"type": "ContrastLimitedAdaptiveHistogramEqualization"}, ["batch", 32, 32, 3]
    )

    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    clip_limit: Annotated[int | float, means("Most that a value may stand out of a histogram.")] = (
        4.0
    )
    tile_grid_size: Annotated[int | list[int], means("Tiles down and across.")] = msgspec.field(
        default_factory=lambda: [8, 8]
    )


class CutMix(_Image, kw_only=True):
    """Puts a part of one image into another (Yun et al., 2019)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "CutMix"}, ["batch", 32, 32, 3])

    factor: Factor = 1.0
    seed: Seed = None


class Equalization(_Image, kw_only=True):
    """Equalizes the histogram of each channel."""

    lowers_to = KEPT
    example = shown_on({"type": "Equalization"}, ["batch", 32, 32, 3])

    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    bins: Annotated[int, means("Bins of the histogram.")] = 256


class MaxNumBoundingBoxes(_Image, kw_only=True):
    """Keeps so many bounding boxes; images pass unchanged."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "MaxNumBoundingBoxes", "max_number": 20}, ["batch", 32, 32, 3])

    max_number: Annotated[int, means("Bounding boxes that are kept.")]
    fill_value: Annotated[int, means("What stands in for boxes that are missing.")] = -1


class MixUp(_Image, kw_only=True):
    """Mixes two images (Zhang et al., 2018)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "MixUp"}, ["batch", 32, 32, 3])

    alpha: Annotated[int | float, means("Of the distribution that the shares are drawn from.")] = (
        0.2
    )
    seed: Seed = None


class RandAugment(_Image, kw_only=True):
    """Some of many augmentations at random (Cubuk et al., 2020)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandAugment"}, ["batch", 32, 32, 3])

    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    num_ops: Annotated[int, means("Augmentations of each image.")] = 2
    factor: Factor = 0.5
    interpolation: Interpolation = "bilinear"
    seed: Seed = None


class RandomBrightness(_Image, kw_only=True):
    """Brightens or darkens images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomBrightness", "factor": 0.2}, ["batch", 32, 32, 3])

    factor: Factor
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomColorDegeneration(_Image, kw_only=True):
    """Takes colour away from images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomColorDegeneration", "factor": 0.2}, ["batch", 32, 32, 3])

    factor: Factor
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomColorJitter(_Image, kw_only=True):
    """Changes brightness, contrast, saturation and hue at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomColorJitter"}, ["batch", 32, 32, 3])

    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    brightness_factor: OptionalFactor = None
    contrast_factor: OptionalFactor = None
    saturation_factor: OptionalFactor = None
    hue_factor: OptionalFactor = None
    seed: Seed = None


class RandomContrast(_Image, kw_only=True):
    """Changes the contrast of images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomContrast", "factor": 0.2}, ["batch", 32, 32, 3])

    factor: Factor
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomElasticTransform(_Image, kw_only=True):
    """Bends images at random (Simard et al., 2003)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomElasticTransform"}, ["batch", 32, 32, 3])

    factor: Factor = 1.0
    scale: Factor = 1.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: FillValue = 0.0
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomErasing(_Image, kw_only=True):
    """Erases a rectangle of images at random (Zhong et al., 2020)."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomErasing"}, ["batch", 32, 32, 3])

    factor: Factor = 1.0
    scale: Factor = msgspec.field(default_factory=lambda: [0.02, 0.33])
    fill_value: FillOrNoise = None
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomFlip(_Image, kw_only=True):
    """Flips images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomFlip"}, ["batch", 32, 32, 3])

    mode: Annotated[
        Literal["horizontal", "vertical", "horizontal_and_vertical"],
        means("Which way images are flipped."),
    ] = "horizontal_and_vertical"
    seed: Seed = None


class RandomGaussianBlur(_Image, kw_only=True):
    """Blurs images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomGaussianBlur"}, ["batch", 32, 32, 3])

    factor: Factor = 1.0
    kernel_size: Annotated[int | list[int], means("Size of the window that is blurred over.")] = 3
    sigma: Factor = 1.0
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomGrayscale(_Image, kw_only=True):
    """Makes images grey at random; the channels stay."""

    lowers_to = KEPT
    example = shown_on({"type": "RandomGrayscale"}, ["batch", 32, 32, 3])

    factor: Annotated[int | float, means("Share of the images that become grey.")] = 0.5
    seed: Seed = None


class RandomHue(_Image, kw_only=True):
    """Changes the hue of images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomHue", "factor": 0.2}, ["batch", 32, 32, 3])

    factor: Factor
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomInvert(_Image, kw_only=True):
    """Inverts the values of images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomInvert"}, ["batch", 32, 32, 3])

    factor: Factor = 1.0
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomPerspective(_Image, kw_only=True):
    """Changes the perspective of images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomPerspective"}, ["batch", 32, 32, 3])

    factor: Factor = 1.0
    scale: Annotated[int | float, means("How much at most, 0 to 1.")] = 1.0
    interpolation: Interpolation = "bilinear"
    fill_value: FillValue = 0.0
    seed: Seed = None


class RandomPosterization(_Image, kw_only=True):
    """Takes bits of the values of images away at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomPosterization", "factor": 4}, ["batch", 32, 32, 3])

    factor: Factor
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomRotation(_Image, kw_only=True):
    """Rotates images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomRotation", "factor": 0.2}, ["batch", 32, 32, 3])

    factor: Factor
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Seed = None
    fill_value: FillValue = 0.0


class RandomSaturation(_Image, kw_only=True):
    """Changes the saturation of images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomSaturation", "factor": 0.2}, ["batch", 32, 32, 3])

    factor: Factor
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomSharpness(_Image, kw_only=True):
    """Sharpens or blurs images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomSharpness", "factor": 0.2}, ["batch", 32, 32, 3])

    factor: Factor
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None


class RandomShear(_Image, kw_only=True):
    """Shears images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomShear"}, ["batch", 32, 32, 3])

    x_factor: Factor = 0.0
    y_factor: Factor = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: FillValue = 0.0
    seed: Seed = None


class RandomTranslation(_Image, kw_only=True):
    """Moves images at random."""

    lowers_to = UNCHANGED
    example = shown_on(
        {"type": "RandomTranslation", "height_factor": 0.2, "width_factor": 0.2},
        ["batch", 32, 32, 3],
    )

    height_factor: Factor
    width_factor: Factor
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Seed = None
    fill_value: FillValue = 0.0


class RandomZoom(_Image, kw_only=True):
    """Zooms into or out of images at random."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "RandomZoom", "height_factor": 0.2}, ["batch", 32, 32, 3])

    height_factor: Factor
    width_factor: Annotated[
        int | float | list[int | float] | None,
        means("How much across; as `height_factor` where null."),
    ] = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: Seed = None
    fill_value: FillValue = 0.0


class Solarization(_Image, kw_only=True):
    """Inverts the values above a threshold."""

    lowers_to = UNCHANGED
    example = shown_on({"type": "Solarization"}, ["batch", 32, 32, 3])

    addition_factor: Factor = 0.0
    threshold_factor: Factor = 0.0
    value_range: ValueRange = msgspec.field(default_factory=_value_range)
    seed: Seed = None
