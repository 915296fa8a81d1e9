"""What counting costs, in ratios of one run: on a noisy machine only those can be compared.

Prints one table, and keeps the figures in bench/results.json.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from weighbridge.count import Options, count

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
ROUNDS = 15


class Measured(NamedTuple):
    """One line of the table. `per_json_loads` is the time against json.loads of the same bytes."""

    what: str
    microseconds: float
    per_json_loads: float | None


def best(function: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the shortest time of several runs in microseconds: what the others add is noise."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times) * 1e6


def chain(n: int) -> bytes:
    """Return a document of so many named, wired layers of about 100 bytes."""
    layers = [
        {
            "type": "Dense",
            "name": f"dense_layer_{k}",
            "units": 64,
            "activation": "relu",
            "inputs": [f"dense_layer_{k - 1}" if k else "features"],
        }
        for k in range(n)
    ]
    document = {"inputs": {"features": {"shape": ["batch", 64]}}, "layers": layers}
    return json.dumps(document).encode()


def counting(what: str, body: bytes, detail: str, rounds: int = ROUNDS) -> Measured:
    """Measure the way from request bytes to response bytes, in process."""
    options = Options(detail=detail)
    count(body, options)
    loads = best(lambda: json.loads(body), rounds)
    taken = best(lambda: count(body, options), rounds)
    return Measured(f"{what}, detail {detail}", taken, taken / loads)


def measure() -> list[Measured]:
    """Measure everything."""
    lenet5 = (EXAMPLES / "lenet5.json").read_bytes()
    llama = (EXAMPLES / "llama-3.1-405b.json").read_bytes()
    small = [
        counting("lenet5", lenet5, "layers", 300),
        counting("Llama 405B", llama, "layers", 300),
    ]
    thousands = chain(10_000)
    return small + [
        counting("10,000 layers", thousands, detail) for detail in ("totals", "layers", "weights")
    ]


def main() -> None:
    """Print the table and keep its figures."""
    measured = measure()
    table = Table("What", "Time", "x json.loads", title="From request bytes to response bytes")
    for line in measured:
        ratio = "" if line.per_json_loads is None else f"{line.per_json_loads:.2f}"
        table.add_row(line.what, f"{line.microseconds:,.0f} us", ratio)
    Console().print(table)
    kept = json.dumps([line._asdict() for line in measured], indent=2)
    (HERE / "results.json").write_text(kept + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
