"""The request with what every answer needs of it: its id and when it began."""

import os
import re
import time
from typing import Any, cast

import flask

ID_HEADER = "X-Request-ID"

_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id(offered: str | None = None) -> str:
    """Return the id that a caller offered where it is safe in headers and logs, else a new one."""
    if offered is not None and _ID.fullmatch(offered):
        return offered
    return os.urandom(16).hex()


class Request(flask.Request):
    """Flask's request, begun at `started` (seconds of `time.perf_counter`).

    Its `id` is that in `X-Request-ID`, in problems and in the log.
    """

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        super().__init__(environ, **options)
        self.started = time.perf_counter()
        self.id = request_id(environ.get("HTTP_X_REQUEST_ID"))


def current() -> Request:
    """Return the request that this thread is answering, itself: each use of Flask's proxy costs."""
    return cast(Request, cast(Any, flask.request)._get_current_object())
