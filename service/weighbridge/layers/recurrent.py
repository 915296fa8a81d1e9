"""Recurrent layers over the axis of time, and the cells that they run."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from weighbridge.layers.composition import Body, Reference, names_within, one_row
from weighbridge.layers.layer import (
    ActivationName,
    From,
    Integer,
    Layer,
    Operator,
    Source,
    means,
    operator,
    shown_on,
    type_name,
)

Units = Annotated[Integer, means("Size of the state and of the output.")]
UseBias = Annotated[bool, means("Whether the gates have biases.")]
DoubleBias = Annotated[
    bool, means("Two biases of each gate, as two weights: PyTorch's, for the input and the state.")
]
ResetAfter = Annotated[
    bool, means("Reset after the product (as cuDNN and PyTorch): a second bias of each gate.")
]
UnitForgetBias = Annotated[bool, means("Begin with 1 as the forget gate's bias.")]
Dropout = Annotated[int | float, means("Share of the inputs that are dropped.")]
RecurrentDropout = Annotated[int | float, means("Share of the state that is dropped.")]
Seed = Annotated[int | None, means("Seed of what is dropped.")]
UseCudnn = Annotated[bool | Literal["auto"], means("Whether it runs on cuDNN; changes no figure.")]

Layout = Annotated[
    Literal["batch_first", "time_first", "unbatched"],
    means("The axes: (batch, time, ...), PyTorch's (time, batch, ...), or (time, ...)."),
]


def _cell(cell: str, **fields: Source) -> Operator:
    """Return the operator of one step of a cell."""
    layer: dict[str, Source] = {
        "cell": f"WB_CELL_{cell}",
        "reset_after": 0,
        "proj_size": 0,
        "num_layers": 1,
        "bidirectional": 0,
        "single_step": 1,
        "layout": "WB_LAYOUT_BATCH_FIRST",
        "return_sequences": 0,
        "return_state": 1,
        "stacked_states": 0,
    }
    return operator("recurrent", **(layer | fields))


def _layer(cell: str, **fields: Source) -> Operator:
    """Return the operator of a cell that runs over time."""
    layer: dict[str, Source] = {
        "cell": f"WB_CELL_{cell}",
        "reset_after": 0,
        "proj_size": 0,
        "single_step": 0,
        "return_output": 1,
    }
    return operator("recurrent", **(layer | fields))


# ---- Layers -------------------------------------------------------------------------------------


class RecurrentLayer(Layer, kw_only=True):
    """What all recurrent layers take."""

    category: ClassVar[str] = "recurrent"

    return_sequences: Annotated[bool, means("The output of every step, not only the last.")] = False
    return_state: Annotated[bool, means("The states behind the output, as further outputs.")] = (
        False
    )
    go_backwards: Annotated[bool, means("Whether it runs from the last step to the first.")] = False
    stateful: Annotated[
        bool, means("Whether the state is kept between batches; changes no figure.")
    ] = False
    unroll: Annotated[bool, means("Whether the loop over time is unrolled; changes no figure.")] = (
        False
    )

    def state_count(self) -> int | None:
        """Return how many tensors the state of one direction is, None where there are more."""
        raise NotImplementedError(type(self).__name__)


class CellLayer(RecurrentLayer, kw_only=True):
    """What the layers of one kind of cell take."""

    states: ClassVar[int] = 1

    units: Units
    activation: ActivationName = "tanh"
    use_bias: UseBias = True
    dropout: Dropout = 0.0
    recurrent_dropout: RecurrentDropout = 0.0
    seed: Seed = None
    double_bias: DoubleBias = False
    num_layers: Annotated[Integer, means("Layers, each over the outputs of the one below.")] = 1
    bidirectional: Annotated[
        bool, means("Each layer in both directions; their outputs are concatenated.")
    ] = False
    stacked_states: Annotated[
        bool, means("PyTorch's states: (layers x directions, batch, size) in one tensor.")
    ] = False
    layout: Layout = "batch_first"

    def state_count(self) -> int | None:
        """Return how many tensors the state of one direction is, None where there are more."""
        return self.states if self.num_layers == 1 and not self.bidirectional else None


class SimpleRNN(CellLayer, kw_only=True):
    """`h = activation(x @ kernel + h @ recurrent_kernel + bias)` at every step."""

    lowers_to = _layer("SIMPLE")
    example = shown_on({"type": "SimpleRNN", "units": 7}, ["batch", 11, 5])


class LSTM(CellLayer, kw_only=True):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): four gates, two states."""

    states = 2
    lowers_to = _layer("LSTM", proj_size=From("proj_size"))
    example = shown_on({"type": "LSTM", "units": 2}, ["batch", 11, 3])

    recurrent_activation: ActivationName = "sigmoid"
    unit_forget_bias: UnitForgetBias = True
    use_cudnn: UseCudnn = "auto"
    proj_size: Annotated[
        Integer, means("Size that the output is projected to, below `units`; 0: it is not.")
    ] = 0


class GRU(CellLayer, kw_only=True):
    """Gated recurrent unit (Cho et al., 2014): three gates, one state."""

    lowers_to = _layer("GRU", reset_after=From("reset_after"))
    example = shown_on({"type": "GRU", "units": 5}, ["batch", 11, 8])

    recurrent_activation: ActivationName = "sigmoid"
    reset_after: ResetAfter = True
    use_cudnn: UseCudnn = "auto"


# ---- Cells --------------------------------------------------------------------------------------


class Cell(Layer, kw_only=True):
    """What all cells take."""

    category: ClassVar[str] = "recurrent"
    states: ClassVar[int] = 1
    runs_as: ClassVar[type[CellLayer]] = SimpleRNN

    units: Units
    activation: ActivationName = "tanh"
    use_bias: UseBias = True
    dropout: Dropout = 0.0
    recurrent_dropout: RecurrentDropout = 0.0
    seed: Seed = None
    double_bias: DoubleBias = False
    return_output: Annotated[
        bool, means("Keras's output before the states; PyTorch's cells give the states alone.")
    ] = True

    def over_time(self, *, return_sequences: bool) -> CellLayer:
        """Return the layer that runs the cell, and gives its output and its states."""
        shared = set(self.__struct_fields__) & set(self.runs_as.__struct_fields__) - {"inputs"}
        return self.runs_as(
            **{name: getattr(self, name) for name in shared},
            return_sequences=return_sequences,
            return_state=True,
        )


class SimpleRNNCell(Cell, kw_only=True):
    """One step of a SimpleRNN. Inputs: the step, its state."""

    lowers_to = _cell("SIMPLE")
    example = shown_on({"type": "SimpleRNNCell", "units": 7}, ["batch", 5], ["batch", 7])


class LSTMCell(Cell, kw_only=True):
    """One step of an LSTM. Inputs: the step, its two states."""

    states = 2
    runs_as = LSTM
    lowers_to = _cell("LSTM")
    example = shown_on({"type": "LSTMCell", "units": 2}, ["batch", 3], ["batch", 2], ["batch", 2])

    recurrent_activation: ActivationName = "sigmoid"
    unit_forget_bias: UnitForgetBias = True


class GRUCell(Cell, kw_only=True):
    """One step of a GRU. Inputs: the step, its state."""

    runs_as = GRU
    lowers_to = _cell("GRU", reset_after=From("reset_after"))
    example = shown_on({"type": "GRUCell", "units": 5}, ["batch", 8], ["batch", 5])

    recurrent_activation: ActivationName = "sigmoid"
    reset_after: ResetAfter = True


AnyCell = SimpleRNNCell | LSTMCell | GRUCell


def _chain(
    body: Body, runs: Sequence[tuple[AnyCell, Layer, str]]
) -> tuple[Reference, list[Reference]]:
    """Add cells one behind the other; return the output of the last, and the states of all.

    Each is a cell, what runs it and its name. The inputs behind the first are initial states: of
    the first cell, then of the second, and so on.
    """
    output, given = body.inputs[0], list(body.inputs[1:])
    wanted = sum(cell.states for cell, _, _ in runs)
    if given and len(given) != wanted:
        body.refuse("inputs", f"takes 1 input, or {wanted} states behind it, got {len(given)}")
        given = []
    states: list[Reference] = []
    for cell, layer, name in runs:
        output = body.add(layer, [output, *given[: cell.states]], name, source=cell)
        given = given[cell.states :]
        first = 0 if layer is cell and not cell.return_output else 1
        states += [body.output(output, first + state) for state in range(cell.states)]
    return output, states


def _are_cells(body: Body, attribute: str, cells: Sequence[Layer]) -> bool:
    """Say what is wrong with what should be cells."""
    if not cells:
        body.refuse(attribute, "must hold a cell, got none")
    for layer in cells:
        if not isinstance(layer, Cell):
            body.refuse(attribute, f"must be a cell, got {type_name(type(layer))}")
            return False
    return len(cells) > 0


class StackedRNNCells(Layer, kw_only=True):
    """One step of several cells, one behind the other. Inputs: the step, all states in order."""

    category = "recurrent"
    lowers_to = one_row()
    example = shown_on(
        {
            "type": "StackedRNNCells",
            "cells": [{"type": "LSTMCell", "units": 4}, {"type": "GRUCell", "units": 3}],
        },
        ["batch", 8],
        ["batch", 4],
        ["batch", 4],
        ["batch", 3],
    )

    cells: Annotated[
        list["AnyCell | StackedRNNCells"],
        means("The cells, or stacks of cells, each over the output of the one before."),
    ]

    def compose(self, body: Body) -> None:
        """Add the cells."""
        cells = _unstacked(self.cells)
        if not _are_cells(body, "cells", cells):
            return
        output, states = _chain(body, list(zip(cells, cells, names_within(cells), strict=True)))
        body.outputs = [output, *states]


def _unstacked(cells: Sequence[AnyCell | StackedRNNCells]) -> list[AnyCell]:
    """Return the single cells in the order in which they run."""
    single: list[AnyCell] = []
    for cell in cells:
        single += _unstacked(cell.cells) if isinstance(cell, StackedRNNCells) else [cell]
    return single


class RNN(RecurrentLayer, kw_only=True):
    """Runs a cell, or several one behind the other, over axis 1.

    Initial states may follow the input: those of the first cell, then of the second, and so on.
    """

    lowers_to = one_row()
    example = shown_on(
        {
            "type": "RNN",
            "cell": [{"type": "LSTMCell", "units": 4}, {"type": "GRUCell", "units": 3}],
        },
        ["batch", 11, 8],
    )

    cell: Annotated[
        AnyCell | StackedRNNCells | list[AnyCell | StackedRNNCells],
        means("The cell; or several, each over the outputs of the one before."),
    ]
    zero_output_for_mask: Annotated[
        bool, means("Whether the output is 0 where a step is masked.")
    ] = False

    def _cells(self) -> list[AnyCell]:
        return _unstacked(self.cell if isinstance(self.cell, list) else [self.cell])

    def state_count(self) -> int | None:
        """Return how many tensors the states of all cells are."""
        return sum(cell.states for cell in self._cells())

    def compose(self, body: Body) -> None:
        """Add the cells."""
        cells = self._cells()
        if not _are_cells(body, "cell", cells):
            return
        names = [""] if isinstance(self.cell, Cell) else names_within(cells)
        last = len(cells) - 1
        runs = [
            (cell, cell.over_time(return_sequences=self.return_sequences or k < last), name)
            for k, (cell, name) in enumerate(zip(cells, names, strict=True))
        ]
        output, states = _chain(body, runs)
        body.outputs = [output, *(states if self.return_state else [])]
