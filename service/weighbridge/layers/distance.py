"""How alike two tensors are along an axis, as PyTorch has it."""

from typing import Annotated, ClassVar, Literal

from weighbridge.layers.composition import Body, one_row
from weighbridge.layers.elementwise import Arithmetic
from weighbridge.layers.layer import Integer, Layer, means, shown_on
from weighbridge.layers.rearranging import ExpandDims
from weighbridge.layers.reduction import Reduce


class _Distance(Layer, kw_only=True):
    """What is made of two tensors element by element, and then one number for all along an axis."""

    category: ClassVar[str] = "operation"

    def reduce(
        self, body: Body, operation: Literal["multiply", "subtract"], axis: Integer, keepdims: bool
    ) -> None:
        """Add the operation on both, and what reduces it."""
        if len(body.inputs) != 2:
            body.refuse("inputs", f"takes 2 inputs, got {len(body.inputs)}")
            return
        both = body.add(Arithmetic(operation=operation, dtype=self.dtype), body.inputs)
        norm = Reduce(operation="norm", axis=axis, keepdims=keepdims, dtype=self.dtype)
        body.add(norm, [both])


class CosineSimilarity(_Distance, kw_only=True):
    """The cosine of the angle between two tensors' vectors along `axis`."""

    lowers_to = one_row()
    example = shown_on({"type": "CosineSimilarity"}, ["batch", 8], ["batch", 8])

    axis: Annotated[Integer, means("The axis of the vectors, which goes.")] = 1

    def compose(self, body: Body) -> None:
        """Multiply and sum up; the lengths have the same shape."""
        self.reduce(body, "multiply", self.axis, keepdims=False)


class CDist(Layer, kw_only=True):
    """The distance between every vector of one tensor and every vector of another."""

    category = "operation"
    lowers_to = one_row()
    example = shown_on({"type": "CDist"}, ["batch", 10, 8], ["batch", 12, 8])

    def compose(self, body: Body) -> None:
        """Set them against each other, subtract, and take the norm."""
        if len(body.inputs) != 2:
            body.refuse("inputs", f"takes 2 inputs, got {len(body.inputs)}")
            return
        one = body.add(ExpandDims(axis=-2), body.inputs[:1])
        other = body.add(ExpandDims(axis=-3), body.inputs[1:])
        both = body.add(Arithmetic(operation="subtract"), [one, other])
        body.add(Reduce(operation="norm", axis=-1), [both])


class PairwiseDistance(_Distance, kw_only=True):
    """The distance between two tensors' vectors along the last axis."""

    lowers_to = one_row()
    example = shown_on({"type": "PairwiseDistance"}, ["batch", 8], ["batch", 8])

    p: Annotated[int | float, means("Exponent of the norm.")] = 2.0
    keepdims: Annotated[bool, means("Whether the axis stays, with size 1.")] = False

    def compose(self, body: Body) -> None:
        """Subtract, and take the norm."""
        self.reduce(body, "subtract", -1, self.keepdims)
