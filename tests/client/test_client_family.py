"""Sweeps and solving through the client: what is sent, and what its answers are good for."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.client.documented import MODEL
from tests.client.stub import Stub

from weighbridge_client import Axis, Client, InvalidRequest, NoSolution, Sweep

FAMILIES = Path(__file__).parents[2] / "examples" / "families"
GPT_2 = FAMILIES / "gpt-2.json"

# As api.md shows it, with a point that failed.
SWEEP: dict[str, Any] = {
    "points": 4,
    "over": {"width": [64, 64, 128, 128], "depth": [2, 4, 2, 4]},
    "parameters": [10, 20, 40, None],
    "macs": [None, None, None, None],
    "errors": [{"point": 3, "code": "overflow", "detail": "too much", "layer": "block"}],
    "warnings": [{"code": "unknown_dimension", "figure": "macs", "layer": "a", "detail": "seq"}],
}


@pytest.fixture
def service(service_url: str) -> Iterator[Client]:
    with Client(service_url) as client:
        yield client


def test_a_sweep_sends_its_names_as_the_contract_has_them(client: Client, stub: Stub) -> None:
    stub.answers_json(SWEEP)
    over: dict[str, Axis] = {
        "width": range(64, 1025, 64),
        "depth": (2, 4),
        "batch": {"start": 1, "stop": 3},
    }
    client.sweep(MODEL, over, combine="zip", figures=["macs"], bindings={"seq": 5})
    asked = stub.asked[0]
    assert asked.path == "/v1/sweep"
    assert asked.json() == {
        "model": MODEL,
        "over": {
            "width": {"start": 64, "stop": 1024, "step": 64},
            "depth": [2, 4],
            "batch": {"start": 1, "stop": 3},
        },
        "combine": "zip",
        "figures": ["macs"],
        "bindings": {"seq": 5},
    }


def test_a_range_that_misses_its_stop_goes_with_its_last_value(client: Client, stub: Stub) -> None:
    stub.answers_json(SWEEP)
    client.sweep(MODEL, {"width": range(1, 10, 4)})
    assert stub.asked[0].json()["over"] == {"width": {"start": 1, "stop": 9, "step": 4}}


def test_an_empty_range_is_not_sent(client: Client, stub: Stub) -> None:
    with pytest.raises(ValueError, match="is empty"):
        client.sweep(MODEL, {"width": range(3, 3)})
    assert not stub.asked


def test_an_answer_is_typed_columns() -> None:
    sweep = Sweep.read(SWEEP)
    assert sweep.over == {"width": (64, 64, 128, 128), "depth": (2, 4, 2, 4)}
    assert sweep.figures == {"parameters": (10, 20, 40, None), "macs": (None,) * 4}
    assert (sweep.errors[0].point, sweep.errors[0].layer) == (3, "block")
    assert sweep.warnings[0].figure == "macs"
    assert repr(sweep) == "<Sweep of parameters, macs over width, depth: 4 points, 1 failed>"


def test_a_data_frame_has_a_row_for_each_point() -> None:
    frame = Sweep.read(SWEEP).to_dataframe()
    assert list(frame.columns) == ["width", "depth", "parameters", "macs", "error"]
    assert frame["parameters"].dtype == "Int64"
    assert frame["parameters"].tolist()[:3] == [10, 20, 40]
    assert frame["error"].isna().tolist() == [True, True, True, False]
    assert frame["error"][3] == "too much"


def test_a_plot_has_a_line_for_each_value_of_the_other_names() -> None:
    axes = Sweep.read(SWEEP).plot()
    lines = {line.get_label(): list(line.get_xdata()) for line in axes.get_lines()}
    assert lines == {"width 64": [2, 4], "width 128": [2, 4]}
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("depth", "parameters")
    again = Sweep.read(SWEEP).plot("macs", axes=axes)
    assert again is axes
    assert axes.get_ylabel() == "macs"


def test_a_plot_goes_along_the_name_with_the_most_values() -> None:
    over = {"width": [1, 1, 2, 2, 3, 3], "depth": [5, 9, 5, 9, 5, 9]}
    answer = {**SWEEP, "points": 6, "over": over, "parameters": [1, 2, 3, 4, 5, 6], "errors": []}
    axes = Sweep.read(answer).plot("parameters")
    lines = {line.get_label(): list(line.get_ydata()) for line in axes.get_lines()}
    assert lines == {"depth 5": [1, 3, 5], "depth 9": [2, 4, 6]}
    assert axes.get_xlabel() == "width"


def test_names_side_by_side_make_one_line() -> None:
    over = {"width": [1, 2, 3, 4], "depth": [5, 6, 7, 9]}
    (line,) = Sweep.read({**SWEEP, "over": over}).plot().get_lines()
    assert list(line.get_xdata()) == [5, 6, 7, 9]


def test_without_matplotlib_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)  # what makes the import fail
    with pytest.raises(ImportError, match=r"pip install 'weighbridge-client\[plot\]'"):
        Sweep.read(SWEEP).plot()


# Against a service


def test_the_gpt_2_family_is_swept(service: Client) -> None:
    over = {"width": [768, 1024, 1280, 1600], "depth": [12, 24, 36, 48]}
    sweep = service.sweep(GPT_2, over, combine="zip", figures=["parameters"])
    # The four published sizes: examples/README.md.
    assert sweep.figures["parameters"] == (124_439_808, 354_823_168, 774_030_080, 1_557_611_200)
    assert not sweep.errors


def test_solving_says_the_value_and_the_next(service: Client) -> None:
    # A layer of width 768 has 7,087,872 parameters: the 12 of GPT-2 small are 124,439,808.
    solution = service.solve(GPT_2, "depth", (1, 100), {"parameters": 124_439_808})
    assert (solution.variable, solution.value, solution.method) == ("depth", 12, "scan")
    assert solution.totals.parameters == 124_439_808
    assert solution.next is not None
    assert solution.next.totals is not None
    assert solution.next.totals.parameters == 124_439_808 + 7_087_872


def test_the_next_value_may_have_a_problem(service: Client) -> None:
    model = {
        "variables": {"n": 8},
        "inputs": {"x": {"shape": ["batch", 4, 8]}},
        "layers": [{"type": "Conv1D", "filters": "n", "kernel_size": 1, "groups": 8}],
    }
    solution = service.solve(model, "n", (1, 1369), {"parameters": 10**9})
    assert solution.value == 1368
    assert solution.next is not None
    assert solution.next.problem is not None
    assert solution.next.problem.errors[0].pointer == "/model/layers/0/filters"


def test_where_nothing_fits_an_error_is_raised(service: Client) -> None:
    with pytest.raises(NoSolution):
        service.solve(GPT_2, "depth", (1, 100), {"parameters": 1_000})


def test_a_name_that_the_model_does_not_have_is_refused(service: Client) -> None:
    with pytest.raises(InvalidRequest) as raised:
        service.sweep(GPT_2, {"widht": [1]})
    assert raised.value.problem.errors[0].pointer == "/over/widht"
