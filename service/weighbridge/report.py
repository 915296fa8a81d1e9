"""What a count comes to, typed: the report that the core wrote as JSON, read back.

The JSON is the one truth and the core its one writer; text, CSV and pages are views of these types.
Counts are exact integers, bytes too. `None` in the place of a cost means unknown, never 0. Members
that these types do not have are passed over. The fields are explained in docs/reference/report.md.
"""

import msgspec

Dimension = int | str | None
"""A size, a named dimension that is not bound, or unknown."""

Shape = tuple[Dimension, ...]


class Totals(msgspec.Struct, frozen=True, gc=False):
    """Sums over the model: what each layer holds and costs, as often as it repeats and runs."""

    parameters: int
    trainable: int
    non_trainable: int
    buffers: int
    active_parameters: int
    parameter_bytes: int | None
    macs: int | None
    flops: int | None
    activations: int | None


class Tensor(msgspec.Struct, frozen=True, gc=False):
    """What goes in or comes out."""

    shape: Shape
    dtype: str


class Weight(msgspec.Struct, frozen=True, gc=False):
    """A tensor that a layer owns, or that it borrows: a tied weight has 0 parameters here."""

    name: str
    shape: tuple[int, ...]
    parameters: int
    trainable: bool
    buffer: bool
    dtype: str
    tied_to: str | None = None


class Row(msgspec.Struct, frozen=True, gc=False):
    """A layer's figures for one set of what stands around it, or a container's for all its content.

    Inside blocks, `repeat` is the number of sets of its weights and `runs` how often it works.
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
    macs: int | None
    activations: int | None
    parent: str | None = None
    repeat: int = 1
    runs: int = 1
    shared_with: str | None = None
    weights: tuple[Weight, ...] = ()
    formula: str | None = None


class Caution(msgspec.Struct, frozen=True, gc=False):
    """A figure that could not be told, and why: an entry of `warnings`."""

    code: str
    detail: str
    layer: str | None = None
    figure: str | None = None


class NotCounted(msgspec.Struct, frozen=True, gc=False):
    """Work of a layer that the conventions leave out of its costs."""

    layer: str
    type: str
    what: str


class Report(msgspec.Struct, frozen=True):
    """A counted model. `layers` is empty where only totals were asked for."""

    totals: Totals
    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    format: str
    model: str | None = None
    layers: tuple[Row, ...] = ()
    warnings: tuple[Caution, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()


_DECODER = msgspec.json.Decoder(Report)


def decode(report: bytes) -> Report:
    """Read a report's JSON. Its integers must be numbers, as they are without `int64=string`.

    Raises msgspec.ValidationError where the JSON is no report.
    """
    return _DECODER.decode(report)
