"""How people write numbers and ranges on a command line: exactly, whatever the spelling."""

import re
from decimal import Decimal
from typing import Any

_NUMBER = re.compile(r"[+-]?[0-9][0-9_]*(\.[0-9]+)?([eE]\+?[0-9]{1,2})?")
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
