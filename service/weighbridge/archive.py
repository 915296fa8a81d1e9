"""Archives of models: of a `.keras` file, a zip, only the document in it is read.

What is next to the document, such as the weights, may be of any size and is never touched.
"""

import io
import zipfile
import zlib
from typing import BinaryIO

from weighbridge.problems import Fault, Problem

DOCUMENT = "config.json"
MOST_ENTRIES = 10_000
_ENTRY = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def is_archive(beginning: bytes) -> bool:
    """Is this how a zip archive begins?"""
    return beginning.startswith(b"PK")


def read_archive(body: bytes, limit: int) -> bytes:
    """Return the document of an archive that came from outside, at most `limit` bytes.

    Raises Problem: malformed_json, unsupported_document, payload_too_large.
    """
    if body.count(_ENTRY) > MOST_ENTRIES:  # each would be an object before one is looked at
        raise Problem("too_complex", f"the zip archive has more than {MOST_ENTRIES} entries")
    return read_archive_file(io.BytesIO(body), limit)


def read_archive_file(file: BinaryIO, limit: int) -> bytes:
    """Return the document of an archive in a file that can be sought. Raises Problem."""
    try:
        with zipfile.ZipFile(file) as archive:
            return _document(archive, limit)
    except _BROKEN as error:
        raise Problem("malformed_json", f"the zip archive cannot be read: {error}") from None


def _document(archive: zipfile.ZipFile, limit: int) -> bytes:
    try:
        entry = archive.getinfo(DOCUMENT)
    except KeyError:
        raise _unsupported(f"the zip archive has no {DOCUMENT}, as a .keras file has") from None
    if entry.compress_type not in _METHODS or entry.flag_bits & 1:
        raise _unsupported(f"{DOCUMENT} must be stored or deflated, and not encrypted")
    with archive.open(entry) as document:
        text = document.read(limit + 1)
    if len(text) > limit:
        raise Problem("payload_too_large", f"{DOCUMENT} is over the limit of {limit} bytes")
    return text


def _unsupported(detail: str) -> Problem:
    return Problem("unsupported_document", detail, [Fault("", "unsupported_document", detail)])
