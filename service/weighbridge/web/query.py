"""The query parameters of a request, each known and given once."""

from collections.abc import Container

from weighbridge.problems import Fault, Problem
from weighbridge.web.request import Request


def read_query(request: Request, known: Container[str]) -> dict[str, str]:
    """Return the parameters by name. Raises invalid_request for unknown and for repeated ones."""
    if not request.environ.get("QUERY_STRING"):
        return {}
    faults = []
    for name, values in request.args.lists():
        if name not in known:
            faults.append(_fault(f"unknown query parameter {name!r}"))
        elif len(values) > 1:
            faults.append(_fault(f"query parameter {name!r} is given {len(values)} times"))
    if faults:
        raise Problem.of(faults)
    return request.args.to_dict()


def _fault(detail: str) -> Fault:
    return Fault("", "invalid_request", detail)
