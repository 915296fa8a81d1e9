"""What Keras refuses and another framework computes, so that our layers take it."""

from typing import Any

from weighbridge.layers.layer import Layer
from weighbridge.spec import LayerFault

_NO_STRIDES_WITH_DILATION = frozenset(
    {f"Conv{axes}D{kind}" for axes in (1, 2, 3) for kind in ("", "Transpose")}
    | {f"ConvLSTM{axes}D" for axes in (1, 2, 3)}
)


def applies_to(layer_type: type[Layer]) -> bool:
    """Are there layers of the type that Keras refuses and we would count?"""
    return layer_type.__name__ in _NO_STRIDES_WITH_DILATION


def faults(layer: Layer) -> list[LayerFault]:
    """Return what Keras refuses of a layer that we would count."""
    if not applies_to(layer.__class__):
        return []
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
