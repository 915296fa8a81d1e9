"""JSON pointers (RFC 6901)."""


def escape(token: str) -> str:
    """Return a member's name as it stands in a pointer."""
    return token.replace("~", "~0").replace("/", "~1")
