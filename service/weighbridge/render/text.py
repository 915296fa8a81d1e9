"""A report as the summary table that Keras users know, in plain text of fixed width."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from textwrap import wrap

from rich.cells import cell_len, chop_cells

from weighbridge.render import figures
from weighbridge.render.arrangement import PLAIN, Arrangement
from weighbridge.render.escape import visible
from weighbridge.render.size import size_text
from weighbridge.render.warnings import warning_lines
from weighbridge.report import Report, Row, Shape, Tensor, Totals, Weight

_Cells = Sequence[str]


@dataclass(frozen=True)
class _Column:
    """How a column is set; where all are short of width, each gives up by its `share`."""

    title: str
    widest: int
    share: int = 2
    is_number: bool = False


_LAYER = _Column("Layer (type)", 60, share=3)
_SHAPE = _Column("Output Shape", 44)
_PARAMETERS = _Column("Param #", 26, is_number=True)
_REPEAT = _Column("Repeat", 44)
_CONNECTED = _Column("Connected to", 44)
_NARROWEST = 10
_GAP = "  "
_DEEPEST = 8
"""Levels of blocks that are still indented, so that the deepest names keep some width."""


def table(report: Report, width: int | None = None, arrangement: Arrangement = PLAIN) -> str:
    """The whole summary: a line for each input, layer and weight, the totals, and the warnings.

    Columns are as wide as they need to be, within reason, and narrower where `width` (characters)
    asks for it. What does not fit is folded, never cut. What is unknown is `?`.
    """
    parts = [[f"Model: {visible(report.model or '(no name)')} ({visible(report.format)})"]]
    rows, sort = arrangement.rows(report), arrangement.sort
    if rows:
        setting = _Setting(report, arrangement.shown_columns(), in_order=sort is None)
        parts.append(_layout(setting.columns, setting.lines(rows), width))
        if sort is not None:
            parts.append([f" {figures.of_the_whole(rows, report, sort)}"])
    parts.append(_totals(report.totals))
    if report.warnings:
        parts.append(["Warnings:", *(f" {line}" for line in warning_lines(report.warnings))])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


# What stands in the cells.


class _Setting:
    """The columns of a table, and their cells; layers out of their order are connected to none."""

    def __init__(self, report: Report, extra: Sequence[str], *, in_order: bool) -> None:
        self._report = report
        self._extra = extra
        self._in_order = in_order
        self._depths: dict[str, int] = {}
        further = [_Column(figures.title(name), 26, is_number=True) for name in extra]
        last = [_CONNECTED] if in_order else []
        self.columns = [_LAYER, _SHAPE, _PARAMETERS, _REPEAT, *further, *last]

    def lines(self, rows: Iterable[Row]) -> list[_Cells]:
        """The cells of each line, titles first."""
        inputs = self._report.inputs.items() if self._in_order else ()
        lines = [[column.title for column in self.columns]]
        lines += [self._input(name, tensor) for name, tensor in inputs]
        return [*lines, *chain.from_iterable(map(self._row, rows))]

    def _line(self, *own: str, extra: Sequence[str] | None = None, connected: str) -> list[str]:
        extra = [""] * len(self._extra) if extra is None else extra
        return [*own, *extra, *([connected] if self._in_order else [])]

    def _input(self, name: str, tensor: Tensor) -> list[str]:
        shape = shape_text(tensor.shape)
        return self._line(f"{visible(name)} (InputLayer)", shape, "0", "", connected="-")

    def _row(self, row: Row) -> Iterator[list[str]]:
        depth = self._depths.get(row.parent, -1) + 1 if row.parent is not None else 0
        self._depths[row.name] = depth
        indent = "  " * min(depth, _DEEPEST)
        shared = f", weights of {row.shared_with}" if row.shared_with else ""
        yield self._line(
            indent + visible(f"{row.name} ({row.type}{shared})"),
            ", ".join(map(shape_text, row.output_shapes)),
            f"{row.parameters:,}",
            _repeat(row),
            extra=figures.cells(row, self._report, self._extra),
            connected=visible(", ".join(row.inputs)),
        )
        for weight in row.weights:
            name = f"{indent}  . {visible(weight.name)}"
            own = (name, shape_text(weight.shape), f"{weight.parameters:,}", "")
            yield self._line(*own, connected=visible(_remark(weight)))


def _remark(weight: Weight) -> str:
    if weight.tied_to:
        return f"tied to {weight.tied_to}"
    if weight.buffer:
        return "buffer"
    return "" if weight.trainable else "frozen"


def _repeat(row: Row) -> str:
    """How many sets of weights a row stands for, and how many of them work, where not each once."""
    if row.repeat == row.runs:
        return "" if row.repeat == 1 else f"x {row.repeat:,}"
    return f"x {row.repeat:,}, runs x {row.runs:,}"


def shape_text(shape: Shape) -> str:
    """A shape as it is shown; what is unknown is `?`."""
    return f"({', '.join('?' if size is None else str(size) for size in shape)})"


def _totals(totals: Totals) -> list[str]:
    lines = [
        f" Total params: {totals.parameters:,} ({size_text(totals.parameter_bytes)})",
        f" Trainable params: {totals.trainable:,}",
        f" Non-trainable params: {totals.non_trainable:,}",
    ]
    if totals.buffers:
        lines.append(f" Buffers among them: {totals.buffers:,}")
    if totals.active_parameters != totals.parameters:
        lines.append(f" Active params: {totals.active_parameters:,}")
    return [*lines, f" Total MACs: {'?' if totals.macs is None else f'{totals.macs:,}'}"]


# How the cells are set.


def _layout(columns: Sequence[_Column], lines: Sequence[_Cells], width: int | None) -> list[str]:
    """Lines of text, titles first; the repeats have no column where nothing repeats."""
    cells = dict(zip(columns, zip(*lines, strict=True), strict=True))
    if not any(cells[_REPEAT][1:]):
        del cells[_REPEAT]
    natural = {
        column: min(max(map(cell_len, texts)), column.widest) for column, texts in cells.items()
    }
    widths = _fit(natural, width)
    rule = sum(widths.values()) + len(_GAP) * (len(widths) - 1)
    titles, *rest = (_set(line, widths) for line in zip(*cells.values(), strict=True))
    return [*titles, "=" * rule, *chain.from_iterable(rest), "-" * rule]


def _fit(widths: dict[_Column, int], width: int | None) -> dict[_Column, int]:
    """The same widths, the widest taken in until all fit; numbers keep theirs."""
    gaps = len(_GAP) * (len(widths) - 1)
    foldable = [column for column in widths if not column.is_number]
    while width is not None and sum(widths.values()) + gaps > width:
        widest = max(foldable, key=lambda column: widths[column] / column.share)
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _set(cells: Sequence[str], widths: dict[_Column, int]) -> Iterator[str]:
    """One line of cells as lines of text, as many as its most folded cell needs."""
    folded = [_fold(cell, width) for cell, width in zip(cells, widths.values(), strict=True)]
    for pieces in zip_longest(*folded, fillvalue=""):
        padded = (
            _pad(piece, width, column.is_number)
            for piece, (column, width) in zip(pieces, widths.items(), strict=True)
        )
        yield _GAP.join(padded).rstrip()


def _fold(cell: str, width: int) -> list[str]:
    """`cell` in pieces of at most `width` columns, between words where it can be."""
    if cell_len(cell) <= width:
        return [cell]
    indent = " " * min(len(cell) - len(cell.lstrip()) + 2, width // 2)
    words = wrap(cell, width, subsequent_indent=indent, break_on_hyphens=False)
    # A wide character takes two columns, which `wrap` does not know.
    return [piece for line in words for piece in chop_cells(line, width)]


def _pad(piece: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(piece))
    return space + piece if right else piece + space
