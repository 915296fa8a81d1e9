"""Checking limits: what is broken, in process, over HTTP and on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from tests.service.families import refusal

from weighbridge.check import check
from weighbridge.cli import main
from weighbridge.options import Options

EXAMPLES = Path(__file__).parents[2] / "examples"
LENET5 = str(EXAMPLES / "lenet5.json")

# 3 x 2 weights and 2 biases: 8 parameters, 32 bytes, 6 multiply-accumulates an example.
DENSE: dict[str, Any] = {
    "inputs": {"x": {"shape": ["batch", 3]}},
    "layers": [{"type": "Dense", "name": "dense", "units": 2}],
}
OPEN: dict[str, Any] = {
    "inputs": {"x": {"shape": ["batch", "seq", 3]}},
    "layers": [{"type": "Dense", "name": "dense", "units": 2}],
}


def checked(model: dict[str, Any], limits: dict[str, int], **body: Any) -> dict[str, Any]:
    raw = json.dumps({"model": model, "limits": limits, **body}).encode()
    answer: dict[str, Any] = json.loads(check(raw))
    return answer


def test_a_limit_that_is_met_exactly_is_kept() -> None:
    answer = checked(DENSE, {"parameters": 8, "parameter_bytes": 32, "macs": 6, "flops": 12})
    assert answer["passed"] is True
    assert answer["violations"] == []
    assert answer["totals"]["parameters"] == 8


def test_each_broken_limit_is_a_violation_in_the_order_of_the_request() -> None:
    answer = checked(DENSE, {"macs": 5, "parameters": 8, "activations": 1})
    assert answer["passed"] is False
    assert answer["violations"] == [
        {"figure": "macs", "limit": 5, "value": 6},
        {"figure": "activations", "limit": 1, "value": 2},
    ]
    assert answer["limits"] == {"macs": 5, "parameters": 8, "activations": 1}


def test_an_unknown_figure_breaks_its_limit_and_says_why() -> None:
    answer = checked(OPEN, {"flops": 10**15, "parameters": 8})
    assert answer["violations"] == [{"figure": "flops", "limit": 10**15, "value": None}]
    assert [(w["layer"], w["figure"]) for w in answer["warnings"]] == [("dense", "macs")]
    assert checked(OPEN, {"flops": 10**15}, bindings={"seq": 5})["passed"] is True


def test_a_limit_past_doubles_is_exact() -> None:
    model = {"inputs": {"x": {"shape": [2**53 + 1]}}, "layers": [{"type": "Flatten"}]}
    assert checked(model, {"activations": 2**53})["passed"] is False
    assert checked(model, {"activations": 2**53 + 1})["passed"] is True


@pytest.mark.parametrize(
    ("limits", "pointer", "detail"),
    [
        ({}, "/limits", "at least one figure"),
        (7, "/limits", "at least one figure"),
        ({"paramters": 7}, "/limits/paramters", "did you mean 'parameters'?"),
        ({"macs": True}, "/limits/macs", "integer of 64 bits, got true"),
        ({"macs": 7e9}, "/limits/macs", "integer of 64 bits, got 7000000000.0"),
        ({"macs": "7"}, "/limits/macs", "integer of 64 bits"),
        ({"macs": None}, "/limits/macs", "integer of 64 bits, got null"),
        ({"macs": 2**63}, "/limits/macs", "integer of 64 bits"),
    ],
)
def test_limits_that_are_none_are_refused(limits: object, pointer: str, detail: str) -> None:
    problem = refusal(check, {"model": DENSE, "limits": limits})
    assert (problem.code, problem.errors[0].pointer) == ("invalid_request", pointer)
    assert detail in problem.errors[0].detail


def test_a_check_without_limits_is_refused() -> None:
    assert "a check needs `limits`" in refusal(check, {"model": DENSE}).detail
    assert "in an envelope" in refusal(check, DENSE).detail


def test_a_bad_model_is_the_problem_that_counting_it_is() -> None:
    bad = {**DENSE, "layers": [{"type": "Dense", "units": 0}]}
    problem = refusal(check, {"model": bad, "limits": {"macs": 1}})
    assert (problem.code, problem.errors[0].pointer) == ("invalid_model", "/model/layers/0/units")


# Over HTTP


def test_it_is_there_over_http(web: FlaskClient) -> None:
    body = {"model": DENSE, "limits": {"parameters": 7}}
    answer = web.post("/v1/check?format=native&detail=totals", json=body)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json()["violations"] == [{"figure": "parameters", "limit": 7, "value": 8}]


def test_integers_as_strings_leave_the_verdict_alone(web: FlaskClient) -> None:
    body = {"model": DENSE, "limits": {"parameters": 7}}
    answer = web.post("/v1/check?int64=string", json=body).get_json()
    assert answer["passed"] is False
    assert answer["violations"] == [{"figure": "parameters", "limit": "7", "value": "8"}]


def test_it_is_there_as_text(web: FlaskClient) -> None:
    body = {"model": DENSE, "limits": {"parameters": 7}}
    answer = web.post("/v1/check", json=body, headers={"Accept": "text/plain"})
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("failed: 1 of 1 limit broken\n")
    assert web.post("/v1/check", json=body, headers={"Accept": "text/csv"}).status_code == 406
    assert check(json.dumps(body).encode(), Options()) == web.post("/v1/check", json=body).data


# On the command line


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ("check", *arguments), input=stdin, prog_name="weighbridge")


# 62,958: Rakshith Vasudev, Understanding and Calculating the Number of Parameters in CNNs (2019).
@pytest.mark.parametrize("most", ["62958", "62_958", "6.2958e4", "7e9"])
def test_a_limit_that_is_kept_ends_with_0(most: str) -> None:
    result = run(LENET5, "--limit", f"parameters={most}")
    assert result.exit_code == 0
    assert result.stdout.startswith("passed: the limit is kept\n")


def test_a_broken_limit_ends_with_3_and_a_line_for_each_limit() -> None:
    result = run(LENET5, "--limit", "parameters=62957", "--limit", "parameter_bytes=3e5")
    assert result.exit_code == 3
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["failed:", "1", "of", "2", "limits", "broken"],
        ["figure", "value", "limit"],
        ["FAIL", "parameters", "62,958", "62,957", "over", "by", "1"],
        ["ok", "parameter_bytes", "251,832", "300,000", "48,168", "left"],  # 4 x 62,958
    ]


def test_an_unknown_figure_is_told_with_its_reason() -> None:
    result = run("-", "--limit", "macs=1e15", stdin=json.dumps(OPEN))
    assert result.exit_code == 3
    assert "FAIL  macs        ?  1,000,000,000,000,000  unknown" in result.stdout
    assert "Warning: macs of layer 'dense' depend on the dimension 'seq'" in result.stdout
    assert (
        run("-", "--limit", "macs=1e15", "--bind", "seq=9", stdin=json.dumps(OPEN)).exit_code == 0
    )


def test_json_is_the_answer_of_the_service_and_ends_with_3_too() -> None:
    result = run(LENET5, "--limit", "macs=1", "--output", "json")
    assert result.exit_code == 3
    assert json.loads(result.stdout)["violations"] == [
        {"figure": "macs", "limit": 1, "value": 849_320}
    ]


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--limit", "paramters=1"),
        ("--limit", "parameters=1.5"),
        ("--limit", "parameters=true"),
        ("--limit", "parameters=1e19"),
        ("--limit", "parameters"),
    ],
)
def test_a_wrong_limit_ends_with_2(options: tuple[str, ...]) -> None:
    result = run(LENET5, *options)
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_bad_model_ends_with_1() -> None:
    bad = json.dumps({**DENSE, "layers": [{"type": "Dense", "units": 0}]})
    result = run("-", "--limit", "macs=1", stdin=bad)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "/layers/0/units" in result.stderr
