"""The figures of rows: what each adds to the whole, the heaviest, and columns for a table."""

from collections.abc import Sequence

from weighbridge.report import Report, Row

FIGURES = ("parameters", "trainable", "non_trainable", "buffers", "macs", "activations")
"""Figures that both a row and the totals have."""

_RUNNING = ("macs", "activations")
_SHARE = "_share"
_NAMES = {figure: figure.replace("_", "-") for figure in FIGURES} | {"macs": "MACs"}

COLUMNS = (*FIGURES[1:], *(f"{figure}{_SHARE}" for figure in FIGURES))
"""Columns that a table may have beside its own: a row's figure, or its share of the total."""


def added(row: Row, figure: str) -> int | None:
    """What a row adds to a total: its figure as often as its weights stand, or as it runs."""
    value: int | None = getattr(row, figure)
    times = row.runs if figure in _RUNNING else row.repeat
    return None if value is None else value * times


def heaviest(report: Report, figure: str, most: int | None = None) -> tuple[Row, ...]:
    """The rows that add most to a total, the first `most` of them; what is unknown may be any.

    Blocks are left out, for their layers are there; so all rows together make the total.
    """
    blocks = {row.parent for row in report.layers}
    layers = [row for row in report.layers if row.name not in blocks]
    return tuple(sorted(layers, key=lambda row: _before(added(row, figure)))[:most])


def _before(value: int | None) -> tuple[bool, int]:
    return (False, 0) if value is None else (True, -value)


def share(part: int | None, whole: int | None) -> str:
    """A part of a whole in percent; `?` where one of them is unknown."""
    if part is None or whole is None:
        return "?"
    return f"{part / whole:.1%}" if whole else "-"


# ---- Columns ----------------------------------------------------------------------------------


def columns_of(sort: str | None) -> tuple[str, ...]:
    """The columns that show by what the layers are sorted."""
    if sort is None:
        return ()
    return tuple(name for name in (sort, f"{sort}{_SHARE}") if name in COLUMNS)


def title(column: str) -> str:
    """What stands above a column."""
    if column.endswith(_SHARE):
        return f"% of {_NAMES[column.removesuffix(_SHARE)]}"
    name = _NAMES[column]
    return name[0].upper() + name[1:]


def cells(row: Row, report: Report, columns: Sequence[str]) -> list[str]:
    """A row's cells in some columns."""
    return [_cell(row, report, column) for column in columns]


def _cell(row: Row, report: Report, column: str) -> str:
    if column.endswith(_SHARE):
        figure = column.removesuffix(_SHARE)
        return share(added(row, figure), getattr(report.totals, figure))
    value = getattr(row, column)
    return "?" if value is None else f"{value:,}"


def of_the_whole(rows: Sequence[Row], report: Report, figure: str) -> str:
    """What some of the layers make of a total, in a sentence."""
    n_layers = len(heaviest(report, figure))
    values = [added(row, figure) for row in rows]
    part = None if None in values else sum(value for value in values if value is not None)
    whole = getattr(report.totals, figure)
    made = f"{share(part, whole)} of {'?' if whole is None else f'{whole:,}'} {_NAMES[figure]}"
    return f"{len(rows):,} of {n_layers:,} layers, with their repeats: {made}"
