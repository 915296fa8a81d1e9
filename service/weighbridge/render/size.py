"""Bytes as people read them."""

_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


def size_text(size: int | None) -> str:
    """A number of bytes in a power of 1024, to the nearest hundredth: `245.93 KiB`."""
    if size is None:
        return "size unknown"
    if size < 1024:
        return f"{size} B"
    power = min((size.bit_length() - 1) // 10, len(_UNITS))
    whole, hundredths = divmod((size * 100 + 1024**power // 2) // 1024**power, 100)
    return f"{whole:,}.{hundredths:02} {_UNITS[power - 1]}"
