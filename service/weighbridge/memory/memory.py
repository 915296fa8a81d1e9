"""Memory, from a request's bytes to the answer's: one evaluation, then a sum for each part."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from weighbridge import envelope
from weighbridge.core.evaluation import Evaluation
from weighbridge.count import evaluate
from weighbridge.envelope import Envelope
from weighbridge.limits import DEFAULT_LIMITS, Limits
from weighbridge.memory import inference, plan, training
from weighbridge.memory.plan import Inference, Training
from weighbridge.options import NO_OPTIONS, Options
from weighbridge.problems import Fault, Problem


def memory(body: bytes, options: Options = NO_OPTIONS, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return what a request's model needs of each device's memory, as JSON.

    `body` is an envelope with a model and `training` or `inference`. Raises Problem.
    """
    request = envelope.read(
        body,
        {
            "training": plan.training,
            "inference": plan.inference,
            "device_memory": plan.device_memory,
        },
    )
    options.require_known()
    planned = _plan_of(request)
    request = _with_batch(request, planned)
    document, evaluation = evaluate(request, options.format, limits)
    with evaluation:
        answer = {
            "model": document.specification.name,
            **_answer(evaluation, planned, request.options.get("device_memory")),
        }
    return options.encoded(answer)


def _plan_of(request: Envelope) -> Training | Inference:
    plans = [request.options[name] for name in ("training", "inference") if name in request.options]
    if len(plans) == 1:
        planned: Training | Inference = plans[0]
        return planned
    if plans:
        detail, pointer = "is one plan too many beside `training`: ask twice", "/inference"
    else:
        around = "" if request.root else " in an envelope, beside `model`"
        detail, pointer = f"memory needs `training` or `inference`{around}", ""
    raise Problem("invalid_request", detail, [_fault(pointer, detail)])


def _fault(pointer: str, detail: str) -> Fault:
    return Fault(pointer, "invalid_request", detail)


def _with_batch(request: Envelope, planned: Training | Inference) -> Envelope:
    """Return a request whose batch is bound to that of its plan."""
    batch = getattr(planned, "batch", None)
    bound = request.bindings.get("batch", batch)
    if bound != batch is not None:
        detail = f"is {batch} here and {bound} in `bindings`"
        raise Problem("invalid_request", f"batch {detail}", [_fault("/inference/batch", detail)])
    bindings = request.bindings if batch is None else {**request.bindings, "batch": batch}
    return replace(request, bindings=bindings)


def _batch_caution(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Yield the warning that a batch is not bound."""
    batches = (tensor["shape"][:1] for tensor in evaluation.inputs().values())
    if "batch" in evaluation.graph.symbols or [None] in batches:
        detail = "the batch is not bound: activations and cache are those of one example"
        yield {"code": "unbound_batch", "layer": None, "figure": "activations", "detail": detail}


def _answer(
    evaluation: Evaluation, planned: Training | Inference, device_memory: int | None
) -> dict[str, Any]:
    """Return what stands behind the model's name."""
    if isinstance(planned, Training):
        need = training.need(evaluation, planned)
    else:
        need = inference.need(evaluation, planned)
    needed = need.parts["total"].bytes
    return {
        "mode": need.mode,
        "per_device": {name: part.bytes for name, part in need.parts.items()},
        "optimizer_state_values": need.optimizer_state_values,
        "devices": need.devices,
        "device_memory": device_memory,
        "fits": None if needed is None or device_memory is None else needed <= device_memory,
        "formulas": {name: part.formula for name, part in need.parts.items()},
        "warnings": [
            *_batch_caution(evaluation),
            *(warning for part in need.parts.values() for warning in part.warnings),
        ],
    }
