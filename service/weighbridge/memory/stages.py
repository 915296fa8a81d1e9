"""Pipeline parallelism: the one repeated block of a model, divided among devices in sequence."""

from dataclasses import dataclass

from weighbridge.core.evaluation import Evaluation
from weighbridge.problems import Fault, Problem

_POINTER = "/training/pipeline_parallel"


@dataclass(frozen=True)
class Stage:
    """What one device of a pipeline has: some nodes, and of the divided block so many rounds."""

    name: str
    first: int
    end: int
    block: int = -1
    rounds: int = 0

    def __contains__(self, node: int) -> bool:
        """Is a node on the device, in some round?"""
        return self.first <= node < self.end


def stages_of(evaluation: Evaluation, pipeline_parallel: int) -> list[Stage]:
    """Return the stages that differ: with what stands before the block, in it only, behind it.

    Every stage is taken to have the rounds of the fullest. Raises Problem where there is not one
    block at the top that repeats often enough.
    """
    end = evaluation.graph.n_nodes
    if pipeline_parallel == 1:
        return [Stage("", 0, end)]
    block, repeat = _divided_block(evaluation, pipeline_parallel)
    behind = evaluation.graph.ends[block] + 1
    rounds = -(-repeat // pipeline_parallel)
    middle = [Stage("a middle stage", block, behind, block, rounds)]
    return [
        Stage("the first stage", 0, behind, block, rounds),
        *(middle if pipeline_parallel > 2 else []),
        Stage("the last stage", block, end, block, rounds),
    ]


def _divided_block(evaluation: Evaluation, pipeline_parallel: int) -> tuple[int, int]:
    """Return the block that is divided, and how often it repeats."""
    blocks = {
        node: repeat
        for node in evaluation.graph.ends
        if evaluation.parent(node) < 0 and (repeat := evaluation.repeat(node)) > 1
    }
    if len(blocks) != 1:
        names = ", ".join(f"'{evaluation.graph.names[node]:.60}'" for node in list(blocks)[:5])
        found = f"{len(blocks)}: {names}" if blocks else "none"
        raise _refused(f"needs one block at the top of the model that repeats, got {found}")
    ((block, repeat),) = blocks.items()
    if repeat < pipeline_parallel:
        name = evaluation.graph.names[block]
        raise _refused(f"must be at most {repeat}, the rounds of '{name:.60}'")
    return block, repeat


def _refused(detail: str) -> Problem:
    sentence = f"pipeline_parallel {detail}"
    return Problem("invalid_request", sentence, [Fault(_POINTER, "invalid_request", detail)])
