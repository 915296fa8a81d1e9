"""What a model needs of each device's memory, to be trained or to be served."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from html import escape
from typing import Any, Literal, Self

from weighbridge_client.escape import visible
from weighbridge_client.record import record, records
from weighbridge_client.report import ReportWarning
from weighbridge_client.summary import size_text
from weighbridge_client.warnings import warning_lines


@dataclass(frozen=True, kw_only=True)
class Training:
    """How a model is trained. What is None the service chooses: float32 and Adam on one device."""

    optimizer: str | None = None
    precision: str | None = None
    zero_stage: int | None = None
    data_parallel: int | None = None
    tensor_parallel: int | None = None
    pipeline_parallel: int | None = None
    activation_checkpointing: Literal["none", "block", "full"] | None = None


@dataclass(frozen=True, kw_only=True)
class Inference:
    """How a model is served. There is a cache where `context` says how many tokens it has."""

    precision: str | None = None
    group_size: int | None = None
    context: int | None = None
    batch: int | None = None
    cache_precision: str | None = None


def plan_members(plan: Training | Inference | Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A plan as it is sent, without what the service chooses."""
    if plan is None:
        return None
    given = asdict(plan) if isinstance(plan, (Training, Inference)) else plan
    return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """What trains a model; `values_per_parameter` is None where it depends on a weight's shape."""

    name: str
    summary: str
    source: str
    values_per_parameter: int | None = None


@dataclass(frozen=True, kw_only=True)
class PerDevice:
    """Bytes on one device; None where they are not known, and `total` then too."""

    weights: int | None
    master_weights: int | None
    gradients: int | None
    optimizer_states: int | None
    activations: int | None
    kv_cache: int | None
    total: int | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Memory:
    """What a model needs of each device. Prints as a table; a notebook shows it as one.

    `formulas` say how each part was computed. `fits` is None where no `device_memory` was given,
    or `per_device.total` is not known.
    """

    model: str | None
    mode: str
    per_device: PerDevice
    optimizer_state_values: int
    devices: int
    fits: bool | None = None
    device_memory: int | None = None
    formulas: Mapping[str, str]
    warnings: tuple[ReportWarning, ...] = ()

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the JSON of `POST /v1/memory`."""
        return record(
            cls,
            members,
            per_device=record(PerDevice, members["per_device"]),
            formulas=dict(members["formulas"]),
            warnings=records(ReportWarning, members.get("warnings") or []),
        )

    def __str__(self) -> str:
        rows = list(self._rows())
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            f"{name.ljust(widths[0])}  {bytes_.rjust(widths[1])}  {size.rjust(widths[2])}  {how}"
            for name, bytes_, size, how in rows
        ]
        return "\n".join([self._title(), *(line.rstrip() for line in lines), *self._closing()])

    def __repr__(self) -> str:
        total = self.per_device.total
        return f"<Memory of {self.model!r}: {'unknown' if total is None else size_text(total)}>"

    def _repr_html_(self) -> str:
        rows = "\n".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._rows()
        )
        closing = "<br>".join(map(escape, self._closing()))
        return f"<p><b>{escape(self._title())}</b></p>\n<table>\n{rows}\n</table>\n<p>{closing}</p>"

    def _title(self) -> str:
        where = f"each of {self.devices:,} devices" if self.devices > 1 else "1 device"
        return visible(f"{self.model or 'model'}: {self.mode} on {where}")

    def _rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Each part that there is: its name, bytes exactly and as people read them, how."""
        for field in fields(self.per_device):
            value: int | None = getattr(self.per_device, field.name)
            if value == 0 and field.name != "total":
                continue
            how = visible(self.formulas.get(field.name, ""))
            name = field.name.replace("_", " ")
            exact, size = ("?", "") if value is None else (f"{value:,}", size_text(value))
            yield name, exact, size, how

    def _closing(self) -> Iterator[str]:
        if self.fits is not None and self.device_memory is not None:
            yield f"{'fits' if self.fits else 'does not fit'} in {size_text(self.device_memory)}"
        for line in warning_lines(self.warnings):
            yield f"Warning: {line}"
