"""`weighbridge solve`: the largest member of a family that keeps its limits."""

from typing import BinaryIO

import click

from weighbridge import spelling
from weighbridge.cli.family import as_json, asked
from weighbridge.cli.options import named, of_family, read_by


@click.command()
@of_family
@click.option(
    "--variable", required=True, metavar="NAME", help="The variable or named dimension to find."
)
@click.option(
    "--range",
    "within",
    required=True,
    type=read_by(spelling.interval),
    metavar="LEAST:LARGEST",
    help="Where to look for it.",
)
@click.option(
    "--limit",
    "limits",
    required=True,
    type=named(spelling.integer),
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
    answer = asked(solve_model, file, format, bindings, members)
    if output == "json":
        click.echo(as_json(answer))
    else:
        click.echo(solution(answer, dict(limits)), nl=False)
