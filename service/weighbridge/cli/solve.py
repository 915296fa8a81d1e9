"""`weighbridge solve`: the largest member of a family that keeps its limits."""

import click
from msgspec import json

from weighbridge import spelling
from weighbridge.cli.model import Bindings, asked, json_text
from weighbridge.cli.options import limits_option, of_model, output_option, read_by
from weighbridge.cli.progress import with_progress


@click.command()
@of_model
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
@limits_option
@output_option("table", "json")
def solve(
    *,
    file: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    variable: str,
    within: list[int],
    limits: tuple[tuple[str, int], ...],
    output: str,
) -> None:
    """Find the largest value of a name with which the model in FILE keeps every limit."""
    from weighbridge.render.family import solution
    from weighbridge.solve import solve as solve_model

    members = {"variable": variable, "range": within, "limits": dict(limits)}
    with with_progress(solve_model) as ask:
        answer = asked(ask, file, bindings, members, format=format)
    if output == "json":
        click.echo(json_text(answer), nl=False)
    else:
        click.echo(solution(json.decode(answer), dict(limits)), nl=False)
