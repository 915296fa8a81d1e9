"""What an operator can set: environment variables, WEIGHBRIDGE_ and a name, read once at the start.

The variable of a field is its name in capitals: `threads` is WEIGHBRIDGE_THREADS, and the limit
`rows` is WEIGHBRIDGE_LIMIT_ROWS. Other WEIGHBRIDGE_ variables are left alone, because Kubernetes
sets some (WEIGHBRIDGE_PORT, WEIGHBRIDGE_SERVICE_HOST) in every pod beside a service of that name;
for the same reason no setting has such a name.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from weighbridge.limits import MOST, Limits

PREFIX = "WEIGHBRIDGE_"
LIMIT_PREFIX = "WEIGHBRIDGE_LIMIT_"


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the message names it and says what it takes."""


def _positive(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise SettingsError(f"must be an integer of at least 1, got {text!r}")
    return value


def _limit(name: str) -> Callable[[str], int]:
    """Return what reads a limit, which may not be raised without end."""

    def read(text: str) -> int:
        value = _positive(text)
        if value > MOST.get(name, value):
            raise SettingsError(f"must be at most {MOST[name]}, got {value}")
        return value

    return read


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise SettingsError(f"must be 0 or 1, got {text!r}")
    return text == "1"


def _tokens(text: str) -> tuple[str, ...]:
    """Read tokens separated by commas, of the characters that RFC 6750 (section 2.1) allows."""
    tokens = tuple(token.strip() for token in text.split(","))
    if not all(re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", token) for token in tokens):
        raise SettingsError("must be tokens of A-Z, a-z, 0-9 and -._~+/ separated by commas")
    return tokens


def _setting(default: Any, parse: Callable[[str], Any], *, secret: bool = False) -> Any:
    return field(default=default, metadata={"parse": parse}, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """The settings in force. docs/reference/settings.md tells of each."""

    bind: str = _setting("127.0.0.1:8000", str)
    workers: int = _setting(2, _positive)
    threads: int = _setting(4, _positive)
    patience: int = _setting(20, _positive)
    graceful_timeout: int = _setting(30, _positive)
    access_log: bool = _setting(False, _switch)
    tokens: tuple[str, ...] = _setting((), _tokens, secret=True)
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; a variable that is empty counts as not set.

        Raises `SettingsError` for a value that cannot be used and for a limit that there is not.
        """
        _refuse_unknown_limits(environ)
        parsers = {item.name: item.metadata["parse"] for item in fields(cls) if item.metadata}
        limits = {item.name: _limit(item.name) for item in fields(Limits)}
        return cls(
            **_read(environ, PREFIX, parsers), limits=Limits(**_read(environ, LIMIT_PREFIX, limits))
        )


def variables() -> list[str]:
    """Name every environment variable that is read."""
    own = [PREFIX + item.name.upper() for item in fields(Settings) if item.metadata]
    return own + [LIMIT_PREFIX + item.name.upper() for item in fields(Limits)]


def _read(
    environ: Mapping[str, str], prefix: str, parsers: Mapping[str, Callable[[str], Any]]
) -> dict[str, Any]:
    values = {}
    for name, parse in parsers.items():
        variable = prefix + name.upper()
        if text := environ.get(variable):
            try:
                values[name] = parse(text)
            except SettingsError as error:
                raise SettingsError(f"{variable} {error}") from None
    return values


def _refuse_unknown_limits(environ: Mapping[str, str]) -> None:
    """A limit that is spelled wrong would leave the default in force without a word."""
    known = variables()
    for variable in environ:
        if variable.startswith(LIMIT_PREFIX) and variable not in known:
            raise SettingsError(f"{variable} is no limit; there are {', '.join(known)}")
