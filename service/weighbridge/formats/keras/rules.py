"""What Keras refuses and another framework computes, so that our layers take it."""

from weighbridge.layers.layer import Layer, type_name
from weighbridge.spec import LayerFault

_NO_STRIDES_WITH_DILATION = frozenset(
    {f"Conv{axes}D{kind}" for axes in (1, 2, 3) for kind in ("", "Transpose")}
    | {f"ConvLSTM{axes}D" for axes in (1, 2, 3)}
)


def faults(layer: Layer) -> list[LayerFault]:
    """Return what Keras refuses of a layer that we would count."""
    found = []
    if type_name(type(layer)) in _NO_STRIDES_WITH_DILATION:
        strides, dilation = _largest(layer, "strides"), _largest(layer, "dilation_rate")
        if strides > 1 and dilation > 1:
            detail = (
                "Keras takes strides or dilation_rate above 1, and not both: "
                f"got strides {strides} and dilation_rate {dilation}"
            )
            found.append(LayerFault("invalid_model", detail, "strides"))
    return found


def _largest(layer: Layer, attribute: str) -> int:
    value = getattr(layer, attribute, 1)
    sizes = value if isinstance(value, list) else [value]
    return max((size for size in sizes if isinstance(size, int)), default=1)
