"""The vocabulary: which layers the service knows, and what each of them takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from weighbridge_client.record import record, records


@dataclass(frozen=True, kw_only=True)
class LayerSummary:
    """A layer type in one line."""

    type: str
    summary: str
    category: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A knob of a layer. A `default` of None is `null`, unless the attribute is `required`."""

    name: str
    type: str
    required: bool = False
    default: Any = None
    meaning: str | None = None


@dataclass(frozen=True, kw_only=True)
class LayerType:
    """A layer type in full; `schema` is the JSON Schema of what a document may say."""

    type: str
    summary: str
    category: str | None = None
    attributes: tuple[Attribute, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)
    weights: Any = None
    formula: str | None = None

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the JSON of `GET /v1/layers/{type}`."""
        attributes = records(Attribute, members.get("attributes") or [])
        return record(cls, members, attributes=attributes)
