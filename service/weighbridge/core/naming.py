"""The names of many layers at once, and the references between them, resolved by the core."""

from array import array
from collections.abc import Sequence
from typing import Any

from msgspec import json

from weighbridge.core.native import ffi, lib


class UnusualNames(Exception):
    """A name or a reference is wrong, or one that the core does not know how to read."""


class Naming:
    """A wb_scope: what layers are called, and what they take by name. Raises UnusualNames."""

    def __init__(self, names: Sequence[str], previous: int | None, *, wired: bool) -> None:
        """Begin with what stands before all layers: nodes, from 1 on.

        `previous` is what the first layer takes where it does not say.
        """
        scope = lib.wb_scope_new()
        if scope == ffi.NULL:
            raise MemoryError("wb_scope_new")
        self._scope: Any = ffi.gc(scope, lib.wb_scope_free)
        self._scope.n_nodes = 1
        self._scope.wired = wired
        if names:
            self._add(names, ffi.NULL, 0)
        self._scope.previous = -1 if previous is None else previous

    def add(self, names: Sequence[str | None], inputs: Sequence[Sequence[str] | None]) -> None:
        """Add layers, by their names and by what they take."""
        taken = json.encode(inputs)
        self._add(names, ffi.from_buffer(taken), len(taken))

    def _add(self, names: Sequence[str | None], inputs: Any, inputs_length: int) -> None:
        given = json.encode(names)
        buffer = ffi.from_buffer(given)
        status = lib.wb_scope_add(self._scope, buffer, len(given), inputs, inputs_length)
        if status == lib.WB_NO_MEMORY:
            raise MemoryError("wb_scope_add")
        if status != lib.WB_DONE:
            raise UnusualNames

    def references(self) -> "array[int]":
        """Return the references of all layers, one behind the other."""
        found = array("q")
        n = self._scope.n_references
        if n > 0:
            found.frombytes(ffi.buffer(self._scope.references, n * found.itemsize))
        return found
