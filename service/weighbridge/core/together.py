"""Many plain layers, lowered all at once: what is done for each is no more than its record."""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from weighbridge.core.attribute import AttributeFault
from weighbridge.core.graph import Graph
from weighbridge.core.naming import Naming, UnusualNames
from weighbridge.core.packing import PLAIN
from weighbridge.core.scope import Scope

NOT_PLAIN = (KeyError, struct.error, TypeError, AttributeFault)
"""What a layer raises that is not of one node, or where something is wrong or not yet a number."""


def lower_together(
    pieces: Iterable[Sequence[Any]], scope: Scope, graph: Graph, require_rows: Callable[[int], None]
) -> bool:
    """Lower the layers of a model, which come in pieces.

    Return False, and leave everything as it is, where something is particular about one of them or
    wrong, or where there are none. `require_rows` raises where so many more are too many.
    """
    pool = bytearray()
    names: list[str] = []
    try:
        naming = Naming(graph.names[1:], scope.previous, wired=scope.wired)
        for layers in pieces:
            require_rows(len(names) + len(layers))
            pool += _records(layers)
            more = [layer.name for layer in layers]
            naming.add(more, [layer.inputs for layer in layers])
            names += more
    except (*NOT_PLAIN, UnusualNames, msgspec.DecodeError):
        return False
    graph.references = naming.references()
    graph.pool += pool
    graph.names += names
    graph.sources += scope.layers
    scope.names, scope.previous = names, graph.n_nodes - 1
    return bool(names)


def _records(layers: Sequence[Any]) -> bytes:
    return b"".join(
        [
            PLAIN[layer.__class__](layer, 1 if (taken := layer.inputs) is None else len(taken))
            for layer in layers
        ]
    )
