"""What all commands on a model do with it: read it, put it into an envelope, tell of its faults."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

import click
import msgspec

from weighbridge.problems import Problem
from weighbridge.settings import Settings, SettingsError


def settings() -> Settings:
    """Return the settings of the environment. Raises click.UsageError where one is wrong."""
    try:
        return Settings.from_environment()
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def read(file: BinaryIO, limit: int) -> bytes:
    """Return the document in a file: what it holds or, of a .keras file, the document in that."""
    from weighbridge.archive import is_archive, read_archive, read_archive_file

    beginning = file.read(4)
    if not is_archive(beginning):
        return beginning + file.read()
    if file.seekable():
        return read_archive_file(file, limit)
    return read_archive(beginning + file.read(), limit)


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
