"""Reports: what a model weighs, typed. Counts are exact integers; units are for views only."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from weighbridge_client import summary
from weighbridge_client.extra import extra
from weighbridge_client.record import record, records

Dimension = int | str | None
"""A number, a named dimension (`"batch"`), or None where it is not known."""

Shape = tuple[Dimension, ...]


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """An input or output of the model."""

    shape: Shape
    dtype: str

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the report's JSON."""
        return record(cls, members, shape=tuple(members["shape"]))


@dataclass(frozen=True, kw_only=True)
class Weight:
    """A tensor that a layer owns, or, where `tied_to` says so, takes from another."""

    name: str
    shape: Shape
    parameters: int
    trainable: bool
    buffer: bool
    dtype: str
    tied_to: str | None = None

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the report's JSON."""
        return record(cls, members, shape=tuple(members["shape"]))


@dataclass(frozen=True, kw_only=True)
class Row:
    """A layer, or a block or wrapper with all that is in it.

    Figures are of one set: `repeat` says how many sets of its weights the blocks around it have,
    `runs` how often it works. `macs` and `activations` are None where a dimension is unknown.
    `weights` and `formula` come with `detail="weights"`.
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output_shapes: tuple[Shape, ...]
    parameters: int
    trainable: int
    non_trainable: int
    buffers: int
    macs: int | None = None
    activations: int | None = None
    parent: str | None = None
    repeat: int = 1
    runs: int = 1
    shared_with: str | None = None
    weights: tuple[Weight, ...] | None = None
    formula: str | None = None

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the report's JSON."""
        weights = members.get("weights")
        return record(
            cls,
            members,
            inputs=tuple(members["inputs"]),
            input_shapes=_shapes(members["input_shapes"]),
            output_shapes=_shapes(members["output_shapes"]),
            weights=None if weights is None else tuple(map(Weight.read, weights)),
        )


@dataclass(frozen=True, kw_only=True)
class Totals:
    """The whole model.

    `trainable` + `non_trainable` = `parameters`; `buffers` are a part of `non_trainable`;
    `active_parameters` leave out experts that do not work. Costs are of one forward pass, None
    where they cannot be known.
    """

    parameters: int
    trainable: int
    non_trainable: int
    buffers: int
    active_parameters: int
    parameter_bytes: int | None = None
    macs: int | None = None
    flops: int | None = None
    activations: int | None = None


@dataclass(frozen=True, kw_only=True)
class ReportWarning:
    """A figure that is not known, and why."""

    code: str
    detail: str
    layer: str | None = None
    figure: str | None = None


@dataclass(frozen=True, kw_only=True)
class NotCounted:
    """Work that the conventions leave out of `macs`."""

    layer: str
    type: str
    what: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Report:
    """What a model weighs. Prints as a table; a notebook shows it as one.

    `layers` are in the order of the model, and none come with `detail="totals"`.
    """

    model: str | None
    format: str
    totals: Totals
    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    layers: tuple[Row, ...] = ()
    warnings: tuple[ReportWarning, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """From the JSON of `POST /v1/count`."""
        return record(
            cls,
            members,
            totals=record(Totals, members["totals"]),
            inputs=_tensors(members["inputs"]),
            outputs=_tensors(members["outputs"]),
            layers=tuple(map(Row.read, members.get("layers") or ())),
            warnings=records(ReportWarning, members.get("warnings") or []),
            not_counted=records(NotCounted, members.get("not_counted") or []),
        )

    def to_dataframe(self) -> Any:
        """A `pandas.DataFrame` with a row for each layer; needs `weighbridge-client[dataframe]`.

        Columns are the members of `Row` without `weights`; counts are `Int64`, which keeps them
        exact beside unknown ones.
        """
        pandas = extra("pandas", "to_dataframe()", "dataframe")
        columns = {name: [getattr(row, name) for row in self.layers] for name in _COLUMNS}
        exact = {name: pandas.array(columns[name], dtype="Int64") for name in _COUNTS}
        return pandas.DataFrame(columns | exact)

    def __str__(self) -> str:
        return summary.text(self)

    def __repr__(self) -> str:
        counts = f"{self.totals.parameters:,} parameters, {len(self.layers):,} layers"
        return f"<Report {self.model!r}: {counts}>"

    def _repr_html_(self) -> str:
        return summary.html(self)


_COUNTS = (
    *("parameters", "trainable", "non_trainable", "buffers", "macs", "activations"),
    *("repeat", "runs"),
)
_COLUMNS = tuple(name for name in Row.__dataclass_fields__ if name != "weights")


def _shapes(shapes: Iterable[Iterable[Dimension]]) -> tuple[Shape, ...]:
    return tuple(map(tuple, shapes))


def _tensors(tensors: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Tensor]:
    return {name: Tensor.read(members) for name, members in tensors.items()}
