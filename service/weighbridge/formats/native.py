"""Reads the native document.

The fast path is one typed decode. Only when it refuses is each layer read by itself, to list every
fault with what was got.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw, json

from weighbridge.envelope import Envelope
from weighbridge.formats.diagnosis import Diagnosis
from weighbridge.formats.pieces import is_list, pieces
from weighbridge.spec import Document, Specification
from weighbridge.value import decode


class _Frame(Specification, kw_only=True):
    """A document whose layers are not read yet."""

    layers: Raw  # type: ignore[assignment]  # narrower than the list that it stands for


_decoder = json.Decoder(Specification)
_frame_decoder = json.Decoder(_Frame)
FORMAT = "native"
LARGE = 2**21
"""Bytes of a document from which it is quicker to read it in pieces."""


def recognises(members: Mapping[str, Raw]) -> bool:
    """Is this, by its members, a native document? Whatever has layers of its own is."""
    return "layers" in members or "inputs" in members


def read_right(request: Envelope) -> Document | None:
    """Read the document of a request where it is a native one with nothing wrong, else None.

    No document of another format is one: it would have members that are not known here.
    """
    try:
        return Document(FORMAT, _decoder.decode(request.model))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def read_in_pieces(request: Envelope) -> Document | None:
    """Read a large native document without its layers, which come in pieces; None for any other.

    Right is what that gives only if each of its pieces is.
    """
    if len(request.model) < LARGE:
        return None
    try:
        frame = _frame_decoder.decode(request.model)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    layers: Any = frame.layers
    frame.layers = []  # type: ignore[assignment]  # they are not there
    return Document(FORMAT, frame, pieces=pieces(layers)) if is_list(layers) else None


def read(request: Envelope) -> Document:
    """Read the document of a request. What is wrong stands in what comes back."""
    specification, faults = Diagnosis().specification(decode(request.model))
    return Document(FORMAT, specification, faults=faults)
