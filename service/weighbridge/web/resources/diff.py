"""POST /v1/diff: two models in, what differs between them out."""

from flask import Blueprint, Response

from weighbridge.diff import diff
from weighbridge.difference import decode
from weighbridge.limits import Limits
from weighbridge.render.diff import diff_text
from weighbridge.web.views import Views, viewed

_VIEWS: Views = {"text/plain": lambda answer, _: diff_text(decode(answer))}


def diff_resource(limits: Limits) -> Blueprint:
    """Make the resource that compares models within `limits`."""
    resource = Blueprint("diff", __name__)

    @resource.post("/v1/diff")
    def post() -> Response:
        return viewed(diff, limits, _VIEWS)

    return resource
