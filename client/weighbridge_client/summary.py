"""A report for people: the table that Keras users know, as text and as HTML.

Whatever comes from the document is escaped: it may have been written to be read by a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from weighbridge_client.escape import visible

if TYPE_CHECKING:
    from weighbridge_client.report import Report, Row, Shape

HEADINGS = ("Layer (type)", "Output Shape", "Param #", "Connected to")
NUMERIC = HEADINGS.index("Param #")
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
HTML_ROWS = 1_000
"""A notebook keeps every page that it showed: the rest of a long table is named, not drawn."""


def text(report: Report) -> str:
    """The summary as plain text, aligned, every row."""
    lines = [HEADINGS, *map(_cells, report.layers)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    head, *rows = [_aligned(cells, widths) for cells in lines]
    rule = "-" * (sum(widths) + 2 * len(widths) - 2)
    table = [rule, head, rule, *rows, rule] if rows else [rule]
    return "\n".join([_title(report), *table, *_closing(report)])


def html(report: Report) -> str:
    """The summary as an HTML fragment, of at most `HTML_ROWS` rows."""
    rows = [_html_row(_cells(row), "td") for row in islice(report.layers, HTML_ROWS)]
    left = len(report.layers) - len(rows)
    more = [f"and {left:,} more layers"] if left else []
    table = ["<table>", _html_row(HEADINGS, "th"), *rows, "</table>"] if rows else []
    closing = "<br>".join(escape(line) for line in [*more, *_closing(report)])
    return "\n".join([f"<p><b>{escape(_title(report))}</b></p>", *table, f"<p>{closing}</p>"])


def _title(report: Report) -> str:
    return f"Model: {visible(report.model or 'unnamed')}"


def _cells(row: Row) -> tuple[str, ...]:
    """One row; figures are of one set, so ` x 96` says how many sets there are."""
    sets = f" x {row.repeat:,}" if row.repeat > 1 else ""
    return (
        visible(f"{row.name} ({row.type})"),
        visible(", ".join(map(shape_text, row.output_shapes))),
        f"{row.parameters:,}{sets}",
        visible(", ".join(row.inputs)),
    )


def shape_text(shape: Shape) -> str:
    """A shape as it is shown."""
    return "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def _closing(report: Report) -> Iterator[str]:
    totals = report.totals
    yield f"Total params: {totals.parameters:,}{_size(totals.parameter_bytes)}"
    yield f"Trainable params: {totals.trainable:,}"
    yield f"Non-trainable params: {totals.non_trainable:,}"
    if totals.active_parameters != totals.parameters:
        yield f"Active params: {totals.active_parameters:,}"
    yield "MACs: " + ("unknown" if totals.macs is None else f"{totals.macs:,}")
    for warning in report.warnings:
        where = f"{warning.layer}: " if warning.layer else ""
        yield visible(f"Warning ({warning.code}): {where}{warning.detail}")


def _size(count: int | None) -> str:
    return "" if count is None else f" ({size_text(count)})"


def size_text(count: int) -> str:
    """Bytes as people read them, in powers of 1024."""
    power = max(count.bit_length() - 1, 0) // 10
    return f"{count / 1024**power:.2f} {UNITS[power]}" if power else f"{count} B"


def _aligned(cells: Iterable[str], widths: Iterable[int]) -> str:
    columns = enumerate(zip(cells, widths, strict=True))
    aligned = [c.rjust(w) if i == NUMERIC else c.ljust(w) for i, (c, w) in columns]
    return "  ".join(aligned).rstrip()


def _html_row(cells: Iterable[str], tag: str) -> str:
    sides = ("right" if i == NUMERIC else "left" for i in range(len(HEADINGS)))
    columns = zip(sides, cells, strict=True)
    return "<tr>" + "".join(_html_cell(tag, side, cell) for side, cell in columns) + "</tr>"


def _html_cell(tag: str, side: str, cell: str) -> str:
    return f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>'
