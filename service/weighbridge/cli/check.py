"""`weighbridge check`: a gate for pipelines."""

import sys

import click
from msgspec import json

from weighbridge.cli.model import Bindings, asked, json_text
from weighbridge.cli.options import limits_option, of_model, output_option

BROKEN = 3
"""The exit status where the model breaks a limit."""


@click.command()
@of_model
@limits_option
@output_option("table", "json")
def check(
    *,
    file: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    limits: tuple[tuple[str, int], ...],
    output: str,
) -> None:
    """Check that the model in FILE keeps every limit; the exit status is 3 where it does not."""
    from weighbridge.check import check as check_model
    from weighbridge.render.check import check_text

    answer = asked(check_model, file, bindings, {"limits": dict(limits)}, format=format)
    checked = json.decode(answer)
    if output == "json":
        click.echo(json_text(answer), nl=False)
    else:
        click.echo(check_text(checked, terminal=sys.stdout.isatty()), nl=False)
    if not checked["passed"]:
        click.get_current_context().exit(BROKEN)
