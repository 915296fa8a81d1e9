"""Blocks, wrappers and reuse: what they say of the layers within, and what goes round."""

from typing import Any

import pytest
from tests.service.documents import Report, document, layer, refused, report

DENSE = layer("Dense", units=3)


def block(*layers: dict[str, Any], **members: Any) -> dict[str, Any]:
    return layer("Block", layers=list(layers), **members)


def bytes_of(shape: list[Any], one: dict[str, Any]) -> int:
    answer: Report = report(document(shape, one))
    return int(answer["totals"]["parameter_bytes"])


@pytest.mark.parametrize(
    ("shape", "holder", "parameters"),
    [
        (["batch", 5], block(DENSE), 5 * 3 + 3),
        (["batch", 5], block(block(DENSE)), 5 * 3 + 3),
        (["batch", 7, 5], layer("TimeDistributed", layer=DENSE), 5 * 3 + 3),
        (
            ["batch", 7, 5],
            layer("Bidirectional", layer=layer("SimpleRNN", units=3)),
            2 * (5 * 3 + 3 * 3 + 3),
        ),
        (["batch", 7, 5], layer("RNN", cell=layer("SimpleRNNCell", units=3)), 5 * 3 + 3 * 3 + 3),
    ],
)
def test_a_dtype_reaches_the_layers_within(
    shape: list[Any], holder: dict[str, Any], parameters: int
) -> None:
    assert bytes_of(shape, holder) == 4 * parameters
    assert bytes_of(shape, holder | {"dtype": "bfloat16"}) == 2 * parameters
    assert bytes_of(shape, holder | {"dtype": "mixed_bfloat16"}) == 4 * parameters


def test_a_wrapper_gives_what_it_computes_in_itself() -> None:
    """Keras: TimeDistributed(Dense(3, dtype="float16"), dtype="bfloat16") gives bfloat16."""
    held = layer("TimeDistributed", layer=DENSE | {"dtype": "float16"}, dtype="bfloat16")
    outputs = report(document(["batch", 7, 5], held))["outputs"]
    assert [output["dtype"] for output in outputs.values()] == ["bfloat16"]


def test_a_layers_own_dtype_is_before_that_of_its_block() -> None:
    inner = block(DENSE | {"dtype": "float64"}, DENSE, dtype="float16")
    assert bytes_of(["batch", 5], inner) == 8 * (5 * 3 + 3) + 2 * (3 * 3 + 3)


def test_a_parameter_that_is_called_again_needs_no_input() -> None:
    layers = [layer("Parameter", name="scale", shape=[5]), layer("Reuse", layer="scale")]
    inputs = {"x": {"shape": ["batch", 5]}, "y": {"shape": ["batch", 5]}}
    again = report({"inputs": inputs, "layers": layers})["layers"][1]
    assert (again["inputs"], again["parameters"]) == ([], 0)


def test_only_the_first_row_that_no_longer_fits_is_named() -> None:
    wide = layer("Dense", units=2**60, use_bias=False)
    inputs = {"x": {"shape": ["batch", 4]}}
    layers = [{**wide, "name": f"d{k}", "inputs": ["x"]} for k in range(4)]
    faults = refused({"inputs": inputs, "layers": layers}).errors
    assert [fault.layer for fault in faults] == ["d1"]


@pytest.mark.parametrize(("content", "macs"), [(layer("ReLU"), 0), (DENSE, None)])
def test_rounds_of_other_lengths_cost_nothing_or_nobody_knows_what(
    content: dict[str, Any], macs: int | None
) -> None:
    """The second round is over 4 steps and so many more, the first over 4."""
    joined = layer("Concatenate", axis=1, inputs=["input", "input:1"])
    rounds = block(
        content, joined, name="rounds", repeat=2, inputs=["x", "y"], outputs=["concatenate"]
    )
    inputs = {"x": {"shape": ["batch", 4, 3]}, "y": {"shape": ["batch", None, 3]}}
    answer = report({"inputs": inputs, "layers": [rounds]})
    assert answer["totals"]["macs"] == macs
    warned = [w["figure"] for w in answer["warnings"] if w["layer"] == "rounds"]
    assert warned == ([] if macs == 0 else ["macs"])
