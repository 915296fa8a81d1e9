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


def list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(check(item) for item in value)


def one_of(*values: Any) -> Check:
    return lambda value: any(value is choice or value == choice for choice in values)


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


LORA: dict[str, Attribute] = {
    "lora_rank": (optional(lambda value: value == 0 or size(value)), None),
    "lora_alpha": (optional(real), None),
}
DATA_FORMAT = (one_of("channels_last", "channels_first"), None)
