"""Readers of the documents that people have: each makes the same layers, and none counts."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Raw

from weighbridge.envelope import Envelope
from weighbridge.formats import keras, native
from weighbridge.problems import Fault, Problem
from weighbridge.spec import Document


class Reader(Protocol):
    """A module that reads one format."""

    FORMAT: str

    def recognises(self, members: Mapping[str, Raw]) -> bool:
        """Is a document with these members in the format?"""
        ...

    def read_right(self, request: Envelope) -> Document | None:
        """Read the document of a request at once where nothing in it is unusual, else None."""
        ...

    def read(self, request: Envelope) -> Document:
        """Read the document of a request. What is wrong with layers stands in what comes back."""
        ...


_readers: tuple[Reader, ...] = (keras, native)
READERS: dict[str, Reader] = {reader.FORMAT: reader for reader in _readers}


def read_in_pieces(request: Envelope, given: str | None) -> Document | None:
    """Return the document of a request if it is large and its layers can come piece by piece."""
    return native.read_in_pieces(request) if given in (None, native.FORMAT) else None


def read_at_once(request: Envelope, given: str | None) -> Document | None:
    """Return the document of a request where nothing in it is unusual, else None.

    An envelope is no document to any format: its member `model` would be unknown.
    """
    for reader in reversed(_readers):
        if given in (None, reader.FORMAT) and (document := reader.read_right(request)):
            return document
    return None


def read(request: Envelope, given: str | None) -> Document:
    """Return the document of a request, in the format that is given or recognised.

    Raises Problem: unknown_format.
    """
    return read_at_once(request, given) or read_with_care(request, given)


def read_with_care(request: Envelope, given: str | None) -> Document:
    """Return the document of a request that cannot be read at once. Raises Problem."""
    members = request.members()
    if given is not None and given not in READERS:
        pointer = "/format" if request.format is not None else ""
        raise _unknown(f"'{given:.60}' is no format; known are {', '.join(READERS)}", pointer)
    if given is not None:
        return READERS[given].read(request)
    for reader in READERS.values():
        if reader.recognises(members):
            return reader.read(request)
    detail = f"the document is in no format that is known ({', '.join(READERS)})"
    raise _unknown(detail, request.root)


def _unknown(detail: str, pointer: str) -> Problem:
    return Problem("unknown_format", detail, [Fault(pointer, "unknown_format", detail)])
