"""What counting, sweeping and serving cost, in ratios of one run.

On a noisy machine only ratios can be compared. Prints one table, and keeps it in
bench/results.json. Names of parts (`nodes`, `counting`, `sweeping`, `serving`, `peers`) as
arguments measure those alone; `peers` only where it is named, for it needs Keras.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from bench import counting, nodes, peers, serving, sweeping
from bench.timing import Line
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")
PARTS: Mapping[str, Callable[[], Iterator[Line]]] = {
    "nodes": nodes.lines,
    "counting": counting.lines,
    "sweeping": sweeping.lines,
    "serving": serving.lines,
    "peers": peers.lines,
}
ALWAYS = [part for part in PARTS if part != "peers"]


def main() -> None:
    """Measure, print, and keep."""
    chosen = sys.argv[1:] or ALWAYS
    measured = [line for part in chosen for line in _told(part)]
    table = Table("What", "Figure", "Ratio", "Aim", title="Weighbridge, measured")
    for line in measured:
        ratio = "" if line.ratio is None else f"{line.ratio:.3g} {line.ratio_of}"
        table.add_row(line.what, line.figure, ratio, line.aim)
    Console(width=None if sys.stdout.isatty() else 120).print(table)
    kept = json.dumps([asdict(line) for line in measured], indent=2)
    RESULTS.write_text(kept + "\n", encoding="utf-8")


def _told(part: str) -> Iterator[Line]:
    """Measure one part, and say on the standard error what is done."""
    for line in PARTS[part]():
        print(f"{line.what}: {line.figure} {line.ratio or ''}", file=sys.stderr, flush=True)
        yield line


if __name__ == "__main__":
    main()
