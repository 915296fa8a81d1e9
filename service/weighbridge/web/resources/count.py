"""POST /v1/count: a model in, its report out."""

from collections.abc import Mapping

from flask import Blueprint, Response

from weighbridge.count import count
from weighbridge.limits import Limits
from weighbridge.problems import Fault, Problem
from weighbridge.render.arrangement import Arrangement
from weighbridge.render.csv import csv
from weighbridge.render.text import table
from weighbridge.report import decode
from weighbridge.web.views import Views, viewed


def count_resource(limits: Limits) -> Blueprint:
    """Make the resource that counts within `limits`."""
    resource = Blueprint("count", __name__)

    @resource.post("/v1/count")
    def post() -> Response:
        return viewed(count, limits, _VIEWS, ("columns", "sort", "top"))

    return resource


def _text(report: bytes, query: Mapping[str, str]) -> str:
    return table(decode(report), arrangement=_arrangement(query))


def _csv(report: bytes, query: Mapping[str, str]) -> str:
    if "columns" in query:
        raise _invalid("query parameter 'columns' is for text/plain: text/csv has all of them")
    return csv(_arrangement(query).rows(decode(report)))


def _arrangement(query: Mapping[str, str]) -> Arrangement:
    try:
        return Arrangement.read(**query)
    except ValueError as error:
        raise _invalid(f"query parameter {error}") from None


def _invalid(detail: str) -> Problem:
    return Problem("invalid_request", detail, [Fault("", "invalid_request", detail)])


_VIEWS: Views = {"text/plain": _text, "text/csv": _csv}
