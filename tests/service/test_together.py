"""Many layers at once, or a large document in pieces, come to what they come to one by one."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.documents import documents
from tests.service.documents import Document

from weighbridge.core import lowering
from weighbridge.count import count
from weighbridge.formats import native, pieces
from weighbridge.limits import Limits
from weighbridge.options import Options
from weighbridge.problems import Problem

many = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,  # the same models on every machine; raise max_examples to look further
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NEVER = 2**62


@contextmanager
def lowered(few: int, large: int) -> Iterator[None]:
    """Layers are lowered at once from `few` on, documents come in pieces from `large` bytes on."""
    with (
        patch.object(lowering, "FEW", few),
        patch.object(native, "LARGE", large),
        patch.object(pieces, "SIZE", 1),
    ):
        yield


def answer(body: bytes, detail: str, limits: Limits) -> Any:
    """A report, or the faults of the problem in its place."""
    try:
        return count(body, Options(detail=detail), limits)
    except Problem as problem:
        return problem.code, list(problem.errors)


def all_ways(body: bytes, detail: str = "weights", limits: Limits = Limits()) -> list[Any]:  # noqa: B008
    """What becomes of a body one by one, at once, and in pieces."""
    answers = []
    for few, large in ((NEVER, NEVER), (0, NEVER), (NEVER, 0)):
        with lowered(few, large):
            answers.append(answer(body, detail, limits))
    return answers


@many
@given(documents(), st.sampled_from(["totals", "layers", "weights"]), st.sampled_from([None, 1]))
def test_all_ways_of_lowering_come_to_the_same(
    body: Document, detail: str, indent: int | None
) -> None:
    one_by_one, at_once, in_pieces = all_ways(json.dumps(body, indent=indent).encode(), detail)
    assert at_once == one_by_one
    assert in_pieces == one_by_one


def chain(*layers: dict[str, Any], **members: Any) -> bytes:
    """A document of these layers between others."""
    dense = [{"type": "Dense", "name": f"d{k}", "units": k + 1} for k in range(6)]
    inputs = {"x": {"shape": ["batch", 4]}}
    return json.dumps(
        {"inputs": inputs, "layers": [*dense[:3], *layers, *dense[3:]], **members}
    ).encode()


DENSE = {"type": "Dense", "units": 2}

PARTICULAR = {
    "no name": chain(DENSE),
    "a name of Keras's that is taken": chain(DENSE, {**DENSE, "name": "dense"}),
    "an escaped name": chain({**DENSE, "name": 'a "}, {" \\'}),
    "a name that looks like a cut": chain({**DENSE, "name": "}, {"}),
    "an output that is named": chain({**DENSE, "name": "a", "inputs": ["d1:0"]}),
    "an output that there is not": chain({**DENSE, "name": "a", "inputs": ["d1:1"]}),
    "a name twice": chain({**DENSE, "name": "d1"}),
    "the name of an input": chain({**DENSE, "name": "x"}),
    "a name that is none": chain({**DENSE, "name": "a/b"}),
    "a reference to nothing": chain({**DENSE, "name": "a", "inputs": ["nothing"]}),
    "a reference to what comes later": chain({**DENSE, "name": "a", "inputs": ["d5"]}),
    "a reference to itself": chain({**DENSE, "name": "a", "inputs": ["a"]}),
    "no reference": chain({**DENSE, "name": "a", "inputs": []}),
    "a block": chain({"type": "Block", "name": "b", "layers": [DENSE, DENSE], "repeat": 2}),
    "a call again": chain({"type": "Reuse", "name": "r", "layer": "d2", "inputs": ["d1"]}),
    "a tie": chain({**DENSE, "name": "a", "units": 3, "tie": {"bias": "d2/bias"}}),
    "an expression": chain({**DENSE, "name": "a", "units": "2 * w"}, variables={"w": 3}),
    "a parameter": chain({"type": "Parameter", "name": "p", "shape": [3]}),
    "a wrong type": chain({**DENSE, "name": "a", "units": []}),
    "a type that there is not": chain({"type": "Dens", "name": "a"}),
    "a fault of the core's": chain({**DENSE, "name": "a", "units": -1}),
    "an unknown feature size": chain(inputs={"x": {"shape": ["batch", None]}}),
    "an output of the model": chain(outputs=["d2", "x", "d5:0"]),
    "no such output": chain(outputs=["d9"]),
    "an output too many": chain(outputs=["d2:1"]),
    "no layers": b'{"inputs": {"x": {"shape": [1]}}, "layers": []}',
    "layers that are none": b'{"inputs": {"x": {"shape": [1]}}, "layers": {"a": [{}]}}',
    "layers that are missing": b'{"inputs": {"x": {"shape": [1]}}}',
    "no inputs": b'{"inputs": {}, "layers": [{"type": "Dense", "units": 1}]}',
    "no JSON": chain()[:-3],
    "a comma too many": chain().replace(b"}]", b"},]"),
    "an envelope": b'{"model": %b, "bindings": {"batch": 3}}' % chain(),
    "another shape": b'{"model": %b, "input_shapes": {"x": ["batch", 9]}}' % chain(),
    "a binding of nothing": b'{"model": %b, "bindings": {"depth": 3}}' % chain(),
}


@pytest.mark.parametrize("body", PARTICULAR.values(), ids=PARTICULAR.keys())
def test_what_is_particular_or_wrong_is_told_as_ever(body: bytes) -> None:
    one_by_one, at_once, in_pieces = all_ways(body)
    assert at_once == one_by_one
    assert in_pieces == one_by_one


@pytest.mark.parametrize("rows", [5, 6, 7])
def test_a_limit_on_rows_holds_in_pieces(rows: int) -> None:
    one_by_one, at_once, in_pieces = all_ways(chain(), limits=Limits(rows=rows))
    assert isinstance(one_by_one, tuple) == (rows < 6)
    assert at_once == in_pieces == one_by_one


def test_plain_layers_are_read_in_pieces_and_not_again() -> None:
    body = chain()
    with lowered(NEVER, 0), patch.object(native, "read_right", side_effect=AssertionError):
        assert b'"d5"' in count(body)


def test_layers_that_are_many_are_lowered_at_once() -> None:
    with (
        lowered(0, NEVER),
        patch.object(lowering.Lowering, "_lower_scope", side_effect=AssertionError),
    ):
        assert b'"d5"' in count(chain())
