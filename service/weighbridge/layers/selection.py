"""Parts of a tensor, by place."""

from typing import Annotated

from weighbridge.layers.layer import From, Integer, Layer, Subscripts, means, operator, shown_on


class GetItem(Layer, kw_only=True):
    """Python's `tensor[key]`: indices, slices, new axes and an ellipsis."""

    category = "operation"
    lowers_to = operator("subscript", result="WB_RESULT_INPUT")
    example = shown_on({"type": "GetItem", "key": ["...", [0, None, 2], 0]}, ["batch", 12, 196, 64])

    key: Annotated[
        Subscripts,
        means(
            "For each axis an index, or a slice as `[start, stop]` or `[start, stop, step]` with "
            'null for what is left out; null for a new axis; "..." for all axes between.'
        ),
    ]


class Slice(Layer, kw_only=True):
    """A piece of a tensor, of a size that is given."""

    category = "operation"
    lowers_to = operator("slice")
    example = shown_on(
        {"type": "Slice", "start_indices": [0, 0, 0], "shape": [-1, 1, 768]}, ["batch", 197, 768]
    )

    start_indices: Annotated[
        list[Integer] | None, means("Where it begins; where null, a second input says so.")
    ] = None
    shape: Annotated[
        list[Integer], means("Its size along each axis; -1 is all that is behind the start.")
    ]


class Take(Layer, kw_only=True):
    """Picks by indices along one axis: their shape takes its place."""

    category = "operation"
    lowers_to = operator("take")
    example = shown_on({"type": "Take", "axis": 1}, ["batch", 12, 64], [5])

    axis: Annotated[Integer | None, means("The axis; where null, all axes become one first.")] = (
        None
    )
    indices_shape: Annotated[
        list[Integer] | None,
        means("Shape of the indices where they are constant, `[]` for one; else a second input."),
    ] = None


class TakeAlongAxis(Layer, kw_only=True):
    """Picks by indices that have the tensor's rank, each along its own line."""

    category = "operation"
    lowers_to = operator("take_along_axis")
    example = shown_on({"type": "TakeAlongAxis", "axis": 1}, ["batch", 12, 64], ["batch", 3, 64])

    axis: Annotated[Integer | None, means("The axis; where null, all axes become one first.")] = (
        None
    )


class TopK(Layer, kw_only=True):
    """The `k` largest along the last axis, and where they stand."""

    category = "operation"
    lowers_to = operator("top_k")
    example = shown_on({"type": "TopK", "k": 5}, ["batch", 1000])

    k: Annotated[Integer, means("How many of the largest are picked.")]
    sorted: Annotated[bool, means("The largest first; changes no figure.")] = True


class OneHot(Layer, kw_only=True):
    """A 1 among zeros for every integer, along a new axis."""

    category = "operation"
    lowers_to = operator(
        "insertion", size=From("num_classes"), rank="WB_ABSENT", result="WB_RESULT_OWN"
    )
    example = shown_on({"type": "OneHot", "num_classes": 10}, ["batch", 12])

    num_classes: Annotated[Integer, means("Size of the new axis.")]
    axis: Annotated[Integer, means("Where it stands in the output.")] = -1
