"""Bearer tokens (RFC 6750), where the operator has set any."""

import hmac

from flask import Flask

from weighbridge.problems import Problem
from weighbridge.web.request import current

OPEN = frozenset({"/healthz", "/readyz"})
"""Paths that need no token: what runs the service must see whether it lives."""


def require_tokens(app: Flask, tokens: tuple[str, ...]) -> None:
    """Refuse every request without one of `tokens`, those to unknown addresses too."""
    expected = [token.encode() for token in tokens]

    @app.before_request
    def check() -> None:
        request = current()
        if request.path in OPEN:
            return
        offered = _bearer(request.headers.get("Authorization", ""))
        # Every token is compared, in constant time, so that the time tells nothing.
        if not any([hmac.compare_digest(offered, token) for token in expected]):  # noqa: C419
            raise Problem(
                "unauthorized",
                "send `Authorization: Bearer TOKEN` with a token of this service",
                headers={"WWW-Authenticate": 'Bearer realm="weighbridge"'},
            )


def _bearer(header: str) -> bytes:
    scheme, _, token = header.partition(" ")
    return token.strip().encode() if scheme.lower() == "bearer" else b""
