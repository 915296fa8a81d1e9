"""`weighbridge sweep`: the figures of a family of models at many points."""

import sys
from collections.abc import Mapping
from shutil import get_terminal_size
from typing import Any

import click
from msgspec import json

from weighbridge import spelling
from weighbridge.cli.model import Bindings, asked, json_text
from weighbridge.cli.options import named, of_model, output_option
from weighbridge.cli.progress import with_progress


@click.command()
@of_model
@click.option(
    "--over",
    type=named(spelling.axis),
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
@output_option("table", "csv", "json", "chart")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="Draw it into FILE too, .svg or .png (needs weighbridge[plot]).",
)
def sweep(
    *,
    file: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    over: tuple[tuple[str, Any], ...],
    combine: str | None,
    figures: tuple[str, ...],
    output: str,
    save: str | None,
) -> None:
    """Weigh the family of models in FILE at many values of its names."""
    from weighbridge.sweep import sweep as sweep_model

    members = {"over": dict(over), "combine": combine, "figures": list(figures)}
    with with_progress(sweep_model) as ask:
        answer = asked(ask, file, bindings, members, format=format)
    if save is not None:
        _save(json.decode(answer), save)
    click.echo(_shown(answer, output), nl=False)


def _save(answer: Mapping[str, Any], path: str) -> None:
    from weighbridge.render.family import save_chart

    try:
        save_chart(answer, path)
    except ImportError:
        advice = "--save needs matplotlib: pip install 'weighbridge[plot]'"
        raise click.UsageError(advice) from None
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--save {path}: {error}") from None


def _shown(answer: bytes, output: str) -> str:
    from weighbridge.render.family import sweep_chart, sweep_csv, sweep_table

    if output == "json":
        return json_text(answer)
    decoded = json.decode(answer)
    if output == "chart":
        terminal = sys.stdout.isatty()
        width = get_terminal_size().columns if terminal else 100
        return sweep_chart(decoded, width, terminal=terminal)
    return sweep_csv(decoded) if output == "csv" else sweep_table(decoded)
