"""Einsum equations, as a person writes them and as the core reads them."""

import re
from functools import cache

_TERM = r"[A-Za-z]*(?:\.\.\.)?[A-Za-z]*"
_EQUATION = re.compile(rf"({_TERM}(?:,{_TERM})*)(?:->({_TERM}))?")


class EquationFault(ValueError):
    """Text that is no equation."""


@cache
def characters(text: str) -> tuple[int, ...]:
    """Return the characters of an equation, one for each label or sign.

    An ellipsis is one `.` and the arrow one `>`; spaces are left out; an output that goes without
    saying is said. Raises EquationFault.
    """
    found = _EQUATION.fullmatch(text.replace(" ", ""))
    if found is None:
        raise EquationFault("must be an equation such as 'abc,cd->abd' or '...x,xy->...y'")
    operands, output = found.groups()
    said = _implied(operands) if output is None else output
    return letters(f"{operands}>{said}".replace("...", "."))


def letters(text: str | None) -> tuple[int, ...]:
    """Return labels as the numbers of their characters."""
    return tuple(map(ord, text or ""))


def _implied(operands: str) -> str:
    """Return NumPy's implicit output: what broadcasts, then each label that stands only once."""
    single = sorted(label for label in operands if label.isalpha() and operands.count(label) == 1)
    return ("..." if "..." in operands else "") + "".join(single)
