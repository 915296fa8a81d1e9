"""What Keras 2 wrote (tf.keras, and Keras by itself before it), read as Keras 2 meant it.

The documents in keras2/ are made by hand from the format; the figures beside them by hand too.
"""

import json
from pathlib import Path

import pytest
from tests.keras.truth import Json, report, row

DOCUMENTS = Path(__file__).parent / "keras2"


def document(name: str) -> Json:
    return dict(json.loads((DOCUMENTS / f"{name}.json").read_text()))


MNIST = 3 * 3 * 1 * 32 + 32 + 3 * 3 * 32 * 64 + 64 + 1600 * 10 + 10
SHARED = 16 * 8 + 8 + 16 * 1 + 1
NESTED = 3 * 3 * 3 * 4 + 4 + 4 * 6 + 6 + 6 * 2 + 2
BIDIRECTIONAL = 100 * 8 + 2 * 4 * (8 * 5 + 5 * 5 + 5) + 10 * 3 + 3
FROZEN = 3 * 3 * 3 * 6 + 6 + 2 * 4 * 6


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("mnist", MNIST),
        ("shared", SHARED),
        ("nested", NESTED),
        ("bidirectional", BIDIRECTIONAL),
        ("frozen", FROZEN),
    ],
)
def test_a_document_of_keras_2_is_counted(name: str, parameters: int) -> None:
    assert report(document(name))["totals"]["parameters"] == parameters


def test_the_first_layer_is_behind_its_input() -> None:
    found = report(document("mnist"))
    assert found["inputs"] == {"conv2d_input": {"shape": [None, 28, 28, 1], "dtype": "float32"}}
    assert row("flatten", found)["output_shapes"] == [[None, 1600]]


def test_a_layer_that_is_called_twice_is_counted_once() -> None:
    found = report(document("shared"))
    assert row("tower:1", found)["shared_with"] == "tower"
    assert row("tower:1", found)["parameters"] == 0
    assert row("concatenate", found)["inputs"] == ["tower", "tower:1"]


def test_calls_of_a_nested_model_count_from_one() -> None:
    found = report(document("nested"))
    assert row("encoder", found)["parameters"] == 3 * 3 * 3 * 4 + 4
    assert row("encoder:1", found)["shared_with"] == "encoder"
    assert row("subtract", found)["inputs"] == ["encoder", "encoder:1"]
    assert [output["shape"] for output in found["outputs"].values()] == [[None, 2]]


def test_both_directions_have_the_names_that_keras_gives_them() -> None:
    weights = row("bidirectional", report(document("bidirectional")))["weights"]
    assert [weight["name"] for weight in weights][::3] == [
        "forward_lstm/kernel",
        "backward_lstm/kernel",
    ]


def test_a_frozen_normalization_learns_nothing() -> None:
    found = report(document("frozen"))
    assert row("batch_normalization", found)["trainable"] == 0
    assert row("batch_normalization_1", found)["trainable"] == 2 * 6
    assert found["totals"]["non_trainable"] == 4 * 6 + 2 * 6


@pytest.mark.parametrize(
    ("version", "biases"),
    [("2.2.4", 1), ("2.3.1", 1), ("2.2.4-tf", 2), ("2.11.0", 2), (None, 2)],
)
def test_a_gru_that_does_not_say_when_it_resets_does_as_its_keras_did(
    version: str | None, biases: int
) -> None:
    given = document("gru")
    given["keras_version"] = version
    expected = 3 * (8 * 5 + 5 * 5 + biases * 5)
    assert report(given)["totals"]["parameters"] == expected


def test_a_sequential_may_be_a_bare_list_whose_first_layer_says_its_input() -> None:
    given = document("mnist")
    layers = given["config"]["layers"][1:]
    assert report({**given, "config": layers})["totals"]["parameters"] == MNIST
