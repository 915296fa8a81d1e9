"""`weighbridge convert`: a model of any format as a native document."""

import click
from msgspec import json

from weighbridge.cli.model import asked
from weighbridge.cli.options import MODEL_FILE, format_option
from weighbridge.render.escape import visible_json


@click.command()
@click.argument("file", type=MODEL_FILE)
@format_option
def convert(file: str, format: str | None) -> None:  # noqa: A002  (the option's name)
    """Write the model in FILE as a native document, which counts the same."""
    from weighbridge.convert import convert as convert_model

    model = json.encode(json.decode(asked(convert_model, file, format=format))["model"])
    click.echo(json.format(visible_json(model.decode()), indent=2))
