"""Memory to train: what stays on a device from step to step, and what a step leaves behind.

ZeRO: Rajbhandari et al., arXiv 1910.02054. Tensor parallelism: Shoeybi et al., arXiv 1909.08053.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from weighbridge.core.evaluation import Evaluation
from weighbridge.memory.activations import activations_part
from weighbridge.memory.optimizers import OPTIMIZERS
from weighbridge.memory.part import Need, Part, Term, nothing, summed, with_total
from weighbridge.memory.plan import Training
from weighbridge.memory.precision import FLOATING, PRECISIONS, WIDTHS
from weighbridge.memory.stages import Stage, stages_of
from weighbridge.memory.weights import Kind, Weights, buffers, by_dtype, kinds_of, trainable

STATES, GRADIENTS, WEIGHTS = 1, 2, 3
"""The stage of ZeRO from which on each is divided among the data-parallel devices."""


def need(evaluation: Evaluation, plan: Training) -> Need:
    """Return what it takes to train a model: of a pipeline, its fullest stage."""
    (whole,) = stages_of(evaluation, 1)
    all_weights = kinds_of(evaluation, whole)
    found = [
        _parts(evaluation, stage, all_weights if stage == whole else None, plan)
        for stage in stages_of(evaluation, plan.pipeline_parallel)
    ]
    devices = plan.data_parallel * plan.tensor_parallel * plan.pipeline_parallel
    return Need("training", max(found, key=_known), state_values(all_weights, plan), devices)


def _parts(
    evaluation: Evaluation, stage: Stage, weights: Weights | None, plan: Training
) -> Mapping[str, Part]:
    """Return the parts of a stage; `weights` are its, where they are known already."""
    weights = kinds_of(evaluation, stage) if weights is None else weights
    parts = {
        "weights": weights_part(weights, plan),
        "master_weights": master_part(weights, plan),
        "gradients": gradients_part(weights, plan),
        "optimizer_states": states_part(weights, plan),
        "activations": activations_part(evaluation, stage, plan),
        "kv_cache": nothing("none to train"),
    }
    return with_total(parts, stage.name)


def _known(parts: Mapping[str, Part]) -> int:
    """Return what is known of a stage, which stages are compared by."""
    return sum(part.bytes or 0 for name, part in parts.items() if name != "total")


def weights_part(weights: Weights, plan: Training) -> Part:
    """Return the weights, in what they are computed in; buffers are on every device."""
    terms = [
        *_terms(buffers(weights, wanted=False), plan, WEIGHTS, "parameters"),
        *_terms(buffers(weights, wanted=True), plan, None, "buffers"),
    ]
    return summed("weights", terms, "the model has no weights")


def gradients_part(weights: Weights, plan: Training) -> Part:
    """Return a gradient for every trainable parameter, in what is computed in."""
    terms = _terms(trainable(weights), plan, GRADIENTS, "gradients")
    return summed("gradients", terms, "nothing is trainable")


def master_part(weights: Weights, plan: Training) -> Part:
    """Return the copy of the trainable parameters that a mixed precision is trained on."""
    precision = PRECISIONS[plan.precision]
    if precision.master is None:
        return nothing(f"{precision.name} needs none")
    values = sum(
        kind.values(plan.tensor_parallel) * times
        for kind, times in trainable(weights).items()
        if kind.dtype in FLOATING
    )
    shards = _shards(plan, STATES)
    term = Term(values, WIDTHS[precision.master], f"{precision.master} parameters", shards)
    return summed("master_weights", [term], "nothing is trainable")


def states_part(weights: Weights, plan: Training) -> Part:
    """Return what the optimizer keeps."""
    optimizer, shards = OPTIMIZERS[plan.optimizer], _shards(plan, STATES)
    values: Counter[tuple[int, str]] = Counter()
    for kind, times in trainable(weights).items():
        for state in optimizer.states(kind.shape, kind.values(plan.tensor_parallel)):
            width = _state_width(kind, plan) if state.width is None else state.width
            values[width, "scales" if state.is_scale else "values"] += state.values * times
    terms = [Term(n, width, what, shards, optimizer.copies) for (width, what), n in values.items()]
    why_none = f"{optimizer.name} keeps none" if values else "nothing is trainable"
    return summed("optimizer_states", terms, why_none)


def state_values(weights: Weights, plan: Training) -> int:
    """Return how many values the optimizer keeps of the whole model, without their scales."""
    optimizer = OPTIMIZERS[plan.optimizer]
    return optimizer.copies * sum(
        state.values * times
        for kind, times in trainable(weights).items()
        for state in optimizer.states(kind.shape, kind.values())
        if not state.is_scale
    )


def _terms(weights: Weights, plan: Training, stage: int | None, what: str) -> Iterator[Term]:
    """Yield a term for each dtype, in shards from a stage of ZeRO on."""
    shards = 1 if stage is None else _shards(plan, stage)
    for dtype, values in by_dtype(weights, PRECISIONS[plan.precision], plan.tensor_parallel):
        yield Term(values, WIDTHS[dtype], f"{dtype} {what}", shards)


def _shards(plan: Training, stage: int) -> int:
    return plan.data_parallel if plan.zero_stage >= stage else 1


def _state_width(kind: Kind, plan: Training) -> int:
    """Return the bytes of a value of a state: as wide as what the optimizer works on."""
    precision = PRECISIONS[plan.precision]
    return WIDTHS[kind.dtype_in(precision.master or precision.compute)]
