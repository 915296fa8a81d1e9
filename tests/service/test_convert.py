"""A converted document counts the same, row by row."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from weighbridge.convert import convert
from weighbridge.count import count
from weighbridge.options import Options

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))


def weighed(document: bytes) -> Any:
    return json.loads(count(document, Options(detail="weights")))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_native_document_stays_what_it_is(path: Path) -> None:
    converted = json.loads(convert(path.read_bytes()))["model"]
    assert weighed(json.dumps(converted).encode()) == weighed(path.read_bytes())


def test_what_is_bound_stands_in_the_document() -> None:
    model = {
        "inputs": {"tokens": {"shape": ["batch", "seq"], "dtype": "int32"}},
        "variables": {"width": 8, "wide": "4 * width"},
        "layers": [
            {"type": "Embedding", "input_dim": 100, "output_dim": "width"},
            {"type": "Dense", "units": "wide"},
        ],
    }
    body = json.dumps({"model": model, "bindings": {"seq": 12, "width": 16}}).encode()
    converted = json.loads(convert(body))["model"]
    assert converted["inputs"]["tokens"]["shape"] == ["batch", 12]
    assert converted["variables"] == {"width": 16, "wide": "4 * width"}
    # 100 x 16, then 16 x 64 + 64
    assert weighed(json.dumps(converted).encode())["totals"]["parameters"] == 1600 + 1088


def test_it_is_there_over_http(web: FlaskClient) -> None:
    model = {"inputs": {"x": {"shape": [2, 3]}}, "layers": [{"type": "Dense", "units": 4}]}
    answer = web.post("/v1/convert", json=model)
    assert answer.status_code == 200
    assert answer.get_json()["model"]["layers"] == [{"type": "Dense", "units": 4}]
