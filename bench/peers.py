"""Counting a Keras document, against Keras itself: rebuilding the model and asking it.

Keras is in an environment of its own (`make bench-peers`), whose Python runs `bench/peer_keras.py`.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bench.counting import KERAS_MODELS
from bench.documents import keras
from bench.timing import Line, best, seconds

from weighbridge.count import count
from weighbridge.report import decode

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv-peers" / "bin" / "python"


def lines() -> Iterator[Line]:
    """Measure, and hold the parameters of both against each other."""
    for name in KERAS_MODELS:
        body = keras(name)
        peer = _ask_keras(body)
        taken = best(lambda body=body: count(body), 50)  # type: ignore[misc]
        ours = decode(count(body)).totals.parameters
        if peer["parameters"] != ours:
            raise RuntimeError(f"{name}: Keras counts {peer['parameters']:,}, we {ours:,}")
        for when, what in (("first", "the first time"), ("again", "again and again")):
            figure = f"{seconds(peer[when])} against {seconds(taken)}"
            ratio = peer[when] / taken
            yield Line(f"{name}, Keras {what}", figure, ratio, "x faster", "at least 300")


def _ask_keras(body: bytes) -> dict[str, float]:
    """Return the seconds that Keras takes for a document, and the parameters it counts."""
    command = [str(PYTHON), str(ROOT / "bench" / "peer_keras.py")]
    printed = subprocess.run(command, input=body, capture_output=True, check=True).stdout
    answer: dict[str, float] = json.loads(printed)
    return answer
