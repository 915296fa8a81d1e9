"""The service says of any model what the reference says, which counts in unbounded integers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st
from msgspec.structs import fields
from tests.reference import Refusal, count
from tests.reference.attributes import ATTRIBUTES, COMMON
from tests.reference.documents import documents
from tests.reference.variations import variations
from tests.service.documents import Document, Layer, Report, document, layer, report

from weighbridge.layers.catalogue import TYPES
from weighbridge.problems import Problem

many = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,  # the same models on every machine; raise max_examples to look further
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

few = settings(many, max_examples=80)

fewer = settings(many, max_examples=25)

ROW = (
    "name",
    "type",
    "inputs",
    "input_shapes",
    "output_shapes",
    "parameters",
    "trainable",
    "non_trainable",
    "buffers",
    "macs",
    "activations",
    "parent",
    "repeat",
    "runs",
    "shared_with",
)
COSTS = ("macs", "activations")


def outcome(answer: Callable[[Document], Report], body: Document) -> Report | set[str]:
    """What `answer` says of a model: a report, or the codes of the refusal."""
    try:
        return answer(body)
    except Refusal as refusal:
        return {refusal.code}
    except Problem as problem:
        return {fault.code for fault in problem.errors}


def rows(said: Report) -> list[dict[str, Any]]:
    return [{member: row.get(member) for member in ROW} for row in said["layers"]]


def weights(said: Report) -> dict[str, Any]:
    """The weights of every row that owns some."""
    return {row["name"]: row["weights"] for row in said["layers"] if owns_weights(row)}


def owns_weights(row: dict[str, Any]) -> bool:
    return row["type"] != "Block" and "shared_with" not in row


def ends(said: Report) -> Any:
    return [
        {name: end["shape"] for name, end in said[way].items()} for way in ("inputs", "outputs")
    ]


def agree(body: Document) -> None:
    """Both give the same report, row by row; or both refuse, the service for what the reference,
    which stops at the first fault, has found, too.
    """
    expected, found = outcome(reference, body), outcome(report, body)
    if isinstance(expected, set) or isinstance(found, set):
        assert isinstance(expected, set), expected
        assert isinstance(found, set), found
        assert found >= expected
        return
    assert rows(found) == rows(expected)
    assert weights(found) == weights(expected)
    assert ends(found) == ends(expected)
    assert found["totals"] == expected["totals"]


def reference(body: Document) -> Report:
    return count(body["model"], body["bindings"]) if "model" in body else count(body)


@many
@given(documents())
def test_the_service_agrees_with_the_reference(model: Document) -> None:
    note(json.dumps(model))
    agree(model)


@pytest.mark.parametrize("kind", TYPES)
def test_the_reference_knows_every_type_and_each_of_its_attributes(kind: str) -> None:
    known = COMMON.keys() | ATTRIBUTES[kind].keys()
    assert known == {"type"} | {field.encode_name for field in fields(TYPES[kind])}


@pytest.mark.parametrize("kind", TYPES)
def test_a_layer_counts_as_the_reference_counts_it(kind: str) -> None:
    @fewer
    @example(dict(TYPES[kind].example))
    @given(variations(kind, TYPES[kind].example))
    def check(model: Document) -> None:
        note(json.dumps(model))
        agree(model)

    check()


@many
@given(documents(), st.fixed_dictionaries({}, optional={"batch": st.integers(1, 9)}))
def test_a_bound_batch_is_as_one_that_was_written(model: Document, batch: dict[str, int]) -> None:
    body = {"model": model, "bindings": batch}
    note(json.dumps(body))
    agree(body)


@few
@given(documents())
def test_every_cost_that_is_unknown_has_a_warning(model: Document) -> None:
    said = outcome(report, model)
    if isinstance(said, set):
        return
    told = {(warning["layer"], warning["figure"]) for warning in said["warnings"]}
    parents = {row.get("parent") for row in said["layers"]}
    for row in said["layers"]:
        for figure in COSTS:
            if row[figure] is None and row["name"] not in parents:
                assert (row["name"], figure) in told


@few
@given(documents())
def test_the_totals_are_the_sums_over_rows_without_children(model: Document) -> None:
    said = outcome(report, model)
    if isinstance(said, set):
        return
    parents = {row.get("parent") for row in said["layers"]}
    leaves = [row for row in said["layers"] if row["name"] not in parents]
    for figure in ("parameters", "trainable", "non_trainable", "buffers"):
        total = sum(row[figure] * row.get("repeat", 1) for row in leaves)
        assert said["totals"][figure] == total


# Corners that random models seldom reach


def two(one: list[Any], other: list[Any], kind: str, **attributes: Any) -> Document:
    """A layer on two inputs."""
    inputs = {"x": {"shape": one}, "y": {"shape": other}}
    return {"inputs": inputs, "layers": [layer(kind, inputs=["x", "y"], **attributes)]}


def directions(backward: Layer, **attributes: Any) -> Document:
    forward = layer("GRU", units=2, return_state=True)
    backward = backward | {"go_backwards": True, "return_state": True}
    both = layer("Bidirectional", layer=forward, backward_layer=backward, **attributes)
    return document(["batch", 5, 3], both)


def block(*layers: Layer, shape: list[Any] | None = None, **attributes: Any) -> Document:
    shape = shape or ["batch", "seq", 4]
    return document(shape, layer("Block", layers=list(layers), **attributes))


DENSE = layer("Dense", units=4)
CORNERS = {
    "a shorter shape first": two(["batch", 2], ["batch", "seq", 2], "Add"),
    "a shorter shape last": two(["batch", "seq", 2], ["batch", 2], "Multiply"),
    "a name and a one": two(["batch", "seq", 2], ["batch", 1, 2], "Add"),
    "a name and a number": two(["batch", "seq", 2], ["batch", 4, 2], "Add"),
    "a number and a name, beside": two(["batch", 4, 2], ["batch", "seq", 2], "Concatenate"),
    "a name and a number, beside": two(["batch", "seq", 2], ["batch", 4, 2], "Concatenate"),
    "two names": two(["batch", "seq", 2], ["batch", "time", 2], "Maximum"),
    "a batch of a name and of a number": two(["rows", 2], [3, 2], "Add"),
    "batches, one behind another": two(["batch", 2], [3, 2], "Concatenate", axis=0),
    "axes that are not in order": document(
        ["batch", 5, 4], layer("LayerNormalization", axis=[2, 1])
    ),
    "axes from both ends": document(["batch", 5, 4], layer("RMSNormalization", axis=[1, -1])),
    "nothing learned of an unknown size": document(
        ["batch", None], layer("LayerNormalization", center=False, scale=False)
    ),
    "ones flattened away": document(["batch", 1, "seq", 1], layer("Flatten")),
    "a batch alone, flattened": document(["batch"], layer("Flatten")),
    "a name, reshaped to itself": document(["batch", "seq"], layer("Reshape", target_shape=[-1])),
    "a name, reshaped": document(["batch", "seq", 2], layer("Reshape", target_shape=[-1, 2])),
    "a convolution that leaves a name as it is": document(
        ["batch", "seq", 2], layer("Conv1D", filters=3, kernel_size=3, padding=1)
    ),
    "zeros on one side": document(
        ["batch", 4, 2], layer("Conv1D", filters=3, kernel_size=3, padding=[[2, 0]])
    ),
    "no places": document(
        ["batch", 0, 2], layer("Conv1D", filters=3, kernel_size=1, padding="same")
    ),
    "directions of different units": directions(layer("GRU", units=5)),
    "directions of different kinds": directions(layer("GRU", units=2, reset_after=False)),
    "directions kept apart": directions(layer("GRU", units=2, name="back"), merge_mode=None),
    "three inputs of attention": {
        "inputs": {"x": {"shape": [None, "t", 6]}, "y": {"shape": [None, 7, 6]}},
        "layers": [
            layer(
                "GroupQueryAttention",
                head_dim=3,
                num_query_heads=4,
                num_key_value_heads=2,
                inputs=["x", "y", "y"],
            )
        ],
    },
    "attention over one of two axes": document(
        ["batch", 5, 3, 4], layer("MultiHeadAttention", num_heads=2, key_dim=3, attention_axes=[1])
    ),
    "attention over an axis from the end": document(
        ["batch", 5, 3, 4], layer("MultiHeadAttention", num_heads=2, key_dim=3, attention_axes=-2)
    ),
    "rounds that cost something else": block(
        layer("GlobalAveragePooling1D", keepdims=True), repeat=2
    ),
    "a second output that cannot go round": {
        "inputs": {"x": {"shape": ["batch", 5, 4]}, "y": {"shape": ["batch", 5, 4]}},
        "layers": [
            layer(
                "Block",
                inputs=["x", "y"],
                repeat=2,
                layers=[
                    layer(
                        "MultiHeadAttention", num_heads=1, key_dim=4, return_attention_scores=True
                    )
                ],
            )
        ],
    },
    "rounds of the same weights": block(DENSE, repeat=3, share_weights=True),
    "copies of rounds": block(DENSE, repeat=3, copies=4, active=2, shape=[None, 2, 4]),
    "blocks in a frozen block": block(
        layer("Block", copies=2, layers=[DENSE, layer("BatchNormalization")]), trainable=False
    ),
    "a tie within a block": block(
        layer("Dense", units=4, name="a"),
        layer("Dense", units=4, tie={"kernel": "a/kernel"}),
        repeat=5,
    ),
    "a block called again on another length": {
        "inputs": {"x": {"shape": ["batch", 3, 4]}, "y": {"shape": ["batch", 9, 4]}},
        "layers": [
            layer("Block", name="tower", inputs=["x"], layers=[DENSE, layer("ReLU")]),
            layer("Reuse", layer="tower", inputs=["y"]),
        ],
    },
    "steps of a block": document(
        ["batch", 3, 2, 4],
        layer("TimeDistributed", layer=layer("Block", layers=[DENSE, layer("ReLU")])),
    ),
    "steps of directions": document(
        ["batch", 3, 2, 4],
        layer("TimeDistributed", layer=layer("Bidirectional", layer=layer("LSTM", units=2))),
    ),
    "steps of a number that is not known": document(
        ["batch", None, 2, 4], layer("TimeDistributed", layer=layer("Flatten"))
    ),
    "a width past all counting": document(["batch", 2**31], layer("Dense", units=2**31)),
    "calls past all counting": document(
        ["batch", 2**40], layer("Dense", name="a", units=2), layer("Reuse", layer="a", inputs=["x"])
    ),
    "one dtype within another": document(
        ["batch", 4], layer("Dense", units=4, dtype="float16"), DENSE, dtype="float64"
    ),
}


@pytest.mark.parametrize("model", CORNERS.values(), ids=CORNERS)
def test_the_service_agrees_with_the_reference_in_corners(model: Document) -> None:
    agree(model)
