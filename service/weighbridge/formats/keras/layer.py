"""One entry of a model's `layers` as a layer of ours."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Protocol

from weighbridge.formats.keras import rules
from weighbridge.formats.keras.attributes import NESTED, make_layer, read_attributes
from weighbridge.formats.keras.call import Unreadable, unreadable
from weighbridge.layers.catalogue import TYPES, nearest
from weighbridge.layers.layer import Layer
from weighbridge.spec import LayerFault
from weighbridge.value import shown

_HOUSES = ("keras", "tf_keras", "keras_core", "tensorflow.keras", "tensorflow.python.keras")
"""Packages whose classes are Keras's own."""

_ALIKE: Mapping[str, str] = {
    "CustomScaleLayer": "Add",
    "StochasticDepth": "Identity",
    "GroupedQueryAttention": "GroupQueryAttention",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "LSTMV2": "LSTM",
    "GRUV2": "GRU",
}
"""Classes that are counted as another is."""

_OWN_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "CustomScaleLayer": frozenset({"scale"}),
    "LayerScale": frozenset({"projection_dim"}),
    "StochasticDepth": frozenset({"drop_path_rate"}),
}
"""What those have and the other has not."""


class Nested(Protocol):
    """Reads an entry inside another: the layer of a wrapper, the cell of an RNN, a model."""

    def __call__(self, entry: Any, attribute: str) -> Any:
        """Return what the entry is. Raises Unreadable."""
        ...


FREEZING_NOTHING = frozenset(
    {
        "Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GroupedQueryAttention",
        "GroupQueryAttention", "MultiHeadAttention", "RNN", "SpectralNormalization",
        "StackedRNNCells", "TimeDistributed",
    }
)  # fmt: skip
"""Layers whose weights are those of layers that they hold or make.

Keras 3 makes them with `trainable` for itself alone: weights are frozen where their own layer is,
or where the whole model is, whose `trainable` is set when all is there. Keras 2 freezes all within.
"""


class Generation:
    """What differs between the versions of Keras that wrote a document."""

    def __init__(self, version: Any) -> None:
        """Take the document's `keras_version`, where it has one."""
        text = version if isinstance(version, str) else ""
        release, _, of_tensorflow = text.partition("-")
        numbers = [
            int(part) for part in release.split(".")[:2] if part.isdecimal() and len(part) < 9
        ]
        self.gru_resets_before = bool(numbers) and numbers < [2, 4] and not of_tensorflow
        """Keras by itself, up to 2.3, had GRUs reset before the product where they do not say."""
        self.is_keras2 = bool(text)
        """Keras 3 does not say its version."""

    def complete(self, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
        """Return a config with what goes without saying where it was written."""
        if self.gru_resets_before and class_name in ("GRU", "GRUCell"):
            return {"reset_after": False, **config}
        if class_name in FREEZING_NOTHING and not self.is_keras2:
            return {**config, "trainable": True}
        return config


def class_of(entry: Mapping[str, Any]) -> str:
    """Return the class name of an entry. Raises Unreadable."""
    name = entry.get("class_name")
    if not isinstance(name, str):
        raise unreadable("invalid_model", f"must be a string, got {shown(name)}", "class_name")
    return name


def config_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the config of an entry. Raises Unreadable."""
    config = entry.get("config")
    if not isinstance(config, dict):
        raise unreadable("invalid_model", f"must be an object, got {shown(config)}", "config")
    return config


def is_keras(entry: Mapping[str, Any]) -> bool:
    """Is the entry's class one of Keras's own, and not of people's own?"""
    module, registered = entry.get("module"), entry.get("registered_name")
    if module == "keras.layers" and registered is None:
        return True
    name = entry.get("class_name")
    if ">" in str(name) or not (registered is None or registered == name):
        return False
    if module is None:  # so Keras 2 writes its own classes, and Keras 3 those of people
        return "module" not in entry or registered is None
    return isinstance(module, str) and any(
        module == house or module.startswith(f"{house}.") for house in _HOUSES
    )


class Customs:
    """The layers that a request gives for classes of people's own."""

    def __init__(self, layers: Mapping[str, Layer]) -> None:
        self._layers = layers

    def find(self, entry: Mapping[str, Any]) -> Layer | None:
        """Return a new layer for an entry; its name and its inputs are to be set."""
        for member in ("registered_name", "class_name") if self._layers else ():
            name = entry.get(member)
            if isinstance(name, str) and name in self._layers:
                return self._copy(self._layers[name], entry.get("config"))
        return None

    def _copy(self, given: Layer, config: Any) -> Layer:
        layer = copy(given)
        layer.tie = None
        if isinstance(config, dict) and config.get("trainable") is False:
            layer.trainable = False
        return layer


def read_layer(
    entry: Mapping[str, Any],
    nested: Nested,
    generation: Generation,
    given: Mapping[str, Any],
    inputs: Sequence[str] | None,
) -> Layer:
    """Return the layer of an entry, which takes `inputs`; `given` are attributes of its call.

    Raises Unreadable.
    """
    class_name = class_of(entry)
    config = generation.complete(class_name, config_of(entry))
    layer_type = _type(class_name, entry)
    if own := _OWN_ATTRIBUTES.get(class_name):
        config = {name: value for name, value in config.items() if name not in own}
    attributes = read_attributes(layer_type, config, nested)
    attributes.update(given)
    if inputs is not None:
        attributes["inputs"] = inputs
    layer = make_layer(layer_type, attributes)
    if layer.dtype is not None:
        _state_dtypes(layer)
    faults = rules.faults(layer)
    if faults:
        raise Unreadable(faults)
    return layer


def _state_dtypes(layer: Layer) -> None:
    """Write down the dtype of layers within another: Keras's do not take it from that."""
    for attribute in NESTED & set(layer.__struct_fields__):
        held = getattr(layer, attribute)
        for inner in held if isinstance(held, list) else [held]:
            if isinstance(inner, Layer) and inner.dtype is None:
                inner.dtype = "float32"
                _state_dtypes(inner)


def _type(class_name: str, entry: Mapping[str, Any]) -> type[Layer]:
    found = TYPES.get(_ALIKE.get(class_name, class_name))
    if found is not None and is_keras(entry) and class_name not in ("Block", "Reuse"):
        return found
    raise Unreadable([unknown_class(entry)])


def unknown_class(entry: Mapping[str, Any]) -> LayerFault:
    """Return the fault of a class that is not read, with its module and the layer's name."""
    class_name, module = entry.get("class_name"), entry.get("module")
    config = entry.get("config")
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    what = f"class {shown(class_name)}"
    if module is not None:
        what += f" of module {shown(module)}"
    what += f" (layer {shown(name)})"
    if class_name in ("Lambda", "TFSMLayer", "TorchModuleWrapper"):
        detail = f"{what} holds code, which is not read: what it gives cannot be known"
    elif not is_keras(entry):
        key = entry.get("registered_name") or class_name
        detail = f"{what} is none of Keras's: say in `custom_layers` what {shown(key)} is"
    else:
        alike = nearest(str(class_name), n=1)
        detail = f"{what} is not read" + (f", did you mean '{alike[0]}'?" if alike else "")
    return LayerFault("unsupported_document", detail, "class_name")
