"""Layers of one type at random: the example of its documentation with other attributes and shapes.

Every attribute that the reference knows is varied, whatever it is, so that a type takes part as
soon as the reference has it. Values are mostly of the kind that the attribute takes.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from tests.reference.attributes import ATTRIBUTES
from tests.reference.values import Check, choices_of

Document = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

INTEGERS = (-3, -2, -1, 0, 1, 1, 2, 2, 3, 4, 5, 8, 16, 64)
LARGE = (2**31, 2**40, 2**62)
WORDS = ("valid", "same", "causal", "relu", "any")
PLAIN: tuple[Any, ...] = (*INTEGERS, *LARGE, None, True, False, 0.0, 0.25, 0.5, 1.5, *WORDS)

lists = st.lists(st.sampled_from([*INTEGERS, None, 0.5]), max_size=4)
pairs = st.lists(st.lists(st.sampled_from(INTEGERS), min_size=2, max_size=2), max_size=3)
texts = st.lists(st.sampled_from(["a", "b", "[UNK]"]), max_size=3)

sizes = st.sampled_from([1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 16, None, "seq", "height", "batch"])
seldom = st.sampled_from([False] * 7 + [True])
often = st.sampled_from([False, False, True])


@st.composite
def variations(draw: Draw, kind: str, example: Mapping[str, Any]) -> Document:
    """A document whose last layer is of type `kind`, and is mostly valid."""
    document = copy.deepcopy(dict(example))
    layer = document["layers"][-1]
    for name, (check, _) in ATTRIBUTES[kind].items():
        if draw(often):
            layer[name] = _value(draw, check, layer.get(name))
    if draw(seldom):
        layer |= {"trainable": draw(st.booleans()), "dtype": draw(st.sampled_from(["float16"]))}
    for given in document["inputs"].values():
        given["shape"] = _shape(draw, given["shape"])
    if draw(seldom):
        document["data_format"] = "channels_first"
    return document


def _value(draw: Draw, check: Check, present: Any) -> Any:
    """A value that the attribute takes, as far as there is one among those that are tried."""
    wanted: list[Any] = [*choices_of(check), *PLAIN]
    kept = [value for value in wanted if _takes(check, value)]
    value = draw(st.one_of(st.sampled_from(kept or [present]), lists, lists, pairs, texts))
    return value if _takes(check, value) or draw(seldom) else present


def _takes(check: Check, value: Any) -> bool:
    return bool(check(value))


def _shape(draw: Draw, shape: list[Any]) -> list[Any]:
    """Some sizes are other ones; seldom there is an axis more or fewer."""
    varied = [draw(sizes) if draw(often) else size for size in shape]
    if draw(seldom):
        varied.insert(draw(st.integers(0, len(varied))), draw(sizes))
    if varied and draw(seldom):
        varied.pop()
    return varied
