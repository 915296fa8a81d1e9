"""A problem for people who read it in a terminal, perhaps at night."""

from weighbridge.problems import MOST_FAULTS, Fault, Problem
from weighbridge.render.escape import visible


def problem_text(problem: Problem) -> str:
    """What is wrong, in a line, then every fault: where it is, and what to do about it.

    error: The model is not valid (invalid_model)
      layer 'conv1' at /layers/0/filters
        must be at least 1, got 0
    """
    lines = [f"error: {problem.kind.title} ({problem.code})"]
    for fault in problem.errors[:MOST_FAULTS]:
        lines += _fault(fault, problem.code)
    if not problem.errors:
        lines.append(f"  {visible(problem.detail)}")
    if len(problem.errors) > MOST_FAULTS:
        lines.append(f"  and {len(problem.errors) - MOST_FAULTS:,} more")
    return "\n".join(lines) + "\n"


def _fault(fault: Fault, code: str) -> list[str]:
    layer = None if fault.layer is None else f"layer '{fault.layer}'"
    place = " at ".join(filter(None, [layer, fault.pointer]))
    detail = fault.detail if fault.code == code else f"{fault.detail} ({fault.code})"
    if not place:
        return [f"  {visible(detail)}"]
    return [f"  {visible(place)}", f"    {visible(detail)}"]
