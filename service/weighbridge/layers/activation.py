"""Activations as layers: most leave the shape as it is."""

from typing import Annotated

from weighbridge.layers.derivative import kept_by
from weighbridge.layers.layer import Integer, Integers, Layer, means, operator, shown_on
from weighbridge.layers.normalization import normalizes


class Activation(Layer, kw_only=True):
    """Any elementwise function, Keras's or PyTorch's, by whatever name."""

    category = "activation"
    lowers_to = operator("identity", least_rank=0, keep_dtype=0, keeps=kept_by("activation"))
    example = shown_on({"type": "Activation", "activation": "gelu"}, ["batch", 64])

    activation: Annotated[
        str, means("Name of the function, as `keras.activations` or `torch.nn` has it.")
    ]


class ReLU(Layer, kw_only=True):
    """`max(x, 0)`, with Keras's slopes and bound."""

    category = "activation"
    lowers_to = operator("identity", least_rank=0, keep_dtype=0)
    keeps = "output"
    example = shown_on({"type": "ReLU"}, ["batch", 64])

    max_value: Annotated[int | float | None, means("Upper bound, none where null.")] = None
    negative_slope: Annotated[int | float, means("Slope below the threshold.")] = 0.0
    threshold: Annotated[int | float, means("Where the activation begins.")] = 0.0


class LeakyReLU(Layer, kw_only=True):
    """`max(x, 0)` with a slope below 0 (Maas et al., 2013)."""

    category = "activation"
    lowers_to = operator("identity", least_rank=0, keep_dtype=0)
    keeps = "input"
    example = shown_on({"type": "LeakyReLU"}, ["batch", 64])

    negative_slope: Annotated[int | float, means("Slope of the function below 0.")] = 0.3


class ELU(Layer, kw_only=True):
    """`x` above 0, `alpha * (exp(x) - 1)` below (Clevert et al., 2015)."""

    category = "activation"
    lowers_to = operator("identity", least_rank=0, keep_dtype=0)
    keeps = "input"
    example = shown_on({"type": "ELU"}, ["batch", 64])

    alpha: Annotated[int | float, means("Where it ends far below 0.")] = 1.0


class PReLU(Layer, kw_only=True):
    """`max(x, 0)` with slopes below 0 that are learned (He et al., 2015).

    Keras has a slope for each element of an example, less those of `shared_axes`; PyTorch has
    `num_parameters`.
    """

    category = "activation"
    lowers_to = operator("slope")
    example = shown_on({"type": "PReLU", "shared_axes": [1, 2]}, ["batch", 28, 28, 8])

    shared_axes: Annotated[
        Integers | None, means("Axes with one slope for all, counted from 1 behind the batch.")
    ] = None
    num_parameters: Annotated[
        Integer | None, means("As in PyTorch: one slope, or one for each channel of axis 1.")
    ] = None


class Softmax(Layer, kw_only=True):
    """Exponentials that sum to 1 over `axis`."""

    category = "activation"
    lowers_to = normalizes()
    keeps = "output"
    example = shown_on({"type": "Softmax"}, ["batch", 10])

    axis: Annotated[Integers, means("Axes over which the outputs sum to 1.")] = -1


class GLU(Layer, kw_only=True):
    """One half of an axis, gated by the sigmoid of the other (Dauphin et al., 2017)."""

    category = "activation"
    lowers_to = operator("gate")
    example = shown_on({"type": "GLU"}, ["batch", 12, 64])

    axis: Annotated[Integer, means("The axis, of an even size, that is halved.")] = -1
