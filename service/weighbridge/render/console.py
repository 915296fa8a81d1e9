"""Tables and styled text as a string, with a terminal's colours or without."""

from collections.abc import Iterable
from io import StringIO

from rich.console import Console, RenderableType

ANY_WIDTH = 10_000
"""Wide enough for every line: nothing is folded."""


def printed(
    parts: Iterable[RenderableType], *, terminal: bool, width: int | None = ANY_WIDTH
) -> str:
    """Every part on lines of its own, no spaces at their ends.

    `width` is in characters; None is the terminal's.
    """
    file = StringIO()
    console = Console(file=file, force_terminal=terminal, width=width)
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"
