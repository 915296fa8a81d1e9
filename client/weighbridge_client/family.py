"""Families of models: what a sweep over them and solving for one of them answers, typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from weighbridge_client.extra import extra
from weighbridge_client.problem import Fault, Problem
from weighbridge_client.record import record, records
from weighbridge_client.report import ReportWarning, Totals

Axis = Sequence[int] | range | Mapping[str, int]
"""The values of a name: a list, a Python `range`, or `{"start", "stop", "step"}`, stop included."""

Combine = Literal["grid", "zip"]


def axis(values: Axis) -> Any:
    """The values as they are sent; a `range` goes with its last value as its stop."""
    if isinstance(values, Mapping):
        return dict(values)
    if not isinstance(values, range):
        return list(values)
    if not values:
        raise ValueError(f"{values!r} is empty")
    return {"start": values.start, "stop": values[-1], "step": values.step}


@dataclass(frozen=True, kw_only=True)
class PointError:
    """Why a point has no figures: `point` counts from 0."""

    point: int
    code: str
    detail: str
    layer: str | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Sweep:
    """A family's figures in columns, one value for each point.

    `over` has the values of the names, `figures` those of the totals: None where a figure is
    unknown, or where the point fails, of which `errors` then tells.
    """

    points: int
    over: Mapping[str, tuple[int, ...]]
    figures: Mapping[str, tuple[int | None, ...]]
    errors: tuple[PointError, ...] = ()
    warnings: tuple[ReportWarning, ...] = ()

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the JSON of `POST /v1/sweep`."""
        columns = {n: tuple(members[n]) for n in Totals.__dataclass_fields__ if n in members}
        return record(
            cls,
            members,
            over={name: tuple(column) for name, column in members["over"].items()},
            figures=columns,
            errors=records(PointError, members.get("errors") or []),
            warnings=records(ReportWarning, members.get("warnings") or []),
        )

    def to_dataframe(self) -> Any:
        """A `pandas.DataFrame` with a row for each point; needs `weighbridge-client[dataframe]`.

        Its columns are the names, the figures, and `error`, which says why a point fails. Counts
        are `Int64`, which keeps them exact beside missing ones.
        """
        pandas = extra("pandas", "to_dataframe()", "dataframe")
        failed = {error.point: error.detail for error in self.errors}
        columns = {**self.over, **self.figures}
        exact = {name: pandas.array(list(c), dtype="Int64") for name, c in columns.items()}
        return pandas.DataFrame({**exact, "error": [failed.get(k) for k in range(self.points)]})

    def plot(self, figure: str | None = None, *, axes: Any = None) -> Any:
        """Draws one figure over the name with the most values; needs `[plot]`. Returns the axes.

        Each combination of the other names' values is a line; names that go side by side make one.
        `figure` is the first where it is None; `axes` are those to draw into, of a new figure where
        they are None.
        """
        pyplot = extra("matplotlib.pyplot", "plot()", "plot")
        shown = next(iter(self.figures)) if figure is None else figure
        along, lines = self._lines()
        axes = pyplot.subplots()[1] if axes is None else axes
        for label, places in lines.items():
            x = [self.over[along][k] for k in places]
            axes.plot(x, [self.figures[shown][k] for k in places], marker=".", label=label)
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel(along)
        axes.set_ylabel(shown)
        if len(lines) > 1:
            axes.legend()
        return axes

    def _lines(self) -> tuple[str, dict[str, list[int]]]:
        """The name with the most values, the last of those, and the points of each line over it."""
        along = max(reversed(list(self.over)), key=lambda name: len(set(self.over[name])))
        others = [name for name in self.over if name != along]
        lines: dict[str, list[int]] = {}
        for point in range(self.points):
            label = ", ".join(f"{name} {self.over[name][point]}" for name in others)
            lines.setdefault(label, []).append(point)
        return along, lines if len(lines) < self.points else {"": list(range(self.points))}

    def __repr__(self) -> str:
        failed = f", {len(self.errors):,} failed" if self.errors else ""
        names, figures = ", ".join(self.over), ", ".join(self.figures)
        return f"<Sweep of {figures} over {names}: {self.points:,} points{failed}>"


@dataclass(frozen=True, kw_only=True)
class NextValue:
    """The value after the largest that fits: what it comes to, or the problem that it has."""

    value: int
    totals: Totals | None = None
    problem: Problem | None = None

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From a member of the JSON of `POST /v1/solve`."""
        totals, problem = members.get("totals"), members.get("problem")
        return record(
            cls,
            members,
            totals=totals and record(Totals, totals),
            problem=problem
            and record(Problem, problem, errors=records(Fault, problem.get("errors") or [])),
        )


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The largest `value` of `variable` that keeps every limit, and what it comes to.

    `next` is None where the value is the end of the range. `method` says whether every value was
    tried (`scan`) or growth was proved and the range halved (`bisection`).
    """

    variable: str
    value: int
    totals: Totals
    method: str
    evaluations: int
    next: NextValue | None = None

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the JSON of `POST /v1/solve`."""
        after = members.get("next")
        return record(
            cls,
            members,
            totals=record(Totals, members["totals"]),
            next=after and NextValue.read(after),
        )
