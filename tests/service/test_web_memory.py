"""POST /v1/memory and GET /v1/optimizers over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

DENSE = {
    "inputs": {"x": {"shape": ["batch", 3]}},
    "layers": [{"type": "Dense", "units": 5}],
}
TRAIN = {"model": DENSE, "training": {"optimizer": "sgd"}}


def test_memory_answers_bytes_and_how_they_are_computed(web: FlaskClient) -> None:
    answer = web.post("/v1/memory", json=TRAIN)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json is not None
    assert answer.json["per_device"]["weights"] == 80
    assert answer.json["formulas"]["weights"] == "20 float32 parameters x 4 bytes = 80"


def test_integers_are_strings_where_they_are_asked_to_be(web: FlaskClient) -> None:
    answer = web.post("/v1/memory?int64=string&format=native", json=TRAIN)
    assert answer.json is not None
    assert answer.json["per_device"]["weights"] == "80"
    assert answer.json["devices"] == "1"


@pytest.mark.parametrize("query", ["optimizer=adam", "int64=float"])
def test_options_that_cannot_be_are_refused(web: FlaskClient, query: str) -> None:
    answer = web.post(f"/v1/memory?{query}", json=TRAIN)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "invalid_request"


def test_a_bare_document_says_no_plan(web: FlaskClient) -> None:
    answer = web.post("/v1/memory", json=DENSE)
    assert answer.status_code == 422
    problem: Any = answer.json
    assert problem["code"] == "invalid_request"
    assert "in an envelope, beside `model`" in problem["detail"]


def test_every_optimizer_is_listed_with_its_source(web: FlaskClient) -> None:
    answer = web.get("/v1/optimizers")
    assert answer.json is not None
    values = {entry["name"]: entry["values_per_parameter"] for entry in answer.json["optimizers"]}
    assert values == {
        "sgd": 0, "momentum": 1, "rmsprop": 1, "adagrad": 1, "adam": 2, "adamw": 2,
        "adafactor": None, "lion": 1, "adam8bit": 2,
    }  # fmt: skip
    assert all(entry["source"] and entry["summary"] for entry in answer.json["optimizers"])
