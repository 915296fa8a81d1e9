"""Normalizations: the shape goes through, the weights have the shape of the normalized axes."""

from typing import Any

from tests.reference.made import Layer, Made, Weight, state
from tests.reference.refusal import Refusal
from tests.reference.shape import Shape, axis_of, number, rank_at_least


def batch_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """gamma and beta are learned, the moving statistics are kept."""
    (shape,) = inputs
    axis = axis_of(layer["axis"], shape)
    if not (layer["scale"] or layer["center"] or layer["track_running_stats"]):
        return Made([shape], [])
    width = (number(shape[axis], "the normalized axis"),)
    kept = _moving(layer, width) if layer["track_running_stats"] else []
    return Made([shape], [*_affine(layer, width), *kept])


def _moving(layer: Layer, width: tuple[int, ...]) -> list[Weight]:
    names = ["moving_mean", "moving_variance"]
    if layer.get("renorm"):
        names += ["moving_stddev", "renorm_mean", "renorm_stddev"]
    counts = [state("num_batches_tracked", (), "int64")] if layer["num_batches_tracked"] else []
    return [state(name, width) for name in names] + counts


def group_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """gamma and beta of each channel, which the groups divide; -1 is a group of each."""
    (shape,) = inputs
    channels = number(shape[axis_of(layer["axis"], shape)], "channels")
    if layer["groups"] != -1 and channels % layer["groups"]:
        raise Refusal("shape_mismatch", f"{layer['groups']} groups of {channels}")
    kept = _moving(layer, (channels,)) if layer["track_running_stats"] else []
    return Made([shape], [*_affine(layer, (channels,)), *kept])


def layer_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """gamma and beta over the normalized axes, whose sizes matter for nothing else."""
    (shape,) = inputs
    if layer["rms_scaling"]:
        layer = layer | {"scale": True, "center": False}
    places = _places(layer["axis"], shape)
    if not (layer["scale"] or layer["center"]):
        return Made([shape], [])
    return Made([shape], _affine(layer, _sizes(places, shape)))


def rms_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """scale over the normalized axes."""
    (shape,) = inputs
    places = _places(layer["axis"], shape)
    if not layer["elementwise_affine"]:
        return Made([shape], [])
    return Made([shape], [Weight("scale", _sizes(places, shape))])


def layer_scale(layer: Layer, inputs: list[Shape]) -> Made:
    """A factor for each feature."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    return Made([shape], [Weight("gamma", (number(shape[-1], "features"),))])


def unit_normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """No weights; the axes must be there."""
    (shape,) = inputs
    _places(layer["axis"], shape)
    return Made([shape], [])


def normalization(layer: Layer, inputs: list[Shape]) -> Made:
    """mean, variance and count are kept, unless mean and variance are given."""
    (shape,) = inputs
    axes = layer["axis"] if isinstance(layer["axis"], list) else [layer["axis"]]
    places = sorted(_places([axis for axis in axes if axis is not None], shape))
    for given in (layer["mean"], layer["variance"]):
        _given(given, shape[places[-1]].shown if places else 1)
    sizes = _sizes(places, shape)
    if layer["mean"] is not None:
        return Made([shape], [])
    kept = [state("mean", sizes), state("variance", sizes), state("count", (), "int32")]
    return Made([shape], kept)


def _given(statistics: Any, last: int | str | None) -> None:
    """What is given is for all, or for each place of the last axis that has statistics."""
    while isinstance(statistics, list) and isinstance(statistics[0], list):
        statistics = statistics[0]
    length = len(statistics) if isinstance(statistics, list) else 1
    if length != 1 and isinstance(last, int) and length != last:
        raise Refusal("shape_mismatch", f"{length} statistics of {last} features")


def _affine(layer: Layer, shape: tuple[int, ...]) -> list[Weight]:
    learned = [("gamma", layer["scale"]), ("beta", layer["center"])]
    return [Weight(name, shape) for name, wanted in learned if wanted]


def _places(axis: int | list[int], shape: Shape) -> list[int]:
    """The axes in Keras's order: it sorts the numbers as they are written."""
    axes = sorted(axis) if isinstance(axis, list) else [axis]
    places = [axis_of(each, shape) for each in axes]
    if len(set(places)) < len(places):
        raise Refusal("shape_mismatch", "an axis twice")
    return places


def _sizes(places: list[int], shape: Shape) -> tuple[int, ...]:
    return tuple(number(shape[place], "a normalized axis") for place in places)
