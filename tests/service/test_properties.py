"""The service says of any model what the reference says, which counts in unbounded integers."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.reference import Refusal, count
from tests.reference.documents import documents
from tests.service.documents import Document, Report, report

from weighbridge.problems import Problem

many = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,  # the same models on every machine; raise max_examples to look further
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ROW = (
    "name",
    "type",
    "inputs",
    "input_shapes",
    "output_shapes",
    "parameters",
    "trainable",
    "non_trainable",
    "buffers",
    "macs",
    "activations",
    "parent",
    "repeat",
    "runs",
    "shared_with",
)
COSTS = ("macs", "activations")


def outcome(answer: Callable[[Document], Report], body: Document) -> Report | set[str]:
    """What `answer` says of a model: a report, or the codes of the refusal."""
    try:
        return answer(body)
    except Refusal as refusal:
        return {refusal.code}
    except Problem as problem:
        return {fault.code for fault in problem.errors}


def rows(said: Report) -> list[dict[str, Any]]:
    return [{member: row.get(member) for member in ROW} for row in said["layers"]]


def weights(said: Report) -> dict[str, Any]:
    """The weights of every row that owns some."""
    return {row["name"]: row["weights"] for row in said["layers"] if owns_weights(row)}


def owns_weights(row: dict[str, Any]) -> bool:
    return row["type"] != "Block" and "shared_with" not in row


def ends(said: Report) -> Any:
    return [
        {name: end["shape"] for name, end in said[way].items()} for way in ("inputs", "outputs")
    ]


def agree(body: Document) -> None:
    """Both give the same report, row by row; or both refuse, the service for what the reference,
    which stops at the first fault, has found, too.
    """
    note(json.dumps(body))
    expected, found = outcome(reference, body), outcome(report, body)
    if isinstance(expected, set) or isinstance(found, set):
        assert isinstance(expected, set), expected
        assert isinstance(found, set), found
        assert found >= expected
        return
    assert rows(found) == rows(expected)
    assert weights(found) == weights(expected)
    assert ends(found) == ends(expected)
    assert found["totals"] == expected["totals"]


def reference(body: Document) -> Report:
    return count(body["model"], body["bindings"]) if "model" in body else count(body)


@many
@given(documents())
def test_the_service_agrees_with_the_reference(model: Document) -> None:
    agree(model)


@many
@given(documents(), st.fixed_dictionaries({}, optional={"batch": st.integers(1, 9)}))
def test_a_bound_batch_is_as_one_that_was_written(model: Document, batch: dict[str, int]) -> None:
    agree({"model": model, "bindings": batch})


@many
@given(documents())
def test_every_cost_that_is_unknown_has_a_warning(model: Document) -> None:
    said = outcome(report, model)
    if isinstance(said, set):
        return
    told = {(warning["layer"], warning["figure"]) for warning in said["warnings"]}
    parents = {row.get("parent") for row in said["layers"]}
    for row in said["layers"]:
        for figure in COSTS:
            if row[figure] is None and row["name"] not in parents:
                assert (row["name"], figure) in told


@many
@given(documents())
def test_the_totals_are_the_sums_over_rows_without_children(model: Document) -> None:
    said = outcome(report, model)
    if isinstance(said, set):
        return
    parents = {row.get("parent") for row in said["layers"]}
    leaves = [row for row in said["layers"] if row["name"] not in parents]
    for figure in ("parameters", "trainable", "non_trainable", "buffers"):
        total = sum(row[figure] * row.get("repeat", 1) for row in leaves)
        assert said["totals"][figure] == total
