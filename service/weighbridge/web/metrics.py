"""What a platform team scrapes: how many requests came, how long they took, how they ended."""

import os
import time
from functools import cache

from flask import Blueprint, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from weighbridge.web.request import Request

REQUEST_SECONDS = Histogram(
    "weighbridge_request_seconds",
    "Time from the first byte read to the answer made, in seconds.",
    ["route", "status"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def show() -> Response:
    """Show the figures of all worker processes together, as Prometheus reads them."""
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def measure(request: Request, status: int) -> None:
    """Note how long a request took, by route: a made-up address makes no new series."""
    route = request.url_rule.rule if request.url_rule else "none"
    _series(route, status).observe(time.perf_counter() - request.started)


@cache
def _series(route: str, status: int) -> Histogram:
    return REQUEST_SECONDS.labels(route, status)
