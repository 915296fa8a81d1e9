"""`weighbridge memory`, and the same table over HTTP."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from weighbridge.cli import main
from weighbridge.memory.optimizers import OPTIMIZERS
from weighbridge.render.size import size_text

EXAMPLES = Path(__file__).parents[2] / "examples"
FIGURE = str(EXAMPLES / "figure-11-1.json")
GPT_3 = str(EXAMPLES / "gpt-3-175b.json")

# A kernel of 15 and a bias of 5, of float32; 3 inputs are kept.
DENSE = json.dumps(
    {
        "name": "small",
        "inputs": {"x": {"shape": [1, 3]}},
        "layers": [{"type": "Dense", "units": 5}],
    }
)


def memory(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["memory", *arguments], input=stdin, prog_name="weighbridge")


def test_a_table_has_a_line_for_each_part() -> None:
    result = memory("-", "--training", "--device-memory", "1KiB", stdin=DENSE)
    assert result.exit_code == 0
    assert result.stdout == (
        "small: training on 1 device\n"
        "                  bytes\n"
        "weights              80   80 B  20 float32 parameters x 4 bytes\n"
        "gradients            80   80 B  20 float32 gradients x 4 bytes\n"
        "optimizer states    160  160 B  2 x 20 values x 4 bytes\n"
        "activations          12   12 B  3 elements x 4 bytes\n"
        "\n"
        "total               332  332 B\n"
        "optimizer state values of the whole model: 40\n"
        "fits in 1,024 bytes (1.00 KiB): 692 left\n"
    )


def test_the_table_over_http_is_the_same(web: FlaskClient) -> None:
    body = {"model": json.loads(DENSE), "training": {}, "device_memory": "0.3KB"}
    answer = web.post("/v1/memory?int64=string", json=body, headers={"Accept": "text/plain"})
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    lines = answer.text.splitlines()
    assert lines[0] == "small: training on 1 device"
    assert lines[-1] == "does not fit in 300 bytes (300 B): over by 32"


def test_what_is_not_known_is_a_question_mark() -> None:
    result = memory(GPT_3, "--inference", "--device-memory", "80GiB")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[3].split()[:2] == ["activations", "?"]
    assert "whether it fits in 85,899,345,920 bytes (80.00 GiB) is not known" in lines
    assert lines[-1].startswith(
        "Warning: activations of layer 'tokens' depend on the dimension 'seq'"
    )


def test_the_stage_of_a_pipeline_is_named() -> None:
    result = memory(GPT_3, "--training", "--pipeline-parallel", "8", "--bind", "seq=8")
    assert "gpt-3-175b: training on each of 8 devices" in result.stdout
    assert "the first stage" in result.stdout


def test_every_option_goes_into_the_plan() -> None:
    result = memory(
        *(FIGURE, "--training", "--optimizer", "momentum", "--precision", "mixed-bfloat16"),
        *("--zero-stage", "3", "--data-parallel", "2", "--tensor-parallel", "2"),
        *("--activation-checkpointing", "full", "--bind", "batch=2", "--output", "json"),
    )
    answer = json.loads(result.stdout)
    assert answer["optimizer_state_values"] == 26_926
    assert answer["devices"] == 4
    # Of kernels of 26,771 a half each, rounded up, and 155 biases; a half of those, in 4 bytes.
    halves = 188 + 270 + 12_288 + 640 + 155
    assert answer["per_device"]["master_weights"] == 4 * -(-halves // 2)
    assert answer["warnings"] == []
    served = memory(
        *(GPT_3, "--inference", "--precision", "int4", "--group-size", "128"),
        *("--context", "2e3", "--batch", "2", "--cache-precision", "int8", "--output", "json"),
    )
    # 96 layers of 2 x 12,288 values, 2,000 tokens, 2 sequences, a byte each.
    cache = json.loads(served.stdout)["per_device"]["kv_cache"]
    assert cache == 96 * 2 * 12_288 * 2_000 * 2


def test_a_file_may_hold_the_whole_request() -> None:
    body = json.dumps({"model": json.loads(DENSE), "inference": {"precision": "int8"}})
    result = memory("-", "--output", "json", stdin=body)
    assert json.loads(result.stdout)["per_device"]["weights"] == 15 + 10 + 10


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--context", "9"], "--training or --inference"),
        (["--training", "--context", "9"], "--context is for --inference"),
        (["--inference", "--zero-stage", "1"], "--zero-stage is for --training"),
        (["--training", "--optimizer", "adm"], "'adam'"),
        (["--training", "--zero-stage", "4"], "0<=x<=3"),
        (["--training", "--data-parallel", "2.5"], "no whole number"),
    ],
)
def test_a_wrong_command_ends_with_2(arguments: list[str], message: str) -> None:
    result = memory(FIGURE, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "memory needs `training` or `inference`"),
        (["--training", "--precision", "int8"], "/training/precision"),
        (["--training", "--device-memory", "80 gigs"], "/device_memory"),
        (["--training", "--pipeline-parallel", "2"], "got none"),
    ],
)
def test_a_plan_that_cannot_be_ends_with_1(arguments: list[str], message: str) -> None:
    result = memory(FIGURE, *arguments)
    assert result.exit_code == 1
    assert message in result.stderr


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "size unknown"),
        (0, "0 B"),
        (1_023, "1023 B"),
        (1_024, "1.00 KiB"),
        (1_536, "1.50 KiB"),
        (80 * 1024**3, "80.00 GiB"),
        (2**60 - 1, "1,024.00 PiB"),
        (2**63 - 1, "8.00 EiB"),
    ],
)
def test_sizes_as_people_read_them(count: int | None, text: str) -> None:
    assert size_text(count) == text


def test_help_names_every_optimizer() -> None:
    text = "".join(memory("--help").stdout.split())
    assert "|".join(OPTIMIZERS) in text
