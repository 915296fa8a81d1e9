"""The memory that the core evaluates in, used again and again."""

from typing import Any

from weighbridge.core.native import ffi, lib
from weighbridge.problems import MOST_FAULTS

KEPT = 16
"""Workspaces that wait for the next evaluation."""

KEPT_ROWS = 20_000
"""A workspace that has grown beyond these is let go of."""

_idle: list["Workspace"] = []


class Workspace:
    """A result, the errors beside it, and the texts that it is written to.

    Touching fresh pages costs more than evaluating, or writing, a model of middle size.
    """

    def __init__(self) -> None:
        result = lib.wb_result_new()
        if result == ffi.NULL:
            raise MemoryError("wb_result_new")
        self.result: Any = ffi.gc(result, lib.wb_result_free)
        self.errors: Any = ffi.new("wb_error[]", MOST_FAULTS)
        self.rows: Any = ffi.gc(ffi.new("wb_text *"), lib.wb_text_free)
        self.not_counted: Any = ffi.gc(ffi.new("wb_text *"), lib.wb_text_free)

    @staticmethod
    def take() -> "Workspace":
        """Return one that nobody uses."""
        try:
            return _idle.pop()
        except IndexError:
            return Workspace()

    def give_back(self) -> None:
        """Let the next evaluation have it."""
        if len(_idle) < KEPT and self.result.n_rows <= KEPT_ROWS:
            _idle.append(self)
