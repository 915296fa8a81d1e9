"""A sweep is as many counts, in columns; a point that fails fails alone."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from tests.service.documents import Document, document, layer
from tests.service.families import families, perceptron, refusal, swept, totals_at

from weighbridge.limits import Limits
from weighbridge.options import Options
from weighbridge.problems import Problem
from weighbridge.sweep import sweep

WIDTHS = perceptron(width=16)


def parameters(width: int) -> int:
    """By hand: a kernel and a bias of each of the two layers."""
    return 8 * width + width + 4 * width + 4


# Points and columns


def test_every_point_has_its_figures_in_columns() -> None:
    answer = swept(WIDTHS, {"width": [1, 5, 100]}, figures=["parameters", "macs"])
    assert answer == {
        "points": 3,
        "over": {"width": [1, 5, 100]},
        "parameters": [parameters(1), parameters(5), parameters(100)],
        "macs": [12, 60, 1200],
        "errors": [],
        "warnings": [],
    }


def test_a_range_includes_its_stop() -> None:
    answer = swept(WIDTHS, {"width": {"start": 2, "stop": 10, "step": 4}})
    assert answer["over"]["width"] == [2, 6, 10]


def test_a_range_that_passes_its_stop_ends_before_it() -> None:
    assert swept(WIDTHS, {"width": {"start": 2, "stop": 9, "step": 4}})["over"]["width"] == [2, 6]


def test_a_range_may_fall_and_its_step_is_one_by_default() -> None:
    over = {"width": {"start": 3, "stop": 1, "step": -1}, "batch": {"start": 1, "stop": 2}}
    assert swept(WIDTHS, over)["over"] == {"width": [3, 3, 2, 2, 1, 1], "batch": [1, 2, 1, 2, 1, 2]}


def test_in_a_grid_the_last_name_runs_fastest() -> None:
    model = perceptron(width=16)
    answer = swept(model, {"width": [1, 2], "batch": [3, 4, 5]}, figures=["macs"])
    assert answer["over"] == {"width": [1, 1, 1, 2, 2, 2], "batch": [3, 4, 5, 3, 4, 5]}
    assert answer["macs"] == [36, 48, 60, 72, 96, 120]


def test_zipped_names_go_side_by_side() -> None:
    over = {"width": [1, 2], "batch": {"start": 5, "stop": 6}}
    answer = swept(WIDTHS, over, combine="zip", figures=["macs"])
    assert answer["over"] == {"width": [1, 2], "batch": [5, 6]}
    assert answer["macs"] == [60, 144]


def test_without_figures_all_totals_come() -> None:
    answer = swept(WIDTHS, {"width": [7]})
    assert {name: column[0] for name, column in answer.items() if name in totals_at(WIDTHS)} == (
        totals_at(WIDTHS, width=7)
    )


def test_bindings_hold_at_every_point() -> None:
    answer = swept(WIDTHS, {"width": [1, 2]}, bindings={"batch": 10}, figures=["macs"])
    assert answer["macs"] == [120, 240]


def test_a_batch_without_a_name_can_be_swept() -> None:
    answer = swept(
        document([None, 3], layer("Dense", units=5)), {"batch": [1, 4]}, figures=["macs"]
    )
    assert answer["macs"] == [15, 60]


def test_the_batch_of_a_keras_document_can_be_swept() -> None:
    model = {
        "class_name": "Sequential",
        "config": {
            "name": "small",
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "x"}},
                {"class_name": "Dense", "config": {"name": "d", "units": 5}},
            ],
        },
    }
    assert swept(model, {"batch": [1, 4]}, figures=["macs"])["macs"] == [15, 60]


def test_integers_are_strings_where_asked() -> None:
    options = Options(int64="string")
    answer = swept(WIDTHS, {"width": [0, 3]}, figures=["parameters"], options=options)
    assert answer["points"] == "2"
    assert answer["over"] == {"width": ["0", "3"]}
    assert answer["parameters"] == [None, str(parameters(3))]
    assert answer["errors"][0]["point"] == "0"


# Points that fail, and what is not known


def test_a_point_that_fails_touches_no_other() -> None:
    convolution = layer("Conv1D", name="grouped", filters="width", kernel_size=1, groups=8)
    model = document(["batch", 4, 8], convolution, variables={"width": 8})
    answer = swept(model, {"width": [1368, 1369, 1376]}, figures=["parameters"])
    assert answer["parameters"] == [1368 * 2, None, 1376 * 2]
    assert answer["errors"] == [
        {
            "point": 1,
            "code": "invalid_model",
            "detail": "filters must divide by 8, got 1369",
            "layer": "grouped",
        }
    ]


def test_an_expression_without_a_value_fails_at_its_point_alone() -> None:
    model = perceptron(width=16, part="96 // (width - 3)")
    answer = swept(model, {"width": [2, 3, 4]}, figures=["parameters"])
    assert answer["parameters"] == [parameters(2), None, parameters(4)]
    assert answer["errors"] == [
        {
            "point": 1,
            "code": "invalid_model",
            "detail": "variable 'part': division by zero",
            "layer": None,
        }
    ]


def test_a_result_outside_int64_is_an_overflow_at_its_point() -> None:
    model = document(["batch", 8], layer("Dense", units="n * n"), variables={"n": 1})
    answer = swept(model, {"n": [2, 2**40]}, figures=["parameters"])
    assert answer["parameters"] == [36, None]
    assert [(e["point"], e["code"], e["layer"]) for e in answer["errors"]] == [
        (1, "overflow", "dense")
    ]


def test_what_is_unknown_is_null_with_a_warning_and_no_error() -> None:
    model = document(["batch", "length", 8], layer("Dense", units="n"), variables={"n": 1})
    answer = swept(model, {"n": [2, 3]}, figures=["parameters", "flops"])
    assert answer["flops"] == [None, None]
    assert answer["errors"] == []
    assert [(w["figure"], w["layer"], w["point"]) for w in answer["warnings"]] == [
        ("macs", "dense", 0)
    ]
    bound = swept(model, {"n": [2, 3], "length": [10]}, figures=["flops"])
    assert bound["flops"] == [2 * 10 * 8 * 2, 2 * 10 * 8 * 3]
    assert bound["warnings"] == []


def test_what_does_not_fit_is_null_from_where_it_does_not() -> None:
    answer = swept(WIDTHS, {"batch": [1, 2**60]}, figures=["macs"])
    assert answer["macs"] == [192, None]
    assert {(w["code"], w["point"]) for w in answer["warnings"]} == {("overflow", 1)}


# Every point is a count

some = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
values = st.lists(st.integers(-1, 9), min_size=1, max_size=4)
few = st.integers(0, 3)


def counted(model: Document, point: dict[str, int]) -> dict[str, Any] | Problem:
    try:
        return totals_at(model, **point)
    except Problem as problem:
        return problem


@some
@given(families(), values, values, st.lists(st.integers(1, 9), min_size=1, max_size=2))
def test_every_point_equals_a_count_of_its_own(
    model: Document, a: list[int], b: list[int], lengths: list[int]
) -> None:
    note(json.dumps(model))
    answer = swept(model, {"a": a, "b": b, "length": lengths})
    assert answer["points"] == len(a) * len(b) * len(lengths)
    require_counts(model, answer)


@some
@given(families(), st.lists(st.tuples(few, few, st.integers(1, 2)), min_size=2, max_size=8))
def test_every_point_equals_a_count_whatever_it_has_in_common_with_the_one_before(
    model: Document, points: list[tuple[int, int, int]]
) -> None:
    note(json.dumps(model))
    a, b, lengths = zip(*points, strict=True)
    require_counts(model, swept(model, {"a": a, "b": b, "length": lengths}, combine="zip"))


def require_counts(model: Document, answer: dict[str, Any]) -> None:
    errors = {entry["point"]: entry for entry in answer["errors"]}
    for k in range(answer["points"]):
        point = {name: column[k] for name, column in answer["over"].items()}
        expected = counted(model, point)
        if isinstance(expected, Problem):
            told = {(fault.code, fault.layer) for fault in expected.errors}
            assert (errors[k]["code"], errors[k]["layer"]) in told
            assert answer["parameters"][k] is None
        else:
            assert k not in errors
            assert {figure: answer[figure][k] for figure in expected} == expected


def test_layers_that_are_alike_keep_kernels_of_their_own_in_bounds() -> None:
    bounded = [
        layer("SpectralNormalization", power_iterations=n, layer=layer("Dense", units="width"))
        for n in (1, 2, 3)
    ]
    model = document(["batch", 8], *bounded, variables={"width": 8})
    # Kernel, bias, and a vector as long as the kernel is wide.
    expected = [10 * w + 2 * (w * w + 2 * w) for w in (8, 9)]
    assert swept(model, {"width": [8, 9]})["parameters"] == expected


def test_many_points_in_threads_equal_counts_of_their_own() -> None:
    model = document(["batch", 8], *[layer("Dense", units="width")] * 60, variables={"width": 1})
    answer = swept(model, {"width": {"start": -500, "stop": 40_000}}, figures=["parameters"])
    for k in (0, 499, 500, 501, 8_192, 20_000, 40_499, 40_500):
        width = answer["over"]["width"][k]
        chain = 59 * (width * width + width) + 9 * width
        assert answer["parameters"][k] == (chain if width > 0 else None)
    assert [entry["point"] for entry in answer["errors"]] == list(range(501))


# What is refused


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "", "needs `over`"),
        ({"over": {}}, "/over", "at least one name"),
        ({"over": [1]}, "/over", "must be an object"),
        ({"over": {"width": []}}, "/over/width", "at least one integer"),
        ({"over": {"width": 3}}, "/over/width", "must be a list"),
        ({"over": {"width": [1, "2"]}}, "/over/width/1", "integer of 64 bits"),
        ({"over": {"width": [1, 2.0]}}, "/over/width/1", "integer of 64 bits"),
        ({"over": {"width": [True]}}, "/over/width/0", "integer of 64 bits"),
        ({"over": {"width": [2**63]}}, "/over/width/0", "integer of 64 bits"),
        ({"over": {"width": {"start": 1}}}, "/over/width", "`stop`"),
        ({"over": {"width": {"start": 1, "stop": 2, "end": 3}}}, "/over/width/end", "not known"),
        ({"over": {"width": {"start": 1, "stop": 9, "step": 0}}}, "/over/width/step", "not be 0"),
        ({"over": {"width": {"start": 9, "stop": 1}}}, "/over/width", "not reached"),
        ({"over": {"widht": [1]}}, "/over/widht", "did you mean 'width'?"),
        ({"over": {"a/b": [1]}}, "/over/a~1b", "no name 'a/b'"),
        ({"over": {"batch": [4, 0]}}, "/over/batch/1", "at least 1, got 0"),
        ({"over": {"batch": {"start": 0, "stop": 2}}}, "/over/batch/start", "at least 1, got 0"),
        ({"over": {"width": [1]}, "bindings": {"width": 2}}, "/over/width", "bound"),
        ({"over": {"width": [1]}, "bindings": {"depth": 2}}, "/bindings/depth", "no name"),
        ({"over": {"width": [1]}, "combine": "product"}, "/combine", "grid or zip"),
        ({"over": {"width": [1]}, "figures": []}, "/figures", "at least one"),
        ({"over": {"width": [1]}, "figures": ["macs", "param"]}, "/figures/1", "no figure 'param'"),
        ({"over": {"width": [1]}, "figures": "macs"}, "/figures", "must be a list"),
        ({"over": {"width": [1]}, "figure": ["macs"]}, "/figure", "did you mean 'figures'?"),
        (
            {"over": {"width": [1, 2], "batch": [1]}, "combine": "zip"},
            "/over/batch",
            "must have 2 values",
        ),
    ],
)
def test_a_bad_request_is_told_with_its_place(
    body: dict[str, Any], pointer: str, words: str
) -> None:
    problem = refusal(sweep, {"model": WIDTHS, **body})
    assert problem.code == "invalid_request"
    assert problem.errors[0].pointer == pointer
    assert words in problem.errors[0].detail


def test_a_bare_document_is_no_sweep() -> None:
    with pytest.raises(Problem, match="in an envelope") as caught:
        sweep(json.dumps(WIDTHS).encode())
    assert caught.value.code == "invalid_request"


def test_what_is_wrong_at_every_point_is_the_problem_of_the_model() -> None:
    model = perceptron(width=16, half="widht // 2")
    problem = refusal(sweep, {"model": model, "over": {"width": [1, 2]}})
    assert problem.code == "invalid_model"
    assert problem.errors[0].pointer == "/model/variables/half"


def test_too_many_points_are_refused_by_the_name_of_the_limit() -> None:
    over = {"width": {"start": 1, "stop": 11}, "batch": {"start": 1, "stop": 10}}
    problem = refusal(sweep, {"model": WIDTHS, "over": over}, Limits(points=100))
    assert (problem.code, problem.errors[0].pointer) == ("too_complex", "/over")
    assert "limit points" in problem.detail
    assert swept(WIDTHS, over, limits=Limits(points=110))["points"] == 110


def test_a_range_too_long_for_any_machine_is_refused_at_once() -> None:
    over = {"width": {"start": -(2**63), "stop": 2**63 - 1}, "batch": {"start": 1, "stop": 2**62}}
    assert "limit points" in refusal(sweep, {"model": WIDTHS, "over": over}).detail


def test_too_much_work_is_refused_by_the_name_of_the_limit() -> None:
    # Four nodes: what is missing, the input, and two layers.
    over = {"width": {"start": 1, "stop": 100}}
    problem = refusal(sweep, {"model": WIDTHS, "over": over}, Limits(work=399))
    assert (problem.code, problem.errors[0].pointer) == ("too_complex", "/over")
    assert "limit work" in problem.detail
    assert swept(WIDTHS, over, limits=Limits(work=400))["points"] == 100
