"""What differs between two models, typed, and as a table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from weighbridge_client.escape import visible
from weighbridge_client.record import record
from weighbridge_client.report import Row, Weight
from weighbridge_client.summary import shape_text

SHAPES = ("input_shapes", "output_shapes")
COUNTS = (
    *("parameters", "trainable", "non_trainable", "buffers", "macs", "activations"),
    *("repeat", "runs"),
)
"""Members of a row that are shown where they differ, beside its weights."""


@dataclass(frozen=True, kw_only=True)
class Delta:
    """A total of both models; `delta` is None where it is unknown in one of them."""

    before: int | None
    after: int | None
    delta: int | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A row of both models that differs."""

    name: str
    before: Row
    after: Row

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From a member of the JSON of `POST /v1/diff`."""
        before, after = Row.read(members["before"]), Row.read(members["after"])
        return record(cls, members, before=before, after=after)


@dataclass(frozen=True, kw_only=True, repr=False)
class Difference:
    """What differs between two models. Prints as a table.

    `totals` have all figures, equal or not; rows are matched by their names.
    """

    totals: Mapping[str, Delta]
    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[Change, ...] = ()

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the JSON of `POST /v1/diff`."""
        return cls(
            totals={name: record(Delta, total) for name, total in members["totals"].items()},
            added=tuple(map(Row.read, members.get("added") or ())),
            removed=tuple(map(Row.read, members.get("removed") or ())),
            changed=tuple(map(Change.read, members.get("changed") or ())),
        )

    def __str__(self) -> str:
        return "\n".join([*_totals(self.totals), *self._rows()])

    def __repr__(self) -> str:
        counts = (
            f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed"
        )
        return f"<Difference: {counts}>"

    def _rows(self) -> Iterator[str]:
        counted = {"removed": self.removed, "added": self.added, "changed": self.changed}
        if any(counted.values()):
            told = (f"{len(rows):,} {what}" for what, rows in counted.items() if rows)
            yield from ("", f"Layers: {', '.join(told)}")
        yield from (_line("-", row) for row in self.removed)
        yield from (_line("+", row) for row in self.added)
        for change in self.changed:
            kinds = dict.fromkeys((change.before.type, change.after.type))
            yield visible(f"~ {change.name} ({' -> '.join(kinds)})")
            yield from _grid(_differing(change.before, change.after))


# ---- As text, which is the service's own ------------------------------------------------------


def _totals(totals: Mapping[str, Delta]) -> Iterator[str]:
    lines = [("", "before", "after", "change", "")]
    for name, total in totals.items():
        figures = _number(total.before), _number(total.after), _signed(total)
        lines.append((name, *figures, _percent(total)))
    return _grid(lines, numbers=(1, 2, 3))


def _signed(total: Delta) -> str:
    if total.delta is None:
        return "?"
    return f"{total.delta:+,}" if total.delta else "0"


def _percent(total: Delta) -> str:
    if not total.delta or not total.before:
        return ""
    return f"({100 * total.delta / total.before:+,.2f} %)"


def _line(sign: str, row: Row) -> str:
    shapes = ", ".join(map(shape_text, row.output_shapes))
    sets = f", x {row.repeat:,}" if row.repeat > 1 else ""
    figures = f"{row.parameters:,} parameters, {_number(row.macs)} MACs{sets}"
    return visible(f"{sign} {row.name} ({row.type})  {shapes}  {figures}")


def _differing(before: Row, after: Row) -> Iterator[tuple[str, ...]]:
    """The members that differ, each with both values and what a count has grown by."""
    for name in SHAPES:
        old, new = (", ".join(map(shape_text, getattr(row, name))) for row in (before, after))
        if old != new:
            yield f"    {name}", old, "->", new, ""
    for name in COUNTS:
        old_count, new_count = getattr(before, name), getattr(after, name)
        if old_count != new_count:
            known = old_count is not None and new_count is not None
            grown = f"({new_count - old_count:+,})" if known else ""
            yield f"    {name}", _number(old_count), "->", _number(new_count), grown
    if before.shared_with != after.shared_with:
        yield "    shared_with", before.shared_with or "-", "->", after.shared_with or "-", ""
    yield from _weights(before.weights or (), after.weights or ())


def _weights(before: Iterable[Weight], after: Iterable[Weight]) -> Iterator[tuple[str, ...]]:
    old = {weight.name: weight for weight in before}
    new = {weight.name: weight for weight in after}
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield f"    {name}", _weight(old.get(name)), "->", _weight(new.get(name)), ""


def _weight(weight: Weight | None) -> str:
    if weight is None:
        return "-"
    kind = "buffer" if weight.buffer else "" if weight.trainable else "frozen"
    tied = f", tied to {weight.tied_to}" if weight.tied_to else ""
    return " ".join(filter(None, (shape_text(weight.shape), weight.dtype, kind))) + tied


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _grid(lines: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> Iterator[str]:
    """The cells below each other; numbers stand at the right."""
    shown = [[visible(cell) for cell in cells] for cells in lines]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for cells in shown:
        padded = [
            cell.rjust(width) if k in numbers else cell.ljust(width)
            for k, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        yield "  ".join(padded).rstrip()
