"""Every layer of PyTorch that has a counterpart counts as PyTorch counts it."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.truth.pytorch import MODULES, WITHOUT, spec_of

from weighbridge.count import count
from weighbridge.options import Options
from weighbridge.problems import Problem

Json = dict[str, Any]

with gzip.open(Path(__file__).with_name("torch_layers.json.gz")) as _file:
    CASES: list[Json] = json.load(_file)
CLASSES: list[str] = json.loads(Path(__file__).with_name("torch_names.json").read_text())

WITHOUT_COUNTERPART = {
    "Conv2d [0, 8, 3] {}": "PyTorch's output has no channels, ours those of the bias",
    "Linear [5, 0] {}": "a size that is an attribute is at least 1",
    "AdaptiveAvgPool2d [[3, 0]] {}": "a size that is an attribute is at least 1",
}
"""The cases of the table that have no counterpart, and why."""


def shapes_of(output: Any) -> list[list[int]]:
    """The shapes of a module's outputs, of nested tuples one behind the other."""
    if isinstance(output, dict):
        return [output["shape"]]
    return [shape for part in output for shape in shapes_of(part)]


def name_of(case: Json) -> str:
    return f"{case['module']} {case['args']} {case['kwargs']}"


REFUSED = [case for case in CASES if case.get("error")]
LEFT_OUT = [case for case in CASES if name_of(case) in WITHOUT_COUNTERPART]
COUNTED = [case for case in CASES if not case.get("error") and case not in LEFT_OUT]


@pytest.mark.parametrize("case", COUNTED, ids=name_of)
def test_a_module_counts_as_pytorch_counts_it(case: Json) -> None:
    body = json.dumps(spec_of(case)).encode()
    report = json.loads(count(body, Options(detail="weights")))
    totals = report["totals"]
    assert [o["shape"] for o in report["outputs"].values()] == shapes_of(case["output"])
    assert totals["parameters"] - totals["buffers"] == case["params"]
    assert totals["buffers"] == case["buffers"]
    weights = [weight for row in report["layers"] for weight in row["weights"]]
    learned = [weight["shape"] for weight in weights if not weight["buffer"]]
    # PyTorch keeps kernels transposed, and weights in its own order.
    assert sorted(map(sorted, learned)) == sorted(map(sorted, case["parameters"].values()))


@pytest.mark.parametrize("case", [case for case in COUNTED if "macs" in case], ids=name_of)
def test_a_module_costs_what_pytorchs_own_counter_says(case: Json) -> None:
    body = json.dumps(spec_of(case)).encode()
    assert json.loads(count(body))["totals"]["macs"] == case["macs"]


@pytest.mark.parametrize("case", REFUSED, ids=name_of)
def test_what_pytorch_refuses_is_refused(case: Json) -> None:
    with pytest.raises((ValueError, Problem)):
        count(json.dumps(spec_of(case)).encode())


@pytest.mark.parametrize("case", LEFT_OUT, ids=name_of)
def test_a_case_without_counterpart_is_told(case: Json) -> None:
    with pytest.raises(LookupError):
        spec_of(case)


def test_every_class_has_a_way_or_a_reason_why_it_has_none() -> None:
    without = " ".join(WITHOUT.values()).split()
    assert sorted([*MODULES, *without]) == CLASSES


def test_a_module_without_counterpart_is_told() -> None:
    with pytest.raises(LookupError, match="CTCLoss has no counterpart: a loss is beside the model"):
        spec_of({"module": "CTCLoss", "args": [], "kwargs": {}, "inputs": []})
