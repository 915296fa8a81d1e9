"""GET /v1/layers: the vocabulary, and each type of it."""

from flask import Blueprint, Response

from weighbridge.problems import Problem
from weighbridge.vocabulary import catalogue, describe, nearest
from weighbridge.web.answer import json_answer

layers = Blueprint("layers", __name__)


@layers.get("/v1/layers")
def show_all() -> Response:
    """List all types with a sentence each."""
    return json_answer({"layers": catalogue()})


@layers.get("/v1/layers/<type_name>")
def show(type_name: str) -> Response:
    """Tell all about one type: attributes, schema, weights, formula."""
    try:
        return json_answer(describe(type_name))
    except KeyError:
        raise Problem("not_found", _unknown(type_name)) from None


def _unknown(type_name: str) -> str:
    unknown = f"there is no layer type {type_name!r}"
    near = nearest(type_name)
    return f"{unknown}; the nearest are {', '.join(near)}" if near else unknown
