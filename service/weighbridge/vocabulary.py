"""The vocabulary as data: what `GET /v1/layers` and `weighbridge layers` tell of each type."""

import inspect
from functools import cache, reduce
from operator import or_
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, Meta, json
from msgspec.structs import FieldInfo, fields

from weighbridge.count import count
from weighbridge.layers.catalogue import TYPES, nearest
from weighbridge.layers.container import Reuse
from weighbridge.layers.features import Tokens
from weighbridge.layers.layer import (
    DataFormat,
    Dtype,
    Factors,
    Integer,
    Integers,
    Layer,
    OpenIntegers,
    Padding,
    Policy,
    SomeIntegers,
    Subscripts,
)
from weighbridge.layers.normalization import Statistics
from weighbridge.options import Options

__all__ = ["catalogue", "describe", "nearest"]

_NAMES = {
    Integer: "integer or expression",
    Integers: "integer, expression, or a list of them",
    OpenIntegers: "integer, expression, or a list of them and of nulls",
    Subscripts: 'list of indices, slices, null and "..."',
    SomeIntegers: "integer, expression, or a list of them",
    Tokens: "list of strings or integers, or a string",
    Factors: "number, expression, or a list of them",
    Statistics: "number, or a list of numbers, nested where there are several axes",
    Padding: "keyword, integer or expression, or a list of them",
    Policy: "dtype or policy",
    Dtype: "dtype",
    DataFormat: '"channels_last" or "channels_first"',
    int | float: "number",
}
"""How the types of attributes are called where msgspec's own words would be long."""


def catalogue() -> list[dict[str, str]]:
    """Return every type with its category and its sentence."""
    return [
        {"type": name, "category": layer_type.category, "summary": _summary(layer_type)}
        for name, layer_type in TYPES.items()
    ]


@cache
def describe(name: str) -> dict[str, Any]:
    """Return all about a type of layer. Raises KeyError where there is none of the name.

    `shapes`, `weights`, `formula` and `macs` are those of its `example`, a document that is counted
    for it.
    """
    layer_type = TYPES[name]
    hints = get_type_hints(layer_type, include_extras=True)
    row = _example_row(layer_type)
    return {
        "type": name,
        "summary": _summary(layer_type),
        "description": inspect.getdoc(layer_type),
        "category": layer_type.category,
        "attributes": [_attribute(f, hints[f.name]) for f in _own_first(layer_type)],
        "schema": msgspec.json.schema(layer_type),
        "shapes": {"inputs": row["input_shapes"], "outputs": row["output_shapes"]},
        "weights": [
            {"name": weight["name"], "shape": " x ".join(map(str, weight["shape"])) or "1"}
            for weight in row["weights"]
        ],
        "formula": row["formula"],
        "macs": row["macs"],
        "example": layer_type.example,
    }


def _summary(layer_type: type[Layer]) -> str:
    return (inspect.getdoc(layer_type) or "").partition("\n")[0]


def _own_first(layer_type: type[Layer]) -> list[FieldInfo]:
    """Return a layer's fields: its own, then those that every layer takes."""
    common = {field.name for field in fields(Layer)}
    return sorted(fields(layer_type), key=lambda field: (field.name in common, not field.required))


def _attribute(field: FieldInfo, hint: Any) -> dict[str, Any]:
    type_, meaning = _meaning(hint)
    return {
        "name": field.encode_name,
        "type": _type_words(type_),
        "default": _default(field),
        "required": field.required,
        "meaning": meaning,
    }


def _default(field: FieldInfo) -> Any:
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return None if field.default is NODEFAULT else field.default


def _meaning(hint: Any) -> tuple[Any, str]:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.description is not None:
            return hint.__origin__, meta.description
    return hint, ""


def _type_words(hint: Any) -> str:
    """Return what a type is called in a sentence."""
    hint = hint.__origin__ if hasattr(hint, "__metadata__") else hint
    for known, words in _NAMES.items():
        if hint == known:
            return words
    parts = [part for part in get_args(hint) if part is not type(None)]
    if not parts:
        return _plain_words(hint)
    if get_origin(hint) is list:
        return f"list of {_type_words(parts[0])}"
    if get_origin(hint) is dict:
        return "object of strings"
    if len(parts) < len(get_args(hint)):
        return f"{_type_words(reduce(or_, parts))}, or null"
    if {int, str} <= set(parts):
        parts = [Integer, *(part for part in parts if part not in (int, str))]
    all_words = (f'"{part}"' if isinstance(part, str) else _type_words(part) for part in parts)
    return " or ".join(dict.fromkeys(all_words))


def _plain_words(hint: Any) -> str:
    if isinstance(hint, type) and issubclass(hint, (Layer, Reuse)):
        return "layer"
    known = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return known.get(hint, str(hint))


def _example_row(layer_type: type[Layer]) -> dict[str, Any]:
    """Return the report's row of the example's last layer."""
    report = json.decode(count(json.encode(layer_type.example), Options(detail="weights")))
    rows: list[dict[str, Any]] = [row for row in report["layers"] if "parent" not in row]
    return rows[-1]
