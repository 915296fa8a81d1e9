"""How options are read, and those that all commands on a family of models take."""

from collections.abc import Callable
from typing import Any

import click

from weighbridge import spelling


def read_by(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make an option's type of a function that raises ValueError."""

    def convert_option(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from None

    return convert_option


def named(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Make a type of NAME=VALUE options of a function that reads the value."""

    def pair(text: str) -> tuple[str, Any]:
        name, value = spelling.assignment(text)
        return name, read(value)

    return read_by(pair)


_family_options = (
    click.argument("file", type=click.File("rb")),
    click.option("--format", metavar="F", help="Format of the document, where it cannot be told."),
    click.option(
        "--bind",
        "bindings",
        type=named(spelling.integer),
        metavar="NAME=VALUE",
        multiple=True,
        help="Give a named dimension or a variable its value. May be repeated.",
    ),
)


def of_family(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what all commands on a family of models take."""
    for option in reversed(_family_options):
        command = option(command)
    return command
