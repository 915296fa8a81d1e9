"""Values of attributes, as words of a record: one, one for each axis, or a list of them."""

import struct
from collections.abc import Callable
from functools import cache
from typing import Any

from weighbridge.core.attribute import ABSENT, AttributeFault, Words
from weighbridge.core.native import enumerator
from weighbridge.layers.equation import EquationFault, characters, letters

SIDES = 6
"""Length of an array with two values, before and after, for each axis of space."""

PADDINGS = {
    keyword: (enumerator(f"WB_PADDING_{keyword.upper()}"), 0, 0, 0, 0, 0, 0)
    for keyword in ("valid", "same", "causal")
}


def explicit_padding(padding: Any, axes: int, attribute: str) -> Words:
    """Return mode and amounts of a padding that is no keyword: one, or one each axis or side."""
    sides = [padding] * axes if not isinstance(padding, list) else padding
    if len(sides) != axes:
        raise AttributeFault(attribute, f"must have {axes} entries, one an axis, got {len(sides)}")
    words: list[int | str] = [enumerator("WB_PADDING_EXPLICIT")]
    for axis, side in enumerate(sides):
        pair = side if isinstance(side, list) else [side, side]
        if len(pair) != 2:
            raise AttributeFault(
                f"{attribute}/{axis}", f"must be [before, after], got {len(pair)} entries"
            )
        words += pair
    return (*words, *(0,) * (7 - len(words)))


def spread(value: Any, axes: int, attribute: str) -> Words:
    """Return one value for each axis, and what fills the struct's array up."""
    values = value if isinstance(value, list) else [value] * axes
    if len(values) != axes:
        raise AttributeFault(
            attribute, f"must be one integer or {axes}, one an axis, got {len(values)}"
        )
    return (*values, *(1,) * (3 - axes))


def sides(value: Any, axes: int, attribute: str) -> Words:
    """Return the amounts before and after on each axis; of one axis also as a pair alone."""
    if axes == 1 and isinstance(value, list) and len(value) == 2 and list not in map(type, value):
        value = [value]
    return explicit_padding(value, axes, attribute)[1:]


def listed(value: Any) -> Words:
    """Return an attribute that is one value or a list of them as a list."""
    if value is None:
        return ()
    values = value if isinstance(value, list) else (value,)
    return tuple(values) if None not in values else tuple(map(_or_absent, values))


def ratios(value: Any) -> Words:
    """Return factors, one or a list, as numerators and denominators: exact for a float too."""
    words: list[int | str] = []
    for one in listed(value):
        words += one.as_integer_ratio() if isinstance(one, (int, float)) else (one, 1)
    return tuple(words)


def _or_absent(value: Any) -> Any:
    return ABSENT if value is None else value


def form(value: Any) -> int:
    """Return the wb_form of an attribute that may be null, one value or a list of them."""
    return 0 if value is None else 2 if isinstance(value, list) else 1


def length(value: Any) -> int:
    """Return how many there are along the last axis of nested lists: 1 of a number, 0 of null."""
    if not isinstance(value, list):
        return int(value is not None)
    return length(value[0]) if value and isinstance(value[0], list) else len(value)


def equation(text: str) -> Words:
    """Return the characters of an einsum equation as the core reads them."""
    try:
        return characters(text)
    except EquationFault as fault:
        raise AttributeFault("equation", str(fault)) from None


LISTERS: dict[str, Callable[[Any], Words]] = {
    "bias_axes_count": letters,
    "equation_count": equation,
    "ratio_count": ratios,
}
"""What makes an attribute the words of a list, by the field that counts them; else `listed`."""


@cache
def quads(n: int) -> Callable[..., bytes]:
    """Return the function that packs so many int64."""
    return struct.Struct(f"={n}q").pack
