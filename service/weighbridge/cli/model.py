"""What all commands on a model do with it: read it, ask about it, tell of its faults."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO, cast

import click
import msgspec

from weighbridge.problems import Problem
from weighbridge.render.escape import visible_json
from weighbridge.settings import Settings, SettingsError

Bindings = tuple[tuple[str, int], ...]
"""Names and their values, as `--bind` gives them."""


def asked(
    ask: Callable[..., bytes],
    file: str,
    bindings: Bindings = (),
    members: Mapping[str, Any] | None = None,
    **options: str | None,
) -> bytes:
    """Ask what a request's body asks: the file's, with `members` that are not empty beside it.

    `options` are what may come as query parameters. Raises Problem.
    """
    from weighbridge.options import Options

    limits = settings().limits
    given = {name: value for name, value in (members or {}).items() if value}
    body, added = with_members(read(file, limits.body_bytes), dict(bindings), given)
    with pointers_without(added):
        return ask(body, Options(**options), limits)


def settings() -> Settings:
    """Return the settings of the environment. Raises click.UsageError where one is wrong."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def read(file: str, limit: int) -> bytes:
    """Return the document in a file: what it holds or, of a .keras file, the document in that.

    The standard input is `-`.
    """
    from weighbridge.archive import is_archive, read_archive, read_archive_file

    with cast("BinaryIO", click.open_file(file, "rb")) as opened:
        beginning = opened.read(4)
        if not is_archive(beginning):
            return beginning + opened.read()
        if opened.seekable():
            return read_archive_file(opened, limit)
        return read_archive(beginning + opened.read(), limit)


def with_members(
    document: bytes, bindings: Mapping[str, int], members: Mapping[str, Any]
) -> tuple[bytes, str]:
    """Put the document, as it is, into an envelope, or what comes with it into its own envelope.

    Returns the body and what that adds to the pointers into the document. What is no JSON object
    stays alone: counting it says what is wrong, and where.
    """
    if not bindings and not members:
        return document, ""
    try:
        given = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
        envelope = given if "model" in given else {"model": msgspec.Raw(document)}
        known = msgspec.json.decode(envelope.get("bindings", b"{}"), type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return document, ""
    added = {"bindings": {**known, **bindings}} if bindings else {}
    body = msgspec.json.encode({**envelope, **members, **added})
    return body, "" if envelope is given else "/model"


@contextmanager
def pointers_without(added: str) -> Iterator[None]:
    """Show the places of faults in the file, not in the envelope that was made around it."""
    try:
        yield
    except Problem as problem:
        problem.errors = tuple(
            replace(fault, pointer=fault.pointer.removeprefix(added)) for fault in problem.errors
        )
        raise


def json_text(answer: bytes) -> str:
    """Return an answer's JSON as a line, safe to show where a terminal shows it."""
    text = answer.decode()
    return (visible_json(text) if sys.stdout.isatty() else text) + "\n"
