"""Every error, wherever it comes from, becomes one problem document."""

from collections.abc import Callable

from flask import Flask, Response, current_app
from werkzeug.exceptions import HTTPException

from weighbridge.problems import PROBLEMS, Problem
from weighbridge.web.answer import problem_answer
from weighbridge.web.request import current

INTERNAL_DETAIL = "something went wrong here; the log has it under this request's id"

_CODES = {
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "payload_too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    429: "rate_limited",
    431: "headers_too_large",
    503: "overloaded",
}


def register_problems(app: Flask) -> None:
    """Make `app` answer every exception with a problem document."""
    app.register_error_handler(Problem, _of_problem)
    app.register_error_handler(HTTPException, _of_http_exception)
    app.register_error_handler(Exception, _of_exception)


def _of_problem(problem: Problem) -> Response:
    return problem_answer(problem, current().id)


def _of_http_exception(error: HTTPException) -> Response:
    """Keep the headers that came with the error (405 its `Allow`, 429 its `Retry-After`)."""
    status = error.code or 500
    code = _CODES.get(status, "internal" if status >= 500 else "malformed_http")
    answer = _of_problem(Problem(code, _DETAILS.get(code, _meaning)(code)))
    for name, value in error.get_response().headers:
        if name not in answer.headers:
            answer.headers.add(name, value)
    return answer


def _of_exception(error: Exception) -> Response:
    """Tell the log what happened, and the caller only that something did."""
    request = current()
    current_app.logger.error(
        "request %s: %s %r failed", request.id, request.method, request.path, exc_info=error
    )
    return _of_problem(Problem("internal", INTERNAL_DETAIL))


def _meaning(code: str) -> str:
    return PROBLEMS[code].meaning


def _nothing_there(_code: str) -> str:
    return f"there is nothing under {current().path!r}"


def _method(_code: str) -> str:
    return f"{current().path!r} does not take {current().method}"


_DETAILS: dict[str, Callable[[str], str]] = {
    "not_found": _nothing_there,
    "method_not_allowed": _method,
    "internal": lambda _code: INTERNAL_DETAIL,
}
