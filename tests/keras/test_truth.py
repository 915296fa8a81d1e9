"""Every figure that Keras gives of its own documents is ours, to the unit."""

from typing import Any

import pytest
from tests.keras.truth import TRUTH, Json, cases, load, models, report

from weighbridge.problems import Problem

CASES = cases() + models()
ERRORS = load(TRUTH / "keras_errors.json.gz")

COUNTED = ("parameters", "trainable", "non_trainable")


def is_counted(case: Json) -> bool:
    """Keras knows the weights of all layers, and none is code of people's own."""
    counted = all(layer["parameters"] is not None for layer in case["truth"]["layers"])
    return counted and not case.get("refused")


def plain(shape: list[Any]) -> list[int | None]:
    """Return a shape as Keras has it: sizes that are not known have no name."""
    return [size if isinstance(size, int) else None for size in shape]


def calls(name: str, rows: list[Json]) -> list[Json]:
    """Return the rows of a layer's calls."""
    return [row for row in rows if name in (row["name"], row.get("shared_with"))]


@pytest.mark.parametrize(
    "case", [case for case in CASES if is_counted(case)], ids=lambda case: case["case"]
)
def test_a_document_is_counted_as_keras_counts_it(case: Json) -> None:
    truth, found = case["truth"], report(case["document"])
    assert {name: found["totals"][name] for name in COUNTED} == truth["totals"]
    outputs = [(str(plain(out["shape"])), out["dtype"]) for out in found["outputs"].values()]
    wanted = [(str(out["shape"]), out["dtype"]) for out in truth["outputs"] or []]
    assert sorted(outputs) == sorted(wanted)
    for layer in truth["layers"]:
        if layer["class"] != "InputLayer":
            compare(layer, calls(layer["name"], found["layers"]))


def compare(layer: Json, rows: list[Json]) -> None:
    first = rows[0]
    assert {n: first[n] for n in COUNTED} == {n: layer[n] for n in COUNTED}, layer["name"]
    shapes = [[plain(shape) for shape in row["output_shapes"]] for row in rows]
    assert shapes == layer["output_shapes"], layer["name"]
    if layer["class"] not in ("Functional", "Sequential"):
        weights = sorted([weight["shape"], weight["trainable"]] for weight in first["weights"])
        assert weights == sorted(layer["weights"]), layer["name"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if not is_counted(case)], ids=lambda case: case["case"]
)
def test_what_cannot_be_known_is_refused(case: Json) -> None:
    with pytest.raises(Problem) as refusal:
        report(case["document"])
    assert refusal.value.code == "unsupported_document"


@pytest.mark.parametrize(
    "case", [case for case in ERRORS if not case["accepted"]], ids=lambda case: case["name"]
)
def test_what_keras_refuses_is_refused_at_a_place_in_the_document(case: Json) -> None:
    with pytest.raises(Problem) as refusal:
        report(case["spec"])
    for fault in refusal.value.errors:
        assert fault.layer
        assert at({"model": case["spec"]}, fault.pointer) is not None


def at(value: Any, pointer: str) -> Any:
    """Return what stands at a pointer."""
    for token in pointer.split("/")[1:]:
        value = value[int(token) if isinstance(value, list) else token]
    return value
