"""Warnings in lines: one for all layers that miss the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from weighbridge_client.escape import visible

if TYPE_CHECKING:
    from weighbridge_client.report import ReportWarning


def warning_lines(warnings: Iterable[ReportWarning]) -> Iterator[str]:
    """A line for each reason that a figure is unknown, with the layers that have it counted."""
    reasons: dict[tuple[str, str], list[ReportWarning]] = {}
    for warning in warnings:
        reasons.setdefault(_reason(warning), []).append(warning)
    for (what, why), (first, *others) in reasons.items():
        if why and others:
            yield visible(f"{what}{1 + len(others):,} layers {why} (the first is '{first.layer}')")
        else:
            yield from map(_line, (first, *others))


def _reason(warning: ReportWarning) -> tuple[str, str]:
    """What stands before and behind the name of the layer; the whole where it is not named."""
    what, _, why = warning.detail.partition(f"layer '{warning.layer}' ")
    return what, why


def _line(warning: ReportWarning) -> str:
    is_named = warning.layer is None or f"'{warning.layer}'" in warning.detail
    return visible(warning.detail if is_named else f"{warning.layer}: {warning.detail}")
