"""How people write numbers, sizes and ranges: read exactly, whatever the spelling."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

_NUMBER = re.compile(r"[+-]?[0-9][0-9_]*(\.[0-9]+)?([eE]\+?[0-9]{1,3})?")
_SIZE = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,30})?) ?([kKMGTPE]?i?B)?")
_POWERS = {letter: power for power, letter in enumerate("KMGTPE", 1)}
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"


def integer(text: str) -> int:
    """Read `7e9`, `1.5e6`, `7_000_000_000` or `4096`; no float is made of it on the way.

    Raises ValueError where it is no integer of 64 bits.
    """
    if _NUMBER.fullmatch(text) is None or len(text) > 40:
        raise ValueError(f"{text[:40]!r} is no integer")
    number = Decimal(text)
    if number != number.to_integral_value():
        raise ValueError(f"{text!r} is no whole number")
    if not -(2**63) <= number < 2**63:
        raise ValueError(f"{text!r} does not fit in 64 bits")
    return int(number)


def size(text: str) -> int | None:
    """Read `80GiB` (1024^3), `24.5GB` (1000^3) or plain bytes; None where it is none of these.

    No float is made of it on the way; a part of a byte does not count.
    """
    parts = _SIZE.fullmatch(text.strip())
    if parts is None or parts[2] == "iB":
        return None
    unit = parts[2] or "B"
    base = 1024 if "i" in unit else 1000
    return int(Fraction(parts[1]) * base ** _POWERS.get(unit[0].upper(), 0))


def size_or_integer(text: str) -> int:
    """Read bytes as a size with its unit, or as an integer. Raises ValueError."""
    read = size(text) if text.endswith("B") else None
    return integer(text if read is None else str(read))


def assignment(text: str) -> tuple[str, str]:
    """Read `name=value`. Raises ValueError."""
    name, sign, value = text.partition("=")
    if not sign or re.fullmatch(_NAME, name) is None:
        raise ValueError(f"{text[:60]!r} is not a name, '=' and a value")
    return name, value


def axis(text: str) -> Any:
    """Read `2,4,8` as a list, and `64:1024` or `64:1024:64` as a range, its stop included.

    Raises ValueError.
    """
    if ":" not in text:
        return [integer(part) for part in text.split(",")]
    parts = [integer(part) for part in text.split(":")]
    if len(parts) > 3:
        raise ValueError(f"{text[:60]!r} is not start:stop or start:stop:step")
    return dict(zip(("start", "stop", "step"), parts, strict=False))


def interval(text: str) -> list[int]:
    """Read `1:65536` as its two ends. Raises ValueError."""
    parts = [integer(part) for part in text.split(":")]
    if len(parts) != 2:
        raise ValueError(f"{text[:60]!r} is not least:largest")
    return parts
