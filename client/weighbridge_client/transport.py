"""One connection to a service: what goes out, what comes back, what is raised."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from weighbridge_client.document import Body
from weighbridge_client.errors import (
    ConnectionFailed,
    ProblemError,
    Timeout,
    UnexpectedAnswer,
    error_for,
)
from weighbridge_client.problem import read_problem
from weighbridge_client.retries import retry_policy, seconds

HEADERS = {
    "Accept": "application/json",
    "User-Agent": f"weighbridge-client/{version('weighbridge-client')}",
}


class Transport:
    """Sends requests and raises what is not a success as an error of `errors`."""

    def __init__(
        self,
        base_url: str,
        token: str | None,
        timeout: float | tuple[float, float],
        retries: int,
        session: requests.Session | None,
    ) -> None:
        self.base_url = _base(base_url)
        self._auth = Bearer(token) if token is not None else None
        self._timeout = timeout
        self._owned = session is None
        self._session = session if session is not None else _session(retries)

    def close(self) -> None:
        """Closes the session, unless it is the caller's own."""
        if self._owned:
            self._session.close()

    def get(self, path: str) -> Any:
        """The decoded answer to a GET."""
        return _decoded(self.send("GET", path))

    def post(self, path: str, body: Body, query: Mapping[str, str | None]) -> Any:
        """The decoded answer to a POST; options that are None are left out of the query."""
        return _decoded(self.send("POST", path, body, query))

    def send(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        query: Mapping[str, str | None] | None = None,
    ) -> requests.Response:
        """The answer as it came, where it is a success.

        Redirections are not followed: they would turn a POST into a GET, and carry a model to
        where it was not sent.
        """
        try:
            answer = self._session.request(
                method,
                self.base_url + path,
                params=query,
                data=body.content if body else None,
                headers=HEADERS | ({"Content-Type": body.media_type} if body else {}),
                auth=self._auth,
                timeout=self._timeout,
                allow_redirects=False,
            )
        except requests.Timeout as error:
            raise Timeout(f"{self.base_url} did not answer in time: {_root(error)}") from error
        except requests.RequestException as error:
            raise ConnectionFailed(f"{self.base_url} did not answer: {_root(error)}") from error
        return _successful(answer)


class Bearer(AuthBase):
    """`Authorization: Bearer`, as an auth object: a header would lose against a .netrc file."""

    def __init__(self, token: str) -> None:
        if not (token.isascii() and token.isprintable() and token.strip()):
            raise ValueError("the token has characters that no token has")
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Signs a request; requests calls this last."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _base(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"base_url must look like http://127.0.0.1:8000, got {url!r}")
    return url.rstrip("/")


def _session(retries: int) -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry_policy(retries)))
    return session


def _successful(answer: requests.Response) -> requests.Response:
    if answer.status_code >= 400:
        raise _refusal(answer)
    if answer.status_code >= 300:
        place = answer.headers.get("Location", "nowhere")
        raise UnexpectedAnswer(f"{answer.url} redirects to {place!r}: is base_url right?")
    return answer


def _refusal(answer: requests.Response) -> ProblemError:
    problem = read_problem(answer.status_code, answer.reason or "", answer.headers, answer.content)
    return error_for(problem, seconds(answer.headers.get("Retry-After")))


def _decoded(answer: requests.Response) -> Any:
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError) as error:
        kind = answer.headers.get("Content-Type", "no media type")
        raise UnexpectedAnswer(f"{answer.url} answered no JSON ({kind!r}): {error}") from error


def _root(error: BaseException) -> BaseException:
    """The first cause: requests wraps it into three layers of words."""
    while error.__context__ is not None:
        error = error.__context__
    return error
