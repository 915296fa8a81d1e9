"""`weighbridge count`: every figure of a model."""

import sys
from shutil import get_terminal_size

import click

from weighbridge.cli.model import Bindings, asked, json_text
from weighbridge.cli.options import of_model, output_option
from weighbridge.render.arrangement import PLAIN, Arrangement


@click.command()
@of_model
@click.option(
    "--detail",
    type=click.Choice(["totals", "layers", "weights"]),
    help="How much to tell.  [default: layers]",
)
@click.option(
    "--columns",
    metavar="NAMES",
    help="Further columns of the table, as macs,macs_share,activations.",
)
@click.option(
    "--sort",
    metavar="FIGURE",
    help="The layers that add most to a total first, and no blocks: parameters, macs ...",
)
@click.option("--top", metavar="N", help="With --sort, the first N layers.")
@output_option("table", "json", "csv")
def count(
    *,
    file: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    detail: str | None,
    columns: str | None,
    sort: str | None,
    top: str | None,
    output: str,
) -> None:
    """Count the model in FILE, or on the standard input where FILE is -.

    FILE is a native document, what Keras's to_json() writes, or a .keras file.
    """
    from weighbridge.count import count as count_model

    arrangement = _arrangement(columns, sort, top)
    _require_place(arrangement, detail, output)
    report = asked(count_model, file, bindings, format=format, detail=detail)
    click.echo(_shown(report, arrangement, output), nl=False)


def _arrangement(columns: str | None, sort: str | None, top: str | None) -> Arrangement:
    try:
        return Arrangement.read(columns, sort, top)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _require_place(arrangement: Arrangement, detail: str | None, output: str) -> None:
    """Refuse what another option leaves without a meaning. Raises click.UsageError."""
    if arrangement == PLAIN:
        return
    if detail == "totals":
        raise click.UsageError("--columns and --sort are for rows: --detail totals has none")
    if output == "json":
        raise click.UsageError("--columns and --sort are for tables: json is the report as it is")
    if output == "csv" and arrangement.columns is not None:
        raise click.UsageError("--columns is for the table: csv has all of them")


def _shown(report: bytes, arrangement: Arrangement, output: str) -> str:
    from weighbridge.render.csv import csv
    from weighbridge.render.text import table
    from weighbridge.report import decode

    if output == "json":
        return json_text(report)
    if output == "csv":
        return csv(arrangement.rows(decode(report)))
    width = get_terminal_size().columns if sys.stdout.isatty() else None
    return table(decode(report), width, arrangement)
