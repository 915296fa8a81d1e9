"""What stays on a device from step to step: weights, gradients, optimizer states, and how they are
divided. The figures are those of the papers that the rules come from, or counted by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weighbridge.memory.memory import memory
from weighbridge.memory.plan import device_memory
from weighbridge.problems import Problem

EXAMPLES = Path(__file__).parents[2] / "examples"
FIGURE_11_1 = json.loads((EXAMPLES / "figure-11-1.json").read_text())
GPT_3 = json.loads((EXAMPLES / "gpt-3-175b.json").read_text())


def asked(model: Any, **members: Any) -> Any:
    """Ask and decode; a float in the answer is refused."""
    answer = memory(json.dumps({"model": model, **members}).encode())
    return json.loads(answer, parse_float=_refuse)


def _refuse(number: str) -> float:
    raise AssertionError(f"a float: {number}")


def per_device(model: Any, **members: Any) -> dict[str, int]:
    """Return the parts of the answer."""
    parts: dict[str, int] = asked(model, **members)["per_device"]
    return parts


def dense(units: int, features: int, **attributes: Any) -> dict[str, Any]:
    """Return a model of one dense layer."""
    return {
        "inputs": {"x": {"shape": ["batch", features]}},
        "layers": [{"type": "Dense", "name": "dense", "units": units, **attributes}],
    }


# ---- Training ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("optimizer", "values"), [("sgd", 0), ("momentum", 26_926), ("adam", 53_852)]
)
def test_the_optimizers_values_of_the_small_network(optimizer: str, values: int) -> None:
    answer = asked(FIGURE_11_1, training={"optimizer": optimizer})
    assert answer["optimizer_state_values"] == values
    assert answer["per_device"]["optimizer_states"] == 4 * values
    assert answer["per_device"]["weights"] == answer["per_device"]["gradients"] == 4 * 26_926
    assert answer["per_device"]["master_weights"] == 0


@pytest.mark.parametrize(
    ("optimizer", "per_parameter"),
    [("sgd", 0), ("momentum", 1), ("rmsprop", 1), ("adagrad", 1), ("lion", 1), ("adamw", 2)],
)
def test_values_that_each_optimizer_keeps(optimizer: str, per_parameter: int) -> None:
    answer = asked(dense(5, 3), training={"optimizer": optimizer})
    assert answer["optimizer_state_values"] == per_parameter * (3 * 5 + 5)


# 7.5e9 parameters: the table in figure 1 of arXiv 1910.02054, in GB of 10^9 bytes.
ZERO = dense(75_000, 100_000, use_bias=False)


@pytest.mark.parametrize(
    ("stage", "gigabytes"),
    [(0, "120.0"), (1, "31.4"), (2, "16.6"), (3, "1.9")],
)
def test_the_stages_of_zero(stage: int, gigabytes: str) -> None:
    plan = {"precision": "mixed-float16", "zero_stage": stage, "data_parallel": 64}
    parts = per_device(ZERO, training=plan)
    states = ("weights", "master_weights", "gradients", "optimizer_states")
    assert f"{sum(parts[name] for name in states) / 10**9:.1f}" == gigabytes


def test_what_each_stage_divides() -> None:
    parts = [
        per_device(
            dense(5, 3),
            training={"precision": "mixed-bfloat16", "zero_stage": z, "data_parallel": 3},
        )
        for z in range(4)
    ]
    # 20 parameters; a third of them, rounded up, is 7.
    assert [p["weights"] for p in parts] == [40, 40, 40, 14]
    assert [p["gradients"] for p in parts] == [40, 40, 14, 14]
    assert [p["master_weights"] for p in parts] == [80, 28, 28, 28]
    assert [p["optimizer_states"] for p in parts] == [160, 56, 56, 56]


@pytest.mark.parametrize(
    ("precision", "weights", "master", "states"),
    [
        ("float64", 8, 0, 16),
        ("float32", 4, 0, 8),
        ("float16", 2, 0, 4),
        ("bfloat16", 2, 0, 4),
        ("mixed-float16", 2, 4, 8),
        ("mixed-bfloat16", 2, 4, 8),
    ],
)
def test_bytes_of_a_parameter(precision: str, weights: int, master: int, states: int) -> None:
    parts = per_device(dense(5, 3), training={"precision": precision})
    assert parts["weights"] == parts["gradients"] == 20 * weights
    assert parts["master_weights"] == 20 * master
    assert parts["optimizer_states"] == 20 * states


def test_frozen_weights_are_held_and_no_more() -> None:
    answer = asked(dense(5, 3, trainable=False), training={"precision": "mixed-float16"})
    parts = answer["per_device"]
    assert parts["weights"] == 40
    assert parts["master_weights"] == parts["gradients"] == parts["optimizer_states"] == 0
    assert answer["optimizer_state_values"] == 0


def test_state_and_integers_keep_their_width() -> None:
    normalized = {
        "inputs": {"x": {"shape": ["batch", 6]}},
        "layers": [{"type": "BatchNormalization"}],
    }
    # gamma and beta of 6 in 16 bits; mean and variance of 6 in float32.
    assert per_device(normalized, training={"precision": "float16"})["weights"] == 24 + 48
    # An int8 kernel of 3 x 5, a scale of 5 and a bias of 5.
    quantized = dense(5, 3, quantization="int8")
    assert per_device(quantized, training={"precision": "float16"})["weights"] == 15 + 10 + 10


def test_adafactor_keeps_sums_of_rows_and_columns() -> None:
    answer = asked(dense(5, 3), training={"optimizer": "adafactor"})
    assert answer["optimizer_state_values"] == (3 + 5) + 5
    convolution = {
        "inputs": {"x": {"shape": ["batch", 8, 8, 4]}},
        "layers": [{"type": "Conv2D", "filters": 6, "kernel_size": 3}],
    }
    # torch.optim.Adafactor factors the last two axes: 3 x 3 x (4 + 6), and the bias of 6.
    answer = asked(convolution, training={"optimizer": "adafactor"})
    assert answer["optimizer_state_values"] == 90 + 6


def test_states_of_eight_bits_have_scales() -> None:
    # 4,100 elements: two states of a byte, and 3 blocks of 2,048 for each of them.
    large = asked(dense(41, 100, use_bias=False), training={"optimizer": "adam8bit"})
    assert large["per_device"]["optimizer_states"] == 2 * (4_100 + 3 * 4)
    assert large["optimizer_state_values"] == 8_200
    small = per_device(dense(40, 100, use_bias=False), training={"optimizer": "adam8bit"})
    assert small["optimizer_states"] == 2 * 4_000 * 4


def test_tied_reused_and_repeated_weights() -> None:
    model = {
        "inputs": {"x": {"shape": ["batch", 4]}},
        "layers": [
            {"type": "Dense", "name": "a", "units": 4},  # 20
            {"type": "Reuse", "layer": "a", "name": "again"},
            {"type": "Dense", "name": "b", "units": 4, "tie": {"kernel": "a/kernel"}},  # 4
            {"type": "Block", "repeat": 3, "layers": [{"type": "Dense", "units": 4}]},  # 60
            {"type": "Block", "copies": 5, "active": 2, "layers": [{"type": "Dense", "units": 4}]},
        ],
    }
    assert per_device(model, training={})["weights"] == 4 * (20 + 4 + 60 + 100)


def test_tensor_parallelism_divides_matrices() -> None:
    parts = per_device(dense(5, 3), training={"tensor_parallel": 2, "optimizer": "momentum"})
    # A kernel of 15 gives 8 to a device; a bias of 5 stays whole.
    assert parts["weights"] == parts["gradients"] == parts["optimizer_states"] == 4 * (8 + 5)


PIPELINE: dict[str, Any] = {
    "inputs": {"x": {"shape": ["batch", 4]}},
    "layers": [
        {"type": "Dense", "name": "before", "units": 4, "use_bias": False},  # 16
        {"type": "Block", "name": "block", "repeat": 5, "layers": [{"type": "Dense", "units": 4}]},
        {"type": "Dense", "name": "after", "units": 3, "use_bias": False},  # 12
    ],
}


def test_pipeline_parallelism_divides_the_repeated_block() -> None:
    answer = asked(PIPELINE, training={"pipeline_parallel": 2, "optimizer": "sgd"})
    # ceil(5 / 2) rounds of 20 with what stands before them are the most.
    assert answer["per_device"]["weights"] == 4 * (16 + 3 * 20)
    assert answer["devices"] == 2


def test_a_weight_that_two_stages_share_is_in_both() -> None:
    layers = [
        {"type": "Dense", "name": "before", "units": 4, "use_bias": False},
        PIPELINE["layers"][1],
        {"type": "Dense", "units": 4, "tie": {"kernel": "before/kernel"}},
    ]
    parts = per_device(
        {**PIPELINE, "layers": layers}, training={"pipeline_parallel": 5, "optimizer": "sgd"}
    )
    # The last stage: one round of 20, a copy of the tied kernel, and the bias of 4 behind it.
    assert parts["weights"] == 4 * (20 + 16 + 4)


def test_devices_are_multiplied() -> None:
    plan = {"data_parallel": 3, "tensor_parallel": 2, "pipeline_parallel": 5}
    assert asked(PIPELINE, training=plan)["devices"] == 30


# ---- Inference --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("float64", 8 * 20),
        ("float32", 4 * 20),
        ("bfloat16", 2 * 20),
        ("mixed-float16", 4 * 20),
        # 15 elements of a byte, or 8 bytes of two each; 5 scales; a bias of 5.
        ("float8", 15 + 10 + 10),
        ("int8", 15 + 10 + 10),
        ("int4", 8 + 10 + 10),
    ],
)
def test_weights_as_they_are_stored(precision: str, expected: int) -> None:
    assert per_device(dense(5, 3), inference={"precision": precision})["weights"] == expected


def test_the_small_network_before_and_after_quantization() -> None:
    assert per_device(FIGURE_11_1, inference={})["weights"] == 107_704
    # Kernels of 375, 540, 24,576 and 1,280 elements; 5 + 12 + 128 + 10 channels with a scale and a
    # bias each.
    quantized = per_device(FIGURE_11_1, inference={"precision": "int8"})
    assert quantized["weights"] == 375 + 540 + 24_576 + 1_280 + 2 * 155 + 2 * 155


@pytest.mark.parametrize(
    ("layer", "shape", "scales"),
    [
        ({"type": "Dense", "units": 6, "use_bias": False}, [1, 10], 3 * 6),
        ({"type": "Embedding", "input_dim": 6, "output_dim": 10}, [1, 2], 6 * 3),
        (
            {"type": "Conv2D", "filters": 6, "kernel_size": [5, 1], "use_bias": False},
            [1, 9, 9, 2],
            3 * 6,
        ),
        (
            {"type": "Conv1DTranspose", "filters": 6, "kernel_size": 5, "use_bias": False},
            [1, 9, 2],
            3 * 6,
        ),
        (
            {
                "type": "DepthwiseConv1D",
                "kernel_size": 10,
                "depth_multiplier": 3,
                "use_bias": False,
            },
            [1, 19, 2],
            3 * 6,
        ),
        (
            {"type": "EinsumDense", "equation": "ab,bcd->acd", "output_shape": [2, 3]},
            [1, 10],
            3 * 6,
        ),
        (
            {"type": "EinsumDense", "equation": "abc,bcd->ad", "output_shape": 6},
            [1, 5, 2],
            3 * 6,
        ),
        # Query, key and value of 3 groups each for 2 heads of 3, and back from 6 to 10.
        (
            {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3, "use_bias": False},
            [1, 7, 10],
            3 * 18 + 20,
        ),
    ],
)
def test_groups_of_inputs_have_a_scale(layer: Any, shape: list[int], scales: int) -> None:
    model = {"inputs": {"x": {"shape": shape}}, "layers": [layer]}
    whole = per_device(model, inference={"precision": "float16"})["weights"] // 2
    parts = per_device(model, inference={"precision": "int8", "group_size": 4})
    assert parts["weights"] == whole + 2 * scales


# ---- Units, limits and faults ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (80, 80),
        ("80GiB", 80 * 1024**3),
        ("24GB", 24 * 10**9),
        ("24.5GB", 24_500_000_000),
        ("0.3 MB", 300_000),
        ("1.5KiB", 1_536),
        ("2kB", 2_000),
        ("16TiB", 16 * 1024**4),
        ("7B", 7),
    ],
)
def test_memory_is_read_exactly(written: Any, read: int) -> None:
    assert device_memory(written) == read


def test_what_is_more_than_64_bits_is_null() -> None:
    answer = asked(dense(2**31, 2**31, use_bias=False), training={})
    assert answer["per_device"]["weights"] is None
    assert answer["per_device"]["total"] is None
    assert answer["fits"] is None
    overflowing = {w["figure"] for w in answer["warnings"] if w["code"] == "overflow"}
    assert overflowing >= {"weights", "gradients", "optimizer_states"}


@pytest.mark.parametrize(
    ("members", "pointer", "detail"),
    [
        ({"training": {"optimizer": "adm"}}, "/training/optimizer", "did you mean 'adam'?"),
        ({"training": {"optimizer": None}}, "/training/optimizer", "must be one of sgd"),
        ({"training": {"precision": "int8"}}, "/training/precision", "must be one of float64"),
        ({"training": {"zero_stage": 4}}, "/training/zero_stage", "must be at most 3, got 4"),
        ({"training": {"zero_stage": True}}, "/training/zero_stage", "must be an integer"),
        ({"training": {"data_parallel": 0}}, "/training/data_parallel", "must be at least 1"),
        ({"training": {"data_parallel": -8}}, "/training/data_parallel", "must be at least 1"),
        ({"training": {"tensor_parallel": 2.0}}, "/training/tensor_parallel", "an integer"),
        ({"training": {"tensor_parallel": "2"}}, "/training/tensor_parallel", "an integer"),
        ({"training": {"pipeline_parallel": 2**63}}, "/training/pipeline_parallel", "at most"),
        ({"training": {"pipeline_parallel": 2}}, "/training/pipeline_parallel", "got none"),
        ({"training": {"activation_checkpointing": "all"}},
         "/training/activation_checkpointing", "must be one of none, block, full"),
        ({"training": {"optimiser": "adam"}}, "/training/optimiser", "did you mean 'optimizer'?"),
        ({"training": []}, "/training", "must be an object"),
        ({"inference": {"batch": 0}}, "/inference/batch", "must be at least 1"),
        ({"inference": {"context": "2k"}}, "/inference/context", "must be an integer"),
        ({"inference": {"precision": "int2"}}, "/inference/precision", "must be one of"),
        ({"inference": {"group_size": 128}}, "/inference/group_size", "is for float8"),
        ({"training": {}, "inference": {}}, "/inference", "one plan too many"),
        ({"bindings": {}}, "", "needs `training` or `inference`"),
        ({"training": {}, "device_memory": "80 gigs"}, "/device_memory", "must be bytes"),
        ({"training": {}, "device_memory": "1e3GB"}, "/device_memory", "must be bytes"),
        ({"training": {}, "device_memory": -1}, "/device_memory", "from 1 to 2^63-1"),
        ({"training": {}, "device_memory": 1.5}, "/device_memory", "must be bytes"),
        ({"training": {}, "device_memory": True}, "/device_memory", "must be bytes"),
        ({"training": {}, "device_memory": "9999999PiB"}, "/device_memory", "from 1 to"),
        ({"training": {}, "detail": "weights"}, "/detail", "is not known"),
    ],
)  # fmt: skip
def test_a_bad_plan_is_refused_at_its_place(
    members: dict[str, Any], pointer: str, detail: str
) -> None:
    with pytest.raises(Problem) as raised:
        asked(dense(5, 3), **members)
    (fault,) = raised.value.errors
    assert (fault.code, fault.pointer) == ("invalid_request", pointer)
    assert detail in fault.detail


def test_all_faults_of_a_plan_are_told() -> None:
    with pytest.raises(Problem) as raised:
        asked(dense(5, 3), training={"optimizer": 1, "zero_stage": 9, "zero": 1}, device_memory="x")
    assert [fault.pointer for fault in raised.value.errors] == [
        "/training/optimizer",
        "/training/zero_stage",
        "/training/zero",
        "/device_memory",
    ]


def test_pipeline_parallelism_needs_one_block() -> None:
    for layers, detail in (
        ([PIPELINE["layers"][1], {**PIPELINE["layers"][1], "name": "b"}], "got 2: 'block', 'b'"),
        ([PIPELINE["layers"][1]], "must be at most 5, the rounds of 'block'"),
    ):
        with pytest.raises(Problem, match=detail):
            asked({**PIPELINE, "layers": layers}, training={"pipeline_parallel": 6})


# ---- Properties -------------------------------------------------------------------------------

plans = st.fixed_dictionaries(
    {},
    optional={
        "optimizer": st.sampled_from(["sgd", "adam", "adafactor", "adam8bit"]),
        "precision": st.sampled_from(["float64", "float16", "mixed-bfloat16"]),
        "zero_stage": st.integers(0, 3),
        "data_parallel": st.integers(1, 100),
        "tensor_parallel": st.integers(1, 16),
        "pipeline_parallel": st.integers(1, 96),
        "activation_checkpointing": st.sampled_from(["none", "block", "full"]),
    },
)


@given(plan=plans)
def test_the_whole_answer_has_no_float(plan: dict[str, Any]) -> None:
    answer = asked(GPT_3, training=plan, device_memory="80GiB", bindings={"batch": 1, "seq": 2048})
    parts = dict(answer["per_device"])
    total = parts.pop("total")
    assert total is None or total == sum(parts.values())
    assert set(answer["formulas"]) == {*parts, "total"}


@given(plan=plans, stage=st.integers(0, 2))
def test_a_later_stage_of_zero_never_needs_more(plan: dict[str, Any], stage: int) -> None:
    del_plan = {**plan, "zero_stage": stage}
    before = per_device(GPT_3, training=del_plan)
    after = per_device(GPT_3, training={**del_plan, "zero_stage": stage + 1})
    for name in ("weights", "master_weights", "gradients", "optimizer_states"):
        assert after[name] <= before[name]
