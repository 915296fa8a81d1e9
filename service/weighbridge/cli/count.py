"""`weighbridge count`: every figure of a model."""

import sys
from shutil import get_terminal_size

import click

from weighbridge.cli.model import Bindings, asked, json_text
from weighbridge.cli.options import of_model, output_option, read_by
from weighbridge.render.figures import COLUMNS, FIGURES, columns_of, heaviest


def _columns(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in COLUMNS:
            raise ValueError(f"{name[:60]!r} is no column; there are {', '.join(COLUMNS)}")
    return names


@click.command()
@of_model
@click.option(
    "--detail",
    type=click.Choice(["totals", "layers", "weights"]),
    help="How much to tell.  [default: layers]",
)
@click.option(
    "--columns",
    type=read_by(_columns),
    metavar="NAMES",
    help="Further columns of the table, as macs,macs_share,activations.",
)
@click.option(
    "--sort",
    type=click.Choice(FIGURES),
    metavar="FIGURE",
    help="The layers that add most to a total first, and no blocks: parameters, macs ...",
)
@click.option(
    "--top", type=click.IntRange(min=1), metavar="N", help="With --sort, the first N layers."
)
@output_option("table", "json", "csv")
def count(
    *,
    file: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    detail: str | None,
    columns: tuple[str, ...] | None,
    sort: str | None,
    top: int | None,
    output: str,
) -> None:
    """Count the model in FILE, or on the standard input where FILE is -.

    FILE is a native document, what Keras's to_json() writes, or a .keras file.
    """
    from weighbridge.count import count as count_model

    _require_place(columns, sort, top, output)
    report = asked(count_model, file, bindings, format=format, detail=detail)
    if output == "json":
        click.echo(json_text(report), nl=False)
    elif output == "csv":
        click.echo(_csv(report, sort, top), nl=False)
    else:
        click.echo(_table(report, columns, sort, top), nl=False)


def _require_place(
    columns: tuple[str, ...] | None, sort: str | None, top: int | None, output: str
) -> None:
    """Refuse what another option leaves without a meaning. Raises click.UsageError."""
    if columns is not None and output != "table":
        raise click.UsageError("--columns is for the table: csv and json have all of them")
    if sort is not None and output == "json":
        raise click.UsageError("--sort is for the table and csv: json is the report as it is")
    if top is not None and sort is None:
        raise click.UsageError("--top needs --sort, which says what is first")


def _csv(report: bytes, sort: str | None, top: int | None) -> str:
    from weighbridge.render.csv import csv
    from weighbridge.report import decode

    decoded = decode(report)
    return csv(decoded.layers if sort is None else heaviest(decoded, sort, top))


def _table(
    report: bytes, columns: tuple[str, ...] | None, sort: str | None, top: int | None
) -> str:
    from weighbridge.render.text import table
    from weighbridge.report import decode

    width = get_terminal_size().columns if sys.stdout.isatty() else None
    shown = columns_of(sort) if columns is None else columns
    return table(decode(report), width, shown, sort, top)
