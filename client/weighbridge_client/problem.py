"""Problems: why the service refused, as RFC 9457 documents say it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from weighbridge_client.escape import visible
from weighbridge_client.record import record, records


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `pointer` (RFC 6901) says where in the body as it was sent."""

    pointer: str
    code: str
    detail: str
    layer: str | None = None

    def __str__(self) -> str:
        return visible(f"{self.pointer or '(the whole body)'}: {self.detail}")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why the service refused. `code` is stable and meant for programs, `detail` for people."""

    code: str
    title: str
    status: int
    detail: str
    errors: tuple[Fault, ...] = ()
    request_id: str | None = None

    def __str__(self) -> str:
        lines = [f"{visible(self.title)} ({visible(self.code)}): {visible(self.detail)}"]
        lines += [
            f"  {fault}" for fault in self.errors if fault.pointer or fault.detail != self.detail
        ]
        if self.request_id:
            lines.append(visible(f"  request {self.request_id}"))
        return "\n".join(lines)


def read_problem(status: int, reason: str, headers: Mapping[str, str], body: bytes) -> Problem:
    """The problem in an answer; one with the code `unknown` where the answer holds none.

    A proxy in between may answer in the service's stead, with a page of HTML or another JSON.
    """
    request_id = headers.get("X-Request-ID")
    try:
        return _documented(status, json.loads(body), request_id)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError):
        kind = headers.get("Content-Type", "no media type")
        detail = f"the answer has no problem document ({kind!r}): does a proxy stand in between?"
        title = reason or "No reason given"
        return Problem(
            code="unknown", title=title, status=status, detail=detail, request_id=request_id
        )


def _documented(status: int, document: dict[str, Any], request_id: str | None) -> Problem:
    return record(
        Problem,
        document,
        code=str(document["code"]),
        title=str(document.get("title") or document["code"]),
        detail=str(document.get("detail") or "no detail given"),
        status=status,  # the status line, whatever the body says
        errors=records(Fault, document.get("errors") or []),
        request_id=document.get("request_id") or request_id,
    )
