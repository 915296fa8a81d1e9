"""A sweep of a family against the same loop in pure Python: the reference of the tests."""

import json
from collections.abc import Iterator

from bench.documents import family, staircase
from bench.timing import Line, best, seconds
from tests.reference import count as reference_count

from weighbridge.sweep import sweep

LAYERS = 500
POINTS = 10_000
SAMPLE = 5


def lines() -> Iterator[Line]:
    """Measure 10,000 candidates of 500 layers; the reference counts a few, and is scaled up."""
    reference = POINTS * best(_count_some, 3) / SAMPLE
    yield Line(f"reference, {POINTS:,} points of {LAYERS} layers", seconds(reference))
    for what, model in (("alike", family(LAYERS)), ("all different", staircase(LAYERS))):
        over = {"width": {"start": 64, "stop": 63 + POINTS}}
        body = json.dumps({"model": model, "over": over, "figures": ["parameters", "macs"]})
        taken = best(lambda body=body: sweep(body.encode()), 3)  # type: ignore[misc]
        ratio = reference / taken
        yield Line(
            f"sweep of the same, layers {what}", seconds(taken), ratio, "x faster", "at least 200"
        )


def _count_some() -> None:
    for width in range(64, 64 + SAMPLE):
        reference_count(family(LAYERS, width))
