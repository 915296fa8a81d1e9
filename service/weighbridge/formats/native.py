"""Reads the native document.

The fast path is one typed decode. Only when it refuses is each layer read by itself, to list every
fault with what was got.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Raw, json

from weighbridge.envelope import Envelope
from weighbridge.formats.diagnosis import Diagnosis
from weighbridge.spec import Document, Specification
from weighbridge.value import decode

_decoder = json.Decoder(Specification)
FORMAT = "native"


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


def read(request: Envelope) -> Document:
    """Read the document of a request. What is wrong stands in what comes back."""
    specification, faults = Diagnosis().specification(decode(request.model))
    return Document(FORMAT, specification, faults=faults)
