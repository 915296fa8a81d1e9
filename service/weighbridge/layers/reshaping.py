"""The same elements in another shape, or again and again."""

from typing import Annotated

from weighbridge.layers.layer import (
    From,
    Integer,
    Layer,
    SpatialLayer,
    means,
    operator,
    shown_on,
)


class Flatten(SpatialLayer, kw_only=True):
    """All axes but the batch become one, or those from `start_dim` to `end_dim` (PyTorch's).

    A tensor of the batch alone gets an axis of size 1.
    """

    category = "reshaping"
    lowers_to = operator("flatten")
    example = shown_on({"type": "Flatten"}, ["batch", 5, 5, 16])

    start_dim: Annotated[Integer, means("The first axis of those that become one.")] = 1
    end_dim: Annotated[Integer, means("The last axis of those that become one.")] = -1


class Unflatten(Layer, kw_only=True):
    """One axis becomes several (PyTorch's)."""

    category = "reshaping"
    lowers_to = operator("reshape", keep_batch=0, target_shape=From("unflattened_size"))
    example = shown_on(
        {"type": "Unflatten", "dim": -1, "unflattened_size": [4, -1]}, ["batch", 12, 64]
    )

    dim: Annotated[Integer, means("The axis that becomes several.")]
    unflattened_size: Annotated[
        list[Integer], means("What it becomes; one size may be -1: what is left.")
    ]


class Reshape(Layer, kw_only=True):
    """The elements of each example in another shape, or all elements with the batch."""

    category = "reshaping"
    lowers_to = operator("reshape", dim="WB_ABSENT")
    example = shown_on({"type": "Reshape", "target_shape": [7, -1]}, ["batch", 49, 8])

    target_shape: Annotated[
        list[int | str], means("The shape without the batch; one size may be -1: what is left.")
    ]
    keep_batch: Annotated[
        bool, means("False makes `target_shape` the whole shape, the batch too (`ops.reshape`).")
    ] = True


class Permute(Layer, kw_only=True):
    """The axes of each example in another order."""

    category = "reshaping"
    lowers_to = operator(
        "transpose",
        kind="WB_TRANSPOSE_EXAMPLE",
        result="WB_RESULT_LAYER",
        axis1=0,
        axis2=0,
        source_count=From("dims"),
        destination_count=0,
    )
    example = shown_on({"type": "Permute", "dims": [2, 1]}, ["batch", 10, 64])

    dims: Annotated[
        list[Integer], means("The axes in their new order; 1 is the first after the batch.")
    ]


class RepeatVector(Layer, kw_only=True):
    """The features of each example `n` times, as a sequence."""

    category = "reshaping"
    lowers_to = operator(
        "insertion",
        size=From("n"),
        rank=2,
        result="WB_RESULT_LAYER",
        axis_form="WB_FORM_ONE",
        axis=1,
    )
    example = shown_on({"type": "RepeatVector", "n": 3}, ["batch", 32])

    n: Annotated[Integer, means("Length of the sequence.")]
