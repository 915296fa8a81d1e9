"""Whatever is posted, there is a report or a problem that says what is wrong, where, and why."""

import gc
import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.documents import documents
from tests.service.documents import Document, Layer, document, layer, refused, report

from weighbridge.count import count
from weighbridge.layers.catalogue import TYPES
from weighbridge.limits import Limits
from weighbridge.options import Options
from weighbridge.problems import Problem

LARGEST = 2**63 - 1
IMAGE = ["batch", 8, 8, 4]
SEQUENCE = ["batch", "seq", 4]
ROW = ["batch", 4]


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b'{"layers": [}',
        b'{"layers": []} trailing',
        b'{"layers": NaN}',
        b"{'layers': []}",
        b'{"name": "\xff"}',
        b"\xff\xfe{\x00}\x00",
    ],
)
def test_a_body_that_is_not_json_is_malformed(body: bytes) -> None:
    problem = refused(body)
    assert (problem.status, problem.code) == (400, "malformed_json")


def test_the_place_of_the_first_wrong_byte_is_told() -> None:
    assert "12" in refused(b'{"layers": [}').detail


@pytest.mark.parametrize("body", [b"[]", b"3", b"null", b'"model"', b"true", b"1e400"])
def test_a_body_that_is_no_object_is_an_invalid_request(body: bytes) -> None:
    assert refused(body).code in {"invalid_request", "malformed_json"}


def test_brackets_without_end_are_refused() -> None:
    problem = refused(b"[" * 100_000)
    assert problem.status in {400, 422}


# Envelopes and documents: code, pointer, and words of the detail


class Fault(NamedTuple):
    """What is expected of the one fault of a body; `pointer` may go on behind what is written."""

    body: Document
    code: str
    pointer: str
    words: list[str]
    layer: str | None = None


def envelope(**members: Any) -> Document:
    return {"model": document(IMAGE, layer("Flatten")), **members}


ENVELOPES = {
    "unknown member": Fault(envelope(detial="totals"), "invalid_request", "/detial", ["detail"]),
    "unknown detail": Fault(envelope(detail="everything"), "invalid_request", "/detail", []),
    "detail is a number": Fault(envelope(detail=3), "invalid_request", "/detail", []),
    "format is unknown": Fault(envelope(format="nativ"), "unknown_format", "/format", ["nativ"]),
    "bindings is a list": Fault(envelope(bindings=[1]), "invalid_request", "/bindings", []),
    "binding of nothing": Fault(
        envelope(bindings={"width": 3}), "invalid_request", "/bindings/width", ["width"]
    ),
    "binding of zero": Fault(
        envelope(bindings={"batch": 0}), "invalid_request", "/bindings/batch", ["0"]
    ),
    "binding is true": Fault(
        envelope(bindings={"batch": True}), "invalid_request", "/bindings/batch", []
    ),
    "binding is a float": Fault(
        envelope(bindings={"batch": 2.0}), "invalid_request", "/bindings/batch", []
    ),
    "binding is text": Fault(
        envelope(bindings={"batch": "2"}), "invalid_request", "/bindings/batch", []
    ),
    "input_shapes of no input": Fault(
        envelope(input_shapes={"image": IMAGE}), "invalid_request", "/input_shapes/image", ["image"]
    ),
    "model is a list": Fault({"model": [1, 2]}, "invalid_request", "/model", []),
    "model is null": Fault({"model": None}, "invalid_request", "/model", []),
}


def shaped(*dimensions: Any) -> Document:
    return document(list(dimensions), layer("ReLU"))


DOCUMENTS = {
    "unknown member": Fault(
        document(IMAGE, layer("ReLU"), ouputs=["re_lu"]), "invalid_model", "/ouputs", ["outputs"]
    ),
    "no layers": Fault({"inputs": {"x": {"shape": IMAGE}}}, "invalid_model", "", ["layers"]),
    "no layer": Fault(document(IMAGE), "invalid_model", "/layers", []),
    "no inputs": Fault({"layers": [layer("ReLU")]}, "invalid_model", "", ["inputs"]),
    "input without shape": Fault(
        {"inputs": {"x": {}}, "layers": [layer("ReLU")]}, "invalid_model", "/inputs/x", ["shape"]
    ),
    "dimension below zero": Fault(
        shaped("batch", -1), "invalid_model", "/inputs/x/shape/1", ["-1"]
    ),
    "dimension is true": Fault(shaped("batch", True), "invalid_model", "/inputs/x/shape/1", []),
    "dimension is a float": Fault(shaped("batch", 2.0), "invalid_model", "/inputs/x/shape/1", []),
    "dimension past int64": Fault(
        shaped("batch", LARGEST + 1), "overflow", "/inputs/x/shape/1", []
    ),
    "rank 17": Fault(shaped(*[1] * 17), "too_complex", "/inputs/x/shape", ["rank", "16"]),
    "layers is an object": Fault(
        {"inputs": {"x": {"shape": IMAGE}}, "layers": {}}, "invalid_model", "/layers", []
    ),
    "output of nothing": Fault(
        document(IMAGE, layer("ReLU"), outputs=["relu"]), "invalid_model", "/outputs/0", ["relu"]
    ),
    "unknown data_format": Fault(
        document(IMAGE, layer("ReLU"), data_format="nhwc"), "invalid_model", "/data_format", []
    ),
}


# Layers: what is wrong is the first one, which has the name `bad`


def bad(kind: str, shape: list[Any] | None = None, **attributes: Any) -> Document:
    """A model whose only layer is wrong."""
    return document(shape or IMAGE, layer(kind, name="bad", **attributes))


def dense(units: Any) -> Document:
    return bad("Dense", ROW, units=units)


def convolution(**attributes: Any) -> Document:
    return bad("Conv2D", **({"filters": 4, "kernel_size": 3} | attributes))


ATTRIBUTES = {
    "unknown type": Fault(bad("Conv2d"), "unknown_layer", "/layers/0/type", ["Conv2D"]),
    "a rate above 1": Fault(
        bad("Dropout", rate=2), "invalid_model", "/layers/0/rate", ["at most 1", "got 2"]
    ),
    "a rate below 0": Fault(
        bad("GaussianDropout", rate=-0.5), "invalid_model", "/layers/0/rate", ["at least 0"]
    ),
    "a deviation below 0": Fault(
        bad("GaussianNoise", stddev=-1), "invalid_model", "/layers/0/stddev", ["at least 0"]
    ),
    "a type of nowhere near": Fault(bad("x" * 10_000), "unknown_layer", "/layers/0/type", []),
    "type is a number": Fault(
        {"inputs": {"x": {"shape": ROW}}, "layers": [{"type": 3}]}, "invalid_model", "/layers/0", []
    ),
    "type is missing": Fault(
        {"inputs": {"x": {"shape": ROW}}, "layers": [{"units": 3}]},
        "invalid_model",
        "/layers/0",
        ["type"],
    ),
    "a layer is a number": Fault(
        {"inputs": {"x": {"shape": ROW}}, "layers": [3]}, "invalid_model", "/layers/0", []
    ),
    "attribute missing": Fault(bad("Dense", ROW), "invalid_model", "/layers/0", ["units"], "bad"),
    "attribute unknown": Fault(
        bad("Dense", ROW, units=4, use_bais=True),
        "invalid_model",
        "/layers/0/use_bais",
        ["use_bias"],
        "bad",
    ),
    "zero": Fault(dense(0), "invalid_model", "/layers/0/units", ["at least 1", "got 0"], "bad"),
    "below zero": Fault(
        dense(-5), "invalid_model", "/layers/0/units", ["at least 1", "got -5"], "bad"
    ),
    "true": Fault(dense(True), "invalid_model", "/layers/0/units", [], "bad"),
    "a float": Fault(dense(4.0), "invalid_model", "/layers/0/units", [], "bad"),
    "null": Fault(dense(None), "invalid_model", "/layers/0/units", [], "bad"),
    "a list": Fault(dense([4]), "invalid_model", "/layers/0/units", [], "bad"),
    "past int64": Fault(dense(LARGEST + 1), "overflow", "/layers/0/units", [], "bad"),
    "far past int64": Fault(dense(10**400), "overflow", "/layers/0/units", [], "bad"),
    "below int64": Fault(dense(-LARGEST - 2), "overflow", "/layers/0/units", [], "bad"),
    "use_bias is 1": Fault(
        bad("Dense", ROW, units=4, use_bias=1), "invalid_model", "/layers/0/use_bias", [], "bad"
    ),
    "one of a list is zero": Fault(
        convolution(strides=[1, 0]), "invalid_model", "/layers/0/strides", ["got 0"], "bad"
    ),
    "a list too long": Fault(
        convolution(kernel_size=[3, 3, 3]), "invalid_model", "/layers/0/kernel_size", [], "bad"
    ),
    "padding of no kind": Fault(
        convolution(padding="full"), "invalid_model", "/layers/0/padding", ["full"], "bad"
    ),
    "causal in two dimensions": Fault(
        convolution(padding="causal"), "invalid_model", "/layers/0/padding", ["causal"], "bad"
    ),
    "padding below zero": Fault(
        convolution(padding=[[0, -1], [0, 0]]), "invalid_model", "/layers/0/padding", [], "bad"
    ),
    "groups do not divide filters": Fault(
        convolution(filters=6, groups=4), "invalid_model", "/layers/0", ["6", "4"], "bad"
    ),
    "unknown data_format": Fault(
        convolution(data_format="nchw"), "invalid_model", "/layers/0/data_format", [], "bad"
    ),
    "heads do not divide": Fault(
        bad(
            "GroupQueryAttention",
            SEQUENCE,
            head_dim=2,
            num_query_heads=3,
            num_key_value_heads=2,
        ),
        "invalid_model",
        "/layers/0",
        ["3", "2"],
        "bad",
    ),
    "two sizes left over": Fault(
        bad("Reshape", target_shape=[-1, -1]), "invalid_model", "/layers/0/target_shape", [], "bad"
    ),
    "Bidirectional of a Dense": Fault(
        bad("Bidirectional", SEQUENCE, layer=layer("Dense", units=3)),
        "invalid_model",
        "/layers/0/layer",
        ["Dense"],
        "bad",
    ),
    "fault within a wrapper": Fault(
        bad("TimeDistributed", SEQUENCE, layer=layer("Dense", units=0)),
        "invalid_model",
        "/layers/0/layer/units",
        ["at least 1"],
    ),
    "TimeDistributed of null": Fault(
        bad("TimeDistributed", SEQUENCE, layer=None), "invalid_model", "/layers/0/layer", [], "bad"
    ),
    "Bidirectional of null": Fault(
        bad("Bidirectional", SEQUENCE, layer=None), "invalid_model", "/layers/0/layer", [], "bad"
    ),
    "Bidirectional that only goes back": Fault(
        bad("Bidirectional", SEQUENCE, layer=layer("GRU", units=3, go_backwards=True)),
        "invalid_model",
        "/layers/0",
        [],
        "bad",
    ),
    "AveragePooling without a size": Fault(
        bad("AveragePooling2D"), "invalid_model", "/layers/0", ["pool_size"], "bad"
    ),
    "unknown merge_mode": Fault(
        bad("Bidirectional", SEQUENCE, layer=layer("GRU", units=3), merge_mode="add"),
        "invalid_model",
        "/layers/0/merge_mode",
        ["add"],
        "bad",
    ),
    "repeat zero": Fault(
        bad("Block", repeat=0, layers=[layer("ReLU")]),
        "invalid_model",
        "/layers/0/repeat",
        ["at least 1", "got 0"],
        "bad",
    ),
    "more active than copies": Fault(
        bad("Block", copies=2, active=3, layers=[layer("ReLU")]),
        "invalid_model",
        "/layers/0/active",
        ["3", "2"],
        "bad",
    ),
    "block of nothing": Fault(
        bad("Block", layers=[]), "invalid_model", "/layers/0/layers", [], "bad"
    ),
}


# References and names


def chain(*layers: Layer, **members: Any) -> Document:
    return document(ROW, *layers, **members)


def relu(name: str | None = None, *inputs: str) -> Layer:
    named = {"name": name} if name is not None else {}
    return layer("ReLU", **named, **({"inputs": list(inputs)} if inputs else {}))


def reference(name: str) -> Document:
    return chain(relu("a"), relu("bad", name), relu("c", "a"))


def name(value: Any) -> Document:
    return chain({"type": "ReLU", "name": value})


INVALID = "invalid_model"
REFERENCES = {
    "to nothing": Fault(reference("z"), INVALID, "/layers/1/inputs/0", ["z"], "bad"),
    "to itself": Fault(reference("bad"), INVALID, "/layers/1/inputs/0", ["bad"], "bad"),
    "forward": Fault(reference("c"), INVALID, "/layers/1/inputs/0", ["c"], "bad"),
    "to a second output": Fault(reference("a:1"), INVALID, "/layers/1/inputs/0", ["a:1"], "bad"),
    "to output -1": Fault(reference("a:-1"), INVALID, "/layers/1/inputs/0", [], "bad"),
    "to an output past int64": Fault(
        reference(f"a:{2**64}"), INVALID, "/layers/1/inputs/0", [], "bad"
    ),
    "to no output": Fault(reference("a:"), INVALID, "/layers/1/inputs/0", [], "bad"),
    "to many digits": Fault(reference("a:" + "9" * 9999), INVALID, "/layers/1/inputs/0", [], "bad"),
    "into a block": Fault(
        chain(layer("Block", name="block", layers=[relu("a")]), relu("bad", "a")),
        INVALID,
        "/layers/1/inputs/0",
        ["a"],
        "bad",
    ),
    "out of a block": Fault(
        chain(relu("a"), layer("Block", layers=[relu("bad", "a")])),
        INVALID,
        "/layers/1/layers/0/inputs/0",
        ["a"],
    ),
    "no inputs": Fault(
        chain(layer("Add", name="bad", inputs=[])), INVALID, "/layers/0", ["input"], "bad"
    ),
    "too many inputs": Fault(
        chain(relu("a"), layer("Dense", name="bad", units=2, inputs=["a", "a"])),
        INVALID,
        "/layers/1",
        ["input", "got"],
        "bad",
    ),
    "Subtract of three": Fault(
        chain(relu("a"), layer("Subtract", name="bad", inputs=["a", "a", "a"])),
        INVALID,
        "/layers/1",
        ["input", "got"],
        "bad",
    ),
    "which of two inputs": Fault(
        {
            "inputs": {"x": {"shape": ROW}, "y": {"shape": ROW}},
            "layers": [relu("bad")],
        },
        INVALID,
        "/layers/0",
        ["inputs"],
        "bad",
    ),
    "name twice": Fault(
        chain(relu("bad"), relu("b"), relu("bad")), INVALID, "/layers/2/name", ["bad"], "bad"
    ),
    "name of an input": Fault(chain(relu("x")), INVALID, "/layers/0/name", ["x"], "x"),
    "name of none": Fault(name(""), INVALID, "/layers/0/name", []),
    "name too long": Fault(name("n" * 257), INVALID, "/layers/0/name", ["256"]),
    "name with a slash": Fault(name("a/b"), INVALID, "/layers/0/name", ["/"]),
    "name with a colon": Fault(name("a:1"), INVALID, "/layers/0/name", [":"]),
    "name with a control character": Fault(name("a\u0007"), INVALID, "/layers/0/name", []),
    "name is a number": Fault(name(3), INVALID, "/layers/0/name", []),
    "input within a block": Fault(
        chain(layer("Block", layers=[relu("input")])),
        INVALID,
        "/layers/0/layers/0/name",
        ["input"],
    ),
    "reuse of nothing": Fault(
        chain(relu("a"), layer("Reuse", name="bad", layer="z")),
        INVALID,
        "/layers/1/layer",
        ["z"],
        "bad",
    ),
    "reuse of a later layer": Fault(
        chain(layer("Reuse", name="bad", layer="a"), relu("a")),
        INVALID,
        "/layers/0/layer",
        ["a"],
        "bad",
    ),
    "reuse of a reuse": Fault(
        chain(
            relu("a"), layer("Reuse", name="b", layer="a"), layer("Reuse", name="bad", layer="b")
        ),
        INVALID,
        "/layers/2/layer",
        ["b"],
        "bad",
    ),
    "reuse with attributes": Fault(
        chain(layer("Dense", name="a", units=4), layer("Reuse", name="bad", layer="a", units=4)),
        INVALID,
        "/layers/1/units",
        ["units"],
        "bad",
    ),
    "tie to nothing": Fault(
        chain(layer("Dense", name="bad", units=4, tie={"kernel": "z/kernel"})),
        INVALID,
        "/layers/0/tie",
        ["z"],
        "bad",
    ),
    "tie of no weight": Fault(
        chain(
            layer("Dense", name="a", units=4),
            layer("Dense", name="bad", units=4, tie={"kernal": "a/kernel"}),
        ),
        INVALID,
        "/layers/1/tie/kernal",
        [],
        "bad",
    ),
}


# Shapes: what fits nowhere


def merged(kind: str, other: list[Any], **attributes: Any) -> Document:
    two = {"x": {"shape": ["batch", 4, 6]}, "y": {"shape": other}}
    return {"inputs": two, "layers": [layer(kind, name="bad", inputs=["x", "y"], **attributes)]}


MISMATCH = "shape_mismatch"
SHAPES = {
    "a window larger than its input": Fault(
        convolution(kernel_size=[3, 9]), MISMATCH, "/layers/0", ["9", "8"], "bad"
    ),
    "a window larger than its padded input": Fault(
        convolution(kernel_size=11, padding=1), MISMATCH, "/layers/0", ["11", "10"], "bad"
    ),
    "a dilated window larger than its input": Fault(
        convolution(dilation_rate=4), MISMATCH, "/layers/0", ["9", "8"], "bad"
    ),
    "a pool larger than its input": Fault(
        bad("MaxPooling2D", pool_size=9), MISMATCH, "/layers/0", ["9", "8"], "bad"
    ),
    "groups do not divide channels": Fault(
        convolution(filters=6, groups=3), MISMATCH, "/layers/0", ["3", "4"], "bad"
    ),
    "rank": Fault(
        bad("Conv1D", filters=2, kernel_size=1), MISMATCH, "/layers/0", ["rank", "4", "3"], "bad"
    ),
    "rank of a Dense": Fault(bad("Dense", ["batch"], units=2), MISMATCH, "/layers/0", [], "bad"),
    "rank of a LSTM": Fault(bad("LSTM", units=2), MISMATCH, "/layers/0", [], "bad"),
    "time of no axis": Fault(
        bad("TimeDistributed", ROW, layer=layer("ReLU")), MISMATCH, "/layers/0", [], "bad"
    ),
    "an axis that is not there": Fault(
        bad("BatchNormalization", axis=4), MISMATCH, "/layers/0", ["4"], "bad"
    ),
    "merge of sizes": Fault(
        merged("Add", ["batch", 5, 6]), MISMATCH, "/layers/0", ["4", "5"], "bad"
    ),
    "merge of batches": Fault(
        {
            "inputs": {"x": {"shape": [2, 3]}, "y": {"shape": [5, 3]}},
            "layers": [layer("Add", name="bad", inputs=["x", "y"])],
        },
        MISMATCH,
        "/layers/0",
        ["2", "5"],
        "bad",
    ),
    "concatenation of sizes": Fault(
        merged("Concatenate", ["batch", 5, 6]), MISMATCH, "/layers/0", ["4", "5"], "bad"
    ),
    "concatenation of ranks": Fault(
        merged("Concatenate", ["batch", 6]), MISMATCH, "/layers/0", [], "bad"
    ),
    "concatenation along no axis": Fault(
        merged("Concatenate", ["batch", 4, 6], axis=3), MISMATCH, "/layers/0", ["3"], "bad"
    ),
    "reshape to another size": Fault(
        bad("Reshape", target_shape=[7, 7]), MISMATCH, "/layers/0", ["256", "49"], "bad"
    ),
    "reshape that leaves a rest": Fault(
        bad("Reshape", target_shape=[-1, 7]), MISMATCH, "/layers/0", ["7"], "bad"
    ),
    "unknown features": Fault(
        bad("Dense", ["batch", None], units=2), MISMATCH, "/layers/0", [], "bad"
    ),
    "named features": Fault(
        bad("Dense", ["batch", "width"], units=2), MISMATCH, "/layers/0", ["width"], "bad"
    ),
    "unknown channels": Fault(
        bad("Conv1D", ["batch", 5, None], filters=2, kernel_size=1),
        MISMATCH,
        "/layers/0",
        [],
        "bad",
    ),
    "query and value of other features": Fault(
        merged(
            "GroupQueryAttention",
            ["batch", 4, 5],
            head_dim=2,
            num_query_heads=2,
            num_key_value_heads=1,
        ),
        MISMATCH,
        "/layers/0",
        ["6", "5"],
        "bad",
    ),
    "a block that does not come back": Fault(
        bad("Block", ROW, repeat=2, layers=[layer("Dense", units=5)]),
        MISMATCH,
        "/layers/0",
        ["4", "5"],
        "bad",
    ),
    "reuse on other features": Fault(
        chain(
            layer("Dense", name="a", units=5),
            layer("Reuse", name="bad", layer="a"),
        ),
        MISMATCH,
        "/layers/1",
        ["4", "5"],
        "bad",
    ),
    "tie of other shapes": Fault(
        chain(
            layer("Dense", name="a", units=5),
            layer("Dense", name="bad", units=6, tie={"kernel": "a/kernel"}),
        ),
        MISMATCH,
        "/layers/1",
        ["4", "5", "6"],
        "bad",
    ),
}

OVERFLOWS = {
    "parameters": Fault(dense(LARGEST), "overflow", "/layers/0", [], "bad"),
    "a dimension": Fault(
        bad("Flatten", ["batch", 2**40, 2**40]), "overflow", "/layers/0", [], "bad"
    ),
    "repeats of repeats": Fault(
        bad(
            "Block",
            repeat=2**40,
            layers=[layer("Block", name="within", repeat=2**40, layers=[layer("ReLU")])],
        ),
        "overflow",
        "/layers/0",
        [],
    ),
    "parameters of repeats": Fault(
        bad("Block", ROW, repeat=2**61, layers=[layer("Dense", units=4)]),
        "overflow",
        "/layers/0",
        [],
    ),
}


def wide(width: Any, **others: Any) -> Document:
    """A layer as wide as a variable says."""
    return document(ROW, layer("Dense", units="width"), variables={"width": width, **others})


VARIABLES = {
    "none": Fault(document(ROW, layer("ReLU"), variables=[1]), "invalid_model", "/variables", []),
    "float": Fault(wide(1.5), "invalid_model", "/variables/width", ["integer", "got 1.5"]),
    "true": Fault(wide(True), "invalid_model", "/variables/width", ["integer", "got true"]),
    "null": Fault(wide(None), "invalid_model", "/variables/width", ["got null"]),
    "list": Fault(wide([4]), "invalid_model", "/variables/width", ["got [4]"]),
    "no name": Fault(wide(4, **{"a/b": 1}), "invalid_model", "/variables/a~1b", ["'a/b'", "name"]),
    "name of a function": Fault(wide(4, min=1), "invalid_model", "/variables/min", ["'min'"]),
    "cycle": Fault(
        wide("hidden", hidden="2 * width"),
        "invalid_model",
        "/variables/width",
        ["width -> hidden -> width"],
    ),
    "unknown": Fault(
        wide("2 * hiden", hidden=3), "invalid_model", "/variables/width", ["'hidden'"]
    ),
    "no expression": Fault(wide("2 ** 3"), "invalid_model", "/variables/width", ["character 4"]),
    "division by zero": Fault(wide("8 % z", z=0), "invalid_model", "/variables/width", ["by zero"]),
    "too large": Fault(wide(2**63), "overflow", "/variables/width", ["int64"]),
    "result too large": Fault(wide("n * n", n=2**32), "overflow", "/variables/width", ["int64"]),
    "too long": Fault(wide("1+" * 500 + "1"), "too_complex", "/variables/width", ["1000"]),
    "too deep": Fault(wide("-" * 33 + "1"), "too_complex", "/variables/width", ["32"]),
    "too small": Fault(wide("3 - 4"), "invalid_model", "/layers/0/units", ["got -1"]),
    "size of an input": Fault(
        document(["batch", "2 * n"], layer("Dense", units=4), variables={"n": "m"}),
        "invalid_model",
        "/variables/n",
        ["'m'"],
    ),
    "unknown in a size": Fault(
        shaped("batch", "n - m"), "invalid_model", "/inputs/x/shape/1", ["unknown name 'n'"]
    ),
    "size without a value": Fault(
        document(["batch", "4 // n"], layer("Dense", units=4), variables={"n": 0}),
        "invalid_model",
        "/inputs/x/shape/1",
        ["division by zero"],
    ),
}

GROUPS = {
    "envelope": ENVELOPES,
    "document": DOCUMENTS,
    "variable": VARIABLES,
    "attribute": ATTRIBUTES,
    "reference": REFERENCES,
    "shape": SHAPES,
    "overflow": OVERFLOWS,
}
FAULTS = [
    pytest.param(fault, id=f"{group}: {title}")
    for group, faults in GROUPS.items()
    for title, fault in faults.items()
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_code_its_place_and_its_reason(fault: Fault) -> None:
    problem = refused(fault.body)
    first = problem.errors[0]
    assert (problem.status, problem.code, first.code) == (422, fault.code, fault.code)
    assert first.pointer.startswith(fault.pointer)
    assert len(problem.errors) == 1
    if fault.layer is not None:
        assert first.layer == fault.layer
        assert repr(fault.layer) in problem.detail
    assert all(word in first.detail for word in fault.words), first.detail


def test_pointers_go_into_the_body_as_it_was_sent() -> None:
    bare, wrapped = refused(dense(0)), refused({"model": dense(0)})
    assert bare.errors[0].pointer == "/layers/0/units"
    assert wrapped.errors[0].pointer == "/model/layers/0/units"


def test_an_option_that_stands_in_both_places_must_agree() -> None:
    body = json.dumps(envelope(detail="layers")).encode()
    with pytest.raises(Problem) as refusal:
        count(body, Options(detail="totals"))
    assert refusal.value.code == "invalid_request"


# All faults at once


def test_all_that_can_be_found_is_found_in_one_pass() -> None:
    problem = refused(
        document(
            IMAGE,
            layer("Conv2D", name="wide", filters=0, kernel_size=3),
            layer("Convolution2D", name="odd"),
            layer("Dense", name="lost", inputs=["nowhere"], units=3),
        )
    )
    found = [(error.pointer, error.code) for error in problem.errors]
    assert found == [
        ("/layers/0/filters", "invalid_model"),
        ("/layers/1/type", "unknown_layer"),
        ("/layers/2/inputs/0", "invalid_model"),
    ]
    assert problem.code == "invalid_model"


def test_two_shapes_that_do_not_fit_are_both_told_and_what_follows_is_not() -> None:
    problem = refused(
        document(
            IMAGE,
            layer("Conv2D", name="first", filters=2, kernel_size=9),
            layer("Dense", name="follows", units=2),
            layer("Dense", name="second", units=LARGEST, inputs=["x"]),
        )
    )
    assert [error.layer for error in problem.errors] == ["first", "second"]
    assert [error.code for error in problem.errors] == ["shape_mismatch", "overflow"]


def test_a_hundred_faults_are_told() -> None:
    faults = [layer("Dense", units=0, inputs=["x"]) for _ in range(150)]
    problem = refused(document(ROW, *faults))
    listed = problem.document()["errors"]
    assert isinstance(listed, list)
    assert len(listed) == 100


# Bodies that are made to be expensive


def nested(depth: int) -> bytes:
    """Blocks in blocks; written out, for json.dumps itself does not go this deep."""
    opening, closing = '{"type": "Block", "layers": [', "]}"
    inner = opening * depth + '{"type": "ReLU"}' + closing * depth
    return b'{"inputs": {"x": {"shape": [1, 2]}}, "layers": [%s]}' % inner.encode()


@pytest.mark.parametrize("depth", [65, 3_000, 100_000])
def test_nesting_without_end_is_refused(depth: int) -> None:
    problem = refused(nested(depth))
    assert problem.code == "too_complex"
    assert "nest" in problem.detail


def test_wrappers_nested_without_end_are_refused() -> None:
    depth = 3_000
    inner = '{"type": "TimeDistributed", "layer": ' * depth + '{"type": "ReLU"}' + "}" * depth
    body = b'{"inputs": {"x": {"shape": [1, 2]}}, "layers": [%s]}' % inner.encode()
    assert refused(body).code == "too_complex"


def test_nesting_up_to_the_limit_is_counted() -> None:
    answer = json.loads(count(nested(64)))
    assert len(answer["layers"]) == 65


def doubling(depth: int) -> Document:
    """Each block calls the one before it twice: 2^depth rows from a page of JSON."""
    block = layer("Block", name="b0", layers=[layer("ReLU")])
    for level in range(1, depth):
        twice = [block | {"name": "once"}, layer("Reuse", layer="once")]
        block = layer("Block", name=f"b{level}", layers=twice)
    return document(ROW, block)


def test_blocks_reused_forty_deep_are_refused_by_their_rows() -> None:
    problem = refused(doubling(40))
    assert problem.code == "too_complex"
    assert "rows" in problem.detail


def test_blocks_reused_ten_deep_are_counted() -> None:
    assert len(report(doubling(10))["layers"]) > 2**10


def many_layers(amount: int) -> bytes:
    layers = ",".join(['{"type":"ReLU"}'] * amount)
    return b'{"inputs":{"x":{"shape":[1,2]}},"layers":[%s]}' % layers.encode()


def test_a_million_layers_are_refused_by_default() -> None:
    problem = refused(many_layers(1_000_000))
    assert problem.code == "too_complex"
    assert "200,000" in problem.detail or "200000" in problem.detail


def test_a_million_layers_are_counted_with_the_limit_raised() -> None:
    limits = Limits(rows=1_000_000)
    answer = json.loads(count(many_layers(1_000_000), Options(detail="totals"), limits))
    assert answer["totals"]["activations"] == 2_000_000


def test_refusals_that_die_in_a_cycle_leave_the_next_evaluation_its_memory() -> None:
    """A traceback that refers to itself is taken apart by the collector, in no order."""
    expected = report(chain(relu("a")))
    for _ in range(20):
        refusal: list[Any] = [refused(convolution(kernel_size=9))]
        refusal.append(refusal)
        del refusal
        gc.collect()
        assert report(chain(relu("a"))) == expected


# Names of any kind


@settings(deadline=None, derandomize=True)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/:"),
        min_size=1,
        max_size=256,
    ).filter(lambda name: name != "x")
)
def test_a_name_comes_back_as_it_was_given(name: str) -> None:
    answer = report(chain(relu(name)))
    assert answer["layers"][0]["name"] == name
    assert list(answer["outputs"]) == [name]


@pytest.mark.parametrize("name", ["\\ud800", "a\\udfffb", "\\u0000", "\\u001b[31m", "\\u202e"])
def test_odd_characters_in_names_never_break_the_answer(name: str) -> None:
    body = json.dumps(chain(relu("NAME"))).replace("NAME", name)
    assert_answered(body.encode())


# 64-bit edges of every attribute, and mutations

VALID: list[Layer] = [
    layer("Dense", units=4),
    layer("Conv2D", filters=4, kernel_size=3, strides=1, padding=1, dilation_rate=1, groups=1),
    layer("Conv1D", filters=4, kernel_size=[3], strides=[1], padding=[[1, 0]], groups=2),
    layer("MaxPooling2D", pool_size=2, strides=2),
    layer("AveragePooling1D", pool_size=[2], strides=[1]),
    layer("GRU", units=3),
    layer("Bidirectional", layer=layer("LSTM", units=3)),
    layer("TimeDistributed", layer=layer("Dense", units=3)),
    layer("Embedding", input_dim=9, output_dim=3),
    layer("BatchNormalization", axis=-1),
    layer("LayerNormalization", axis=[1, 2]),
    layer("RMSNormalization", axis=-1),
    layer("MultiHeadAttention", num_heads=2, key_dim=3, value_dim=2, output_shape=[3]),
    layer("MultiHeadAttention", num_heads=2, key_dim=3, attention_axes=[1]),
    layer("GroupQueryAttention", head_dim=2, num_query_heads=4, num_key_value_heads=2),
    layer("Reshape", target_shape=[4, -1]),
    layer("Concatenate", axis=-1),
    layer("Block", repeat=2, copies=3, active=2, layers=[layer("ReLU")]),
]
EDGES: list[Any] = [
    0,
    -1,
    LARGEST,
    LARGEST - 1,
    2**62,
    2**32,
    LARGEST + 1,
    2**64,
    -LARGEST - 1,
    -LARGEST - 2,
    10**30,
    True,
    1.5,
    1e300,
    None,
    "",
    "4",
    [],
    {},
]


def fitting(kind: str) -> list[Any]:
    return IMAGE if kind in {"Conv2D", "MaxPooling2D"} else ["batch", 5, 4]


def edges() -> Iterator[Document]:
    """Every integer of every valid layer at every edge, in turn."""
    for valid in VALID:
        for path in integers(valid):
            for edge in EDGES:
                body = document(fitting(valid["type"]), deepcopy(valid))
                put(body["layers"][0], path, edge)
                yield body


def integers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, int):
        yield path
    for key, item in members(value):
        yield from integers(item, (*path, key))


def members(value: Any) -> list[tuple[Any, Any]]:
    """The members of an object or the items of a list, each with its key."""
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    """Puts a copy of `new` at `path`."""
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = deepcopy(new)


def assert_answered(body: bytes) -> None:
    """There is a report, or a problem of the caller's making; no other exception."""
    try:
        json.loads(count(body))
    except Problem as problem:
        assert problem.status in {400, 422}  # noqa: PT017 - a report is as good
        json.dumps(problem.document())


def test_every_attribute_at_every_edge_gets_its_answer() -> None:
    for body in edges():
        assert_answered(json.dumps(body).encode())


@pytest.mark.parametrize("kind", TYPES)
def test_a_layer_with_any_number_of_inputs_gets_its_answer(kind: str) -> None:
    body: Document = deepcopy(dict(TYPES[kind].example))
    for n in (0, 1, 2, 3, 6):
        body["layers"][-1]["inputs"] = [*body["inputs"]][:1] * n
        assert_answered(json.dumps(body).encode())


@settings(max_examples=100, deadline=None, derandomize=True)
@given(documents(), st.randoms(use_true_random=False))
def test_a_mutated_document_gets_its_answer(model: Document, source: random.Random) -> None:
    paths = list(places(model))
    for path in source.sample(paths, min(len(paths), 2)):
        put_if_there(model, path, source.choice([*EDGES, "x", "Dense", {"type": "ReLU"}, [[]]]))
    assert_answered(json.dumps(model).encode())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(documents(), st.randoms(use_true_random=False))
def test_a_document_with_wrong_bytes_gets_its_answer(
    model: Document, source: random.Random
) -> None:
    body = bytearray(json.dumps(model).encode())
    for _ in range(source.randint(1, 3)):
        place = source.randrange(len(body))
        body[place : place + source.randint(0, 4)] = source.choice(
            [
                b"",
                b'"',
                b"}",
                b"9" * 25,
                b"\x00",
                b"\xff",
                b"-",
                b"null",
                bytes(body[place : place + 40]),
            ]
        )
    assert_answered(bytes(body))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value within this one."""
    for key, item in members(value):
        yield (*path, key)
        yield from places(item, (*path, key))


def put_if_there(value: Any, path: tuple[Any, ...], new: Any) -> None:
    """Puts `new` at `path`, unless an earlier change took that place away."""
    try:
        put(value, path, new)
    except (KeyError, IndexError, TypeError):
        return
