"""`weighbridge convert`: a model of any format as a native document."""

from typing import BinaryIO

import click
import msgspec

from weighbridge.cli.model import read, settings
from weighbridge.render.escape import visible_json


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--format", metavar="F", help="Format of the document, where it cannot be told.")
def convert(file: BinaryIO, format: str | None) -> None:  # noqa: A002  (the option's name)
    """Write the model in FILE as a native document, which counts the same."""
    from weighbridge.convert import convert as convert_model
    from weighbridge.count import Options

    limits = settings().limits
    answer = convert_model(read(file, limits.body_bytes), Options(format=format), limits)
    model = msgspec.json.decode(answer)["model"]
    click.echo(visible_json(msgspec.json.format(msgspec.json.encode(model), indent=2).decode()))
