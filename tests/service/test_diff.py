"""What differs between two models: in process, over HTTP and on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from tests.service.families import refusal

from weighbridge.cli import main
from weighbridge.count import count
from weighbridge.diff import diff
from weighbridge.options import Options

EXAMPLES = Path(__file__).parents[2] / "examples"

Model = dict[str, Any]


def model(*layers: Model, **members: Any) -> Model:
    return {"inputs": {"x": {"shape": ["batch", 8]}}, "layers": list(layers), **members}


HEAD = {"type": "Dense", "name": "head", "units": 3}
BEFORE = model({"type": "Dense", "name": "body", "units": 4}, {"type": "ReLU", "name": "act"}, HEAD)
AFTER = model({"type": "Dense", "name": "body", "units": 6}, {"type": "ELU", "name": "elu"}, HEAD)


def differed(before: Model, after: Model, **options: str) -> dict[str, Any]:
    body = json.dumps({"before": before, "after": after}).encode()
    answer: dict[str, Any] = json.loads(diff(body, Options(**options)))
    return answer


def rows(document: Model) -> dict[str, Any]:
    report = json.loads(count(json.dumps(document).encode(), Options(detail="weights")))
    return {row["name"]: row for row in report["layers"]}


def test_totals_stand_side_by_side_with_their_change() -> None:
    totals = differed(BEFORE, AFTER)["totals"]
    # 8 x 4 + 4 and 4 x 3 + 3; 8 x 6 + 6 and 6 x 3 + 3.
    assert totals["parameters"] == {"before": 51, "after": 75, "delta": 24}
    assert totals["macs"] == {"before": 8 * 4 + 4 * 3, "after": 8 * 6 + 6 * 3, "delta": 22}
    assert differed(AFTER, BEFORE)["totals"]["parameters"]["delta"] == -24


def test_rows_are_matched_by_name_and_are_those_of_the_reports() -> None:
    answer, before, after = differed(BEFORE, AFTER), rows(BEFORE), rows(AFTER)
    assert answer["added"] == [after["elu"]]
    assert answer["removed"] == [before["act"]]
    assert answer["changed"] == [
        {"name": name, "before": before[name], "after": after[name]} for name in ("body", "head")
    ]


def test_a_model_does_not_differ_from_itself() -> None:
    answer = differed(BEFORE, BEFORE)
    assert {total["delta"] for total in answer["totals"].values()} == {0}
    assert (answer["added"], answer["removed"], answer["changed"]) == ([], [], [])


@pytest.mark.parametrize(
    "changed",
    [
        {"units": 5},
        {"type": "EinsumDense", "equation": "ab,bc->ac", "output_shape": 4, "bias_axes": "c"},
        {"trainable": False},
        {"dtype": "float16"},  # the same shapes and counts: only the type of the weights differs
    ],
)
def test_a_figure_a_shape_a_type_or_a_weight_makes_a_row_differ(changed: Model) -> None:
    body: Model = {"type": "Dense", "name": "body", "units": 4}
    other = {**body, **changed}
    if other["type"] != "Dense":
        del other["units"]
    assert [row["name"] for row in differed(model(body), model(other))["changed"]] == ["body"]


def test_another_name_of_an_input_makes_no_row_differ() -> None:
    between = model({"type": "Dense", "name": "body", "units": 4}, {"type": "ReLU"}, HEAD)
    without = model({"type": "Dense", "name": "body", "units": 4}, HEAD)
    answer = differed(without, between)
    assert [row["name"] for row in answer["added"]] == ["re_lu"]
    assert answer["changed"] == []


def test_another_repeat_changes_the_block_and_what_is_in_it() -> None:
    def deep(repeat: int) -> Model:
        inner = {"type": "Dense", "name": "dense", "units": 8}
        return model({"type": "Block", "name": "deep", "repeat": repeat, "layers": [inner]})

    changed = differed(deep(2), deep(3))["changed"]
    assert [(row["name"], row["before"].get("repeat")) for row in changed] == [
        ("deep", None),
        ("deep/dense", 2),
    ]


def test_what_is_unknown_in_one_has_no_delta() -> None:
    known = {"inputs": {"x": {"shape": ["batch", 5, 8]}}, "layers": [HEAD]}
    unknown = {"inputs": {"x": {"shape": ["batch", "seq", 8]}}, "layers": [HEAD]}
    macs = differed(known, unknown)["totals"]["macs"]
    assert macs == {"before": 5 * 8 * 3, "after": None, "delta": None}
    assert differed(known, unknown)["totals"]["parameters"]["delta"] == 0


def test_the_largest_changes_fit() -> None:
    def wide(size: int) -> Model:
        return {"inputs": {"x": {"shape": [size]}}, "layers": [{"type": "Flatten"}]}

    activations = differed(wide(2**63 - 1), wide(0))["totals"]["activations"]
    assert activations == {"before": 2**63 - 1, "after": 0, "delta": -(2**63) + 1}


def test_each_side_may_be_an_envelope_with_options_of_its_own() -> None:
    totals = differed(BEFORE, {"model": BEFORE, "bindings": {"batch": 10}})["totals"]
    assert totals["macs"] == {"before": 44, "after": 440, "delta": 396}


def test_detail_says_how_much_is_told_of_rows() -> None:
    assert differed(BEFORE, AFTER, detail="totals").keys() == {"totals"}
    row = differed(BEFORE, AFTER, detail="layers")["changed"][0]["before"]
    assert row == {k: v for k, v in rows(BEFORE)["body"].items() if k not in ("weights", "formula")}


# What is refused


def test_faults_of_both_are_told_where_they_stand_in_the_body() -> None:
    body = {"before": model({**HEAD, "units": 0}), "after": {"model": model({"type": "Dens"})}}
    problem = refusal(diff, body)
    assert [(fault.pointer, fault.code) for fault in problem.errors] == [
        ("/before/layers/0/units", "invalid_model"),
        ("/after/model/layers/0/type", "unknown_layer"),
    ]
    assert problem.detail == "before: layer 'head': units must be at least 1, got 0"


def test_what_is_wrong_with_one_envelope_is_told_below_it() -> None:
    body = {"before": BEFORE, "after": {"model": BEFORE, "bindings": {"seq": 3}}}
    assert refusal(diff, body).errors[0].pointer == "/after/bindings/seq"


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({"before": BEFORE}, "", "a diff needs `after`"),
        ({"model": BEFORE}, "/model", "'model' is not known"),
        ({"before": BEFORE, "aftr": BEFORE}, "/aftr", "did you mean 'after'?"),
        ({"before": BEFORE, "after": [1]}, "/after", "must be an object, got [1]"),
        ({"before": None, "after": BEFORE}, "/before", "must be an object, got null"),
    ],
)
def test_a_body_of_other_members_is_refused(body: Model, pointer: str, detail: str) -> None:
    problem = refusal(diff, body)
    assert (problem.code, problem.errors[0].pointer) == ("invalid_request", pointer)
    assert detail in problem.errors[0].detail


# Over HTTP


def test_it_is_there_over_http(web: FlaskClient) -> None:
    body = {"before": BEFORE, "after": AFTER}
    answer = web.post("/v1/diff", json=body)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.get_json()["totals"]["parameters"]["delta"] == 24
    strings = web.post("/v1/diff?int64=string", json=body).get_json()
    assert strings["totals"]["parameters"]["delta"] == "24"
    assert strings["changed"][0]["after"]["output_shapes"] == [["batch", "6"]]


def test_it_is_there_as_text(web: FlaskClient) -> None:
    body = {"before": BEFORE, "after": AFTER}
    answer = web.post("/v1/diff", json=body, headers={"Accept": "text/plain"})
    assert answer.mimetype == "text/plain"
    assert "Layers: 1 removed, 1 added, 2 changed\n" in answer.text


# On the command line


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ("diff", *arguments), input=stdin, prog_name="weighbridge")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps(BEFORE))
    after.write_text(json.dumps(AFTER))
    return str(before), str(after)


def test_the_table_shows_totals_and_rows(files: tuple[str, str]) -> None:
    result = run(*files)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["parameters", "51", "75", "+24", "(+47.06", "%)"] in lines
    assert ["-", "act", "(ReLU)", "(batch,", "4)", "0", "parameters,", "0", "MACs"] in lines
    assert ["+", "elu", "(ELU)", "(batch,", "6)", "0", "parameters,", "0", "MACs"] in lines
    assert ["~", "body", "(Dense)"] in lines
    assert ["output_shapes", "(batch,", "4)", "->", "(batch,", "6)"] in lines
    assert ["parameters", "36", "->", "54", "(+18)"] in lines
    assert ["kernel", "(8,", "4)", "float32", "->", "(8,", "6)", "float32"] in lines


def test_json_is_the_answer_of_the_service(files: tuple[str, str]) -> None:
    assert json.loads(run(*files, "--output", "json").stdout) == differed(BEFORE, AFTER)


def test_what_is_bound_is_bound_in_both(files: tuple[str, str]) -> None:
    result = run(*files, "--bind", "batch=10", "--output", "json")
    assert json.loads(result.stdout)["totals"]["macs"] == {
        "before": 440,
        "after": 660,
        "delta": 220,
    }


def test_a_converted_model_does_not_differ(files: tuple[str, str]) -> None:
    converted = CliRunner().invoke(main, ("convert", files[0])).stdout
    result = run(files[0], "-", "--output", "json", stdin=converted)
    assert json.loads(result.stdout)["changed"] == []


@pytest.mark.parametrize("bind", [(), ("--bind", "batch=2")])
def test_a_fault_is_told_in_its_file(files: tuple[str, str], bind: tuple[str, ...]) -> None:
    bad = json.dumps(model({**HEAD, "units": 0}))
    result = run(files[0], "-", *bind, stdin=bad)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "layer 'head' at <stdin>#/layers/0/units" in result.stderr


def test_a_file_that_is_no_json_is_named(files: tuple[str, str]) -> None:
    result = run(files[0], "-", stdin="{")
    assert result.exit_code == 1
    assert "<stdin>: the body is not JSON" in result.stderr


def test_names_reach_the_terminal_as_escapes() -> None:
    keras = {
        "class_name": "Sequential",
        "config": {
            "name": "hostile",
            "layers": [
                {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 8]}},
                {"class_name": "ReLU", "config": {"name": "\u202eevil"}},
            ],
        },
    }
    result = run("-", str(EXAMPLES / "dense-3-5-2.json"), stdin=json.dumps(keras))
    assert "\u202e" not in result.stdout
    assert "\\u202eevil" in result.stdout
