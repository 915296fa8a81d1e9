"""Tensors made of nothing: what is learned by itself, state, constants."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from weighbridge.layers.layer import Integer, Layer, means, operator


class _Source(Layer, kw_only=True):
    """What needs no input."""

    category = "operation"
    has_default_input = False


class Parameter(_Source, kw_only=True):
    """A tensor that is learned by itself: a class token, a table of positions, a scale."""

    lowers_to = operator("parameter", owned=1)
    example: ClassVar[Mapping[str, Any]] = {
        "inputs": {"image": {"shape": ["batch", 197, 768]}},
        "layers": [{"type": "Parameter", "shape": [1, 197, 768]}],
    }

    shape: Annotated[list[Integer], means("Its shape, without a batch.")]
    buffer: Annotated[bool, means("State that is kept and never learned.")] = False


class Full(_Source, kw_only=True):
    """A constant tensor: zeros, ones, or any other value."""

    lowers_to = operator("parameter", owned=0, buffer=0)
    example: ClassVar[Mapping[str, Any]] = {
        "inputs": {},
        "layers": [{"type": "Full", "shape": [12, 64]}],
    }

    shape: Annotated[list[Integer], means("Its shape, every axis of it.")]
    fill_value: Annotated[int | float, means("The value of all elements; changes no figure.")] = 0


class Arange(_Source, kw_only=True):
    """The integers from `start` up to `stop`; up to `start` from 0 where there is no `stop`."""

    lowers_to = operator("arange")
    example: ClassVar[Mapping[str, Any]] = {
        "inputs": {},
        "layers": [{"type": "Arange", "start": 512}],
    }

    start: Annotated[Integer, means("The first, or the end where there is no `stop`.")]
    stop: Annotated[Integer | None, means("Where they end, not reaching it.")] = None
    step: Annotated[Integer, means("From one to the next; may be below 0.")] = 1
