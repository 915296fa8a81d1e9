import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from weighbridge.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
LENET5 = str(EXAMPLES / "lenet5.json")
WEIGHBRIDGE = str(Path(sys.executable).with_name("weighbridge"))

Golden = Callable[[str, str], None]


def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, prog_name="weighbridge")


def dense(**attributes: object) -> str:
    inputs = {"x": {"shape": ["batch", "steps", 4]}}
    return json.dumps({"inputs": inputs, "layers": [{"type": "Dense", **attributes}]})


# count


@pytest.mark.parametrize(
    ("name", "bind"), [("lenet5", ()), ("mixtral-8x7b", ("--bind", "seq=4096"))]
)
def test_the_table_reads_as_when_it_was_found_right(
    name: str, bind: tuple[str, ...], same_as_golden: Golden
) -> None:
    result = run("count", str(EXAMPLES / f"{name}.json"), *bind)
    assert result.exit_code == 0
    same_as_golden(result.stdout, f"{name}.txt")


# 62,958: Rakshith Vasudev, Understanding and Calculating the Number of Parameters in CNNs (2019).
def test_the_table_is_the_default_and_shows_the_totals() -> None:
    result = run("count", LENET5)
    assert "Total params: 62,958 (245.93 KiB)" in result.stdout
    assert "Conv2D" in result.stdout


def test_json_is_the_report() -> None:
    result = run("count", LENET5, "--output", "json")
    assert json.loads(result.stdout)["totals"]["parameters"] == 62_958


def test_csv_is_the_rows() -> None:
    rows = list(csv.DictReader(run("count", LENET5, "--output", "csv").stdout.splitlines()))
    assert sum(int(row["parameters"]) for row in rows) == 62_958
    assert rows[0]["output_shapes"] == "batch x 28 x 28 x 8"


def test_detail_decides_what_is_told() -> None:
    assert "Layer (type)" not in run("count", LENET5, "--detail", "totals").stdout
    assert "kernel" not in run("count", LENET5).stdout
    assert "kernel" in run("count", LENET5, "--detail", "weights").stdout


def test_a_dash_is_the_standard_input() -> None:
    result = run("count", "-", "--output", "json", stdin=Path(LENET5).read_bytes())
    assert json.loads(result.stdout)["totals"]["parameters"] == 62_958


@pytest.mark.parametrize("wrapped", [False, True])
def test_bindings_give_named_dimensions_their_sizes(wrapped: bool) -> None:
    document = f'{{"model": {dense(units=2)}}}' if wrapped else dense(units=2)
    result = run(
        "count", "-", "--bind", "steps=7", "--bind", "batch=3", "--output", "json", stdin=document
    )
    report = json.loads(result.stdout)
    assert report["layers"][0]["output_shapes"] == [[3, 7, 2]]
    assert report["totals"]["macs"] == 3 * 7 * 4 * 2


def test_a_binding_goes_before_that_of_the_file() -> None:
    document = f'{{"model": {dense(units=2)}, "bindings": {{"steps": 5, "batch": 2}}}}'
    result = run("count", "-", "--bind", "steps=7", "--output", "json", stdin=document)
    assert json.loads(result.stdout)["layers"][0]["output_shapes"] == [[2, 7, 2]]


@pytest.mark.parametrize("bind", [(), ("--bind", "steps=7")])
def test_a_bad_model_ends_with_1_and_the_place_in_the_file(bind: tuple[str, ...]) -> None:
    result = run("count", "-", *bind, stdin=dense(name="head", units=0))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "error: The model is not valid (invalid_model)",
        "  layer 'head' at /layers/0/units",
        "    must be at least 1, got 0",
    ]


@pytest.mark.parametrize("document", ["", "{", "[1, 2", '{"a": 1}, {"b": 2}', "{" * 100_000])
@pytest.mark.parametrize("bind", [(), ("--bind", "steps=7")])
def test_what_is_not_json_is_a_bad_model_whatever_is_bound(
    document: str, bind: tuple[str, ...]
) -> None:
    result = run("count", "-", *bind, stdin=document)
    assert result.exit_code == 1
    assert "(malformed_json)" in result.stderr


def test_what_a_document_says_cannot_speak_to_the_terminal() -> None:
    result = run("count", "-", stdin=dense(units=2, name="\x1b[31m\u202e"))
    assert result.exit_code == 1
    assert "\x1b" not in result.stderr
    assert "\u202e" not in result.stderr


# Usage


@pytest.mark.parametrize(
    "arguments",
    [
        ("count",),
        ("count", "no-such-file.json"),
        ("count", "."),
        ("count", LENET5, "--bind", "width"),
        ("count", LENET5, "--bind", "width=many"),
        ("count", LENET5, "--bind", "width=1.5"),
        ("count", LENET5, "--bind", "width=" + "9" * 20),
        ("count", LENET5, "--output", "pdf"),
        ("count", LENET5, "--detail", "all"),
        ("layers", "Conv2d"),
        ("serve", "--workers", "0"),
        ("weigh",),
    ],
)
def test_a_wrong_command_ends_with_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_a_wrong_setting_ends_with_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_LIMIT_ROWS", "many")
    result = run("count", LENET5)
    assert result.exit_code == 2
    assert "WEIGHBRIDGE_LIMIT_ROWS" in result.stderr


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHBRIDGE_LIMIT_ROWS", "3")
    result = run("count", LENET5)
    assert result.exit_code == 1
    assert "(too_complex)" in result.stderr


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout == f"weighbridge {version('weighbridge')}\n"


# convert


def test_a_converted_document_is_json_on_lines_of_its_own_and_counts_the_same() -> None:
    converted = run("convert", LENET5).stdout
    assert len(converted.splitlines()) > 20
    counted = run("count", "-", "--output", "json", stdin=converted).stdout
    assert json.loads(counted) == json.loads(run("count", LENET5, "--output", "json").stdout)


def test_what_does_not_print_is_an_escape_in_a_converted_document() -> None:
    document = json.loads(dense(units=2)) | {"description": "\u202enosj\n"}
    converted = run("convert", "-", stdin=json.dumps(document, ensure_ascii=False)).stdout
    assert r"\u202enosj\n" in converted
    assert json.loads(converted)["description"] == document["description"]


# count --columns, --sort, --top

# A block that stands three times, and a layer behind it: 3 x (4 x 4 + 4) + 4 x 10 + 10.
DEEP = json.dumps(
    {
        "inputs": {"x": {"shape": ["batch", 4]}},
        "layers": [
            {
                "type": "Block",
                "name": "deep",
                "repeat": 3,
                "layers": [
                    {"type": "Dense", "name": "dense", "units": 4},
                    {"type": "ReLU", "name": "act"},
                ],
            },
            {"type": "Dense", "name": "head", "units": 10},
        ],
    }
)


def cells(result: Result, n: int) -> list[list[str]]:
    """The words of the first `n` lines of the table's rows."""
    _, _, rows = result.stdout.partition("=\n")
    return [line.split() for line in rows.splitlines()[:n]]


def test_columns_are_shown_on_request() -> None:
    result = run("count", "-", "--columns", "macs,macs_share,parameters_share", stdin=DEEP)
    assert "Param #  Repeat  MACs  % of MACs  % of parameters  Connected to" in result.stdout
    # 3 x 16 of 88 MACs and 3 x 20 of 110 parameters are the block's, and the layer's in it.
    assert cells(result, 5)[1:] == [
        ["deep", "(Block)", "(batch,", "4)", "60", "48", "54.5%", "54.5%", "x"],
        ["deep/dense", "(Dense)", "(batch,", "4)", "20", "x", "3", "16", "54.5%", "54.5%", "input"],
        ["deep/act", "(ReLU)", "(batch,", "4)", "0", "x", "3", "0", "0.0%", "0.0%", "dense"],
        ["head", "(Dense)", "(batch,", "10)", "50", "40", "45.5%", "45.5%", "deep"],
    ]


def test_the_heaviest_layers_come_first_with_their_repeats_and_no_block() -> None:
    result = run("count", "-", "--sort", "macs", stdin=DEEP)
    assert cells(result, 3) == [
        ["deep/dense", "(Dense)", "(batch,", "4)", "20", "x", "3", "16", "54.5%"],
        ["head", "(Dense)", "(batch,", "10)", "50", "40", "45.5%"],
        ["deep/act", "(ReLU)", "(batch,", "4)", "0", "x", "3", "0", "0.0%"],
    ]
    assert " 3 of 3 layers, with their repeats: 100.0% of 88 MACs\n" in result.stdout
    top = run("count", "-", "--sort", "parameters", "--top", "1", stdin=DEEP)
    assert cells(top, 1)[0][0] == "deep/dense"
    assert " 1 of 3 layers, with their repeats: 54.5% of 110 parameters\n" in top.stdout


def test_what_is_unknown_may_be_the_heaviest() -> None:
    result = run("count", "-", "--sort", "macs", "--top", "1", stdin=dense(units=2))
    assert cells(result, 1)[0][-2:] == ["?", "?"]
    assert "1 of 1 layers, with their repeats: ? of ? MACs" in result.stdout


def test_rows_are_sorted_in_csv_too() -> None:
    result = run("count", "-", "--sort", "macs", "--top", "2", "--output", "csv", stdin=DEEP)
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["name"] for row in rows] == ["deep/dense", "head"]


@pytest.mark.parametrize(
    "options",
    [
        ("--columns", "mac"),
        ("--columns", "macs,"),
        ("--columns", "macs", "--output", "csv"),
        ("--sort", "flops"),
        ("--sort", "macs", "--output", "json"),
        ("--top", "3"),
        ("--sort", "macs", "--top", "0"),
        ("--sort", "macs", "--detail", "totals"),
        ("--columns", "macs", "--detail", "totals"),
    ],
)
def test_columns_and_sorting_that_make_no_sense_end_with_2(options: tuple[str, ...]) -> None:
    result = run("count", LENET5, *options)
    assert (result.exit_code, result.stdout) == (2, "")


# layers


def test_layers_lists_every_type_with_its_summary() -> None:
    listed = run("layers").stdout
    for name in ("Conv2D", "LSTM", "MultiHeadAttention", "Block"):
        assert f"\n {name} " in listed


def test_a_layer_is_told_with_its_attributes_weights_and_formula() -> None:
    told = run("layers", "Conv2D").stdout
    for word in ("filters", "kernel_size", "required", "kernel", "bias", "Formula"):
        assert word in told


def test_an_unknown_layer_gets_the_nearest() -> None:
    assert "Conv2D" in run("layers", "Conv2d").stderr


# serve


def test_serve_passes_on_what_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []

    def serve(bind: str | None, workers: int | None, *, threads: int | None) -> None:
        calls.append((bind, workers, threads))

    monkeypatch.setattr("weighbridge.web.server.serve", serve)
    run("serve", "--bind", "127.0.0.1:0", "--workers", "2", "--threads", "3")
    run("serve")
    assert calls == [("127.0.0.1:0", 2, 3), (None, None, None)]


# As a process


def test_nothing_of_the_web_is_imported_to_count() -> None:
    code = (
        "import sys; from weighbridge.cli import COMMANDS, main;"
        "main(['count', sys.argv[1]], standalone_mode=False);"
        "assert not {'flask', 'gunicorn', 'prometheus_client'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code, LENET5], check=True, stdout=subprocess.DEVNULL)


def test_a_closed_pipe_is_silent(tmp_path: Path) -> None:
    layers = ",".join(['{"type": "Dense", "units": 4}'] * 5_000)
    model = tmp_path / "model.json"
    model.write_text(f'{{"inputs": {{"x": {{"shape": ["batch", 4]}}}}, "layers": [{layers}]}}')
    command = subprocess.Popen(
        [WEIGHBRIDGE, "count", str(model)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout is not None
    command.stdout.close()
    _, errors = command.communicate(timeout=60)
    assert (command.returncode, errors) == (141, b"")


def test_ctrl_c_ends_with_130() -> None:
    command = subprocess.Popen(
        [WEIGHBRIDGE, "count", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(1)
    os.kill(command.pid, signal.SIGINT)
    _, errors = command.communicate(timeout=60)
    assert (command.returncode, errors) == (130, b"")


def test_every_command_and_option_has_its_place_in_the_reference() -> None:
    page = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert f"\n## `weighbridge {name}" in page
        for parameter in command.params:
            assert f"`{(parameter.opts[0])}" in page or parameter.param_type_name == "argument"
