"""Records that are mostly the same bytes: only the words that differ are packed."""

import struct
from collections.abc import MutableMapping, Sequence
from typing import Any

Part = bytes | tuple[str, str]
"""Ready-made bytes; or the source of an expression, and what `struct` packs it as."""


def template(parts: Sequence[Part], names: MutableMapping[str, Any]) -> str:
    """Return the source that packs the parts, one behind the other, with one call.

    `names` gets what the source refers to.
    """
    arguments, formats = [], ["="]
    for part in _merged(parts):
        if isinstance(part, bytes):
            name = f"READY_{len(names)}"
            names[name] = part
            arguments.append(name)
            formats.append(f"{len(part)}s")
        else:
            arguments.append(part[0])
            formats.append(part[1])
    packed = f"packed_{len(names)}"
    names[packed] = struct.Struct("".join(formats)).pack
    return f"{packed}({', '.join(arguments)})"


def length_of(parts: Sequence[Part]) -> int:
    """Return how many bytes the parts come to."""
    return sum(len(p) if isinstance(p, bytes) else struct.calcsize(f"={p[1]}") for p in parts)


def _merged(parts: Sequence[Part]) -> list[Part]:
    """Return the parts with neighbours that are ready in one."""
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, bytes) and isinstance(last, bytes):
            merged[-1] = last + part
        else:
            merged.append(part)
    return merged
