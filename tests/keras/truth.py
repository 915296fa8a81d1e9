"""The documents and figures of tests/truth, and reports of ours beside them."""

import gzip
import json
from pathlib import Path
from typing import Any

from weighbridge.count import count

TRUTH = Path(__file__).parents[1] / "truth"

Json = dict[str, Any]


def load(path: Path) -> Any:
    """Return what a compressed JSON file holds."""
    with gzip.open(path) as file:
        return json.load(file)


def cases() -> list[Json]:
    """Return the small models: of layers, of one operation each, and of layers together."""
    return [
        *load(TRUTH / "keras_cases.json.gz"),
        *load(TRUTH / "keras_operations.json.gz"),
        *load(TRUTH / "keras_documents.json.gz"),
        *load(TRUTH / "keras2_documents.json.gz"),
    ]


def models() -> list[Json]:
    """Return the models of keras.applications."""
    return [load(path) for path in sorted((TRUTH / "keras_models").glob("*.json.gz"))]


def report(document: Json, **members: Any) -> Json:
    """Return the report of a Keras document. Raises Problem."""
    body = {"model": document, "detail": "weights", **members}
    return dict(json.loads(count(json.dumps(body).encode())))


def row(name: str, found: Json) -> Json:
    """Return the row of a layer."""
    return next(entry for entry in found["layers"] if entry["name"] == name)
