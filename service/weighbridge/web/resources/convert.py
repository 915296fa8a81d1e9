"""POST /v1/convert: a document of any format in, the native one out."""

from flask import Blueprint, Response

from weighbridge.convert import convert
from weighbridge.count import Options
from weighbridge.limits import Limits
from weighbridge.web.answer import json_answer
from weighbridge.web.body import read_model
from weighbridge.web.query import read_query
from weighbridge.web.request import current


def convert_resource(limits: Limits) -> Blueprint:
    """Make the resource that converts within `limits`."""
    resource = Blueprint("convert", __name__)

    @resource.post("/v1/convert")
    def post() -> Response:
        query = read_query(current(), ("format", "int64"))
        body = read_model(current(), limits.body_bytes)
        return json_answer(convert(body, Options(**query), limits))

    return resource
