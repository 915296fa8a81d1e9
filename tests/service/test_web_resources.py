"""The resources, asked through the application."""

import gzip
import json
import platform

import pytest
from flask.testing import FlaskClient

from weighbridge.problems import PROBLEMS

# A dense layer of 2 units on 3 features: 3 x 2 weights and 2 biases.
MODEL = {"inputs": {"x": {"shape": ["batch", 3]}}, "layers": [{"type": "Dense", "units": 2}]}
PARAMETERS = 8


def test_count_answers_with_the_report(web: FlaskClient) -> None:
    answer = web.post("/v1/count", json=MODEL)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.get_json()["totals"]["parameters"] == PARAMETERS


@pytest.mark.parametrize(
    "content_type",
    ["application/json; charset=utf-8", "application/vnd.keras+json", "APPLICATION/JSON"],
)
def test_count_takes_every_json(web: FlaskClient, content_type: str) -> None:
    answer = web.post("/v1/count", data=json.dumps(MODEL), content_type=content_type)
    assert answer.status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_count_takes_a_compressed_body(web: FlaskClient, encoding: str) -> None:
    answer = web.post(
        "/v1/count",
        data=gzip.compress(json.dumps(MODEL).encode()),
        headers={"Content-Type": "application/json", "Content-Encoding": encoding},
    )
    assert answer.get_json()["totals"]["parameters"] == PARAMETERS


@pytest.mark.parametrize(
    ("accept", "served"),
    [
        ("*/*", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
        ("text/plain", "text/plain"),
        ("text/*", "text/plain"),
        ("text/csv", "text/csv"),
        ("text/plain;q=0.5, text/csv", "text/csv"),
        ("application/json;q=0, */*", "text/plain"),
    ],
)
def test_count_serves_what_is_accepted(web: FlaskClient, accept: str, served: str) -> None:
    answer = web.post("/v1/count", json=MODEL, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.mimetype == served


def test_int64_as_strings_is_for_json_and_leaves_the_table_alone(web: FlaskClient) -> None:
    path = "/v1/count?int64=string"
    assert web.post(path, json=MODEL).get_json()["totals"]["parameters"] == str(PARAMETERS)
    table = web.post(path, json=MODEL, headers={"Accept": "text/plain"})
    assert "Layer (type)" in table.text


def test_the_table_has_columns_and_an_order_on_request(web: FlaskClient) -> None:
    accept = {"Accept": "text/plain"}
    table = web.post("/v1/count?columns=macs,macs_share", json=MODEL, headers=accept).text
    assert "MACs  % of MACs  Connected to" in table
    table = web.post("/v1/count?sort=parameters&top=1", json=MODEL, headers=accept).text
    assert "1 of 1 layers, with their repeats: 100.0% of 8 parameters" in table
    rows = web.post("/v1/count?sort=macs", json=MODEL, headers={"Accept": "text/csv"})
    assert rows.text.splitlines()[1].startswith("dense,Dense,")


@pytest.mark.parametrize(
    ("query", "accept", "detail"),
    [
        ("sort=macs", "application/json", "'sort' is for text/plain and text/csv"),
        ("columns=macs", "text/csv", "'columns' is for text/plain"),
        ("columns=mac", "text/plain", "'columns': there is no 'mac', but trainable,"),
        ("sort=flops", "text/plain", "'sort': there is no 'flops', but parameters,"),
        ("top=3", "text/plain", "'top' needs 'sort'"),
        ("sort=macs&top=0", "text/csv", "'top' must be a number from 1 on, got '0'"),
        ("sort=macs&sort=macs", "text/plain", "'sort' is given 2 times"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(
    web: FlaskClient, query: str, accept: str, detail: str
) -> None:
    answer = web.post(f"/v1/count?{query}", json=MODEL, headers={"Accept": accept})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")
    assert detail in answer.get_json()["detail"]


def test_detail_comes_from_the_query(web: FlaskClient) -> None:
    assert "layers" not in web.post("/v1/count?detail=totals", json=MODEL).get_json()


def test_a_slash_at_the_end_makes_no_difference(web: FlaskClient) -> None:
    assert web.post("/v1/count/", json=MODEL).status_code == 200
    assert web.get("/problems/").status_code == 200


def test_layers_lists_the_vocabulary(web: FlaskClient) -> None:
    listed = web.get("/v1/layers").get_json()["layers"]
    assert {"type", "summary", "category"} <= listed[0].keys()
    assert "Dense" in {layer["type"] for layer in listed}


def test_a_layer_tells_all_about_itself(web: FlaskClient) -> None:
    told = web.get("/v1/layers/Dense").get_json()
    assert told["type"] == "Dense"
    assert {"summary", "category", "attributes", "schema", "weights", "formula"} <= told.keys()


def test_an_unknown_layer_is_answered_with_the_nearest(web: FlaskClient) -> None:
    assert "Dense" in web.get("/v1/layers/Danse").get_json()["detail"]


def test_formats_are_listed_by_the_names_that_count_takes(web: FlaskClient) -> None:
    names = [known["name"] for known in web.get("/v1/formats").get_json()["formats"]]
    assert "native" in names
    assert web.post("/v1/count?format=native", json=MODEL).status_code == 200


def test_problems_are_explained(web: FlaskClient) -> None:
    listed = web.get("/problems").get_json()["problems"]
    assert [kind["code"] for kind in listed] == list(PROBLEMS)
    assert web.get("/problems/overflow").get_json() in listed


def test_version_shows_versions_and_limits(web: FlaskClient) -> None:
    shown = web.get("/version").get_json()
    assert shown["python"] == platform.python_version()
    assert shown["weighbridge"] == shown["libweighbridge"]
    assert shown["limits"]["body_bytes"] == 32 * 2**20


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_healthy_service_says_so(web: FlaskClient, path: str) -> None:
    assert web.get(path).get_json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/v1/layers", "/healthz", "/nowhere"])
def test_head_is_get_without_the_body(web: FlaskClient, path: str) -> None:
    got, head = web.get(path), web.head(path)
    assert head.status_code == got.status_code
    assert head.data == b""
    assert head.content_length == got.content_length


def test_options_lists_the_methods(web: FlaskClient) -> None:
    answer = web.options("/v1/layers")
    assert answer.status_code == 200
    assert set(answer.allow) == {"GET", "HEAD", "OPTIONS"}
