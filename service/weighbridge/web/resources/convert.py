"""POST /v1/convert: a document of any format in, the native one out."""

from flask import Blueprint, Response

from weighbridge.convert import convert
from weighbridge.limits import Limits
from weighbridge.web.views import viewed


def convert_resource(limits: Limits) -> Blueprint:
    """Make the resource that converts within `limits`."""
    resource = Blueprint("convert", __name__)

    @resource.post("/v1/convert")
    def post() -> Response:
        return viewed(convert, limits)

    return resource
