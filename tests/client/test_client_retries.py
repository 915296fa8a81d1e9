"""What is sent again, and what is not."""

import json
import time
from email.utils import formatdate

import pytest
import requests
from tests.client.documented import MODEL, PROBLEM, REPORT
from tests.client.stub import Answer, Stub

from weighbridge_client import Client, ConnectionFailed, ProblemError, RateLimited, retry_policy

GOOD = Answer(body=json.dumps(REPORT).encode())
LIMITED = json.dumps(PROBLEM | {"code": "rate_limited"}).encode()


@pytest.mark.parametrize(
    "first",
    [Answer(429), Answer(502), Answer(503, headers={"Retry-After": "0"}), Answer(hang_up=True)],
)
def test_what_may_pass_is_sent_again(client: Client, stub: Stub, first: Answer) -> None:
    stub.answers = [first, GOOD]
    assert client.count(MODEL).totals.parameters == 16_298
    assert [asked.json() for asked in stub.asked] == [MODEL, MODEL]


@pytest.mark.parametrize("status", [400, 404, 413, 422, 500, 504])
def test_what_would_fail_again_is_sent_once(client: Client, stub: Stub, status: int) -> None:
    stub.answers = [Answer(status)]
    with pytest.raises(ProblemError):
        client.count(MODEL)
    assert len(stub.asked) == 1


def test_retry_after_is_waited_for(client: Client, stub: Stub) -> None:
    stub.answers = [Answer(429, headers={"Retry-After": "1"}), GOOD]
    began = time.monotonic()
    client.count(MODEL)
    assert time.monotonic() - began >= 1.0


@pytest.mark.parametrize("wait", ["3600", "9" * 400, formatdate(time.time() + 3600, usegmt=True)])
def test_a_wait_over_the_longest_is_raised_at_once(client: Client, stub: Stub, wait: str) -> None:
    stub.answers = [Answer(429, LIMITED, {"Retry-After": wait})]
    with pytest.raises(RateLimited) as caught:
        client.count(MODEL)
    assert len(stub.asked) == 1
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 3000


def test_a_retry_after_without_sense_is_none(client: Client, stub: Stub) -> None:
    stub.answers = [Answer(429, LIMITED, {"Retry-After": "soon"})]
    with pytest.raises(RateLimited) as caught:
        client.count(MODEL)
    assert caught.value.retry_after is None
    assert len(stub.asked) == 3


def test_after_the_last_try_the_answer_itself_is_raised(stub: Stub) -> None:
    stub.answers = [Answer(503, LIMITED)]
    with Client(stub.url, retries=1) as client, pytest.raises(ProblemError) as caught:
        client.count(MODEL)
    assert caught.value.problem.code == "rate_limited"
    assert len(stub.asked) == 2


def test_a_session_of_ones_own_says_what_is_retried(stub: Stub) -> None:
    stub.answers = [Answer(hang_up=True)]
    with requests.Session() as session:
        with pytest.raises(ConnectionFailed):
            Client(stub.url, session=session).count(MODEL)
        assert len(stub.asked) == 1


def test_a_negative_number_of_retries_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0, got -1"):
        retry_policy(-1)
