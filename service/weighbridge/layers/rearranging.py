"""Tensors whose axes are moved, made, taken away, repeated, joined or cut."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from weighbridge.layers.layer import (
    From,
    Integer,
    Integers,
    Layer,
    Operator,
    Padding,
    means,
    operator,
    shown_on,
)


class _Operation(Layer, kw_only=True):
    """What these have in common: they only move data, and keep the dtype of their input."""

    category: ClassVar[str] = "operation"


# The order of axes


def _transpose(kind: str, **fields: int | str | From) -> Operator:
    swapped: dict[str, int | str | From] = {"axis1": 0, "axis2": 0}
    listed: dict[str, int | str | From] = {"source_count": 0, "destination_count": 0}
    result = "WB_RESULT_INPUT"
    return operator("transpose", **{"kind": kind, "result": result, **swapped, **listed, **fields})


class Transpose(_Operation, kw_only=True):
    """The axes in another order, the batch too."""

    lowers_to = _transpose("WB_TRANSPOSE_AXES", source_count=From("axes"))
    example = shown_on({"type": "Transpose", "axes": [0, 2, 1]}, ["batch", 12, 64])

    axes: Annotated[
        list[Integer] | None, means("The axes in their new order; the reverse where null.")
    ] = None


class Moveaxis(_Operation, kw_only=True):
    """Some axes go to other places, the others follow in their order."""

    lowers_to = _transpose(
        "WB_TRANSPOSE_MOVE", source_count=From("source"), destination_count=From("destination")
    )
    example = shown_on({"type": "Moveaxis", "source": 1, "destination": -1}, ["batch", 3, 32, 32])

    source: Annotated[Integers, means("Axes that are moved.")]
    destination: Annotated[Integers, means("Where each of them goes.")]


class Swapaxes(_Operation, kw_only=True):
    """Two axes change places."""

    lowers_to = _transpose("WB_TRANSPOSE_SWAP", axis1=From("axis1"), axis2=From("axis2"))
    example = shown_on({"type": "Swapaxes", "axis1": 1, "axis2": 2}, ["batch", 12, 64])

    axis1: Annotated[Integer, means("One of the two axes.")]
    axis2: Annotated[Integer, means("The other of the two axes.")]


# Axes that come and go


class ExpandDims(_Operation, kw_only=True):
    """New axes of size 1."""

    lowers_to = operator("insertion", size=1, rank="WB_ABSENT", result="WB_RESULT_INPUT")
    example = shown_on({"type": "ExpandDims", "axis": 1}, ["batch", 64])

    axis: Annotated[Integers | None, means("Where they stand in the output; last where null.")]


class Squeeze(_Operation, kw_only=True):
    """Axes of size 1 go."""

    lowers_to = operator("squeeze")
    example = shown_on({"type": "Squeeze", "axis": [1, 2]}, ["batch", 1, 1, 64])

    axis: Annotated[
        Integers | None, means("Axes that go, each of size 1; all of known size 1 where null.")
    ] = None


class Stack(_Operation, kw_only=True):
    """Its inputs, of one shape, side by side along a new axis."""

    lowers_to = operator(
        "insertion", size="WB_ABSENT", rank="WB_ABSENT", result="WB_RESULT_PROMOTED"
    )
    example = shown_on({"type": "Stack", "axis": 1}, ["batch", 64], ["batch", 64])

    axis: Annotated[Integer, means("Where the new axis stands in the output.")] = 0


class Split(_Operation, kw_only=True):
    """Pieces along one axis, each an output."""

    lowers_to = operator("split", unstack=0, num="WB_ABSENT")
    example = shown_on({"type": "Split", "indices_or_sections": 3, "axis": -1}, ["batch", 12, 192])

    indices_or_sections: Annotated[
        Integers, means("How many equal pieces; or where each but the first begins.")
    ]
    axis: Annotated[Integer, means("The axis that is cut up.")] = 0


class Unstack(_Operation, kw_only=True):
    """Every place along one axis, each an output without the axis."""

    lowers_to = operator(
        "split",
        unstack=1,
        indices_or_sections_form="WB_FORM_NULL",
        indices_or_sections_count=0,
    )
    example = shown_on({"type": "Unstack", "axis": 1}, ["batch", 3, 64])

    num: Annotated[Integer | None, means("How many there are, where the axis does not tell.")] = (
        None
    )
    axis: Annotated[Integer, means("The axis that is cut up.")] = 0


# More of the same


class Tile(_Operation, kw_only=True):
    """The tensor beside itself, so many times along each axis."""

    lowers_to = operator("tile", result="WB_RESULT_INPUT")
    example = shown_on({"type": "Tile", "repeats": [1, 12, 1]}, ["batch", 1, 64])

    repeats: Annotated[Integers, means("Times along each of the last axes, new ones before them.")]


class Repeat(_Operation, kw_only=True):
    """Every element so many times, beside itself."""

    lowers_to = operator("repeat")
    example = shown_on({"type": "Repeat", "repeats": 4, "axis": 2}, ["batch", 12, 8, 64])

    repeats: Annotated[Integers, means("Times, of all elements or of each along the axis.")]
    axis: Annotated[Integer | None, means("The axis; where null, all axes become one first.")] = (
        None
    )


class Pad(_Operation, kw_only=True):
    """More before and after the elements of each axis."""

    lowers_to = operator("pad", result="WB_RESULT_INPUT")
    example = shown_on(
        {"type": "Pad", "pad_width": [[0, 0], [1, 1], [1, 1], [0, 0]]}, ["batch", 32, 32, 3]
    )

    pad_width: Annotated[
        Padding, means("How much: an integer, `[before, after]`, or such a pair for each axis.")
    ]
    mode: Annotated[
        Literal["constant", "edge", "reflect", "symmetric", "wrap", "empty", "linear_ramp",
                "maximum", "mean", "median", "minimum", "replicate", "circular"],
        means("What is put there; changes no figure."),
    ] = "constant"  # fmt: skip


class BroadcastTo(_Operation, kw_only=True):
    """The tensor stretched to a shape; with a second input, to sizes of that one."""

    lowers_to = operator("broadcast_to", result="WB_RESULT_INPUT")
    example: ClassVar[Mapping[str, Any]] = {
        "inputs": {"image": {"shape": ["batch", 196, 768]}},
        "layers": [
            {"type": "Parameter", "name": "class_token", "shape": [1, 1, 768]},
            {
                "type": "BroadcastTo",
                "shape": [-1, 1, 768],
                "inputs": ["class_token", "image"],
            },
        ],
    }

    shape: Annotated[
        list[Integer],
        means("The shape; -1 is the size the axis has, in the second input where there is one."),
    ]
