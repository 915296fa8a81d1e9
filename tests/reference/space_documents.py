"""Random layers with axes of space, for the shape that they are given."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from tests.reference.made import Layer
from tests.reference.shape import Shape

Draw = Callable[[st.SearchStrategy[Any]], Any]

small = st.integers(1, 8)
flags = st.booleans()
data_formats = st.sampled_from(["channels_last", "channels_first"])
zeros = st.integers(0, 2)
steps = st.integers(1, 3)


def each(axes: int, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value for all axes of space, or a list of one for each."""
    return st.one_of(strategy, st.lists(strategy, min_size=axes, max_size=axes))


def sides(axes: int, amounts: st.SearchStrategy[int]) -> st.SearchStrategy[Any]:
    """An amount, one for each axis, or a pair for each."""
    pair = st.lists(amounts, min_size=2, max_size=2)
    return st.one_of(each(axes, amounts), st.lists(pair, min_size=axes, max_size=axes))


def some(draw: Draw, **attributes: st.SearchStrategy[Any]) -> Layer:
    """Some of the attributes; the others keep their defaults."""
    return {name: draw(strategy) for name, strategy in attributes.items() if draw(flags)}


def _kernel(draw: Draw, axes: int, *words: str) -> Layer:
    """What all convolutions take."""
    keywords = st.sampled_from(["valid", "same", *words])
    return {"kernel_size": draw(each(axes, st.integers(1, 4)))} | some(
        draw,
        strides=each(axes, steps),
        dilation_rate=each(axes, steps),
        padding=st.one_of(keywords, sides(axes, zeros)),
        use_bias=flags,
        data_format=data_formats,
    )


def convolution(draw: Draw, shape: Shape) -> Layer:
    axes = len(shape) - 2
    groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
    kernel = _kernel(draw, axes, *(["causal"] if axes == 1 else []))
    if draw(flags):
        borders = st.sampled_from(["zeros", "reflect", "replicate", "circular"])
        ranks = st.sampled_from([0, 2])
        own, kind = some(draw, padding_mode=borders, lora_rank=ranks), f"Conv{axes}D"
    else:
        kernel["padding"] = draw(st.sampled_from(["valid", "same", 0, 1]))
        own, kind = some(draw, output_padding=each(axes, zeros)), f"Conv{axes}DTranspose"
    return {"type": kind, "filters": groups * draw(small), "groups": groups} | kernel | own


def by_depth(draw: Draw, shape: Shape) -> Layer:
    """Depthwise or separable."""
    axes = len(shape) - 2
    layer = _kernel(draw, axes) | some(draw, depth_multiplier=steps)
    if draw(flags):
        return {"type": f"DepthwiseConv{axes}D"} | layer
    return {"type": f"SeparableConv{axes}D", "filters": draw(small)} | layer


def conv_lstm(draw: Draw, shape: Shape) -> Layer:
    axes = len(shape) - 3
    layer = _kernel(draw, axes) | some(draw, return_sequences=flags, return_state=flags)
    layer["padding"] = draw(st.sampled_from(["valid", "same"]))
    return {"type": f"ConvLSTM{axes}D", "filters": draw(small)} | layer


def pooling(draw: Draw, shape: Shape) -> Layer:
    axes = len(shape) - 2
    kind = draw(st.sampled_from([f"MaxPooling{axes}D", f"AveragePooling{axes}D", f"LPPool{axes}d"]))
    own: dict[str, st.SearchStrategy[Any]] = {}
    if not kind.startswith("LP"):
        own["padding"] = st.one_of(st.sampled_from(["valid", "same"]), sides(axes, zeros))
    if kind.startswith("Max"):
        own |= {"dilation_rate": each(axes, steps), "return_indices": flags}
    layer = {"type": kind, "pool_size": draw(each(axes, st.integers(1, 4)))}
    layer |= {"norm_type": 2} if kind.startswith("LP") else {}
    strides = st.one_of(st.none(), each(axes, steps))
    return layer | some(draw, strides=strides, ceil_mode=flags, data_format=data_formats, **own)


def global_pooling(draw: Draw, shape: Shape) -> Layer:
    kind = draw(st.sampled_from(["Max", "Average"]))
    layer = {"type": f"Global{kind}Pooling{len(shape) - 2}D"}
    return layer | some(draw, keepdims=flags, data_format=data_formats)


def adaptive_pooling(draw: Draw, shape: Shape) -> Layer:
    axes = len(shape) - 2
    kept = st.lists(st.one_of(st.none(), small), min_size=axes, max_size=axes)
    kind = draw(st.sampled_from(["Max", "Average"]))
    layer = {"type": f"Adaptive{kind}Pooling{axes}D", "output_size": draw(st.one_of(small, kept))}
    own = {"return_indices": flags} if kind == "Max" else {}
    return layer | some(draw, data_format=data_formats, **own)


def resized(draw: Draw, shape: Shape) -> Layer:
    """Padded, cropped, or with more or fewer elements."""
    axes = len(shape) - 2
    amounts = sides(axes, st.integers(-2, 4))
    kinds: dict[str, dict[str, Any]] = {
        f"ZeroPadding{axes}D": {"padding": amounts},
        f"ReflectionPad{axes}d": {"padding": amounts},
        f"CircularPad{axes}d": {"padding": amounts},
        f"ReplicationPad{axes}d": {"padding": amounts},
        f"ConstantPad{axes}d": {"padding": amounts, "value": st.just(0.5)},
        f"Cropping{axes}D": {"cropping": sides(axes, zeros)},
        f"UpSampling{axes}D": {"size": each(axes, steps)},
    }
    kind = draw(st.sampled_from(list(kinds)))
    layer = {name: draw(strategy) for name, strategy in kinds[kind].items()}
    return {"type": kind} | layer | some(draw, data_format=data_formats)


def upsample(draw: Draw, shape: Shape) -> Layer:
    """Factors of which the product with a size is hardly ever exact, among others."""
    factors = st.sampled_from([1, 2, 3, 0.5, 2.5, 1 / 3, 0.1, 0.29, 1.1, 3.7])
    if draw(flags):
        return {"type": "Upsample", "size": draw(each(len(shape) - 2, small))}
    layer = {"type": "Upsample", "scale_factor": draw(each(len(shape) - 2, factors))}
    return layer | some(draw, data_format=data_formats)


def image(draw: Draw, shape: Shape) -> Layer:
    size = {"height": small, "width": small}
    kinds: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), size),
        "PixelShuffle": {"upscale_factor": steps},
        "PixelUnshuffle": {"downscale_factor": steps},
        "ChannelShuffle": {"groups": steps},
        "LocalResponseNorm": {"size": steps},
        "RandomFlip": {},
        "RandomRotation": {"factor": st.just(0.2)},
        "Equalization": {},
    }
    kind = draw(st.sampled_from(list(kinds)))
    layer = {name: draw(strategy) for name, strategy in kinds[kind].items()}
    return {"type": kind} | layer | some(draw, data_format=data_formats)


def columns(draw: Draw, shape: Shape) -> Layer:
    """Windows as columns, or columns added up, where there is a batch."""
    layer = {"kernel_size": draw(each(2, st.integers(1, 3)))} | some(
        draw,
        strides=each(2, steps),
        dilation_rate=each(2, steps),
        padding=sides(2, zeros),
        data_format=data_formats,
    )
    if len(shape) == 4:
        return {"type": "Unfold"} | layer
    return {"type": "Fold", "output_size": draw(each(2, small))} | layer


def spatial(shape: Shape) -> list[Callable[[Draw, Shape], Layer]]:
    """The layers of one output that take one tensor of this rank."""
    makers: list[Callable[[Draw, Shape], Layer]] = []
    if 3 <= len(shape) <= 5:
        makers += [convolution, convolution, pooling, pooling, global_pooling]
        makers += [adaptive_pooling, resized, resized, upsample]
    if 3 <= len(shape) <= 4:
        makers += [by_depth, columns, image]
    return makers
