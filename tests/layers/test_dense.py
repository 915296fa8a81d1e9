"""Dense layers, products by equation, tables; adapted and quantized as Keras 3.15.1 builds them."""

from typing import Any

import pytest
from tests.service.documents import document, layer, refused, report

Row = dict[str, Any]

KERAS_INT4_BLOCKS = [
    ("bias", [7], True, "float32"),
    ("kernel", [5, 4], False, "int8"),
    ("kernel_scale", [2, 7], False, "float32"),
    ("kernel_zero", [2, 7], False, "int8"),
    ("g_idx", [5], False, "float32"),
]
"""`Dense(7, dtype="int4/3_from_float32")` on 5 features."""


def row(shape: list[Any], layer_: Row, **members: Any) -> Row:
    """The report's only row."""
    only: Row = report(document(shape, layer_, **members))["layers"][0]
    return only


def owned(found: Row) -> list[tuple[Any, ...]]:
    return [(w["name"], w["shape"], w["trainable"], w["dtype"]) for w in found["weights"]]


def output(found: Row) -> Any:
    return found["output_shapes"][0]


# ---- Dense ---------------------------------------------------------------------------------------


def test_a_dense_layer_takes_a_vector_without_a_batch_as_in_pytorch() -> None:
    found = row([5], layer("Dense", units=7))
    assert output(found) == [7]
    assert (found["parameters"], found["macs"]) == (42, 35)  # 5 x 7 + 7; 5 x 7


def test_lora_takes_the_training_from_the_kernel() -> None:
    found = row(["batch", 5], layer("Dense", units=7, lora_rank=2, dtype="bfloat16"))
    assert owned(found) == [
        ("kernel", [5, 7], False, "bfloat16"),
        ("bias", [7], True, "bfloat16"),
        ("lora_kernel_a", [5, 2], True, "float32"),
        ("lora_kernel_b", [2, 7], True, "float32"),
    ]
    assert (found["trainable"], found["non_trainable"]) == (31, 35)  # 7 + 2 x (5 + 7); 5 x 7


def test_int8_keeps_a_scale_for_each_unit() -> None:
    found = row(["batch", 16], layer("Dense", units=8, quantization="int8"))
    assert owned(found) == [
        ("bias", [8], True, "float32"),
        ("kernel", [16, 8], False, "int8"),
        ("kernel_scale", [8], False, "float32"),
    ]
    assert found["parameters"] == 144  # 8 + 16 x 8 + 8


def test_int4_counts_the_kernel_as_packed() -> None:
    block = layer("Dense", units=7, quantization="int4", quantization_block_size=3)
    assert owned(row(["batch", 5], block)) == KERAS_INT4_BLOCKS


def test_bytes_are_those_of_the_quantized_kernel() -> None:
    body = document(["batch", 16], layer("Dense", units=8, quantization="int8", use_bias=False))
    assert report(body)["totals"]["parameter_bytes"] == 16 * 8 * 1 + 8 * 4


def test_attributes_of_an_adaptation_may_be_expressions() -> None:
    body = document(
        ["batch", 5],
        layer("Dense", units=7, lora_rank="2 * rank"),
        variables={"rank": 3},
    )
    assert report(body)["totals"]["parameters"] == 35 + 7 + 6 * (5 + 7)


@pytest.mark.parametrize(
    ("attributes", "pointer", "words"),
    [
        ({"lora_rank": -1}, "/layers/0/lora_rank", "at least 0"),
        ({"quantization": "int2"}, "/layers/0/quantization", "int8"),
        (
            {"quantization": "int4", "quantization_block_size": 0},
            "/layers/0/quantization_block_size",
            "at least 1",
        ),
        (
            {"quantization": "gptq", "quantization_bits": 5},
            "/layers/0/quantization_bits",
            "got 5",
        ),
        ({"quantization": "gptq", "lora_rank": 2}, "/layers/0/lora_rank", "at most 0"),
    ],
)
def test_an_adaptation_that_cannot_be_is_refused_at_its_attribute(
    attributes: Row, pointer: str, words: str
) -> None:
    (fault,) = refused(document(["batch", 5], layer("Dense", units=7, **attributes))).errors
    assert (fault.pointer, fault.code) == (pointer, "invalid_model")
    assert words in fault.detail


# ---- EinsumDense ---------------------------------------------------------------------------------


def test_an_equation_projects_to_heads() -> None:
    heads = layer(
        "EinsumDense", equation="abc,cde->abde", output_shape=[None, 8, 64], bias_axes="de"
    )
    found = row(["batch", "seq", 512], heads)
    assert output(found) == ["batch", "seq", 8, 64]
    assert owned(found) == [
        ("kernel", [512, 8, 64], True, "float32"),
        ("bias", [8, 64], True, "float32"),
    ]
    assert found["macs"] is None  # for each of an unknown number of steps


def test_what_is_left_open_is_unknown_as_in_keras_though_it_costs_what_it_is() -> None:
    product = layer("EinsumDense", equation="abc,cd->abd", output_shape=[None, 64])
    found = row([None, 32, 128], product)
    assert output(found) == [None, None, 64]
    assert (found["macs"], found["activations"]) == (262144, 2048)  # 32 x 128 x 64; 32 x 64


def test_an_ellipsis_stands_for_any_axes() -> None:
    product = layer("EinsumDense", equation="...x,xy->...y", output_shape=64, bias_axes="y")
    assert output(row([None, 32, 128], product)) == [None, 32, 64]
    elided = layer("EinsumDense", equation="ab...,bc->ac...", output_shape=[6], bias_axes="c")
    found = row(["batch", 5, 3, 2], elided)
    assert output(found) == ["batch", 6, 3, 2]
    assert owned(found)[1][1] == [6, 1, 1]


@pytest.mark.parametrize(
    ("attributes", "pointer", "words"),
    [
        ({"equation": "ab,bc>ac"}, "/layers/0/equation", "such as"),
        ({"equation": "ab,bc->acc"}, "/layers/0/equation", "twice"),
        ({"output_shape": [3, 4]}, "/layers/0/output_shape", "must have 1 entries, got 2"),
        ({"output_shape": [0]}, "/layers/0/output_shape/0", "at least 1"),
        ({"output_shape": [None]}, "/layers/0/output_shape", "not known"),
        ({"bias_axes": "x"}, "/layers/0/bias_axes", "nothing for"),
    ],
)
def test_an_equation_that_says_nothing_is_refused_at_its_place(
    attributes: Row, pointer: str, words: str
) -> None:
    product = {"equation": "ab,bc->ac", "output_shape": [7]} | attributes
    (fault,) = refused(document(["batch", 5], layer("EinsumDense", **product))).errors
    assert fault.pointer == pointer
    assert words in fault.detail


# ---- Two inputs ----------------------------------------------------------------------------------


def pair(first: list[Any], second: list[Any], layer_: Row) -> Row:
    """A model of one layer on two inputs."""
    inputs = {"x": {"shape": first}, "y": {"shape": second}}
    return {"inputs": inputs, "layers": [layer_ | {"inputs": ["x", "y"]}]}


def test_a_bilinear_layer_has_a_matrix_for_each_unit() -> None:
    (found,) = report(pair([2, 3, 5], [2, 3, 6], layer("Bilinear", units=7)))["layers"]
    assert output(found) == [2, 3, 7]
    assert found["parameters"] == 217  # PyTorch: 7 x 5 x 6 + 7
    assert found["macs"] == 1260  # 2 x 3 x 7 x 5 x 6


@pytest.mark.parametrize(
    ("layer_", "shape", "expected"),
    [
        (layer("CosineSimilarity"), [4, 8], [4]),
        (layer("CosineSimilarity", axis=2), [4, 8, 3], [4, 8]),
        (layer("PairwiseDistance"), [4, 8], [4]),
        (layer("PairwiseDistance", keepdims=True), [4, 8], [4, 1]),
    ],
)
def test_a_distance_reduces_an_axis(layer_: Row, shape: list[int], expected: list[int]) -> None:
    (found,) = report(pair(shape, shape, layer_))["layers"]
    assert output(found) == expected  # PyTorch 2.13


def test_a_distance_is_between_two() -> None:
    (fault,) = refused(document([4, 8], layer("CosineSimilarity"))).errors
    assert (fault.pointer, fault.detail) == ("/layers/0/inputs", "takes 2 inputs, got 1")


# ---- Tables --------------------------------------------------------------------------------------


def test_an_embedding_may_be_adapted_and_quantized() -> None:
    table = layer("Embedding", input_dim=10, output_dim=7, lora_rank=2, quantization="int4")
    assert owned(row(["batch", 5], table)) == [
        ("lora_embeddings_a", [10, 2], True, "float32"),
        ("lora_embeddings_b", [2, 7], True, "float32"),
        ("embeddings", [10, 4], False, "int8"),
        ("embeddings_scale", [10], False, "float32"),
    ]


def test_the_way_back_is_tied_to_the_table() -> None:
    table = {"input_dim": 100, "output_dim": 16}
    body = document(
        ["batch", 5],
        layer("ReversibleEmbedding", name="words", **table),
        layer("ReversibleEmbedding", reverse=True, tie={"embeddings": "words/embeddings"}, **table),
    )
    said = report(body)
    assert said["totals"]["parameters"] == 1600  # counted once
    assert output(said["layers"][1]) == ["batch", 5, 100]
    assert said["layers"][1]["macs"] == 8000  # 5 x 16 x 100


def test_an_untied_embedding_has_a_second_table() -> None:
    table = layer("ReversibleEmbedding", input_dim=100, output_dim=16, tie_weights=False)
    assert row(["batch", 5], table)["parameters"] == 3200


def test_a_bag_of_rows_becomes_one() -> None:
    bags = layer("EmbeddingBag", input_dim=10, output_dim=3, mode="sum")
    assert output(row(["batch", 4], bags)) == ["batch", 3]
    (found,) = report(pair([20], [6], bags | {"include_last_offset": True}))["layers"]
    assert output(found) == [5, 3]


def test_an_adaptive_softmax_has_a_projection_for_each_cluster() -> None:
    softmax = layer(
        "AdaptiveLogSoftmaxWithLoss",
        n_classes=1000,
        cutoffs=[100, 500],
        div_value=2,
        head_bias=True,
    )
    (found,) = report(pair([8, 16], [8], softmax))["layers"]
    assert found["output_shapes"] == [[8], []]
    assert found["parameters"] == 7126  # PyTorch 2.13
    halves = softmax | {"div_value": 1.5, "cutoffs": [100, 500, 800]}
    (found,) = report(pair([8, 16], [8], halves))["layers"]
    # 16 // 1.5, 16 // 2.25 and 16 // 3.375, as PyTorch makes them
    assert found["parameters"] == 17 * 103 + 10 * (16 + 400) + 7 * (16 + 300) + 4 * (16 + 200)


def test_a_cluster_is_narrower_by_more_than_nothing() -> None:
    softmax = layer("AdaptiveLogSoftmaxWithLoss", n_classes=9, cutoffs=[5], div_value=-0.5)
    (fault,) = refused(pair([8, 16], [8], softmax)).errors
    assert (fault.pointer, fault.detail) == ("/layers/0/div_value", "must be above 0")


# ---- What cannot be counted ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Lambda", "FeatureSpace", "TorchModuleWrapper", "TFSMLayer"])
def test_what_is_code_or_data_is_refused_with_what_to_do_instead(kind: str) -> None:
    (fault,) = refused(document(["batch", 5], layer(kind))).errors
    assert (fault.code, fault.pointer) == ("unknown_layer", "/layers/0/type")
    assert fault.detail.startswith(f"'{kind}' ")
    assert "write down" in fault.detail
