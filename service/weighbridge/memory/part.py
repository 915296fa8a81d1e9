"""A part of the memory: how many bytes, and how that was computed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from weighbridge.core.evaluation import Evaluation
from weighbridge.envelope import INT64

Caution = Mapping[str, Any]
"""An entry of `warnings`."""


@dataclass(frozen=True)
class Term:
    """Some values of one width, in shards of which a device has one, and so many times."""

    values: int
    width: int
    what: str
    shards: int = 1
    copies: int = 1

    @property
    def bytes(self) -> int:
        """What a device holds of it."""
        return self.copies * -(-self.values // self.shards) * self.width

    def __str__(self) -> str:
        held = f"{self.values:,}"
        if self.shards > 1:
            held = f"ceil({held} / {self.shards:,})"
        copies = f"{self.copies} x " if self.copies != 1 else ""
        if self.width == 1:
            return f"{copies}{held} bytes of {self.what}"
        return f"{copies}{held} {self.what} x {self.width} bytes"


@dataclass(frozen=True)
class Part:
    """Bytes on one device, None where they are not known, which `warnings` then tell."""

    bytes: int | None
    formula: str
    warnings: Sequence[Caution] = field(default=())


def nothing(why: str) -> Part:
    """Return a part of which there is none."""
    return Part(0, why)


def unknown(name: str, evaluation: Evaluation, found: Any) -> Part:
    """Return a part that a layer makes unknown: what the core found says which, and why."""
    caution = evaluation.caution(name, found.node, found.cause)
    return Part(None, f"not known: {caution['detail']}", [caution])


def summed(name: str, terms: Iterable[Term], why_none: str, remark: str = "") -> Part:
    """Return the part that terms add up to; `why_none` is said where all of them are 0.

    `remark` stands behind the terms.
    """
    counted = [term for term in terms if term.bytes]
    if not counted:
        return nothing(why_none)
    formula = " + ".join(map(str, counted)) + (f" {remark}" if remark else "")
    return limited(name, sum(term.bytes for term in counted), formula)


def limited(name: str, value: int, formula: str) -> Part:
    """Return a part of so many bytes: unknown where they are more than 64 bits hold."""
    if value in INT64:
        return Part(value, f"{formula} = {value:,}")
    detail = f"{name} come to more than 2^63-1 bytes"
    caution = {"code": "overflow", "layer": None, "figure": name, "detail": detail}
    return Part(None, f"{formula}: more than 2^63-1", [caution])


@dataclass(frozen=True)
class Need:
    """What a plan comes to: the parts of one device by name, their sum `total` behind them."""

    mode: str
    parts: Mapping[str, Part]
    optimizer_state_values: int = 0
    devices: int = 1


def with_total(parts: Mapping[str, Part], stage: str = "") -> Mapping[str, Part]:
    """Return parts, and behind them their sum, unknown where one of them is.

    `stage` is the part of a pipeline that they are of.
    """
    total = _total(parts)
    told = f"{stage}: {total.formula}" if stage else total.formula
    return {**parts, "total": replace(total, formula=told)}


def _total(parts: Mapping[str, Part]) -> Part:
    missing = [name for name, part in parts.items() if part.bytes is None]
    if missing:
        return Part(None, f"not known: {', '.join(missing)}")
    values = {name: part.bytes or 0 for name, part in parts.items()}
    formula = " + ".join(f"{value:,} {name}" for name, value in values.items() if value)
    return limited("total", sum(values.values()), formula or "nothing")
