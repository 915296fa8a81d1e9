"""Keras's merge layers: the batch apart, the other axes broadcast, what is unknown not compared."""

from typing import Any

import pytest
from tests.service.documents import Document, layer, refused, report


def merged(kind: str, *shapes: list[Any], **attributes: Any) -> Document:
    inputs = {f"x{k}": {"shape": shape} for k, shape in enumerate(shapes)}
    return {"inputs": inputs, "layers": [layer(kind, inputs=list(inputs), **attributes)]}


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"])
@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (["batch", 8, 6], ["batch", 1, 6], ["batch", 8, 6]),
        (["batch", 8, 6], ["batch", 6], ["batch", 8, 6]),
        (["batch", 6], ["batch", "seq", 6], ["batch", "seq", 6]),
        (["batch", "seq", 6], ["batch", "seq", 1], ["batch", "seq", 6]),
        (["batch", "seq", 6], ["batch", 5, 6], ["batch", None, 6]),
        (["batch", None, 6], ["batch", 1, 6], ["batch", None, 6]),
        ([None, 6], [4, 6], [4, 6]),
    ],
)
def test_shapes(kind: str, one: list[Any], other: list[Any], expected: list[Any]) -> None:
    assert report(merged(kind, one, other))["layers"][0]["output_shapes"] == [expected]


def test_the_batch_is_never_broadcast() -> None:
    problem = refused(merged("Add", [1, 6], [4, 6]))
    assert problem.code == "shape_mismatch"
    assert "4 beside 1" in problem.detail


def test_sizes_that_differ_do_not_merge() -> None:
    assert refused(merged("Add", ["batch", 8, 6], ["batch", 7, 6])).code == "shape_mismatch"
    assert refused(merged("Subtract", *[["batch", 6]] * 3)).code == "invalid_model"


@pytest.mark.parametrize(
    ("shapes", "axis", "expected"),
    [
        ([["batch", 8, 6], ["batch", 8, 4]], -1, ["batch", 8, 10]),
        ([["batch", 8, 6], ["batch", None, 6]], 1, ["batch", None, 6]),
        ([["batch", None, 6], ["batch", 5, 6]], -1, ["batch", None, 12]),
        ([["batch", 5, 6], ["batch", None, 6]], -1, ["batch", 5, 12]),
        ([[None, 6], [None, 6]], 0, [None, 6]),
        ([["batch", "seq", 6], ["batch", "seq", 6]], -1, ["batch", "seq", 12]),
    ],
)
def test_concatenation(shapes: list[list[Any]], axis: int, expected: list[Any]) -> None:
    body = merged("Concatenate", *shapes, axis=axis)
    assert report(body)["layers"][0]["output_shapes"] == [expected]


def test_what_is_behind_each_other_has_one_rank_and_one_shape_beside() -> None:
    assert refused(merged("Concatenate", ["batch", 8], ["batch", 8, 4])).code == "shape_mismatch"
    assert refused(merged("Concatenate", ["batch", 8, 6], ["batch", 7, 6])).code == "shape_mismatch"
