"""Layers with axes of space: windows that slide, space that grows or shrinks, what changes places.

The rules are Keras's and, where Keras has none, PyTorch's, as their documentation gives them.
"""

import math
from collections.abc import Callable
from typing import Any

from tests.reference.dense import lora
from tests.reference.made import Layer, Made, Weight
from tests.reference.refusal import Refusal, fits
from tests.reference.shape import Shape, Size, computed, elements, known, number, rank, times

Spatial = tuple[Size, list[Size], Size]
"""Batch, the axes of space, and channels."""


# Where the axes are


def _axes(layer: Layer) -> int:
    """The number in the type: 2 in `Conv2DTranspose` and `LPPool2d`."""
    return int(next(letter for letter in layer["type"] if letter.isdigit()))


def _each(value: Any, axes: int) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    return values * axes if len(values) == 1 else values


def _split(layer: Layer, shape: Shape, axes: int) -> Spatial:
    """Batch, the axes of space, and channels, wherever `data_format` has them."""
    rank(shape, axes + 2)
    if layer["data_format"] == "channels_first":
        return shape[0], list(shape[2:]), shape[1]
    return shape[0], list(shape[1:-1]), shape[-1]


def _join(layer: Layer, batch: Size, places: list[Size], channels: Size) -> Shape:
    if layer["data_format"] == "channels_first":
        return (batch, channels, *places)
    return (batch, *places, channels)


# Windows


def _reach(layer: Layer, size: str, axes: int) -> list[int]:
    """How far a window reaches, from its first point to its last."""
    steps = _each(layer.get("dilation_rate", 1), axes)
    return [
        fits(step * (width - 1) + 1, "a window")
        for step, width in zip(steps, _each(layer[size], axes), strict=True)
    ]


def _pads(padding: Any, reach: list[int]) -> list[list[int]]:
    """What explicit padding puts before and after each axis."""
    if padding in ("valid", "same", "causal"):
        return [[0, 0] for _ in reach]
    return [side if isinstance(side, list) else [side, side] for side in _each(padding, len(reach))]


def _slide(
    places: list[Size], reach: list[int], strides: list[int], padding: Any, ceil_mode: bool = False
) -> list[Size]:
    """How many places a window has along each axis."""
    if padding in ("same", "causal"):
        return [_covered(size, stride) for size, stride in zip(places, strides, strict=True)]
    pads = _pads(padding, reach)
    return [
        fitted(size, window, stride, pad, ceil_mode)
        for size, window, stride, pad in zip(places, reach, strides, pads, strict=True)
    ]


def _covered(size: Size, stride: int) -> Size:
    """As many windows as strides begin within the size."""
    return size if stride == 1 else computed([size], lambda n: -(-n // stride))


def fitted(size: Size, reach: int, stride: int, pad: list[int], ceil_mode: bool) -> Size:
    """floor((n + padding - reach) / stride) + 1, or PyTorch's rule where it rounds up."""
    if stride == 1 and sum(pad) == reach - 1:
        return size

    def count(n: int) -> int:
        room = n + sum(pad) - reach
        if not ceil_mode:
            return room // stride + 1 if room >= 0 else -1
        windows = -(-room // stride) + 1
        if windows < 1:
            return -1
        begins_behind = (windows - 1) * stride >= n + pad[0]
        return windows - 1 if begins_behind else windows

    return _made(size, count, least=1)


def _made(size: Size, formula: Callable[[int], int], least: int = 0) -> Size:
    """What becomes of one size; refused where too little is left."""
    if isinstance(size.shown, int) and formula(size.shown) < least:
        raise Refusal("shape_mismatch", f"too little is left of {size.shown}")
    return computed([size], lambda n: formula(n) if formula(n) >= least else -1)


def _filled(border: str, size: Size, padding: int) -> None:
    """A border that is reflected or goes round is no more than what there is."""
    most = {"reflect": -1, "circular": 0}
    if border in most and isinstance(size.shown, int) and padding > size.shown + most[border]:
        raise Refusal("shape_mismatch", f"a border of {padding} on {size.shown}")


# Convolutions


def convolution(layer: Layer, inputs: list[Shape]) -> Made:
    """kernel [*kernel_size, in / groups, filters]; it is applied once for each output position."""
    axes = _axes(layer)
    batch, places, channels = _split(layer, inputs[0], axes)
    if isinstance(channels.shown, int) and channels.shown % layer["groups"]:
        raise Refusal("shape_mismatch", f"{layer['groups']} groups of {channels.shown}")
    reach = _reach(layer, "kernel_size", axes)
    for size, window, pad in zip(places, reach, _pads(layer["padding"], reach), strict=True):
        for side in {"same": [(window - 1) // 2, window // 2], "causal": [window - 1]}.get(
            str(layer["padding"]), pad
        ):
            _filled(layer["padding_mode"], size, side)
    places = _slide(places, reach, _each(layer["strides"], axes), layer["padding"])
    features, filters = number(channels, "channels"), layer["filters"]
    kernel = (*_each(layer["kernel_size"], axes), features // layer["groups"], filters)
    adapted = lora(layer, kernel, "lora_kernel_")
    whole = Weight("kernel", kernel, trainable=not adapted)
    made = _convolved(layer, batch, places, [whole], filters)
    return Made(made.outputs, [*made.weights, *adapted], made.macs)


def _convolved(
    layer: Layer, batch: Size, places: list[Size], kernels: list[Weight], filters: int
) -> Made:
    bias = [Weight("bias", (filters,))] if layer["use_bias"] else []
    products = sum(math.prod(kernel.shape) for kernel in kernels)
    macs = times(elements((batch, *places)), products)
    return Made([_join(layer, batch, places, known(filters))], [*kernels, *bias], macs)


def transposed(layer: Layer, inputs: list[Shape]) -> Made:
    """kernel [*kernel_size, filters / groups, in]; it is applied once for each input position."""
    axes = _axes(layer)
    batch, places, channels = _split(layer, inputs[0], axes)
    if isinstance(channels.shown, int) and channels.shown % layer["groups"]:
        raise Refusal("shape_mismatch", f"{layer['groups']} groups of {channels.shown}")
    reach, strides = _reach(layer, "kernel_size", axes), _each(layer["strides"], axes)
    pads, extras = _pads(layer["padding"], reach), _each(layer["output_padding"], axes)
    made = [
        spread(size, stride, _rest(layer["padding"], window, stride, sum(pad), extra))
        for size, stride, window, pad, extra in zip(
            places, strides, reach, pads, extras, strict=True
        )
    ]
    features, filters = number(channels, "channels"), layer["filters"]
    kernel = (*_each(layer["kernel_size"], axes), filters // layer["groups"], features)
    out = _convolved(layer, batch, made, [Weight("kernel", kernel)], filters)
    return Made(out.outputs, out.weights, times(elements((batch, *places)), math.prod(kernel)))


def _rest(padding: Any, reach: int, stride: int, pad: int, extra: int | None) -> int:
    """What the last window adds: Keras's rules for its keywords, PyTorch's for numbers."""
    if padding == "same":
        return stride if extra is None else reach % 2 + extra
    if padding == "valid" and extra is None:
        return max(reach, stride)
    return reach - pad + (extra or 0)


def spread(size: Size, stride: int, rest: int) -> Size:
    if stride == 1 and rest == 1:
        return size
    return _made(size, lambda n: (n - 1) * stride + rest)


def depthwise(layer: Layer, inputs: list[Shape]) -> Made:
    """kernel [*kernel_size, in, depth_multiplier]: every channel has kernels of its own."""
    batch, places, kernel = _by_depth(layer, inputs[0])
    return _convolved(layer, batch, places, [Weight("kernel", kernel)], kernel[-2] * kernel[-1])


def separable(layer: Layer, inputs: list[Shape]) -> Made:
    """A depthwise kernel, then one of size 1 from all that it made to the filters."""
    batch, places, deep = _by_depth(layer, inputs[0])
    point = (*[1] * _axes(layer), deep[-2] * deep[-1], layer["filters"])
    kernels = [Weight("depthwise_kernel", deep), Weight("pointwise_kernel", point)]
    return _convolved(layer, batch, places, kernels, layer["filters"])


def _by_depth(layer: Layer, shape: Shape) -> tuple[Size, list[Size], tuple[int, ...]]:
    axes = _axes(layer)
    batch, places, channels = _split(layer, shape, axes)
    reach = _reach(layer, "kernel_size", axes)
    places = _slide(places, reach, _each(layer["strides"], axes), layer["padding"])
    kernel = (*_each(layer["kernel_size"], axes), number(channels, "channels"))
    return batch, places, (*kernel, layer["depth_multiplier"])


def conv_lstm(layer: Layer, inputs: list[Shape]) -> Made:
    """Four gates, each a convolution of the step and one of the state, which keeps its size."""
    axes, sequence = _axes(layer), inputs[0]
    rank(sequence, axes + 3)
    batch, places, channels = _split(layer, (sequence[0], *sequence[2:]), axes)
    if not all(isinstance(size.shown, int) for size in places):
        raise Refusal("shape_mismatch", "space is unknown")
    reach = _reach(layer, "kernel_size", axes)
    places = _slide(places, reach, _each(layer["strides"], axes), layer["padding"])
    filters = layer["filters"]
    state = _join(layer, batch, places, known(filters))
    _given_states(inputs[1:], state)
    kernel, columns = _each(layer["kernel_size"], axes), 4 * filters
    kernels = [
        Weight("kernel", (*kernel, number(channels, "channels"), columns)),
        Weight("recurrent_kernel", (*kernel, filters, columns)),
    ]
    bias = [Weight("bias", (columns,))] if layer["use_bias"] else []
    products = sum(math.prod(weight.shape) for weight in kernels)
    output = (state[0], sequence[1], *state[1:]) if layer["return_sequences"] else state
    return Made(
        [output, *([state] * 2 if layer["return_state"] else [])],
        [*kernels, *bias],
        times(elements((batch, sequence[1], *places)), products),
    )


def _given_states(given: list[Shape], state: Shape) -> None:
    if len(given) not in (0, 2):
        raise Refusal("invalid_model", f"{len(given)} states, not 2")
    for shape in given:
        rank(shape, len(state))
        for one, other in zip(shape[1:], state[1:], strict=True):
            if isinstance(one.shown, int) and one.shown != other.shown:
                raise Refusal("shape_mismatch", "a state of another shape")


# Pooling


def pooling(layer: Layer, inputs: list[Shape]) -> Made:
    """A window over the axes of space; it strides by its own size unless told otherwise."""
    axes = _axes(layer)
    batch, places, channels = _split(layer, inputs[0], axes)
    reach = _reach(layer, "pool_size", axes)
    strides = _each(layer["pool_size"] if layer["strides"] is None else layer["strides"], axes)
    padding = layer.get("padding", "valid")
    places = _slide(places, reach, strides, padding, layer["ceil_mode"])
    return _pooled(layer, _join(layer, batch, places, channels))


def _pooled(layer: Layer, shape: Shape) -> Made:
    return Made([shape] * (2 if layer.get("return_indices") else 1), [])


def global_pooling(layer: Layer, inputs: list[Shape]) -> Made:
    """All axes of space become one number, kept as axes of size 1 with `keepdims`."""
    batch, places, channels = _split(layer, inputs[0], _axes(layer))
    kept = [known(1)] * len(places) if layer["keepdims"] else []
    return Made([_join(layer, batch, kept, channels)], [])


def adaptive_pooling(layer: Layer, inputs: list[Shape]) -> Made:
    """As many windows as are wanted; null wants as many as there are places."""
    batch, places, channels = _split(layer, inputs[0], _axes(layer))
    wanted = _each(layer["output_size"], len(places))
    made = [
        place if size is None else known(size) for place, size in zip(places, wanted, strict=True)
    ]
    return _pooled(layer, _join(layer, batch, made, channels))


def unpooling(layer: Layer, inputs: list[Shape]) -> Made:
    """(n - 1) x stride + window - padding; the second input says where the values go."""
    axes = _axes(layer)
    if len(inputs) != 2:
        raise Refusal("invalid_model", "values without places")
    batch, places, channels = _split(layer, inputs[0], axes)
    rank(inputs[1], axes + 2)
    for one, other in zip(*inputs, strict=True):
        if isinstance(one.shown, int) and isinstance(other.shown, int) and one != other:
            raise Refusal("shape_mismatch", "values and places differ")
    reach = _each(layer["pool_size"], axes)
    strides = reach if layer["strides"] is None else _each(layer["strides"], axes)
    pads = _pads(layer["padding"], reach)
    made = [
        spread(size, stride, window - sum(pad))
        for size, stride, window, pad in zip(places, strides, reach, pads, strict=True)
    ]
    if layer["output_size"] is not None:
        wanted = _each(layer["output_size"], axes)
        made = [_near(*each) for each in zip(made, wanted, strides, strict=True)]
    return Made([_join(layer, batch, made, channels)], [])


def _near(made: Size, wanted: int, stride: int) -> Size:
    """PyTorch: a size that is given is less than a stride away from what the window makes."""
    if isinstance(made.shown, int) and abs(made.shown - wanted) >= stride:
        raise Refusal("shape_mismatch", f"{wanted} instead of {made.shown}")
    return known(wanted)


def fractional_pooling(layer: Layer, inputs: list[Shape]) -> Made:
    """A size, or a share of what there is; the windows must fit wherever they begin, and over three
    axes PyTorch wants one place more than that.
    """
    axes = _axes(layer)
    batch, places, channels = _split(layer, inputs[0], axes)
    wanted = layer["output_size"]
    if wanted is not None:
        made = [known(size) for size in _each(wanted, axes)]
    else:
        ratios = _each(layer["output_ratio"], axes)
        made = [_scaled(size, ratio, 1) for size, ratio in zip(places, ratios, strict=True)]
    for size, place, window in zip(made, places, _each(layer["pool_size"], axes), strict=True):
        needed = size.shown + window - (axes < 3) if isinstance(place.shown, int) else 0
        if isinstance(place.shown, int) and needed > place.shown:
            raise Refusal("shape_mismatch", f"{needed} places of {place.shown}")
    return _pooled(layer, _join(layer, batch, made, channels))


# Space that grows and shrinks


def padding(layer: Layer, inputs: list[Shape]) -> Made:
    """More before and after each axis; what is below 0 is taken away first."""
    return _moved(layer, inputs, _sides(layer["padding"], _axes(layer)), BORDERS[layer["type"][:4]])


BORDERS = {
    "Zero": "zeros",
    "Cons": "zeros",
    "Refl": "reflect",
    "Repl": "replicate",
    "Circ": "circular",
}


LOOKED_UP = ("reflect", "replicate")
"""PyTorch finds the values of these borders by their places."""


def cropping(layer: Layer, inputs: list[Shape]) -> Made:
    """Less before and after each axis."""
    sides = _sides(layer["cropping"], _axes(layer))
    return _moved(layer, inputs, [[-one for one in side] for side in sides], "zeros", least=1)


def _sides(value: Any, axes: int) -> list[list[int]]:
    if axes == 1 and isinstance(value, list) and len(value) == 2:
        return [value]
    return [side if isinstance(side, list) else [side, side] for side in _each(value, axes)]


def _moved(
    layer: Layer, inputs: list[Shape], sides: list[list[int]], border: str, least: int = 0
) -> Made:
    batch, places, channels = _split(layer, inputs[0], len(sides))
    for size, side in zip(places, sides, strict=True):
        for amount in side:
            _filled(border, size, amount)
    made = [_ends(size, side, border, least) for size, side in zip(places, sides, strict=True)]
    if border in LOOKED_UP and all(size.shown == 0 for size in made):
        raise Refusal("shape_mismatch", "nothing is left of any axis")
    return Made([_join(layer, batch, made, channels)], [])


def _ends(size: Size, side: list[int], border: str, least: int) -> Size:
    """What is taken away must be there, unless the border is looked up."""

    def formula(n: int) -> int:
        left = n + sum(amount for amount in side if amount < 0)
        return n + sum(side) if left >= 0 or border in LOOKED_UP else -1

    return size if side == [0, 0] else _made(size, formula, least)


def up_sampling(layer: Layer, inputs: list[Shape]) -> Made:
    """So many times as much of each axis."""
    batch, places, channels = _split(layer, inputs[0], _axes(layer))
    factors = _each(layer["size"], len(places))
    made = [_scaled(size, factor, 1) for size, factor in zip(places, factors, strict=True)]
    return Made([_join(layer, batch, made, channels)], [])


def upsample(layer: Layer, inputs: list[Shape]) -> Made:
    """PyTorch: a size, or a factor of which int(n * factor) is what the axis becomes."""
    axes = len(inputs[0]) - 2
    if not 1 <= axes <= 3:
        raise Refusal("shape_mismatch", f"{axes} axes of space")
    batch, places, channels = _split(layer, inputs[0], axes)
    wanted = _each(layer["size"] if layer["size"] is not None else layer["scale_factor"], axes)
    if len(wanted) not in (1, axes):
        raise Refusal("shape_mismatch", f"{len(wanted)} for {axes} axes")
    wanted = wanted * axes if len(wanted) == 1 else wanted
    if layer["size"] is not None:
        return Made([_join(layer, batch, [known(size) for size in wanted], channels)], [])
    least = 0 if layer["mode"] == "area" else 1
    made = [_scaled(size, factor, least) for size, factor in zip(places, wanted, strict=True)]
    return Made([_join(layer, batch, made, channels)], [])


def _scaled(size: Size, factor: float, least: int) -> Size:
    return size if factor == 1 else _made(size, lambda n: int(n * factor), least)


def image_of_size(layer: Layer, inputs: list[Shape]) -> Made:
    """Height and width as they are wanted; one image may come without a batch."""
    (shape,) = inputs
    wanted = (known(layer["height"]), known(layer["width"]))
    if len(shape) not in (3, 4):
        raise Refusal("shape_mismatch", f"an image of rank {len(shape)}")
    if layer["data_format"] == "channels_first":
        return Made([(*shape[:-2], *wanted)], [])
    return Made([(*shape[:-3], *wanted, shape[-1])], [])


# Elements that move


def unfold(layer: Layer, inputs: list[Shape]) -> Made:
    """A column of all channels for each place of the window."""
    batch, places, channels = _split(layer, _batched(inputs[0], 4), 2)
    rows = _times(channels, math.prod(_each(layer["kernel_size"], 2)))
    columns = _columns(layer, places)
    return _as_taken(inputs[0], 4, _join(layer, batch, [columns], rows))


def _batched(shape: Shape, wanted: int) -> Shape:
    """One example may come without a batch."""
    return (known(1), *shape) if len(shape) == wanted - 1 else shape


def _as_taken(taken: Shape, wanted: int, made: Shape) -> Made:
    return Made([made[1:] if len(taken) == wanted - 1 else made], [])


def _columns(layer: Layer, places: list[Size]) -> Size:
    reach = _reach(layer, "kernel_size", 2)
    made = _slide(places, reach, _each(layer["strides"], 2), layer["padding"])
    long = [size for size in made if size.shown != 1]
    return long[0] if len(long) == 1 else computed(long, lambda *each: math.prod(each))


def _times(size: Size, factor: int) -> Size:
    return size if factor == 1 else computed([size], lambda n: n * factor)


def fold(layer: Layer, inputs: list[Shape]) -> Made:
    """The way back: as many columns as the window has places over the output."""
    batch, columns, rows = _split(layer, _batched(inputs[0], 3), 1)
    sizes = [known(size) for size in _each(layer["output_size"], 2)]
    channels = _parts(rows, fits(math.prod(_each(layer["kernel_size"], 2)), "a window"))
    given, wanted = columns[0], _columns(layer, sizes)
    if isinstance(given.shown, int) and given.shown != wanted.shown:
        raise Refusal("shape_mismatch", f"{given.shown} columns, not {wanted.shown}")
    return _as_taken(inputs[0], 3, _join(layer, batch, sizes, channels))


def _parts(size: Size, parts: int) -> Size:
    """An equal part of a size; refused where it is not whole."""
    if isinstance(size.shown, int) and size.shown % parts:
        raise Refusal("shape_mismatch", f"{size.shown} in {parts} parts")
    return size if parts == 1 else computed([size], lambda n: -1 if n % parts else n // parts)


def pixel_shuffle(layer: Layer, inputs: list[Shape]) -> Made:
    """Channels by the square of the factor less, space by the factor more."""
    (shape,) = inputs
    factor = layer["upscale_factor"]
    square = fits(factor**2, "a square")
    return _traded(layer, shape, lambda n: _times(n, factor), lambda n: _parts(n, square))


def pixel_unshuffle(layer: Layer, inputs: list[Shape]) -> Made:
    """The way back."""
    (shape,) = inputs
    factor = layer["downscale_factor"]
    square = fits(factor**2, "a square")
    return _traded(layer, shape, lambda n: _parts(n, factor), lambda n: _times(n, square))


def _traded(
    layer: Layer, shape: Shape, space: Callable[[Size], Size], channels: Callable[[Size], Size]
) -> Made:
    if len(shape) < 3:
        raise Refusal("shape_mismatch", f"an image of rank {len(shape)}")
    *lead, one, two, three = shape
    if layer["data_format"] == "channels_first":
        return Made([(*lead, channels(one), space(two), space(three))], [])
    return Made([(*lead, space(one), space(two), channels(three))], [])


def channel_shuffle(layer: Layer, inputs: list[Shape]) -> Made:
    """Nothing changes, but the groups must divide the channels."""
    (shape,) = inputs
    if len(shape) < 3:
        raise Refusal("shape_mismatch", f"an image of rank {len(shape)}")
    _parts(shape[1 if layer["data_format"] == "channels_first" else -1], layer["groups"])
    return Made([shape], [])


SPATIAL: dict[str, Callable[[Layer, list[Shape]], Made]] = {
    **{f"Conv{axes}D": convolution for axes in (1, 2, 3)},
    **{f"Conv{axes}DTranspose": transposed for axes in (1, 2, 3)},
    **{f"DepthwiseConv{axes}D": depthwise for axes in (1, 2)},
    **{f"SeparableConv{axes}D": separable for axes in (1, 2)},
    **{f"ConvLSTM{axes}D": conv_lstm for axes in (1, 2, 3)},
    **{f"{kind}Pooling{axes}D": pooling for kind in ("Max", "Average") for axes in (1, 2, 3)},
    **{f"LPPool{axes}d": pooling for axes in (1, 2, 3)},
    **{f"MaxUnpool{axes}d": unpooling for axes in (1, 2, 3)},
    **{f"FractionalMaxPool{axes}d": fractional_pooling for axes in (2, 3)},
    **{
        f"Global{kind}Pooling{axes}D": global_pooling
        for kind in ("Max", "Average")
        for axes in (1, 2, 3)
    },
    **{
        f"Adaptive{kind}Pooling{axes}D": adaptive_pooling
        for kind in ("Max", "Average")
        for axes in (1, 2, 3)
    },
    **{f"ZeroPadding{axes}D": padding for axes in (1, 2, 3)},
    **{
        f"{kind}Pad{axes}d": padding
        for kind in ("Constant", "Reflection", "Replication", "Circular")
        for axes in (1, 2, 3)
    },
    **{f"Cropping{axes}D": cropping for axes in (1, 2, 3)},
    **{f"UpSampling{axes}D": up_sampling for axes in (1, 2, 3)},
    "Upsample": upsample,
    **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), image_of_size),
    "Unfold": unfold,
    "Fold": fold,
    "PixelShuffle": pixel_shuffle,
    "PixelUnshuffle": pixel_unshuffle,
    "ChannelShuffle": channel_shuffle,
}
