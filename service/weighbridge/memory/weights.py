"""A model's weights as memory sees them: how many there are of each kind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import prod
from typing import Any, NamedTuple

from weighbridge.core.evaluation import Evaluation, WeightTensor
from weighbridge.memory.matrix import columns_of
from weighbridge.memory.precision import FLOATING, Precision
from weighbridge.memory.stages import Stage

TENSOR = slice(0, 5)
"""What of a WeightTensor is about the tensor alone: role, shape, dtype, trainable, buffer."""


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
    sources = evaluation.graph.sources
    alike: Counter[tuple[Any, ...]] = Counter()
    for weight in _used(evaluation, stage):
        layer = sources[weight.node]
        equation = getattr(layer, "equation", None)
        alike[weight[TENSOR], layer.__class__, equation] += _sets(evaluation, stage, weight)
    kinds: Counter[Kind] = Counter()
    for ((role, shape, dtype, trained, buffer), layer_type, equation), times in alike.items():
        columns = columns_of(role, shape, layer_type, equation)
        kinds[Kind(shape, dtype, trained, buffer, columns)] += times
    return kinds


def _used(evaluation: Evaluation, stage: Stage) -> Iterator[WeightTensor]:
    """Yield the weights of a stage, and those of other stages that it uses, which own them."""
    if stage.block < 0:
        yield from (weight for weight in evaluation.weights() if weight.tied_to < 0)
        return
    weights = list(evaluation.weights())
    tied = {weight.tied_to for weight in weights if weight.node in stage}
    owners = {owner for node, owner in evaluation.graph.owners.items() if node in stage}
    for index, weight in enumerate(weights):
        is_used = weight.node in stage or index in tied or weight.node in owners
        if is_used and weight.tied_to < 0:
            yield weight


def _sets(evaluation: Evaluation, stage: Stage, weight: WeightTensor) -> int:
    """Return the sets of a weight in a stage: of the block that is divided, those of its rounds."""
    if stage.block < 0 or not stage.block < weight.node <= evaluation.graph.ends[stage.block]:
        return weight.sets
    if evaluation.shares_weights(stage.block):
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
