"""`weighbridge sweep` and `weighbridge solve`."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.service.families import perceptron

from weighbridge.cli import main
from weighbridge.render.progress import Progress

FAMILIES = Path(__file__).parents[2] / "examples" / "families"
GPT_2 = str(FAMILIES / "gpt-2.json")
LLAMA = str(FAMILIES / "llama-3.json")

GROUPED = json.dumps(
    {
        "variables": {"n": 8},
        "inputs": {"x": {"shape": ["batch", 4, 8]}},
        "layers": [
            {"type": "Conv1D", "name": "conv", "filters": "n", "kernel_size": 1, "groups": 8}
        ],
    }
)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, prog_name="weighbridge")


def sweep(*arguments: str, stdin: str | None = None) -> Result:
    return run("sweep", *arguments, stdin=stdin)


# sweep


def test_a_table_has_a_line_for_each_point() -> None:
    result = sweep(GPT_2, "--over", "depth=12:36:12", "--figure", "parameters")
    assert result.exit_code == 0
    # 7,087,872 in a layer of width 768, on top of the 124,439,808 of GPT-2 small.
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["depth", "parameters"],
        ["-----", "-----------"],
        ["12", "124,439,808"],
        ["24", "209,494,272"],
        ["36", "294,548,736"],
    ]


def test_a_point_that_fails_says_why_in_its_line() -> None:
    result = sweep("-", "--over", "n=8,9", "--figure", "parameters", stdin=GROUPED)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].split("  ")[-1] == (
        "conv: filters must divide by 8, got 9"
    )


def test_csv_is_for_spreadsheets() -> None:
    options = ("--over", "n=8,9", "--figure", "parameters", "--figure", "macs")
    result = sweep("-", *options, "--output", "csv", stdin=GROUPED)
    assert list(csv.reader(result.stdout.splitlines())) == [
        ["n", "parameters", "macs", "error"],
        ["8", "16", "32", ""],
        ["9", "", "", "conv: filters must divide by 8, got 9"],
    ]


def test_json_is_the_answer_as_it_is() -> None:
    options = ("--over", "width=768,1024", "--over", "depth=12,24", "--combine", "zip")
    result = sweep(GPT_2, *options, "--figure", "parameters", "--output", "json")
    answer = json.loads(result.stdout)
    assert answer["over"] == {"width": [768, 1024], "depth": [12, 24]}
    assert answer["parameters"] == [124_439_808, 354_823_168]  # as published


def test_a_chart_has_a_bar_for_each_point() -> None:
    options = ("--over", "depth=1:4", "--figure", "parameters", "--output", "chart")
    lines = sweep(GPT_2, *options).stdout.splitlines()
    assert lines[0] == "parameters"
    bars = [line.count("\u2588") for line in lines[1:]]
    assert len(bars) == 4
    assert bars == sorted(bars)
    assert lines[-1].endswith(f"{124_439_808 - 8 * 7_087_872:,}")


def test_a_chart_of_many_points_shows_some_evenly() -> None:
    options = ("--over", "depth=1:1000", "--figure", "parameters", "--output", "chart")
    lines = sweep(GPT_2, *options).stdout.splitlines()
    assert len(lines) == 49
    assert "depth=1 " in lines[1]
    assert "depth=1,000 " in lines[-1]


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_chart_is_saved(tmp_path: Path, ending: str, begins: bytes) -> None:
    path = tmp_path / f"chart.{ending}"
    options = ("--over", "width=768,1024", "--over", "depth=1:4", "--save", str(path))
    assert sweep(GPT_2, *options, "--figure", "parameters").exit_code == 0
    assert path.read_bytes().startswith(begins)


def test_an_ending_that_is_no_picture_is_a_wrong_command(tmp_path: Path) -> None:
    result = sweep(GPT_2, "--over", "depth=1:4", "--save", str(tmp_path / "chart.doc"))
    assert result.exit_code == 2
    assert "chart.doc" in result.stderr


def test_bindings_and_long_numbers_are_read_exactly() -> None:
    model = json.dumps(perceptron(width=16))
    options = ("--bind", "batch=1e3", "--over", "width=1_000,2e3", "--figure", "macs")
    result = sweep("-", *options, "--output", "json", stdin=model)
    assert json.loads(result.stdout)["macs"] == [12 * 10**6, 24 * 10**6]


def test_a_file_may_hold_the_whole_request() -> None:
    request = {"model": perceptron(width=16), "over": {"width": [1]}, "figures": ["parameters"]}
    result = sweep("-", "--output", "json", stdin=json.dumps(request))
    assert json.loads(result.stdout)["parameters"] == [17]


def test_what_is_wrong_with_the_request_ends_with_one_and_its_place() -> None:
    result = sweep(GPT_2, "--over", "widht=1")
    assert result.exit_code == 1
    assert "/over/widht" in result.stderr
    assert "did you mean 'width'?" in result.stderr


def test_the_place_of_a_fault_is_one_in_the_file() -> None:
    model = json.dumps(perceptron(width=16, part="widht"))
    result = sweep("-", "--over", "width=1", stdin=model)
    assert "\n  /variables/part\n" in result.stderr


@pytest.mark.parametrize("over", ["depth", "depth=", "depth=1.5", "depth=1:2:3:4", "depth=1;2"])
def test_values_that_cannot_be_are_a_wrong_command(over: str) -> None:
    assert sweep(GPT_2, "--over", over).exit_code == 2


# solve


def test_solving_prints_the_value_its_figures_and_the_next() -> None:
    options = ("--variable", "n", "--range", "1:1369", "--limit", "parameters=1e6")
    lines = run("solve", "-", *options, stdin=GROUPED).stdout.splitlines()
    assert lines[0] == "n = 1,368"
    assert "  parameters: 2,736  (limit 1,000,000)" in lines
    assert "1,369 fails: layer 'conv': filters must divide by 8, got 1369" in lines
    assert lines[-1] == "Found by trying every value: 1,369 evaluations."


@pytest.mark.parametrize("most", ["7e9", "7.0e9", "7000000000", "7_000_000_000", "7E+9", "0.7e10"])
def test_a_limit_is_exact_however_it_is_spelled(most: str) -> None:
    options = ("--variable", "depth", "--range", "1:1000", "--limit", f"parameters={most}")
    answer = json.loads(run("solve", LLAMA, *options, "--output", "json").stdout)
    # By hand: 1,050,677,248 around the layers, 218,112,000 in each.
    assert answer["value"] == (7_000_000_000 - 1_050_677_248) // 218_112_000


@pytest.mark.parametrize("most", ["16GiB", "17179869184B", "17179869184", "17179869.184kB"])
def test_a_limit_of_bytes_may_have_a_unit(most: str) -> None:
    options = ("--variable", "depth", "--range", "1:1000", "--limit", f"parameter_bytes={most}")
    answer = json.loads(run("solve", LLAMA, *options, "--output", "json").stdout)
    # By hand, two bytes each: 1,050,677,248 parameters around the layers, 218,112,000 in each.
    assert answer["value"] == (2**33 - 1_050_677_248) // 218_112_000


def test_a_limit_past_doubles_is_exact() -> None:
    model = json.dumps(
        {
            "inputs": {"x": {"shape": ["n"]}},
            "layers": [{"type": "Activation", "activation": "relu"}],
        }
    )
    options = ("--variable", "n", "--range", "9007199254740980:9007199254741000")
    limit = ("--limit", "activations=9007199254740993", "--output", "json")
    assert json.loads(run("solve", "-", *options, *limit, stdin=model).stdout)["value"] == 2**53 + 1


def test_where_nothing_fits_it_ends_with_one() -> None:
    options = ("--variable", "depth", "--range", "1:9", "--limit", "parameters=1000")
    result = run("solve", LLAMA, *options)
    assert result.exit_code == 1
    assert "no_solution" in result.stderr


# The bar


class Terminal:
    """What takes writes and says that it is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.written = ""

    def write(self, text: str) -> int:
        self.written += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""

    def isatty(self) -> bool:
        return True


def shown(seconds: float, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a bar has drawn of work that is half done after so long."""
    now = iter([0.0, seconds])
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with monkeypatch.context() as patched:
        patched.setattr("weighbridge.render.progress.time.monotonic", lambda: next(now))
        bar = Progress(terminal)  # type: ignore[arg-type]
        bar.show(5, 10)
    bar.close()
    return terminal.written


def test_a_bar_shows_after_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "5/10" in shown(1.5, monkeypatch)
    assert not shown(0.5, monkeypatch)
