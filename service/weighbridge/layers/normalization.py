"""Normalizations: the shape stays as it is, the weights have the shape of the normalized axes."""

from typing import Annotated

from weighbridge.layers.layer import Integer, Integers, Layer, means, operator, shown_on


class BatchNormalization(Layer, kw_only=True):
    """Normalizes each feature over the batch (Ioffe and Szegedy, 2015)."""

    category = "normalization"
    lowers_to = operator("normalization", moving=1, rms=0)
    example = shown_on({"type": "BatchNormalization"}, ["batch", 28, 28, 5])

    axis: Annotated[Integer, means("The axis of the features.")] = -1
    momentum: Annotated[int | float, means("Of the moving statistics.")] = 0.99
    epsilon: Annotated[int | float, means("Added to the variance.")] = 0.001
    center: Annotated[bool, means("Whether there is a trainable `beta`.")] = True
    scale: Annotated[bool, means("Whether there is a trainable `gamma`.")] = True


class LayerNormalization(Layer, kw_only=True):
    """Normalizes each example over `axis` (Ba et al., 2016)."""

    category = "normalization"
    lowers_to = operator("normalization", moving=0, rms=0)
    example = shown_on({"type": "LayerNormalization"}, ["batch", 12, 64])

    axis: Annotated[Integers, means("The axes, which give the weights their shape.")] = -1
    epsilon: Annotated[int | float, means("Added to the variance.")] = 0.001
    center: Annotated[bool, means("Whether there is a trainable `beta`.")] = True
    scale: Annotated[bool, means("Whether there is a trainable `gamma`.")] = True


class RMSNormalization(Layer, kw_only=True):
    """Divides by the root of the mean square over `axis` (Zhang and Sennrich, 2019)."""

    category = "normalization"
    lowers_to = operator("normalization", moving=0, rms=1, scale=1, center=0)
    example = shown_on({"type": "RMSNormalization"}, ["batch", 12, 64])

    axis: Annotated[Integers, means("The axes, which give the weights their shape.")] = -1
    epsilon: Annotated[int | float, means("Added to the mean square.")] = 1e-6
