"""What the vocabulary says of itself: nothing is missing, and a person can read it."""

import re
from pathlib import Path
from typing import Any

import pytest

from weighbridge.core.messages import MESSAGES
from weighbridge.layers.catalogue import TYPES
from weighbridge.vocabulary import catalogue, describe

CSRC = Path(__file__).parents[2] / "csrc"
SENTENCE = re.compile(r"[A-Z`0-9(].{9,}[.)]", re.DOTALL)
PYTHON = re.compile(r"typing|msgspec|Annotated|Literal|<class|None|\bint\b|\bstr\b|\bbool\b")
"""What stands in a type as Python writes it, and not as a person does."""


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: str(entry["type"]))
def test_a_type_has_a_sentence_a_family_and_a_counted_example(entry: dict[str, str]) -> None:
    told = describe(entry["type"])
    assert SENTENCE.fullmatch(told["summary"]), told["summary"]
    assert entry["category"] == told["category"] != ""
    assert told["example"]["layers"][-1]["type"] == entry["type"]
    assert told["formula"]
    assert told["shapes"]["outputs"]
    assert told["macs"] is None or told["macs"] >= 0
    assert told["schema"]["$ref"].endswith(entry["type"]) or "properties" in told["schema"]


@pytest.mark.parametrize("name", TYPES)
def test_an_attribute_says_what_it_takes_and_what_for(name: str) -> None:
    for attribute in describe(name)["attributes"]:
        assert SENTENCE.fullmatch(attribute["meaning"]), attribute
        words = re.sub('"[^"]*"', "keyword", attribute["type"])
        assert words, attribute
        assert not PYTHON.search(words), attribute
        assert not (attribute["required"] and attribute["default"] is not None), attribute


def test_no_two_types_say_the_same_of_themselves() -> None:
    sentences = [entry["summary"] for entry in catalogue()]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("name", TYPES)
def test_a_weight_of_the_example_has_a_name_and_a_shape(name: str) -> None:
    weights: list[dict[str, Any]] = describe(name)["weights"]
    assert len({weight["name"] for weight in weights}) == len(weights)
    for weight in weights:
        assert re.fullmatch(r"\d+( x \d+)*", weight["shape"]), weight


def test_an_error_of_the_core_has_a_sentence() -> None:
    """But for those that never come to a person: none, and a candidate that has no value."""
    declared = (CSRC / "include" / "weighbridge" / "declarations.h").read_text(encoding="utf-8")
    numbers = re.findall(r"WB_ERROR_(?!NONE|NO_VALUE)\w+ = (\d+)", declared)
    assert len(set(numbers)) == len(numbers)
    assert set(map(int, numbers)) == set(MESSAGES)


def _operators() -> list[str]:
    declared = (CSRC / "src" / "operators" / "operators.h").read_text(encoding="utf-8")
    return re.findall(r"X\(WB_\w+, (\w+)\)", declared)


@pytest.mark.parametrize("operator", sorted(set(_operators()) - {"end", "missing"}))
def test_an_operator_has_a_file_and_tests_of_its_name(operator: str) -> None:
    """The end of a block and a missing layer, which have no rules, stand with the input."""
    assert list((CSRC / "src").glob(f"**/{operator}.c"))
    assert list((CSRC / "tests").glob(f"**/test_{operator}.c"))
