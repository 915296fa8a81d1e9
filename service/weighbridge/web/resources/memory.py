"""POST /v1/memory and GET /v1/optimizers: what a model needs of a device, and who trains it."""

from flask import Blueprint, Response
from msgspec import json

from weighbridge.limits import Limits
from weighbridge.memory.memory import memory
from weighbridge.memory.optimizers import OPTIMIZERS
from weighbridge.render.memory import memory_text
from weighbridge.web.answer import json_answer
from weighbridge.web.views import Views, viewed

_VIEWS: Views = {"text/plain": lambda answer, _: memory_text(json.decode(answer))}


def memory_resource(limits: Limits) -> Blueprint:
    """Make the resources that tell of memory within `limits`."""
    resource = Blueprint("memory", __name__)

    @resource.post("/v1/memory")
    def post() -> Response:
        return viewed(memory, limits, _VIEWS)

    @resource.get("/v1/optimizers")
    def show_optimizers() -> Response:
        documents = [optimizer.document() for optimizer in OPTIMIZERS.values()]
        return json_answer({"optimizers": documents})

    return resource
