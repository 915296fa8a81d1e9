"""GET /v1/formats: what documents can be read."""

from flask import Blueprint, Response

from weighbridge.formats import READERS
from weighbridge.web.answer import json_answer

formats = Blueprint("formats", __name__)


@formats.get("/v1/formats")
def show_all() -> Response:
    """List the formats by the names that `format` takes."""
    return json_answer({"formats": [{"name": name} for name in READERS]})
