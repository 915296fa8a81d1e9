"""Solving finds what a sweep of the whole range finds, and proves what it does not try."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.service.documents import Document, document, layer
from tests.service.families import LIMITS, families, perceptron, refusal, solved, swept, totals_at

from weighbridge.limits import Limits
from weighbridge.options import Options
from weighbridge.problems import Problem
from weighbridge.solve import solve

FAMILIES = Path(__file__).parents[2] / "examples" / "families"
LLAMA: Document = json.loads((FAMILIES / "llama-3.json").read_bytes())

NOT_TRIED = Limits(work=1)
"""Under which nothing is tried value by value."""


def kept(answer: dict[str, Any], name: str, limits: dict[str, int]) -> list[int]:
    """The values of a sweep at which every limit is kept."""
    columns = [(answer[figure], most) for figure, most in limits.items()]
    return [
        value
        for k, value in enumerate(answer["over"][name])
        if all(column[k] is not None and column[k] <= most for column, most in columns)
    ]


# The answer


def test_the_largest_value_comes_with_its_totals_and_the_next() -> None:
    # 13 w + 4 parameters: 10,000 hold a width of 768.
    answer = solved(perceptron(width=16), "width", [1, 5000], {"parameters": 10_000})
    assert answer == {
        "variable": "width",
        "value": 768,
        "totals": totals_at(perceptron(width=768)),
        "next": {"value": 769, "totals": totals_at(perceptron(width=769))},
        "method": "scan",
        "evaluations": 5000,
    }


def test_nothing_is_next_to_the_end_of_the_range() -> None:
    answer = solved(perceptron(width=16), "width", [1, 100], {"parameters": 10_000})
    assert (answer["value"], answer["next"]) == (100, None)


def test_every_limit_is_kept() -> None:
    limits = {"parameters": 10_000, "macs": 1_200}
    assert solved(perceptron(width=16), "width", [1, 5000], limits)["value"] == 100


def test_a_named_dimension_is_solved_for() -> None:
    model = document(["batch", "length", 8], layer("Dense", units=4))
    assert solved(model, "length", [1, 10_000], {"macs": 3_217})["value"] == 3_217 // 32


def test_an_unknown_figure_keeps_no_limit() -> None:
    model = document(["batch", "length", 8], layer("Dense", units="n"), variables={"n": 1})
    problem = refused_solving(
        {"model": model, "variable": "n", "range": [1, 9], "limits": {"macs": 10**9}}
    )
    assert problem.code == "no_solution"
    assert "macs unknown" in problem.detail


def test_where_nothing_fits_there_is_no_solution() -> None:
    problem = refused_solving({"variable": "width", "range": [1, 9], "limits": {"parameters": 16}})
    assert (problem.code, problem.status) == ("no_solution", 422)
    assert "at 1: parameters 17 (limit 16)" in problem.detail


def test_integers_are_strings_where_asked() -> None:
    options = Options(int64="string")
    limits = {"parameters": 10_000}
    answer = solved(perceptron(width=16), "width", [1, 5000], limits, options=options)
    assert (answer["value"], answer["next"]["value"]) == ("768", "769")
    assert answer["totals"]["parameters"] == str(13 * 768 + 4)


# Figures that do not grow


def test_groups_make_a_value_fail_above_one_that_fits() -> None:
    convolution = layer("Conv1D", name="grouped", filters="width", kernel_size=1, groups=8)
    model = document(["batch", 4, 8], convolution, variables={"width": 8})
    answer = solved(model, "width", [1, 1369], {"parameters": 10**6})
    assert answer["value"] == 1368
    problem = answer["next"]["problem"]
    assert (answer["next"]["value"], problem["code"]) == (1369, "invalid_model")
    assert problem["errors"][0]["pointer"] == "/model/layers/0/filters"


def test_a_larger_kernel_may_make_a_model_smaller() -> None:
    # Of 16 features 17 - k are left; by hand, 12 k + 4 + 10 x 4 x (17 - k) + 10 parameters.
    layers = [
        layer("Conv1D", filters=4, kernel_size="k"),
        layer("Flatten"),
        layer("Dense", units=10),
    ]
    model = document(["batch", 16, 3], *layers, variables={"k": 3})
    answer = solved(model, "k", [1, 16], {"parameters": 300})
    assert answer["value"] == 16
    assert answer["totals"]["parameters"] == 12 * 16 + 4 + 10 * 4 + 10
    small = solved(model, "k", [1, 16], {"parameters": 500})
    # 694 - 28 k is at most 500 from 7 on: a bisection would have looked below.
    assert small["value"] == 16
    assert totals_at(model, k=6)["parameters"] == 694 - 28 * 6 > 500


@pytest.mark.parametrize("attribute", ["kernel_size", "strides", "dilation_rate", "groups"])
def test_what_may_shrink_is_never_bisected(attribute: str) -> None:
    attributes = {"filters": 4, "kernel_size": 2, "padding": "valid", attribute: "k"}
    model = document(["batch", 64, 4], layer("Conv1D", **attributes), variables={"k": 1})
    problem = refused_solving(
        {"model": model, "variable": "k", "range": [1, 4], "limits": {"parameters": 10**6}},
        NOT_TRIED,
    )
    assert (problem.code, problem.errors[0].pointer) == ("too_complex", "/range")


# The Llama family


def test_solving_the_llama_family_agrees_with_a_full_sweep() -> None:
    limits = {"parameters": 7_000_000_000}
    answer = solved(LLAMA, "width", [1, 65_536], limits)
    full = swept(LLAMA, {"width": {"start": 1, "stop": 65_536}}, figures=["parameters"])
    assert answer["value"] == max(kept(full, "width", limits))
    assert answer["method"] == "scan"
    assert answer["totals"]["parameters"] == full["parameters"][answer["value"] - 1]


def test_depth_is_bisected_over_any_range() -> None:
    # By hand: 2 x 128,256 x 4,096 + 4,096 = 1,050,677,248 around the layers, 218,112,000 in each.
    answer = solved(LLAMA, "depth", [1, 2**62], {"parameters": 7_000_000_000})
    assert answer["value"] == (7_000_000_000 - 1_050_677_248) // 218_112_000
    assert answer["method"] == "bisection"
    assert answer["evaluations"] <= 64


def test_a_width_that_sets_the_heads_is_not_bisected() -> None:
    problem = refused_solving(
        {"model": LLAMA, "variable": "width", "range": [1, 2**40], "limits": {"parameters": 10**9}}
    )
    assert (problem.code, problem.errors[0].pointer) == ("too_complex", "/range")
    assert "limit work" in problem.detail


# Both methods find the same

some = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@some
@given(families(), st.sampled_from(["a", "b", "length"]), st.integers(0, 5000))
def test_solving_agrees_with_a_full_sweep(model: Document, name: str, most: int) -> None:
    note(json.dumps(model))
    limits = {"parameters": most, "activations": 40 * most}
    bindings = {} if name == "length" else {"length": 5}
    within = range(1, 41)
    full = swept(model, {name: list(within)}, bindings=bindings, figures=list(limits))
    best = max(kept(full, name, limits), default=None)
    expected = "no_solution" if best is None else best
    question = (model, name, [1, 40], limits)
    assert found(*question, Limits(), bindings=bindings) == ("scan", expected)
    method, value = found(*question, NOT_TRIED, bindings=bindings)
    assert (method, value) in [("bisection", expected), ("bisection", "too_complex")]


def found(
    model: Document,
    name: str,
    within: list[int],
    keeping: dict[str, int],
    limits: Limits,
    *,
    bindings: dict[str, int],
) -> tuple[str, int | str]:
    """The method, and the value that it finds or the code of the problem."""
    try:
        answer = solved(model, name, within, keeping, limits, bindings=bindings)
    except Problem as problem:
        return "scan" if limits.work > 1 else "bisection", problem.code
    return answer["method"], answer["value"]


GROWING = {
    "units": document(
        ["batch", 8], layer("Dense", units="n"), layer("ReLU"), layer("Dense", units="2 * n")
    ),
    "filters": document(
        ["batch", 16, 16, 3],
        layer("Conv2D", filters="n", kernel_size=3, padding="same"),
        layer("BatchNormalization"),
        layer("MaxPooling2D"),
        layer("Conv2D", filters="n + 4", kernel_size=3, strides=2),
        layer("Flatten"),
        layer("Dense", units=10),
    ),
    "the multiplier of a depthwise convolution": document(
        ["batch", 16, 16, 3],
        layer("DepthwiseConv2D", kernel_size=3, depth_multiplier="n"),
        layer("GlobalAveragePooling2D"),
        layer("Dense", units=4),
    ),
    "repeats with a width of their own": document(
        ["batch", 8],
        layer("Block", repeat="n", layers=[layer("Dense", units="n + 8"), layer("Dense", units=8)]),
    ),
    "copies": document(
        ["batch", 8], layer("Block", copies="n", active=1, layers=[layer("Dense", units=8)])
    ),
    "units of a recurrent layer": document(
        ["batch", 5, 3], layer("LSTM", units="n", return_sequences=True), layer("GRU", units=4)
    ),
    "a vocabulary": document(["batch", 9], layer("Embedding", input_dim="n", output_dim=16)),
    "a length under attention": document(
        ["batch", "n", 8],
        layer("MultiHeadAttention", name="attention", num_heads=2, key_dim=4),
        layer("Add", inputs=["attention", "x"]),
        layer("LayerNormalization"),
    ),
    "a residual connection": document(
        ["batch", 8],
        layer("Dense", name="first", units="n"),
        layer("Dense", name="second", units="n"),
        layer("Add", inputs=["first", "second"]),
        layer("Concatenate", inputs=["add", "x"]),
        layer("Dense", units=3),
    ),
    "a picture": document(
        ["batch", "n + 8", "n + 8", 3],
        layer("Conv2D", filters=4, kernel_size=3, strides=2),
        layer("AveragePooling2D", pool_size=2, padding="same"),
        layer("Flatten"),
        layer("Dense", units=4),
    ),
}


@pytest.mark.parametrize("model", GROWING.values(), ids=GROWING)
@pytest.mark.parametrize("figure", ["parameters", "macs", "activations"])
def test_what_is_proved_to_grow_is_bisected_to_the_same_value(model: Document, figure: str) -> None:
    family = model | {"variables": {"n": 1}}
    column = swept(family, {"n": {"start": 1, "stop": 60}}, figures=[figure])[figure]
    assert column == sorted(column)
    limits = {figure: column[40]}
    scanned = solved(family, "n", [1, 60], limits)
    bisected = solved(family, "n", [1, 60], limits, limits=NOT_TRIED)
    assert (scanned["method"], bisected["method"]) == ("scan", "bisection")
    assert scanned["value"] == bisected["value"]
    assert scanned["totals"] == bisected["totals"]


# What is refused


@pytest.mark.parametrize(
    ("changed", "pointer", "words"),
    [
        ({"variable": None}, "/variable", "must be a name"),
        ({"variable": "widht"}, "/variable", "did you mean 'width'?"),
        ({"bindings": {"width": 3}}, "/variable", "bound"),
        ({"range": [1]}, "/range", "two integers"),
        ({"range": [1, "9"]}, "/range/1", "integer of 64 bits"),
        ({"range": [1, 2**63]}, "/range/1", "integer of 64 bits"),
        ({"range": [9, 1]}, "/range/1", "below the least"),
        ({"variable": "batch", "range": [0, 3]}, "/range/0", "at least 1, got 0"),
        ({"limits": {}}, "/limits", "at least one figure"),
        ({"limits": {"params": 3}}, "/limits/params", "no figure 'params'"),
        ({"limits": {"macs": 7e9}}, "/limits/macs", "integer of 64 bits"),
        ({"limit": {"macs": 7}}, "/limit", "did you mean 'limits'?"),
    ],
)
def test_a_bad_request_is_told_with_its_place(
    changed: dict[str, Any], pointer: str, words: str
) -> None:
    body = {"variable": "width", "range": [1, 9], "limits": {"macs": 7}} | changed
    problem = refused_solving(body)
    assert problem.code == "invalid_request"
    assert problem.errors[0].pointer == pointer
    assert words in problem.errors[0].detail


@pytest.mark.parametrize("member", ["variable", "range", "limits"])
def test_each_member_is_needed(member: str) -> None:
    body = {"variable": "width", "range": [1, 9], "limits": {"macs": 7}}
    del body[member]
    assert f"needs `{member}`" in refused_solving(body).detail


def refused_solving(body: dict[str, Any], limits: Limits = LIMITS) -> Problem:
    """The problem of a body, around a perceptron where it has no model."""
    return refusal(solve, {"model": perceptron(width=16), **body}, limits)
