"""JSON answers, made straight from bytes: `jsonify` costs more than most counts."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import msgspec
from flask import Response

from weighbridge.problems import Problem

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Whole(Response):
    """An answer whose headers and whose body are there, so that sending it leaves nothing to do."""

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "HEAD":
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        return cast(Iterable[bytes], self.response)


def json_answer(value: object) -> Response:
    """Answer 200 with `value` as JSON; bytes are JSON already."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return _Whole(body, content_type="application/json")


def problem_answer(problem: Problem, request_id: str) -> Response:
    """Answer with the problem's document, under its status and with its headers."""
    return Response(
        msgspec.json.encode(problem.document(request_id)),
        status=problem.status,
        headers=dict(problem.headers),
        mimetype="application/problem+json",
    )
