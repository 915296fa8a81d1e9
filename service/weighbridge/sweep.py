"""Sweeps: the figures of a model's family at many points, in columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Literal

from weighbridge import envelope
from weighbridge.core.evaluation import TOTALS
from weighbridge.count import Names, read
from weighbridge.envelope import Envelope
from weighbridge.family import Chunk, Family
from weighbridge.figures import figure_name, integer, reasons
from weighbridge.limits import DEFAULT_LIMITS, Limits
from weighbridge.options import NO_OPTIONS, Options
from weighbridge.pointer import escape
from weighbridge.problems import Fault, Problem
from weighbridge.spec import Document
from weighbridge.value import ValueFault, convert, shown

Axis = Sequence[int]
"""The values of one name: a list or a range."""

Combine = Literal["grid", "zip"]

Progress = Callable[[int, int], None]
"""Told now and then how many points are done, and of how many."""


def sweep(
    body: bytes,
    options: Options = NO_OPTIONS,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> bytes:
    """Return the figures at each point of a request's sweep as JSON, in columns.

    A point that fails has null in every figure and an entry in `errors`. Raises Problem where the
    request, or the model at every point, is wrong.
    """
    request = envelope.read(body, {"over": axes_of, "combine": _combine_of, "figures": _figures_of})
    options.require_known()
    document = read(request, options.format)
    points = _points_of(request, document, limits)
    figures = request.options.get("figures") or list(TOTALS)
    family = Family(document, request, points.at(0), limits)
    require_work(len(points), family, limits, "/over")
    answer = _Sweep(family, points, figures, progress).answer()
    return options.encoded(answer)


# ---- Points -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grid:
    """Every combination of the values of some names; the last name runs fastest."""

    axes: Mapping[str, Axis]

    def __len__(self) -> int:
        return prod(map(len, self.axes.values()))

    def columns(self, first: int, n: int) -> dict[str, Sequence[int]]:
        """Return the values of each name at `n` points from `first`."""
        return {name: column[first : first + n] for name, column in self._columns.items()}

    @cached_property
    def _columns(self) -> dict[str, Sequence[int]]:
        columns: dict[str, Sequence[int]] = {}
        inner = len(self)
        for name, axis in self.axes.items():
            inner //= len(axis)
            once = [value for value in axis for _ in range(inner)]
            columns[name] = once * (len(self) // len(once))
        return columns

    def at(self, point: int) -> dict[str, int]:
        """Return the value of each name at one point."""
        return {name: column[0] for name, column in self.columns(point, 1).items()}


@dataclass(frozen=True)
class Zip(Grid):
    """The values of names of which each has as many, side by side."""

    def __len__(self) -> int:
        return min(map(len, self.axes.values()))

    @cached_property
    def _columns(self) -> dict[str, Sequence[int]]:
        return {name: list(axis) for name, axis in self.axes.items()}


def _points_of(request: Envelope, document: Document, limits: Limits) -> Grid:
    if "over" not in request.options:
        raise request.missing("over", "a sweep")
    axes: Mapping[str, Axis] = request.options["over"]
    faults = list(_name_faults(axes, request, Names(document.specification)))
    zipped = request.options.get("combine") == "zip"
    if zipped:
        faults += _length_faults(axes)
    if faults:
        raise Problem.of(faults)
    lengths = [_length(axis) for axis in axes.values()]
    n = lengths[0] if zipped else prod(lengths)
    if n > limits.points:
        detail = f"the sweep has {n} points, the most is {limits.points} (limit points)"
        raise Problem("too_complex", detail, [Fault("/over", "too_complex", detail)])
    return Zip(axes) if zipped else Grid(axes)


def _name_faults(axes: Mapping[str, Axis], request: Envelope, names: Names) -> Iterator[Fault]:
    for name, axis in axes.items():
        pointer = f"/over/{escape(name)}"
        if detail := names.fault(name) or open_fault(name, request):
            yield Fault(pointer, "invalid_request", detail)
            continue
        ends = [("start", axis.start), ("stop", axis[-1])] if isinstance(axis, range) else None
        for place, value in ends or enumerate(axis):
            if detail := names.value_fault(name, value):
                yield Fault(f"{pointer}/{place}", "invalid_request", detail)


def open_fault(name: str, request: Envelope) -> str | None:
    """Return what is wrong with leaving a name open: that it is bound."""
    return "is bound in `bindings` already" if name in request.bindings else None


def _length_faults(axes: Mapping[str, Axis]) -> Iterator[Fault]:
    (first, axis), *others = axes.items()
    for name, other in others:
        if _length(other) != _length(axis):
            detail = f"must have {_length(axis)} values as '{first:.60}' has, got {_length(other)}"
            yield Fault(f"/over/{escape(name)}", "invalid_request", detail)


def _length(axis: Axis) -> int:
    """How many values; `len` itself refuses a range of more than 2^63."""
    if isinstance(axis, range):
        return (axis[-1] - axis[0]) // axis.step + 1
    return len(axis)


def require_work(n: int, family: Family, limits: Limits, pointer: str) -> None:
    """Raise Problem where so many points are too much work."""
    if n * family.work > limits.work:
        detail = (
            f"{n} points of {family.work} nodes or operations make {n * family.work}, "
            f"the most is {limits.work} (limit work)"
        )
        raise Problem("too_complex", detail, [Fault(pointer, "too_complex", detail)])


# ---- What is asked for ------------------------------------------------------------------------


def axes_of(value: Any) -> dict[str, Axis]:
    """Read `over`: a list of integers or a range for each name. Raises ValueFault."""
    if not isinstance(value, dict) or not value:
        raise ValueFault(f"must be an object with at least one name, got {shown(value)}", "")
    return {name: _axis_of(axis, escape(name)) for name, axis in value.items()}


def _axis_of(value: Any, pointer: str) -> Axis:
    if isinstance(value, dict):
        return _range_of(value, pointer)
    if not isinstance(value, list) or not value:
        expected = "a list of at least one integer, or a range with `start` and `stop`"
        raise ValueFault(f"must be {expected}, got {shown(value)}", pointer)
    return [integer(item, f"{pointer}/{k}") for k, item in enumerate(value)]


def _range_of(value: Mapping[str, Any], pointer: str) -> Axis:
    for member in value:
        if member not in ("start", "stop", "step"):
            detail = "is not known; a range has `start`, `stop` and `step`"
            raise ValueFault(detail, f"{pointer}/{escape(member)}")
    for member in ("start", "stop"):
        if member not in value:
            raise ValueFault(f"must have `{member}`", pointer)
    start, stop, step = (
        integer(value.get(member, 1), f"{pointer}/{member}") for member in ("start", "stop", "step")
    )
    if step == 0:
        raise ValueFault("must not be 0", f"{pointer}/step")
    axis = range(start, stop + (1 if step > 0 else -1), step)
    if not axis:
        raise ValueFault(f"has no value: {stop} is not reached from {start} by {step}", pointer)
    return axis


def _combine_of(value: Any) -> str:
    if value not in ("grid", "zip"):
        raise ValueFault(f"must be grid or zip, got {shown(value)}", "")
    return str(value)


def _figures_of(value: Any) -> list[str]:
    names: list[str] = convert(value, list[str])
    if not names:
        raise ValueFault("must have at least one figure", "")
    return [figure_name(name, str(k)) for k, name in enumerate(names)]


# ---- What comes back --------------------------------------------------------------------------


class _Sweep:
    """Collects the columns of the answer."""

    def __init__(
        self, family: Family, points: Grid, figures: Sequence[str], progress: Progress | None
    ) -> None:
        self._family = family
        self._points = points
        self._progress = progress
        self._columns: dict[str, list[int | None]] = {figure: [] for figure in figures}
        self._errors: list[dict[str, Any]] = []
        self._unknown: dict[str, int] = {}  # the first point where each figure is

    def answer(self) -> dict[str, Any]:
        n = len(self._points)
        for chunk in self._family.chunks(self._points):
            self._add(chunk)
            if self._progress is not None:
                self._progress(chunk.first + chunk.length, n)
        return {
            "points": n,
            "over": self._points.columns(0, n),
            **self._columns,
            "errors": self._errors,
            "warnings": self._warnings(),
        }

    def _add(self, chunk: Chunk) -> None:
        for figure in self._columns:
            values = chunk.figure(figure)
            self._columns[figure] += values
            if figure not in self._unknown and None in values:
                self._note_unknown(figure, values, chunk)
        for place, fault in chunk.faults.items():
            entry = {"point": chunk.first + place, "code": fault.code, "detail": fault.sentence}
            self._errors.append({**entry, "layer": fault.layer})

    def _note_unknown(self, figure: str, values: Sequence[int | None], chunk: Chunk) -> None:
        for place, value in enumerate(values):
            if value is None and place not in chunk.faults:
                self._unknown[figure] = chunk.first + place
                return

    def _warnings(self) -> list[dict[str, Any]]:
        """Tell why figures are unknown, each where it is for the first time."""
        told: list[dict[str, Any]] = []
        for point in sorted(set(self._unknown.values())):
            figures = [figure for figure, first in self._unknown.items() if first == point]
            warnings = self._family.warnings(self._points.at(point))
            told += [{"point": point, **warning} for warning in reasons(figures, warnings)]
        return told
