"""When a request is sent again."""

from types import TracebackType
from typing import Self

from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import InvalidHeader, MaxRetryError, ReadTimeoutError, ResponseError
from urllib3.util import Retry

LONGEST_WAIT = 30.0
"""Seconds. A service that asks for more patience than this gets none: the answer is raised."""


def retry_policy(retries: int = 2) -> Retry:
    """Sends a request again, at most `retries` times, where that can help.

    Sent again, after 0, 0.4, 0.8 ... seconds or what `Retry-After` asks for, up to `LONGEST_WAIT`:

    - connections refused or broken: the service is starting, or a worker was replaced;
    - 429 and 503: the service asks for it, mostly with `Retry-After`;
    - 502: a proxy did not reach the service.

    Not sent again: an answer that does not come in time (the same question would only cost the
    service as much again), 500 (it would fail again), and whatever is wrong with the request.

    POST is retried like GET, which is against HTTP's custom and safe here: every resource of
    Weighbridge is a pure function of what is sent. The service keeps nothing, so asking twice
    differs from asking once in nothing but time.
    """
    if retries < 0:
        raise ValueError(f"retries must be at least 0, got {retries}")
    return PatientRetry(
        total=retries,
        allowed_methods={"GET", "POST"},
        status_forcelist={429, 502, 503},
        backoff_factor=0.2,
        raise_on_status=False,
    )


class PatientRetry(Retry):
    """urllib3's `Retry`, which waits as long as it is asked to but no longer than is sensible."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """Gives up on a slow answer and on a `Retry-After` over `LONGEST_WAIT`."""
        if isinstance(error, ReadTimeoutError):
            raise error
        if _pool and response and (self.get_retry_after(response) or 0) > LONGEST_WAIT:
            raise MaxRetryError(_pool, url or "", ResponseError("asked to wait for too long"))
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Seconds; None where the header is missing or makes no sense."""
        return seconds(response.headers.get("Retry-After"))


def seconds(retry_after: str | None) -> float | None:
    """A `Retry-After` header in seconds from now, whether it has seconds or a date."""
    if retry_after is None:
        return None
    try:
        return Retry().parse_retry_after(retry_after)
    except (InvalidHeader, OverflowError, ValueError):
        return None
