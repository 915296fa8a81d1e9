"""The command line: count a model in process, sweep and solve, look up a layer type, serve.

It ends with 0; with 1 where the model is bad, which stderr explains; with 2 where the command is;
with 130 after Ctrl-C, and with 141 when nobody reads on, as a shell tells of a closed pipe.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from shutil import get_terminal_size
from typing import Any, BinaryIO

import click
import msgspec

from weighbridge import spelling
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
    body, added = _with_members(_read(file, limits.body_bytes), dict(bindings), {})
    with _pointers_without(added):
        report = count_model(body, Options(format=format, detail=detail), limits)
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


def _with_members(
    document: bytes, bindings: Mapping[str, int], members: Mapping[str, Any]
) -> tuple[bytes, str]:
    """Put the document, as it is, into an envelope, or what comes with it into its own envelope.

    Returns the body and what that adds to the pointers into the document. What is no JSON object
    stays alone: counting it says what is wrong, and where.
    """
    if not bindings and not members:
        return document, ""
    try:
        given = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
        envelope = given if "model" in given else {"model": msgspec.Raw(document)}
        known = msgspec.json.decode(envelope.get("bindings", b"{}"), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return document, ""
    added = {"bindings": {**known, **bindings}} if bindings else {}
    body = msgspec.json.encode({**envelope, **members, **added})
    return body, "" if envelope is given else "/model"


@contextmanager
def _pointers_without(added: str) -> Iterator[None]:
    """Show the places of faults in the file, not in the envelope that was made around it."""
    try:
        yield
    except Problem as problem:
        problem.errors = tuple(
            replace(fault, pointer=fault.pointer.removeprefix(added)) for fault in problem.errors
        )
        raise


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


# sweep and solve


def _read_by(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make an option's type of a function that raises ValueError."""

    def convert_option(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return convert_option


def _named(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make a type of NAME=VALUE options of a function that reads the value."""

    def pair(text: str) -> tuple[str, Any]:
        name, value = spelling.assignment(text)
        return name, read(value)

    return _read_by(pair)


_family_options = (
    click.argument("file", type=click.File("rb")),
    click.option("--format", metavar="F", help="Format of the document, where it cannot be told."),
    click.option(
        "--bind",
        "bindings",
        type=_named(spelling.integer),
        metavar="NAME=VALUE",
        multiple=True,
        help="Give a named dimension or a variable its value. May be repeated.",
    ),
)


def _of_family(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what all commands on a family of models take."""
    for option in reversed(_family_options):
        command = option(command)
    return command


@main.command()
@_of_family
@click.option(
    "--over",
    type=_named(spelling.axis),
    metavar="NAME=VALUES",
    multiple=True,
    help="Values of a variable or named dimension: 2,4,8 or START:STOP[:STEP]. May be repeated.",
)
@click.option(
    "--combine",
    type=click.Choice(["grid", "zip"]),
    help="All combinations, or side by side.  [default: grid]",
)
@click.option(
    "--figure", "figures", metavar="NAME", multiple=True, help="A total to show.  [default: all]"
)
@click.option(
    "--output",
    type=click.Choice(["table", "csv", "json", "chart"]),
    default="table",
    show_default=True,
    help="How to show it.",
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Draw it into FILE too, .svg or .png (needs weighbridge[plot]).",
)
def sweep(
    *,
    file: BinaryIO,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: tuple[tuple[str, int], ...],
    over: tuple[tuple[str, Any], ...],
    combine: str | None,
    figures: tuple[str, ...],
    output: str,
    save: str | None,
) -> None:
    """Weigh the family of models in FILE at many values of its names."""
    from weighbridge.sweep import sweep as sweep_model

    members = {"over": dict(over), "combine": combine, "figures": list(figures)}
    answer = _asked(sweep_model, file, format, bindings, members)
    if save is not None:
        _save(answer, save)
    click.echo(_shown_sweep(answer, output), nl=False)


@main.command()
@_of_family
@click.option(
    "--variable", required=True, metavar="NAME", help="The variable or named dimension to find."
)
@click.option(
    "--range",
    "within",
    required=True,
    type=_read_by(spelling.interval),
    metavar="LEAST:LARGEST",
    help="Where to look for it.",
)
@click.option(
    "--limit",
    "limits",
    required=True,
    type=_named(spelling.integer),
    metavar="FIGURE=MOST",
    multiple=True,
    help="What a total may be at most: parameters=7e9. May be repeated.",
)
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to show it.",
)
def solve(
    *,
    file: BinaryIO,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: tuple[tuple[str, int], ...],
    variable: str,
    within: list[int],
    limits: tuple[tuple[str, int], ...],
    output: str,
) -> None:
    """Find the largest value of a name with which the model in FILE keeps every limit."""
    from weighbridge.render.family import solution
    from weighbridge.solve import solve as solve_model

    members = {"variable": variable, "range": within, "limits": dict(limits)}
    answer = _asked(solve_model, file, format, bindings, members)
    if output == "json":
        click.echo(_json(answer))
    else:
        click.echo(solution(answer, dict(limits)), nl=False)


def _asked(
    ask: Callable[..., bytes],
    file: BinaryIO,
    format_: str | None,
    bindings: tuple[tuple[str, int], ...],
    members: Mapping[str, Any],
) -> dict[str, Any]:
    """Ask what a request's body would ask, with a bar where it takes longer than a second."""
    from weighbridge.count import Options

    limits = _settings().limits
    given = {name: value for name, value in members.items() if value}
    body, added = _with_members(_read(file, limits.body_bytes), dict(bindings), given)
    with _pointers_without(added), _progress() as progress:
        answer = ask(body, Options(format=format_), limits, progress)
    decoded: dict[str, Any] = msgspec.json.decode(answer)
    return decoded


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    from weighbridge.render.progress import Progress

    bar = Progress(sys.stderr)
    try:
        yield bar.show
    finally:
        bar.close()


def _save(answer: Mapping[str, Any], path: str) -> None:
    from weighbridge.render.family import save_chart

    try:
        save_chart(answer, path)
    except ImportError:
        advice = "--save needs matplotlib: pip install 'weighbridge[plot]'"
        raise click.UsageError(advice) from None
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--save {path}: {error}") from None


def _json(answer: Mapping[str, Any]) -> str:
    text = msgspec.json.encode(answer).decode()
    return visible_json(text) if sys.stdout.isatty() else text


def _shown_sweep(answer: Mapping[str, Any], output: str) -> str:
    from weighbridge.render.family import sweep_chart, sweep_csv, sweep_table

    if output == "json":
        return _json(answer) + "\n"
    if output == "chart":
        terminal = sys.stdout.isatty()
        width = get_terminal_size().columns if terminal else 100
        return sweep_chart(answer, width, terminal=terminal)
    return sweep_csv(answer) if output == "csv" else sweep_table(answer)


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
