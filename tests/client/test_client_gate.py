"""Checking and comparing through the client: what is sent, and what its answers are good for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.client.documented import CONV1, MODEL, REPORT
from tests.client.stub import Stub

from weighbridge_client import Check, Client, Difference, InvalidModel, InvalidRequest

EXAMPLES = Path(__file__).parents[2] / "examples"
LENET5 = EXAMPLES / "lenet5.json"

CHECK: dict[str, Any] = {
    "passed": False,
    "violations": [
        {"figure": "parameters", "limit": 16_000, "value": 16_298},
        {"figure": "macs", "limit": 10**12, "value": None},
    ],
    "limits": {"parameters": 16_000, "macs": 10**12},
    "totals": REPORT["totals"],
    "warnings": [
        {"code": "unknown_dimension", "figure": "macs", "layer": "a", "detail": "\x1b[2J"}
    ],
}
WIDER = CONV1 | {"parameters": 1216, "trainable": 1216, "output_shapes": [["batch", 28, 28, 16]]}
DIFF: dict[str, Any] = {
    "totals": {
        "parameters": {"before": 608, "after": 1216, "delta": 608},
        "macs": {"before": None, "after": 1, "delta": None},
    },
    "added": [CONV1 | {"name": "new"}],
    "removed": [CONV1 | {"name": "gone"}],
    "changed": [{"name": "conv1", "before": CONV1, "after": WIDER}],
}


@pytest.fixture
def service(service_url: str) -> Iterator[Client]:
    with Client(service_url) as client:
        yield client


def test_a_check_sends_its_limits_beside_the_model(client: Client, stub: Stub) -> None:
    stub.answers_json(CHECK)
    client.check(MODEL, {"parameters": 2**63 - 1}, bindings={"seq": 5}, format="native")
    asked = stub.asked[0]
    assert asked.path == "/v1/check?format=native"
    assert asked.json() == {
        "model": MODEL,
        "limits": {"parameters": 2**63 - 1},
        "bindings": {"seq": 5},
    }


def test_a_check_is_typed_and_prints_what_is_broken() -> None:
    check = Check.read(CHECK)
    assert check.passed is False
    assert [(v.figure, v.limit, v.value) for v in check.violations] == [
        ("parameters", 16_000, 16_298),
        ("macs", 10**12, None),
    ]
    assert check.totals.parameters == 16_298
    assert str(check).splitlines() == [
        "failed: parameters is 16,298, the limit 16,000",
        "failed: macs is ?, the limit 1,000,000,000,000",
        r"Warning: a: \x1b[2J",
    ]


def test_a_check_that_is_passed_says_of_what() -> None:
    kept = CHECK | {"passed": True, "violations": [], "warnings": []}
    assert str(Check.read(kept)) == "passed: parameters, macs"


def test_a_diff_sends_both_documents_as_they_are(client: Client, stub: Stub) -> None:
    stub.answers_json(DIFF)
    client.diff(MODEL, b'{"layers": [1.50]}')
    assert stub.asked[0].path == "/v1/diff"
    assert stub.asked[0].json() == {"before": MODEL, "after": {"layers": [1.5]}}
    assert b"1.50" in stub.asked[0].body


def test_what_is_bound_is_bound_in_both(client: Client, stub: Stub) -> None:
    stub.answers_json(DIFF)
    client.diff(MODEL, MODEL, bindings={"seq": 5})
    side = {"model": MODEL, "bindings": {"seq": 5}}
    assert stub.asked[0].json() == {"before": side, "after": side}


def test_a_difference_is_typed_and_prints_as_a_table() -> None:
    difference = Difference.read(DIFF)
    assert difference.totals["parameters"].delta == 608
    assert difference.totals["macs"].delta is None
    assert difference.changed[0].after.parameters == 1216
    assert repr(difference) == "<Difference: 1 added, 1 removed, 1 changed>"
    assert str(difference).splitlines() == [
        "            before  after  change",
        "parameters     608  1,216    +608  (+100.00 %)",
        "macs             ?      1       ?",
        "",
        "Layers: 1 removed, 1 added, 1 changed",
        "- gone (Conv2D)  (batch, 28, 28, 8)  608 parameters, 470,400 MACs",
        "+ new (Conv2D)  (batch, 28, 28, 8)  608 parameters, 470,400 MACs",
        "~ conv1 (Conv2D)",
        "    output_shapes  (batch, 28, 28, 8)  ->  (batch, 28, 28, 16)",
        "    parameters     608                 ->  1,216                (+608)",
        "    trainable      608                 ->  1,216                (+608)",
    ]


# Against a service


def test_a_service_checks(service: Client) -> None:
    # 62,958: examples/README.md.
    assert service.check(LENET5, {"parameters": 62_958}).passed
    check = service.check(LENET5, {"parameters": 62_957})
    assert [(v.figure, v.value) for v in check.violations] == [("parameters", 62_958)]


def test_a_limit_on_nothing_is_refused(service: Client) -> None:
    with pytest.raises(InvalidRequest, match="did you mean 'parameters'"):
        service.check(LENET5, {"paramters": 1})


def test_a_service_compares(service: Client) -> None:
    difference = service.diff(LENET5, MODEL)
    assert difference.totals["parameters"].delta == 16_298 - 62_958
    assert "pool1" in [row.name for row in difference.removed]
    changed = service.diff(MODEL, MODEL | {"dtype": "float16"}).changed[0]
    assert changed.before.weights is not None
    assert changed.before.weights[0].dtype == "float32"


# What stands there twice is the service's own text.
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("lenet5.json", "mnist.json"),
        ("figure-11-1.json", "figure-11-1-batch-norm.json"),
        ("gpt-3-175b.json", "mixtral-8x7b.json"),
        ("vgg-16.json", "vgg-16.json"),
    ],
)
def test_a_difference_prints_what_the_service_prints(
    service: Client, service_url: str, before: str, after: str
) -> None:
    one, two = (EXAMPLES / name for name in (before, after))
    answer = requests.post(
        f"{service_url}/v1/diff",
        data=b'{"before": %b, "after": %b}' % (one.read_bytes(), two.read_bytes()),
        headers={"Content-Type": "application/json", "Accept": "text/plain"},
        timeout=30,
    )
    assert f"{service.diff(one, two)}\n" == answer.text


def test_faults_say_on_which_side_they_are(service: Client) -> None:
    with pytest.raises(InvalidModel) as raised:
        service.diff(LENET5, MODEL | {"layers": [{"type": "Dense", "units": 0}], "outputs": None})
    assert raised.value.problem.errors[0].pointer == "/after/layers/0/units"
