"""Normalizations: weights, state and refusals."""

from typing import Any

import pytest
from tests.service.documents import Report, document, layer, refused, report


def row(shape: list[Any], kind: str, **attributes: Any) -> Report:
    answer: Report = report(document(shape, layer(kind, **attributes)))["layers"][0]
    return answer


def weights(answer: Report) -> dict[str, list[int]]:
    return {weight["name"]: weight["shape"] for weight in answer["weights"]}


def counts(answer: Report) -> tuple[int, int, int]:
    return answer["parameters"], answer["trainable"], answer["buffers"]


def test_renormalization_keeps_three_more_statistics() -> None:
    answer = row(["batch", 6], "BatchNormalization", renorm=True)
    assert counts(answer) == (7 * 6, 2 * 6, 5 * 6)  # Keras: 42, 12 of them trainable
    assert list(weights(answer))[4:] == ["moving_stddev", "renorm_mean", "renorm_stddev"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"num_batches_tracked": True}, (25, 12, 13)),  # torch.nn.BatchNorm2d(6)
        ({"track_running_stats": False}, (12, 12, 0)),
        ({"track_running_stats": False, "num_batches_tracked": True}, (12, 12, 0)),
        ({"scale": False, "center": False, "num_batches_tracked": True}, (13, 0, 13)),
    ],
)
def test_statistics_of_pytorch(attributes: dict[str, Any], expected: tuple[int, int, int]) -> None:
    answer = row(["batch", 6, 20, 21], "BatchNormalization", axis=1, **attributes)
    assert counts(answer) == expected


def test_the_number_of_batches_is_an_integer() -> None:
    answer = row(["batch", 6], "BatchNormalization", num_batches_tracked=True)
    assert (answer["weights"][-1]["shape"], answer["weights"][-1]["dtype"]) == ([], "int64")


def test_groups_divide_the_channels() -> None:
    assert counts(row(["batch", 4, 4, 6], "GroupNormalization", groups=3)) == (12, 12, 0)
    assert counts(row(["batch", 6, 4, 4], "GroupNormalization", groups=-1, axis=1)) == (12, 12, 0)
    problem = refused(document(["batch", 4, 6], layer("GroupNormalization", groups=4)))
    assert problem.code == "shape_mismatch"
    assert "6 channels do not divide into 4 groups" in problem.detail
    problem = refused(document(["batch", 4, 6], layer("GroupNormalization", groups="2 - 2")))
    assert problem.errors[0].pointer == "/layers/0/groups"


def test_channels_must_be_known_where_there_are_groups() -> None:
    bare = layer("GroupNormalization", groups=1, center=False, scale=False)
    assert refused(document(["batch", 4, None], bare)).code == "shape_mismatch"


def test_instance_normalization_may_track_statistics() -> None:
    """torch.nn.InstanceNorm1d(6, affine=True, track_running_stats=True): 12 and 13."""
    tracked = {"track_running_stats": True, "num_batches_tracked": True}
    answer = row(["batch", 6, 20], "GroupNormalization", groups=-1, axis=1, **tracked)
    assert counts(answer) == (25, 12, 13)


@pytest.mark.parametrize(
    ("axis", "shape"), [([2, 1], [4, 5]), ([-1, 1], [5, 4]), ([1, -1], [5, 4]), (-1, [5])]
)
def test_axes_are_sorted_as_they_are_written(axis: Any, shape: list[int]) -> None:
    """As keras.layers.LayerNormalization(axis).build((None, 4, 5)) does."""
    assert weights(row(["batch", 4, 5], "LayerNormalization", axis=axis))["gamma"] == shape
    assert weights(row(["batch", 4, 5], "RMSNormalization", axis=axis))["scale"] == shape


def test_scaling_by_the_variance_has_a_gamma_alone() -> None:
    answer = row(["batch", 5], "LayerNormalization", rms_scaling=True, scale=False)
    assert weights(answer) == {"gamma": [5]}


def test_normalizations_without_weights_need_no_size() -> None:
    assert row(["batch", None], "UnitNormalization")["parameters"] == 0
    assert row(["batch", None], "RMSNormalization", elementwise_affine=False)["parameters"] == 0
    assert row(["batch", None], "LayerNormalization", scale=False, center=False)["weights"] == []


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, {"mean": [5], "variance": [5], "count": []}),
        ({"axis": None}, {"mean": [], "variance": [], "count": []}),
        ({"axis": [2, 1]}, {"mean": [4, 5], "variance": [4, 5], "count": []}),
        ({"axis": [-1, 1]}, {"mean": [4, 5], "variance": [4, 5], "count": []}),
        ({"mean": 1.0, "variance": 2.0}, {}),
        ({"mean": [1, 2, 3, 4, 5], "variance": [1, 1, 1, 1, 1.5]}, {}),
    ],
)
def test_statistics_are_state_unless_they_are_given(
    attributes: dict[str, Any], expected: dict[str, list[int]]
) -> None:
    answer = row(["batch", 4, 5], "Normalization", **attributes)
    assert weights(answer) == expected
    assert answer["buffers"] == answer["parameters"] == answer["non_trainable"]


def test_six_features_have_thirteen_numbers() -> None:
    assert row(["batch", 6], "Normalization")["parameters"] == 6 + 6 + 1


def test_mean_and_variance_are_given_together() -> None:
    problem = refused(document(["batch", 6], layer("Normalization", mean=1.0)))
    assert problem.errors[0].pointer == "/layers/0/mean"
    nothing = layer("Normalization", mean=[], variance=[])
    problem = refused(document(["batch", 6], nothing))
    assert problem.errors[0].detail == "must be a list of at least 1, got []"


# Spectral normalization


@pytest.mark.parametrize(
    ("inner", "shape", "parameters"),
    [
        (layer("Dense", units=7), ["batch", 5], 5 * 7 + 7 + 7),
        (layer("Conv2D", filters=8, kernel_size=3), ["batch", 9, 9, 3], 9 * 3 * 8 + 8 + 8),
        (layer("Embedding", input_dim=7, output_dim=3), ["batch", 5], 7 * 3 + 3),
        (layer("Conv2DTranspose", filters=5, kernel_size=3), ["batch", 9, 9, 4], 180 + 5 + 4),
        (layer("DepthwiseConv2D", kernel_size=3), ["batch", 9, 9, 4], 36 + 4 + 1),
    ],
)
def test_a_vector_beside_the_kernel(
    inner: dict[str, Any], shape: list[Any], parameters: int
) -> None:
    answer = row(shape, "SpectralNormalization", layer=inner, power_iterations=2)
    assert answer["parameters"] == parameters
    assert answer["weights"][1]["name"] == "vector_u"
    assert answer["buffers"] == answer["weights"][1]["parameters"]


def test_a_wrapper_in_a_wrapper_has_two_vectors() -> None:
    inner = layer("SpectralNormalization", layer=layer("Dense", units=3))
    assert row(["batch", 4], "SpectralNormalization", layer=inner)["parameters"] == 15 + 3 + 3


@pytest.mark.parametrize(
    "inner",
    [
        layer("LSTM", units=3),
        layer("BatchNormalization"),
        layer("SeparableConv1D", filters=3, kernel_size=2),
        layer("TimeDistributed", layer=layer("Dense", units=3)),
    ],
    ids=lambda inner: str(inner["type"]),
)
def test_a_layer_without_a_kernel_of_its_own_is_refused(inner: dict[str, Any]) -> None:
    problem = refused(document(["batch", 9, 4], layer("SpectralNormalization", layer=inner)))
    assert problem.code == "invalid_model"
    assert "one kernel" in problem.detail


def test_power_is_iterated_at_least_once() -> None:
    inner = layer("Dense", units=3)
    none = layer("SpectralNormalization", layer=inner, power_iterations=0)
    assert refused(document(["batch", 4], none)).errors[0].pointer == "/layers/0/power_iterations"


def test_a_vector_is_called_again_with_its_kernel() -> None:
    wrapped = layer("SpectralNormalization", name="a", layer=layer("Dense", units=5))
    again = {"type": "Reuse", "layer": "a", "inputs": ["a"]}
    answer = report(document(["batch", 5], wrapped, again))
    assert [one["parameters"] for one in answer["layers"]] == [35, 0]


@pytest.mark.parametrize(
    ("members", "fits"),
    [
        ({"mean": 0.5, "variance": 2}, True),
        ({"mean": [0.5], "variance": [2]}, True),
        ({"mean": [1, 2, 3, 4, 5, 6], "variance": [1, 1, 1, 1, 1, 1]}, True),
        ({"mean": [1, 2], "variance": [1, 1, 1, 1, 1, 1]}, False),
        ({"mean": [1, 2, 3, 4, 5, 6], "variance": [1, 1, 1]}, False),
        ({"mean": [[1, 2, 3]], "variance": [[1, 1, 1]]}, False),
        ({"axis": None, "mean": [1, 2], "variance": [1, 2]}, False),
    ],
)
def test_given_statistics_are_as_many_as_the_axis_has(members: dict[str, Any], fits: bool) -> None:
    """Keras broadcasts them to the axes that they are of."""
    model = document(["batch", 6], layer("Normalization", **members))
    if fits:
        assert report(model)["totals"]["parameters"] == 0
    else:
        assert refused(model).errors[0].pointer in ("/layers/0/mean", "/layers/0/variance")


def test_the_vector_of_spectral_normalization_stands_behind_the_kernel() -> None:
    """Keras 3.15.1: `SpectralNormalization(Conv2D(6, 3)).weights`."""
    wrapped = layer("SpectralNormalization", layer=layer("Conv2D", filters=6, kernel_size=3))
    found = report(document(["batch", 8, 8, 4], wrapped))["layers"][0]
    assert [weight["name"] for weight in found["weights"]] == [
        "conv2d/kernel",
        "vector_u",
        "conv2d/bias",
    ]
    assert found["formula"].endswith("216 + 6 + 6 = 228")
