"""`weighbridge memory`: what a model needs of a device, to be trained or to be served."""

import sys
from typing import Any, get_args

import click
from msgspec import json

from weighbridge import spelling
from weighbridge.cli.model import Bindings, asked, json_text
from weighbridge.cli.options import of_model, output_option, read_by
from weighbridge.memory.optimizers import OPTIMIZERS
from weighbridge.memory.precision import CachePrecision, InferencePrecision

_NUMBER = read_by(spelling.integer)
_OF_TRAINING = (
    "optimizer",
    "zero_stage",
    "data_parallel",
    "tensor_parallel",
    "pipeline_parallel",
    "activation_checkpointing",
)
_OF_INFERENCE = ("group_size", "context", "batch", "cache_precision")


@click.command()
@of_model
@click.option("--training/--inference", "training", default=None, help="What it is needed for.")
@click.option(
    "--precision",
    type=click.Choice(get_args(InferencePrecision)),
    help="What it computes in, or what its weights are stored in.  [default: float32]",
)
@click.option("--optimizer", type=click.Choice(list(OPTIMIZERS)), help="[default: adam]")
@click.option("--zero-stage", type=click.IntRange(0, 3), help="[default: 0]")
@click.option("--data-parallel", type=_NUMBER, metavar="N", help="Devices with other examples.")
@click.option("--tensor-parallel", type=_NUMBER, metavar="N", help="Devices that share a matrix.")
@click.option("--pipeline-parallel", type=_NUMBER, metavar="N", help="Devices in sequence.")
@click.option(
    "--activation-checkpointing",
    type=click.Choice(["none", "block", "full"]),
    help="What is not computed again.  [default: none]",
)
@click.option("--context", type=_NUMBER, metavar="N", help="Tokens that attention remembers.")
@click.option("--batch", type=_NUMBER, metavar="N", help="Sequences at once.")
@click.option("--group-size", type=_NUMBER, metavar="N", help="Inputs that share a scale.")
@click.option(
    "--cache-precision",
    type=click.Choice(get_args(CachePrecision)),
    help="What keys and values are stored in.  [default: the precision, of 16 bits or more]",
)
@click.option("--device-memory", metavar="SIZE", help="What a device has: 80GiB, 24GB, or bytes.")
@output_option("table", "json")
def memory(
    *,
    file: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    training: bool | None,
    device_memory: str | None,
    output: str,
    **options: Any,
) -> None:
    """Add up what the model in FILE needs of each device's memory, part by part."""
    from weighbridge.memory.memory import memory as memory_of
    from weighbridge.render.memory import memory_text

    members = {**_plan(training, options), "device_memory": _size(device_memory)}
    answer = asked(memory_of, file, bindings, members, format=format)
    if output == "json":
        click.echo(json_text(answer), nl=False)
    else:
        click.echo(memory_text(json.decode(answer), terminal=sys.stdout.isatty()), nl=False)


def _plan(training: bool | None, options: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the plan that the options say; none where the file says its own."""
    given = {name: value for name, value in options.items() if value is not None}
    if training is None:
        if given:
            raise click.UsageError("say what the memory is needed for: --training or --inference")
        return {}
    for name in _OF_INFERENCE if training else _OF_TRAINING:
        if name in given:
            mode = "--inference" if training else "--training"
            raise click.UsageError(f"--{name.replace('_', '-')} is for {mode}")
    plan = {"precision": "float32", **given}
    return {"training" if training else "inference": plan}


def _size(text: str | None) -> str | int | None:
    return int(text) if text is not None and text.isdecimal() else text
