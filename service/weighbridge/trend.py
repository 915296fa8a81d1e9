"""What is known of an expression while one variable grows: that it never falls, and its ends.

Nothing is tried out: each rule follows from the operation alone, and where none applies there is
no trend. `docs/explanation/growth.md` lists the rules.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from operator import add, floordiv, mod, mul, sub

from weighbridge.expression import INT64_MAX, INT64_MIN, Expression, Operation


@dataclass(frozen=True)
class Trend:
    """Never falls from `low` to `high`. Two of the same `key` are equal at every value."""

    low: int
    high: int
    key: Hashable

    @property
    def is_constant(self) -> bool:
        """What never falls and ends where it begins is the same all the way."""
        return self.low == self.high


def constant(value: int) -> Trend:
    """Return the trend of a number."""
    return Trend(value, value, value)


@dataclass
class Trends:
    """The trends of names, to which those of expressions over them are added."""

    _of: dict[str, Trend | None] = field(default_factory=dict)
    _keys: dict[Hashable, Hashable] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Trend | None:
        """Return the trend of a name, None where none is known."""
        return self._of[name]

    def note(self, name: str, trend: Trend | None) -> None:
        """Give a name its trend."""
        self._of[name] = trend

    def add(self, name: str, expression: Expression) -> None:
        """Find the trend of an expression, under a name."""
        if name not in self._of:
            self._of[name] = self._trend(expression)

    def key(self, *parts: Hashable) -> Hashable:
        """Return one short key for what is made in the same way of equal parts."""
        return self._keys.setdefault(parts, ("made", len(self._keys)))

    def _trend(self, expression: Expression) -> Trend | None:
        stack: list[Trend | None] = []
        for step in expression.steps:
            if isinstance(step, int):
                stack.append(constant(step))
            elif isinstance(step, str):
                stack.append(self._of[step])
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(self._combined(step, left, right))
        return stack[0]

    def _combined(self, operation: Operation, a: Trend | None, b: Trend | None) -> Trend | None:
        if a is None or b is None or not _RULES[operation](a, b):
            return None
        low, high = operation(a.low, b.low), operation(a.high, b.high)
        if not INT64_MIN <= low <= INT64_MAX:
            return None
        # Past the end of int64 a value fails, and so do all that are larger.
        return Trend(low, high, low if low == high else self.key(operation, a.key, b.key))


def _always(_a: Trend, _b: Trend) -> bool:
    return True


def _less_constant(_a: Trend, b: Trend) -> bool:
    return b.is_constant


def _not_negative(a: Trend, b: Trend) -> bool:
    return (a.low >= 0 or (b.is_constant and b.low >= 0)) and (
        b.low >= 0 or (a.is_constant and a.low >= 0)
    )


def _by_constant(_a: Trend, b: Trend) -> bool:
    return b.is_constant and b.low > 0


def _both_constant(a: Trend, b: Trend) -> bool:
    return a.is_constant and b.is_constant and b.low != 0


_RULES: Mapping[Operation, Callable[[Trend, Trend], bool]] = {
    add: _always,
    sub: _less_constant,
    mul: _not_negative,
    floordiv: _by_constant,
    mod: _both_constant,
    min: _always,
    max: _always,
}
"""When the result of an operation never falls."""
