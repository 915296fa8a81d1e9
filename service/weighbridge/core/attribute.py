"""Attributes that are nested lists, as words of a record: the key of `tensor[key]`, and pairs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from weighbridge.core.native import enumerator

ABSENT = enumerator("WB_ABSENT")
INDEX, SLICE, NEW_AXIS, ELLIPSIS = (
    enumerator(f"WB_SUBSCRIPT_{kind}") for kind in ("INDEX", "SLICE", "NEW_AXIS", "ELLIPSIS")
)
ITEM_WORDS = 4
"""Of one item of a key: kind, start (or the index), stop, step."""

Words = tuple[int | str, ...]
"""Attributes in the order of an operator's struct; strings are expressions."""


class AttributeFault(ValueError):
    """An attribute that is wrong before its value is looked at: a list of the wrong length."""

    def __init__(self, attribute: str, detail: str) -> None:
        super().__init__(detail)
        self.attribute = attribute
        self.detail = detail


def key_words(key: list[Any]) -> Words:
    """Return the words of a key, item by item. Raises AttributeFault."""
    return tuple(word for k, item in enumerate(key) for word in _item_words(k, item))


def _item_words(position: int, item: Any) -> Words:
    if item is None:
        return (NEW_AXIS, ABSENT, ABSENT, ABSENT)
    if item == "...":
        return (ELLIPSIS, ABSENT, ABSENT, ABSENT)
    if not isinstance(item, list):
        return (INDEX, item, ABSENT, ABSENT)
    if len(item) not in (2, 3):
        detail = f"must be [start, stop] or [start, stop, step], got {len(item)} entries"
        raise AttributeFault(f"key/{position}", detail)
    given = [ABSENT if word is None else word for word in item]
    return (SLICE, *given, *[ABSENT] * (3 - len(given)))


def _key_pointer(key: list[Any], word: int) -> str:
    position, part = divmod(word, ITEM_WORDS)
    item = key[position]
    inside = isinstance(item, list) and 1 <= part <= len(item)
    return f"/{position}/{part - 1}" if inside else f"/{position}"


def pair_words(value: Any) -> Words:
    """Return two words for each pair of `pad_width`, or two for all axes. Raises AttributeFault."""
    if not isinstance(value, list):
        return (value, value)
    if not any(isinstance(item, list) for item in value):
        return _sides(value, "")
    return tuple(side for k, pair in enumerate(value) for side in _sides(pair, f"/{k}"))


def _sides(pair: Any, pointer: str) -> Words:
    if not isinstance(pair, list) or len(pair) not in (1, 2):
        raise AttributeFault(f"pad_width{pointer}", "must be a pair, [before, after]")
    return (pair[0], pair[-1])


def _pair_pointer(value: Any, word: int) -> str:
    axis, side = divmod(word, 2)
    if not isinstance(value, list):
        return ""
    if not isinstance(value[0], list):
        return f"/{min(side, len(value) - 1)}"
    return f"/{axis}/{min(side, len(value[axis]) - 1)}"


@dataclass(frozen=True)
class Nested:
    """How a nested list becomes words, and the pointer below it that a word comes from."""

    words: Callable[[Any], Words]
    pointer: Callable[[Any, int], str]


NESTED: Mapping[str, Nested] = {
    "key": Nested(key_words, _key_pointer),
    "pad_width": Nested(pair_words, _pair_pointer),
}
"""By the name of the attribute and the field."""
