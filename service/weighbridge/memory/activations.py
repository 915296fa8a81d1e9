"""Activations that training keeps for the backward pass, as the core adds them up.

Which they are: Korthikanti et al., arXiv 2205.05198, section 4. With `block` the inputs of each
round of a block stay, and one round at a time is computed again; with `full` only the model's.
"""

from collections.abc import Sequence
from typing import Any

from weighbridge.core.evaluation import Evaluation
from weighbridge.core.native import enumerator
from weighbridge.memory.part import Part, Term, limited, unknown
from weighbridge.memory.plan import Training
from weighbridge.memory.precision import PRECISIONS
from weighbridge.memory.stages import Stage


def activations_part(evaluation: Evaluation, stage: Stage, plan: Training) -> Part:
    """Return what the layers of a stage keep when the backward pass begins."""
    width = PRECISIONS[plan.precision].width
    kept = evaluation.kept(
        width=width,
        tensor_parallel=plan.tensor_parallel,
        checkpointing=enumerator(f"WB_CHECKPOINTING_{plan.activation_checkpointing.upper()}"),
        first=stage.first,
        end=stage.end,
        block=stage.block,
        rounds=stage.rounds,
    )
    if kept.node >= 0:
        return unknown("activations", evaluation, kept)
    stored = _Amount(kept.stored, width, plan.tensor_parallel)
    remade = _Amount(kept.remade, width, plan.tensor_parallel)
    formula = str(stored) or "nothing is kept"
    if remade.bytes:
        name = evaluation.path(kept.remade_node)
        formula += f" + {remade} to compute '{name:.60}' again"
    return limited("activations", stored.bytes + remade.bytes, formula)


def _divided(
    width: int, what: str, whole: int, divided: int, tensor_parallel: int
) -> Sequence[Term]:
    """Return what stays whole and what is divided, as one where nothing divides it."""
    if tensor_parallel == 1:
        return [Term(whole + divided, width, what)]
    return [Term(whole, width, what), Term(divided, width, what, tensor_parallel)]


class _Amount:
    """A wb_amount that is known, on one of the devices that share a model."""

    def __init__(self, amount: Any, width: int, tensor_parallel: int) -> None:
        terms = (
            (width, "elements", amount.elements, amount.divided_elements),
            (1, "masks and indices", amount.bytes, amount.divided_bytes),
        )
        self._terms = [
            term
            for each, what, whole, divided in terms
            for term in _divided(each, what, int(whole), int(divided), tensor_parallel)
        ]
        self.bytes = sum(term.bytes for term in self._terms)

    def __str__(self) -> str:
        return " + ".join(str(term) for term in self._terms if term.bytes)
