"""Records that are mostly the same bytes: only the words that differ are packed."""

import struct
from collections.abc import MutableMapping, Sequence
from typing import Any

Part = bytes | tuple[str, int]
"""Ready-made bytes; or the source of an expression that gives so many int64."""


def template(parts: Sequence[Part], names: MutableMapping[str, Any]) -> str:
    """Return the source that packs the parts, one behind the other, with one call.

    `names` gets what the source refers to.
    """
    arguments, formats = [], ["="]
    for k, part in enumerate(_merged(parts)):
        if isinstance(part, bytes):
            names[f"READY_{k}"] = part
            arguments.append(f"READY_{k}")
            formats.append(f"{len(part)}s")
        else:
            arguments.append(part[0])
            formats.append(f"{part[1]}q")
    names["packed_template"] = struct.Struct("".join(formats)).pack
    return f"packed_template({', '.join(arguments)})"


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
