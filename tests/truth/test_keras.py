"""Every layer of Keras counts as Keras counts it, through the native specification.

The documents are read, written as native ones, and counted as such: so each figure of the table
holds for the native vocabulary too.
"""

import json
from typing import Any

import pytest
from tests.keras.test_truth import COUNTED, is_counted, plain
from tests.keras.truth import cases

from weighbridge.convert import convert
from weighbridge.count import count
from weighbridge.options import Options

Json = dict[str, Any]

CASES = [case for case in cases() if is_counted(case)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_layer_counts_natively_as_keras_counts_it(case: Json) -> None:
    native = json.loads(convert(json.dumps(case["document"]).encode()))["model"]
    report = json.loads(count(json.dumps(native).encode(), Options(detail="weights")))
    truth = case["truth"]
    assert report["format"] == "native"
    assert {name: report["totals"][name] for name in COUNTED} == truth["totals"]
    outputs = [plain(output["shape"]) for output in report["outputs"].values()]
    wanted = [output["shape"] for output in truth["outputs"] or []]
    assert sorted(map(str, outputs)) == sorted(map(str, wanted))
    assert weights_of(report) == sorted(
        [shape, trainable] for layer in truth["layers"] for shape, trainable in layer["weights"]
    )


def weights_of(report: Json) -> list[Any]:
    """The shape of every weight that is owned, and whether it is trainable."""
    return sorted(
        [weight["shape"], weight["trainable"]]
        for row in report["layers"]
        for weight in row["weights"]
    )
