"""`weighbridge layers`: the vocabulary."""

import sys

import click

from weighbridge.render.escape import visible


@click.command()
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
