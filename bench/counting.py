"""From a request's bytes to the report's, against what only reads the JSON of the same bytes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
from bench.documents import chain, keras
from bench.timing import Line, best, seconds

from weighbridge.count import count
from weighbridge.limits import Limits
from weighbridge.options import Options

EXAMPLES = Path(__file__).parents[1] / "examples"
LIMITS = Limits(rows=2_000_000, body_bytes=2**30)
SIZES = (10, 1_000, 10_000, 100_000, 1_000_000)
LEAST_MEMORY = 2**20
"""Bytes below which a peak is what the process had left over, and no ratio says anything."""
LARGE_PAGES = ":".join(
    f"glibc.malloc.{name}"
    for name in ("hugetlb=1", f"mmap_threshold={2**30}", f"trim_threshold={2**27}")
)
"""The memory of a million layers comes in pages of 4 KiB, each of which the kernel takes a
microsecond to give and to clear. So they are of 2 MiB, where it has such, and stay for the next."""

AIMS = {"layers": 1.6, "totals": 1.2}
KERAS_MODELS = ("ResNet50", "EfficientNetB7", "NASNetLarge")


def lines() -> Iterator[Line]:
    """Measure models of all sizes, by time and by the memory that they take."""
    for name in ("lenet5", "llama-3.1-405b"):
        body = (EXAMPLES / f"{name}.json").read_bytes()
        taken = best(lambda body=body: count(body), 300)  # type: ignore[misc]
        yield Line(f"{name}, bytes to report", seconds(taken))
    yield from _keras()
    yield from _sizes()
    for n in SIZES:
        yield from _memory(n)


def _keras() -> Iterator[Line]:
    for name in KERAS_MODELS:
        body = keras(name)
        loads = best(lambda body=body: json.loads(body), 50)  # type: ignore[misc]
        faster = best(lambda body=body: orjson.loads(body), 50)  # type: ignore[misc]
        taken = best(lambda body=body: count(body), 50)  # type: ignore[misc]
        what = f"Keras document of {name}"
        yield Line(f"{what}, orjson.loads", seconds(faster), faster / loads, "x json.loads")
        yield Line(
            f"{what}, bytes to report", seconds(taken), taken / loads, "x json.loads", "at most 8"
        )


def _sizes() -> Iterator[Line]:
    costs = {}
    for n in SIZES:
        body, rounds = chain(n), max(3, min(200, 200_000 // n))
        loads = best(lambda body=body: json.loads(body), rounds)  # type: ignore[misc]
        faster = best(lambda body=body: orjson.loads(body), rounds)  # type: ignore[misc]
        yield Line(f"{n:,} layers, orjson.loads", seconds(faster), faster / loads, "x json.loads")
        for detail in ("totals", "layers"):
            options = Options(detail=detail)
            taken = best(lambda b=body, o=options: count(b, o, LIMITS), rounds)  # type: ignore[misc]
            aim = f"at most {AIMS[detail]}" if n == 10_000 else ""
            what = f"{n:,} layers, bytes to report, {detail}"
            yield Line(what, seconds(taken), taken / loads, "x json.loads", aim)
        costs[n] = loads / n, taken / n
    for what, column, aim in (("json.loads", 0, ""), ("bytes to report", 1, "at most 1.5")):
        few, many = costs[1_000][column], costs[1_000_000][column]
        name = f"a layer of 1,000,000, {what}"
        yield Line(name, seconds(many), many / few, "x a layer of 1,000", aim)
    few, many = (_told("cost", n, GLIBC_TUNABLES=LARGE_PAGES) / 1e12 for n in (1_000, 1_000_000))
    name = "a layer of 1,000,000, bytes to report, in huge pages of memory that is kept"
    yield Line(name, seconds(many), many / few, "x a layer of 1,000", "at most 1.5")


# ---- In a process of its own ------------------------------------------------------------------


def _memory(n: int) -> Iterator[Line]:
    least = _told("json", n)
    yield Line(f"{n:,} layers, peak memory of json.loads", _mebibytes(least))
    for reader in ("orjson", "totals", "layers"):
        peak = _told(reader, n)
        name = "orjson.loads" if reader == "orjson" else f"bytes to report, {reader}"
        what = f"{n:,} layers, peak memory of {name}"
        if least < LEAST_MEMORY:
            yield Line(what, _mebibytes(peak))
        else:
            yield Line(what, _mebibytes(peak), peak / least, "x json.loads")


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB"


def _told(what: str, n: int, **environment: str) -> int:
    """Return what such a process prints."""
    command = [sys.executable, "-m", "bench.counting", what, str(n)]
    environ = {**os.environ, **environment}
    printed = subprocess.run(command, capture_output=True, check=True, env=environ).stdout
    return int(printed)


def _measure_cost(n: int) -> None:
    """Print what a layer costs, of so many: in picoseconds."""
    body, rounds = chain(n), max(3, 200_000 // n)
    count(chain(1))
    print(int(best(lambda: count(body, Options(detail="layers"), LIMITS), rounds) / n * 1e12))


def _measure_memory(what: str, n: int) -> None:
    """Print by how many bytes the peak grows with one reading of a body that is there already."""
    body = chain(n)
    readers: dict[str, Callable[[], object]] = {
        "json": lambda: json.loads(body),
        "orjson": lambda: orjson.loads(body),
        "totals": lambda: count(body, Options(detail="totals"), LIMITS),
        "layers": lambda: count(body, Options(detail="layers"), LIMITS),
    }
    count(chain(1))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before = _high_water()
    readers[what]()
    print(_high_water() - before)


def _high_water() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    lines = dict(line.split(":", 1) for line in status.splitlines())
    return int(lines["VmHWM"].split()[0]) * 1024


if __name__ == "__main__":
    if sys.argv[1] == "cost":
        _measure_cost(int(sys.argv[2]))
    else:
        _measure_memory(sys.argv[1], int(sys.argv[2]))
