"""What differs between two models, as `diff` shows it: `-` what is gone, `+` what is new."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from weighbridge.difference import Change, Delta, Difference
from weighbridge.render.console import printed
from weighbridge.render.escape import visible
from weighbridge.render.text import shape_text
from weighbridge.report import Row, Weight

_REMOVED, _ADDED, _CHANGED = "red", "green", "yellow"
_COUNTS = (
    *("parameters", "trainable", "non_trainable", "buffers", "macs", "activations"),
    *("repeat", "runs"),
)


def diff_text(difference: Difference, *, terminal: bool = False) -> str:
    """The totals side by side, then the rows that are gone, that are new, and that differ."""
    parts: list[RenderableType] = [_totals(difference.totals)]
    if difference.added or difference.removed or difference.changed:
        parts += ["", Text(_summary(difference), style="bold")]
    parts += [_line("-", row, _REMOVED) for row in difference.removed]
    parts += [_line("+", row, _ADDED) for row in difference.added]
    for change in difference.changed:
        parts += [_head(change), _members(change)]
    return printed(parts, terminal=terminal)


def _summary(difference: Difference) -> str:
    counted = (
        (len(difference.removed), "removed"),
        (len(difference.added), "added"),
        (len(difference.changed), "changed"),
    )
    return "Layers: " + ", ".join(f"{n:,} {what}" for n, what in counted if n)


def _totals(totals: Mapping[str, Delta]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    for _ in range(3):
        table.add_column(justify="right")
    table.add_column()
    table.add_row("", "before", "after", "change")
    for figure, total in totals.items():
        table.add_row(
            figure, _number(total.before), _number(total.after), _signed(total), _percent(total)
        )
    return table


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _signed(total: Delta) -> str:
    if total.delta is None:
        return "?"
    return f"{total.delta:+,}" if total.delta else "0"


def _percent(total: Delta) -> str:
    if not total.delta or not total.before:
        return ""
    return f"({100 * total.delta / total.before:+,.2f} %)"


# ---- Rows -------------------------------------------------------------------------------------


def _line(sign: str, row: Row, style: str) -> Text:
    shapes = ", ".join(map(shape_text, row.output_shapes))
    figures = f"{row.parameters:,} parameters, {_number(row.macs)} MACs"
    sets = f", x {row.repeat:,}" if row.repeat > 1 else ""
    return Text(visible(f"{sign} {row.name} ({row.type})  {shapes}  {figures}{sets}"), style=style)


def _head(change: Change) -> Text:
    kind = " -> ".join(dict.fromkeys((change.before.type, change.after.type)))
    return Text(visible(f"~ {change.name} ({kind})"), style=_CHANGED)


def _members(change: Change) -> Table:
    """The members that differ, each with both values."""
    table = Table.grid(padding=(0, 2))
    for what, before, after, delta in _differing(change.before, change.after):
        texts = (f"    {what}", before, "->", after, delta)
        table.add_row(*(Text(visible(text)) for text in texts))
    return table


def _differing(before: Row, after: Row) -> Iterator[tuple[str, str, str, str]]:
    for name in ("input_shapes", "output_shapes"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield name, ", ".join(map(shape_text, old)), ", ".join(map(shape_text, new)), ""
    for name in _COUNTS:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            known = old is not None and new is not None
            yield name, _number(old), _number(new), f"({new - old:+,})" if known else ""
    if before.shared_with != after.shared_with:
        yield "shared_with", before.shared_with or "-", after.shared_with or "-", ""
    yield from _weights(before.weights, after.weights)


def _weights(
    before: Iterable[Weight], after: Iterable[Weight]
) -> Iterator[tuple[str, str, str, str]]:
    old = {weight.name: weight for weight in before}
    new = {weight.name: weight for weight in after}
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield name, _weight(old.get(name)), _weight(new.get(name)), ""


def _weight(weight: Weight | None) -> str:
    if weight is None:
        return "-"
    tied = f", tied to {weight.tied_to}" if weight.tied_to else ""
    kind = "buffer" if weight.buffer else "" if weight.trainable else "frozen"
    return " ".join(filter(None, (shape_text(weight.shape), weight.dtype, kind))) + tied
