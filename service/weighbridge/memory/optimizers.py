"""What each optimizer keeps of a trainable weight, from one step to the next.

The number of the step, and whatever else is one number a weight, is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

Shape = tuple[int, ...]

LEAST_QUANTIZED = 4096
"""Weights of fewer elements keep float32 states, as in bitsandbytes (`min_8bit_size`)."""

QUANTIZED_BLOCK = 2048
"""Elements of a quantized state that have one scale of float32 (arXiv 2110.02861, section 2.1)."""


class State(NamedTuple):
    """A tensor that is kept beside a weight; `width` is in bytes, None for that of the weights."""

    values: int
    width: int | None = None
    is_scale: bool = False


@dataclass(frozen=True)
class Optimizer:
    """One way of training. It keeps `copies` of each of its `states`."""

    name: str
    summary: str
    copies: int
    source: str
    states: Callable[[Shape, int], Sequence[State]] = lambda _, n: [State(n)]
    """Of a weight of this shape, of which a device has `n` elements."""
    values_per_parameter: int | None = None
    """None where it depends on the weight's shape."""

    def document(self) -> dict[str, Any]:
        """Return the members of its entry in the list of optimizers."""
        return {
            "name": self.name,
            "summary": self.summary,
            "values_per_parameter": self.values_per_parameter,
            "source": self.source,
        }


def _factored(shape: Shape, n: int) -> Sequence[State]:
    """A mean of squares for each row and each column of the last two axes; vectors keep all."""
    if len(shape) < 2:
        return [State(n)]
    *outer, rows, columns = shape
    return [State(prod(outer) * (rows + columns))]


def _quantized(_: Shape, n: int) -> Sequence[State]:
    """A byte for each element and a scale for each block; small weights keep float32."""
    if n < LEAST_QUANTIZED:
        return [State(n, 4)]
    return [State(n, 1), State(-(-n // QUANTIZED_BLOCK), 4, is_scale=True)]


def _uniform(name: str, copies: int, summary: str, source: str) -> Optimizer:
    return Optimizer(name, summary, copies, source, values_per_parameter=copies)


_ALL = (
    _uniform("sgd", 0, "Nothing.", "Robbins and Monro, A Stochastic Approximation Method, 1951"),
    _uniform("momentum", 1, "A velocity.", "Polyak, Some Methods of Speeding Up Convergence, 1964"),
    _uniform("rmsprop", 1, "A mean of squares.", "Hinton, Neural Networks, lecture 6e, 2012"),
    _uniform("adagrad", 1, "A sum of squares.", "Duchi et al., Adaptive Subgradient Methods, 2011"),
    _uniform("adam", 2, "A mean and a mean of squares.", "arXiv 1412.6980"),
    _uniform("adamw", 2, "A mean and a mean of squares.", "arXiv 1711.05101"),
    Optimizer(
        "adafactor",
        "A mean of squares for each row and each column of a matrix, for each element of a "
        "vector; no first moment.",
        1,
        "arXiv 1804.04235",
        _factored,
    ),
    _uniform("lion", 1, "A momentum.", "arXiv 2302.06675"),
    Optimizer(
        "adam8bit",
        "A mean and a mean of squares of 8 bits, with a scale of float32 for each "
        f"{QUANTIZED_BLOCK} elements; of float32 for weights under {LEAST_QUANTIZED} elements.",
        2,
        "arXiv 2110.02861",
        _quantized,
        2,
    ),
)

OPTIMIZERS: Mapping[str, Optimizer] = {optimizer.name: optimizer for optimizer in _ALL}
"""By the names that a plan says."""
