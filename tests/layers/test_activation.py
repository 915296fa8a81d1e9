"""Activations, noise and dropout: most leave a tensor as it is."""

from typing import Any

import pytest
from tests.service.documents import document, layer, refused, report

UNCHANGED = [
    layer("Activation", activation="gelu"),
    layer("ReLU", max_value=6),
    layer("LeakyReLU", negative_slope=0.2),
    layer("ELU", alpha=0.5),
    layer("Softmax", axis=[1, 2]),
    layer("Dropout", rate=0.5),
    layer("AlphaDropout", rate=0.5),
    layer("GaussianDropout", rate=0.5),
    layer("GaussianNoise", stddev=0.1),
    layer("ActivityRegularization", l2=0.01),
    layer("Masking", mask_value=-1),
    layer("Identity"),
]


def row(shape: list[Any], layer_: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = report(document(shape, layer_))["layers"][0]
    return found


def test_a_softmax_is_over_axes_that_are_there() -> None:
    problem = refused(document(["batch", 5, 10], layer("Softmax", axis=3)))
    assert (problem.code, problem.errors[0].pointer) == ("shape_mismatch", "/layers/0/axis")
    assert refused(document(["batch", 10], layer("Softmax", axis=[]))).code == "invalid_model"


@pytest.mark.parametrize("layer_", UNCHANGED, ids=lambda layer_: str(layer_["type"]))
def test_the_shape_stays_and_nothing_is_counted(layer_: dict[str, Any]) -> None:
    found = row(["batch", "seq", None, 8], layer_)
    assert found["output_shapes"] == [["batch", "seq", None, 8]]
    assert (found["parameters"], found["macs"]) == (0, 0)


@pytest.mark.parametrize(
    ("kind", "dtype"), [("Identity", "int32"), ("ReLU", "float32"), ("Masking", "float32")]
)
def test_integers_are_cast_by_all_but_the_identity(kind: str, dtype: str) -> None:
    body = {
        "inputs": {"x": {"shape": ["batch", 4], "dtype": "int32"}},
        "layers": [layer(kind, name="y")],
    }
    assert report(body)["outputs"]["y"]["dtype"] == dtype


@pytest.mark.parametrize(
    ("shared_axes", "alpha"),
    [(None, [4, 6]), (1, [1, 6]), ([1, 2], [1, 1]), ([0], [4, 1]), (-1, [1, 6])],
)
def test_slopes_are_of_the_axes_that_are_not_shared(shared_axes: Any, alpha: list[int]) -> None:
    found = row(["batch", 4, 6], layer("PReLU", shared_axes=shared_axes))
    assert found["weights"][0]["shape"] == alpha  # Keras 3.15.1


def test_pytorch_has_one_slope_or_one_for_each_channel() -> None:
    assert row([2, 6, 4], layer("PReLU", num_parameters=1))["parameters"] == 1
    assert row([2, 6, 4], layer("PReLU", num_parameters=6))["parameters"] == 6


@pytest.mark.parametrize(
    ("attributes", "shape", "pointer", "words"),
    [
        ({"num_parameters": 5}, [2, 6, 4], "/layers/0", "6 beside 5"),
        ({"num_parameters": 1, "shared_axes": 1}, [2, 6], "/layers/0/num_parameters", "beside"),
        ({"shared_axes": [1, 3]}, [2, 6, 4], "/layers/0/shared_axes/1", "no axis 3"),
        ({}, ["batch", None, 4], "/layers/0", "axis 1, which is not known"),
    ],
)
def test_slopes_that_fit_nothing_are_refused(
    attributes: dict[str, Any], shape: list[Any], pointer: str, words: str
) -> None:
    (fault,) = refused(document(shape, layer("PReLU", **attributes))).errors
    assert fault.pointer == pointer
    assert words in fault.detail


def test_a_gate_halves_an_axis() -> None:
    assert row([2, 6, 4], layer("GLU", axis=1))["output_shapes"] == [[2, 3, 4]]
    assert row([2, "seq", 4], layer("GLU", axis="2 - 1"))["output_shapes"] == [[2, None, 4]]
    (fault,) = refused(document([2, 6, 5], layer("GLU"))).errors
    assert "must be even, got 5" in fault.detail
