"""Memory through the client: what is sent, and what its answers are good for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.client.documented import MODEL
from tests.client.stub import Stub

from weighbridge_client import Client, Inference, InvalidRequest, Memory, Optimizer, Training

EXAMPLES = Path(__file__).parents[2] / "examples"
FIGURE_11_1 = EXAMPLES / "figure-11-1.json"

MEMORY: dict[str, Any] = {
    "model": "\x1b[2Jlenet5",
    "mode": "training",
    "per_device": {
        "weights": 2048,
        "master_weights": 0,
        "gradients": 2048,
        "optimizer_states": 4096,
        "activations": None,
        "kv_cache": 0,
        "total": None,
    },
    "optimizer_state_values": 1024,
    "devices": 8,
    "fits": None,
    "formulas": {"weights": "512 float32 parameters x 4 bytes = 2,048", "total": "<not known>"},
    "warnings": [
        {"code": "unknown_dimension", "layer": "a", "figure": "activations", "detail": "seq"}
    ],
    "of_a_newer_service": 1,
}


@pytest.fixture
def service(service_url: str) -> Iterator[Client]:
    with Client(service_url) as client:
        yield client


def test_a_plan_is_sent_without_what_the_service_chooses(client: Client, stub: Stub) -> None:
    stub.answers_json(MEMORY)
    plan = Training(optimizer="lion", zero_stage=0, data_parallel=8)
    client.memory(MODEL, training=plan, device_memory="80GiB", bindings={"batch": 4})
    asked = stub.asked[0]
    assert asked.path == "/v1/memory"
    assert asked.json() == {
        "model": MODEL,
        "training": {"optimizer": "lion", "zero_stage": 0, "data_parallel": 8},
        "device_memory": "80GiB",
        "bindings": {"batch": 4},
    }


def test_a_plan_may_be_a_mapping(client: Client, stub: Stub) -> None:
    stub.answers_json(MEMORY)
    client.memory(MODEL, inference={"context": 9, "batch": None}, device_memory=7)
    assert stub.asked[0].json() == {
        "model": MODEL,
        "inference": {"context": 9},
        "device_memory": 7,
    }


def test_a_plan_of_nothing_is_a_plan(client: Client, stub: Stub) -> None:
    stub.answers_json(MEMORY)
    client.memory(MODEL, training=Training())
    assert stub.asked[0].json() == {"model": MODEL, "training": {}}


def test_an_answer_is_typed() -> None:
    memory = Memory.read(MEMORY)
    assert memory.per_device.weights == 2048
    assert memory.per_device.total is None
    assert (memory.devices, memory.fits) == (8, None)
    assert memory.warnings[0].figure == "activations"
    assert repr(memory) == "<Memory of '\\x1b[2Jlenet5': unknown>"


def test_an_answer_prints_as_a_table() -> None:
    assert str(Memory.read(MEMORY)).splitlines() == [
        "\\x1b[2Jlenet5: training on each of 8 devices",
        "weights           2,048  2.00 KiB  512 float32 parameters x 4 bytes = 2,048",
        "gradients         2,048  2.00 KiB",
        "optimizer states  4,096  4.00 KiB",
        "activations           ?",
        "total                 ?            <not known>",
        "Warning: a: seq",
    ]


def test_an_answer_shows_as_html() -> None:
    html = Memory.read(MEMORY)._repr_html_()
    assert "<td>optimizer states</td><td>4,096</td><td>4.00 KiB</td>" in html
    assert "&lt;not known&gt;" in html


# Against a service


def test_the_optimizers_of_the_small_network(service: Client) -> None:
    for optimizer, values in (("sgd", 0), ("momentum", 26_926), ("adam", 53_852)):
        memory = service.memory(FIGURE_11_1, training=Training(optimizer=optimizer))
        assert memory.optimizer_state_values == values
        assert memory.per_device.optimizer_states == 4 * values


def test_bytes_before_and_after_quantization(service: Client) -> None:
    before = service.memory(FIGURE_11_1, inference=Inference(), device_memory="1MB")
    after = service.memory(FIGURE_11_1, inference=Inference(precision="int8"), device_memory=9)
    assert (before.per_device.weights, before.fits) == (107_704, True)
    assert (after.per_device.weights, after.fits) == (27_391, False)
    assert str(before).endswith("fits in 976.56 KiB\n" + f"Warning: {before.warnings[0].detail}")


def test_a_wrong_plan_is_an_invalid_request(service: Client) -> None:
    with pytest.raises(InvalidRequest) as raised:
        service.memory(MODEL, training=Training(optimizer="adm"))
    assert raised.value.problem.errors[0].pointer == "/training/optimizer"


def test_the_optimizers_that_there_are(service: Client) -> None:
    optimizers = {optimizer.name: optimizer for optimizer in service.optimizers()}
    assert isinstance(optimizers["adam"], Optimizer)
    assert optimizers["adam"].values_per_parameter == 2
    assert optimizers["adafactor"].values_per_parameter is None
