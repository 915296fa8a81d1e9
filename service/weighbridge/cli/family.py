"""What the commands on a family of models share: the question, its progress, its answer."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO

import msgspec

from weighbridge.cli.model import pointers_without, read, settings, with_members
from weighbridge.render.escape import visible_json


def asked(
    ask: Callable[..., bytes],
    file: BinaryIO,
    format_: str | None,
    bindings: tuple[tuple[str, int], ...],
    members: Mapping[str, Any],
) -> dict[str, Any]:
    """Ask what a request's body would ask, with a bar where it takes longer than a second."""
    from weighbridge.count import Options

    limits = settings().limits
    given = {name: value for name, value in members.items() if value}
    body, added = with_members(read(file, limits.body_bytes), dict(bindings), given)
    with pointers_without(added), _progress() as progress:
        answer = ask(body, Options(format=format_), limits, progress)
    decoded: dict[str, Any] = msgspec.json.decode(answer)
    return decoded


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    from weighbridge.render.progress import Progress

    bar = Progress(sys.stderr)
    try:
        yield bar.show
    finally:
        bar.close()


def as_json(answer: Mapping[str, Any]) -> str:
    """Return an answer as JSON, safe to show where a terminal shows it."""
    text = msgspec.json.encode(answer).decode()
    return visible_json(text) if sys.stdout.isatty() else text
