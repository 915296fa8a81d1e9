"""Solving: the largest value of one name with which a model keeps its limits.

No figure is assumed to grow with the value: all values are tried, from the largest down. Only
where that is too much work, and growth is proved (`weighbridge.core.growth`), the range is halved
instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weighbridge import envelope
from weighbridge.core.growth_rules import NotProved
from weighbridge.count import Names, read
from weighbridge.envelope import Envelope
from weighbridge.family import Chunk, Family
from weighbridge.figures import integer, limits_of
from weighbridge.limits import DEFAULT_LIMITS, Limits
from weighbridge.options import NO_OPTIONS, Options
from weighbridge.problems import Fault, Problem
from weighbridge.spec import Document
from weighbridge.sweep import Progress, open_fault
from weighbridge.value import ValueFault, shown


def solve(
    body: bytes,
    options: Options = NO_OPTIONS,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> bytes:
    """Return the largest value in a request's range whose model keeps every limit, as JSON.

    Raises Problem: `no_solution` where there is none, `too_complex` where the range is too long to
    try every value and growth is not proved.
    """
    request = envelope.read(
        body, {"variable": _variable_of, "range": _range_of, "limits": limits_of}
    )
    options.require_known()
    document = read(request, options.format)
    question = _question(request, document)
    family = Family(document, request, {question.name: question.values[0]}, limits)
    answer = _Search(family, question, limits, progress).answer()
    return options.encoded(answer)


# ---- What is asked for ------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """The largest of `values` for `name` whose figures are at most `limits`."""

    name: str
    values: range
    limits: Mapping[str, int]

    def kept(self, chunk: Chunk) -> list[bool]:
        """Say of each point whether it keeps every limit; one that is unknown does not."""
        kept = [True] * chunk.length
        for figure, most in self.limits.items():
            for k, value in enumerate(chunk.figure(figure)):
                if value is None or value > most:
                    kept[k] = False
        return kept


def _question(request: Envelope, document: Document) -> Question:
    for member in ("variable", "range", "limits"):
        if member not in request.options:
            raise request.missing(member, "solving")
    name, values = request.options["variable"], request.options["range"]
    names = Names(document.specification)
    if detail := names.fault(name) or open_fault(name, request):
        raise Problem.of([Fault("/variable", "invalid_request", detail)])
    if detail := names.value_fault(name, values[0]):
        raise Problem.of([Fault("/range/0", "invalid_request", detail)])
    return Question(name, values, request.options["limits"])


def _variable_of(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueFault(f"must be a name, got {shown(value)}", "")
    return value


def _range_of(value: Any) -> range:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueFault(f"must be two integers, the least and the largest, got {shown(value)}", "")
    least, largest = (integer(end, str(k)) for k, end in enumerate(value))
    if largest < least:
        raise ValueFault(f"must not be below the least, got {largest} after {least}", "1")
    return range(least, largest + 1)


# ---- The search -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Downwards:
    """The values of one name from the largest to the least."""

    name: str
    values: range

    def __len__(self) -> int:
        return len(self.values)

    def columns(self, first: int, n: int) -> Mapping[str, Sequence[int]]:
        """Return `n` values after the `first` largest."""
        return {self.name: self.values[::-1][first : first + n]}


class _Search:
    def __init__(
        self, family: Family, question: Question, limits: Limits, progress: Progress | None
    ) -> None:
        self._family = family
        self._question = question
        self._limits = limits
        self._progress = progress
        self._evaluations = 0

    def answer(self) -> dict[str, Any]:
        values = self._question.values
        n = values[-1] - values[0] + 1
        is_short = n * self._family.work <= self._limits.work
        value = self._scan() if is_short else self._bisect()
        if value is None:
            raise self._nothing()
        return {
            "variable": self._question.name,
            "value": value,
            "totals": self._family.totals({self._question.name: value}),
            "next": self._next(value + 1) if value < values[-1] else None,
            "method": "scan" if is_short else "bisection",
            "evaluations": self._evaluations,
        }

    def _scan(self) -> int | None:
        """Return the largest value that keeps the limits: the first from above."""
        points = Downwards(self._question.name, self._question.values)
        for chunk in self._family.chunks(points):
            self._evaluations += chunk.length
            if self._progress is not None:
                self._progress(self._evaluations, len(points))
            kept = self._question.kept(chunk)
            if True in kept:
                return self._question.values[-1] - (chunk.first + kept.index(True))
        return None

    def _bisect(self) -> int | None:
        """Return the same where a value that fails or exceeds a limit has only such above it."""
        self._require_growth()
        values = self._question.values
        below, above = values[0] - 1, values[-1] + 1
        while above - below > 1:
            middle = (below + above) // 2
            if self._keeps(middle):
                below = middle
            else:
                above = middle
        return below if below >= values[0] else None

    def _require_growth(self) -> None:
        name, values = self._question.name, self._question.values
        try:
            self._family.require_growth(name, values[0], values[-1])
        except NotProved as reason:
            nodes = (values[-1] - values[0] + 1) * self._family.work
            detail = (
                f"trying every value takes {nodes} nodes or operations, the most is "
                f"{self._limits.work} (limit work), and it is not proved that the figures never "
                f"fall as '{name}' grows: {reason}"
            )
            fault = Fault("/range", "too_complex", detail)
            raise Problem("too_complex", detail, [fault]) from None

    def _keeps(self, value: int) -> bool:
        self._evaluations += 1
        point = Downwards(self._question.name, range(value, value + 1))
        return all(all(self._question.kept(chunk)) for chunk in self._family.chunks(point))

    def _next(self, value: int) -> dict[str, Any]:
        try:
            return {"value": value, "totals": self._family.totals({self._question.name: value})}
        except Problem as problem:
            return {"value": value, "problem": problem.document()}

    def _nothing(self) -> Problem:
        """Say what is wrong with the least value, where one would look first."""
        name, least = self._question.name, self._question.values[0]
        try:
            totals = self._family.totals({name: least})
        except Problem as problem:
            found = problem.detail
        else:
            found = ", ".join(
                f"{figure} {'unknown' if totals[figure] is None else totals[figure]} (limit {most})"
                for figure, most in self._question.limits.items()
            )
        detail = f"no value of '{name}' in the range keeps every limit; at {least}: {found}"
        return Problem("no_solution", detail, [Fault("/limits", "no_solution", detail)])
