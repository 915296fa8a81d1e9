"""JSON answers, made straight from bytes: `jsonify` costs more than most counts."""

import msgspec
from flask import Response

from weighbridge.problems import Problem


def json_answer(value: object) -> Response:
    """Answer 200 with `value` as JSON; bytes are JSON already."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return Response(body, mimetype="application/json")


def problem_answer(problem: Problem, request_id: str) -> Response:
    """Answer with the problem's document, under its status and with its headers."""
    return Response(
        msgspec.json.encode(problem.document(request_id)),
        status=problem.status,
        headers=dict(problem.headers),
        mimetype="application/problem+json",
    )
