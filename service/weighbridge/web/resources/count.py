"""POST /v1/count: a model in, its report out."""

from flask import Blueprint, Response

from weighbridge.count import count
from weighbridge.limits import Limits
from weighbridge.render.csv import csv
from weighbridge.render.text import table
from weighbridge.report import decode
from weighbridge.web.views import Views, viewed

_VIEWS: Views = {
    "text/plain": lambda report: table(decode(report)),
    "text/csv": lambda report: csv(decode(report).layers),
}


def count_resource(limits: Limits) -> Blueprint:
    """Make the resource that counts within `limits`."""
    resource = Blueprint("count", __name__)

    @resource.post("/v1/count")
    def post() -> Response:
        return viewed(count, limits, _VIEWS)

    return resource
