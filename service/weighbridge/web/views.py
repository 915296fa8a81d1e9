"""A resource's answer as JSON, or as one of the views that it has for people and spreadsheets."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from flask import Response

from weighbridge.limits import Limits
from weighbridge.options import NO_OPTIONS, Options
from weighbridge.problems import Fault, Problem
from weighbridge.web.answer import json_answer
from weighbridge.web.body import read_model
from weighbridge.web.query import read_query
from weighbridge.web.request import Request, current

Views = Mapping[str, Callable[[bytes, Mapping[str, str]], str]]
"""What makes a text of the answer's JSON and of the query's `parameters`, by media type."""

_JSON = "application/json"


def viewed(
    ask: Callable[[bytes, Options, Limits], bytes],
    limits: Limits,
    views: Views = MappingProxyType({}),
    parameters: Sequence[str] = (),
) -> Response:
    """Ask what the request's body asks, and answer in what its caller accepts. Raises Problem.

    `parameters` are those of the query that only the views know.
    """
    request = current()
    served = _negotiate(request, views)
    query = read_query(request, ("format", "detail", "int64", *parameters))
    shown = {name: query.pop(name) for name in parameters if name in query}
    body = read_model(request, limits.body_bytes)
    if served == _JSON:
        if shown:
            raise _needless(shown, views)
        return json_answer(ask(body, Options(**query) if query else NO_OPTIONS, limits))
    # `int64=string` is for readers of JSON: a view prints digits.
    if query.get("int64") == "string":
        del query["int64"]
    return Response(views[served](ask(body, Options(**query), limits), shown), mimetype=served)


def _needless(shown: Mapping[str, str], views: Views) -> Problem:
    return Problem.of(
        Fault("", "invalid_request", f"query parameter '{name}' is for {' and '.join(views)}")
        for name in shown
    )


def _negotiate(request: Request, views: Views) -> str:
    accepted = request.environ.get("HTTP_ACCEPT", "*/*")
    if accepted in ("*/*", _JSON):  # what nearly all clients send
        return _JSON
    can_be = (_JSON, *views)
    served = request.accept_mimetypes.best_match(can_be)
    if served is None:
        raise Problem("not_acceptable", f"what can be served is {', '.join(can_be)}")
    return served
