"""Memory to serve: the weights as they are stored, what works at once, and the cache of attention.

Scales of quantized matrices are float16, one for each group of inputs of each output channel.
"""

from collections import Counter

from weighbridge.core.evaluation import Evaluation
from weighbridge.memory.part import Need, Part, Term, nothing, summed, unknown, with_total
from weighbridge.memory.plan import Inference
from weighbridge.memory.precision import FLOATING, PRECISIONS, WIDTHS, Precision
from weighbridge.memory.stages import stages_of
from weighbridge.memory.weights import Kind, Weights, kinds_of

SCALE_WIDTH = 2


def need(evaluation: Evaluation, plan: Inference) -> Need:
    """Return what it takes to serve a model."""
    none = nothing("none to serve")
    (whole,) = stages_of(evaluation, 1)
    parts = {
        "weights": weights_part(kinds_of(evaluation, whole), plan),
        "master_weights": none,
        "gradients": none,
        "optimizer_states": none,
        "activations": activations_part(evaluation, plan),
        "kv_cache": cache_part(evaluation, plan),
    }
    return Need("inference", with_total(parts))


def activations_part(evaluation: Evaluation, plan: Inference) -> Part:
    """Return the largest set of tensors that are there at once, one layer after the other."""
    width = PRECISIONS[plan.precision].width
    peak = evaluation.peak(width)
    if peak.node >= 0:
        return unknown("activations", evaluation, peak)
    terms = [
        Term(int(peak.live.elements), width, "elements"),
        Term(int(peak.live.bytes), 1, "integers and masks"),
    ]
    layer = evaluation.path(peak.layer) if peak.layer >= 0 else ""
    return summed("activations", terms, "nothing is computed", f"while '{layer:.60}' runs")


def cache_part(evaluation: Evaluation, plan: Inference) -> Part:
    """Return what attention keeps of the tokens that it has seen."""
    if plan.context is None:
        return nothing("no `context` is given")
    cache = evaluation.cache(plan.context)
    if cache.node >= 0:
        return unknown("kv_cache", evaluation, cache)
    dtype = plan.cache_precision or PRECISIONS[plan.precision].compute
    what = f"{dtype} values of {plan.context:,} tokens"
    n = int(cache.elements)
    packed = Term(-(-n // 2), 1, f"{what}, two in each")
    term = packed if dtype == "int4" else Term(n, PRECISIONS[dtype].stored_width, what)
    return summed("kv_cache", [term], "the model has no attention")


def weights_part(weights: Weights, plan: Inference) -> Part:
    """Return the weights as they are stored, and the scales of those that are quantized."""
    precision = PRECISIONS[plan.precision]
    stored: Counter[tuple[int, str]] = Counter()
    for kind, times in weights.items():
        if _is_quantized(kind, precision):
            stored[1, f"{precision.name} matrices"] += _packed(kind, precision) * times
            stored[SCALE_WIDTH, "scales"] += _scales(kind, plan.group_size) * times
        else:
            dtype = kind.dtype_in(precision.master or precision.compute)
            what = "buffers" if kind.buffer else "parameters"
            stored[WIDTHS[dtype], f"{dtype} {what}"] += kind.values() * times
    terms = [Term(n, width, what) for (width, what), n in stored.items()]
    return summed("weights", terms, "the model has no weights")


def _is_quantized(kind: Kind, precision: Precision) -> bool:
    return precision.bits is not None and kind.is_matrix and kind.dtype in FLOATING


def _packed(kind: Kind, precision: Precision) -> int:
    """Return the bytes of a quantized matrix; the last one may be filled up."""
    return -(-kind.values() * (precision.bits or 0) // 8)


def _scales(kind: Kind, group_size: int | None) -> int:
    """Return how many scales a quantized matrix has: one a group, or one an output channel."""
    inputs = kind.values() // kind.columns if kind.columns else 0
    return kind.columns * (1 if group_size is None else -(-inputs // group_size))
