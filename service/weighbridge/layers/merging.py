"""Several tensors become one."""

from typing import Annotated, ClassVar

from weighbridge.layers.layer import (
    Integer,
    Integers,
    Layer,
    Operator,
    means,
    operator,
    shown_on,
)


def _merge(least: int, most: int | str) -> Operator:
    return operator(
        "elementwise",
        least_inputs=least,
        most_inputs=most,
        batch_first=1,
        result="WB_RESULT_LAYER",
        constant_shape_count=0,
    )


class _Merge(Layer, kw_only=True):
    """What all merges take: nothing of their own.

    Axis 0 is the batch, which all share; the other axes are broadcast from the last.
    """

    category: ClassVar[str] = "merging"


class Add(_Merge, kw_only=True):
    """The sum of its inputs, element by element."""

    lowers_to = _merge(1, "WB_ABSENT")
    example = shown_on({"type": "Add"}, ["batch", 8, 6], ["batch", 8, 6])


class Subtract(_Merge, kw_only=True):
    """The difference of two inputs."""

    lowers_to = _merge(2, 2)
    example = shown_on({"type": "Subtract"}, ["batch", 8, 6], ["batch", 8, 6])


class Multiply(_Merge, kw_only=True):
    """The product of its inputs, element by element."""

    lowers_to = _merge(1, "WB_ABSENT")
    keeps = "factors"
    example = shown_on({"type": "Multiply"}, ["batch", 8, 6], ["batch", 1, 6])


class Average(_Merge, kw_only=True):
    """The mean of its inputs, element by element."""

    lowers_to = _merge(1, "WB_ABSENT")
    example = shown_on({"type": "Average"}, ["batch", 8, 6], ["batch", 8, 6])


class Maximum(_Merge, kw_only=True):
    """The largest of its inputs, element by element."""

    lowers_to = _merge(1, "WB_ABSENT")
    keeps = "inputs"
    example = shown_on({"type": "Maximum"}, ["batch", 8, 6], ["batch", 8, 6])


class Minimum(_Merge, kw_only=True):
    """The smallest of its inputs, element by element."""

    lowers_to = _merge(1, "WB_ABSENT")
    keeps = "inputs"
    example = shown_on({"type": "Minimum"}, ["batch", 8, 6], ["batch", 8, 6])


class Concatenate(_Merge, kw_only=True):
    """Its inputs behind each other along `axis`."""

    lowers_to = operator("concatenation")
    example = shown_on({"type": "Concatenate"}, ["batch", 8, 6], ["batch", 8, 4])

    axis: Annotated[Integer, means("The axis along which they stand.")] = -1


class Dot(_Merge, kw_only=True):
    """Sums of products of two inputs along one axis of each, example by example."""

    lowers_to = operator("dot", result="WB_RESULT_LAYER")
    example = shown_on({"type": "Dot", "axes": [2, 1]}, ["batch", 10, 16], ["batch", 16, 7])

    axes: Annotated[Integers, means("The axis that goes, of both inputs or of each.")]
    normalize: Annotated[
        bool, means("Scales both to length 1 before, which makes it the cosine.")
    ] = False
