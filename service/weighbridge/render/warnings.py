"""A report's warnings in lines: one for all layers that miss the same."""

from collections.abc import Iterable, Iterator

from weighbridge.render.escape import visible
from weighbridge.report import Caution


def warning_lines(warnings: Iterable[Caution]) -> Iterator[str]:
    """A line for each reason that a figure is unknown, with the layers that have it counted."""
    reasons: dict[tuple[str, str], list[Caution]] = {}
    for caution in warnings:
        reasons.setdefault(_reason(caution), []).append(caution)
    for (what, why), (first, *others) in reasons.items():
        if why and others:
            yield visible(f"{what}{1 + len(others):,} layers {why} (the first is '{first.layer}')")
        else:
            yield from map(_line, (first, *others))


def _line(caution: Caution) -> str:
    is_named = caution.layer is None or f"'{caution.layer}'" in caution.detail
    return visible(caution.detail if is_named else f"{caution.layer}: {caution.detail}")


def _reason(caution: Caution) -> tuple[str, str]:
    """What stands before and behind the name of the layer; the whole where it is not named."""
    what, _, why = caution.detail.partition(f"layer '{caution.layer}' ")
    return what, why
