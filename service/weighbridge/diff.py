"""What differs between two models: their totals, and their rows, matched by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msgspec import Raw, Struct, json

from weighbridge import envelope
from weighbridge.core.evaluation import TOTALS
from weighbridge.count import evaluate, report_of
from weighbridge.envelope import unknown_member
from weighbridge.limits import DEFAULT_LIMITS, Limits
from weighbridge.options import NO_OPTIONS, Options
from weighbridge.problems import Fault, Problem
from weighbridge.report import Row
from weighbridge.report import decode as decode_report
from weighbridge.value import decode, shown

SIDES = ("before", "after")

NOT_COMPARED = ("inputs", "formula")
"""Members of a row: how its inputs are called, and what its weights say already."""


def diff(body: bytes, options: Options = NO_OPTIONS, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return what differs between the two models of a request, as JSON.

    Raises Problem, with the faults of both; their pointers begin with the side.
    """
    options.require_known()
    before, after = _both(_models_of(body), options.format, limits)
    answer: dict[str, Any] = {"totals": _deltas(before.totals, after.totals)}
    if options.detail != "totals":
        answer |= _differences(before.rows, after.rows, weights=options.detail != "layers")
    # Rows are as the core wrote them, until each integer in them is to be another.
    return options.encoded(json.decode(json.encode(answer)) if options.strings else answer)


# ---- Two models -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Side:
    totals: Mapping[str, int | None]
    rows: Mapping[str, tuple[Row, Raw]]
    """By name: a row, and the same as the report has it."""


class _Rows(Struct):
    layers: list[Raw]
    totals: dict[str, int | None]


def _models_of(body: bytes) -> Sequence[Raw]:
    """Return the two models, each a document or an envelope. Raises Problem."""
    members = envelope.decode_members(body)
    faults = [unknown_member(name, SIDES) for name in members if name not in SIDES]
    faults += [fault for side in SIDES for fault in _side_faults(members.get(side), side)]
    if faults:
        raise Problem.of(faults)
    return [members[side] for side in SIDES]


def _side_faults(model: Raw | None, side: str) -> Iterator[Fault]:
    if model is None:
        yield Fault("", "invalid_request", f"a diff needs `{side}`")
    elif not bytes(model).startswith(b"{"):
        detail = f"must be an object, got {shown(decode(model))}"
        yield Fault(f"/{side}", "invalid_request", detail)


def _both(models: Sequence[Raw], format_: str | None, limits: Limits) -> Sequence[_Side]:
    sides, problems = [], []
    for name, model in zip(SIDES, models, strict=True):
        try:
            sides.append(_weighed(bytes(model), format_, limits))
        except Problem as problem:
            problems.append(_below(name, problem))
    if problems:
        faults = [fault for problem in problems for fault in problem.errors]
        raise Problem(problems[0].code, problems[0].detail, faults)
    return sides


def _weighed(body: bytes, format_: str | None, limits: Limits) -> _Side:
    document, evaluation = evaluate(envelope.read(body, {}), format_, limits)
    with evaluation:
        report = report_of(document, evaluation, "weights")
    written = json.decode(report, type=_Rows)
    rows = zip(decode_report(report).layers, written.layers, strict=True)
    return _Side(written.totals, {row.name: (row, raw) for row, raw in rows})


def _below(side: str, problem: Problem) -> Problem:
    """Return the problem with pointers that go into the body of both."""
    faults = [replace(fault, pointer=f"/{side}{fault.pointer}") for fault in problem.errors]
    return Problem(problem.code, f"{side}: {problem.detail}", faults)


# ---- What differs -----------------------------------------------------------------------------


def _deltas(
    before: Mapping[str, int | None], after: Mapping[str, int | None]
) -> dict[str, dict[str, int | None]]:
    """Return each total of both and the change, which fits where they do: they are not negative."""
    return {figure: _delta(before[figure], after[figure]) for figure in TOTALS}


def _delta(before: int | None, after: int | None) -> dict[str, int | None]:
    delta = None if before is None or after is None else after - before
    return {"before": before, "after": after, "delta": delta}


def _differences(
    before: Mapping[str, tuple[Row, Raw]], after: Mapping[str, tuple[Row, Raw]], *, weights: bool
) -> dict[str, list[Any]]:
    """Return the rows of one alone, and those of both that differ, in the order of the models."""
    both = [(name, before[name], row) for name, row in after.items() if name in before]
    return {
        "added": [_shown(row, weights) for name, (_, row) in after.items() if name not in before],
        "removed": [_shown(row, weights) for name, (_, row) in before.items() if name not in after],
        "changed": [
            {"name": name, "before": _shown(old_json, weights), "after": _shown(new_json, weights)}
            for name, (old, old_json), (new, new_json) in both
            if _compared(old) != _compared(new)
        ],
    }


def _compared(row: Row) -> tuple[Any, ...]:
    members = (name for name in Row.__struct_fields__ if name not in NOT_COMPARED)
    return tuple(getattr(row, name) for name in members)


def _shown(row: Raw, weights: bool) -> Any:
    if weights:
        return row
    members = json.decode(row, type=dict[str, Raw])
    return {name: members[name] for name in members if name not in ("weights", "formula")}
