"""POST /v1/check: a model and limits in, those that it breaks out."""

from flask import Blueprint, Response
from msgspec import json

from weighbridge.check import check
from weighbridge.limits import Limits
from weighbridge.render.check import check_text
from weighbridge.web.views import Views, viewed

_VIEWS: Views = {"text/plain": lambda answer, _: check_text(json.decode(answer))}


def check_resource(limits: Limits) -> Blueprint:
    """Make the resource that checks models within the `limits` of the service."""
    resource = Blueprint("check", __name__)

    @resource.post("/v1/check")
    def post() -> Response:
        return viewed(check, limits, _VIEWS)

    return resource
