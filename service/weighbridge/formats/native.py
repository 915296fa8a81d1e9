"""Reads the native document.

The fast path is one typed decode. Only when it refuses is each layer read by itself, to list every
fault with what was got.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Raw, json

from weighbridge.formats.diagnosis import Diagnosis
from weighbridge.spec import Document, Specification

_decoder = json.Decoder(Specification)
FORMAT = "native"


def recognises(members: Mapping[str, Raw]) -> bool:
    """Is this, by its members, a native document? Whatever has layers of its own is."""
    return "layers" in members or "inputs" in members


def read(document: Raw) -> Document:
    """Read a document. Never refuses: what is wrong stands in what comes back."""
    try:
        return Document(FORMAT, _decoder.decode(document))
    except msgspec.ValidationError:
        specification, faults = Diagnosis().specification(json.decode(document))
        return Document(FORMAT, specification, faults=faults)
