"""Recurrent layers whose products are convolutions over axes of space."""

from typing import Annotated, Literal

from weighbridge.layers.layer import (
    ActivationName,
    ChannelsPlace,
    Integer,
    Integers,
    Operator,
    means,
    operator,
    shown_on,
)
from weighbridge.layers.recurrent import RecurrentLayer


class _ConvLSTM(RecurrentLayer, kw_only=True):
    """What all convolutional LSTMs take: input of (batch, steps, *space, channels)."""

    filters: Annotated[Integer, means("Channels of the state and of the output.")]
    kernel_size: Annotated[Integers, means("Size of the window, one for all axes or each.")]
    strides: Annotated[Integers, means("Step of the window over the input.")] = 1
    padding: Annotated[
        Literal["valid", "same"],
        means("Of the input: `valid` (none), or `same`; the state keeps its size."),
    ] = "valid"
    data_format: ChannelsPlace = None
    dilation_rate: Annotated[
        Integers, means("Distance between the points of the window over the input.")
    ] = 1
    activation: ActivationName = "tanh"
    recurrent_activation: ActivationName = "sigmoid"
    use_bias: Annotated[bool, means("Whether the gates have biases.")] = True
    unit_forget_bias: Annotated[bool, means("Begin with 1 as the forget gate's bias.")] = True
    dropout: Annotated[int | float, means("Share of the inputs that are dropped.")] = 0.0
    recurrent_dropout: Annotated[int | float, means("Share of the state that is dropped.")] = 0.0
    seed: Annotated[int | None, means("Seed of what is dropped.")] = None

    def state_count(self) -> int | None:
        """Return how many tensors the state of one direction is."""
        return 2


def _over(axes: int) -> Operator:
    return operator("conv_lstm", axes=axes)


class ConvLSTM1D(_ConvLSTM, kw_only=True):
    """Convolutional LSTM over one axis of space (Shi et al., 2015)."""

    lowers_to = _over(axes=1)
    example = shown_on({"type": "ConvLSTM1D", "filters": 4, "kernel_size": 3}, ["batch", 5, 12, 3])


class ConvLSTM2D(_ConvLSTM, kw_only=True):
    """Convolutional LSTM over two axes of space (Shi et al., 2015)."""

    lowers_to = _over(axes=2)
    example = shown_on(
        {"type": "ConvLSTM2D", "filters": 4, "kernel_size": 3}, ["batch", 5, 12, 12, 3]
    )


class ConvLSTM3D(_ConvLSTM, kw_only=True):
    """Convolutional LSTM over three axes of space (Shi et al., 2015)."""

    lowers_to = _over(axes=3)
    example = shown_on(
        {"type": "ConvLSTM3D", "filters": 2, "kernel_size": 3}, ["batch", 5, 6, 7, 8, 3]
    )
