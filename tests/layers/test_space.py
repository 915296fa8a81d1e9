"""Space that is padded, cropped, resized and folded: shapes and refusals. Nothing has weights."""

from typing import Any

import pytest
from tests.service.documents import document, layer, refused, report


def shape(given: list[Any], one: dict[str, Any], **members: Any) -> list[Any]:
    """The shape of the output of a model's only layer, which has no weights and no macs."""
    answer = report(document(given, one, **members))["layers"][0]
    assert answer["parameters"] == answer["macs"] == 0
    found: list[Any] = answer["output_shapes"][0]
    return found


# Padding and cropping


@pytest.mark.parametrize(
    ("padding", "expected"),
    [(2, [12, 13]), ([1, 2], [10, 13]), ([[1, 2], [0, 4]], [11, 13]), ("n + 1", [12, 13])],
)
def test_padding_is_of_all_sides_or_axes_or_sides(padding: Any, expected: list[int]) -> None:
    one = layer("ZeroPadding2D", padding=padding)
    assert shape(["batch", 8, 9, 3], one, variables={"n": 1}) == ["batch", *expected, 3]


@pytest.mark.parametrize("padding", [[1, 2], [[1, 2]]])
def test_of_one_axis_a_pair_may_stand_alone(padding: Any) -> None:
    assert shape(["batch", 8, 3], layer("ZeroPadding1D", padding=padding)) == ["batch", 11, 3]


def test_a_fault_is_placed_at_its_side() -> None:
    problem = refused(document(["batch", 8, 3], layer("Cropping1D", cropping=[1, -2])))
    assert problem.errors[0].pointer == "/layers/0/cropping/1"
    problem = refused(document(["batch", 8, 9, 3], layer("Cropping2D", cropping=[[0, 0], [1, -2]])))
    assert problem.errors[0].pointer == "/layers/0/cropping/1/1"
    problem = refused(document(["batch", 8, 9, 3], layer("ZeroPadding2D", padding=[1, 2, 3])))
    assert problem.errors[0].detail == "must have 2 entries, one an axis, got 3"
    twice = layer("ZeroPadding1D", padding=[[1, 2], [1, 2]])
    problem = refused(document(["batch", 8, 3], twice))
    assert problem.errors[0].detail == "must have 1 entries, one an axis, got 2"


def test_an_axis_that_is_not_padded_keeps_its_name() -> None:
    one = layer("ZeroPadding2D", padding=[[0, 0], [1, 1]])
    assert shape(["batch", "high", "wide", 3], one) == ["batch", "high", None, 3]


def test_something_must_be_left() -> None:
    problem = refused(document(["batch", 8, 9, 3], layer("Cropping2D", cropping=4)))
    assert problem.code == "shape_mismatch"
    assert "makes a size of 0 from one of 8: too little is left" in problem.detail


@pytest.mark.parametrize(
    ("kind", "most"), [("ReflectionPad1d", 7), ("CircularPad1d", 8), ("ReplicationPad1d", 99)]
)
def test_a_border_is_filled_with_what_there_is(kind: str, most: int) -> None:
    one = layer(kind, padding=[most, 0])
    assert shape(["batch", 8, 3], one) == ["batch", 8 + most, 3]
    if most < 99:
        problem = refused(document(["batch", 8, 3], layer(kind, padding=[most + 1, 0])))
        assert f"a border of {most + 1} is more than an input of 8" in problem.detail


def test_less_than_nothing_is_taken_away() -> None:
    one = layer("ConstantPad2d", padding=[[-1, 0], [-2, 3]], value=0.5)
    assert shape(["batch", 8, 9, 3], one) == ["batch", 7, 10, 3]


# Sizes and factors


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        # PyTorch 2.13, Upsample on (4, 5)
        ({"scale_factor": 2}, [8, 10]),
        ({"scale_factor": [2, 3.5]}, [8, 17]),
        ({"scale_factor": [1, 0.3333333333333333]}, [4, 1]),
        ({"size": [9, 11], "mode": "bicubic"}, [9, 11]),
        ({"size": 6}, [6, 6]),
    ],
)
def test_a_factor_is_rounded_down(attributes: dict[str, Any], expected: list[int]) -> None:
    answer = shape(["batch", 4, 5, 3], layer("Upsample", **attributes))
    assert answer == ["batch", *expected, 3]


def test_a_product_is_a_double_before_it_is_rounded_down() -> None:
    third = layer("Upsample", scale_factor=1 / 3)
    assert shape(["batch", 3, 2], third) == ["batch", 1, 2]  # int(3 * (1 / 3))
    assert shape(["batch", 100, 2], layer("Upsample", scale_factor=0.29)) == ["batch", 28, 2]


def test_a_factor_of_one_keeps_a_name() -> None:
    one = layer("UpSampling2D", size=[1, 2])
    assert shape(["batch", "high", "wide", 3], one) == ["batch", "high", None, 3]


@pytest.mark.parametrize(
    ("attributes", "pointer", "words"),
    [
        ({}, "/layers/0", "a size or a factor"),
        ({"size": 2, "scale_factor": 2}, "/layers/0", "a size or a factor"),
        ({"scale_factor": [2, 2, 2]}, "/layers/0/scale_factor", "one for each of 2 axes, got 3"),
        ({"scale_factor": 0.1}, "/layers/0", "makes a size of 0 from one of 4"),
        ({"scale_factor": [1, -0.5]}, "/layers/0/scale_factor/1", "must be above 0"),
        ({"size": 2, "mode": "linear"}, "/layers/0", "takes an input of rank 3, got rank 4"),
        ({"scale_factor": 1e-200}, "/layers/0/scale_factor", "outside int64"),
    ],
)
def test_what_upsample_refuses(attributes: dict[str, Any], pointer: str, words: str) -> None:
    problem = refused(document(["batch", 4, 5, 3], layer("Upsample", **attributes)))
    assert problem.errors[0].pointer == pointer
    assert words in problem.errors[0].detail


@pytest.mark.parametrize("kind", ["Resizing", "CenterCrop", "RandomCrop"])
def test_an_image_gets_a_size_with_or_without_a_batch(kind: str) -> None:
    one = layer(kind, height=5, width="2 * n")
    assert shape(["batch", None, 640, 3], one, variables={"n": 4}) == ["batch", 5, 8, 3]
    first = one | {"data_format": "channels_first"}
    assert shape([3, 480, 640], first, variables={"n": 4}) == [3, 5, 8]
    problem = refused(document([480, 640, 3], one, variables={"n": 0}))
    assert problem.errors[0].pointer == "/layers/0/width"


# Columns, channels and space


def test_windows_become_columns_and_come_back() -> None:
    window = {"kernel_size": [3, 2], "strides": 2, "padding": 1, "dilation_rate": [1, 2]}
    unfolded = shape([2, 3, 8, 9], layer("Unfold", **window), data_format="channels_first")
    assert unfolded == [2, 18, 20]  # PyTorch: 3 x 3 x 2 and 4 x 5
    folded = layer("Fold", output_size=[8, 9], **window)
    assert shape([2, 18, 20], folded, data_format="channels_first") == [2, 3, 8, 9]
    assert shape([2, 20, 18], folded) == [2, 8, 9, 3]


def test_columns_must_be_those_of_the_output() -> None:
    one = layer("Fold", output_size=[8, 9], kernel_size=3)
    problem = refused(document([2, 41, 27], one))
    assert "41 columns do not fit an output that has 42 windows" in problem.detail
    problem = refused(document([2, 42, 28], one))
    assert "28 channels do not divide into 9 groups" in problem.detail


def test_channels_become_space_and_come_back() -> None:
    assert shape(["batch", 4, 5, 12], layer("PixelShuffle", upscale_factor=2)) == [
        "batch",
        8,
        10,
        3,
    ]
    back = layer("PixelUnshuffle", downscale_factor=2)
    assert shape(["batch", 8, 10, 3], back) == ["batch", 4, 5, 12]
    problem = refused(document(["batch", 4, 5, 6], layer("PixelShuffle", upscale_factor=2)))
    assert "6 channels do not divide into 4 groups" in problem.detail


def test_groups_of_channels_change_places() -> None:
    one = layer("ChannelShuffle", groups=3)
    assert shape(["batch", "seq", 12], one) == ["batch", "seq", 12]
    problem = refused(document(["batch", 4, 5, 10], one))
    assert "10 channels do not divide into 3 groups" in problem.detail


# Images that change, and pipelines of them


def test_augmentation_leaves_the_shape() -> None:
    layers = [
        layer("RandomFlip", mode="horizontal"),
        layer("RandomRotation", factor=0.2),
        layer("RandomZoom", height_factor=[0.1, 0.2]),
        layer("AutoContrast", value_range=[0, 1]),
        layer("Rescaling", scale=1 / 255),
        layer("SpatialDropout2D", rate=0.1),
    ]
    answer = report(document(["batch", None, None, 3], *layers))
    assert all(row["output_shapes"] == [["batch", None, None, 3]] for row in answer["layers"])
    assert answer["totals"]["parameters"] == 0


def test_whole_numbers_become_what_is_computed_with() -> None:
    inputs = {"x": {"shape": ["batch", 32, 32, 3], "dtype": "uint8"}}
    answer = report({"inputs": inputs, "layers": [layer("Rescaling", scale=1 / 255)]})
    assert answer["outputs"]["rescaling"]["dtype"] == "float32"


def test_a_pipeline_is_one_row_with_the_weights_of_all() -> None:
    layers = [
        layer("Resizing", height=8, width=8),
        layer("Dense", units=4),
        layer("Dense", units=2),
    ]
    answer = report(document(["batch", 32, 32, 3], layer("Pipeline", layers=layers)))
    (row,) = answer["layers"]
    assert row["output_shapes"] == [["batch", 8, 8, 2]]
    assert [weight["name"] for weight in row["weights"]] == [
        "dense/kernel",
        "dense/bias",
        "dense_1/kernel",
        "dense_1/bias",
    ]
    assert row["macs"] == 8 * 8 * (3 * 4 + 4 * 2)
    problem = refused(document(["batch", 32, 32, 3], layer("Pipeline", layers=[])))
    assert problem.errors[0].pointer == "/layers/0/layers"
