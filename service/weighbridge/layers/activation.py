"""Activations as layers: the shape stays as it is."""

from typing import Annotated

from weighbridge.layers.layer import Layer, means, operator, shown_on


class Activation(Layer, kw_only=True):
    """Any elementwise function."""

    category = "activation"
    lowers_to = operator("identity", least_rank=0)
    example = shown_on({"type": "Activation", "activation": "gelu"}, ["batch", 64])

    activation: Annotated[str, means("Name of the function.")]


class ReLU(Layer, kw_only=True):
    """`max(x, 0)`, with Keras's slopes and bound."""

    category = "activation"
    lowers_to = operator("identity", least_rank=0)
    example = shown_on({"type": "ReLU"}, ["batch", 64])

    max_value: Annotated[int | float | None, means("Upper bound, none where null.")] = None
    negative_slope: Annotated[int | float, means("Slope below the threshold.")] = 0.0
    threshold: Annotated[int | float, means("Where the activation begins.")] = 0.0


class Softmax(Layer, kw_only=True):
    """Exponentials that sum to 1 over `axis`."""

    category = "activation"
    lowers_to = operator("identity", least_rank=0)
    example = shown_on({"type": "Softmax"}, ["batch", 10])

    axis: Annotated[int | list[int], means("Axes of the sum.")] = -1
