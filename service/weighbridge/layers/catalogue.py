"""All types of layers there are: whatever the modules beside this one define."""

import difflib
import importlib
import pkgutil
from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import weighbridge.layers as package
from weighbridge.layers import container
from weighbridge.layers.container import Reuse
from weighbridge.layers.layer import Layer, type_name

NEAREST_LENGTH = 64
"""Names longer than this have no nearest: comparing them costs the square of their length."""


def _define() -> None:
    """Import every module of the package, which defines its layers."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def _subclasses(layer_type: type[Layer]) -> Iterator[type[Layer]]:
    for subclass in layer_type.__subclasses__():
        if subclass.lowers_to is not None and not subclass.is_part:
            yield subclass
        yield from _subclasses(subclass)


_define()

TYPES: dict[str, type[Layer]] = {
    type_name(layer_type): layer_type
    for layer_type in sorted(_subclasses(Layer), key=lambda layer_type: layer_type.__name__)
}
"""Every type by its name, in alphabetical order; `Reuse` is none: it is a call, not a layer."""

if TYPE_CHECKING:
    AnyLayer = Layer | Reuse
else:
    AnyLayer = reduce(or_, TYPES.values()) | Reuse
    container.AnyLayer = AnyLayer


def nearest(name: str, known: Any = None, n: int = 3) -> list[str]:
    """Return the names most like `name`, the most alike first: of types, or of those `known`."""
    names = list(TYPES if known is None else known)
    if len(name) > NEAREST_LENGTH or not names:
        return []
    by_lower = {other.lower(): other for other in names}
    alike = difflib.get_close_matches(name.lower(), by_lower, n=n)
    return [by_lower[other] for other in alike]
