"""POST /v1/memory and GET /v1/optimizers: what a model needs of a device, and who trains it."""

from flask import Blueprint, Response

from weighbridge.count import Options
from weighbridge.limits import Limits
from weighbridge.memory.memory import memory
from weighbridge.memory.optimizers import OPTIMIZERS
from weighbridge.web.answer import json_answer
from weighbridge.web.body import read_model
from weighbridge.web.query import read_query
from weighbridge.web.request import current


def memory_resource(limits: Limits) -> Blueprint:
    """Make the resources that tell of memory within `limits`."""
    resource = Blueprint("memory", __name__)

    @resource.post("/v1/memory")
    def post() -> Response:
        query = read_query(current(), ("format", "detail", "int64"))
        body = read_model(current(), limits.body_bytes)
        return json_answer(memory(body, Options(**query), limits))

    @resource.get("/v1/optimizers")
    def show_optimizers() -> Response:
        documents = [optimizer.document() for optimizer in OPTIMIZERS.values()]
        return json_answer({"optimizers": documents})

    return resource
