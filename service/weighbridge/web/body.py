"""The body of a request: of a media type that is taken, decompressed, and never over the limit."""

import zlib
from collections.abc import Callable

from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

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
    is_archive = request.mimetype in _ZIP
    if not (request.is_json or is_archive):
        raise _no_model(request.mimetype or "none")
    decode = _decoder(request)
    body = decode(_read(request, limit), limit)
    return read_archive(body, limit) if is_archive else body


def _no_model(got: str) -> Problem:
    return Problem(
        "unsupported_media_type",
        f"the body must be application/json or, for a .keras file, application/zip, got {got!r}",
        headers={"Accept": _TAKEN},
    )


def _read(request: Request, limit: int) -> bytes:
    """Read a body with or without Content-Length.

    Werkzeug cuts off a chunked body at the limit, and gunicorn ends one that falls short of its
    Content-Length, without a word: so one byte more may be read, and the length is looked at.
    """
    request.max_content_length = limit + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    except ParseException:
        raise Problem("malformed_http", "the chunks of the body are not framed well") from None
    except ClientDisconnected:
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
