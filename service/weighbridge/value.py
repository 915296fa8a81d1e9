"""Values of JSON: as they are shown in a sentence, and converted to a type."""

import json as stdlib_json
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import json

_WORDS = {
    "int": "an integer",
    "str": "a string",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}


_LONGEST_INTEGER = 400
"""Digits that are read; no integer of more is told from another, and all are outside int64."""


def decode(text: bytes | msgspec.Raw) -> Any:
    """Decode JSON; integers of very many digits, which msgspec refuses, are cut, yet too large."""
    try:
        return json.decode(text)
    except msgspec.ValidationError:
        return stdlib_json.loads(bytes(text), parse_int=_cut)


def _cut(digits: str) -> int:
    return int(digits[:_LONGEST_INTEGER])


def shown(value: Any) -> str:
    """Return a JSON value as it is shown in a sentence, cut where it is long."""
    try:
        text = json.encode(value).decode()
    except (msgspec.MsgspecError, OverflowError, RecursionError, TypeError):
        text = str(value) if isinstance(value, int) else "a value"
    return text if len(text) <= 60 else text[:57] + "..."


def convert(value: Any, type_: Any) -> Any:
    """Convert a decoded value to a type. Raises LayerFault's exception, ValueFault."""
    try:
        return msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at `$")
        raise ValueFault(_sentence(message, _at(value, path)), _pointer(path)) from None


class ValueFault(ValueError):
    """A value of the wrong type, at a JSON pointer below it (`0/1`)."""

    def __init__(self, detail: str, pointer: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer


class ValueFaults(ValueError):
    """A value with several faults."""

    def __init__(self, faults: Sequence[ValueFault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def _sentence(message: str, got: Any) -> str:
    expected, _, rest = message.removeprefix("Expected `").partition("`")
    if message.startswith("Expected `"):
        words = [_WORDS.get(word, word) for word in expected.split(" | ")]
        bound = rest.partition(",")[0].replace("of length >=", "of at least")
        bound = bound.replace(">=", "of at least").replace("<=", "of at most")
        return f"must be {' or '.join(words)}{bound}, got {shown(got)}"
    return f"must be another value, got {shown(got)}"


def _steps(path: str) -> list[str]:
    return [step.strip("]") for step in path.rstrip("`").replace(".", "[").split("[") if step]


def _pointer(path: str) -> str:
    return "/".join(step for step in _steps(path) if step != "...")


def _at(value: Any, path: str) -> Any:
    for step in _steps(path):
        if isinstance(value, list) and step.isdigit():
            value = value[int(step)]
        elif isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, dict) and step == "...":
            return value
    return value
