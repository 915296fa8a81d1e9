"""Poolings, and the way back: shapes, dtypes and refusals. None has weights or macs."""

from typing import Any

import pytest
from tests.service.documents import Report, document, layer, refused, report


def shapes(shape: list[Any], one: dict[str, Any], **members: Any) -> list[Any]:
    """The shapes of the outputs of a model's only layer."""
    found: list[Any] = report(document(shape, one, **members))["layers"][0]["output_shapes"]
    return found


def unpooled(one: dict[str, Any], values: list[Any], places: list[Any]) -> Report:
    """A model of one layer that takes values, and where they go."""
    inputs = {
        "values": {"shape": values},
        "places": {"shape": places, "dtype": "int64"},
    }
    return {"inputs": inputs, "layers": [one | {"inputs": ["values", "places"]}]}


# PyTorch's knobs


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        # PyTorch 2.13, MaxPool1d and AvgPool1d on 20
        ({"pool_size": 3, "strides": 2, "ceil_mode": True}, 10),
        ({"pool_size": 3, "strides": 2, "padding": 1, "ceil_mode": True}, 11),
        ({"pool_size": 2, "strides": 3, "ceil_mode": True}, 7),
        ({"pool_size": 4, "strides": 4, "padding": 2, "ceil_mode": True}, 6),
        ({"pool_size": 3, "strides": 1, "padding": 1, "dilation_rate": 2}, 18),
    ],
)
def test_ceil_mode_and_dilation_are_pytorchs(attributes: dict[str, Any], expected: int) -> None:
    assert shapes(["batch", 20, 4], layer("MaxPooling1D", **attributes)) == [["batch", expected, 4]]


def test_padding_is_half_a_window_at_most() -> None:
    one = layer("MaxPooling2D", pool_size=3, padding=[[0, 1], [2, 0]])
    problem = refused(document(["batch", 9, 9, 4], one))
    assert problem.errors[0].pointer == "/layers/0/padding/1/0"
    assert problem.errors[0].detail == "must be at most 1, got 2"


def test_indices_are_of_int64() -> None:
    answer = report(document(["batch", 9, 9, 4], layer("MaxPooling2D", return_indices=True)))
    outputs = list(answer["outputs"].values())
    assert [one["shape"] for one in outputs] == [["batch", 4, 4, 4]] * 2
    assert [one["dtype"] for one in outputs] == ["float32", "int64"]


def test_a_power_average_has_a_window_without_padding() -> None:
    one = layer("LPPool2d", norm_type=2, pool_size=3, strides=2, ceil_mode=True)
    assert shapes(["batch", 8, 8, 4], one) == [["batch", 4, 4, 4]]
    assert shapes(["batch", 8, 8, 4], one | {"ceil_mode": False}) == [["batch", 3, 3, 4]]


# To a size


def test_null_keeps_what_there_is() -> None:
    one = layer("AdaptiveAveragePooling2D", output_size=[None, 5])
    assert shapes(["batch", "high", 21, 4], one) == [["batch", "high", 5, 4]]


def test_a_size_may_be_larger_and_an_expression() -> None:
    one = layer("AdaptiveMaxPooling1D", output_size="2 * n", return_indices=True)
    assert shapes(["batch", None, 4], one, variables={"n": 20}) == [["batch", 40, 4]] * 2


@pytest.mark.parametrize(
    ("output_size", "pointer", "detail"),
    [
        (0, "/layers/0/output_size", "must be at least 1, got 0"),
        ([3, -1], "/layers/0/output_size/1", "must be at least 1, got -1"),
        ([3, 4, 5], "/layers/0/output_size", "must be one value or 2, one an axis, got 3"),
    ],
)
def test_sizes_are_one_or_one_an_axis(output_size: Any, pointer: str, detail: str) -> None:
    one = layer("AdaptiveAveragePooling2D", output_size=output_size)
    problem = refused(document(["batch", 20, 21, 4], one))
    assert problem.code == "invalid_model"
    assert (problem.errors[0].pointer, problem.errors[0].detail) == (pointer, detail)


def test_fractional_windows_fit_wherever_they_begin() -> None:
    one = layer("FractionalMaxPool2d", pool_size=3)
    assert shapes(["batch", 10, 10, 4], one | {"output_size": 8}) == [["batch", 8, 8, 4]]
    problem = refused(document(["batch", 10, 10, 4], one | {"output_size": 9}))
    assert "a window that reaches over 11 does not fit its padded input of 10" in problem.detail


def test_a_ratio_rounds_down_and_is_below_one() -> None:
    one = layer("FractionalMaxPool2d", pool_size=2)
    assert shapes(["batch", 20, 21, 4], one | {"output_ratio": 0.5}) == [["batch", 10, 10, 4]]
    both = refused(document(["batch", 20, 21, 4], one | {"output_ratio": 0.5, "output_size": 3}))
    assert "one of the two must be given, and not both" in both.detail
    problem = refused(document(["batch", 20, 21, 4], one | {"output_ratio": [0.5, 1.0]}))
    assert problem.errors[0].pointer == "/layers/0/output_ratio/1"
    assert problem.errors[0].detail == "must be below 1"


# The way back


def test_values_go_back_where_they_were() -> None:
    one = layer("MaxUnpool2d", pool_size=3, strides=2, padding=1)
    answer = report(unpooled(one, ["batch", 5, 5, 4], ["batch", 5, 5, 4]))["layers"][0]
    assert answer["output_shapes"] == [["batch", 9, 9, 4]]  # (5 - 1) x 2 + 3 - 2


def test_a_size_that_is_given_is_less_than_a_stride_away() -> None:
    one = layer("MaxUnpool1d", pool_size=2, output_size=9)
    body = unpooled(one, ["batch", 4, 3], ["batch", 4, 3])
    assert report(body)["layers"][0]["output_shapes"] == [["batch", 9, 3]]
    one["output_size"] = 10
    problem = refused(unpooled(one, ["batch", 4, 3], ["batch", 4, 3]))
    assert problem.code == "shape_mismatch"
    assert "must be less than a stride away from 8, got 10" in problem.errors[0].detail


def test_every_value_has_a_place() -> None:
    one = layer("MaxUnpool1d", pool_size=2)
    problem = refused(unpooled(one, ["batch", 4, 3], ["batch", 5, 3]))
    assert problem.code == "shape_mismatch"
    assert "5 beside 4" in problem.detail
