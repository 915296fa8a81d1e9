"""A model's weights as memory sees them: how many there are of each kind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import prod
from typing import NamedTuple

from weighbridge.core.evaluation import Evaluation, WeightTensor
from weighbridge.memory.matrix import columns_of
from weighbridge.memory.precision import FLOATING, Precision
from weighbridge.memory.stages import Stage


class Kind(NamedTuple):
    """What weights have in common that take up as much memory."""

    shape: tuple[int, ...]
    dtype: str
    trainable: bool
    buffer: bool
    columns: int
    """Output channels of a matrix, 0 of anything else."""

    @property
    def is_matrix(self) -> bool:
        """Is it what tensor parallelism divides and quantization makes smaller?"""
        return self.columns > 0

    def dtype_in(self, compute: str) -> str:
        """Return the dtype that it has where the model is held in another precision.

        State that is not learned keeps its own, and so do integers and what is quantized.
        """
        return self.dtype if self.buffer or self.dtype not in FLOATING else compute

    def values(self, tensor_parallel: int = 1) -> int:
        """Return the elements that one device has."""
        divisor = tensor_parallel if self.is_matrix else 1
        return -(-prod(self.shape) // divisor)


Weights = Mapping[Kind, int]
"""How many weights there are of each kind."""


def kinds_of(evaluation: Evaluation, stage: Stage) -> Weights:
    """Return the kinds of weights that a stage uses, each with their number in all sets.

    What it shares with another stage it has a copy of.
    """
    weights = list(evaluation.weights())
    tied = {weight.tied_to for weight in weights if weight.node in stage}
    owners = {owner for node, owner in evaluation.graph.owners.items() if node in stage}
    kinds: Counter[Kind] = Counter()
    for index, weight in enumerate(weights):
        is_used = weight.node in stage or index in tied or weight.node in owners
        if is_used and weight.tied_to < 0:
            kinds[_kind(evaluation, weight)] += _sets(evaluation, stage, weight)
    return kinds


def _kind(evaluation: Evaluation, weight: WeightTensor) -> Kind:
    columns = columns_of(weight.role, weight.shape, evaluation.graph.sources[weight.node])
    return Kind(weight.shape, weight.dtype, weight.trainable, weight.buffer, columns)


def _sets(evaluation: Evaluation, stage: Stage, weight: WeightTensor) -> int:
    """Return the sets of a weight in a stage: of the block that is divided, those of its rounds."""
    inside = stage.block >= 0 and stage.block < weight.node <= evaluation.graph.ends[stage.block]
    if not inside or evaluation.shares_weights(stage.block):
        return weight.sets
    return weight.sets // evaluation.repeat(stage.block) * stage.rounds


def by_dtype(
    weights: Weights, precision: Precision, tensor_parallel: int = 1
) -> Iterator[tuple[str, int]]:
    """Yield each dtype that weights are held in, and how many values are."""
    values: Counter[str] = Counter()
    for kind, times in weights.items():
        values[kind.dtype_in(precision.compute)] += kind.values(tensor_parallel) * times
    yield from values.items()


def trainable(weights: Weights) -> Weights:
    """Return those that are trained."""
    return {kind: times for kind, times in weights.items() if kind.trainable}


def buffers(weights: Weights, *, wanted: bool) -> Weights:
    """Return those that are state and not learned, or those that are not."""
    return {kind: times for kind, times in weights.items() if kind.buffer is wanted}
