"""Convolutions of every kind: shapes, weights, macs and refusals."""

from typing import Any

import pytest
from tests.service.documents import Report, document, layer, refused, report

IMAGE = ["batch", 14, 13, 6]


def row(shape: list[Any], one: dict[str, Any], **members: Any) -> Report:
    """The row of a model's only layer."""
    answer: Report = report(document(shape, one, **members))["layers"][0]
    return answer


def weights(answer: Report) -> dict[str, list[int]]:
    return {weight["name"]: weight["shape"] for weight in answer["weights"]}


# Transposed


def test_a_transposed_one_has_its_channels_the_other_way_round() -> None:
    answer = row(IMAGE, layer("Conv2DTranspose", filters=8, kernel_size=3, strides=2))
    assert weights(answer) == {"kernel": [3, 3, 8, 6], "bias": [8]}
    assert answer["output_shapes"] == [["batch", 29, 27, 8]]  # (n - 1) x 2 + 3
    assert answer["macs"] == 14 * 13 * (3 * 3 * 8 * 6)  # at every position of the input


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        # Keras 3.15, Conv1DTranspose on (batch, 9, 4)
        ({"kernel_size": 3, "strides": 2, "padding": "same"}, 18),
        ({"kernel_size": 1, "strides": 3}, 27),  # (9 - 1) x 3 + max(1, 3)
        ({"kernel_size": 3, "strides": 3, "padding": "same", "output_padding": 2}, 27),
        ({"kernel_size": 4, "strides": 3, "padding": "same", "output_padding": 2}, 26),
        # PyTorch 2.13, ConvTranspose1d: (n - 1) s - 2 p + d (k - 1) + output_padding + 1
        ({"kernel_size": 3, "strides": 2, "padding": 1}, 17),
        ({"kernel_size": 3, "strides": 2, "padding": 1, "output_padding": 1}, 18),
        ({"kernel_size": 3, "strides": 1, "padding": 0, "dilation_rate": 3}, 15),
        ({"kernel_size": 3, "strides": 1, "padding": [[2, 1]], "dilation_rate": 3}, 12),
    ],
)
def test_a_transposed_one_is_as_long_as_its_framework_says(
    attributes: dict[str, Any], expected: int
) -> None:
    answer = row(["batch", 9, 4], layer("Conv1DTranspose", filters=2, **attributes))
    assert answer["output_shapes"] == [["batch", expected, 2]]


def test_a_transposed_one_in_groups() -> None:
    answer = row(["batch", 9, 4], layer("Conv1DTranspose", filters=6, kernel_size=2, groups=2))
    assert weights(answer) == {"kernel": [2, 3, 4], "bias": [6]}
    assert answer["macs"] == 9 * (2 * 3 * 4)


def test_output_padding_may_be_an_expression_and_has_a_most() -> None:
    one = layer("Conv1DTranspose", filters=2, kernel_size=3, strides=2, output_padding="more")
    answer = row(["batch", 9, 4], one, variables={"more": 1})
    assert answer["output_shapes"] == [["batch", 20, 2]]
    problem = refused(document(["batch", 9, 4], one, variables={"more": 2}))
    assert problem.errors[0].pointer == "/layers/0/output_padding"
    assert problem.errors[0].detail == "must be at most 1, got 2"


def test_all_may_be_cut_away_but_no_more() -> None:
    """PyTorch 2.13: ConvTranspose1d with a padding of 1 on a size of 1 makes 0 - 2 + kernel."""
    one = layer("Conv1DTranspose", filters=2, kernel_size=2, padding=1)
    answer = row(["batch", 1, 4], one)
    assert (answer["output_shapes"], answer["activations"]) == ([["batch", 0, 2]], 0)
    problem = refused(document(["batch", 1, 4], one | {"kernel_size": 1}))
    assert problem.code == "shape_mismatch"
    assert "makes a size of -1 from one of 1" in problem.detail


# By depth


def test_a_depthwise_one_has_kernels_for_every_channel() -> None:
    answer = row(IMAGE, layer("DepthwiseConv2D", kernel_size=[3, 2], depth_multiplier=4))
    assert weights(answer) == {"kernel": [3, 2, 6, 4], "bias": [24]}
    assert answer["output_shapes"] == [["batch", 12, 12, 24]]
    assert answer["macs"] == 12 * 12 * (3 * 2 * 6 * 4)


def test_a_separable_one_goes_through_space_then_through_channels() -> None:
    one = layer("SeparableConv2D", filters=8, kernel_size=3, strides=2, padding="same")
    answer = row(IMAGE, one | {"depth_multiplier": 2, "use_bias": False})
    assert weights(answer) == {
        "depthwise_kernel": [3, 3, 6, 2],
        "pointwise_kernel": [1, 1, 12, 8],
    }
    assert answer["output_shapes"] == [["batch", 7, 7, 8]]
    assert answer["macs"] == 7 * 7 * (3 * 3 * 6 * 2 + 12 * 8)


@pytest.mark.parametrize("kind", ["DepthwiseConv1D", "SeparableConv1D", "Conv1DTranspose"])
def test_only_a_plain_one_is_causal(kind: str) -> None:
    filters = {} if kind.startswith("Depthwise") else {"filters": 2}
    one = layer(kind, kernel_size=3, padding="causal", **filters)
    problem = refused(document(["batch", 9, 4], one))
    assert problem.errors[0].pointer == "/layers/0/padding"
    assert problem.errors[0].detail == "causal padding is for Conv1D only"


# PyTorch's borders


@pytest.mark.parametrize(
    ("padding_mode", "most"), [("zeros", 99), ("replicate", 99), ("reflect", 3), ("circular", 4)]
)
def test_a_border_is_filled_with_what_there_is(padding_mode: str, most: int) -> None:
    one = layer("Conv1D", filters=2, kernel_size=3, padding_mode=padding_mode)
    answer = row(["batch", 4, 3], one | {"padding": most})
    assert answer["output_shapes"] == [["batch", 4 + 2 * most - 2, 2]]
    if most < 99:
        problem = refused(document(["batch", 4, 3], one | {"padding": most + 1}))
        assert problem.code == "shape_mismatch"
        assert f"a border of {most + 1} is more than" in problem.detail


# Convolutional LSTM


def test_a_convolutional_lstm_convolves_every_step_and_the_state() -> None:
    one = layer("ConvLSTM2D", filters=4, kernel_size=3, strides=2, padding="same")
    answer = row(["batch", 5, 12, 9, 3], one | {"return_sequences": True, "return_state": True})
    assert weights(answer) == {
        "kernel": [3, 3, 3, 16],
        "recurrent_kernel": [3, 3, 4, 16],
        "bias": [16],
    }
    state = ["batch", 6, 5, 4]
    assert answer["output_shapes"] == [["batch", 5, 6, 5, 4], state, state]
    assert answer["macs"] == 5 * (6 * 5) * (3 * 3 * 3 * 16 + 3 * 3 * 4 * 16)


def test_bidirectional_takes_a_convolutional_lstm() -> None:
    inner = layer("ConvLSTM1D", filters=4, kernel_size=3, return_state=True)
    answer = row(["batch", 5, 12, 3], layer("Bidirectional", layer=inner))
    state = ["batch", 10, 4]
    assert answer["output_shapes"] == [["batch", 10, 8], state, state, state, state]
    assert list(weights(answer))[:2] == [
        "forward_conv_lstm1d/kernel",
        "forward_conv_lstm1d/recurrent_kernel",
    ]


def test_a_convolutional_lstm_must_know_its_space() -> None:
    one = layer("ConvLSTM1D", filters=4, kernel_size=3)
    problem = refused(document(["batch", 5, "wide", 3], one))
    assert problem.code == "shape_mismatch"
    assert "its state needs the size of axis 2" in problem.detail
    assert row(["batch", "steps", 12, 3], one)["macs"] is None


# Low-rank matrices


@pytest.mark.parametrize(("axes", "space"), [(1, [9]), (2, [9, 9]), (3, [9, 9, 9])])
def test_lora_takes_the_training_from_the_kernel(axes: int, space: list[int]) -> None:
    """What `Conv2D.enable_lora(2)` of Keras 3.15.1 adds, in its order and of its dtypes."""
    one = layer(f"Conv{axes}D", filters=6, kernel_size=3, groups=2, lora_rank=2, dtype="bfloat16")
    found = row(["batch", *space, 4], one)
    told = [(w["name"], w["shape"], w["trainable"], w["dtype"]) for w in found["weights"]]
    window = [3] * axes
    assert told == [
        ("kernel", [*window, 2, 6], False, "bfloat16"),
        ("bias", [6], True, "bfloat16"),
        ("lora_kernel_a", [*window, 2, 2], True, "float32"),
        ("lora_kernel_b", [2, 6], True, "float32"),
    ]


def test_the_rank_of_lora_is_not_negative() -> None:
    one = layer("Conv2D", filters=6, kernel_size=3, lora_rank=-1)
    assert refused(document(IMAGE, one)).errors[0].pointer == "/layers/0/lora_rank"
