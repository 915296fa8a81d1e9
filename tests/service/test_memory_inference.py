"""What serving takes: the largest set of tensors at once, and the cache of attention. By hand."""

import json
from typing import Any

import pytest
from tests.service.test_memory import EXAMPLES, asked

from weighbridge.problems import Problem

LLAMA_2_7B = json.loads((EXAMPLES / "llama-2-7b.json").read_text())
LLAMA_405B = json.loads((EXAMPLES / "llama-3.1-405b.json").read_text())
MIXTRAL = json.loads((EXAMPLES / "mixtral-8x7b.json").read_text())
VGG_16 = json.loads((EXAMPLES / "vgg-16.json").read_text())


def served(layers: Any, shape: Any, **members: Any) -> Any:
    """Return the answer for layers on one input `x`."""
    dtype = members.pop("dtype", "float32")
    model = {"inputs": {"x": {"shape": list(shape), "dtype": dtype}}, "layers": layers}
    plan = members.pop("inference", {})
    return asked(model, inference=plan, **members)


def peak(layers: Any, shape: Any, **members: Any) -> int:
    """Return the elements that are there at once."""
    per_device = served(layers, shape, **members)["per_device"]
    assert per_device["activations"] % 4 == 0
    elements: int = per_device["activations"] // 4
    return elements


# ---- Activations ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "shape", "elements"),
    [
        # The second layer runs with 20 in and 12 out, the first with 28 and 20.
        ([{"type": "Dense", "units": 5}, {"type": "Dense", "units": 3}], [4, 7], 28 + 20),
        # A shortcut stays until it is added: 28 beside 36 and 28 out.
        (
            [
                {"type": "Dense", "units": 9},
                {"type": "Dense", "units": 7, "name": "b"},
                {"type": "Add", "inputs": ["b", "x"]},
            ],
            [4, 7],
            28 + 36 + 28,
        ),
        # Views are no tensors of their own, and hold what they look at.
        (
            [
                {"type": "Reshape", "target_shape": [7, 1]},
                {"type": "Flatten"},
                {"type": "Dense", "units": 3},
            ],
            [4, 7],
            28 + 12,
        ),
        # The other half stays in memory as long as one is needed.
        (
            [
                {"type": "Split", "indices_or_sections": 2, "axis": -1},
                {"type": "Dense", "units": 9, "inputs": ["split:1"]},
            ],
            [4, 8],
            32 + 36,
        ),
        # A block of two rounds: 28 in, 36 inside, 28 out, of which two at once.
        (
            [
                {
                    "type": "Block",
                    "repeat": 2,
                    "layers": [{"type": "Dense", "units": 9}, {"type": "Dense", "units": 7}],
                }
            ],
            [4, 7],
            28 + 36,
        ),
        # The same, with the input needed behind the block: another takes its place in round two.
        (
            [
                {
                    "type": "Block",
                    "name": "block",
                    "repeat": 2,
                    "layers": [{"type": "Dense", "units": 9}, {"type": "Dense", "units": 7}],
                },
                {"type": "Add", "inputs": ["block", "x"]},
            ],
            [4, 7],
            28 + 28 + 36,
        ),
        # One round only: the input is the one outside.
        (
            [
                {
                    "type": "Block",
                    "name": "block",
                    "layers": [{"type": "Dense", "units": 9}, {"type": "Dense", "units": 7}],
                },
                {"type": "Add", "inputs": ["block", "x"]},
            ],
            [4, 7],
            28 + 36 + 28,
        ),
        # Copies run one after the other, beside what they add up to: 28 in, 36, 12, and 12.
        (
            [
                {
                    "type": "Block",
                    "copies": 8,
                    "active": 2,
                    "layers": [{"type": "Dense", "units": 9}, {"type": "Dense", "units": 3}],
                }
            ],
            [4, 7],
            28 + 36 + 12,
        ),
        # A step of 7 and what is made of it, beside both sequences of 5 steps.
        (
            [{"type": "TimeDistributed", "layer": {"type": "Dense", "units": 3}}],
            [4, 5, 7],
            140 + 60 + 12,
        ),
    ],
)
def test_what_is_there_at_once(layers: Any, shape: list[int], elements: int) -> None:
    assert peak(layers, shape) == elements


def test_outputs_stay_to_the_end() -> None:
    model = {
        "inputs": {"x": {"shape": [4, 7]}},
        "layers": [
            {"type": "Dense", "name": "a", "units": 9},
            {"type": "Dense", "name": "b", "units": 5},
            {"type": "Dense", "name": "c", "units": 8},
        ],
        "outputs": ["a", "c"],
    }
    parts = asked(model, inference={})["per_device"]
    assert parts["activations"] == 4 * (36 + 20 + 32)


def test_integers_are_as_wide_as_they_are() -> None:
    layers = [{"type": "Embedding", "input_dim": 50, "output_dim": 6}]
    answer = served(layers, [2, 9], dtype="int64", inference={"precision": "float16"})
    assert answer["per_device"]["activations"] == 18 * 8 + 108 * 2


def test_the_largest_layer_of_vgg_16() -> None:
    # Two maps of 64 channels, of 224 x 224: block1's second convolution.
    answer = asked(VGG_16, inference={}, bindings={"batch": 1})
    assert answer["per_device"]["activations"] == 4 * 2 * 224 * 224 * 64


# ---- The cache --------------------------------------------------------------------------------


def test_the_cache_of_llama_2() -> None:
    plan = {"precision": "float16", "context": 544, "batch": 1}
    answer = asked(LLAMA_2_7B, inference=plan, bindings={"seq": 544}, device_memory="24GB")
    parts = answer["per_device"]
    # 2 x 32 layers x 544 tokens x 4,096 wide x 2 bytes; 6,738,415,616 parameters.
    assert parts["kv_cache"] == 285_212_672
    assert parts["weights"] == 2 * 6_738_415_616
    # gate, up and their product of 11,008, and the sum of 4,096, of 544 tokens.
    assert parts["activations"] == 2 * 544 * (3 * 11_008 + 4_096)
    assert parts["total"] == 285_212_672 + 13_476_831_232 + 40_386_560
    assert answer["fits"] is True
    assert answer["warnings"] == []


def test_the_cache_of_llama_3_1_405b() -> None:
    # 126 layers, 8 heads of keys and values of 128, 131,072 tokens of 2 bytes each.
    plan = {"precision": "bfloat16", "context": 131_072, "batch": 1}
    parts = asked(LLAMA_405B, inference=plan, bindings={"seq": 1})["per_device"]
    assert parts["kv_cache"] == 126 * 2 * 8 * 128 * 131_072 * 2 == 67_645_734_912


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({}, 0),
        ({"context": 100}, 4 * 32 * 2 * 8 * 128 * 100),
        ({"context": 100, "batch": 3}, 3 * 4 * 32 * 2 * 8 * 128 * 100),
        ({"context": 100, "precision": "bfloat16"}, 2 * 32 * 2 * 8 * 128 * 100),
        ({"context": 100, "precision": "mixed-float16"}, 2 * 32 * 2 * 8 * 128 * 100),
        ({"context": 100, "precision": "int4"}, 2 * 32 * 2 * 8 * 128 * 100),
        ({"context": 100, "cache_precision": "int8"}, 32 * 2 * 8 * 128 * 100),
        ({"context": 100, "cache_precision": "float8"}, 32 * 2 * 8 * 128 * 100),
        ({"context": 100, "cache_precision": "int4"}, 32 * 2 * 8 * 128 * 100 // 2),
    ],
)
def test_the_cache_of_mixtral(plan: dict[str, Any], expected: int) -> None:
    # 32 layers, 8 heads of keys and values of 128.
    assert asked(MIXTRAL, inference=plan)["per_device"]["kv_cache"] == expected


def attention(**attributes: Any) -> Any:
    """Return a layer of attention over two heads of 4."""
    return {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 4, **attributes}


@pytest.mark.parametrize(
    ("layers", "values"),
    [
        ([attention(value_dim=3)], 100 * 2 * (4 + 3)),
        ([attention(sliding_window=10)], 10 * 2 * 8),
        ([attention(sliding_window=1_000)], 100 * 2 * 8),
        # DeepSeek-V2 keeps a latent of 512 and 64 rotary values of each token: arXiv 2405.04434.
        ([attention(cache_size=512 + 64)], 100 * 576),
        ([attention(cache_size=576, sliding_window=10)], 10 * 576),
        ([attention(inputs=["x", "x"])], 100 * 2 * 8),
        (
            [{"type": "Dense", "units": 6}, attention(inputs=["x", "dense"])],
            5 * 2 * 8,  # attention over another sequence: its own 5 positions
        ),
        ([{"type": "Attention", "inputs": ["x"]}], 100 * 2 * 8),
        (
            [{"type": "TransformerEncoderLayer", "num_heads": 2, "dim_feedforward": 16}],
            100 * 2 * 8,
        ),
        (
            [
                {
                    "type": "TransformerDecoder",
                    "inputs": ["x", "x"],
                    "num_layers": 3,
                    "num_heads": 2,
                    "dim_feedforward": 16,
                }
            ],
            3 * (100 + 5) * 2 * 8,
        ),
        (
            [{"type": "Block", "repeat": 4, "layers": [attention()]}],
            4 * 100 * 2 * 8,
        ),
        ([attention(name="a"), {"type": "Reuse", "layer": "a"}], 2 * 100 * 2 * 8),
        ([{"type": "Dense", "units": 3}], 0),
    ],
)
def test_what_attention_keeps(layers: Any, values: int) -> None:
    answer = served(layers, [1, 5, 8], inference={"context": 100})
    assert answer["per_device"]["kv_cache"] == 4 * values


def test_a_source_of_unknown_length_is_named() -> None:
    model = {
        "inputs": {"x": {"shape": [1, 5, 8]}, "memory": {"shape": [1, "source", 8]}},
        "layers": [{**attention(name="cross"), "inputs": ["x", "memory"]}],
    }
    answer = asked(model, inference={"context": 100}, device_memory=10**9)
    assert answer["per_device"]["kv_cache"] is None
    assert answer["fits"] is None
    (warning,) = [w for w in answer["warnings"] if w["figure"] == "kv_cache"]
    assert (warning["code"], warning["layer"]) == ("unknown_dimension", "cross")
    assert "'source'" in warning["detail"]


def test_a_cache_past_64_bits_is_null() -> None:
    answer = served([attention(cache_size=2**40)], [1, 5, 8], inference={"context": 2**40})
    assert answer["per_device"]["kv_cache"] is None
    assert [w["code"] for w in answer["warnings"]] == ["overflow"]


@pytest.mark.parametrize(("size", "detail"), [(0, "must be at least 1"), (-1, "at least 1")])
def test_a_cache_has_a_size(size: int, detail: str) -> None:
    with pytest.raises(Problem, match=detail):
        served([attention(cache_size=size)], [1, 5, 8])
