"""Recurrent layers over axis 1."""

from typing import Annotated, ClassVar

from weighbridge.layers.layer import Integer, Layer, means, operator, shown_on


class RecurrentLayer(Layer, kw_only=True):
    """What all recurrent layers take."""

    category: ClassVar[str] = "recurrent"

    return_sequences: Annotated[bool, means("The output of every step, not only the last.")] = False
    return_state: Annotated[bool, means("The states behind the output, as further outputs.")] = (
        False
    )
    go_backwards: Annotated[bool, means("Run from the end.")] = False
    stateful: Annotated[bool, means("Keep the state between batches.")] = False
    unroll: Annotated[bool, means("Unroll the loop.")] = False

    def state_count(self) -> int | None:
        """Return how many tensors the state of one direction is, None where there are more."""
        raise NotImplementedError(type(self).__name__)


class CellLayer(RecurrentLayer, kw_only=True):
    """What the layers of one kind of cell take."""

    states: ClassVar[int] = 1

    units: Annotated[Integer, means("Size of the state and of the output.")]
    activation: Annotated[str | None, means("Elementwise, does not count.")] = "tanh"
    use_bias: Annotated[bool, means("Whether the gates have biases.")] = True
    dropout: Annotated[int | float, means("Share of the inputs that are dropped.")] = 0.0
    recurrent_dropout: Annotated[int | float, means("Share of the state that is dropped.")] = 0.0

    def state_count(self) -> int | None:
        """Return how many tensors the state of one direction is."""
        return self.states


class SimpleRNN(CellLayer, kw_only=True):
    """`h = activation(x @ kernel + h @ recurrent_kernel + bias)`."""

    lowers_to = operator("recurrent", cell="WB_CELL_SIMPLE", reset_after=0)
    example = shown_on({"type": "SimpleRNN", "units": 7}, ["batch", 11, 5])


class LSTM(CellLayer, kw_only=True):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997): four gates, two states."""

    states = 2
    lowers_to = operator("recurrent", cell="WB_CELL_LSTM", reset_after=0)
    example = shown_on({"type": "LSTM", "units": 2}, ["batch", 11, 3])

    recurrent_activation: Annotated[str | None, means("Elementwise, does not count.")] = "sigmoid"
    unit_forget_bias: Annotated[bool, means("Begin with 1 as the forget gate's bias.")] = True


class GRU(CellLayer, kw_only=True):
    """Gated recurrent unit (Cho et al., 2014): three gates, one state."""

    lowers_to = operator("recurrent", cell="WB_CELL_GRU")
    example = shown_on({"type": "GRU", "units": 5}, ["batch", 11, 8])

    recurrent_activation: Annotated[str | None, means("Elementwise, does not count.")] = "sigmoid"
    reset_after: Annotated[
        bool, means("Reset after the product (as cuDNN and PyTorch): a second bias of each gate.")
    ] = True
