"""The same elements in another shape."""

from typing import Annotated

from weighbridge.layers.layer import Layer, SpatialLayer, means, operator, shown_on


class Flatten(SpatialLayer, kw_only=True):
    """All axes but the batch become one."""

    category = "reshaping"
    lowers_to = operator("flatten")
    example = shown_on({"type": "Flatten"}, ["batch", 5, 5, 16])


class Reshape(Layer, kw_only=True):
    """The elements of each example in another shape."""

    category = "reshaping"
    lowers_to = operator("reshape", keep_batch=1)
    example = shown_on({"type": "Reshape", "target_shape": [7, -1]}, ["batch", 49, 8])

    target_shape: Annotated[
        list[int | str], means("The shape without the batch; one size may be -1: what is left.")
    ]
