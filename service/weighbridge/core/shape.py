"""Shapes as they are told: sizes that are known, named or unknown."""

Size = int | str | None
Shape = list[Size]


def shown(shape: Shape) -> str:
    """Return a shape as a person reads it: (batch, 28, 28, null)."""
    return "(" + ", ".join("null" if size is None else str(size) for size in shape) + ")"
