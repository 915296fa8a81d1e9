"""POST /v1/count: a model in, its report out."""

from collections.abc import Callable

from flask import Blueprint, Response

from weighbridge.count import Options, count
from weighbridge.limits import Limits
from weighbridge.problems import Problem
from weighbridge.render.csv import csv
from weighbridge.render.text import table
from weighbridge.report import Report, decode
from weighbridge.web.answer import json_answer
from weighbridge.web.body import read_model
from weighbridge.web.query import read_query
from weighbridge.web.request import Request, current

_VIEWS: dict[str, Callable[[Report], str]] = {"text/plain": table, "text/csv": csv}
_SERVED = ("application/json", *_VIEWS)


def count_resource(limits: Limits) -> Blueprint:
    """Make the resource that counts within `limits`."""
    resource = Blueprint("count", __name__)

    @resource.post("/v1/count")
    def post() -> Response:
        request = current()
        served = _negotiate(request)
        query = read_query(request, ("format", "detail", "int64"))
        body = read_model(request, limits.body_bytes)
        if served == "application/json":
            return json_answer(count(body, Options(**query), limits))
        return _view(served, body, query, limits)

    return resource


def _view(served: str, body: bytes, query: dict[str, str], limits: Limits) -> Response:
    """Show the report as text. `int64=string` is for readers of JSON: a view prints digits."""
    if query.get("int64") == "string":
        del query["int64"]
    report = decode(count(body, Options(**query), limits))
    return Response(_VIEWS[served](report), mimetype=served)


def _negotiate(request: Request) -> str:
    accepted = request.headers.get("Accept", "*/*")
    if accepted in ("*/*", "application/json"):  # what nearly all clients send
        return "application/json"
    served = request.accept_mimetypes.best_match(_SERVED)
    if served is None:
        raise Problem("not_acceptable", f"what can be served is {', '.join(_SERVED)}")
    return served
