"""One graph evaluated for many candidates: lowered once, its open words filled in by a program."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from types import MappingProxyType
from typing import Any

from weighbridge import expression
from weighbridge.core.evaluation import TOTALS, Evaluation
from weighbridge.core.faults import Faults
from weighbridge.core.graph import Graph
from weighbridge.core.lowering import Lowering
from weighbridge.core.native import ffi, lib
from weighbridge.core.places import Places
from weighbridge.core.program import Program
from weighbridge.expression import Expression, ExpressionError, UnknownNameError
from weighbridge.limits import Limits
from weighbridge.problems import Fault

PLACEHOLDER = 1


class OpenLowering(Lowering):
    """Lowers a document whose expressions have no values yet, only texts.

    What it finds wrong is wrong whatever the values are. `variables` are those that are not bound,
    each after those that it uses.
    """

    variables: Mapping[str, Expression] = MappingProxyType({})

    def _variable_values(self) -> dict[str, int]:
        self.variables = expression.formulas(
            self._variables,
            self.bindings,
            characters=self.limits.expression_characters,
            depth=self.limits.expression_depth,
        )
        return {}

    def _evaluate(self, text: str, attribute: str) -> int | None:
        try:
            for name in self._parse(text).names:
                if name not in self._variables:
                    raise UnknownNameError(name, self._variables)
        except ExpressionError as error:
            self.find(error.code, str(error), attribute)
        return PLACEHOLDER


@dataclass(frozen=True)
class Outcomes:
    """What some candidates come to, side by side: the words of their wb_outcomes."""

    _structures: Any
    _words: "memoryview[int]"

    def figure(self, name: str) -> list[int | None]:
        """Return a total of each candidate; None where it is unknown, does not fit, or failed."""
        values: list[int] = self._words[TOTALS.index(name) :: WORDS].tolist()
        if self._failed or (values and min(values) < 0):
            return [None if v < 0 or k in self._failed else v for k, v in enumerate(values)]
        return list(values)

    def errors(self) -> Iterator[tuple[int, Any]]:
        """Yield the candidates that failed, each with its wb_error; None where a number failed."""
        for candidate in self._failed:
            error = self._structures[candidate].error
            yield candidate, None if error.code == lib.WB_ERROR_NO_VALUE else error

    @cached_property
    def _failed(self) -> dict[int, None]:
        codes = self._words.cast("B").cast("i")[CODE :: WORDS * 2].tolist()
        return {k: None for k, code in enumerate(codes) if code} if any(codes) else {}


WORDS = ffi.sizeof("wb_outcome") // 8
CODE = (ffi.offsetof("wb_outcome", "error") + ffi.offsetof("wb_error", "code")) // 4


class Candidates:
    """A graph with open words, which take what a program makes of each expression.

    May be asked from several threads at once.
    """

    def __init__(self, graph: Graph, limits: Limits, places: Places, program: Program) -> None:
        self.nodes = graph.n_nodes
        self._program = program
        self._constants, self._steps = program.structures()
        self._nodes = {patch.expression: patch.node for patch in reversed(graph.patches)}
        self._structure, self._kept = graph.structure(
            limits.rank, 20 * limits.rows + len(graph.names)
        )
        self._patches = self._patches_of(graph)
        self._alike = ffi.new("int32_t[]", _alike(graph))
        self._words = self._structure.pool_words
        self._idle: list[tuple[Any, Any]] = []
        self._faults = Faults(Evaluation(graph, limits), places)
        self._told: dict[bytes, Fault] = {}

    def _patches_of(self, graph: Graph) -> Any:
        starts = [0, *accumulate(len(record) // 8 for record in graph.records)]
        number = self._program.number
        patches = [(starts[p.node] + p.word, number(p.expression)) for p in graph.patches]
        return ffi.new("wb_patch[]", patches)

    def evaluate(self, values: Mapping[str, Iterable[int]], n: int) -> Outcomes:
        """Evaluate `n` candidates, each with a value for each name of the program."""
        pool, result = self._idle.pop() if self._idle else self._workplace()
        outcomes = ffi.new("wb_outcome[]", n)
        columns = ffi.from_buffer("int64_t[]", self._program.columns(values))
        candidates = ffi.new(
            "wb_candidates *",
            {
                "patches": self._patches,
                "n_patches": len(self._patches),
                "columns": columns,
                "n_columns": len(self._program.names),
                "n_candidates": n,
                "constants": self._constants,
                "n_constants": len(self._constants),
                "steps": self._steps,
                "n_steps": len(self._steps),
                "alike": self._alike,
            },
        )
        status = lib.wb_evaluate_many(self._structure, pool, candidates, result, outcomes)
        self._idle.append((pool, result))
        if status != lib.WB_DONE:
            raise MemoryError("wb_evaluate_many")
        return Outcomes(outcomes, memoryview(ffi.buffer(outcomes)).cast("B").cast("q"))

    def _workplace(self) -> tuple[Any, Any]:
        """What one thread works with."""
        result = lib.wb_result_new()
        if result == ffi.NULL:
            raise MemoryError("wb_result_new")
        return ffi.new("int64_t[]", self._words), ffi.gc(result, lib.wb_result_free)

    def fault(self, error: Any) -> Fault:
        """Return what an error means, in words that hold for every candidate that has it."""
        key = bytes(ffi.buffer(ffi.addressof(error)))
        if key not in self._told:
            self._told[key] = self._faults.brief(error)
        return self._told[key]

    def fault_of(self, text: str, code: str, detail: str) -> Fault:
        """Return a fault of an expression, where it stands first."""
        return self._faults.at(self._nodes[text], code, detail)


def _alike(graph: Graph) -> list[int]:
    """Return for each node the last one before it that has the same record at every candidate."""
    open_words: dict[int, list[tuple[int, str]]] = {}
    for patch in graph.patches:
        open_words.setdefault(patch.node, []).append((patch.word, patch.expression))
    special = _special(graph)
    last: dict[tuple[bytes, str], int] = {}
    alike = []
    for node, record in enumerate(graph.records):
        key = (record, repr(open_words.get(node)))
        alike.append(-1 if node in special else last.get(key, -1))
        if node not in special:
            last[key] = node
    return alike


def _special(graph: Graph) -> set[int]:
    """Return the nodes that are like no other: blocks, and those whose weights others use."""
    special = {0, *range(1, 1 + graph.n_inputs), *graph.ends, *graph.ends.values()}
    special |= {node for tie in graph.ties for node in (tie.node, tie.owner)}
    return special | set(graph.owners) | set(graph.owners.values())
