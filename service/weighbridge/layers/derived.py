"""Operations that are made of others, as `keras.ops` has them."""

from functools import reduce
from typing import Annotated, Any, ClassVar, Literal

from weighbridge.layers.composition import Body, Reference, one_row
from weighbridge.layers.elementwise import Arithmetic, Elementwise
from weighbridge.layers.layer import Integer, Integers, Layer, means, operator, shown_on
from weighbridge.layers.pooling import MaxPooling2D
from weighbridge.layers.product import Einsum
from weighbridge.layers.rearranging import Repeat
from weighbridge.layers.reduction import Reduce
from weighbridge.layers.reshaping import Reshape
from weighbridge.layers.selection import GetItem

RANKS = range(-32, 32)
"""Axes of the largest tensors that there may be."""

ALL: list[Any] = [None, None]
"""The slice of a whole axis."""


class _Derived(Layer, kw_only=True):
    """What these have in common: one row, and a number of inputs that is told where it is wrong."""

    category: ClassVar[str] = "operation"

    def takes(self, body: Body, least: int, most: int) -> bool:
        """Refuse another number of inputs."""
        if least <= len(body.inputs) <= most:
            return True
        numbers = str(least) if least == most else f"{least} to {most}"
        body.refuse("inputs", f"takes {numbers} inputs, got {len(body.inputs)}")
        return False


class Moments(_Derived, kw_only=True):
    """The mean and the variance along `axis`, as two outputs."""

    lowers_to = one_row()
    example = shown_on({"type": "Moments", "axis": [1, 2]}, ["batch", 7, 7, 64])

    axis: Annotated[Integers, means("Axes that are reduced, which go.")]
    keepdims: Annotated[bool, means("Whether they stay, with size 1.")] = False

    def compose(self, body: Body) -> None:
        """Reduce twice."""
        if self.takes(body, 1, 1):
            body.outputs = [
                body.add(
                    Reduce(operation=operation, axis=self.axis, keepdims=self.keepdims),
                    body.inputs,
                )
                for operation in ("mean", "var")
            ]


class Diff(_Derived, kw_only=True):
    """The differences between neighbours along `axis`, taken `n` times."""

    lowers_to = one_row()
    example = shown_on({"type": "Diff", "axis": 1}, ["batch", 12, 64])

    n: Annotated[Integer, means("Times; each makes the axis one shorter.")] = 1
    axis: Annotated[int, means("The axis along which neighbours are compared.")] = -1

    def compose(self, body: Body) -> None:
        """Leave out the first `n` places."""
        if self.axis not in RANKS:
            body.refuse("axis", f"must be one of a tensor's axes, got {self.axis}")
        elif isinstance(self.n, int) and self.n < 0:
            body.refuse("n", f"must be at least 0, got {self.n}")
        elif self.takes(body, 1, 1):
            cut: list[Any] = [self.n, None]
            before = [ALL] * self.axis if self.axis >= 0 else ["..."]
            behind = [ALL] * (-self.axis - 1) if self.axis < 0 else []
            body.add(GetItem(key=[*before, cut, *behind]), body.inputs)


class Linspace(_Derived, kw_only=True):
    """`num` numbers from one tensor to another, or to a constant, along a new axis."""

    lowers_to = one_row()
    example = shown_on({"type": "Linspace", "num": 5, "axis": -1}, ["batch", 64], ["batch", 64])

    num: Annotated[Integer, means("How many numbers there are.")] = 50
    axis: Annotated[Integer, means("Where the new axis stands in the output.")] = 0
    spacing: Annotated[
        Literal["linear", "logarithmic", "geometric"], means("What is alike between neighbours.")
    ] = "linear"
    endpoint: Annotated[bool, means("Whether the end is among them.")] = True
    constant_shape: Annotated[
        list[Integer] | None, means("Shape of the start or the end where it is constant.")
    ] = None

    def compose(self, body: Body) -> None:
        """Stretch start and end to one shape, and set that beside itself."""
        if self.takes(body, 1, 2):
            both = Arithmetic(operation="divide", constant_shape=self.constant_shape)
            body.add(Copies(size=self.num, axis=self.axis), [body.add(both, body.inputs)])


class Copies(Layer, kw_only=True):
    """A tensor so many times along a new axis: what Linspace is composed of."""

    is_part = True
    lowers_to = operator("insertion", rank="WB_ABSENT", result="WB_RESULT_INPUT")

    size: Integer
    axis: Integer


class SegmentReduce(_Derived, kw_only=True):
    """One sum, largest, least or product for each segment of the first axis.

    Inputs: the data, and the number of each place's segment.
    """

    lowers_to = one_row()
    example = shown_on(
        {"type": "SegmentReduce", "operation": "sum", "num_segments": 4}, [12, 64], [12]
    )

    operation: Annotated[
        Literal["max", "min", "prod", "sum"], means("What becomes of the places of a segment.")
    ]
    num_segments: Annotated[Integer, means("How many segments there are.")]

    def compose(self, body: Body) -> None:
        """Reduce once, as often as there are segments."""
        if self.takes(body, 2, 2):
            one = Reduce(operation=self.operation, axis=0, keepdims=True, dtype=self.dtype)
            reduced = body.add(one, body.inputs[:1])
            body.add(Repeat(repeats=self.num_segments, axis=0), [reduced])


class FFT(_Derived, kw_only=True):
    """A Fourier transform of real and imaginary parts, which are two inputs and two outputs."""

    lowers_to = one_row()
    example = shown_on({"type": "FFT"}, ["batch", 64], ["batch", 64])

    def compose(self, body: Body) -> None:
        """Shapes stay as they are."""
        if self.takes(body, 2, 2):
            same = Elementwise(operation="copy")
            body.outputs = [body.add(same, [given]) for given in body.inputs]


class Meshgrid(_Derived, kw_only=True):
    """The coordinates of a grid: all elements of every input along an axis of its own."""

    lowers_to = one_row()
    example = shown_on({"type": "Meshgrid"}, [12], [16])

    indexing: Annotated[
        Literal["xy", "ij"], means("The first axis is the second input's (xy), or the first's.")
    ] = "xy"

    def compose(self, body: Body) -> None:
        """Stretch all of them over each other."""
        if not self.takes(body, 1, 16):
            return
        places = list(range(len(body.inputs)))
        if self.indexing == "xy":
            places[:2] = reversed(places[:2])
        spread = [self._along(body, given, places[k]) for k, given in enumerate(body.inputs)]
        both = Arithmetic(operation="add")
        grid = reduce(lambda one, other: body.add(both, [one, other]), spread)
        body.outputs = [grid] * len(body.inputs)

    def _along(self, body: Body, given: Reference, place: int) -> Reference:
        key: list[Any] = [None] * len(body.inputs)
        key[place] = ALL
        vector = body.add(Reshape(target_shape=[-1], keep_batch=False), [given])
        return body.add(GetItem(key=key), [vector])


class DotProductAttention(_Derived, kw_only=True):
    """Attention over (batch, time, heads, features), all projected already.

    Inputs: query, key, value; a bias or a mask behind them changes no shape. Its costs are, in full
    square, the products of scores and values.
    """

    category = "attention"
    lowers_to = one_row()
    example = shown_on(
        {"type": "DotProductAttention"},
        ["batch", 12, 8, 64],
        ["batch", 12, 8, 64],
        ["batch", 12, 8, 64],
    )

    is_causal: Annotated[bool, means("Whether what comes later is masked.")] = False

    def compose(self, body: Body) -> None:
        """Multiply query and key, and the scores with the values."""
        if self.takes(body, 3, 5):
            query, key, value, *_ = body.inputs
            scores = body.add(Einsum(equation="bqhd,bkhd->bhqk"), [query, key])
            body.add(Einsum(equation="bhqk,bkhd->bqhd"), [scores, value])


class ExtractPatches(_Derived, kw_only=True):
    """Every window of an image with all its elements as channels (channels last)."""

    lowers_to = one_row()
    example = shown_on({"type": "ExtractPatches", "size": 16}, ["batch", 224, 224, 3])

    size: Annotated[Integers, means("Size of the window, one for both axes or each.")]
    strides: Annotated[Integers | None, means("Step of the window; its size where null.")] = None
    dilation_rate: Annotated[Integers, means("Distance between the points of the window.")] = 1
    padding: Annotated[
        Literal["valid", "same"], means("`valid` (none), or `same`, as for a convolution.")
    ] = "valid"

    def compose(self, body: Body) -> None:
        """Slide the window; each of its places has the channels once."""
        sizes = self.size if isinstance(self.size, list) else [self.size] * 2
        if not self.takes(body, 1, 1):
            return
        windows = MaxPooling2D(
            pool_size=sizes,
            strides=self.strides,
            dilation_rate=self.dilation_rate,
            padding=self.padding,
            data_format="channels_last",
        )
        made = body.add(windows, body.inputs)
        for size in sizes:
            made = body.add(Repeat(repeats=size, axis=-1), [made])
