"""The native layers that a request gives for classes of people's own."""

from collections.abc import Mapping
from typing import Any

from weighbridge.formats.diagnosis import Diagnosis
from weighbridge.formats.keras.layer import Customs
from weighbridge.layers.container import Block, Reuse
from weighbridge.layers.layer import Layer
from weighbridge.pointer import escape
from weighbridge.problems import Fault, Problem
from weighbridge.spec import WIRED_INPUT, Broken


def read_customs(given: Mapping[str, Any]) -> Customs:
    """Read the `custom_layers` of a request. Raises Problem."""
    layers: dict[str, Layer] = {}
    faults: list[Fault] = []
    for name, document in given.items():
        layer = Diagnosis().layer(document)
        if isinstance(layer, Reuse):
            faults.append(_fault(name, "invalid_model", "must be a layer or a Block", "type"))
        elif isinstance(layer, Broken):
            faults += [_fault(name, f.code, f.detail, f.attribute) for f in layer.faults]
        else:
            faults += [_fault(name, *found) for found in _broken_inside(layer, "")]
            _wire(layer)
            layers[name] = layer
    if faults:
        raise Problem.of(faults)
    return Customs(layers)


def _fault(name: str, code: str, detail: str, attribute: str) -> Fault:
    below = f"/{attribute}" if attribute else ""
    return Fault(f"/custom_layers/{escape(name)}{below}", code, detail)


def _broken_inside(layer: Any, pointer: str) -> list[tuple[str, str, str]]:
    """Return what is wrong with the layers of a block: code, detail and where."""
    found = []
    for k, inner in enumerate(layer.layers if isinstance(layer, Block) else ()):
        place = f"{pointer}layers/{k}"
        if isinstance(inner, Broken):
            found += [
                (f.code, f.detail, f"{place}/{f.attribute}".rstrip("/")) for f in inner.faults
            ]
        else:
            found += _broken_inside(inner, f"{place}/")
    return found


def _wire(layer: Any) -> None:
    """Write the outputs of all references in a block, as a Keras model's have them."""
    for inner in layer.layers if isinstance(layer, Block) else ():
        if isinstance(inner, Broken):
            continue
        if inner.inputs is not None:
            inner.inputs = [_wired(reference) for reference in inner.inputs]
        _wire(inner)
    if isinstance(layer, Block) and layer.outputs is not None:
        layer.outputs = [_wired(reference) for reference in layer.outputs]
    for attribute in ("layer", "backward_layer"):
        held = getattr(layer, attribute, None)
        if isinstance(held, Layer):
            _wire(held)


def _wired(reference: str) -> str:
    name, _, output = reference.partition(":")
    return f"{WIRED_INPUT if name == 'input' else name}:{output or 0}"
