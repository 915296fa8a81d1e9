"""GET /version: what runs here, and the limits in force."""

import platform
from dataclasses import asdict
from importlib.metadata import version

from flask import Blueprint, Response

from weighbridge.core.native import library_version
from weighbridge.limits import Limits
from weighbridge.web.answer import json_answer


def version_resource(limits: Limits) -> Blueprint:
    """Make the resource that shows `limits`."""
    resource = Blueprint("version", __name__)
    known = {
        "weighbridge": version("weighbridge"),
        "libweighbridge": library_version(),
        "python": platform.python_version(),
        "limits": asdict(limits),
    }

    @resource.get("/version")
    def show() -> Response:
        return json_answer(known)

    return resource
