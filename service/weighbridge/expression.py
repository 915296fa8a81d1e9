"""Integer expressions over variables: ``4 * width``, ``max(1, hidden // heads)``.

The language is integers, names, ``+ - * // %``, unary minus, parentheses, and ``min`` and ``max``
of two arguments, with Python's integer meaning: ``//`` rounds down, ``%`` has the sign of its right
side. Nothing is ever run as code: a text becomes a tuple of steps for a stack, and evaluating it is
one loop. Neither recurses, every value stays within int64, and length and depth are limited, so
that any text at all is answered soon: with a number or with an :class:`ExpressionError`.
"""

import difflib
import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import ClassVar, Literal, NamedTuple

from weighbridge.value import shown

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1


# What can be wrong.


class ExpressionError(ValueError):
    """What is wrong with an expression. ``code`` is the code of the problem that it makes."""

    code: ClassVar[str] = "invalid_model"


class ExpressionSyntaxError(ExpressionError):
    """The text is no expression. ``position`` counts characters from 0, the message from 1."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message}, at character {position + 1} of the expression")
        self.position = position


class ExpressionTooComplexError(ExpressionError):
    """The text is over ``limit``, which names the setting."""

    code = "too_complex"

    def __init__(
        self, message: str, limit: Literal["expression_characters", "expression_depth"]
    ) -> None:
        super().__init__(f"{message} (limit {limit})")
        self.limit = limit


class ExpressionOverflowError(ExpressionError):
    """A number in the text, a result or an intermediate result does not fit in int64."""

    code = "overflow"


class DivisionByZeroError(ExpressionError):
    """The right side of ``//`` or ``%`` is 0."""


class UnknownNameError(ExpressionError):
    """``name`` has no value. The message offers the nearest of ``known``."""

    def __init__(self, name: str, known: Collection[str] = ()) -> None:
        near = _nearest(name, known)
        super().__init__(f"unknown name {name!r}" + (f", did you mean {near!r}?" if near else ""))
        self.name = name


class VariableCycleError(ExpressionError):
    """A variable depends on itself. ``path`` begins and ends with the same name."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(f"depends on itself: {' -> '.join(path)}")
        self.path = path


class VariablesError(ValueError):
    """Variables without a value: ``faults`` pairs each one's name with what is wrong there."""

    def __init__(self, faults: tuple[tuple[str, ExpressionError], ...]) -> None:
        super().__init__("; ".join(f"{name}: {error}" for name, error in faults))
        self.faults = faults


# Expressions.

Operation = Callable[[int, int], int]
Step = int | str | Operation
"""Push a number, push a name's value, or combine the two topmost values into one."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed text. ``names`` are those that it uses, each once, in order of appearance."""

    text: str
    names: tuple[str, ...]
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        return self.text

    def evaluate(self, values: Mapping[str, int]) -> int:
        """The value of the expression where every name has its int64 from ``values``.

        Raises UnknownNameError, DivisionByZeroError or ExpressionOverflowError.
        """
        stack: list[int] = []
        try:
            for step in self.steps:
                if isinstance(step, int):
                    stack.append(step)
                elif isinstance(step, str):
                    stack.append(values[step])
                else:
                    right = stack.pop()
                    stack[-1] = result = step(stack[-1], right)
                    if not INT64_MIN <= result <= INT64_MAX:
                        raise ExpressionOverflowError(f"{result} is outside int64")
        except KeyError:
            raise UnknownNameError(str(step), values.keys()) from None
        except ZeroDivisionError:
            raise DivisionByZeroError("division by zero") from None
        return stack[0]


def parse(text: str, *, characters: int, depth: int) -> Expression:
    """Read ``text``, of at most so many ``characters``, nested at most ``depth`` deep.

    Parentheses, calls and unary minuses nest. Raises ExpressionSyntaxError,
    ExpressionTooComplexError, or ExpressionOverflowError for a number that is too large.
    """
    if len(text) > characters:
        raise ExpressionTooComplexError(
            f"the expression has {len(text)} characters, the most is {characters}",
            "expression_characters",
        )
    return _parse(text, depth)


@lru_cache(maxsize=512)
def _parse(text: str, depth: int) -> Expression:
    reader = _Reader(depth)
    wants_operand = True
    for token in _tokens(text):
        wants_operand = reader.operand(token) if wants_operand else reader.operator(token)
    if wants_operand:
        raise ExpressionSyntaxError("a number or a name is missing", len(text))
    steps = reader.finish()
    return Expression(text, tuple(dict.fromkeys(s for s in steps if isinstance(s, str))), steps)


# Tokens.

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def is_name(text: str) -> bool:
    """Is this a name, and so no expression?"""
    return _NAME.fullmatch(text) is not None and text not in _CALLS


_TOKEN = re.compile(
    r"""[ \t]* (?:
        (?P<call>min|max) [ \t]* \(
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<number>[0-9]+)
      | (?P<symbol>//|[-+*%(),])
      | (?P<end>\Z)
      | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    position: int


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "end":
            return
        if kind == "other":
            raise ExpressionSyntaxError(f"{match[kind]!r} has no meaning", match.start(kind))
        yield _Token(kind, match[kind], match.start(kind))


# The reader: operators wait on a stack until a looser one, a parenthesis or the end lets them go.

_BINARY: Mapping[str, tuple[int, Operation]] = {
    "+": (1, operator.add),
    "-": (1, operator.sub),
    "*": (2, operator.mul),
    "//": (2, operator.floordiv),
    "%": (2, operator.mod),
}
_NEGATION = 3
_OPEN = 0
_CALLS: Mapping[str, Operation] = {"min": min, "max": max}


class _Waiting(NamedTuple):
    """What is not finished yet: an operator, or what an open parenthesis belongs to.

    ``symbol`` of a parenthesis is ``(`` or the function's name, and ``,`` after an argument.
    """

    symbol: str
    binding: int
    operation: Operation | None
    position: int


class _Reader:
    """Takes tokens one by one; each of its methods says whether an operand must come next."""

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._nested = 0
        self._steps: list[Step] = []
        self._waiting: list[_Waiting] = []

    def operand(self, token: _Token) -> bool:
        if token.kind == "number":
            self._steps.append(_integer(token))
            return False
        if token.kind == "name":
            self._steps.append(_name(token))
            return False
        if token.kind == "call":
            return self._nest(token, _OPEN, _CALLS[token.text])
        if token.text == "(":
            return self._nest(token, _OPEN, None)
        if token.text == "-":
            self._steps.append(0)
            return self._nest(token, _NEGATION, operator.sub)
        raise ExpressionSyntaxError(
            f"a number or a name is missing before {token.text!r}", token.position
        )

    def operator(self, token: _Token) -> bool:
        if token.text in _BINARY:
            binding, operation = _BINARY[token.text]
            self._release(binding)
            self._waiting.append(_Waiting(token.text, binding, operation, token.position))
            return True
        if token.text == ",":
            return self._comma(token)
        if token.text == ")":
            return self._close(token)
        raise ExpressionSyntaxError(f"an operator is missing before {token.text!r}", token.position)

    def finish(self) -> tuple[Step, ...]:
        self._release(_OPEN + 1)
        if self._waiting:
            raise ExpressionSyntaxError("'(' is never closed", self._waiting[-1].position)
        return tuple(self._steps)

    def _nest(self, token: _Token, binding: int, operation: Operation | None) -> bool:
        self._nested += 1
        if self._nested > self._depth:
            raise ExpressionTooComplexError(
                f"the expression nests deeper than {self._depth}", "expression_depth"
            )
        self._waiting.append(_Waiting(token.text, binding, operation, token.position))
        return True

    def _release(self, binding: int) -> None:
        """Let go of the operators that bind at least as tightly."""
        while self._waiting and self._waiting[-1].binding >= binding:
            self._finish_one()

    def _finish_one(self) -> None:
        waiting = self._waiting.pop()
        if waiting.operation is not None:
            self._steps.append(waiting.operation)
        self._nested -= waiting.binding in (_OPEN, _NEGATION)

    def _comma(self, token: _Token) -> bool:
        self._release(_OPEN + 1)
        if not self._waiting or self._waiting[-1].symbol not in _CALLS:
            raise ExpressionSyntaxError(
                "a comma stands only between the two arguments of min and max", token.position
            )
        self._waiting[-1] = self._waiting[-1]._replace(symbol=",")
        return True

    def _close(self, token: _Token) -> bool:
        self._release(_OPEN + 1)
        if not self._waiting:
            raise ExpressionSyntaxError("')' closes nothing", token.position)
        if self._waiting[-1].symbol in _CALLS:
            raise ExpressionSyntaxError(
                f"{self._waiting[-1].symbol} takes two arguments, got one", token.position
            )
        self._finish_one()
        return False


def _integer(token: _Token) -> int:
    if len(token.text) > 1 and token.text.startswith("0"):
        raise ExpressionSyntaxError("a number does not begin with 0", token.position)
    # 19 digits hold int64; int() is never asked to read an unbounded number.
    if len(token.text) > 19 or int(token.text) > INT64_MAX:
        raise ExpressionOverflowError(f"{token.text:.24} is outside int64")
    return int(token.text)


def _name(token: _Token) -> str:
    if token.text in _CALLS:
        raise ExpressionSyntaxError(
            f"{token.text} is a function and takes two arguments in parentheses", token.position
        )
    return token.text


# Variables.


def resolve(
    variables: Mapping[str, int | str],
    bindings: Mapping[str, int],
    *,
    characters: int,
    depth: int,
) -> dict[str, int]:
    """The value of every variable, each after those that it depends on.

    ``{"width": 64, "hidden": "4 * width"}`` gives ``{"width": 64, "hidden": 256}``. A binding
    stands in place of its variable's own definition, which must be an expression still; bindings
    of other names are passed over. Raises VariablesError with all faults, in the order of
    ``variables``: one for each cycle, and none for what only depends on a faulty variable.
    """
    expressions, order, faults = _read(variables, bindings, characters, depth)
    values = _evaluate(order, expressions, faults)
    if faults:
        raise VariablesError(tuple((name, faults[name]) for name in variables if name in faults))
    return values


def formulas(
    variables: Mapping[str, int | str],
    bindings: Mapping[str, int],
    *,
    characters: int,
    depth: int,
) -> dict[str, Expression]:
    """The expressions of the variables that are not bound, each after those that it uses.

    Raises VariablesError with what is wrong whatever the bindings' values are.
    """
    expressions, order, faults = _read(variables, bindings, characters, depth)
    if faults:
        raise VariablesError(tuple(faults.items()))
    return {name: expressions[name] for name in order if name not in bindings}


def _read(
    variables: Mapping[str, int | str], bindings: Mapping[str, int], characters: int, depth: int
) -> tuple[dict[str, Expression], dict[str, None], dict[str, ExpressionError]]:
    """Every variable's expression, an order to evaluate them in, and what is wrong with some."""
    expressions: dict[str, Expression] = {}
    faults: dict[str, ExpressionError] = {}
    for name, definition in variables.items():
        try:
            _require_name(name)
            expression = _definition(definition, variables.keys(), characters, depth)
            expressions[name] = _constant(bindings[name]) if name in bindings else expression
        except ExpressionError as error:
            faults[name] = error
    order = _order(expressions)
    stuck = {name: e.names for name, e in expressions.items() if name not in order}
    return (
        expressions,
        order,
        faults | {path[0]: VariableCycleError(path) for path in _cycles(stuck)},
    )


def _require_name(name: str) -> None:
    if not is_name(name):
        detail = "is no name: letters, digits and _, no digit first, and neither min nor max"
        raise ExpressionError(f"{name[:60]!r} {detail}")


def _definition(
    definition: object, known: Collection[str], characters: int, depth: int
) -> Expression:
    if isinstance(definition, int) and not isinstance(definition, bool):
        return _constant(definition)
    if not isinstance(definition, str):
        raise ExpressionError(f"must be an integer or an expression, got {shown(definition)}")
    expression = parse(definition, characters=characters, depth=depth)
    for name in expression.names:
        if name not in known:
            raise UnknownNameError(name, known)
    return expression


def _constant(value: int) -> Expression:
    if not INT64_MIN <= value <= INT64_MAX:
        raise ExpressionOverflowError("the number is outside int64")
    return Expression(str(value), (), (value,))


def _order(expressions: Mapping[str, Expression]) -> dict[str, None]:
    """Names so that each comes after those that it uses; what waits for a cycle is left out."""
    sorter = TopologicalSorter({name: e.names for name, e in expressions.items()})
    with suppress(CycleError):
        sorter.prepare()
    order: dict[str, None] = {}
    while ready := sorter.get_ready():
        order |= dict.fromkeys(ready)
        sorter.done(*ready)
    return order


def _cycles(stuck: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Cycles that share no variable; whatever is stuck uses at least one other that is stuck."""
    seen: set[str] = set()
    for start in stuck:
        trail: dict[str, None] = {}
        name = start
        while name not in seen:
            seen.add(name)
            trail[name] = None
            name = next(used for used in stuck[name] if used in stuck)
        if name in trail:
            path = list(trail)
            yield (*path[path.index(name) :], name)


def _evaluate(
    order: Collection[str],
    expressions: Mapping[str, Expression],
    faults: dict[str, ExpressionError],
) -> dict[str, int]:
    """Values in ``order``; adds to ``faults``, and passes over what uses a faulty variable."""
    values: dict[str, int] = {}
    for name in order:
        if name in expressions and all(used in values for used in expressions[name].names):
            try:
                values[name] = expressions[name].evaluate(values)
            except ExpressionError as error:
                faults[name] = error
    return values


def _nearest(name: str, known: Collection[str]) -> str | None:
    """The known name most like ``name``. Few are compared: that costs the square of the length."""
    if len(name) > 64:
        return None
    alike = islice((other for other in known if abs(len(other) - len(name)) <= 2), 50)
    return next(iter(difflib.get_close_matches(name, alike, n=1)), None)
