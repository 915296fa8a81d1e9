"""A model with some of its names left open, evaluated at many points without reading it again."""

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from weighbridge import expression
from weighbridge.core.candidates import Candidates, OpenLowering, Outcomes
from weighbridge.core.evaluation import Evaluation
from weighbridge.core.growth import require_growth
from weighbridge.core.growth_rules import NotProved
from weighbridge.core.program import Program
from weighbridge.count import lower, places_of, weigh
from weighbridge.envelope import Envelope
from weighbridge.expression import Expression
from weighbridge.limits import Limits
from weighbridge.problems import Fault, Problem
from weighbridge.spec import Document
from weighbridge.trend import Trend, Trends, constant

CHUNK_POINTS = 8_192
CHUNK_NODES = 400_000
"""Nodes that one call of the core evaluates: a fiftieth of a second."""
THREADED_NODES = 4 * CHUNK_NODES
MOST_THREADS = 4


class Points(Protocol):
    """Where a family is evaluated: values for its open names."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def columns(self, first: int, n: int) -> Mapping[str, Sequence[int]]:
        """Return the values of each open name at `n` points from `first`."""
        ...


@dataclass(frozen=True)
class Chunk:
    """What points beside each other come to."""

    first: int
    length: int
    faults: Mapping[int, Fault]
    """What is wrong with the points that fail, by their place in the chunk."""
    _outcomes: Outcomes

    def figure(self, name: str) -> list[int | None]:
        """Return a total at each point; None where it is unknown, does not fit, or failed."""
        return self._outcomes.figure(name)


class Family:
    """A model whose `names` are open. Nothing of it but those values changes between points."""

    def __init__(
        self, document: Document, request: Envelope, first: Mapping[str, int], limits: Limits
    ) -> None:
        """Lower it; `first` is one value for each open name.

        Raises Problem where something is wrong whatever their values are: the problem that counting
        it at `first` gives.
        """
        bindings = {**request.bindings, **first}
        lowering = OpenLowering(document, bindings, limits)
        places = places_of(document, request)
        graph = lower(lowering, places)
        self.document = document
        self._request = request
        self._limits = limits
        self._require_right(first, has_findings=bool(graph.findings))
        self._variables = lowering.variables
        names = {*request.bindings, *first, *self._variables}
        texts = dict.fromkeys(patch.expression for patch in graph.patches)
        formulas = {text: self._parse(text) for text in texts if text not in names}
        self._formulas = {**self._variables, **formulas}
        program = Program(tuple(first), request.bindings)
        for name, formula in self._formulas.items():
            program.add(name, formula)
        self._candidates = Candidates(graph, limits, places, program)

    def _require_right(self, first: Mapping[str, int], *, has_findings: bool) -> None:
        """Raise what is wrong whatever the values are; the outputs are checked behind all nodes."""
        try:
            self.totals(first)
        except Problem as problem:
            outputs = f"{self._request.root}/outputs/"
            if has_findings or any(fault.pointer.startswith(outputs) for fault in problem.errors):
                raise

    def _parse(self, text: str) -> Expression:
        return expression.parse(
            text,
            characters=self._limits.expression_characters,
            depth=self._limits.expression_depth,
        )

    @property
    def work(self) -> int:
        """What one point costs: its nodes, or the steps of its expressions where those are more."""
        steps = sum(len(formula.steps) for formula in self._formulas.values())
        return max(self._candidates.nodes, steps)

    def totals(self, point: Mapping[str, int]) -> dict[str, int | None]:
        """Return all totals at one point. Raises Problem."""
        with self._weighed(point) as evaluation:
            return evaluation.totals()

    def warnings(self, point: Mapping[str, int]) -> list[dict[str, object]]:
        """Return what is unknown at one point, and why. Raises Problem."""
        with self._weighed(point) as evaluation:
            return evaluation.warnings()

    def _weighed(self, point: Mapping[str, int]) -> Evaluation:
        bindings = {**self._request.bindings, **point}
        return weigh(self.document, replace(self._request, bindings=bindings), self._limits)

    def require_growth(self, name: str, least: int, largest: int) -> None:
        """Prove that no figure falls as one open name grows, and no fault goes away.

        Raises NotProved.
        """
        trends = Trends()
        for bound, value in self._request.bindings.items():
            trends.note(bound, constant(value))
        trends.note(name, Trend(least, largest, name))
        for text, formula in self._formulas.items():
            trends.add(text, formula)
            if trends[text] is None:
                raise NotProved(f"'{text:.60}' may fall, or fail at some values only")
        try:
            weighed = self._weighed({name: least})
        except Problem as problem:
            raise NotProved(f"the least value fails: {problem.detail}") from None
        with weighed as evaluation:
            require_growth(evaluation, trends)

    # ---- Many points ----------------------------------------------------------------------------

    def chunks(self, points: Points) -> Iterator[Chunk]:
        """Yield what all points come to, in their order, in chunks. Threads share the core's work.

        Whoever stops in between stops the work.
        """
        size = max(1, min(CHUNK_POINTS, CHUNK_NODES // self.work))
        parts = (
            (first, points.columns(first, min(size, len(points) - first)))
            for first in range(0, len(points), size)
        )
        if len(points) * self._candidates.nodes < THREADED_NODES:
            yield from (self._chunk(*part) for part in parts)
            return
        with _threads() as (pool, n_threads):
            running: deque[Future[Chunk]] = deque()
            for part in parts:
                running.append(pool.submit(self._chunk, *part))
                if len(running) > n_threads:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()

    def _chunk(self, first: int, columns: Mapping[str, Sequence[int]]) -> Chunk:
        n = len(next(iter(columns.values())))
        outcomes = self._candidates.evaluate(columns, n)
        faults = {
            place: self._of_formula(columns, place)
            if error is None
            else self._candidates.fault(error)
            for place, error in outcomes.errors()
        }
        return Chunk(first, n, faults, outcomes)

    def _of_formula(self, columns: Mapping[str, Sequence[int]], place: int) -> Fault:
        """Return what is wrong with the first formula that has no value at a point."""
        values = {**self._request.bindings, **{name: c[place] for name, c in columns.items()}}
        for name, formula in self._formulas.items():
            try:
                values[name] = formula.evaluate(values)
            except expression.ExpressionError as error:
                return self._fault_of(name, error)
        raise AssertionError("the core found a number without a value")

    def _fault_of(self, name: str, error: expression.ExpressionError) -> Fault:
        if name in self._variables:
            return Fault("", error.code, f"variable '{name}': {error}")
        return self._candidates.fault_of(name, error.code, f"{name[:100]!r} has no value: {error}")


@contextmanager
def _threads() -> Iterator[tuple[ThreadPoolExecutor, int]]:
    """Give a pool of as many threads as this process has processors."""
    n = min(len(os.sched_getaffinity(0)), MOST_THREADS)
    pool = ThreadPoolExecutor(n)
    try:
        yield pool, n
    finally:
        pool.shutdown(cancel_futures=True)
