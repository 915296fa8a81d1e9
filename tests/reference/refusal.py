"""The one way in which a document is refused."""

LARGEST = 2**63 - 1
"""The largest integer of the contract; what is larger is an `overflow`."""


class Refusal(Exception):
    """The document is refused with `code`, one of the contract's table of problems."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


def fits(size: int, what: str) -> int:
    """`size`, or the refusal `overflow` where it is outside int64."""
    if not -LARGEST - 1 <= size <= LARGEST:
        raise Refusal("overflow", f"{what} is {size}")
    return size


def cost(exact: int | None) -> int | None:
    """A cost as the report writes it: null where it is unknown or outside int64."""
    return exact if exact is not None and exact <= LARGEST else None
