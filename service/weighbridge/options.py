"""What may come beside a body, in the query: for every resource that takes a model."""

from dataclasses import dataclass
from typing import Any

from msgspec import json

from weighbridge.problems import Fault, Problem
from weighbridge.value import ValueFault, shown

DETAILS = ("totals", "layers", "weights")


@dataclass(frozen=True)
class Options:
    """Query parameters, as they came."""

    format: str | None = None
    detail: str | None = None
    int64: str | None = None

    def require_known(self) -> None:
        """Raise Problem where `detail` or `int64` is none that there is."""
        if self.detail is not None:
            try:
                detail(self.detail)
            except ValueFault as fault:
                raise _invalid(f"query parameter 'detail' {fault.detail}") from None
        if self.int64 not in (None, "string"):
            raise _invalid(f"query parameter 'int64' must be string, got {shown(self.int64)}")

    @property
    def strings(self) -> bool:
        """Are the integers of the answer to be strings?"""
        return self.int64 == "string"

    def encoded(self, answer: Any) -> bytes:
        """Return an answer as JSON, its integers as they are asked for."""
        return json.encode(with_strings(answer) if self.strings else answer)


NO_OPTIONS = Options()


def detail(value: Any) -> str:
    """Read how much is to be told. Raises ValueFault."""
    if value not in DETAILS:
        raise ValueFault(f"must be one of {', '.join(DETAILS)}, got {shown(value)}", "")
    return str(value)


def _invalid(sentence: str) -> Problem:
    return Problem("invalid_request", sentence, [Fault("", "invalid_request", sentence)])


def with_strings(value: Any) -> Any:
    """Return JSON data with every integer as a string of its digits."""
    if isinstance(value, dict):
        return {name: with_strings(member) for name, member in value.items()}
    if isinstance(value, list):
        return [with_strings(item) for item in value]
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_integer else value
