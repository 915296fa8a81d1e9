"""Layers that work in training only: the shape stays as it is."""

from typing import Annotated

from weighbridge.layers.layer import Layer, means, operator, shown_on


class Dropout(Layer, kw_only=True):
    """Sets a share of the elements to 0 in training."""

    category = "regularization"
    lowers_to = operator("identity", least_rank=0)
    example = shown_on({"type": "Dropout", "rate": 0.5}, ["batch", 64])

    rate: Annotated[int | float, means("Share of the elements, 0 to 1.")]
    noise_shape: Annotated[list[int | None] | None, means("Shape of the mask.")] = None
    seed: Annotated[int | None, means("Seed of the mask.")] = None
