"""All that Keras 3.15 has by name is read, or refused with a reason."""

import json

import pytest
from tests.keras.truth import TRUTH, Json, report

from weighbridge.formats.keras.operation import is_read
from weighbridge.formats.keras.unread import UNREAD
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.refused import REFUSED
from weighbridge.problems import Problem

NAMES = json.loads((TRUTH / "keras_names.json").read_text())

NO_LAYERS = {
    "InputLayer": "is an input of the model",
    "InputSpec": "says what a layer takes",
    "Layer": "is the base of all layers",
    "Wrapper": "is the base of the wrappers",
    "GroupedQueryAttention": "is GroupQueryAttention by another name",
}


@pytest.mark.parametrize("name", NAMES["layers"])
def test_a_class_of_keras_has_a_type_or_a_reason(name: str) -> None:
    assert (name in TYPES) + (name in REFUSED) + (name in NO_LAYERS) == 1


@pytest.mark.parametrize("name", NAMES["operations"])
def test_an_operation_of_keras_is_read_or_has_a_reason(name: str) -> None:
    assert is_read(name) != (name in UNREAD)


def test_nothing_is_refused_that_there_is_not() -> None:
    assert set(NAMES["operations"]) >= UNREAD.keys()


IMAGE: Json = {
    "module": "keras.layers",
    "class_name": "InputLayer",
    "config": {"name": "x", "batch_shape": [None, 8, 9, 3]},
    "registered_name": None,
    "name": "x",
    "inbound_nodes": [],
}


def model(class_name: str, **config: object) -> Json:
    """Return a model of one operation on an image."""
    history = {"shape": [None, 8, 9, 3], "dtype": "float32", "keras_history": ["x", 0, 0]}
    tensor = {"class_name": "__keras_tensor__", "config": history}
    operation = {
        "module": "keras.src.ops.nn",
        "class_name": class_name,
        "config": {"name": "y", **config},
        "registered_name": class_name,
        "name": "y",
        "inbound_nodes": [{"args": [tensor], "kwargs": {}}],
    }
    members = {
        "name": "model",
        "layers": [IMAGE, operation],
        "input_layers": [["x", 0, 0]],
        "output_layers": [["y", 0, 0]],
    }
    return {"module": "keras", "class_name": "Functional", "config": members}


def test_a_refusal_says_why() -> None:
    with pytest.raises(Problem) as refusal:
        report(model("Unique"))
    assert UNREAD["Unique"] in refusal.value.detail


@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_adaptive_pooling_is_read(kind: str) -> None:
    """Keras writes these operations, and cannot read them back: no table has them."""
    document = model(f"Adaptive{kind}Pool", output_size=[2, 3], data_format="channels_last")
    assert report(document)["layers"][-1]["output_shapes"] == [[None, 2, 3, 3]]


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("MultiHot", {"num_classes": 7, "axis": 1}),
        ("MultiHot", {"num_classes": 7}),
        ("Diagonal", {"axis1": 1, "axis2": 2}),
        ("Diagonal", {"axis1": 0, "axis2": 2}),
        ("Matmul", {}),
    ],
)
def test_what_is_not_known_of_an_operation_is_refused(
    class_name: str, config: dict[str, int]
) -> None:
    """Of an image: its axes differ, and are more than the classes of one row."""
    with pytest.raises(Problem) as refusal:
        report(model(class_name, **config))
    assert refusal.value.code == "unsupported_document"
