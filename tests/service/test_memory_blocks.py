"""A block is its content written out: the same memory, however a model is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.service.test_memory import asked

from weighbridge.layers.catalogue import TYPES

PARTS = ("weights", "gradients", "optimizer_states", "activations", "kv_cache")

PLANS: tuple[dict[str, Any], ...] = ({"training": {}}, {"inference": {"context": 7}})

layers = st.lists(
    st.sampled_from(
        [
            {"type": "Dense", "units": 8},
            {"type": "Dense", "units": 8, "activation": "gelu"},
            {"type": "Dense", "units": 8, "activation": "relu", "trainable": False},
            {"type": "LayerNormalization"},
            {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 4, "dropout": 0.1},
            {"type": "Dropout", "rate": 0.1},
            {"type": "Dropout", "rate": 0},
            {"type": "Activation", "activation": "tanh"},
            {"type": "LSTM", "units": 8, "return_sequences": True},
            {"type": "Reshape", "target_shape": [5, 8]},
            {"type": "Add", "inputs": ["before", "first"]},
            {"type": "Multiply", "inputs": ["before", "first"]},
        ]
    ),
    min_size=1,
    max_size=8,
)
"""What takes and gives (2, 5, 8). `before` is the layer before, `first` what the content takes."""


def content(chosen: list[dict[str, Any]], first: str, prefix: str) -> list[dict[str, Any]]:
    """Return layers one after the other, the first of which takes `first`."""
    written: list[dict[str, Any]] = []
    before = first
    for k, layer in enumerate(chosen):
        names = {"before": before, "first": first}
        inputs = [names[name] for name in layer.get("inputs", ["before"])]
        before = f"{prefix}{k}"
        written.append({**layer, "name": before, "inputs": inputs})
    return written


def model(body: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a model with something trained before and behind the layers."""
    start = {"type": "Dense", "name": "start", "units": 8}
    return {
        "inputs": {"x": {"shape": [2, 5, 8]}},
        "layers": [start, *body, {"type": "Dense", "name": "end", "units": 8}],
    }


@given(chosen=layers, rounds=st.integers(2, 4))
def test_a_block_is_its_rounds_written_out(chosen: list[dict[str, Any]], rounds: int) -> None:
    block = {"type": "Block", "name": "block", "repeat": rounds, "inputs": ["start"]}
    in_block = model([{**block, "layers": content(chosen, "input", "a")}])
    flat: list[dict[str, Any]] = []
    for k in range(rounds):
        flat += content(chosen, flat[-1]["name"] if flat else "start", f"round{k}_")
    for plan in PLANS:
        inside, outside = asked(in_block, **plan), asked(model(flat), **plan)
        assert inside["per_device"] == outside["per_device"], plan


@given(chosen=layers, copies=st.integers(1, 3))
def test_a_block_that_runs_once_changes_nothing(chosen: list[dict[str, Any]], copies: int) -> None:
    body = content(chosen, "input", "a")
    for _ in range(copies):  # a block in a block in a block
        body = [{"type": "Block", "name": "block", "inputs": ["input"], "layers": body}]
    body[0]["inputs"] = ["start"]
    flat = model(content(chosen, "start", "a"))
    for plan in PLANS:
        assert asked(model(body), **plan)["per_device"] == asked(flat, **plan)["per_device"]


@pytest.mark.parametrize("type_name", sorted(n for n, t in TYPES.items() if t.example))
def test_every_type_of_layer_has_memory(type_name: str) -> None:
    example = TYPES[type_name].example
    plans: tuple[dict[str, Any], ...] = (
        {"training": {"precision": "mixed-bfloat16", "tensor_parallel": 2}},
        {"training": {"activation_checkpointing": "block"}},
        {"training": {"activation_checkpointing": "full"}},
        {"inference": {"precision": "int4", "group_size": 3, "context": 9, "batch": 2}},
    )
    for plan in plans:
        answer = asked(example, bindings={"batch": 2} if "training" in plan else {}, **plan)
        parts = answer["per_device"]
        assert all(parts[name] is None or parts[name] >= 0 for name in PARTS)
        unknown = {warning["figure"] for warning in answer["warnings"]}
        assert {name for name in PARTS if parts[name] is None} <= unknown


@pytest.mark.parametrize(
    "type_name", sorted(n for n, t in TYPES.items() if t.category == "activation")
)
def test_every_activation_keeps_something(type_name: str) -> None:
    example = TYPES[type_name].example
    ((name, given_input),) = example["inputs"].items()
    start = {"type": "Add", "name": "start", "inputs": ["learned", name]}
    learned = {"type": "Parameter", "name": "learned", "shape": [1] * len(given_input["shape"])}
    layer = {**example["layers"][-1], "inputs": ["start"]}
    kept = asked({**example, "layers": [learned, start, layer]}, training={})
    assert kept["per_device"]["activations"] > 0
