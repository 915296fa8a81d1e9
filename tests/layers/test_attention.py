"""Attention and transformers: shapes, weights, macs and refusals."""

from typing import Any

import pytest
from tests.service.documents import Report, refused, report

Layer = dict[str, Any]


def model(kind: str, shapes: list[list[Any]], **attributes: Any) -> Layer:
    """A model of one layer that takes inputs of these shapes, in order."""
    inputs = {f"x{k}": {"shape": shape} for k, shape in enumerate(shapes)}
    return {"inputs": inputs, "layers": [{"type": kind, "inputs": list(inputs), **attributes}]}


def row(kind: str, *shapes: list[Any], **attributes: Any) -> Report:
    answer: Report = report(model(kind, list(shapes), **attributes))["layers"][0]
    return answer


def weights(answer: Report) -> dict[str, list[int]]:
    return {weight["name"]: weight["shape"] for weight in answer["weights"]}


QUERY, VALUE = ["batch", 10, 16], ["batch", 12, 16]


# Without projections


def test_products_of_query_and_key_weigh_the_values() -> None:
    answer = row("Attention", QUERY, ["batch", 12, 20], VALUE, return_attention_scores=True)
    assert answer["output_shapes"] == [["batch", 10, 20], ["batch", 10, 12]]
    assert answer["macs"] == 10 * 12 * 16 + 10 * 12 * 20
    assert answer["weights"] == []


def test_sums_are_elementwise_work() -> None:
    concat = row("Attention", QUERY, VALUE, score_mode="concat", use_scale=True)
    assert weights(concat) == {"scale": [], "concat_score_weight": []}
    assert (concat["parameters"], concat["macs"]) == (2, 10 * 12 * 16)
    additive = row("AdditiveAttention", QUERY, VALUE)
    assert weights(additive) == {"scale": [16]}
    assert additive["macs"] == 10 * 12 * 16
    assert row("AdditiveAttention", QUERY, VALUE, use_scale=False)["parameters"] == 0


def test_positions_may_have_names() -> None:
    answer = row("Attention", ["batch", "t", 16], ["batch", "s", 16], return_attention_scores=True)
    assert answer["output_shapes"] == [["batch", "t", 16], ["batch", "t", "s"]]
    assert answer["macs"] is None


def test_query_and_key_are_equally_wide() -> None:
    problem = refused(model("Attention", [QUERY, ["batch", 12, 20]]))
    assert problem.code == "shape_mismatch"
    assert "20 beside 16" in problem.detail


# Scores


CROSS: Layer = {"num_heads": 4, "key_dim": 8, "return_attention_scores": True}


@pytest.mark.parametrize(
    ("attributes", "scores"),
    [
        ({}, ["batch", 4, 10, 12]),
        ({"average_scores": True}, ["batch", 10, 12]),
        ({"square_scores": True}, ["batch", 4, 10, 10]),  # what Keras 3.15.1 states
        ({"add_bias_kv": True, "add_zero_attn": True}, ["batch", 4, 10, 14]),
    ],
)
def test_the_shape_of_the_scores(attributes: Layer, scores: list[Any]) -> None:
    answer = row("MultiHeadAttention", QUERY, VALUE, **CROSS, **attributes)
    assert answer["output_shapes"] == [QUERY, scores]


def test_positions_behind_the_keys_are_attended_to() -> None:
    answer = row("MultiHeadAttention", QUERY, VALUE, **CROSS, add_bias_kv=True, use_bias=False)
    projections = (10 + 12 + 12 + 10) * 16 * 32
    assert answer["macs"] == projections + 2 * 10 * 13 * 32
    assert weights(answer)["key_bias"] == [1, 1, 32]


def test_grouped_queries_give_scores_of_every_query_head() -> None:
    heads = {"head_dim": 8, "num_query_heads": 6, "num_key_value_heads": 2}
    answer = row("GroupQueryAttention", QUERY, VALUE, **heads, return_attention_scores=True)
    assert answer["output_shapes"][1] == ["batch", 6, 10, 12]


def test_a_window_leaves_the_costs_of_the_full_square() -> None:
    whole = row("MultiHeadAttention", QUERY, num_heads=4, key_dim=8)
    window = row("MultiHeadAttention", QUERY, num_heads=4, key_dim=8, sliding_window=3)
    assert window["macs"] == whole["macs"]
    problem = refused(
        model("MultiHeadAttention", [QUERY], num_heads=4, key_dim=8, sliding_window=0)
    )
    assert problem.errors[0].pointer == "/layers/0/sliding_window"


# PyTorch's projections


def test_packed_projections_are_one_matrix() -> None:
    """torch.nn.MultiheadAttention(16, 4) has 1088 parameters."""
    packed = {"num_heads": 4, "key_dim": 4, "packed": True, "layout": "time_first"}
    answer = row("MultiHeadAttention", [10, "batch", 16], **packed)
    assert weights(answer) == {
        "in_projection/kernel": [16, 48],
        "in_projection/bias": [48],
        "attention_output/kernel": [16, 16],
        "attention_output/bias": [16],
    }
    assert answer["parameters"] == 1088
    assert answer["macs"] == 4 * 10 * 16 * 16 + 2 * 10 * 10 * 16


def test_keys_and_values_of_other_widths_have_matrices_of_their_own() -> None:
    """torch.nn.MultiheadAttention(16, 4, kdim=6, vdim=9, batch_first=True)."""
    packed = {"num_heads": 4, "key_dim": 4, "packed": True}
    answer = row("MultiHeadAttention", QUERY, ["batch", 12, 9], ["batch", 12, 6], **packed)
    assert weights(answer) == {
        "query/kernel": [16, 16],
        "key/kernel": [6, 16],
        "value/kernel": [9, 16],
        "in_projection/bias": [48],
        "attention_output/kernel": [16, 16],
        "attention_output/bias": [16],
    }
    assert answer["macs"] == (10 * 16 + 12 * 6 + 12 * 9 + 10 * 16) * 16 + 2 * 10 * 12 * 16


@pytest.mark.parametrize("attribute", [{"use_gate": True}, {"value_dim": 3}, {"output_shape": 3}])
def test_packed_projections_have_none_of_keras_further_knobs(attribute: Layer) -> None:
    packed = model("MultiHeadAttention", [QUERY], num_heads=4, key_dim=4, packed=True, **attribute)
    (name,) = attribute
    assert refused(packed).errors[0].pointer == f"/layers/0/{name}"


def test_packed_projections_are_as_wide_as_their_heads() -> None:
    problem = refused(model("MultiHeadAttention", [QUERY], num_heads=4, key_dim=5, packed=True))
    assert problem.code == "shape_mismatch"
    assert "size 20, got 16" in problem.detail


# Transformers


def test_an_encoder_layer() -> None:
    """torch.nn.TransformerEncoderLayer(16, 4, dim_feedforward=32) has 2224 parameters."""
    answer = row("TransformerEncoderLayer", QUERY, num_heads=4, dim_feedforward=32)
    attention, dense, norms = 4 * (16 * 16 + 16), 16 * 32 + 32 + 32 * 16 + 16, 2 * 2 * 16
    assert answer["parameters"] == attention + dense + norms == 2224
    assert answer["macs"] == 4 * 10 * 16 * 16 + 2 * 10 * 10 * 16 + 2 * 10 * 16 * 32
    assert answer["output_shapes"] == [QUERY]


def test_biases_are_left_out_of_normalizations_too() -> None:
    """torch.nn.TransformerEncoderLayer(16, 4, bias=False) has 66592 parameters."""
    answer = row("TransformerEncoderLayer", QUERY, num_heads=4, use_bias=False)
    assert answer["parameters"] == 66592


def test_both_parts() -> None:
    """torch.nn.Transformer(16, 4, 2, 3, 32) has 14544 parameters."""
    layers = {"num_encoder_layers": 2, "num_decoder_layers": "n", "dim_feedforward": 32}
    document = model("Transformer", [QUERY, VALUE], num_heads=4, **layers)
    answer = report(document | {"variables": {"n": 3}})["layers"][0]
    assert answer["parameters"] == 14544
    assert answer["output_shapes"] == [VALUE]
    assert weights(answer)["decoder/layer_2/multihead_attn/in_projection/kernel"] == [16, 48]
    encoder = 4 * 10 * 256 + 2 * 100 * 16 + 2 * 10 * 16 * 32
    itself, memory = 4 * 12 * 256 + 2 * 144 * 16, (2 * 12 + 2 * 10) * 256 + 2 * 120 * 16
    assert answer["macs"] == 2 * encoder + 3 * (itself + memory + 2 * 12 * 16 * 32)


def test_a_stack_lists_the_weights_of_every_layer() -> None:
    answer = row("TransformerEncoder", QUERY, num_layers=3, num_heads=4, final_norm=True)
    assert len(answer["weights"]) == 3 * 12 + 2
    assert weights(answer)["layer_2/norm2/beta"] == [16]
    assert weights(answer)["norm/gamma"] == [16]


@pytest.mark.parametrize(
    ("attributes", "pointer", "words"),
    [
        ({"num_heads": 3}, "", "16 does not divide into 3 heads"),
        ({"num_heads": 4, "num_layers": 5000}, "/num_layers", "at most 4096, got 5000"),
        ({"num_heads": 4, "dim_feedforward": 0}, "/dim_feedforward", "at least 1, got 0"),
    ],
)
def test_what_does_not_fit_is_refused(attributes: Layer, pointer: str, words: str) -> None:
    problem = refused(model("TransformerEncoder", [QUERY], **{"num_layers": 1} | attributes))
    assert problem.errors[0].pointer == f"/layers/0{pointer}"
    assert words in problem.errors[0].detail


def test_the_weights_of_all_layers_are_bounded() -> None:
    """A page of stacks is work without end: it is refused by the name of its limit."""
    stack = {"type": "TransformerEncoder", "num_layers": 4096, "num_heads": 4}
    document = {"inputs": {"x": {"shape": QUERY}}, "layers": [stack] * 100}
    problem = refused(document)
    assert problem.code == "too_complex"
    assert "more than 262144 weights (limit stacks)" in problem.detail
