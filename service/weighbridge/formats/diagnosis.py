"""What is wrong with a native document that the typed decoder refuses: all, piece by piece."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, get_args, get_origin, get_type_hints

from msgspec.structs import FieldInfo, fields

from weighbridge.layers.catalogue import TYPES, nearest
from weighbridge.layers.container import Block, Reuse
from weighbridge.layers.layer import Layer
from weighbridge.layers.refused import REFUSED
from weighbridge.pointer import escape
from weighbridge.spec import Broken, Input, LayerFault, Specification
from weighbridge.value import ValueFault, convert, shown

_ONE, _LIST = "an object", "a list"
_NESTED = {
    "layer": (_ONE,),
    "backward_layer": (_ONE,),
    "layers": (_LIST,),
    "cell": (_ONE, _LIST),
    "cells": (_LIST,),
}
"""Attributes that hold layers."""


class NestedFault(ValueFault):
    """A layer inside another that could not be read."""

    def __init__(self, faults: Sequence[LayerFault]) -> None:
        super().__init__(faults[0].detail, faults[0].attribute)
        self.faults = faults


def _below(name: str, fault: LayerFault) -> LayerFault:
    """Return the fault of a member's value as one of what has the member."""
    attribute = "/".join(filter(None, (escape(name), fault.attribute)))
    return LayerFault(fault.code, fault.detail, attribute)


def _choices(hint: Any) -> list[str]:
    """Return the strings that an attribute may be, where its type names them."""
    found = []
    for part in (hint, *get_args(hint)):
        found += [v for v in get_args(part) if isinstance(v, str)] if _is_literal(part) else []
    return found


def _is_literal(hint: Any) -> bool:
    return (
        getattr(get_origin(hint), "__name__", getattr(get_origin(hint), "_name", "")) == "Literal"
    )


class Diagnosis:
    """Reads what can be read of a document, and collects what cannot."""

    def specification(self, document: Any) -> tuple[Specification, list[LayerFault]]:
        """Return what a document says, and what is wrong with it beside its layers and inputs."""
        if not isinstance(document, dict):
            return _nothing(), [
                LayerFault("invalid_request", f"must be an object, got {shown(document)}")
            ]
        special = {"inputs": self._inputs, "layers": self._layers, "variables": self._variables}
        members, faults = self._members(document, Specification, special)
        for name in ("inputs", "layers"):
            members.setdefault(name, {} if name == "inputs" else [])
        return Specification(**members), faults

    def _members(
        self, given: Mapping[str, Any], type_: Any, special: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[LayerFault]]:
        """Read the members of an object by the fields of a Struct."""
        known = {field.encode_name: field for field in fields(type_)}
        read: dict[str, Any] = {}
        faults: list[LayerFault] = []
        for name, value in given.items():
            if name not in known:
                faults.append(unknown_attribute(name, known))
                continue
            try:
                reader = None if value is None else special.get(name)
                read[name] = reader(value) if reader else self._value(value, known[name], type_)
            except NestedFault as fault:
                faults += [_below(name, inner) for inner in fault.faults]
            except ValueFault as fault:
                faults.append(
                    _below(name, LayerFault("invalid_model", fault.detail, fault.pointer))
                )
        missing = [n for n, f in known.items() if f.required and n not in given]
        faults += [LayerFault("invalid_model", f"'{name}' is missing") for name in missing]
        return read, faults

    def _value(self, value: Any, field: FieldInfo, type_: Any) -> Any:
        choices = _choices(get_type_hints(type_)[field.name])
        if choices and isinstance(value, str) and value not in choices:
            raise ValueFault(f"must be one of {', '.join(choices)}, got {shown(value)}", "")
        return convert(value, field.type)

    def faults(self, given: Mapping[str, Any], layer_type: type[Layer]) -> list[LayerFault]:
        """Return what is wrong with a layer's attributes; layers among them are read already."""
        plain = {
            name: lambda value: value for name in _NESTED if isinstance(given.get(name), Layer)
        }
        return self._members(given, layer_type, plain)[1]

    # ---- Inputs and layers ----------------------------------------------------------------------

    def _variables(self, value: Any) -> dict[str, Any]:
        """Return the variables as they are: who gives them values tells what is wrong with each."""
        return _object(value)

    def _inputs(self, value: Any) -> dict[str, Any]:
        return {name: self._input(given) for name, given in _object(value).items()}

    def _input(self, given: Any) -> Input | Broken:
        if not isinstance(given, dict):
            fault = LayerFault("invalid_model", f"must be an object, got {shown(given)}")
            return Broken(None, None, "", [fault])
        members, faults = self._members(given, Input, {})
        return Broken(None, None, "", faults) if faults else Input(**members)

    def _layers(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueFault(f"must be a list, got {shown(value)}", "")
        return [self.layer(given) for given in value]

    def layer(self, given: Any) -> Any:
        """Return a layer, or a Broken one with its faults."""
        if not isinstance(given, dict):
            fault = LayerFault("invalid_model", f"must be an object, got {shown(given)}")
            return Broken(None, None, "", [fault])
        type_name = given.get("type")
        layer_type = self._type(type_name)
        if isinstance(layer_type, LayerFault):
            return _broken(given, [layer_type])
        attributes = {name: value for name, value in given.items() if name != "type"}
        special: dict[str, Any] = {}
        if layer_type is not Reuse:
            special = {name: partial(self._nested, takes) for name, takes in _NESTED.items()}
        if layer_type is Block:
            special = {"layers": self._layers}
        members, faults = self._members(attributes, layer_type, special)
        if faults:
            return _broken(given, faults)
        return layer_type(**members)

    def _type(self, name: Any) -> type[Layer] | type[Reuse] | LayerFault:
        if name is None:
            return LayerFault("invalid_model", "'type' is missing")
        if not isinstance(name, str):
            return LayerFault("invalid_model", f"must be a string, got {shown(name)}", "type")
        if name == "Reuse":
            return Reuse
        if name in TYPES:
            return TYPES[name]
        if name in REFUSED:
            return LayerFault("unknown_layer", f"'{name}' {REFUSED[name]}", "type")
        alike = nearest(name)
        hint = f", did you mean {' or '.join(alike)}?" if alike else ""
        detail = f"{shown(name)} is not a type of layer{hint}"
        return LayerFault("unknown_layer", detail, "type")

    def _nested(self, takes: Sequence[str], given: Any) -> Any:
        """Return the layer inside a wrapper, or all of a list; their faults are the wrapper's."""
        if (_LIST if isinstance(given, list) else _ONE) not in takes:
            raise ValueFault(f"must be {takes[0]}, got {shown(given)}", "")
        if isinstance(given, list):
            return self._nested_list(given)
        layer = self.layer(given)
        if isinstance(layer, Broken):
            raise NestedFault(layer.faults)
        return layer

    def _nested_list(self, given: list[Any]) -> list[Any]:
        read, faults = [], []
        for k, item in enumerate(given):
            layer = self.layer(item)
            read.append(layer)
            if isinstance(layer, Broken):
                faults += [_below(str(k), fault) for fault in layer.faults]
        if faults:
            raise NestedFault(faults)
        return read


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueFault(f"must be an object, got {shown(value)}", "")
    return value


def _nothing() -> Specification:
    return Specification(inputs={}, layers=[])


def unknown_attribute(name: str, known: Iterable[str]) -> LayerFault:
    """Return the fault of an attribute that is none of those `known`."""
    alike = nearest(name, known, n=1)
    hint = f", did you mean '{alike[0]}'?" if alike else f"; known are {', '.join(known)}"
    detail = f"there is no attribute '{name:.60}'{hint}"
    return LayerFault("invalid_model", detail, escape(name))


def _broken(given: Mapping[str, Any], faults: list[LayerFault]) -> Broken:
    """Keep what others need of a layer that is wrong: its name and what it takes."""
    name, type_name = given.get("name"), given.get("type")
    return Broken(
        name if isinstance(name, str) else None,
        None,
        type_name if isinstance(type_name, str) and type_name in TYPES else "",
        faults,
    )
