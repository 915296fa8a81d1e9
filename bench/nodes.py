"""What the core evaluates: nodes a second, in full and for totals only, on one core and two."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.documents import family, staircase
from bench.timing import Line, best

from weighbridge import envelope, formats
from weighbridge.core.candidates import Candidates, OpenLowering
from weighbridge.core.lowering import Lowering
from weighbridge.core.native import ffi, lib
from weighbridge.core.places import Places
from weighbridge.core.program import Program
from weighbridge.expression import parse
from weighbridge.limits import Limits

LAYERS = 500
CANDIDATES = 2_000
WIDTHS = {"width": range(64, 64 + CANDIDATES)}


def lines() -> Iterator[Line]:
    """Measure; one node is one layer here."""
    yield _line("evaluated in full", 1 / _full(family(LAYERS)), 1e7)
    for what, model in (("alike", family(LAYERS)), ("all different", staircase(LAYERS))):
        taken = _swept(model)
        yield _line(f"evaluated for totals only, layers {what}", 1 / taken, 1e7)
        yield Line(
            f"core: a node of a sweep, layers {what}",
            f"{taken * 1e9:.1f} ns",
            taken / 40e-9,
            "of 40 ns",
            "at most 1",
        )
    yield Line(
        "core: two threads against one",
        "",
        _threads(),
        "x faster, but for waits for a processor",
        "at least 1.5",
    )


def _line(what: str, rate: float, aim: float) -> Line:
    figure = f"{rate / 1e6:.1f} million nodes/s"
    return Line(f"core: {what}", figure, rate / aim, f"of {aim / 1e6:.0f} million", "at least 1")


def _document(model: dict[str, Any]) -> Any:
    return formats.read(envelope.read(json.dumps(model).encode(), {}), None)


def _full(model: dict[str, Any]) -> float:
    """Return the seconds of a node in a full evaluation, with rows, shapes and weights."""
    graph = Lowering(_document(model), {}, Limits()).run()
    structure, _kept = graph.structure(16, 10**7)
    result, errors = lib.wb_result_new(), ffi.new("wb_error[]", 10)

    def evaluate() -> None:
        for _ in range(500):
            lib.wb_evaluate(structure, result, errors, 10)

    return best(evaluate) / 500 / len(graph.records)


def _candidates(model: dict[str, Any]) -> Candidates:
    document = _document(model)
    graph = OpenLowering(document, {"width": 64}, Limits()).run()
    program = Program(["width"], {})
    for text in {patch.expression for patch in graph.patches} - {"width"}:
        program.add(text, parse(text, characters=1000, depth=32))
    return Candidates(graph, Limits(), Places(document.specification, ""), program)


def _swept(model: dict[str, Any]) -> float:
    """Return the seconds of a node where only totals are asked for."""
    candidates = _candidates(model)
    taken = best(lambda: candidates.evaluate(WIDTHS, CANDIDATES), 7)
    return taken / CANDIDATES / candidates.nodes


def _threads() -> float:
    """Return how many times as fast two threads are: here neighbours on the same memory cost.

    What a thread waited for a processor that others had is taken out, as Linux counts it.
    """
    candidates = _candidates(staircase(LAYERS))

    def evaluate() -> tuple[float, float]:
        """Return when it was done, and how long it waited for a processor."""
        before = _waited()
        candidates.evaluate(WIDTHS, CANDIDATES)
        return time.perf_counter(), _waited() - before

    def together(_: int) -> float:
        start = time.perf_counter()
        with ThreadPoolExecutor(2) as pool:
            threads = [pool.submit(evaluate) for _ in range(2)]
        return max(end - start - waited for end, waited in (t.result() for t in threads))

    def alone(_: int) -> float:
        start = time.perf_counter()
        end, waited = evaluate()
        return end - start - waited

    rounds = range(15)
    return 2 * min(map(alone, rounds)) / min(map(together, rounds))


def _waited() -> float:
    """Return the seconds that this thread has waited for a processor so far."""
    return int(Path("/proc/thread-self/schedstat").read_text("ascii").split()[1]) / 1e9
