"""What stands for a model, and the request body that it becomes."""

import json
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol, runtime_checkable

from weighbridge_client.errors import MalformedJson, TooComplex
from weighbridge_client.problem import Problem

JSON = "application/json"
MEDIA_TYPES = {".keras": "application/zip"}


@runtime_checkable
class HasJson(Protocol):
    """Whatever writes itself as JSON: a live Keras model does."""

    def to_json(self) -> str:
        """The document as JSON text."""


Model = Mapping[str, Any] | str | bytes | Path | HasJson
"""A document: as a dict, JSON text (a `str` is never a file name), a file, a live Keras model."""


@dataclass(frozen=True)
class Body:
    """What is sent: the bytes, and what they are."""

    content: bytes
    media_type: str = JSON


def document(model: Model) -> Body:
    """A model as it is sent: files and text as they are, so that no number is written anew."""
    match model:
        case Path():
            return Body(model.read_bytes(), MEDIA_TYPES.get(model.suffix.lower(), JSON))
        case bytes():
            return Body(model)
        case str():
            return Body(_encoded(model))
        case Mapping():
            return Body(_json(model))
        case HasJson():
            return document(model.to_json())
    raise TypeError(
        "a model is a dict, a pathlib.Path, JSON text or something with to_json(), "
        f"not {type(model).__name__}"
    )


def request(model: Model, **members: object) -> Body:
    """A model and what goes with it; `members` that are None are left out.

    Without any the document goes bare, and pointers in problems go into it; with some it goes in
    an envelope, and pointers begin with `/model`.
    """
    given = {name: value for name, value in members.items() if value is not None}
    return envelope({"model": model}, given) if given else document(model)


def envelope(models: Mapping[str, Model], members: Mapping[str, object]) -> Body:
    """One JSON object of documents, each embedded as it is written, and other members."""
    parts = {name: _embeddable(document(model)) for name, model in models.items()}
    parts |= {name: _json(value) for name, value in members.items()}
    return Body(b"{%b}" % b", ".join(_json(name) + b": " + part for name, part in parts.items()))


def _embeddable(body: Body) -> bytes:
    """The document's own text, once it is known to be one JSON value and no more.

    Numbers are looked at, not read, so that none is too long to be checked.
    """
    if body.media_type != JSON:
        raise ValueError("an archive goes by itself: what goes with it has no place in it")
    try:
        json.loads(body.content.decode(), parse_int=len, parse_float=len, parse_constant=_refuse)
    except ValueError as error:
        raise _malformed(str(error)) from error
    except RecursionError as error:
        raise TooComplex(_problem("too_complex", "nested too deeply", 422)) from error
    return body.content


def _json(value: object) -> bytes:
    return json.dumps(value, default=_integer, allow_nan=False).encode()


def _integer(value: object) -> int:
    """Integers of other kinds (NumPy's), exactly."""
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"a {type(value).__name__} is nothing that JSON has") from None


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise _malformed(str(error)) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _malformed(detail: str) -> MalformedJson:
    """The error that the service would answer with, found before asking it."""
    return MalformedJson(_problem("malformed_json", detail, 400))


def _problem(code: str, detail: str, status: int) -> Problem:
    return Problem(code=code, title="The model was not sent", status=status, detail=detail)
