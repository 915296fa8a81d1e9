"""What a Keras document may hold beside plain layers, and how it is answered."""

import io
import json
import zipfile
from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.keras.test_truth import at
from tests.keras.truth import Json, cases, report, row

from weighbridge.archive import read_archive
from weighbridge.convert import convert
from weighbridge.count import count
from weighbridge.problems import Problem

CASES = {case["case"]: case for case in cases()}


def entry(class_name: str, name: str, inbound: list[Any] | None = None, **config: Any) -> Json:
    """Return a layer as Keras 3 writes it."""
    made = {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name, **config},
        "registered_name": None,
    }
    return made if inbound is None else {**made, "name": name, "inbound_nodes": inbound}


def tensor(name: str, call: int = 0, output: int = 0) -> Json:
    return {"class_name": "__keras_tensor__", "config": {"keras_history": [name, call, output]}}


def called(*tensors: Json | list[Json], **kwargs: Any) -> Json:
    return {"args": list(tensors), "kwargs": kwargs}


def functional(name: str, layers: list[Json], inputs: list[str], outputs: list[str]) -> Json:
    config = {
        "name": name,
        "trainable": True,
        "layers": layers,
        "input_layers": [[layer, 0, 0] for layer in inputs],
        "output_layers": [[layer, 0, 0] for layer in outputs],
    }
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": config,
        "registered_name": "Functional",
    }


def sequential(*layers: Json, **config: Any) -> Json:
    config = {"name": "sequential", "layers": list(layers), **config}
    return {"module": "keras", "class_name": "Sequential", "config": config}


def problem(document: Json, **members: Any) -> Problem:
    with pytest.raises(Problem) as refusal:
        report(document, **members)
    return refusal.value


INPUT = entry("InputLayer", "x", [], batch_shape=[None, 6])

# ---- Calls ---------------------------------------------------------------------------------------


def test_layers_may_stand_in_any_order() -> None:
    layers = [
        entry("Add", "sum", [called([tensor("again"), tensor("first")])]),
        entry("Dense", "again", [called(tensor("first"))], units=4),
        entry("Dense", "first", [called(tensor("x"))], units=4),
        INPUT,
    ]
    found = report(functional("model", layers, ["x"], ["sum"]))
    assert [layer["name"] for layer in found["layers"]] == ["first", "again", "sum"]
    assert found["totals"]["parameters"] == 6 * 4 + 4 + 4 * 4 + 4


def test_a_layer_may_be_called_on_what_it_gave() -> None:
    layers = [
        INPUT,
        entry("Dense", "step", [called(tensor("x")), called(tensor("relu"))], units=6),
        entry("ReLU", "relu", [called(tensor("step"))]),
        entry("ReLU", "end", [called(tensor("step", 1))]),
    ]
    found = report(functional("model", layers, ["x"], ["end"]))
    assert [layer["name"] for layer in found["layers"]] == ["step", "relu", "step:1", "end"]
    assert found["totals"]["parameters"] == 6 * 6 + 6


def test_layers_in_a_ring_are_refused_where_they_take_from_each_other() -> None:
    layers = [
        INPUT,
        entry("Dense", "a", [called(tensor("b"))], units=6),
        entry("Dense", "b", [called(tensor("a"))], units=6),
    ]
    document = functional("model", layers, ["x"], ["b"])
    fault = problem(document).errors[0]
    assert fault.pointer == "/model/config/layers/1/inbound_nodes"
    assert "'b'" in fault.detail


def test_a_tensor_of_a_layer_that_is_not_there_is_refused() -> None:
    layers = [INPUT, entry("Dense", "a", [called(tensor("y"))], units=6)]
    fault = problem(functional("model", layers, ["x"], ["a"])).errors[0]
    assert fault.pointer == "/model/config/layers/1/inbound_nodes"


def test_an_output_that_a_layer_has_not_is_refused() -> None:
    layers = [INPUT, entry("Dense", "a", [called(tensor("x"))], units=6)]
    document = functional("model", layers, ["x"], ["a"])
    document["config"]["output_layers"] = [["a", 0, 700_000]]
    fault = problem(document).errors[0]
    assert fault.pointer == "/model/config/output_layers/0"
    assert "there is no output 700000: it has 1" in fault.detail


@pytest.mark.parametrize(
    ("stated", "detail"),
    [
        ([], "names no input"),
        ([["y", 0, 0], ["x", 0, 0]], '"y" is no InputLayer of the model'),
        ([["x", 0, 0], ["a", 0, 0]], '"a" is no InputLayer of the model'),
        ([["z", 0, 0]], 'the InputLayer "x" is not among them'),
        ([["x", 0, 1], ["z", 0, 0]], 'an input is one tensor, ["x", 0, 0]'),
    ],
)
def test_the_inputs_of_a_model_are_its_input_layers(stated: list[Any], detail: str) -> None:
    other = entry("InputLayer", "z", [], batch_shape=[None, 6])
    layers = [INPUT, other, entry("Dense", "a", [called(tensor("x"))], units=6)]
    document = functional("model", layers, [], ["a"])
    document["config"]["input_layers"] = stated
    fault = problem(document).errors[0]
    assert fault.pointer.startswith("/model/config/input_layers")
    assert detail in fault.detail


@pytest.mark.parametrize("name", [3, ["model"], {}, False])
def test_the_name_of_a_model_is_a_string(name: Any) -> None:
    document = sequential(INPUT, entry("Dense", "a", units=6))
    document["config"]["name"] = name
    assert problem(document).errors[0].pointer == "/model/config/name"


def test_states_may_come_by_their_name() -> None:
    sequence = entry("InputLayer", "s", [], batch_shape=[None, 5, 3])
    layers = [
        sequence,
        INPUT,
        entry("GRU", "gru", [called(tensor("s"), initial_state=tensor("x"))], units=6),
    ]
    found = report(functional("model", layers, ["s", "x"], ["gru"]))
    assert row("gru", found)["inputs"] == ["s", "x"]


def test_an_argument_that_is_not_known_to_leave_the_shape_is_refused() -> None:
    layers = [INPUT, entry("Dense", "a", [called(tensor("x"), context=tensor("x"))], units=6)]
    assert problem(functional("model", layers, ["x"], ["a"])).code == "unsupported_document"


def test_an_embedding_and_its_way_back_are_one_table() -> None:
    config = {"input_dim": 100, "output_dim": 16, "tie_weights": True}
    layers = [
        entry("InputLayer", "tokens", [], batch_shape=[None, 7], dtype="int32"),
        entry(
            "ReversibleEmbedding",
            "table",
            [called(tensor("tokens")), called(tensor("mix"), reverse=True)],
            **config,
        ),
        entry("Dense", "mix", [called(tensor("table"))], units=16),
    ]
    document = functional("model", layers, ["tokens"], ["mix"])
    document["config"]["output_layers"] = ["table", 1, 0]
    found = report(document)
    assert row("table:1", found)["shared_with"] == "table"
    assert row("table:1", found)["output_shapes"] == [[None, 7, 100]]
    assert found["totals"]["parameters"] == 100 * 16 + 16 * 16 + 16
    native = json.loads(convert(json.dumps(document).encode()))["model"]
    assert report(native)["totals"] == found["totals"]


# ---- Nested models -------------------------------------------------------------------------------


def tower(depth: int) -> Json:
    """Return a model that holds a model twice, which holds one twice, and so on."""
    inner = entry("Dense", "inside", [called(tensor("x")), called(tensor("inside"))], units=6)
    if depth:
        inner = tower(depth - 1)
        inner |= {
            "name": "inside",
            "inbound_nodes": [called(tensor("x")), called(tensor("inside"))],
        }
    document = functional("tower", [INPUT, inner], ["x"], ["inside"])
    document["config"]["output_layers"] = ["inside", 1 + bool(depth), 0]
    return document


def test_models_within_models_are_counted_once() -> None:
    assert report(tower(3))["totals"]["parameters"] == 6 * 6 + 6


def test_models_called_many_times_over_meet_the_limit_on_rows() -> None:
    assert problem(tower(20)).code == "too_complex"


@pytest.mark.parametrize("layers", [[], [INPUT]])
def test_a_model_without_layers_gives_its_input(layers: list[Json]) -> None:
    empty = sequential(*layers, name="empty")
    document = sequential(INPUT, empty, entry("Dense", "a", units=3))
    found = report(document)
    assert row("empty", found)["output_shapes"] == [[None, 6]]
    native = json.loads(convert(json.dumps(document).encode()))["model"]
    again = json.loads(count(json.dumps(native).encode()))
    assert again["totals"] == found["totals"]


def test_models_deeper_than_the_limit_are_refused() -> None:
    document = sequential(INPUT, entry("ReLU", "r"))
    for _ in range(70):
        document = sequential(INPUT, document)
    assert problem(document).code == "too_complex"


def test_what_is_wrong_inside_a_nested_model_is_told_at_its_place() -> None:
    inner = sequential(entry("Dense", "good", units=3), entry("Dense", "bad", units=0))
    inner["config"]["name"] = "inner"
    document = sequential(INPUT, inner)
    fault = problem(document).errors[0]
    assert fault.pointer == "/model/config/layers/1/config/layers/1/config/units"
    assert fault.layer == "inner/bad"


def test_a_frozen_functional_model_learns_nothing() -> None:
    layers = [INPUT, entry("Dense", "a", [called(tensor("x"))], units=6)]
    document = functional("model", layers, ["x"], ["a"])
    document["config"]["trainable"] = False
    assert report(document)["totals"]["trainable"] == 0


@pytest.mark.parametrize(
    ("class_name", "shape", "attribute", "value"),
    [
        ("UpSampling2D", [None, 4, 4, 3], "size", [2]),
        ("AdaptiveMaxPooling3D", [None, 4, 4, 4, 3], "output_size", [2]),
        ("ZeroPadding1D", [None, 4, 3], "padding", [2]),
        ("Cropping1D", [None, 4, 3], "cropping", [1]),
        ("LeakyReLU", [None, 4], "negative_slope", "a"),
        ("Concatenate", [None, 4], "axis", [1]),
        ("RepeatVector", [None, 4], "n", 0),
    ],
)
def test_an_attribute_that_keras_does_not_take_is_refused_at_its_place(
    class_name: str, shape: list[int | None], attribute: str, value: Any
) -> None:
    given = entry("InputLayer", "x", batch_shape=shape)
    fault = problem(sequential(given, entry(class_name, "a", **{attribute: value}))).errors[0]
    assert fault.pointer == f"/model/config/layers/1/config/{attribute}"


def test_a_pipeline_is_one_row() -> None:
    steps = [entry("Rescaling", "scale", scale=0.5), entry("Resizing", "size", height=4, width=5)]
    given = entry("InputLayer", "x", batch_shape=[None, 8, 8, 3])
    found = report(sequential(given, entry("Pipeline", "prepare", layers=steps)))
    assert [layer["type"] for layer in found["layers"]] == ["Pipeline"]
    assert row("prepare", found)["output_shapes"] == [[None, 4, 5, 3]]


def test_keras_2_freezes_what_a_frozen_layer_holds() -> None:
    """Keras 3 does not: the tables have its documents."""
    dense = entry("Dense", "dense", units=4)
    document = sequential(
        entry("InputLayer", "x", batch_shape=[None, 5, 6]),
        entry("TimeDistributed", "steps", layer=dense, trainable=False),
    )
    assert report(document)["totals"]["trainable"] == 6 * 4 + 4
    assert report(document | {"keras_version": "2.15.0"})["totals"]["trainable"] == 0


def test_a_layer_within_may_be_called_input() -> None:
    inside = [
        INPUT,
        entry("InputLayer", "y", [], batch_shape=[None, 6]),
        entry("Dense", "input", [called(tensor("y"))], units=3),
        entry("Concatenate", "both", [called([tensor("x"), tensor("input")])]),
    ]
    inner = functional("inner", inside, ["x", "y"], ["both"])
    outer = [
        INPUT,
        entry("Dense", "y", [called(tensor("x"))], units=6),
        inner | {"name": "inner", "inbound_nodes": [called([tensor("x"), tensor("y")])]},
    ]
    document = functional("outer", outer, ["x"], ["inner"])
    document["config"]["output_layers"] = [["inner", 1, 0]]
    found = report(document)
    assert row("inner/input", found)["output_shapes"] == [[None, 3]]
    assert row("inner/both", found)["output_shapes"] == [[None, 9]]
    native = json.loads(convert(json.dumps(document).encode()))["model"]
    again = json.loads(count(json.dumps(native).encode()))
    assert again["totals"] == found["totals"]
    assert row("inner/input_1", again)["output_shapes"] == [[None, 3]]


# ---- Sequential models without an input ----------------------------------------------------------


def test_a_sequential_has_the_shape_that_it_was_built_with() -> None:
    layers = entry("Dense", "d", units=3)
    found = report(sequential(layers, build_input_shape=[None, 6]))
    assert found["totals"]["parameters"] == 6 * 3 + 3


def test_a_sequential_without_a_shape_takes_that_of_the_request() -> None:
    document = sequential(entry("Dense", "d", units=3))
    refusal = problem(document)
    assert refusal.code == "unsupported_document"
    assert '"input_shapes": {"input_layer":' in refusal.detail
    found = report(document, input_shapes={"input_layer": ["batch", 6]})
    assert found["totals"]["parameters"] == 6 * 3 + 3


# ---- Classes of people's own ---------------------------------------------------------------------


def own(name: str) -> Json:
    return {
        "module": "mine.layers",
        "class_name": "Gate",
        "config": {"name": name, "width": 3},
        "registered_name": "Mine>Gate",
    }


BLOCK = {
    "type": "Block",
    "layers": [
        {"type": "Dense", "name": "up", "units": 12},
        {"type": "Dense", "name": "down", "units": 6},
        {"type": "Add", "inputs": ["down", "input"]},
    ],
}


def test_a_class_of_peoples_own_is_refused_by_name() -> None:
    fault = problem(sequential(INPUT, own("gate"))).errors[0]
    assert fault.code == "unsupported_document"
    for word in ("Gate", "mine.layers", "gate", "Mine>Gate", "custom_layers"):
        assert word in fault.detail


@pytest.mark.parametrize("name", ["Mine>Gate", "Gate"])
def test_a_class_of_peoples_own_is_what_the_request_says(name: str) -> None:
    document = sequential(INPUT, own("gate"), own("gate_1"))
    found = report(document, custom_layers={name: BLOCK})
    assert found["totals"]["parameters"] == 2 * (6 * 12 + 12 + 12 * 6 + 6)
    assert row("gate_1/down", found)["parent"] == "gate_1"
    found = report(document, custom_layers={name: {"type": "Dense", "units": 6}})
    assert row("gate", found)["parameters"] == 6 * 6 + 6


def test_what_is_wrong_with_a_custom_layer_is_told_at_its_place() -> None:
    custom = {"Mine>Gate": {"type": "Block", "layers": [{"type": "Dense", "unitz": 3}]}}
    faults = problem(sequential(INPUT, own("gate")), custom_layers=custom).errors
    assert faults[0].pointer == "/custom_layers/Mine>Gate/layers/0/unitz"


def test_keras_names_in_other_houses_are_peoples_own() -> None:
    stranger = {**entry("Dense", "d", units=3), "module": "mine.layers"}
    assert problem(sequential(INPUT, stranger)).code == "unsupported_document"


def test_code_is_refused() -> None:
    assert "holds code" in problem(CASES["lambda_layer"]["document"]).detail


def test_a_layer_within_a_wrapper_keeps_its_dtype() -> None:
    """A wrapper's policy is its own in Keras: the kernel stays of float32, 4 bytes each."""
    inner = entry("Dense", "inner", units=3, dtype="float32")
    wrapper = entry("TimeDistributed", "steps", layer=inner, dtype="bfloat16")
    image = entry("InputLayer", "x", [], batch_shape=[None, 5, 6])
    found = report(sequential(image, wrapper))
    assert found["totals"]["parameter_bytes"] == 4 * (6 * 3 + 3)


def test_scores_are_square_as_keras_states_them() -> None:
    """`MultiHeadAttention.compute_output_spec` of Keras 3.15.1: (batch, heads, 5, 5)."""
    config = {"num_heads": 2, "key_dim": 4}
    layers = [
        entry("InputLayer", "q", [], batch_shape=[None, 5, 16]),
        entry("InputLayer", "v", [], batch_shape=[None, 7, 16]),
        entry(
            "MultiHeadAttention",
            "attention",
            [called(tensor("q"), tensor("v"), return_attention_scores=True)],
            **config,
        ),
    ]
    document = functional("model", layers, ["q", "v"], ["attention"])
    shapes = row("attention", report(document))["output_shapes"]
    assert shapes == [[None, 5, 16], [None, 2, 5, 5]]


# ---- Attributes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [
        ("unitz", 4, "invalid_model"),
        ("units", "4", "invalid_model"),
        ("units", 2.5, "invalid_model"),
        ("units", None, "invalid_model"),
        ("units", 10**30, "overflow"),
        ("activation", "mine", "unsupported_document"),
        ("dtype", {"class_name": "MyPolicy", "config": {}}, "unsupported_document"),
    ],
)
def test_a_wrong_attribute_is_told_at_its_place(attribute: str, value: Any, code: str) -> None:
    document = sequential(INPUT, entry("Dense", "d", **{"units": 3, attribute: value}))
    fault = problem(document).errors[0]
    assert (fault.code, fault.layer) == (code, "d")
    assert fault.pointer == f"/model/config/layers/1/config/{attribute}"
    assert at({"model": document}, fault.pointer) == value


def test_an_integer_of_more_digits_than_any_is_told() -> None:
    text = json.dumps(sequential(INPUT, entry("Dense", "d", units=0)))
    body = text.replace('"units": 0', f'"units": {"9" * 5000}').encode()
    with pytest.raises(Problem) as refusal:
        count(body)
    assert refusal.value.code == "overflow"
    assert refusal.value.errors[0].pointer == "/config/layers/1/config/units"


def test_every_fault_is_told() -> None:
    document = sequential(
        INPUT, entry("Dense", "a", units=0), entry("Mystery", "b"), entry("Conv2D", "c")
    )
    assert [fault.layer for fault in problem(document).errors] == ["a", "b", "c", "c"]


# ---- Archives ------------------------------------------------------------------------------------


def archive(text: bytes, name: str = "config.json", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        made.writestr("metadata.json", "{}")
        made.writestr(name, text)
        made.writestr("model.weights.h5", b"\0" * 1000)
    return file.getvalue()


DOCUMENT = json.dumps(sequential(INPUT, entry("Dense", "d", units=3))).encode()


def test_a_keras_file_is_counted(web: FlaskClient) -> None:
    answer = web.post("/v1/count", data=archive(DOCUMENT), content_type="application/zip")
    assert answer.get_json()["totals"]["parameters"] == 6 * 3 + 3
    assert answer.get_json()["format"] == "keras"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"PK\x03\x04 and no more", "malformed_json"),
        (archive(DOCUMENT)[:-30], "malformed_json"),
        (archive(DOCUMENT, "other.json"), "unsupported_document"),
        (archive(DOCUMENT, method=zipfile.ZIP_LZMA), "unsupported_document"),
        (archive(b" " * 2**20), "payload_too_large"),
        (archive(DOCUMENT) + b"PK\x01\x02" * 10_001, "too_complex"),
    ],
)
def test_an_archive_that_is_none_or_a_bomb_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        read_archive(body, 100_000)
    assert refusal.value.code == code
