"""The models that are measured."""

import gzip
import json
from pathlib import Path
from typing import Any

KERAS_MODELS = Path(__file__).parents[1] / "tests" / "truth" / "keras_models"


def keras(name: str) -> bytes:
    """Return what Keras's `to_json()` wrote of a model of keras.applications."""
    with gzip.open(KERAS_MODELS / f"{name}.json.gz") as file:
        return json.dumps(json.load(file)["document"]).encode()


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


def family(n: int, width: int | str = "width") -> dict[str, Any]:
    """Return a network of `n` layers, all of them of one width: five kinds in turn."""
    kinds: list[dict[str, Any]] = [
        {"type": "Dense", "units": width, "use_bias": False},
        {"type": "LayerNormalization"},
        {"type": "Activation", "activation": "gelu"},
        {"type": "Dense", "units": width},
        {"type": "Dropout", "rate": 0.1},
    ]
    return {
        "variables": {"width": 64} if width == "width" else {},
        "inputs": {"x": {"shape": ["batch", 64]}},
        "layers": [{**kinds[k % 5], "name": f"layer_{k}"} for k in range(n)],
    }


def staircase(n: int) -> dict[str, Any]:
    """Return the same with a width of its own for each layer, so that no two are alike."""
    model = family(n)
    for k, layer in enumerate(model["layers"]):
        if "units" in layer:
            layer["units"] = f"width + {k}"
    return model
