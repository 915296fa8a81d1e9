"""The names that layers see beside each other, and what is wrong with those that they do not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from weighbridge.layers.catalogue import nearest
from weighbridge.layers.composition import Reference
from weighbridge.layers.container import Reuse
from weighbridge.layers.layer import default_name, type_name
from weighbridge.spec import Broken

OUTPUT = 2**32
"""References are node + output * OUTPUT."""

LONGEST_NAME = 256
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f/:]")


@dataclass
class Scope:
    """What layers see: those of the model, or those inside a block."""

    known: dict[str, Reference]
    """The first output of everything so far, by name."""
    layers: Sequence[Any]
    previous: Reference | None
    """What the next layer takes where it does not say."""
    depth: int = 0
    prefix: int = 0
    """Characters that go before a name in the report."""
    names: Sequence[str] = ()
    lowered: int = 0
    """Layers that are lowered so far."""
    name_faults: Mapping[int, str] = field(default_factory=dict)
    wired: bool = False
    """Every reference says its output, so that names may have colons of their own."""

    def resolve(self, reference: str) -> Reference | str:
        """Return what a reference stands for, or what is wrong with it."""
        first = None if self.wired else self.known.get(reference)
        if first is not None:
            return first
        name, colon, output = reference.rpartition(":")
        if colon and output.isascii() and output.isdigit() and len(output) <= 9:
            first = self.known.get(name)
            if first is not None:
                return first + int(output) * OUTPUT
        return self.fault(name if colon else reference)

    def fault(self, name: str) -> str:
        """Return what is wrong with a name that is not known here, or not yet."""
        if name in self.names:
            return f"{shown(name)} is no earlier layer: a layer takes from what stands before it"
        alike = nearest(name, self.known, n=1)
        hint = f", did you mean {shown(alike[0])}?" if alike else ""
        return f"{shown(name)} is no layer or input that stands before{hint}"


def shown(name: str) -> str:
    """Return a name in quotes, cut where it is long."""
    return f"'{name}'" if len(name) <= LONGEST_NAME else f"'{name[:60]}...'"


def name_fault(name: str, *, inside_block: bool, wired: bool) -> str | None:
    """Return what is wrong with a name; documents of other formats (`wired`) keep theirs."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return f"must have 1 to {LONGEST_NAME} characters, got {len(name)}"
    if _CONTROL.search(name):
        return "must have no control characters"
    if not wired and ("/" in name or ":" in name):
        return f"must have no '/' and no ':', got {shown(name)}"
    if inside_block and not wired and name == "input":
        return "must not be 'input' inside a block, which means the block's own"
    return None


def names_of(scope: Scope) -> tuple[list[str], dict[int, str]]:
    """Return the layers' names: their own, and Keras's for those that have none.

    Explicit names are reserved first. With them comes what is wrong with names, by the identity of
    the layer; such a layer goes on under its own name.
    """
    given = [layer.name for layer in scope.layers]
    reserved = {name for name in given if name is not None} | scope.known.keys()
    made: dict[str, Iterator[str]] = {}
    seen = set(scope.known)
    names, faults = [], {}
    for layer, own in zip(scope.layers, given, strict=True):
        name = _next_name(_prefix(layer), made, reserved) if own is None else own
        if own in seen:
            faults[id(layer)] = f"{shown(name)} is the name of something before"
        elif fault := name_fault(name, inside_block=scope.depth > 0, wired=scope.wired):
            faults[id(layer)] = fault
        seen.add(name)
        names.append(name)
    return names, faults


def plain_names(scope: Scope) -> list[str] | None:
    """Return the layers' own names where all have one, all different and all as they should be.

    The common case, for which no name is looked at one by one; None in any other.
    """
    names = [layer.name for layer in scope.layers]
    different = set(names)
    if len(different) < len(names) or not different.isdisjoint(scope.known):
        return None
    if None in different or "" in different or max(map(len, names), default=0) > LONGEST_NAME:
        return None
    together = "".join(names)
    if together.isprintable() and (scope.wired or not ("/" in together or ":" in together)):
        return names
    return None if (_CONTROL if scope.wired else _NOT_IN_NAMES).search(together) else names


def _prefix(layer: Any) -> str:
    if isinstance(layer, Broken):
        return default_name(layer.type) or "layer"
    return "reuse" if isinstance(layer, Reuse) else default_name(type_name(type(layer)))


def _next_name(prefix: str, made: dict[str, Iterator[str]], reserved: set[str]) -> str:
    """Return `prefix`, or `prefix_1`, `prefix_2`, the first that nothing else has."""
    if prefix not in made:
        made[prefix] = (f"{prefix}_{n}" if n else prefix for n in count())
    return next(name for name in made[prefix] if name not in reserved)
