"""What layers keep for their backward passes, against a paper and against PyTorch.

PyTorch's figures are bytes of the storages that torch 2.13's `saved_tensors_hooks` see of the same
layers in float32 on a CPU, without parameters, buffers, and the statistics of normalizations.
"""

from typing import Any

import pytest
from tests.service.test_memory import GPT_3, asked

from weighbridge.problems import Problem

S, B, H, A = 2048, 1, 12288, 96
"""Tokens, batch, width and heads of GPT-3 in arXiv 2205.05198."""

SBH = S * B * H
SCORES = A * S * S * B


def activations(layers: Any, shape: Any = (1, S, H), **plan: Any) -> int:
    """Return the bytes that layers on one input keep, in 16 bits unless the plan says other."""
    dtype = plan.pop("dtype", "float32")
    bindings = plan.pop("bindings", {})
    model = {"inputs": {"x": {"shape": list(shape), "dtype": dtype}}, "layers": layers}
    answer = asked(model, training={"precision": "float16", **plan}, bindings=bindings)
    kept: int = answer["per_device"]["activations"]
    return kept


# ---- The layer of a transformer ---------------------------------------------------------------


ATTENTION = [
    {
        "type": "MultiHeadAttention",
        "name": "attention",
        "num_heads": A,
        "key_dim": H // A,
        "dropout": 0.1,
    },
]
BARE_ATTENTION = [
    *(
        part
        for name in "qkv"
        for part in (
            {"type": "Dense", "name": name, "units": H, "inputs": ["attention_norm"]},
            {"type": "Reshape", "name": f"{name}_heads", "target_shape": [S, A, H // A]},
            {"type": "Permute", "name": f"{name}_turned", "dims": [2, 1, 3]},
        )
    ),
    {
        "type": "Attention",
        "name": "scores",
        "dropout": 0.1,
        "inputs": ["q_turned", "v_turned", "k_turned"],
    },
    {"type": "Permute", "dims": [2, 1, 3]},
    {"type": "Reshape", "target_shape": [S, H]},
    {"type": "Dense", "name": "attention", "units": H},
]
PACKED_ATTENTION = [
    {"type": "Dense", "name": "qkv", "units": 3 * H},
    {"type": "Split", "name": "split", "indices_or_sections": 3, "axis": -1},
    *(
        part
        for k, name in enumerate("qkv")
        for part in (
            {
                "type": "Reshape",
                "name": f"{name}_heads",
                "target_shape": [S, A, H // A],
                "inputs": [f"split:{k}" if k else "split"],
            },
            {"type": "Permute", "name": f"{name}_turned", "dims": [2, 1, 3]},
        )
    ),
    *BARE_ATTENTION[-4:],
]
SEPARATE = [
    {"type": "Dense", "units": 4 * H},
    {"type": "Activation", "activation": "gelu"},
]
TOGETHER = [{"type": "Dense", "units": 4 * H, "activation": "gelu"}]


def layer(attention: Any, expansion: Any, rate: float = 0.1) -> list[dict[str, Any]]:
    """Return a layer of GPT-3, whose input is `x`."""
    return [
        {"type": "LayerNormalization", "name": "attention_norm"},
        *attention,
        {"type": "Dropout", "name": "first_dropout", "rate": rate},
        {"type": "Add", "name": "sum", "inputs": ["first_dropout", "x"]},
        {"type": "LayerNormalization"},
        *expansion,
        {"type": "Dense", "name": "back", "units": H},
        {"type": "Dropout", "name": "second_dropout", "rate": rate},
        {"type": "Add", "inputs": ["second_dropout", "sum"]},
    ]


@pytest.mark.parametrize("attention", [ATTENTION, BARE_ATTENTION, PACKED_ATTENTION])
@pytest.mark.parametrize("expansion", [SEPARATE, TOGETHER])
def test_a_layer_of_gpt_3(attention: Any, expansion: Any) -> None:
    # sbh (34 + 5as/h), arXiv 2205.05198, equation 1.
    assert SBH * 34 + 5 * SCORES == 2_868_903_936
    assert activations(layer(attention, expansion)) == 2_868_903_936


@pytest.mark.parametrize("attention", [ATTENTION, BARE_ATTENTION, PACKED_ATTENTION])
@pytest.mark.parametrize("t", [2, 8])
def test_a_layer_of_gpt_3_on_several_devices(attention: Any, t: int) -> None:
    # sbh (10 + 24/t + 5as/(ht)), equation 2.
    expected = SBH * 10 + SBH * 24 // t + 5 * SCORES // t
    assert activations(layer(attention, SEPARATE), tensor_parallel=t) == expected


def test_parts_of_the_layer() -> None:
    norm = activations([{"type": "LayerNormalization"}])
    assert norm == 2 * SBH
    # 11sbh with the dropout behind it, and 5as^2b.
    dropped = [*ATTENTION, {"type": "Dropout", "rate": 0.1}]
    assert activations(dropped) == 11 * SBH + 5 * SCORES
    feed_forward = [*SEPARATE, {"type": "Dense", "units": H}, {"type": "Dropout", "rate": 0.1}]
    assert activations(feed_forward) == 19 * SBH


def test_a_rate_of_zero_keeps_no_mask() -> None:
    attention = [{**ATTENTION[0], "dropout": 0.0}]
    # Masks of sbh twice, the scores' mask, and a second copy of the scores less.
    expected = SBH * 32 + 2 * SCORES
    assert activations(layer(attention, SEPARATE, rate=0)) == expected


def test_a_fused_kernel_keeps_no_scores() -> None:
    attention = [{**ATTENTION[0], "flash_attention": True}]
    assert activations(layer(attention, SEPARATE)) == SBH * 34


def test_twice_the_width_takes_twice_the_bytes_but_for_masks() -> None:
    assert activations(layer(ATTENTION, TOGETHER), precision="float32") == (
        2 * (SBH * 32 + 4 * SCORES) + 2 * SBH + SCORES
    )


# ---- Against PyTorch --------------------------------------------------------------------------

TORCH: list[tuple[str, list[Any], list[int], int]] = [
    (
        "Linear, GELU, Linear, Tanh, Linear, Softmax",
        [
            {"type": "Dense", "units": 11},
            {"type": "Activation", "activation": "gelu"},
            {"type": "Dense", "units": 5, "activation": "tanh"},
            {"type": "Dense", "units": 3},
            {"type": "Softmax"},
        ],
        [4, 7],
        592,
    ),
    (
        "Conv2d, BatchNorm2d, ReLU, Conv2d, ReLU, Flatten, Linear",
        [
            {"type": "Conv2D", "filters": 8, "kernel_size": 3, "padding": "same"},
            {"type": "BatchNormalization"},
            {"type": "ReLU"},
            {"type": "Conv2D", "filters": 6, "kernel_size": 3, "activation": "relu"},
            {"type": "Flatten"},
            {"type": "Dense", "units": 10},
        ],
        [2, 8, 8, 3],
        11_456,
    ),
    (
        "Conv2d, ReLU, MaxPool2d, Conv2d",
        [
            {"type": "Conv2D", "filters": 8, "kernel_size": 3, "padding": "same"},
            {"type": "Activation", "activation": "relu"},
            {"type": "MaxPooling2D"},
            {"type": "Conv2D", "filters": 6, "kernel_size": 3},
        ],
        [2, 8, 8, 3],
        8_704,
    ),
    (
        "Conv2d, LeakyReLU, ConvTranspose2d, ELU, GroupNorm, AdaptiveAvgPool2d",
        [
            {"type": "Conv2D", "filters": 4, "kernel_size": 1},
            {"type": "LeakyReLU"},
            {"type": "Conv2DTranspose", "filters": 6, "kernel_size": 2, "strides": 2},
            {"type": "ELU"},
            {"type": "GroupNormalization", "groups": 3},
            {"type": "GlobalAveragePooling2D"},
        ],
        [2, 6, 6, 4],
        17_280,
    ),
    (
        "RMSNorm, and x + down(silu(gate(h)) * up(h))",
        [
            {"type": "RMSNormalization", "name": "h"},
            {"type": "Dense", "name": "gate", "units": 12, "activation": "silu"},
            {"type": "Dense", "name": "up", "units": 12, "inputs": ["h"]},
            {"type": "Multiply", "inputs": ["gate", "up"]},
            {"type": "Dense", "name": "down", "units": 8},
            {"type": "Add", "inputs": ["x", "down"]},
        ],
        [2, 5, 8],
        2_560,
    ),
    (
        "Linear, ReLU, Linear that is frozen, Sigmoid, Linear",
        [
            {"type": "Dense", "units": 11, "activation": "relu"},
            {"type": "Dense", "units": 5, "activation": "sigmoid", "trainable": False},
            {"type": "Dense", "units": 3},
        ],
        [4, 7],
        368,
    ),
    (
        "the same with the first frozen too",
        [
            {"type": "Dense", "units": 11, "activation": "relu", "trainable": False},
            {"type": "Dense", "units": 5, "activation": "sigmoid", "trainable": False},
            {"type": "Dense", "units": 3},
        ],
        [4, 7],
        80,
    ),
    (
        "softmax(q @ k.T) @ v in two heads, with four Linear",
        [{"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 4}],
        [2, 5, 8],
        2_000,
    ),
    # PyTorch runs these four with a fused kernel: its 4,080 and so on have a logarithm for each
    # query, which is taken off here, and no scores, of 400 or 560 bytes, which are added.
    (
        "TransformerEncoderLayer, gelu",
        [
            {
                "type": "TransformerEncoderLayer",
                "num_heads": 2,
                "dim_feedforward": 16,
                "dropout": 0,
                "activation": "gelu",
            }
        ],
        [2, 5, 8],
        3_840 + 400,
    ),
    (
        "TransformerEncoderLayer, relu",
        [
            {
                "type": "TransformerEncoderLayer",
                "num_heads": 2,
                "dim_feedforward": 16,
                "dropout": 0,
            }
        ],
        [2, 5, 8],
        3_200 + 400,
    ),
    (
        "TransformerEncoder of two layers, norm_first, and a norm",
        [
            {
                "type": "TransformerEncoder",
                "num_heads": 2,
                "num_layers": 2,
                "dim_feedforward": 16,
                "dropout": 0,
                "norm_first": True,
                "final_norm": True,
            }
        ],
        [2, 5, 8],
        6_720 + 800,
    ),
]


@pytest.mark.parametrize(("layers", "shape", "expected"), [case[1:] for case in TORCH],
                         ids=[case[0] for case in TORCH])  # fmt: skip
def test_what_pytorch_saves(layers: Any, shape: list[int], expected: int) -> None:
    assert activations(layers, shape, precision="float32") == expected


def test_what_pytorch_saves_of_a_decoder() -> None:
    model = {
        "inputs": {"x": {"shape": [2, 5, 8]}, "memory": {"shape": [2, 7, 8]}},
        "layers": [
            {
                "type": "TransformerDecoderLayer",
                "inputs": ["x", "memory"],
                "num_heads": 2,
                "dim_feedforward": 16,
                "dropout": 0,
                "activation": "gelu",
            }
        ],
    }
    answer = asked(model, training={})
    assert answer["per_device"]["activations"] == 6_464 + 400 + 560


def test_indices_are_as_wide_as_they_are() -> None:
    layers = [
        {"type": "Embedding", "input_dim": 50, "output_dim": 6},
        {"type": "LayerNormalization"},
        {"type": "Dense", "units": 4},
    ]
    # 18 indices of 8 bytes, and twice 18 x 6 elements; what torch saves.
    assert activations(layers, [2, 9], dtype="int64", precision="float32") == 144 + 2 * 432
    assert activations(layers, [2, 9], dtype="int64") == 144 + 2 * 216


# ---- Counted by hand --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "shape", "elements"),
    [
        # Gates of 4 x 3, a cell state and an output of 3 at 5 steps, and the input of 7.
        (
            [{"type": "LSTM", "units": 3, "return_sequences": True}],
            [2, 5, 7],
            10 * (12 + 3 + 3 + 7),
        ),
        ([{"type": "LSTM", "units": 3}], [2, 5, 7], 10 * (12 + 3 + 3 + 7)),
        # Gates of 3 x 3, the product that the reset gate scales, and the output.
        ([{"type": "GRU", "units": 3}], [2, 5, 7], 10 * (9 + 3 + 3 + 7)),
        ([{"type": "SimpleRNN", "units": 3}], [2, 5, 7], 10 * (3 + 7)),
        # Both directions keep the same input once.
        (
            [{"type": "Bidirectional", "layer": {"type": "SimpleRNN", "units": 3}}],
            [2, 5, 7],
            10 * (3 + 3 + 7),
        ),
        # A dense layer at 5 steps keeps all of the sequence.
        ([{"type": "TimeDistributed", "layer": {"type": "Dense", "units": 3}}], [2, 5, 7], 70),
        # Depthwise to 2 x 4 channels at 3 x 3 places, and 1 x 1 from there.
        (
            [{"type": "SeparableConv2D", "filters": 6, "kernel_size": 3, "depth_multiplier": 2}],
            [1, 5, 5, 4],
            100 + 9 * 8,
        ),
        # A low-rank adaptation: the input for one matrix, what it gives for the other.
        ([{"type": "Dense", "units": 5, "lora_rank": 2}], [4, 7], 28 + 8),
        ([{"type": "Dense", "units": 5}, {"type": "Identity"}, {"type": "Flatten"},
          {"type": "Dense", "units": 2}], [4, 7], 28 + 20),
        # Means over space and sums need nothing; a product with itself needs one of the two.
        ([{"type": "Dense", "units": 5}, {"type": "Multiply", "inputs": ["dense", "dense"]}],
         [4, 7], 28 + 20),
        ([{"type": "Dense", "units": 5}, {"type": "Reduce", "operation": "mean"}], [4, 7], 28),
        ([{"type": "Dense", "units": 5}, {"type": "Elementwise", "operation": "exp"}], [4, 7], 48),
        ([{"type": "Dense", "units": 5}, {"type": "Rescaling", "scale": 2}], [4, 7], 28),
        # Nothing is trained.
        ([{"type": "Activation", "activation": "gelu"}], [4, 7], 0),
    ],
)  # fmt: skip
def test_elements_that_are_kept(layers: Any, shape: list[int], elements: int) -> None:
    assert activations(layers, shape, precision="float32") == 4 * elements


def test_a_block_keeps_what_goes_from_round_to_round() -> None:
    layers = [
        {
            "type": "Block",
            "repeat": 5,
            "layers": [{"type": "Dense", "units": 7, "activation": "gelu"}],
        }
    ]
    # Every round keeps its input of 28 and the product of 28 before the activation.
    assert activations(layers, [4, 7], precision="float32") == 4 * 5 * (28 + 28)
    # With relu its output, which is the next round's input: 5 outputs and the first input.
    layers[0]["layers"][0]["activation"] = "relu"  # type: ignore[index]
    assert activations(layers, [4, 7], precision="float32") == 4 * (5 * 28 + 28)


def test_copies_that_work_and_reuse() -> None:
    expert = {"type": "Dense", "units": 7, "activation": "gelu"}
    copies = [{"type": "Block", "copies": 8, "active": 2, "layers": [expert]}]
    # The input once, and the product before the activation in both.
    assert activations(copies, [4, 7], precision="float32") == 4 * (28 + 2 * 28)
    reuse = [{**expert, "name": "a"}, {"type": "Reuse", "layer": "a"}]
    assert activations(reuse, [4, 7], precision="float32") == 4 * (2 * 28 + 2 * 28)


# ---- Checkpointing ----------------------------------------------------------------------------


def test_a_checkpoint_for_each_round() -> None:
    content = layer(ATTENTION, TOGETHER)
    for item in content:
        item["inputs"] = ["input" if name == "x" else name for name in item.get("inputs", [])]
        if not item["inputs"]:
            del item["inputs"]
    layers = [{"type": "Block", "repeat": 96, "layers": content}]
    # 2sbh a layer, and one layer without its input, as arXiv 2205.05198 has it in section 5.
    expected = 96 * 2 * SBH + 2_868_903_936 - 2 * SBH
    assert activations(layers, activation_checkpointing="block") == expected


def test_the_least_is_the_largest_layer() -> None:
    layers = [{"type": "Dense", "units": 9}, {"type": "Dense", "units": 5, "activation": "gelu"}]
    # The model's input of 28; of the second layer its input of 36 and the product of 20.
    kept = activations(layers, [4, 7], precision="float32", activation_checkpointing="full")
    assert kept == 4 * (28 + 36 + 20)


def test_checkpoints_never_take_more() -> None:
    kept = [
        asked(
            GPT_3,
            training={"activation_checkpointing": checkpointing},
            bindings={"batch": 1, "seq": 2048},
        )["per_device"]["activations"]
        for checkpointing in ("none", "block", "full")
    ]
    assert kept == sorted(kept, reverse=True)


# ---- Stages and what is not known -------------------------------------------------------------


def test_a_stage_keeps_what_its_rounds_do() -> None:
    whole = asked(GPT_3, training={"precision": "float16"}, bindings={"batch": 1, "seq": S})
    stage = asked(
        GPT_3,
        training={"precision": "float16", "pipeline_parallel": 8},
        bindings={"batch": 1, "seq": S},
    )
    # 32sbh + 2as^2b a layer, of which there are 96, or 12; what is at the end (4sbh) and the
    # indices of tokens and positions are in the last stage and in the first.
    a_layer = 32 * SBH + 2 * SCORES
    indices = 2 * 4 * S
    assert whole["per_device"]["activations"] == 96 * a_layer + 4 * SBH + indices
    name = stage["formulas"]["total"].split(":")[0]
    expected = {"the first stage": indices, "the last stage": 4 * SBH}[name]
    assert stage["per_device"]["activations"] == 12 * a_layer + expected


def test_an_unknown_dimension_is_named() -> None:
    answer = asked(GPT_3, training={}, device_memory="80GiB")
    assert answer["per_device"]["activations"] is None
    assert answer["per_device"]["total"] is None
    assert answer["fits"] is None
    batch, unknown = answer["warnings"]
    assert (batch["code"], batch["layer"]) == ("unbound_batch", None)
    assert unknown["code"] == "unknown_dimension"
    assert unknown["layer"] == "token_embedding"
    assert "'seq'" in unknown["detail"]


def test_a_batch_is_bound_or_one() -> None:
    model = {"inputs": {"x": {"shape": [None, 7]}}, "layers": [{"type": "Dense", "units": 5}]}
    unbound = asked(model, training={})
    assert unbound["per_device"]["activations"] == 4 * 7
    assert [warning["code"] for warning in unbound["warnings"]] == ["unbound_batch"]
    bound = asked(model, training={}, bindings={"batch": 3})
    assert bound["per_device"]["activations"] == 4 * 21
    assert bound["warnings"] == []


def test_activations_past_64_bits_are_null() -> None:
    model = {
        "inputs": {"x": {"shape": [2**40, 2**30]}},
        "layers": [{"type": "Dense", "name": "dense", "units": 1}],
    }
    answer = asked(model, training={})
    assert answer["per_device"]["activations"] is None
    assert ("overflow", "dense") in {(w["code"], w["layer"]) for w in answer["warnings"]}


def test_a_batch_that_is_said_twice_must_agree() -> None:
    model = {"inputs": {"x": {"shape": [None, 7]}}, "layers": [{"type": "Dense", "units": 5}]}
    with pytest.raises(Problem) as raised:
        asked(model, inference={"batch": 2}, bindings={"batch": 3})
    assert raised.value.errors[0].pointer == "/inference/batch"
