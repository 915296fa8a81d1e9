"""What a sweep or solving found, as a table, as comma-separated values and as charts."""

from collections.abc import Iterator, Mapping, Sequence
from csv import writer
from io import StringIO
from typing import Any

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from weighbridge.render.console import printed
from weighbridge.render.escape import cell, visible

_GAP = "  "
_CHART_POINTS = 48
"""Bars of one figure; of more points as many are shown, evenly, the ends among them."""


def columns(answer: Mapping[str, Any]) -> dict[str, Sequence[int | None]]:
    """The columns of a sweep: the names that it goes over, then its figures."""
    others = ("points", "over", "errors", "warnings")
    figures = {name: column for name, column in answer.items() if name not in others}
    return {**answer["over"], **figures}


def sweep_table(answer: Mapping[str, Any]) -> str:
    """A line for each point; what is unknown is `?`, and why a point fails stands behind it."""
    faults = {entry["point"]: _fault(entry) for entry in answer["errors"]}
    titles, *lines = [list(columns(answer)), *_lines(answer, "{:,}", "?")]
    cells = [titles, *lines]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    text = [_aligned(titles, widths), _GAP.join("-" * width for width in widths)]
    for point, line in enumerate(lines):
        text.append(_aligned(line, widths) + (_GAP + faults[point] if point in faults else ""))
    text += [f"Warning: {visible(warning['detail'])}" for warning in answer["warnings"]]
    return "\n".join(text) + "\n"


def sweep_csv(answer: Mapping[str, Any]) -> str:
    """A line of names, then one for each point; the last column says why a point failed."""
    faults = {entry["point"]: cell(_fault(entry)) for entry in answer["errors"]}
    text = StringIO()
    lines = writer(text, lineterminator="\n")
    lines.writerow([*columns(answer), "error"])
    for point, line in enumerate(_lines(answer, "{}", "?")):
        failed = faults.get(point, "")
        lines.writerow([*("" if failed and item == "?" else item for item in line), failed])
    return text.getvalue()


def _lines(answer: Mapping[str, Any], number: str, unknown: str) -> Iterator[list[str]]:
    for line in zip(*columns(answer).values(), strict=True):
        yield [unknown if value is None else number.format(value) for value in line]


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(item.rjust(width) for item, width in zip(cells, widths, strict=True))


def _fault(entry: Mapping[str, Any]) -> str:
    where = f"{entry['layer']}: " if entry["layer"] else ""
    return visible(where + entry["detail"])


# ---- In the terminal --------------------------------------------------------------------------


def sweep_chart(answer: Mapping[str, Any], width: int, *, terminal: bool) -> str:
    """A bar for each point, for each figure; the exact number stands beside it."""
    over = list(answer["over"])
    figures = [name for name in columns(answer) if name not in over]
    parts = [
        part for name in figures for part in (Text(name, style="bold"), _bars(answer, name, over))
    ]
    return printed(parts, terminal=terminal, width=width)


def _bars(answer: Mapping[str, Any], figure: str, over: Sequence[str]) -> Table:
    values = answer[figure]
    largest = max((value for value in values if value is not None), default=0)
    failed = {entry["point"] for entry in answer["errors"]}
    table = Table.grid(padding=(0, 1))
    for _ in over:
        table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    for point in _shown_points(len(values)):
        value = values[point]
        at = [f"{name}={answer['over'][name][point]:,}" for name in over]
        unknown = "fails" if point in failed else "?"
        table.add_row(
            *at,
            Bar(max(largest, 1), 0, value or 0, color="cyan"),
            unknown if value is None else f"{value:,}",
        )
    table.expand = True
    return table


def _shown_points(n: int) -> Sequence[int]:
    if n <= _CHART_POINTS:
        return range(n)
    return [point * (n - 1) // (_CHART_POINTS - 1) for point in range(_CHART_POINTS)]


# ---- In a file --------------------------------------------------------------------------------


def save_chart(answer: Mapping[str, Any], path: str) -> None:
    """Draw each figure over the name with the most values into a file.

    Each combination of the other names' values is a line; names that go side by side make one. The
    kind of file is that of its ending. Raises ImportError without matplotlib, ValueError for an
    ending that it does not know.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415  (an extra)

    over = answer["over"]
    along, lines = _drawn_lines(over)
    figures = [name for name in columns(answer) if name not in over]
    drawing = Figure(figsize=(8, 1 + 3 * len(figures)), layout="constrained")
    for place, figure in enumerate(figures):
        axes = drawing.add_subplot(len(figures), 1, place + 1)
        for label, points in lines.items():
            x, y = ([column[k] for k in points] for column in (over[along], answer[figure]))
            axes.plot(x, y, ".-", label=label)
        axes.locator_params(axis="x", integer=True)
        axes.set(xlabel=along, ylabel=figure)
        if len(lines) > 1:
            axes.legend(fontsize="small")
    drawing.savefig(path)


def _drawn_lines(over: Mapping[str, Sequence[int]]) -> tuple[str, dict[str, list[int]]]:
    """The name with the most values, the last of those, and the points of each line over it."""
    along = max(reversed(list(over)), key=lambda name: len(set(over[name])))
    others = [name for name in over if name != along]
    points = range(len(over[along]))
    lines: dict[str, list[int]] = {}
    for point in points:
        label = ", ".join(f"{name}={over[name][point]}" for name in others)
        lines.setdefault(label, []).append(point)
    return along, lines if len(lines) < len(points) else {"": list(points)}


# ---- Solving ----------------------------------------------------------------------------------


def solution(answer: Mapping[str, Any], limits: Mapping[str, int]) -> str:
    """The value, its figures beside the limits, and what the next value comes to."""
    lines = [f"{answer['variable']} = {answer['value']:,}", *_totals(answer["totals"], limits)]
    after = answer["next"]
    if after is None:
        lines.append("It is the end of the range.")
    elif "problem" in after:
        lines.append(f"{after['value']:,} fails: {visible(after['problem']['detail'])}")
    else:
        lines += [f"{after['value']:,} would come to", *_totals(after["totals"], limits)]
    how = {"scan": "by trying every value", "bisection": "by halving the range, with proof"}
    evaluations = f"{answer['evaluations']:,} evaluation{'s'[: answer['evaluations'] != 1]}"
    return "\n".join([*lines, f"Found {how[answer['method']]}: {evaluations}."]) + "\n"


def _totals(totals: Mapping[str, int | None], limits: Mapping[str, int]) -> Iterator[str]:
    for figure, value in totals.items():
        limit = f"  (limit {limits[figure]:,})" if figure in limits else ""
        yield f"  {figure}: {'?' if value is None else f'{value:,}'}{limit}"
