"""Which rows and columns a table of layers has, and in which order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from weighbridge.render import figures
from weighbridge.report import Report, Row


@dataclass(frozen=True)
class Arrangement:
    """All rows in their order; or, with `sort`, the `top` layers that add most to that figure.

    `columns` are further ones; where they are None, those that show the order.
    """

    columns: Sequence[str] | None = None
    sort: str | None = None
    top: int | None = None

    @classmethod
    def read(
        cls, columns: str | None = None, sort: str | None = None, top: str | None = None
    ) -> Self:
        """Read what a person asks for: `macs,macs_share`, `macs`, `20`. Raises ValueError."""
        names = None if columns is None else tuple(dict.fromkeys(columns.split(",")))
        for name in names or ():
            _require("columns", name, figures.COLUMNS)
        if sort is not None:
            _require("sort", sort, figures.FIGURES)
        if top is not None and sort is None:
            raise ValueError("'top' needs 'sort', which says what is first")
        if top is not None and re.fullmatch("[1-9][0-9]{0,8}", top) is None:
            raise ValueError(f"'top' must be a number from 1 on, got {top[:60]!r}")
        return cls(names, sort, None if top is None else int(top))

    def shown_columns(self) -> Sequence[str]:
        """The further columns."""
        return figures.columns_of(self.sort) if self.columns is None else self.columns

    def rows(self, report: Report) -> Sequence[Row]:
        """The rows that are shown."""
        if self.sort is None:
            return report.layers
        return figures.heaviest(report, self.sort, self.top)


def _require(parameter: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ValueError(f"'{parameter}': there is no {name[:60]!r}, but {', '.join(known)}")


PLAIN = Arrangement()
