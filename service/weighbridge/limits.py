"""How large a request may be before it is refused as `too_complex` or `payload_too_large`."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST: Mapping[str, int] = {"nesting": 128, "rank": 32}
"""What some limits may be raised to: what the core has room for, and Python's stack."""


@dataclass(frozen=True)
class Limits:
    """The limits in force. Each is the largest number that is still taken."""

    body_bytes: int = 32 * 2**20
    """Bytes of a request's body, as sent and after decompression."""

    rows: int = 200_000
    """Rows of a report, and nodes evaluated, after reuse; `repeat` costs nothing."""

    nesting: int = 64
    """Blocks and wrappers inside each other."""

    rank: int = 16
    """Dimensions of a tensor."""

    names: int = 64 * 2**20
    """Bytes of all rows' names together; a nested row's name holds those of its blocks."""

    variables: int = 1_000
    """Variables of a model."""

    expression_characters: int = 1_000
    """Characters of one expression."""

    expression_depth: int = 32
    """Operations and brackets inside each other in one expression."""

    points: int = 100_000
    """Points of one sweep."""

    work: int = 100_000_000
    """Points times nodes of one sweep, or the steps of its expressions where those are more."""


DEFAULT_LIMITS = Limits()
