"""Frozen records made from JSON objects."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

Record = TypeVar("Record")


def record(kind: type[Record], members: Mapping[str, Any], **read: Any) -> Record:
    """Makes a dataclass of an object's members; `read` holds those that are read already.

    Members that the dataclass does not have are passed over, so that a newer service can say
    more; missing ones keep their default, and a missing one without a default is a `TypeError`.
    """
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in members.items() if name in known} | read)


def records(kind: type[Record], rows: list[Mapping[str, Any]]) -> tuple[Record, ...]:
    """The same for a list of objects."""
    return tuple(record(kind, row) for row in rows)
