"""POST /v1/sweep and /v1/solve over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.service.families import perceptron

WIDTHS = perceptron(width=16)
SWEEP = {"model": WIDTHS, "over": {"width": [1, 2]}, "figures": ["parameters"]}
SOLVE = {"model": WIDTHS, "variable": "width", "range": [1, 99], "limits": {"parameters": 100}}


def test_a_sweep_answers_columns(web: FlaskClient) -> None:
    answer = web.post("/v1/sweep", json=SWEEP)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    # 13 w + 4 parameters for a width of w.
    assert answer.json == {
        "points": 2,
        "over": {"width": [1, 2]},
        "parameters": [17, 30],
        "errors": [],
        "warnings": [],
    }


def test_solving_answers_the_largest_value(web: FlaskClient) -> None:
    answer = web.post("/v1/solve", json=SOLVE)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["value"] == 7  # 13 x 7 + 4 = 95


@pytest.mark.parametrize(("path", "body"), [("/v1/sweep", SWEEP), ("/v1/solve", SOLVE)])
def test_the_options_of_every_model_are_taken(
    web: FlaskClient, path: str, body: dict[str, Any]
) -> None:
    answer = web.post(f"{path}?format=native&detail=totals&int64=string", json=body)
    assert answer.status_code == 200
    assert b'"1' in answer.data
    refused = web.post(f"{path}?format=native", json={**body, "format": "keras"})
    assert refused.status_code == 422
    unknown = web.post(f"{path}?format=nativ", json=body)
    assert unknown.json is not None
    assert unknown.json["code"] == "unknown_format"


@pytest.mark.parametrize(("path", "body"), [("/v1/sweep", SWEEP), ("/v1/solve", SOLVE)])
@pytest.mark.parametrize("query", ["detail=all", "int64=float", "over=width"])
def test_options_that_cannot_be_are_refused(
    web: FlaskClient, path: str, body: dict[str, Any], query: str
) -> None:
    answer = web.post(f"{path}?{query}", json=body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "invalid_request"


def test_where_nothing_fits_it_is_no_solution(web: FlaskClient) -> None:
    answer = web.post("/v1/solve", json={**SOLVE, "limits": {"parameters": 1}})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "no_solution"
    assert answer.json["errors"][0]["pointer"] == "/limits"
