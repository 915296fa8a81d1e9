"""Small native documents, and what the service makes of them in process."""

import json
from typing import Any

from weighbridge.count import count
from weighbridge.limits import Limits
from weighbridge.options import Options
from weighbridge.problems import Problem

Layer = dict[str, Any]
Document = dict[str, Any]
Report = dict[str, Any]

WEIGHTS = Options(detail="weights")


def document(shape: list[Any], *layers: Layer, **members: Any) -> Document:
    """A model with one input, `x`, of `shape`; `members` are further members of the document."""
    return {"inputs": {"x": {"shape": shape}}, "layers": list(layers), **members}


def layer(kind: str, **attributes: Any) -> Layer:
    """A layer of type `kind`."""
    return {"type": kind, **attributes}


def report(body: Document, limits: Limits | None = None) -> Report:
    """The report on a document or an envelope, with every weight; raises `Problem`."""
    answer: Report = json.loads(count(json.dumps(body).encode(), WEIGHTS, limits or Limits()))
    return answer


def refused(body: Document | bytes, limits: Limits | None = None) -> Problem:
    """The problem of a document, an envelope or a raw body; fails where there is a report."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        answer = count(raw, WEIGHTS, limits or Limits())
    except Problem as problem:
        return problem
    raise AssertionError(f"counted: {answer[:200]!r}")
