"""Every answer has an id, the caller's where it can be repeated; tokens are asked for where set."""

import re

import pytest
from flask.testing import FlaskClient

from weighbridge.settings import Settings
from weighbridge.web.app import create_app


@pytest.mark.parametrize("path", ["/healthz", "/nowhere"])
@pytest.mark.parametrize("offered", ["7", "a.b_c-D9", "x" * 128])
def test_the_id_of_the_caller_comes_back(web: FlaskClient, path: str, offered: str) -> None:
    answer = web.get(path, headers={"X-Request-ID": offered})
    assert answer.headers["X-Request-ID"] == offered


@pytest.mark.parametrize("offered", ["", "a b", "x" * 129, "naïve", "a,b", "<script>"])
def test_an_id_that_cannot_be_repeated_is_replaced(web: FlaskClient, offered: str) -> None:
    answer = web.get("/healthz", headers={"X-Request-ID": offered})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_two_requests_get_two_ids(web: FlaskClient) -> None:
    ids = {web.get("/healthz").headers["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2


@pytest.fixture
def guarded() -> FlaskClient:
    return create_app(Settings(tokens=("first", "second"))).test_client()


@pytest.mark.parametrize("header", ["Bearer first", "Bearer second", "bearer  first"])
def test_a_right_token_lets_in(guarded: FlaskClient, header: str) -> None:
    assert guarded.get("/version", headers={"Authorization": header}).status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer third", "Basic first", "first"])
def test_a_wrong_token_is_refused(guarded: FlaskClient, header: str) -> None:
    assert guarded.get("/version", headers={"Authorization": header}).status_code == 401


def test_without_a_token_nobody_learns_which_addresses_there_are(guarded: FlaskClient) -> None:
    assert guarded.get("/nowhere").status_code == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_token(guarded: FlaskClient, path: str) -> None:
    assert guarded.get(path).status_code == 200
