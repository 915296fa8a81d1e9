"""The command line: count a model in process, look up a layer type, serve.

It ends with 0; with 1 where the model is bad, which stderr explains; with 2 where the command is;
with 130 after Ctrl-C, and with 141 when nobody reads on, as a shell tells of a closed pipe.
"""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from shutil import get_terminal_size
from typing import Any, BinaryIO

import click
import msgspec

from weighbridge.problems import Problem
from weighbridge.render.escape import visible, visible_json
from weighbridge.render.problem import problem_text
from weighbridge.settings import Settings, SettingsError

# What only one command needs is imported in it, so that the others start at once.
# ruff: noqa: PLC0415


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn what ends it early into an exit status."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            click.echo(problem_text(problem), err=True, nl=False)
            ctx.exit(1)
        except KeyboardInterrupt:
            ctx.exit(130)
        except BrokenPipeError:
            _forget_output()
            ctx.exit(141)


def _forget_output() -> None:
    """Send what is still in the buffer nowhere, else Python complains of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="weighbridge", message="%(prog)s %(version)s")
def main() -> None:
    """Weigh neural networks: every shape, parameter and cost, from a model's specification."""


# count


def _binding(text: str) -> tuple[str, int]:
    parts = re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)=(-?[0-9]{1,19})", text)
    if parts is None:
        raise click.BadParameter(f"{text!r} is not a name, '=' and a 64-bit integer")
    return parts[1], int(parts[2])


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--format", metavar="F", help="Format of the document, where it cannot be told.")
@click.option(
    "--bind",
    "bindings",
    type=_binding,
    metavar="NAME=VALUE",
    multiple=True,
    help="Give a named dimension or a variable its value. May be repeated.",
)
@click.option(
    "--detail",
    type=click.Choice(["totals", "layers", "weights"]),
    help="How much to tell.  [default: layers]",
)
@click.option(
    "--output",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="How to show it.",
)
def count(
    file: BinaryIO,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: tuple[tuple[str, int], ...],
    detail: str | None,
    output: str,
) -> None:
    """Count the model in FILE, or on the standard input where FILE is -.

    FILE is a native document, what Keras's to_json() writes, or a .keras file.
    """
    from weighbridge.count import Options
    from weighbridge.count import count as count_model

    limits = _settings().limits
    body, added = _with_bindings(_read(file, limits.body_bytes), dict(bindings))
    try:
        report = count_model(body, Options(format=format, detail=detail), limits)
    except Problem as problem:
        problem.errors = tuple(
            replace(fault, pointer=fault.pointer.removeprefix(added)) for fault in problem.errors
        )
        raise
    click.echo(_shown(report, output), nl=False)


def _read(file: BinaryIO, limit: int) -> bytes:
    """Return the document in a file: what it holds or, of a .keras file, the document in that."""
    from weighbridge.archive import is_archive, read_archive, read_archive_file

    beginning = file.read(4)
    if not is_archive(beginning):
        return beginning + file.read()
    if file.seekable():
        return read_archive_file(file, limit)
    return read_archive(beginning + file.read(), limit)


def _settings() -> Settings:
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def _with_bindings(document: bytes, bindings: Mapping[str, int]) -> tuple[bytes, str]:
    """Put the document, as it is, into an envelope, or the bindings into the envelope that it is.

    Returns the body and what that adds to the pointers into the document. What is no JSON object
    stays alone: counting it says what is wrong, and where.
    """
    if not bindings:
        return document, ""
    try:
        given = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
        envelope = given if "model" in given else {"model": msgspec.Raw(document)}
        known = msgspec.json.decode(envelope.get("bindings", b"{}"), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return document, ""
    body = msgspec.json.encode({**envelope, "bindings": {**known, **bindings}})
    return body, "" if envelope is given else "/model"


def _shown(report: bytes, output: str) -> str:
    from weighbridge.render.csv import csv
    from weighbridge.render.text import table
    from weighbridge.report import decode

    terminal = sys.stdout.isatty()
    if output == "json":
        return (visible_json(report.decode()) if terminal else report.decode()) + "\n"
    if output == "csv":
        return csv(decode(report))
    return table(decode(report), get_terminal_size().columns if terminal else None)


# convert


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--format", metavar="F", help="Format of the document, where it cannot be told.")
def convert(file: BinaryIO, format: str | None) -> None:  # noqa: A002  (the option's name)
    """Write the model in FILE as a native document, which counts the same."""
    from weighbridge.convert import convert as convert_model
    from weighbridge.count import Options

    limits = _settings().limits
    answer = convert_model(_read(file, limits.body_bytes), Options(format=format), limits)
    model = msgspec.json.decode(answer)["model"]
    click.echo(visible_json(msgspec.json.format(msgspec.json.encode(model), indent=2).decode()))


# layers


@main.command()
@click.argument("type_name", metavar="[TYPE]", required=False)
def layers(type_name: str | None) -> None:
    """List the layer types, or tell what TYPE takes, holds and costs."""
    from weighbridge.render.vocabulary import catalogue_text, layer_text
    from weighbridge.vocabulary import catalogue, describe, nearest

    terminal = sys.stdout.isatty()
    if type_name is None:
        click.echo(catalogue_text(catalogue(), terminal), nl=False)
        return
    try:
        click.echo(layer_text(describe(type_name), terminal), nl=False)
    except KeyError:
        near = " or ".join(nearest(type_name))
        hint = f", did you mean {near}?" if near else "; `weighbridge layers` lists all"
        raise click.UsageError(f"there is no layer type {visible(type_name)!r}{hint}") from None


# serve


@main.command()
@click.option("--bind", metavar="ADDRESS", help="HOST:PORT or unix:PATH to listen at.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of each process.")
def serve(bind: str | None, workers: int | None, threads: int | None) -> None:
    """Serve over HTTP until Ctrl-C. What is not given comes from the environment."""
    from weighbridge.web.server import serve as serve_forever

    serve_forever(bind, workers, threads=threads)
