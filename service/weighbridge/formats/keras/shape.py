"""Shapes and dtypes of a Keras model's inputs."""

from collections.abc import Mapping
from typing import Any, get_args

from weighbridge.formats.keras.call import unreadable
from weighbridge.formats.keras.policy import read_policy
from weighbridge.layers.layer import Dtype
from weighbridge.spec import Dimension, Input
from weighbridge.value import shown

_DTYPES = frozenset(get_args(Dtype))


def read_shape(value: Any, attribute: str) -> list[Dimension]:
    """Return a shape with the batch: integers, null for unknown sizes. Raises Unreadable."""
    if not isinstance(value, list):
        raise unreadable("invalid_model", f"must be a list, got {shown(value)}", attribute)
    for axis, size in enumerate(value):
        if not (size is None or (size.__class__ is int and size >= 0)):
            detail = f"must be an integer of at least 0 or null, got {shown(size)}"
            raise unreadable("invalid_model", detail, f"{attribute}/{axis}")
    return list(value)


def read_input(config: Mapping[str, Any]) -> Input:
    """Return the input that an InputLayer is. Raises Unreadable."""
    shape = stated_shape(config)
    if shape is None:
        raise unreadable("invalid_model", "'batch_shape' is missing", "batch_shape")
    return Input(shape=shape, dtype=_dtype(config.get("dtype")))


def stated_shape(config: Mapping[str, Any]) -> list[Dimension] | None:
    """Return the shape that a layer's config says its input has; None where it says nothing."""
    for name in ("batch_shape", "batch_input_shape"):
        if config.get(name) is not None:
            return read_shape(config[name], name)
    for name in ("shape", "input_shape"):
        if config.get(name) is not None:
            batch = config.get("batch_size")
            return read_shape([batch], "batch_size") + read_shape(config[name], name)
    return None


def _dtype(given: Any) -> Any:
    name = read_policy(given, {}) or "float32"
    name = name.removeprefix("mixed_")
    if name not in _DTYPES:
        raise unreadable("invalid_model", f"{shown(given)} is no dtype", "dtype")
    return name
