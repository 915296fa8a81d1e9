"""POST /v1/sweep and /v1/solve: a family of models in, its figures or its largest member out."""

from collections.abc import Callable

from flask import Blueprint, Response

from weighbridge.count import Options
from weighbridge.limits import Limits
from weighbridge.solve import solve
from weighbridge.sweep import sweep
from weighbridge.web.answer import json_answer
from weighbridge.web.body import read_model
from weighbridge.web.query import read_query
from weighbridge.web.request import current


def sweep_resource(limits: Limits) -> Blueprint:
    """Make the resources that sweep and solve within `limits`."""
    resource = Blueprint("sweep", __name__)

    @resource.post("/v1/sweep")
    def post_sweep() -> Response:
        return _answer(sweep, limits)

    @resource.post("/v1/solve")
    def post_solve() -> Response:
        return _answer(solve, limits)

    return resource


def _answer(ask: Callable[[bytes, Options, Limits], bytes], limits: Limits) -> Response:
    query = read_query(current(), ("format", "detail", "int64"))
    body = read_model(current(), limits.body_bytes)
    return json_answer(ask(body, Options(**query), limits))
