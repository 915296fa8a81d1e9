"""Limits on a model's totals: which of them it breaks, typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from weighbridge_client.record import record, records
from weighbridge_client.report import ReportWarning, Totals
from weighbridge_client.warnings import warning_lines


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A limit that is broken; `value` is None where the figure is unknown."""

    figure: str
    limit: int
    value: int | None


@dataclass(frozen=True, kw_only=True)
class Check:
    """Whether a model keeps its limits. Prints what it breaks: `assert check.passed, check`.

    `warnings` say why figures with a limit are unknown, which breaks it.
    """

    passed: bool
    violations: tuple[Violation, ...]
    limits: Mapping[str, int]
    totals: Totals
    warnings: tuple[ReportWarning, ...] = ()

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the JSON of `POST /v1/check`."""
        return record(
            cls,
            members,
            violations=records(Violation, members["violations"]),
            limits=dict(members["limits"]),
            totals=record(Totals, members["totals"]),
            warnings=records(ReportWarning, members.get("warnings") or []),
        )

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.passed:
            yield "passed: " + ", ".join(self.limits)
        for violation in self.violations:
            value = "?" if violation.value is None else f"{violation.value:,}"
            yield f"failed: {violation.figure} is {value}, the limit {violation.limit:,}"
        yield from (f"Warning: {line}" for line in warning_lines(self.warnings))
