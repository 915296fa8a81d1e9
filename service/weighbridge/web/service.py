"""Flask as far as plain functions need it: the rest of it costs as much as a small count."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, cast

import flask
from flask import Flask, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.routing import MapAdapter, Rule

from weighbridge.web.metrics import measure
from weighbridge.web.request import ID_HEADER, Request, current


class _NoSessions(SessionInterface):
    """The same session for every request: one that holds nothing."""

    _none = NullSession()

    def open_session(self, app: Flask, request: flask.Request) -> NullSession:
        return self._none


class Service(Flask):
    """Flask without sessions, hosts, signals, hooks behind a request, and functions that wait."""

    request_class = Request
    session_interface = _NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: there is no other kind here, and finding out costs at every call."""
        return func

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """Match by path and method: no route names a host, and no address is made.

        What has no variables is looked up; then there is nothing left to match.
        """
        if request is None:
            return None
        rule = self._plain_rules.get((request.path, request.method))
        if rule is None:
            return self.url_map.bind("", path_info=request.path, default_method=request.method)
        request.url_rule, request.view_args = rule, {}
        return None

    @cached_property
    def _plain_rules(self) -> Mapping[tuple[str, str], Rule]:
        """Rules by path and method, but for OPTIONS: that is answered with what else matches."""
        return {
            (rule.rule, method): rule
            for rule in self.url_map.iter_rules()
            for method in (rule.methods or set()) - {"OPTIONS"}
            if not rule.arguments
        }

    def full_dispatch_request(self) -> Response:
        """Answer a request; what a view or a handler of errors returns is a Response."""
        try:
            answer: object = self.preprocess_request()
            if answer is None:
                answer = self.dispatch_request()
        except Exception as error:  # noqa: BLE001  (each has its handler)
            answer = self.handle_user_exception(error)
        return self.process_response(cast(Response, answer))

    def preprocess_request(self) -> Response | None:
        """Run what is registered before all requests; no blueprint has anything of its own."""
        for check in self.before_request_funcs.get(None, ()):
            answer = check()
            if answer is not None:
                return cast(Response, answer)
        return None

    def process_response(self, response: Response) -> Response:
        """Finish every answer: there is no other hook behind a request."""
        request = current()
        response.headers.add(ID_HEADER, request.id)
        measure(request, response.status_code)
        return response

    def do_teardown_request(self, exc: object = None) -> None:
        """Do nothing: a request leaves nothing behind."""

    def do_teardown_appcontext(self, exc: object = None) -> None:
        """Do nothing, likewise."""
