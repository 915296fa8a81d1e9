"""The one door to libweighbridge: nothing else imports the compiled module."""

from functools import cache

from weighbridge.core._native import ffi, lib

__all__ = ["enumerator", "ffi", "lib", "library_version"]


def library_version() -> str:
    """Return the version of the C library."""
    return str(ffi.string(lib.wb_version()).decode())


@cache
def enumerator(name: str) -> int:
    """Return the value of an enumerator or a constant of the C library."""
    return int(getattr(lib, name))
