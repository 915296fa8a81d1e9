"""The names of many layers at once, and the references between them, resolved by the core."""

from array import array
from collections.abc import Sequence
from typing import Any

from msgspec import json

from weighbridge.core.native import ffi, lib


class Naming:
    """Names and references as most documents have them; about others the core says no more."""

    def __init__(self, names: Sequence[str], previous: int | None, *, wired: bool) -> None:
        """Begin with what stands before all layers, nodes from 1 on.

        `previous` is what the first layer takes where it does not say.
        """
        scope = lib.wb_scope_new()
        if scope == ffi.NULL:
            raise MemoryError("wb_scope_new")
        self._scope: Any = ffi.gc(scope, lib.wb_scope_free)
        self._scope.n_nodes = 1
        self._scope.wired = wired
        self.is_plain = not names or self._add(json.encode(names), ffi.NULL)
        self._scope.previous = -1 if previous is None else previous

    def add(self, names: Sequence[str | None], inputs: Sequence[Sequence[str] | None]) -> bool:
        """Add layers; False, and it is of no use any more, where one of them is not plain."""
        self.is_plain = self.is_plain and self._add(json.encode(names), json.encode(inputs))
        return self.is_plain

    def _add(self, names: bytes, inputs: Any) -> bool:
        length = len(inputs) if inputs else 0
        status = lib.wb_scope_add(
            self._scope, ffi.from_buffer(names), len(names), ffi.from_buffer(inputs) if inputs else inputs, length
        )
        if status == lib.WB_NO_MEMORY:
            raise MemoryError("wb_scope_add")
        return bool(status == lib.WB_DONE)

    def references(self) -> "array[int]":
        """Return the references of all layers, one behind the other."""
        found = array("q")
        if self._scope.n_references:
            found.frombytes(ffi.buffer(self._scope.references, 8 * self._scope.n_references))
        return found
