"""What the value of an attribute may be: one small function a kind of value."""

from collections.abc import Callable
from typing import Any

from tests.reference.refusal import fits

Check = Callable[[Any], bool]
Attribute = tuple[Check, Any]

REQUIRED = object()
DTYPE_BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}


def integer(value: Any) -> bool:
    """An integer, which a boolean is not; outside int64 it is an overflow."""
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    fits(value, "an attribute")
    return True


def size(value: Any) -> bool:
    """An integer of at least 1."""
    return integer(value) and value >= 1


def natural(value: Any) -> bool:
    """An integer of at least 0."""
    return integer(value) and value >= 0


def flag(value: Any) -> bool:
    return isinstance(value, bool)


def text(value: Any) -> bool:
    return isinstance(value, str)


def fraction(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float)) and 0 <= value <= 1


def optional(check: Check) -> Check:
    return lambda value: value is None or check(value)


def real(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, (int, float))


def amount(value: Any) -> bool:
    """A number that is not below 0."""
    return real(value) and value >= 0


def factor(value: Any) -> bool:
    """A number above 0."""
    return real(value) and value > 0


def list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def number_above(least: int) -> Check:
    """An integer above `least`."""
    return lambda value: integer(value) and value > least


def one_of(*values: Any) -> Check:
    """One of these; a boolean is no number that equals it."""

    def check(value: Any) -> bool:
        return any(value == one and flag(value) == flag(one) for one in values)

    _CHOICES[check] = values
    return check


_CHOICES: dict[Check, tuple[Any, ...]] = {}


def choices_of(check: Check) -> tuple[Any, ...]:
    """What may be chosen, where a check is a choice."""
    return _CHOICES.get(check, ())


def per_axis(axes: int) -> Check:
    """One size for all axes of space, or a list of one for each."""
    return lambda value: size(value) or (list_of(size)(value) and len(value) == axes)


def padding(axes: int, *words: str) -> Check:
    """A keyword, or explicit: a number, or for each axis a number or a pair; none negative."""

    def amount(value: Any) -> bool:
        return integer(value) and value >= 0

    def pair(value: Any) -> bool:
        return list_of(amount)(value) and len(value) == 2

    def check(value: Any) -> bool:
        if isinstance(value, str):
            return value in words
        if isinstance(value, list):
            return len(value) == axes and (list_of(amount)(value) or list_of(pair)(value))
        return amount(value)

    return check


def axes(value: Any) -> bool:
    return integer(value) or (list_of(integer)(value) and len(value) > 0)


def any_axes(value: Any) -> bool:
    """Axes, of which there may be none."""
    return value == [] or axes(value)


def target_shape(value: Any) -> bool:
    """Sizes, one of which may be -1."""
    return list_of(integer)(value) and all(item >= -1 for item in value) and value.count(-1) <= 1


LORA: dict[str, Attribute] = {
    "lora_rank": (optional(natural), None),
    "lora_alpha": (optional(real), None),
}
DATA_FORMAT = (one_of("channels_last", "channels_first", None), None)
