"""How things are timed here: in processor time, for others use the machine too."""

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 15


@dataclass(frozen=True)
class Line:
    """One line of the table: a figure, and where there is one a ratio and what it should be."""

    what: str
    figure: str
    ratio: float | None = None
    ratio_of: str = ""
    aim: str = ""


def best(function: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the shortest time of several runs in seconds: what the others add is noise."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def seconds(value: float) -> str:
    """Return a time as a person reads it."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if value * factor >= 1:
            return f"{value * factor:,.3g} {unit}"
    return f"{value * 1e9:,.3g} ns"
