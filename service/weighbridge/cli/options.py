"""How options are read, and those that several commands take."""

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


def output_option(*kinds: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make the option of how an answer is shown; the first kind is the default."""
    return click.option(
        "--output",
        type=click.Choice(kinds),
        default=kinds[0],
        show_default=True,
        help="How to show it.",
    )


def _limit(text: str) -> tuple[str, int]:
    from weighbridge.figures import figure_name

    name, most = spelling.assignment(text)
    read = spelling.size_or_integer if name == "parameter_bytes" else spelling.integer
    return figure_name(name, ""), read(most)


limits_option = click.option(
    "--limit",
    "limits",
    required=True,
    type=read_by(_limit),
    metavar="FIGURE=MOST",
    multiple=True,
    help="What a total may be at most: parameters=7e9, parameter_bytes=80GiB. May be repeated.",
)

MODEL_FILE = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)
"""The path of a file that is there, or `-` for the standard input."""

format_option = click.option(
    "--format", metavar="F", help="Format of the document, where it cannot be told."
)

_model_options = (
    format_option,
    click.option(
        "--bind",
        "bindings",
        type=named(spelling.integer),
        metavar="NAME=VALUE",
        multiple=True,
        help="Give a named dimension or a variable its value. May be repeated.",
    ),
)


def model_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that all commands on models take."""
    for option in reversed(_model_options):
        command = option(command)
    return command


def of_model(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command what all commands on one model take: the file, and the options."""
    return click.argument("file", type=MODEL_FILE)(model_options(command))
