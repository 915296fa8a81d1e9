"""The service lives on with callers that are slow, silent or many, and stops in good order."""

import socket
import threading
import time
import urllib.parse
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import pytest
import requests

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def _connect(url: str) -> socket.socket:
    place = urllib.parse.urlsplit(url)
    return socket.create_connection((place.hostname, place.port), timeout=15)


def _seconds_to_answer(url: str) -> float:
    began = time.monotonic()
    assert requests.get(url + "/healthz", timeout=15).status_code == 200
    return time.monotonic() - began


def test_idle_connections_make_room_for_a_new_one(start_service: Callable[..., Any]) -> None:
    url = start_service(WEIGHBRIDGE_THREADS="2").url
    with ExitStack() as open_connections:
        # Four are all that this worker takes, and none of these hangs up when told to.
        idle = [open_connections.enter_context(_connect(url)) for _ in range(4)]
        for connection in idle:
            connection.sendall(REQUEST)
        for connection in idle:
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        assert _seconds_to_answer(url) < 4


def test_silent_connections_make_room_for_a_new_one(start_service: Callable[..., Any]) -> None:
    url = start_service(WEIGHBRIDGE_THREADS="2").url
    with ExitStack() as open_connections:
        for _ in range(4):
            open_connections.enter_context(_connect(url))
        # Each may hold one of the two threads for a second.
        assert _seconds_to_answer(url) < 5


def test_many_callers_that_keep_their_connections_are_all_served(
    start_service: Callable[..., Any],
) -> None:
    url = start_service(WEIGHBRIDGE_THREADS="2").url
    answers: list[int] = []

    def call() -> None:
        with requests.Session() as session:
            for _ in range(10):
                answers.append(session.get(url + "/healthz", timeout=15).status_code)

    callers = [threading.Thread(target=call) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert answers == [200] * 160


def test_a_caller_who_does_not_hang_up_holds_nobody_else(start_service: Callable[..., Any]) -> None:
    url = start_service(WEIGHBRIDGE_THREADS="2").url
    with _connect(url) as rude:
        rude.sendall(REQUEST.replace(b"Host: x", b"Host: x\r\nConnection: close"))
        assert rude.recv(65536).startswith(b"HTTP/1.1 200")
        assert _seconds_to_answer(url) < 1


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET /healthz HTT",
        b"POST /v1/count HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{",
    ],
    ids=["head", "body"],
)
def test_callers_who_stop_in_the_middle_get_no_thread_for_good(
    beginning: bytes, start_service: Callable[..., Any]
) -> None:
    url = start_service(WEIGHBRIDGE_THREADS="2", WEIGHBRIDGE_PATIENCE="1").url
    with ExitStack() as open_connections:
        for _ in range(2):
            open_connections.enter_context(_connect(url)).sendall(beginning)
        assert _seconds_to_answer(url) < 5


def test_a_request_in_hand_is_answered_when_the_service_is_told_to_stop(
    start_service: Callable[..., Any],
) -> None:
    """The body arrives in two halves, and the signal between them."""
    service = start_service()
    with _connect(service.url) as caller:
        caller.sendall(
            b"POST /v1/count HTTP/1.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: 2\r\n\r\n{"
        )
        time.sleep(0.3)
        service.process.terminate()
        time.sleep(0.3)
        caller.sendall(b"}")
        assert caller.recv(65536).startswith(b"HTTP/1.1 422")
        assert service.process.wait(timeout=10) == 0
