"""A report as the summary table that Keras users know, in plain text of fixed width."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from textwrap import wrap

from rich.cells import cell_len, chop_cells

from weighbridge.render.escape import visible
from weighbridge.render.warnings import warning_lines
from weighbridge.report import Report, Row, Shape, Tensor, Totals, Weight

_Cells = tuple[str, str, str, str, str]

_TITLES: _Cells = ("Layer (type)", "Output Shape", "Param #", "Repeat", "Connected to")
_WIDEST = (60, 44, 26, 44, 44)
_SHARES = (3, 2, 2, 2, 2)
"""Where all columns are short of width, the layer's is half as wide again as the others."""
_NARROWEST = 10
_NUMBERS = 2
_REPEATS = 3
_GAP = "  "
_DEEPEST = 8
"""Levels of blocks that are still indented, so that the deepest names keep some width."""


def table(report: Report, width: int | None = None) -> str:
    """The whole summary: a line for each input, layer and weight, the totals, and the warnings.

    Columns are as wide as they need to be, within reason, and narrower where `width` (characters)
    asks for it. What does not fit is folded, never cut. What is unknown is `?`.
    """
    parts = [[f"Model: {visible(report.model or '(no name)')} ({visible(report.format)})"]]
    if report.layers:
        parts.append(_layout([_TITLES, *_inputs(report.inputs), *_rows(report.layers)], width))
    parts.append(_totals(report.totals))
    if report.warnings:
        parts.append(["Warnings:", *(f" {line}" for line in warning_lines(report.warnings))])
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


# What stands in the cells.


def _inputs(inputs: dict[str, Tensor]) -> Iterator[_Cells]:
    for name, tensor in inputs.items():
        yield f"{visible(name)} (InputLayer)", shape_text(tensor.shape), "0", "", "-"


def _rows(rows: Iterable[Row]) -> Iterator[_Cells]:
    depths: dict[str, int] = {}
    for row in rows:
        depth = 0 if row.parent is None else depths.get(row.parent, 0) + 1
        depths[row.name] = depth
        indent = "  " * min(depth, _DEEPEST)
        shared = f", weights of {row.shared_with}" if row.shared_with else ""
        yield (
            indent + visible(f"{row.name} ({row.type}{shared})"),
            ", ".join(map(shape_text, row.output_shapes)),
            f"{row.parameters:,}",
            _repeat(row),
            visible(", ".join(row.inputs)),
        )
        for weight in row.weights:
            yield _weight(weight, indent)


def _weight(weight: Weight, indent: str) -> _Cells:
    if weight.tied_to:
        remark = f"tied to {weight.tied_to}"
    elif weight.buffer:
        remark = "buffer"
    else:
        remark = "" if weight.trainable else "frozen"
    name = f"{indent}  . {visible(weight.name)}"
    return name, shape_text(weight.shape), f"{weight.parameters:,}", "", visible(remark)


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
        f" Total params: {totals.parameters:,} ({_size(totals.parameter_bytes)})",
        f" Trainable params: {totals.trainable:,}",
        f" Non-trainable params: {totals.non_trainable:,}",
    ]
    if totals.buffers:
        lines.append(f" Buffers among them: {totals.buffers:,}")
    if totals.active_parameters != totals.parameters:
        lines.append(f" Active params: {totals.active_parameters:,}")
    return [*lines, f" Total MACs: {'?' if totals.macs is None else f'{totals.macs:,}'}"]


def _size(size: int | None) -> str:
    """A number of bytes for people: `245.93 KiB`."""
    if size is None:
        return "size unknown"
    if size < 1024:
        return f"{size} B"
    power = min((size.bit_length() - 1) // 10, 6)
    return f"{size / 1024**power:,.2f} {'KMGTPE'[power - 1]}iB"


# How the cells are set.


def _layout(lines: Sequence[_Cells], width: int | None) -> list[str]:
    """Lines of text, titles first; the repeats have no column where nothing repeats."""
    columns = list(zip(*lines, strict=True))
    natural = [min(max(map(cell_len, c)), most) for c, most in zip(columns, _WIDEST, strict=True)]
    if not any(columns[_REPEATS][1:]):
        del columns[_REPEATS], natural[_REPEATS]
    widths = _fit(natural, width)
    rule = sum(widths) + len(_GAP) * (len(widths) - 1)
    titles, *rest = (_set(cells, widths) for cells in zip(*columns, strict=True))
    return [*titles, "=" * rule, *chain.from_iterable(rest), "-" * rule]


def _fit(widths: list[int], width: int | None) -> list[int]:
    """The same widths, the widest taken in until all fit; numbers keep theirs."""
    gaps = len(_GAP) * (len(widths) - 1)
    foldable = [i for i in range(len(widths)) if i != _NUMBERS]
    while width is not None and sum(widths) + gaps > width:
        widest = max(foldable, key=lambda i: widths[i] / _SHARES[i])
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _set(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """One line of cells as lines of text, as many as its most folded cell needs."""
    folded = [_fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for pieces in zip_longest(*folded, fillvalue=""):
        padded = (
            _pad(p, w, i == _NUMBERS) for i, (p, w) in enumerate(zip(pieces, widths, strict=True))
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
