"""The layers of a large document, of which only a piece is decoded at a time.

A million layers as objects take a gigabyte, and most of the time goes into waiting for memory. What
is decoded here, a piece that stays in the processor's cache, is let go of before the next.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Raw, json

from weighbridge.layers.catalogue import AnyLayer

SIZE = 50_000
"""Bytes of a piece, at the least."""

_BETWEEN = re.compile(rb"\}\s*(,)\s*\{")
_decoder = json.Decoder(list[AnyLayer])


def is_list(value: Raw) -> bool:
    """Is a value in JSON a list?"""
    return memoryview(value)[:1].tobytes() == b"["


def pieces(layers: Raw) -> Iterator[Sequence[Any]]:
    """Yield the layers of a JSON array, some at a time.

    It is cut where one object seems to end and another to begin. If the cut is wrong, inside of a
    layer or of a string, what is before it is no array, for its brackets do not close. So where
    every piece is an array, all of them together are the whole. Raises msgspec.DecodeError.
    """
    text = memoryview(layers)
    first = 1
    while cut := _BETWEEN.search(text, first + SIZE):
        yield _decoder.decode(b"".join((b"[", text[first : cut.start(1)], b"]")))
        first = cut.end(1)
    yield _decoder.decode(b"".join((b"[", text[first:])))
