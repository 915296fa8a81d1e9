"""Checking: does a model keep the limits on its totals? For gates in pipelines."""

from collections.abc import Iterator, Mapping
from typing import Any

from weighbridge import envelope
from weighbridge.count import evaluate
from weighbridge.figures import limits_of, reasons
from weighbridge.limits import DEFAULT_LIMITS, Limits
from weighbridge.options import NO_OPTIONS, Options


def check(body: bytes, options: Options = NO_OPTIONS, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return which of a request's limits its model breaks, as JSON.

    A figure that is unknown breaks its limit: `warnings` say why it is. Raises Problem.
    """
    request = envelope.read(body, {"limits": limits_of})
    options.require_known()
    if "limits" not in request.options:
        raise request.missing("limits", "a check")
    _, evaluation = evaluate(request, options.format, limits)
    with evaluation:
        totals, warnings = evaluation.totals(), evaluation.warnings()
    kept = request.options["limits"]
    violations = list(_violations(kept, totals))
    unknown = [entry["figure"] for entry in violations if entry["value"] is None]
    answer = {
        "passed": not violations,
        "violations": violations,
        "limits": kept,
        "totals": totals,
        "warnings": list(reasons(unknown, warnings)),
    }
    return options.encoded(answer)


def _violations(
    limits: Mapping[str, int], totals: Mapping[str, int | None]
) -> Iterator[dict[str, Any]]:
    for figure, limit in limits.items():
        value = totals[figure]
        if value is None or value > limit:
            yield {"figure": figure, "limit": limit, "value": value}
