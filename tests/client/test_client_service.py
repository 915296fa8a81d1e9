"""The client against a real service: gunicorn on a real port."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from weighbridge_client import Client, InvalidModel

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def client(service_url: str) -> Iterator[Client]:
    with Client(service_url) as client:
        yield client


def test_a_file_is_weighed(client: Client) -> None:
    report = client.count(EXAMPLES / "lenet5.json")
    assert report.totals.parameters == 62_958  # LeNet-5 as examples/README.md sums it up
    assert [row.parameters for row in report.layers] == [608, 0, 3216, 0, 0, 48_120, 10_164, 850]


def test_text_and_dict_are_weighed_alike(client: Client) -> None:
    text = (EXAMPLES / "mnist.json").read_text()
    assert client.count(text) == client.count(json.loads(text))


def test_a_bound_dimension_makes_the_costs_known(client: Client) -> None:
    model = EXAMPLES / "llama-3.1-405b.json"
    assert client.count(model).totals.macs is None
    assert client.count(model, bindings={"seq": 8192}).totals.macs is not None


def test_counts_come_exactly_whatever_their_size(client: Client) -> None:
    layers = [{"type": "Dense", "units": 3_000_000_000}]
    model = {"inputs": {"x": {"shape": ["batch", 3_000_000_000]}}, "layers": layers}
    # 3e9 * 3e9 + 3e9, past 2^53
    assert client.count(model).totals.parameters == 9_000_000_003_000_000_000


def test_what_is_wrong_with_a_model_is_told_with_its_place(client: Client) -> None:
    model = {"inputs": {"x": {"shape": ["batch", 4]}}, "layers": [{"type": "Dense", "units": 0}]}
    with pytest.raises(InvalidModel) as raised:
        client.count(model)
    assert [fault.pointer for fault in raised.value.problem.errors] == ["/layers/0/units"]
    assert raised.value.problem.request_id


def test_the_vocabulary_and_the_version_are_there(client: Client) -> None:
    assert client.healthy()
    assert {entry.type for entry in client.layers()} >= {"Dense", "Conv2D", "Block"}
    assert client.layer("Dense").type == "Dense"
    assert client.version()
