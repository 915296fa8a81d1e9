"""The totals by their names, and what a request may say of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from weighbridge.core.evaluation import TOTALS
from weighbridge.envelope import INT64
from weighbridge.layers.catalogue import nearest
from weighbridge.pointer import escape
from weighbridge.value import ValueFault, shown


def figure_name(name: str, pointer: str) -> str:
    """Read the name of a total. Raises ValueFault, with the nearest where there is none such."""
    if name not in TOTALS:
        alike = nearest(name, TOTALS, n=1)
        hint = f", did you mean '{alike[0]}'?" if alike else f": there are {', '.join(TOTALS)}"
        raise ValueFault(f"there is no figure '{name:.60}'{hint}", pointer)
    return name


def limits_of(value: Any) -> dict[str, int]:
    """Read `limits`: what totals may be at most. Raises ValueFault."""
    if not isinstance(value, dict) or not value:
        raise ValueFault(f"must be an object with at least one figure, got {shown(value)}", "")
    return {
        figure_name(name, escape(name)): integer(most, escape(name)) for name, most in value.items()
    }


def reasons(unknown: Iterable[str], warnings: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the warnings that say why figures are unknown."""
    figures = set(unknown)
    if "flops" in figures:
        figures.add("macs")  # of which they are made
    yield from (warning for warning in warnings if warning["figure"] in figures)


def integer(value: Any, pointer: str) -> int:
    """Read an integer of 64 bits. Raises ValueFault."""
    if not isinstance(value, int) or isinstance(value, bool) or value not in INT64:
        raise ValueFault(f"must be an integer of 64 bits, got {shown(value)}", pointer)
    return value
