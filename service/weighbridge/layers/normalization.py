"""Normalizations: the shape stays as it is, the weights have the shape of the normalized axes."""

from typing import Annotated, ClassVar

from msgspec import Meta

from weighbridge.layers.layer import (
    From,
    Integer,
    Integers,
    Layer,
    Length,
    Operator,
    Source,
    means,
    operator,
    shown_on,
)


def normalizes(**fields: Source) -> Operator:
    """Return the operator of a normalization that has no weights but those named."""
    absent: dict[str, Source] = {
        "scale": 0,
        "center": 0,
        "rms": 0,
        "linear": 0,
        "rms_scaling": 0,
        "groups": "WB_ABSENT",
        "moving": 0,
        "count_batches": 0,
        "renorm": 0,
        "adapted": 0,
        "mean_length": 0,
        "variance_length": 0,
    }
    return operator("normalization", **(absent | fields))


_Row = Annotated[list[int | float], Meta(min_length=1)]
_Rows = Annotated[list[int | float | _Row], Meta(min_length=1)]
Statistics = int | float | Annotated[list[int | float | _Rows], Meta(min_length=1)]
"""One number for all, or a list; an array of up to three axes, as Keras writes one."""

SCALE = From("scale")
CENTER = From("center")


Epsilon = Annotated[int | float, means("Small number that is added to the variance.")]
Center = Annotated[bool, means("Whether there is a trainable `beta`.")]
Scale = Annotated[bool, means("Whether there is a trainable `gamma`.")]
CountBatches = Annotated[bool, means("Count the batches in a further buffer, as PyTorch does.")]


class BatchNormalization(Layer, kw_only=True):
    """Normalizes each feature over the batch (Ioffe and Szegedy, 2015)."""

    category = "normalization"
    lowers_to = normalizes(
        scale=SCALE,
        center=CENTER,
        moving=From("track_running_stats"),
        count_batches=From("num_batches_tracked"),
        renorm=From("renorm"),
    )
    example = shown_on({"type": "BatchNormalization"}, ["batch", 28, 28, 5])

    axis: Annotated[Integer, means("The axis of the features.")] = -1
    momentum: Annotated[
        int | float | None,
        means("Share of the moving statistics that stays at an update; PyTorch gives the other."),
    ] = 0.99
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    renorm: Annotated[
        bool, means("Batch renormalization (Ioffe, 2017): three further moving statistics.")
    ] = False
    renorm_clipping: Annotated[
        dict[str, int | float] | None, means("Bounds of the renormalization: rmax, rmin, dmax.")
    ] = None
    renorm_momentum: Annotated[
        int | float, means("Share of the renormalization's statistics that stays at each update.")
    ] = 0.99
    synchronized: Annotated[bool, means("Statistics over the batches of all devices.")] = False
    track_running_stats: Annotated[
        bool, means("Whether there are moving statistics; Keras always has them.")
    ] = True
    num_batches_tracked: CountBatches = False


class LayerNormalization(Layer, kw_only=True):
    """Normalizes each example over `axis` (Ba et al., 2016)."""

    category = "normalization"
    lowers_to = normalizes(scale=SCALE, center=CENTER, rms_scaling=From("rms_scaling"))
    example = shown_on({"type": "LayerNormalization"}, ["batch", 12, 64])

    axis: Annotated[Integers, means("The axes, which give the weights their shape.")] = -1
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    rms_scaling: Annotated[
        bool, means("A `gamma` and no `beta`, whatever `scale` and `center` say.")
    ] = False


class RMSNormalization(Layer, kw_only=True):
    """Divides by the root of the mean square over `axis` (Zhang and Sennrich, 2019)."""

    category = "normalization"
    lowers_to = normalizes(rms=1, scale=From("elementwise_affine"))
    example = shown_on({"type": "RMSNormalization"}, ["batch", 12, 64])

    axis: Annotated[Integers, means("The axes, which give the weights their shape.")] = -1
    epsilon: Annotated[
        int | float | None, means("Small number that is added to the mean square.")
    ] = 1e-6
    elementwise_affine: Annotated[
        bool, means("Whether there is a trainable `scale`; Keras always has it.")
    ] = True


class GroupNormalization(Layer, kw_only=True):
    """Normalizes groups of channels over space (Wu and He, 2018).

    With `groups: -1` every channel is a group of its own: instance normalization.
    """

    category = "normalization"
    lowers_to = normalizes(
        scale=SCALE,
        center=CENTER,
        groups=From("groups"),
        moving=From("track_running_stats"),
        count_batches=From("num_batches_tracked"),
    )
    example = shown_on({"type": "GroupNormalization", "groups": 8}, ["batch", 28, 28, 64])

    groups: Annotated[Integer, means("Groups, which divide the channels; -1: one a channel.")] = 32
    axis: Annotated[Integer, means("The axis of the channels.")] = -1
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    track_running_stats: Annotated[
        bool, means("Moving statistics, as PyTorch's instance normalization may have them.")
    ] = False
    num_batches_tracked: CountBatches = False


class UnitNormalization(Layer, kw_only=True):
    """Scales to a length of 1 over `axis`."""

    category = "normalization"
    lowers_to = normalizes()
    example = shown_on({"type": "UnitNormalization"}, ["batch", 12, 64])

    axis: Annotated[Integers, means("The axes of the vectors.")] = -1


class Normalization(Layer, kw_only=True):
    """Shifts and scales features to a mean of 0 and a variance of 1.

    Statistics that are not given are state of the layer, which learns them beforehand (`adapt`).
    """

    category = "normalization"
    lowers_to = normalizes(
        adapted=1,
        mean_length=Length("mean"),
        variance_length=Length("variance"),
    )
    example = shown_on({"type": "Normalization"}, ["batch", 6])

    axis: Annotated[
        Integers | None, means("The axes with statistics of their own; null: one for all.")
    ] = -1
    mean: Annotated[Statistics | None, means("The mean, for all or for each along `axis`.")] = None
    variance: Annotated[
        Statistics | None, means("The variance, for all or for each along `axis`.")
    ] = None
    invert: Annotated[bool, means("Whether it turns normalized features back.")] = False


class LayerScale(Layer, kw_only=True):
    """Scales each feature by a learned `gamma` (Touvron et al., 2021)."""

    category = "normalization"
    lowers_to = normalizes(scale=1, linear=1)
    example = shown_on({"type": "LayerScale"}, ["batch", 12, 64])

    axis: ClassVar[int] = -1

    init_values: Annotated[int | float, means("What `gamma` begins with.")] = 1e-6
