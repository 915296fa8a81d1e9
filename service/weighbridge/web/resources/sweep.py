"""POST /v1/sweep and /v1/solve: a family of models in, its figures or its largest member out."""

from flask import Blueprint, Response

from weighbridge.limits import Limits
from weighbridge.solve import solve
from weighbridge.sweep import sweep
from weighbridge.web.views import viewed


def sweep_resource(limits: Limits) -> Blueprint:
    """Make the resources that sweep and solve within `limits`."""
    resource = Blueprint("sweep", __name__)

    @resource.post("/v1/sweep")
    def post_sweep() -> Response:
        return viewed(sweep, limits)

    @resource.post("/v1/solve")
    def post_solve() -> Response:
        return viewed(solve, limits)

    return resource
