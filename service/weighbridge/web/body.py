"""The body of a request: of a media type that is taken, decompressed, and never over the limit."""

import zlib
from collections.abc import Callable

from gunicorn.http.errors import ParseException

from weighbridge.archive import read_archive
from weighbridge.problems import Problem
from weighbridge.web.request import Request

_GZIP = 16 + zlib.MAX_WBITS  # zlib's sign for a gzip header and trailer


_TAKEN = "application/json, application/zip"
_ZIP = ("application/zip", "application/x-zip-compressed")


def read_model(request: Request, limit: int) -> bytes:
    """Return the JSON of a request, or that in the archive that it is; it is not parsed here.

    It has at most `limit` bytes, as sent and decompressed. Raises unsupported_media_type,
    payload_too_large, malformed_http (broken chunks), malformed_json (broken gzip or zip) and
    unsupported_document (an archive without a document).
    """
    is_archive = not _is_json(request)
    if is_archive and request.mimetype not in _ZIP:
        raise _no_model(request.mimetype or "none")
    decode = _decoder(request)
    body = decode(_read(request, limit), limit)
    return read_archive(body, limit) if is_archive else body


def _is_json(request: Request) -> bool:
    sent = request.environ.get("CONTENT_TYPE")
    return sent == "application/json" or request.is_json  # the first is what nearly all send


def _no_model(got: str) -> Problem:
    return Problem(
        "unsupported_media_type",
        f"the body must be application/json or, for a .keras file, application/zip, got {got!r}",
        headers={"Accept": _TAKEN},
    )


def _read(request: Request, limit: int) -> bytes:
    """Read a body with or without Content-Length, in one piece: Werkzeug would do it in many.

    The server ends a body in chunks where it ends, and one that falls short of its Content-Length
    without a word: so the length is looked at.
    """
    length = request.content_length
    if length is None:
        length = limit + 1 if "wsgi.input_terminated" in request.environ else 0
    elif length > limit:
        raise _too_large(limit)
    try:
        body: bytes = request.environ["wsgi.input"].read(length)
    except ParseException:
        raise Problem("malformed_http", "the chunks of the body are not framed well") from None
    except (OSError, ValueError):
        raise _cut_off() from None
    if len(body) > limit:
        raise _too_large(limit)
    if len(body) < (request.content_length or 0):
        raise _cut_off()
    return body


def _decoder(request: Request) -> Callable[[bytes, int], bytes]:
    coding = request.environ.get("HTTP_CONTENT_ENCODING", "identity").strip().lower()
    try:
        return _DECODERS[coding]
    except KeyError:
        raise Problem(
            "unsupported_media_type",
            f"the content encoding must be gzip or none, got {coding!r}",
            headers={"Accept-Encoding": "gzip"},
        ) from None


def _identity(body: bytes, _limit: int) -> bytes:
    return body


def _gunzip(body: bytes, limit: int) -> bytes:
    """Decompress one gzip member, and no more of it than the limit.

    A row of members is refused: a million empty ones fit in a body and would keep a worker busy.
    """
    decompressor = zlib.decompressobj(_GZIP)
    try:
        text = decompressor.decompress(body, limit + 1)
    except zlib.error:
        raise Problem("malformed_json", "the body is not gzip, as it says it is") from None
    if len(text) > limit:
        raise _too_large(limit)
    if not decompressor.eof:
        raise Problem("malformed_json", "the gzip data is cut off")
    if decompressor.unused_data:
        raise Problem("malformed_json", "something follows the first member of the gzip data")
    return text


def _cut_off() -> Problem:
    return Problem("malformed_http", "the body stopped before its end")


def _too_large(limit: int) -> Problem:
    return Problem(
        "payload_too_large", f"the body is over the limit of {limit} bytes, as sent or decompressed"
    )


_DECODERS = {"identity": _identity, "": _identity, "gzip": _gunzip, "x-gzip": _gunzip}
