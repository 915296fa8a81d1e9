"""Reports as Python sees them and as people do."""

import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.client.documented import CONV1, EXPLAINED, FORMULA, MODEL, REPORT
from tests.client.stub import Stub

from weighbridge_client import (
    Client,
    Detail,
    Report,
    ReportWarning,
    Tensor,
    UnexpectedAnswer,
    Weight,
)

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_documented_report_is_read_in_full() -> None:
    report = Report.read(EXPLAINED)
    (row,) = report.layers
    assert (report.model, report.format, report.totals.flops) == ("lenet5", "native", 972_160)
    assert report.inputs == {"image": Tensor(shape=("batch", 32, 32, 3), dtype="float32")}
    assert (row.output_shapes, row.macs, row.repeat) == ((("batch", 28, 28, 8),), 470_400, 1)
    assert row.weights is not None
    assert row.weights[1] == Weight(
        name="bias", shape=(8,), parameters=8, trainable=True, buffer=False, dtype="float32"
    )
    assert row.formula == FORMULA


def test_what_was_not_asked_for_is_none() -> None:
    (row,) = Report.read(REPORT).layers
    assert (row.weights, row.formula, row.parent, row.shared_with) == (None, None, None, None)
    totals = {name: value for name, value in REPORT.items() if name != "layers"}
    assert Report.read(totals).layers == ()


def test_fields_of_a_newer_service_are_passed_over() -> None:
    newer = _with(REPORT, colour="green", totals=REPORT["totals"] | {"weight": 3})
    assert Report.read(newer) == Report.read(REPORT)


def test_integers_are_exact(client: Client, stub: Stub) -> None:
    totals = REPORT["totals"] | {"parameters": 9_000_000_003_000_000_000, "parameter_bytes": None}
    stub.answers_json(_with(REPORT, totals=totals))
    report = client.count(MODEL)
    assert report.totals.parameters == 9_000_000_003_000_000_000
    assert "Total params: 9,000,000,003,000,000,000 (size unknown)\n" in str(report)


def test_a_report_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Report.read(REPORT).model = "other"  # type: ignore[misc]


@pytest.mark.parametrize("answer", [[], "report", None, {}, {"totals": 3}, {"layers": 3}])
def test_json_that_is_no_report_is_an_unexpected_answer(
    client: Client, stub: Stub, answer: object
) -> None:
    stub.answers_json(answer)
    with pytest.raises(UnexpectedAnswer, match="not as documented"):
        client.count(MODEL)


def test_a_report_prints_as_the_table_that_keras_users_know() -> None:
    assert str(Report.read(REPORT)) == (
        "Model: lenet5 (native)\n\n"
        "Layer (type)        Output Shape        Param #  Connected to\n"
        "=============================================================\n"
        "image (InputLayer)  (batch, 32, 32, 3)        0  -\n"
        "conv1 (Conv2D)      (batch, 28, 28, 8)      608  image\n"
        "-------------------------------------------------------------\n\n"
        " Total params: 16,298 (63.66 KiB)\n"
        " Trainable params: 16,298\n"
        " Non-trainable params: 0\n"
        " Total MACs: 486,080"
    )


def test_what_repeats_is_active_or_unknown_is_told() -> None:
    row = CONV1 | {"repeat": 96, "runs": 96, "output_shapes": [[None, 5], [None]]}
    totals = REPORT["totals"] | {"active_parameters": 12, "macs": None, "parameter_bytes": 12}
    warnings = [{"code": "unknown", "layer": "conv1", "figure": "macs", "detail": "no height"}]
    text = str(Report.read(_with(REPORT, layers=[row], totals=totals, warnings=warnings)))
    assert "(?, 5), (?)             608  x 96    image" in text
    assert "16,298 (12 B)" in text
    assert text.endswith(" Active params: 12\n Total MACs: ?\n\nWarnings:\n conv1: no height")


def test_layers_that_miss_the_same_are_one_warning() -> None:
    def warning(layer: str, why: str) -> dict[str, str]:
        detail = f"macs of layer '{layer}' {why}"
        return {"code": "unknown_dimension", "layer": layer, "figure": "macs", "detail": detail}

    why = "depend on the dimension 'seq', which is not known"
    warnings = [warning("a", why), warning("b", "do not fit"), warning("c", why)]
    text = str(Report.read(_with(REPORT, warnings=warnings)))
    assert text.endswith(
        f" macs of 2 layers {why} (the first is 'a')\n macs of layer 'b' do not fit"
    )


# What stands there twice is the service's own table, which nothing in these models makes fold.
@pytest.mark.parametrize("name", ["lenet5", "gpt-3-175b", "mixtral-8x7b", "figure-11-1-batch-norm"])
@pytest.mark.parametrize("detail", ["totals", "layers", "weights"])
def test_a_report_prints_what_the_service_prints(
    service_url: str, name: str, detail: Detail
) -> None:
    path = EXAMPLES / f"{name}.json"
    with Client(service_url) as client:
        printed = str(client.count(path, detail=detail))
    answer = requests.post(
        f"{service_url}/v1/count?detail={detail}",
        data=path.read_bytes(),
        headers={"Content-Type": "application/json", "Accept": "text/plain"},
        timeout=30,
    )
    assert printed + "\n" == answer.text


def test_a_warning_keeps_its_figure() -> None:
    warning = {"code": "overflow", "layer": None, "figure": "macs", "detail": "too many"}
    (read,) = Report.read(_with(REPORT, warnings=[warning])).warnings
    assert read == ReportWarning(code="overflow", figure="macs", detail="too many")


HOSTILE = "\x1b[2J\u202e<b>&\n"


def _hostile() -> Report:
    row = CONV1 | {"name": HOSTILE, "inputs": [HOSTILE], "output_shapes": [[HOSTILE]]}
    warning = {"code": "c", "layer": HOSTILE, "figure": "macs", "detail": HOSTILE}
    return Report.read(_with(REPORT, model=HOSTILE, layers=[row], warnings=[warning]))


def test_text_shows_what_steers_a_terminal_as_escapes() -> None:
    text = str(_hostile())
    assert all(line.isprintable() for line in text.split("\n"))
    assert text.count(r"\x1b[2J\u202e<b>&\n") == 6


def test_html_escapes_markup_too() -> None:
    html = _hostile()._repr_html_()
    assert "<b>&" not in html
    assert "\x1b" not in html
    assert html.count(r"\x1b[2J\u202e&lt;b&gt;&amp;\n") == 6


def test_a_notebook_shows_a_table_of_bounded_length() -> None:
    html = Report.read(_with(REPORT, layers=[CONV1] * 1_234))._repr_html_()
    assert html.count("<tr>") == 1 + 1_000
    assert "and 235 more rows" in html  # those of an input and of the layers
    assert '<td style="text-align: right">608</td>' in html


def test_a_report_without_layers_prints_its_totals() -> None:
    report = Report.read(_with(REPORT, layers=[]))
    assert "Total params: 16,298" in str(report)
    assert "<table>" not in report._repr_html_()


def test_the_short_form_is_short() -> None:
    assert repr(Report.read(REPORT)) == "<Report 'lenet5': 16,298 parameters, 1 layers>"


def test_a_data_frame_keeps_counts_exact_beside_unknown_ones() -> None:
    exact = 2**63 - 1
    rows = [CONV1 | {"parameters": exact, "macs": None}, CONV1 | {"macs": exact}]
    frame = Report.read(_with(REPORT, layers=rows)).to_dataframe()
    assert list(frame["parameters"]) == [exact, 608]
    assert frame["macs"].isna().tolist() == [True, False]
    assert frame["macs"][1] == exact
    assert frame["output_shapes"][0] == (("batch", 28, 28, 8),)


def test_without_pandas_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)  # what makes `import pandas` fail
    with pytest.raises(ImportError, match=r"pip install 'weighbridge-client\[dataframe\]'"):
        Report.read(REPORT).to_dataframe()


def _with(report: Mapping[str, Any], **members: object) -> dict[str, Any]:
    return dict(report) | members
