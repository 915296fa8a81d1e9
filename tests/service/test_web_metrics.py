"""The figures that Prometheus scrapes: of all workers together, and by route."""

import re
from collections.abc import Callable
from typing import Any

import requests


def _counts(url: str) -> dict[tuple[str, str], float]:
    text = requests.get(url + "/metrics", timeout=10).text
    found = re.findall(
        r'^weighbridge_request_seconds_count\{route="(.*?)",status="(.*?)"\} (.*)$', text, re.M
    )
    return {(route, status): float(count) for route, status, count in found}


def test_requests_are_counted_by_route_and_status(start_service: Callable[..., Any]) -> None:
    url = start_service().url
    for path in ("/healthz", "/healthz", "/v1/layers/Danse", "/made/up/1", "/made/up/2"):
        requests.get(url + path, timeout=10)
    assert _counts(url) == {
        ("/healthz", "200"): 2,
        ("/v1/layers/<type_name>", "404"): 1,
        ("none", "404"): 2,
    }


def test_the_figures_of_all_workers_are_summed(start_service: Callable[..., Any]) -> None:
    url = start_service(workers=3).url
    for _ in range(30):
        requests.get(url + "/healthz", timeout=10)
    assert _counts(url)["/healthz", "200"] == 30
