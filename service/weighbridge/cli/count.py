"""`weighbridge count`: every figure of a model."""

import re
import sys
from shutil import get_terminal_size
from typing import BinaryIO

import click

from weighbridge.cli.model import pointers_without, read, settings, with_members
from weighbridge.render.escape import visible_json


def _binding(text: str) -> tuple[str, int]:
    parts = re.fullmatch(r"([A-Za-z_][A-Za-z0-9_]*)=(-?[0-9]{1,19})", text)
    if parts is None:
        raise click.BadParameter(f"{text!r} is not a name, '=' and a 64-bit integer")
    return parts[1], int(parts[2])


@click.command()
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

    limits = settings().limits
    body, added = with_members(read(file, limits.body_bytes), dict(bindings), {})
    with pointers_without(added):
        report = count_model(body, Options(format=format, detail=detail), limits)
    click.echo(_shown(report, output), nl=False)


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
