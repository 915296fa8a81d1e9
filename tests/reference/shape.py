"""Sizes that may be unknown, and what happens to them.

A size is carried twice: as the report shows it, and as costs take it. The two differ for the batch
alone, which is shown as it stands (`"batch"` or null) and costed as 1, and for what comes of it.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.reference.refusal import LARGEST, Refusal, fits


@dataclass(frozen=True)
class Size:
    """One dimension: `shown` is a number, a name or None (unknown); `cost` a number or None."""

    shown: int | str | None
    cost: int | None


Shape = tuple[Size, ...]

UNKNOWN = Size(None, None)


def known(size: int) -> Size:
    """A dimension of a known size."""
    return Size(fits(size, "a dimension"), size)


def read(written: list[Any]) -> Shape:
    """The shape of an input as a document writes it; a leading null is the batch."""
    return tuple(_read(value, axis) for axis, value in enumerate(written))


def _read(value: int | str | None, axis: int) -> Size:
    if isinstance(value, int):
        return known(value)
    is_batch = value == "batch" or (value is None and axis == 0)
    return Size(value, 1 if is_batch else None)


def write(shape: Shape) -> list[int | str | None]:
    """The shape as the report shows it."""
    return [size.shown for size in shape]


def number(size: Size, what: str) -> int:
    """The size where a weight needs it: refused where it is unknown, as in Keras."""
    if not isinstance(size.shown, int):
        raise Refusal("shape_mismatch", f"{what} is unknown")
    return size.shown


def computed(sizes: Iterable[Size], formula: Callable[..., int]) -> Size:
    """`formula` of the sizes: shown where all are numbers, costed where costs know all.

    A negative value is that of a window which does not fit; callers refuse it where it would be
    shown.
    """
    sizes = list(sizes)
    if all(isinstance(size.shown, int) for size in sizes):
        return known(formula(*(size.shown for size in sizes)))
    costs = [size.cost for size in sizes]
    if any(value is None for value in costs):
        return UNKNOWN
    value = formula(*costs)
    return Size(None, value if 0 <= value <= LARGEST else None)


def elements(shape: Iterable[Size]) -> int | None:
    """How many elements costs count in a tensor of this shape; None where they do not know."""
    return times(*(size.cost for size in shape))


def times(*factors: int | None) -> int | None:
    """A product of costs, None where one of them is; but nothing, however often, is nothing."""
    if 0 in factors:
        return 0
    known_factors = [factor for factor in factors if factor is not None]
    return math.prod(known_factors) if len(known_factors) == len(factors) else None


def plus(*terms: int | None) -> int | None:
    """A sum of costs, None where one of them is."""
    total = 0
    for term in terms:
        if term is None:
            return None
        total += term
    return total


def rank(shape: Shape, wanted: int) -> None:
    """Refuses a tensor whose rank is not `wanted`."""
    if len(shape) != wanted:
        raise Refusal("shape_mismatch", f"rank {len(shape)}, not {wanted}")


def rank_at_least(shape: Shape, wanted: int) -> None:
    """Refuses a tensor whose rank is below `wanted`."""
    if len(shape) < wanted:
        raise Refusal("shape_mismatch", f"rank {len(shape)}, below {wanted}")


def axis_of(axis: int, shape: Shape) -> int:
    """`axis` counted from the front; refused where the tensor has no such axis."""
    if not -len(shape) <= axis < len(shape):
        raise Refusal("shape_mismatch", f"axis {axis} of rank {len(shape)}")
    return axis % len(shape)


def alike(shape: Shape, other: Shape) -> None:
    """Refuses tensors of which some axis is known to differ."""
    rank(shape, len(other))
    for one, two in zip(shape, other, strict=True):
        if isinstance(one.shown, int) and isinstance(two.shown, int) and one.shown != two.shown:
            raise Refusal("shape_mismatch", f"{one.shown} beside {two.shown}")
