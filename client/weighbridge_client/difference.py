"""What differs between two models, typed, and as a table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from weighbridge_client.escape import visible
from weighbridge_client.record import record
from weighbridge_client.report import Row, Weight
from weighbridge_client.summary import shape_text

NOT_SHOWN = ("name", "inputs", "formula", "weights")
"""Members of a row that are not compared, or are shown one by one."""


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
        for row in self.removed:
            yield visible(f"- {row.name} ({row.type})  {row.parameters:,} parameters")
        for row in self.added:
            yield visible(f"+ {row.name} ({row.type})  {row.parameters:,} parameters")
        for change in self.changed:
            yield visible(f"~ {change.name} ({change.after.type})")
            yield from _members(change)


def _totals(totals: Mapping[str, Delta]) -> Iterator[str]:
    lines = [("", "before", "after", "change")]
    for name, total in totals.items():
        delta = "?" if total.delta is None else f"{total.delta:+,}" if total.delta else "0"
        lines.append((name, _number(total.before), _number(total.after), delta))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *others in lines:
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True)]
        yield "  ".join(cells)


def _members(change: Change) -> Iterator[str]:
    """The members that differ; weights, where their shapes or kinds do."""
    for name in Row.__dataclass_fields__:
        before, after = getattr(change.before, name), getattr(change.after, name)
        if before != after and name not in NOT_SHOWN:
            yield visible(f"    {name}  {_shown(before)} -> {_shown(after)}")
    old = {weight.name: weight for weight in change.before.weights or ()}
    new = {weight.name: weight for weight in change.after.weights or ()}
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield visible(f"    {name}  {_weight(old.get(name))} -> {_weight(new.get(name))}")


def _number(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _shown(value: Any) -> str:
    """A member of a row: shapes, a count, or a name."""
    if isinstance(value, tuple):
        return ", ".join(map(shape_text, value))
    return value if isinstance(value, str) else _number(value)


def _weight(weight: Weight | None) -> str:
    if weight is None:
        return "none"
    kind = "buffer" if weight.buffer else "" if weight.trainable else "frozen"
    tied = f"tied to {weight.tied_to}" if weight.tied_to else ""
    return " ".join(filter(None, (shape_text(weight.shape), weight.dtype, kind, tied)))
