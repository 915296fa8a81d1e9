"""What a layer comes to: the shapes of its outputs, its weights, its macs."""

import math
from dataclasses import dataclass
from typing import Any

from tests.reference.refusal import fits
from tests.reference.shape import Shape

Layer = dict[str, Any]


@dataclass(frozen=True)
class Weight:
    """One tensor that a layer owns; a `buffer` is state that is kept and never learned.

    Its dtype is the layer's, unless it has one of its own.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    buffer: bool = False
    dtype: str = ""

    @property
    def parameters(self) -> int:
        return fits(math.prod(self.shape), self.name)


@dataclass(frozen=True)
class Made:
    """What became of a layer: the shapes of its outputs, its weights, its macs (or None)."""

    outputs: list[Shape]
    weights: list[Weight]
    macs: int | None = 0


def state(name: str, shape: tuple[int, ...], dtype: str = "") -> Weight:
    """A weight that is kept and never learned."""
    return Weight(name, shape, trainable=False, buffer=True, dtype=dtype)
