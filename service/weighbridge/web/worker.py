"""gunicorn's threaded worker, and what it lacks for callers that are many, slow or broken.

- Errors found before the application is reached (not HTTP, too long) are problem documents.
- A caller who stops sending or reading in the middle is dropped, and its thread is free again.
- Idle connections make room: with all `worker_connections` open and idle, gunicorn would take no
  new one until the first has been idle for `keepalive` seconds.
"""

import socket
import struct
from http import HTTPStatus
from typing import Any

import msgspec
from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from weighbridge.problems import Problem
from weighbridge.web.problems import INTERNAL_DETAIL
from weighbridge.web.request import ID_HEADER, request_id

PATIENCE = 20
"""Seconds that a caller may send or read nothing in the middle of a request."""


class Worker(ThreadWorker):
    """A worker process of the service."""

    def handle(self, conn: TConn) -> Any:
        """Serve a connection, with patience set where gunicorn leaves it alone: in the kernel."""
        patience = struct.pack("@ll", PATIENCE, 0)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
        return super().handle(conn)

    def murder_keepalived(self, *args: Any, **options: Any) -> None:
        """Close idle connections whose time is up, and the oldest where no new one could come in."""
        super().murder_keepalived(*args, **options)
        for idle in (self.pending_conns, self.keepalived_conns):
            while idle and self.nr_conns >= self.worker_connections:
                conn = idle.popleft()
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
