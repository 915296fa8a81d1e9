"""A report for people: the table that Keras users know, as text and as HTML.

The text is the service's own (`Accept: text/plain`), but that nothing is folded, and that all
characters are taken to be one column wide. Whatever comes from the document is escaped: it may
have been written to be read by a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain, islice
from typing import TYPE_CHECKING

from weighbridge_client.escape import visible
from weighbridge_client.warnings import warning_lines

if TYPE_CHECKING:
    from weighbridge_client.report import Report, Row, Shape, Weight

HEADINGS = ("Layer (type)", "Output Shape", "Param #", "Repeat", "Connected to")
NUMERIC = HEADINGS.index("Param #")
REPEAT = HEADINGS.index("Repeat")
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
HTML_ROWS = 1_000
"""A notebook keeps every page that it showed: the rest of a long table is named, not drawn."""
DEEPEST = 8
"""Levels of blocks that are indented."""


def text(report: Report) -> str:
    """The summary as plain text, aligned, every row."""
    parts = [[_title(report)], _aligned(_lines(report)), [f" {line}" for line in _totals(report)]]
    if report.warnings:
        parts.append(["Warnings:", *(f" {line}" for line in warning_lines(report.warnings))])
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def html(report: Report) -> str:
    """The summary as an HTML fragment, of at most `HTML_ROWS` rows."""
    lines = _without_repeats(list(islice(_lines(report), HTML_ROWS + 1)))
    rows = [_html_row(cells, "th" if k == 0 else "td") for k, cells in enumerate(lines)]
    left = sum(1 for _ in _lines(report)) - len(lines)
    more = [f"and {left:,} more rows"] if left else []
    table = ["<table>", *rows, "</table>"] if rows else []
    closing = [*more, *_totals(report), *warning_lines(report.warnings)]
    title = f"<p><b>{escape(_title(report))}</b></p>"
    return "\n".join([title, *table, f"<p>{'<br>'.join(map(escape, closing))}</p>"])


def _title(report: Report) -> str:
    return f"Model: {visible(report.model or '(no name)')} ({visible(report.format)})"


# ---- What stands in the cells -----------------------------------------------------------------


def _lines(report: Report) -> Iterator[Sequence[str]]:
    """The cells of each line, headings first; none where there are no layers."""
    if not report.layers:
        return
    yield HEADINGS
    for name, tensor in report.inputs.items():
        yield f"{visible(name)} (InputLayer)", shape_text(tensor.shape), "0", "", "-"
    yield from _rows(report.layers)


def _rows(rows: Iterable[Row]) -> Iterator[Sequence[str]]:
    depths: dict[str, int] = {}
    for row in rows:
        depth = 0 if row.parent is None else depths.get(row.parent, -1) + 1
        depths[row.name] = depth
        indent = "  " * min(depth, DEEPEST)
        shared = f", weights of {row.shared_with}" if row.shared_with else ""
        yield (
            indent + visible(f"{row.name} ({row.type}{shared})"),
            ", ".join(map(shape_text, row.output_shapes)),
            f"{row.parameters:,}",
            _repeat(row),
            visible(", ".join(row.inputs)),
        )
        for weight in row.weights or ():
            name = f"{indent}  . {visible(weight.name)}"
            count, remark = f"{weight.parameters:,}", visible(_remark(weight))
            yield name, shape_text(weight.shape), count, "", remark


def _remark(weight: Weight) -> str:
    if weight.tied_to:
        return f"tied to {weight.tied_to}"
    if weight.buffer:
        return "buffer"
    return "" if weight.trainable else "frozen"


def _repeat(row: Row) -> str:
    """How many sets of weights a row stands for, and how many of them work."""
    if row.repeat == row.runs:
        return "" if row.repeat == 1 else f"x {row.repeat:,}"
    return f"x {row.repeat:,}, runs x {row.runs:,}"


def shape_text(shape: Shape) -> str:
    """A shape as it is shown; what is unknown is `?`."""
    return visible(f"({', '.join('?' if size is None else str(size) for size in shape)})")


def _totals(report: Report) -> Iterator[str]:
    totals = report.totals
    yield f"Total params: {totals.parameters:,} ({size_text(totals.parameter_bytes)})"
    yield f"Trainable params: {totals.trainable:,}"
    yield f"Non-trainable params: {totals.non_trainable:,}"
    if totals.buffers:
        yield f"Buffers among them: {totals.buffers:,}"
    if totals.active_parameters != totals.parameters:
        yield f"Active params: {totals.active_parameters:,}"
    yield f"Total MACs: {'?' if totals.macs is None else f'{totals.macs:,}'}"


def size_text(count: int | None) -> str:
    """Bytes as people read them, in powers of 1024."""
    if count is None:
        return "size unknown"
    power = max(count.bit_length() - 1, 0) // 10
    return f"{count / 1024**power:,.2f} {UNITS[power]}" if power else f"{count} B"


# ---- How the cells are set --------------------------------------------------------------------


def _without_repeats(lines: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """The repeats have no column where nothing repeats."""
    if any(cells[REPEAT] for cells in lines[1:]):
        return lines
    return [(*cells[:REPEAT], *cells[REPEAT + 1 :]) for cells in lines]


def _aligned(lines: Iterable[Sequence[str]]) -> list[str]:
    shown = _without_repeats(list(lines))
    if not shown:
        return []
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    rule = sum(widths) + 2 * len(widths) - 2
    head, *rows = ("  ".join(_padded(cells, widths)).rstrip() for cells in shown)
    return list(chain([head, "=" * rule], rows, ["-" * rule]))


def _padded(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        yield cell.rjust(width) if i == NUMERIC else cell.ljust(width)


def _html_row(cells: Sequence[str], tag: str) -> str:
    sides = ("right" if i == NUMERIC else "left" for i in range(len(cells)))
    columns = zip(sides, cells, strict=True)
    return "<tr>" + "".join(_html_cell(tag, side, cell) for side, cell in columns) + "</tr>"


def _html_cell(tag: str, side: str, cell: str) -> str:
    return f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>'
