"""GET /healthz and /readyz: what those who run the service ask."""

from flask import Blueprint, Response

from weighbridge.count import count
from weighbridge.limits import Limits
from weighbridge.web.answer import json_answer

_SMALLEST = b'{"inputs": {"x": {"shape": [1, 1]}}, "layers": [{"type": "Dense", "units": 1}]}'


def health_resource(limits: Limits) -> Blueprint:
    """Make the resource; ready is a service that counts."""
    resource = Blueprint("health", __name__)

    @resource.get("/healthz")
    def live() -> Response:
        return json_answer({"status": "ok"})

    @resource.get("/readyz")
    def ready() -> Response:
        count(_SMALLEST, limits=limits)
        return json_answer({"status": "ok"})

    return resource
