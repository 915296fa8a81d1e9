"""Expressions as the core computes them: a row of steps, each on two numbers that are there."""

import operator
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weighbridge.core.native import enumerator, ffi
from weighbridge.expression import Expression, Operation

_OPERATIONS: Mapping[Operation, int] = {
    operator.add: enumerator("WB_PLUS"),
    operator.sub: enumerator("WB_MINUS"),
    operator.mul: enumerator("WB_TIMES"),
    operator.floordiv: enumerator("WB_QUOTIENT"),
    operator.mod: enumerator("WB_REMAINDER"),
    min: enumerator("WB_LEAST"),
    max: enumerator("WB_LARGEST"),
}


class Program:
    """What candidates compute of the values of some `names`, and of names with one value for all.

    What several formulas have in common is computed once.
    """

    def __init__(self, names: Sequence[str], bound: Mapping[str, int]) -> None:
        self.names = tuple(names)
        self._constants: dict[int, int] = {}
        self._steps: dict[tuple[int, int, int], int] = {}
        # Numbers as they are counted before it is known how many constants there will be: columns
        # and steps from 0, constants from -1 down.
        self._numbers = {name: self._constant(value) for name, value in bound.items()}
        self._numbers |= {name: k for k, name in enumerate(self.names)}

    def add(self, name: str, formula: Expression) -> None:
        """Compute `formula` under a name, which later ones may use."""
        stack: list[int] = []
        for step in formula.steps:
            if isinstance(step, int):
                stack.append(self._constant(step))
            elif isinstance(step, str):
                stack.append(self._numbers[step])
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(self._step(_OPERATIONS[step], left, right))
        self._numbers[name] = stack[0]

    def _constant(self, value: int) -> int:
        return self._constants.setdefault(value, -1 - len(self._constants))

    def _step(self, operation: int, left: int, right: int) -> int:
        made = len(self.names) + len(self._steps)
        return self._steps.setdefault((operation, left, right), made)

    def number(self, name: str) -> int:
        """Return the place of a name's value among the numbers of a candidate, in the end."""
        return self._place(self._numbers[name])

    def _place(self, number: int) -> int:
        if number < 0:
            return len(self.names) - 1 - number
        return number if number < len(self.names) else number + len(self._constants)

    def structures(self) -> tuple[Any, Any]:
        """Return the constants and the wb_steps."""
        steps = [
            (operation, self._place(left), self._place(right))
            for operation, left, right in self._steps
        ]
        return ffi.new("int64_t[]", list(self._constants)), ffi.new("wb_step[]", steps)

    def columns(self, values: Mapping[str, Iterable[int]]) -> "array[int]":
        """Return the values of the names one after the other, as the core takes them."""
        columns = array("q")
        for name in self.names:
            columns.extend(array("q", values[name]))
        return columns
