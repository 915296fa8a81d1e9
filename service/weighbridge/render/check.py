"""What a check found, limit by limit."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from rich.table import Table
from rich.text import Text

from weighbridge.render.console import printed
from weighbridge.render.warnings import warning_lines
from weighbridge.report import Caution


def check_text(answer: Mapping[str, Any], *, terminal: bool = False) -> str:
    """A line for each limit, with the figure and how far it is from it; then why one is unknown."""
    totals, limits = answer["totals"], answer["limits"]
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "left", "right", "right", "left"):
        table.add_column(justify=justify)
    table.add_row("", "figure", "value", "limit", "")
    for figure, limit in limits.items():
        table.add_row(*_line(figure, totals[figure], limit))
    warnings = msgspec.convert(answer["warnings"], list[Caution])
    lines = [Text(f"Warning: {line}") for line in warning_lines(warnings)]
    return printed([_verdict(answer), table, *lines], terminal=terminal)


def _verdict(answer: Mapping[str, Any]) -> Text:
    n, broken = len(answer["limits"]), len(answer["violations"])
    if answer["passed"]:
        return Text("passed: the limit is kept" if n == 1 else f"passed: all {n} limits are kept")
    return Text(f"failed: {broken} of {n} limit{'s'[: n != 1]} broken", style="bold red")


def _line(figure: str, value: int | None, limit: int) -> Iterator[Text | str]:
    broken = value is None or value > limit
    yield Text("FAIL", style="bold red") if broken else Text("ok", style="green")
    yield figure
    yield "?" if value is None else f"{value:,}"
    yield f"{limit:,}"
    if value is None:
        yield "unknown"
    else:
        yield f"over by {value - limit:,}" if broken else f"{limit - value:,} left"
