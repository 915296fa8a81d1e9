"""Features and sound; shapes and dtypes are those that Keras 3.15.1 reports."""

from typing import Any

import pytest
from tests.service.documents import document, layer, refused, report

Layer = dict[str, Any]


def out(shape: list[Any], layer_: Layer) -> tuple[Any, str]:
    """Shape and dtype of the output."""
    only = report(document(shape, layer_ | {"name": "y"}))["outputs"]["y"]
    return only["shape"], only["dtype"]


@pytest.mark.parametrize(
    ("shape", "layer_", "expected"),
    [
        (["batch", 1], layer("CategoryEncoding", num_tokens=5, output_mode="one_hot"), [5]),
        (["batch", 3], layer("CategoryEncoding", num_tokens=5, output_mode="one_hot"), [3, 5]),
        (["batch", 3], layer("CategoryEncoding", num_tokens=5), [5]),
        (["batch", 3], layer("Discretization", num_bins=4, output_mode="count"), [4]),
        (["batch", 3, 2], layer("Discretization", num_bins=4, output_mode="count"), [2, 4]),
        (["batch", 3], layer("Discretization", bin_boundaries=[0], output_mode="one_hot"), [3, 2]),
        (["batch", 3], layer("Hashing", num_bins=10, output_mode="one_hot"), [10]),
        (["batch", 3], layer("IntegerLookup", vocabulary=[1, 2], output_mode="count"), [3]),
        (["batch", 3], layer("StringLookup", output_mode="count"), [None]),
        (["batch", 3], layer("StringLookup", vocabulary_size=9, output_mode="one_hot"), [3, 9]),
        (
            ["batch", 3],
            layer("StringLookup", vocabulary=["[UNK]", "a"], output_mode="multi_hot"),
            [2],
        ),
        (
            ["batch"],
            layer("TextVectorization", vocabulary=["a", "b"], output_mode="tf_idf"),
            [3],
        ),
        (
            ["batch", 1],
            layer("TextVectorization", max_tokens=9, pad_to_max_tokens=True, output_mode="count"),
            [1, 9],
        ),
    ],
)
def test_vectors_have_the_size_of_the_vocabulary(
    shape: list[Any], layer_: Layer, expected: list[Any]
) -> None:
    assert out(shape, layer_) == (["batch", *expected], "float32")


@pytest.mark.parametrize(
    ("layer_", "dtype"),
    [
        (layer("Discretization", num_bins=4), "int32"),
        (layer("Hashing", num_bins=10), "int64"),
        (layer("Hashing", num_bins=10, dtype="int32"), "int32"),
        (layer("IntegerLookup"), "int64"),
        (layer("StringLookup", dtype="float32"), "int64"),
    ],
    ids=lambda value: str(value.get("type", value)) if isinstance(value, dict) else str(value),
)
def test_indices_are_integers_in_the_shape_of_the_input(layer_: Layer, dtype: str) -> None:
    assert out(["batch", "seq"], layer_) == (["batch", "seq"], dtype)


def test_a_text_has_as_many_tokens_as_it_is_cut_to() -> None:
    text = layer("TextVectorization", output_sequence_length="2 * 20")
    assert out(["batch", 1], text) == (["batch", 40], "int64")
    assert out(["batch"], layer("TextVectorization")) == (["batch", None], "int64")


def test_a_crossing_takes_two_features() -> None:
    crossing = layer("HashedCrossing", num_bins=10, name="y")
    body = {
        "inputs": {"x": {"shape": ["batch", 1]}},
        "layers": [crossing | {"inputs": ["x", "x"]}],
    }
    assert report(body)["outputs"]["y"] == {"shape": ["batch", 1], "dtype": "int64"}
    (fault,) = refused(document(["batch", 1], crossing)).errors
    assert "takes 2 inputs, got 1" in fault.detail


@pytest.mark.parametrize(
    ("layer_", "pointer", "words"),
    [
        (layer("Discretization"), "num_bins", "must be given"),
        (layer("Discretization", num_bins=2, bin_boundaries=[1]), "num_bins", "beside"),
        (layer("CategoryEncoding", num_tokens=0), "num_tokens", "at least 1"),
        (layer("StringLookup", max_tokens=1), "max_tokens", "at least 2"),
        (layer("StringLookup", pad_to_max_tokens=True), "max_tokens", "must be given"),
        (layer("TextVectorization", output_mode="one_hot"), "output_mode", "multi_hot"),
    ],
)
def test_what_contradicts_itself_is_refused(layer_: Layer, pointer: str, words: str) -> None:
    (fault,) = refused(document(["batch", 3], layer_)).errors
    assert fault.pointer == f"/layers/0/{pointer}"
    assert words in fault.detail


def test_a_spectrogram_is_two_convolutions() -> None:
    (found,) = report(document(["batch", 16000, 1], layer("STFTSpectrogram")))["layers"]
    assert found["output_shapes"] == [["batch", 124, 129]]
    assert found["parameters"] == 66048  # 2 x 256 x 129
    assert found["macs"] == 8189952  # 124 x 66,048


def test_bands_are_made_of_frames() -> None:
    mel = layer("MelSpectrogram", num_mel_bins=64)
    assert out(["batch", 16000], mel) == (["batch", 64, 32], "float32")
    assert out(["batch", None], mel) == (["batch", 64, None], "float32")
