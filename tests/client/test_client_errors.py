"""Every refusal raises its leaf of the tree, and what is none raises a branch."""

import pickle

import pytest
from tests.client.documented import MODEL, PROBLEM
from tests.client.stub import Answer, Stub

from weighbridge_client import (
    Client,
    ConnectionFailed,
    Fault,
    InvalidModel,
    ModelError,
    Overloaded,
    ProblemError,
    RateLimited,
    RequestError,
    ServiceError,
    Timeout,
    UnexpectedAnswer,
    WeighbridgeError,
    errors,
)

# The table of problems in the API's contract, and the error that stands for each.
DOCUMENTED = {
    "malformed_json": (400, "MalformedJson"),
    "invalid_request": (422, "InvalidRequest"),
    "invalid_model": (422, "InvalidModel"),
    "unknown_layer": (422, "UnknownLayer"),
    "shape_mismatch": (422, "ShapeMismatch"),
    "overflow": (422, "Overflow"),
    "unknown_format": (422, "UnknownFormat"),
    "unsupported_document": (422, "UnsupportedDocument"),
    "no_solution": (422, "NoSolution"),
    "too_complex": (422, "TooComplex"),
    "payload_too_large": (413, "PayloadTooLarge"),
    "unsupported_media_type": (415, "UnsupportedMediaType"),
    "not_acceptable": (406, "NotAcceptable"),
    "unauthorized": (401, "Unauthorized"),
    "not_found": (404, "NotFound"),
    "method_not_allowed": (405, "MethodNotAllowed"),
    "rate_limited": (429, "RateLimited"),
    "overloaded": (503, "Overloaded"),
    "internal": (500, "Internal"),
}


@pytest.mark.parametrize("code", DOCUMENTED)
def test_every_documented_problem_raises_its_leaf(stub: Stub, code: str) -> None:
    status, name = DOCUMENTED[code]
    stub.answers_json(PROBLEM | {"code": code, "status": status}, status)
    with Client(stub.url, retries=0) as client, pytest.raises(ProblemError) as caught:
        client.count(MODEL)
    assert type(caught.value).__name__ == name
    assert (caught.value.problem.code, caught.value.problem.status) == (code, status)


def test_the_tree_drawn_is_the_tree() -> None:
    drawn = [line for line in (errors.__doc__ or "").splitlines() if "──" in line]
    names = {line.split("── ")[1].split()[0] for line in drawn} | {"WeighbridgeError"}
    defined = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
    assert names == {name for name in defined if issubclass(vars(errors)[name], WeighbridgeError)}


def test_a_problem_is_carried_whole(client: Client, stub: Stub) -> None:
    stub.answers_json(PROBLEM, 422)
    with pytest.raises(InvalidModel) as caught:
        client.count(MODEL)
    problem = caught.value.problem
    fault = Fault(
        **{"pointer": "/model/layers/1/filters", "code": "invalid_model"},
        **{"layer": "conv2d_1", "detail": "must be at least 1, got 0"},
    )
    assert (problem.title, problem.status) == ("The model is not valid", 422)
    assert (problem.errors, problem.request_id) == ((fault,), "a-request")
    assert str(caught.value) == (
        "The model is not valid (invalid_model): "
        "layer 'conv2d_1': filters must be at least 1, got 0\n"
        "  /model/layers/1/filters: must be at least 1, got 0\n"
        "  request a-request"
    )


def test_errors_show_what_steers_a_terminal_as_escapes(client: Client, stub: Stub) -> None:
    stub.answers_json(PROBLEM | {"detail": "\x1b[2J", "request_id": "\u202e"}, 422)
    with pytest.raises(InvalidModel) as caught:
        client.count(MODEL)
    assert r"\x1b[2J" in str(caught.value)
    assert r"\u202e" in str(caught.value)


def test_errors_survive_pickling(client: Client, stub: Stub) -> None:
    stub.answers_json(PROBLEM | {"code": "rate_limited"}, 429, Retry_After="3600")
    with pytest.raises(RateLimited) as caught:
        client.count(MODEL)
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  (made right here)
    assert (again.problem, again.retry_after) == (caught.value.problem, 3600.0)


@pytest.mark.parametrize(
    ("status", "branch"),
    [(422, ModelError), (418, RequestError), (429, ServiceError), (507, ServiceError)],
)
def test_an_unknown_code_raises_the_branch_of_its_status(
    stub: Stub, status: int, branch: type[ProblemError]
) -> None:
    stub.answers_json(PROBLEM | {"code": "brand_new"}, status)
    with Client(stub.url, retries=0) as client, pytest.raises(ProblemError) as caught:
        client.count(MODEL)
    assert type(caught.value) is branch
    assert caught.value.problem.code == "brand_new"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Bad Gateway</html>",
        b"",
        b"[]",
        b"3",
        b'{"error": "no"}',
        b'{"code": "x", "errors": 3}',
        b'{"code": "x", "errors": [{}]}',
        b"\xff",
        b"[" * 500_000,
    ],
)
def test_a_refusal_that_is_no_problem_document_raises_a_branch(stub: Stub, body: bytes) -> None:
    stub.answers = [Answer(502, body, {"Content-Type": "text/html", "X-Request-ID": "r-1"})]
    with Client(stub.url, retries=0) as client, pytest.raises(ProblemError) as caught:
        client.count(MODEL)
    assert type(caught.value) is ServiceError
    problem = caught.value.problem
    assert (problem.code, problem.title, problem.request_id) == ("unknown", "Bad Gateway", "r-1")


def test_a_service_that_is_not_there_is_a_failed_connection(stub: Stub) -> None:
    with Client("http://127.0.0.1:1", retries=0) as client:
        with pytest.raises(ConnectionFailed, match="refused"):
            client.count(MODEL)
        assert not client.healthy()


def test_an_answer_that_takes_too_long_is_a_timeout_and_not_asked_for_again(stub: Stub) -> None:
    stub.answers = [Answer(delay=0.3)]
    with Client(stub.url, timeout=0.1) as client, pytest.raises(Timeout):
        client.count(MODEL)
    assert len(stub.asked) == 1


def test_a_page_of_something_else_is_an_unexpected_answer(client: Client, stub: Stub) -> None:
    stub.answers = [Answer(body=b"<html>", headers={"Content-Type": "text/html"})]
    with pytest.raises(UnexpectedAnswer, match="text/html"):
        client.count(MODEL)


def test_redirections_are_told_and_not_followed(client: Client, stub: Stub) -> None:
    stub.answers = [Answer(301, headers={"Location": "https://elsewhere.example/"})]
    with pytest.raises(UnexpectedAnswer, match="redirects to 'https://elsewhere"):
        client.count(MODEL)
    assert len(stub.asked) == 1


def test_an_overloaded_service_says_when_to_come_back(stub: Stub) -> None:
    stub.answers_json(PROBLEM | {"code": "overloaded"}, 503, Retry_After="7")
    with Client(stub.url, retries=0) as client, pytest.raises(Overloaded) as caught:
        client.count(MODEL)
    assert caught.value.retry_after == 7.0
