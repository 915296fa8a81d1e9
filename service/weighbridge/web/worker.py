"""gunicorn's threaded worker, and what it lacks for callers that are many, slow or broken.

- Errors found before the application is reached (not HTTP, too long) are problem documents.
- A caller who stops sending or reading in the middle is dropped, and its thread is free again.
- There is always room for a new connection: gunicorn alone, with all `worker_connections` kept
  alive and idle or silent, would take no new one until their time is up.
"""

import contextlib
import socket
import struct
import time
from http import HTTPStatus
from typing import Any

import msgspec
from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers import gthread

from weighbridge.problems import Problem
from weighbridge.settings import Settings
from weighbridge.web.problems import INTERNAL_DETAIL
from weighbridge.web.request import ID_HEADER, request_id

# A new connection that says nothing yet holds a thread for so long, before the poller waits for it.
gthread.DEFAULT_WORKER_DATA_TIMEOUT = 1.0  # type: ignore[misc]  # no setting, alas

FAREWELL = 2
"""Seconds that a caller may take to hang up after the last answer."""


class Worker(gthread.ThreadWorker):
    """A worker process of the service."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.patience = struct.pack("@ll", Settings.from_environment().patience, 0)

    def handle(self, conn: gthread.TConn) -> Any:
        """Serve a connection, with patience set where gunicorn leaves it alone: in the kernel."""
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, self.patience)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, self.patience)
        keep = super().handle(conn)
        if not keep:
            _part(conn.sock)
        return keep

    def handle_request(self, req: Any, conn: gthread.TConn) -> Any:
        """Answer a request; one that came over the last free connection is told to close it."""
        if self.nr_conns >= self.worker_connections:
            req.force_close()
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Close silent connections whose time is up, and the oldest where no new one can come."""
        super().murder_pending()
        while self.pending_conns and self.nr_conns >= self.worker_connections:
            conn = self.pending_conns.popleft()
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer what never reached the application."""
        problem, name = _problem(exc), request_id()
        if problem.status < 500:
            self.log.warning("request %s: %s: %s", name, problem.code, exc)
        else:
            self.log.error("request %s failed before the application", name, exc_info=exc)
        try:
            util.write_nonblock(client, _answer(problem, name))
        except OSError:
            self.log.debug("request %s: the caller is gone", name)


def _part(sock: socket.socket) -> None:
    """Say that this was all, and let the caller hang up, so that the answer is not cut off.

    gunicorn does it in the loop that accepts connections: a caller who does not hang up holds it.
    """
    deadline = time.monotonic() + FAREWELL
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while (remaining := deadline - time.monotonic()) > 0:
            sock.settimeout(remaining)
            if not sock.recv(65536):
                break
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RD)  # after which gunicorn finds nothing more to wait for


def _problem(exc: BaseException) -> Problem:
    if isinstance(exc, LimitRequestLine):
        return Problem("uri_too_long", "the request line is longer than the service reads")
    if isinstance(exc, LimitRequestHeaders):
        return Problem("headers_too_large", "there are too many headers, or one is too long")
    if isinstance(exc, ParseException):
        return Problem("malformed_http", "the request line or a header is not HTTP/1.1")
    return Problem("internal", INTERNAL_DETAIL)


def _answer(problem: Problem, name: str) -> bytes:
    body = msgspec.json.encode(problem.document(name))
    head = (
        f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"{ID_HEADER}: {name}\r\n\r\n"
    )
    return head.encode() + body
