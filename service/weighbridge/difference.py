"""What a diff comes to, typed: the answer that `weighbridge.diff` wrote as JSON, read back."""

import msgspec

from weighbridge.report import Row


class Delta(msgspec.Struct, frozen=True, gc=False):
    """A total of both models; what is unknown in one of them has no delta."""

    before: int | None
    after: int | None
    delta: int | None


class Change(msgspec.Struct, frozen=True, gc=False):
    """A row that both models have, and that differs."""

    name: str
    before: Row
    after: Row


class Difference(msgspec.Struct, frozen=True):
    """What differs between two models. There are no rows where only totals were asked for."""

    totals: dict[str, Delta]
    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    changed: tuple[Change, ...] = ()


_DECODER = msgspec.json.Decoder(Difference)


def decode(difference: bytes) -> Difference:
    """Read a diff's JSON, its integers as numbers. Raises msgspec.ValidationError."""
    return _DECODER.decode(difference)
