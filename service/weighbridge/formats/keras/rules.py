"""What Keras refuses and another framework computes, so that our layers take it."""

from typing import Any

from weighbridge.layers.layer import Layer
from weighbridge.spec import LayerFault

_NO_STRIDES_WITH_DILATION = frozenset(
    {f"Conv{axes}D{kind}" for axes in (1, 2, 3) for kind in ("", "Transpose")}
    | {f"ConvLSTM{axes}D" for axes in (1, 2, 3)}
)


_ENTRIES = {
    "Dot": ("axes", 2),
    "Cropping1D": ("cropping", 2),
    "ZeroPadding1D": ("padding", 2),
    **{f"UpSampling{axes}D": ("size", axes) for axes in (2, 3)},
    **{
        f"Adaptive{kind}Pooling{axes}D": ("output_size", axes)
        for kind in ("Average", "Max")
        for axes in (2, 3)
    },
}
"""Attributes of which we take a list of one for all; what must be in a list of Keras's."""


def applies_to(layer_type: type[Layer]) -> bool:
    """Are there layers of the type that Keras refuses and we would count?"""
    return layer_type.__name__ in _NO_STRIDES_WITH_DILATION | _ENTRIES.keys()


def faults(layer: Layer) -> list[LayerFault]:
    """Return what Keras refuses of a layer that we would count."""
    name = layer.__class__.__name__
    if name in _NO_STRIDES_WITH_DILATION:
        return _of_strides(layer)
    return _of_entries(layer, *_ENTRIES[name]) if name in _ENTRIES else []


def _of_entries(layer: Layer, attribute: str, entries: int) -> list[LayerFault]:
    value = getattr(layer, attribute)
    if not isinstance(value, list) or len(value) == entries:
        return []
    detail = f"must be one integer or a list of {entries}, got {len(value)}"
    return [LayerFault("invalid_model", detail, attribute)]


def _of_strides(layer: Layer) -> list[LayerFault]:
    dilation = _largest(getattr(layer, "dilation_rate", 1))
    strides = _largest(getattr(layer, "strides", 1)) if dilation > 1 else 1
    if strides == 1:
        return []
    detail = (
        "Keras takes strides or dilation_rate above 1, and not both: "
        f"got strides {strides} and dilation_rate {dilation}"
    )
    return [LayerFault("invalid_model", detail, "strides")]


def _largest(value: Any) -> int:
    """Return the largest of one size or of several, all of them integers by now."""
    return max(value, default=1) if isinstance(value, list) else value
