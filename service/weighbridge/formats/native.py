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


def read(request: Envelope) -> Document:
    """Read the document of a request. What is wrong stands in what comes back."""
    try:
        return Document(FORMAT, _decoder.decode(request.model))
    except msgspec.ValidationError:
        specification, faults = Diagnosis().specification(decode(request.model))
        return Document(FORMAT, specification, faults=faults)
