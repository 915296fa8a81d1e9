"""GET /problems: what the `type` of a problem document points to."""

from flask import Blueprint, Response

from weighbridge.problems import PROBLEMS, Problem
from weighbridge.web.answer import json_answer

problems = Blueprint("problems", __name__)


@problems.get("/problems")
def show_all() -> Response:
    """List every kind of problem."""
    return json_answer({"problems": [kind.document() for kind in PROBLEMS.values()]})


@problems.get("/problems/<code>")
def show(code: str) -> Response:
    """Tell of one kind: title, status, meaning."""
    try:
        return json_answer(PROBLEMS[code].document())
    except KeyError:
        raise Problem("not_found", f"there is no problem {code!r}") from None
