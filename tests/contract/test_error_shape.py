"""Every error has the same shape, wherever it comes from: the application or gunicorn."""

import gzip
import logging
import re
import socket
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

import msgspec
import pytest
import requests
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from weighbridge.problems import PROBLEMS
from weighbridge.settings import Settings
from weighbridge.web.app import create_app

ALWAYS = {"type", "title", "status", "code", "detail", "request_id"}
JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
MIB = 2**20


def assert_problem(
    status: int, headers: Mapping[str, str] | Headers, body: bytes, code: str
) -> dict[str, Any]:
    """Check an answer against the shape and return its document."""
    assert headers["Content-Type"] == "application/problem+json"
    document = msgspec.json.decode(body, type=dict[str, Any])
    assert document["code"] == code
    assert document["status"] == status == PROBLEMS[code].status
    assert document["type"] == f"/problems/{code}"
    assert document["title"] == PROBLEMS[code].title
    assert document["detail"]
    assert document["request_id"] == headers["X-Request-ID"]
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,128}", document["request_id"])
    assert document.keys() == ALWAYS | ({"errors"} if status == 422 else set())
    for fault in document.get("errors", ()):
        assert (
            {"pointer", "code", "detail"} <= fault.keys() <= {"pointer", "code", "detail", "layer"}
        )
        assert fault["code"] in PROBLEMS
    return document


@dataclass
class Origin:
    """A request that goes wrong, and the code of the problem that it must get."""

    code: str
    method: str = "POST"
    path: str = "/v1/count"
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    body: bytes = b"{}"


ORIGINS = {
    "no such address": Origin("not_found", "GET", "/v2/count"),
    "no such layer type": Origin("not_found", "GET", "/v1/layers/Danse"),
    "no such problem": Origin("not_found", "GET", "/problems/bad_weather"),
    "wrong method": Origin("method_not_allowed", "GET"),
    "method that nobody knows": Origin("method_not_allowed", "BREW"),
    "nothing acceptable": Origin("not_acceptable", headers=JSON | {"Accept": "image/png"}),
    "no media type": Origin("unsupported_media_type", headers={}),
    "media type of a form": Origin(
        "unsupported_media_type", headers={"Content-Type": "application/x-www-form-urlencoded"}
    ),
    "unknown content encoding": Origin(
        "unsupported_media_type", headers=JSON | {"Content-Encoding": "br"}
    ),
    "body over the limit": Origin("payload_too_large", body=b" " * (32 * MIB + 1)),
    "body over the limit once decompressed": Origin(
        "payload_too_large", headers=GZIP, body=gzip.compress(b" " * (100 * MIB))
    ),
    "gzip that is none": Origin("malformed_json", headers=GZIP, body=b"{}"),
    "gzip cut off": Origin("malformed_json", headers=GZIP, body=gzip.compress(b"{}")[:-4]),
    "gzip with more behind it": Origin(
        "malformed_json", headers=GZIP, body=gzip.compress(b"{}") + gzip.compress(b"")
    ),
    "empty body": Origin("malformed_json", body=b""),
    "body that is not JSON": Origin("malformed_json", body=b'{"layers": ['),
    "body that is not UTF-8": Origin("malformed_json", body=b'{"name": "\xff"}'),
    "body that is no object": Origin("invalid_request", body=b"[]"),
    "query parameter that is not known": Origin("invalid_request", path="/v1/count?depth=2"),
    "query parameter given twice": Origin(
        "invalid_request", path="/v1/count?detail=totals&detail=layers"
    ),
    "query parameter out of range": Origin("invalid_request", path="/v1/count?detail=everything"),
    "model without layers": Origin("invalid_model", body=b'{"layers": []}'),
    "unknown layer": Origin(
        "unknown_layer",
        body=b'{"inputs": {"x": {"shape": [1, 2]}}, "layers": [{"type": "Danse", "units": 1}]}',
    ),
    "unknown format": Origin("unknown_format", path="/v1/count?format=word"),
}


@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
def test_an_error_of_the_application_is_a_problem(origin: Origin, service_url: str) -> None:
    answer = requests.request(
        origin.method,
        service_url + origin.path,
        headers=origin.headers,
        data=origin.body if origin.method == "POST" else None,
        timeout=30,
    )
    document = assert_problem(answer.status_code, answer.headers, answer.content, origin.code)
    explained = requests.get(service_url + document["type"], timeout=30).json()
    assert explained["title"] == document["title"]


HEAD = (
    b"POST /v1/count HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

BROKEN = {
    "not HTTP": ("malformed_http", b"\x16\x03\x01\x02\x00\r\n\r\n"),
    "method in small letters": ("malformed_http", b"get / HTTP/1.1\r\nHost: x\r\n\r\n"),
    "HTTP of the future": ("malformed_http", b"GET / HTTP/9.9\r\nHost: x\r\n\r\n"),
    "header that is none": ("malformed_http", b"GET / HTTP/1.1\r\nHost\r\n\r\n"),
    "two lengths": (
        "malformed_http",
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ),
    "negative length": ("malformed_http", HEAD + b"Content-Length: -1\r\n\r\n"),
    "body that stops": ("malformed_http", HEAD + b"Content-Length: 100\r\n\r\n{}"),
    "chunk without a size": ("malformed_http", CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
    "chunk that stops": ("malformed_http", CHUNKED + b"ff\r\n{}"),
    "trailer that is none": ("malformed_http", CHUNKED + b"2\r\n{}\r\n0\r\nNo trailer\r\n\r\n"),
    "chunks over the limit": (
        "payload_too_large",
        CHUNKED + (b"100000\r\n" + b" " * MIB + b"\r\n") * 33 + b"0\r\n\r\n",
    ),
    "request line too long": ("uri_too_long", b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n"),
    "header too long": (
        "headers_too_large",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
    ),
    "too many headers": (
        "headers_too_large",
        b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * 100 + b"\r\n",
    ),
}


@pytest.mark.parametrize(("code", "request_bytes"), BROKEN.values(), ids=BROKEN)
def test_an_error_of_the_transport_is_a_problem(
    code: str, request_bytes: bytes, service_url: str
) -> None:
    status, headers, body = _send(service_url, request_bytes)
    assert_problem(status, headers, body, code)


def _send(service_url: str, request_bytes: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send bytes that no HTTP client would, and read the answer until the service closes."""
    place = urllib.parse.urlsplit(service_url)
    with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
        connection.sendall(request_bytes)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status_line, _, fields = head.partition(b"\r\n")
    return int(status_line.split()[1]), dict(message_from_bytes(fields).items()), body


@pytest.mark.parametrize("error", [RuntimeError, KeyError, MemoryError, RecursionError])
def test_a_crash_is_a_problem_that_keeps_its_secret(
    error: type[Exception],
    web: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("weighbridge.web.resources.count.count", _raising(error("the secret")))
    with caplog.at_level(logging.ERROR):
        answer = web.post("/v1/count", json={})
    document = assert_problem(answer.status_code, answer.headers, answer.data, "internal")
    assert "secret" not in answer.text
    assert document["request_id"] in caplog.text
    assert "the secret" in caplog.text


def _raising(error: Exception) -> Callable[..., bytes]:
    def count(*_arguments: object, **_options: object) -> bytes:
        raise error

    return count


def test_a_missing_token_is_a_problem() -> None:
    web = create_app(Settings(tokens=("right",))).test_client()
    answer = web.get("/version")
    assert_problem(answer.status_code, answer.headers, answer.data, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="weighbridge"'


def test_405_says_what_is_allowed(web: FlaskClient) -> None:
    assert set(web.get("/v1/count").allow) == {"OPTIONS", "POST"}


def test_415_says_what_is_accepted(web: FlaskClient) -> None:
    accepted = web.post("/v1/count", data="{}").headers["Accept"]
    assert accepted == "application/json, application/zip"
    encoded = web.post("/v1/count", data="{}", headers=JSON | {"Content-Encoding": "br"})
    assert encoded.headers["Accept-Encoding"] == "gzip"


def test_a_code_is_a_word_and_its_status_an_error() -> None:
    for code, kind in PROBLEMS.items():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
        assert 400 <= kind.status < 600
