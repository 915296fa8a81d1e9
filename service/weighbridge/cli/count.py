"""`weighbridge count`: every figure of a model."""

import sys
from shutil import get_terminal_size

import click

from weighbridge.cli.model import Bindings, asked, json_text
from weighbridge.cli.options import of_model


@click.command()
@of_model
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
    file: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    detail: str | None,
    output: str,
) -> None:
    """Count the model in FILE, or on the standard input where FILE is -.

    FILE is a native document, what Keras's to_json() writes, or a .keras file.
    """
    from weighbridge.count import count as count_model

    report = asked(count_model, file, bindings, format=format, detail=detail)
    click.echo(_shown(report, output), nl=False)


def _shown(report: bytes, output: str) -> str:
    from weighbridge.render.csv import csv
    from weighbridge.render.text import table
    from weighbridge.report import decode

    if output == "json":
        return json_text(report)
    if output == "csv":
        return csv(decode(report))
    return table(decode(report), get_terminal_size().columns if sys.stdout.isatty() else None)
