"""The fields of an operator's struct, and what fills its lists."""

from collections.abc import Callable, Iterator
from typing import Any

from weighbridge.core.attribute import Words
from weighbridge.core.native import ffi
from weighbridge.core.words import LISTERS, listed
from weighbridge.layers.layer import Each, From, Operator


def fields_of(operator: Operator) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an operator's struct, those of a struct in it in its place."""
    return _flat(ffi.typeof(f"wb_{operator.name}"))


def _flat(struct_type: Any) -> Iterator[tuple[str, Any]]:
    for name, field in struct_type.fields:
        if field.type.kind == "struct":
            yield from _flat(field.type)
        else:
            yield name, field


def array_length(field: Any) -> int:
    """Return -1 for a plain field, the length of an array, 0 for one that ends the struct."""
    if field.type.kind != "array":
        return -1
    return field.type.length or 0


def described(field: str) -> str:
    """Return the attribute that a field tells the length or the form of."""
    return field.removesuffix("_count").removesuffix("_form")


Listing = tuple[str, Callable[[Any], Words]]
"""An attribute, and what makes it the words of a list."""


def listings(operator: Operator) -> dict[str, list[Listing]]:
    """Return what an operator's lists take, by the names of their counts, in their order."""
    found: dict[str, list[Listing]] = {}
    for field, _ in fields_of(operator):
        given = operator.fields.get(field, From(field.removesuffix("_count")))
        if field.endswith("_count") and isinstance(given, (From, Each)):
            names = given.attributes if isinstance(given, Each) else (given.attribute,)
            found[field] = [(name, LISTERS.get(field, listed)) for name in names]
    return found
