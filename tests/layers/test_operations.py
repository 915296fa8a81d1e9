"""Tensor operations: shapes as Keras 3.15 states them, products counted, faults in their place."""

from typing import Any

import pytest
from tests.service.documents import Document, Layer, Report, layer, refused, report

B = "batch"


def on(kind: Layer, *shapes: list[Any], dtypes: tuple[str, ...] = ()) -> Document:
    """A layer on inputs of these shapes, and perhaps dtypes."""
    inputs: dict[str, Any] = {f"x{k}": {"shape": list(shape)} for k, shape in enumerate(shapes)}
    for given, dtype in zip(inputs.values(), dtypes, strict=False):
        given["dtype"] = dtype
    return {"inputs": inputs, "layers": [kind | {"inputs": list(inputs), "name": "it"}]}


def row(kind: Layer, *shapes: list[Any]) -> Report:
    answer: Report = report(on(kind, *shapes))["layers"][0]
    return answer


def shapes_of(kind: Layer, *shapes: list[Any]) -> Any:
    return row(kind, *shapes)["output_shapes"]


def dtype_of(kind: Layer, *dtypes: str) -> Any:
    return report(on(kind, *[[4, 4]] * len(dtypes), dtypes=dtypes))["outputs"]["it"]["dtype"]


def fault(kind: Layer, *shapes: list[Any]) -> tuple[str, str, str]:
    problem = refused(on(kind, *shapes))
    return problem.errors[0].pointer, problem.errors[0].code, problem.errors[0].detail


# Shapes: a name here is a None there


def broadcast(**attributes: Any) -> Layer:
    return layer("Arithmetic", operation="add", **attributes)


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        (broadcast(), [[B, 5, 1], [B, 1, 3]], [B, 5, 3]),
        (broadcast(), [[B, 5, 3], [3]], [B, 5, 3]),
        (broadcast(), [[B, 5, 3], [1, 5, 3]], [B, 5, 3]),
        (broadcast(), [[B, "seq", 3], [B, 7, 3]], [B, 7, 3]),
        (broadcast(), [[B, "seq", 3], [B, "other", 3]], [B, None, 3]),
        (broadcast(), [[B, None], [8, 4]], [8, 4]),
        (broadcast(constant=2.5), [[B, "seq"]], [B, "seq"]),
        (broadcast(constant_shape=[6, 1]), [[B, 1, 3]], [B, 6, 3]),
        (layer("Where"), [[B, 4, 1], [B, 1, 3], [3]], [B, 4, 3]),
        (layer("Where", constant=0), [[B, 4, 3]], [B, 4, 3]),
        (layer("Elementwise", operation="exp"), [[B, "seq", 3]], [B, "seq", 3]),
        (layer("Cast", dtype="int8"), [[B, "seq"]], [B, "seq"]),
        (layer("Reduce", operation="mean", axis=[1, 2]), [[B, 7, 8, 64]], [B, 64]),
        (layer("Reduce", operation="mean", axis=-1, keepdims=True), [[B, None, 8]], [B, None, 1]),
        (layer("Reduce", operation="sum"), [[B, 7]], []),
        (layer("Reduce", operation="sum", keepdims=True), [[B, 7]], [1, 1]),
        (layer("Reduce", operation="sum", axis=[]), [[B, 7]], [B, 7]),
        (layer("Transpose"), [[B, 3, 4]], [4, 3, B]),
        (layer("Transpose", axes=[0, -1, 1]), [[B, 3, "seq"]], [B, "seq", 3]),
        (layer("Permute", dims=[2, 1]), [[B, 3, "seq"]], [B, "seq", 3]),
        (layer("Moveaxis", source=1, destination=-1), [[B, 3, 32, 24]], [B, 32, 24, 3]),
        (layer("Moveaxis", source=[3, 0], destination=[0, 2]), [[2, 3, 4, 5]], [5, 3, 2, 4]),
        (layer("Swapaxes", axis1=-1, axis2=1), [[B, 3, "seq"]], [B, "seq", 3]),
        (layer("Swapaxes", axis1=-1, axis2=1), [[B, 3]], [B, 3]),
        (layer("ExpandDims", axis=1), [[B, 4]], [B, 1, 4]),
        (layer("ExpandDims", axis=[0, -1]), [[B, 4]], [1, B, 4, 1]),
        (layer("ExpandDims", axis=None), [[B, 4]], [B, 4, 1]),
        (layer("Squeeze", axis=[1, -1]), [[B, 1, 4, 1]], [B, 4]),
        (layer("Squeeze"), [[None, 1, "seq", 1]], [None, "seq"]),
        (layer("Stack", axis=-1), [[B, "seq"], [B, "seq"]], [B, "seq", 2]),
        (layer("Stack"), [[B, None], [B, 4], [B, 4]], [3, B, None]),
        (layer("Tile", repeats=[2, 1, 3]), [[B, 4]], [2, B, 12]),
        (layer("Tile", repeats=2), [[B, "seq", 4]], [B, "seq", 8]),
        (layer("Repeat", repeats=3, axis=1), [[B, 4]], [B, 12]),
        (layer("Repeat", repeats=[1, 0, 5], axis=-1), [[B, 3]], [B, 6]),
        (layer("Repeat", repeats=2), [[3, 4]], [24]),
        (layer("RepeatVector", n=3), [[B, 32]], [B, 3, 32]),
        (layer("Pad", pad_width=[[0, 0], [1, 2]]), [[B, 4]], [B, 7]),
        (layer("Pad", pad_width=[1, 2]), [[3, 4]], [6, 7]),
        (layer("Pad", pad_width=1, mode="reflect"), [[3, None]], [5, None]),
        (layer("Pad", pad_width=[[0], [3]]), [["seq", 4]], ["seq", 10]),
        (layer("BroadcastTo", shape=[5, 4, 3]), [[4, 1]], [5, 4, 3]),
        (layer("BroadcastTo", shape=[-1, 1, 8]), [[1, 1, 8], [B, 196, 8]], [B, 1, 8]),
        (layer("GetItem", key=[[None, None], 0]), [[B, 197, 768]], [B, 768]),
        (layer("GetItem", key=[[None, None], [2, 7], [None, None, 2]]), [[B, 10, 8]], [B, 5, 4]),
        (layer("GetItem", key=["...", None, -1]), [[B, "seq", 8]], [B, "seq", 1]),
        (layer("GetItem", key=[[0, None], [1, None]]), [[B, "seq"]], [None, None]),
        (layer("GetItem", key=[]), [[B, 3]], [B, 3]),
        (layer("Slice", start_indices=[0, 2], shape=[-1, 3]), [[B, 8]], [B, 3]),
        (layer("Slice", start_indices=[0, 2], shape=[1, -1]), [[B, 8]], [1, 6]),
        (layer("Slice", shape=[1, -1]), [[B, 8], [2]], [1, None]),
        (layer("Take", axis=0), [[1000, 64], [B, "seq"]], [B, "seq", 64]),
        (layer("Take", axis=1, indices_shape=[]), [[B, 8, 3]], [B, 3]),
        (layer("Take", indices_shape=[2, 3]), [[B, 8, 3]], [2, 3]),
        (layer("TakeAlongAxis", axis=1), [[B, 12, 64], [B, 3, 64]], [B, 3, 64]),
        (layer("OneHot", num_classes=5), [[B, "seq"]], [B, "seq", 5]),
        (layer("OneHot", num_classes=5, axis=1), [[B, "seq"]], [B, 5, "seq"]),
        (layer("Unflatten", dim=1, unflattened_size=[2, -1]), [[B, 6, 5]], [B, 2, 3, 5]),
        (layer("Reshape", target_shape=[-1, 4, 2]), [[B, 3, 8]], [B, 3, 4, 2]),
        (layer("Reshape", target_shape=[-1, 4, 2]), [[B, "seq", 8]], [B, "seq", 4, 2]),
        (layer("Reshape", keep_batch=False, target_shape=[-1, 24]), [[B, 3, 8]], [B, 24]),
        (layer("Reshape", keep_batch=False, target_shape=[-1]), [[B, "seq", 8]], [None]),
        (layer("Reshape", keep_batch=False, target_shape=[6, -1]), [[3, 8]], [6, 4]),
        (layer("Flatten", data_format="channels_first"), [[B, 3, 8]], [B, 24]),
        (layer("Flatten"), [[B]], [B, 1]),
        (layer("Flatten", start_dim=-3, end_dim=-2), [[2, 3, 4, 5]], [2, 12, 5]),
        (layer("Einsum", equation="bqhd,bkhd->bhqk"), [[B, 3, 8, 4], [B, 5, 8, 4]], [B, 8, 3, 5]),
        (layer("Matmul"), [[B, 8, 12, 64], [B, 8, 64, 5]], [B, 8, 12, 5]),
        (layer("Matmul"), [[B, "seq", 64], [64, 5]], [B, "seq", 5]),
        (layer("Matmul"), [[4, 5, 3], [3]], [4, 5]),
        (layer("Dot", axes=[1, 2]), [[2, 3, 5], [2, 10, 3]], [2, 5, 10]),
        (layer("Dot", axes=-1, normalize=True), [[B, 5], [B, 5]], [B, 1]),
    ],
)
def test_shapes(kind: Layer, inputs: list[list[Any]], expected: list[Any]) -> None:
    assert shapes_of(kind, *inputs) == [expected]


@pytest.mark.parametrize(
    ("kind", "shape", "expected"),
    [
        (layer("Split", indices_or_sections=3, axis=-1), [B, 192], [[B, 64]] * 3),
        (layer("Split", indices_or_sections=2, axis=1), [B, "seq"], [[B, None]] * 2),
        (
            layer("Split", indices_or_sections=[2, 5], axis=1),
            [B, None, 4],
            [[B, 2, 4], [B, 3, 4], [B, None, 4]],
        ),
        (layer("Split", indices_or_sections=[], axis=1), [B, "seq"], [[B, "seq"]]),
        (layer("Unstack", axis=1), [B, 3, 4], [[B, 4]] * 3),
        (layer("Unstack", num=2, axis=1), [B, "seq", 4], [[B, 4]] * 2),
        (layer("TopK", k=5), [B, "seq", 10], [[B, "seq", 5]] * 2),
    ],
)
def test_shapes_of_several_outputs(kind: Layer, shape: list[Any], expected: list[Any]) -> None:
    assert shapes_of(kind, shape) == expected


# Costs and weights


def macs(kind: Layer, *shapes: list[Any]) -> Any:
    return row(kind, *shapes)["macs"]


def test_products_count_and_nothing_else_does() -> None:
    query, key = [B, 8, 12, 64], [B, 8, 64, 20]
    assert macs(layer("Matmul"), query, key) == 8 * 12 * 20 * 64
    assert macs(layer("Matmul"), [7, 5], [5]) == 7 * 5
    assert macs(layer("Dot", axes=[2, 1]), [B, 10, 16], [B, 16, 7]) == 10 * 7 * 16
    assert macs(layer("Einsum", equation="bqhd,bkhd->bhqk"), [B, 3, 8, 4], [B, 5, 8, 4]) == (
        8 * 3 * 5 * 4
    )
    for kind in (broadcast(), layer("Stack"), layer("Where")):
        assert macs(kind, *[[B, 12, 64]] * (3 if kind["type"] == "Where" else 2)) == 0
    assert macs(layer("Reduce", operation="sum"), [B, 12, 64]) == 0


def test_a_product_over_an_unknown_size_has_unknown_costs() -> None:
    answer = report(on(layer("Matmul"), [B, 5, "seq"], [B, "seq", 7]))
    assert answer["layers"][0]["macs"] is None
    assert answer["layers"][0]["activations"] == 5 * 7
    assert {warning["layer"] for warning in answer["warnings"]} == {"it"}
    assert macs(layer("Matmul"), [B, 5, "seq"], [B, 3, 7]) == 5 * 7 * 3


def test_every_output_is_an_activation() -> None:
    assert row(layer("Split", indices_or_sections=[1], axis=1), [B, 12])["activations"] == 12
    assert row(layer("TopK", k=3), [B, 12])["activations"] == 3 + 3


def test_attention_of_operations_costs_what_it_is() -> None:
    """12 positions, 8 heads of 64: scores and values, each 8 x 12 x 12 x 64."""
    heads = {"type": "Transpose", "axes": [0, 2, 1, 3]}
    body = {
        "inputs": {"x": {"shape": [B, 12, 512]}},
        "layers": [
            layer("Dense", units=3 * 512, use_bias=False),
            layer("Reshape", target_shape=[12, 8, 3 * 64]),
            heads,
            layer("Split", name="qkv", indices_or_sections=3, axis=-1),
            layer("Swapaxes", name="key", axis1=2, axis2=3, inputs=["qkv:1"]),
            layer("Matmul", name="scores", inputs=["qkv", "key"]),
            broadcast(name="scaled", constant=0.125),
            layer("Softmax"),
            layer("Matmul", name="values", inputs=["softmax", "qkv:2"]),
        ],
    }
    answer = report(body)
    assert answer["outputs"]["values"]["shape"] == [B, 8, 12, 64]
    assert answer["totals"]["macs"] == 12 * 512 * 3 * 512 + 2 * 8 * 12 * 12 * 64


def alone(**attributes: Any) -> Document:
    return {
        "inputs": {},
        "layers": [layer("Parameter", name="token", shape=[1, "width"], **attributes)],
        "variables": {"width": 768},
    }


@pytest.mark.parametrize(
    ("attributes", "counts"),
    [({}, (768, 768, 0)), ({"trainable": False}, (768, 0, 0)), ({"buffer": True}, (768, 0, 768))],
)
def test_a_parameter_is_a_weight(attributes: Layer, counts: tuple[int, int, int]) -> None:
    answer = report(alone(**attributes))
    totals = answer["totals"]
    assert (totals["parameters"], totals["trainable"], totals["buffers"]) == counts
    assert answer["outputs"]["token"]["shape"] == [1, 768]
    assert answer["layers"][0]["weights"][0]["name"] == "value"


def test_what_is_made_of_nothing_takes_nothing() -> None:
    body = {
        "inputs": {"x": {"shape": [B, 4]}},
        "layers": [layer("Full", shape=[3, 4]), layer("Arange", start=2, stop=9, step=3)],
    }
    assert [one["output_shapes"] for one in report(body)["layers"]] == [[[3, 4]], [[3]]]
    pointer, code, detail = fault(layer("Parameter", shape=[3]), [B, 4])
    assert (pointer, code) == ("/layers/0/inputs", "invalid_model")
    assert "takes 0 inputs, got 1" in detail


def test_a_parameter_may_be_tied() -> None:
    body = {
        "inputs": {"x": {"shape": [B, 4]}},
        "layers": [
            layer("Parameter", name="table", shape=[7, 4]),
            layer("Dense", units=7, inputs=["x"], use_bias=False, tie={"kernel": "table/value"}),
        ],
    }
    assert report(body)["totals"]["parameters"] == 28


# Dtypes


@pytest.mark.parametrize(
    ("kind", "dtypes", "expected"),
    [
        (broadcast(), ("int32", "float16"), "float16"),
        (broadcast(), ("uint8", "int8"), "int16"),
        (layer("Arithmetic", operation="divide"), ("int32", "int32"), "float32"),
        (layer("Arithmetic", operation="greater"), ("float16", "float32"), "bool"),
        (layer("Elementwise", operation="sqrt"), ("int32",), "float32"),
        (layer("Elementwise", operation="sqrt"), ("bfloat16",), "bfloat16"),
        (layer("Elementwise", operation="isnan"), ("float16",), "bool"),
        (layer("Elementwise", operation="argsort"), ("float16",), "int32"),
        (layer("Reduce", operation="sum"), ("int8",), "int32"),
        (layer("Reduce", operation="mean"), ("int8",), "float32"),
        (layer("Reduce", operation="max"), ("int8",), "int8"),
        (layer("Reduce", operation="argmax"), ("float32",), "int32"),
        (layer("Reduce", operation="any"), ("float32",), "bool"),
        (layer("Where"), ("bool", "float16", "int32"), "float16"),
        (layer("Transpose"), ("bool",), "bool"),
        (layer("OneHot", num_classes=3), ("int32",), "float32"),
        (layer("OneHot", num_classes=3, dtype="int8"), ("int32",), "int8"),
        (layer("Cast", dtype="uint8"), ("float32",), "uint8"),
    ],
)
def test_dtypes(kind: Layer, dtypes: tuple[str, ...], expected: str) -> None:
    assert dtype_of(kind, *dtypes) == expected


# Refusals


@pytest.mark.parametrize(
    ("kind", "inputs", "place", "words"),
    [
        (broadcast(), [[B, 3], [B, 4]], "", "its inputs do not fit each other: 4 beside 3"),
        (broadcast(constant_shape=[2, 3]), [[B, 4]], "/constant_shape/1", "3 beside 4"),
        (layer("Reduce", operation="sum", axis=[1, -1]), [[B, 4]], "/axis/1", "axis -1 twice"),
        (layer("Reduce", operation="sum", axis=2), [[B, 4]], "/axis", "no axis 2"),
        (layer("Transpose", axes=[0, 2, 1]), [[B, 4]], "", "rank 3, got rank 2"),
        (layer("Permute", dims=[1, 1]), [[B, 4, 5]], "/dims/1", "names axis 1 twice"),
        (
            layer("Moveaxis", source=[0, 1], destination=3),
            [[B, 4]],
            "/destination",
            "2 entries, got 1",
        ),
        (layer("Swapaxes", axis1=1, axis2=5), [[B, 4]], "/axis2", "no axis 5"),
        (layer("Squeeze", axis=1), [[B, 4]], "", "axis 1 cannot go"),
        (layer("Stack"), [[B, 4], [B, 5]], "", "5 beside 4"),
        (
            layer("Split", indices_or_sections=3, axis=1),
            [[B, 4]],
            "/indices_or_sections",
            "3 equal",
        ),
        (
            layer("Split", indices_or_sections=[1, 9], axis=1),
            [[B, 4]],
            "/indices_or_sections/1",
            "reaches to 9 in a size of 4",
        ),
        (layer("Unstack", axis=1), [[B, None]], "/num", "size of axis 1 is not known"),
        (layer("Unstack", axis=1), [[B, 4097]], "", "4097 outputs, the most is 4096"),
        (layer("Repeat", repeats=[1, 2], axis=1), [[B, 3]], "/repeats/0", "3 entries, got 2"),
        (layer("Pad", pad_width=[[1, 2]] * 3), [[B, 3]], "", "2 entries, got 3"),
        (layer("Pad", pad_width=[[1, 2, 3]]), [[B, 3]], "/pad_width/0", "must be a pair"),
        (layer("Pad", pad_width=[[0, 0], [0, -1]]), [[B, 3]], "/pad_width/1/1", "at least 0"),
        (layer("BroadcastTo", shape=[2, 3]), [[B, 4]], "", "4 beside 3"),
        (layer("GetItem", key=[0, 4]), [[B, 4]], "/key/1", "no index 4 in a size of 4"),
        (layer("GetItem", key=[0, 0, 0]), [[B, 4]], "", "rank 3 or more, got rank 2"),
        (layer("GetItem", key=["...", "..."]), [[B, 4]], "/key/1", "one ellipsis"),
        (layer("GetItem", key=[[1, 2, 3, 4]]), [[B, 4]], "/key/0", "got 4 entries"),
        (layer("GetItem", key=[[None, None, 0]]), [[B, 4]], "/key/0/2", "another value, got 0"),
        (layer("Slice", start_indices=[0, 3], shape=[-1, 2]), [[B, 4]], "/shape/1", "reaches to 5"),
        (layer("TopK", k=5), [[B, 4]], "/k", "reaches to 5 in a size of 4"),
        (
            layer("Unflatten", dim=1, unflattened_size=[4, 2]),
            [[4, 6]],
            "/unflattened_size/0",
            "6 elem",
        ),
        (layer("Flatten", start_dim=2, end_dim=1), [[2, 3, 4]], "/end_dim", "at least 2, got 1"),
        (layer("Matmul"), [[B, 3], [4, 5]], "", "4 beside 3"),
        (layer("Dot", axes=0), [[B, 3], [B, 3]], "/axes", "axis 0 is the batch"),
        (layer("Dot", axes=[1, 1, 1]), [[B, 3], [B, 3]], "/axes/0", "2 entries, got 3"),
        (layer("RepeatVector", n=3), [[B, 4, 5]], "", "rank 2, got rank 3"),
        (layer("Arithmetic", operation="frobnicate"), [[B, 4]], "/operation", ""),
    ],
)
def test_faults_have_their_place(
    kind: Layer, inputs: list[list[Any]], place: str, words: str
) -> None:
    pointer, _, detail = fault(kind, *inputs)
    assert pointer == f"/layers/0{place}"
    assert words in detail


def test_keys_and_paddings_take_expressions() -> None:
    body = on(layer("GetItem", key=[[None, None], ["first", "first + 4"]]), [B, 10])
    assert report(body | {"variables": {"first": 3}})["outputs"]["it"]["shape"] == [B, 4]
    body = on(layer("Pad", pad_width=[[0, 0], [0, "2 * more"]]), [B, 10])
    assert report(body | {"variables": {"more": 3}})["outputs"]["it"]["shape"] == [B, 16]
    problem = refused(on(layer("GetItem", key=[0, ["first", None]]), [B, 10]))
    assert problem.errors[0].pointer == "/layers/0/key/1/0"
