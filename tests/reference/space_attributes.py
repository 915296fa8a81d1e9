"""Which attributes the layers with axes of space take, and which do not go together."""

from typing import Any

from tests.reference.idle import IMAGES
from tests.reference.values import (
    DATA_FORMAT,
    LORA,
    REQUIRED,
    Attribute,
    Check,
    factor,
    flag,
    fraction,
    integer,
    list_of,
    one_of,
    optional,
    padding,
    per_axis,
    real,
    size,
    text,
)

Attributes = dict[str, Attribute]

KINDS = ("Max", "Average")


# Convolutions


def _kernel(axes: int, *words: str) -> Attributes:
    """What all convolutions take."""
    return {
        "kernel_size": (per_axis(axes), REQUIRED),
        "strides": (per_axis(axes), 1),
        "padding": (padding(axes, "valid", "same", *words), "valid"),
        "dilation_rate": (per_axis(axes), 1),
        "activation": (optional(text), None),
        "use_bias": (flag, True),
        "data_format": DATA_FORMAT,
    }


def _plain(axes: int) -> Attributes:
    return _kernel(axes, *(["causal"] if axes == 1 else [])) | {
        "filters": (size, REQUIRED),
        "groups": (size, 1),
        "padding_mode": (one_of("zeros", "reflect", "replicate", "circular"), "zeros"),
        **LORA,
    }


def _transposed(axes: int) -> Attributes:
    def amounts(value: Any) -> bool:
        return _amount(value) or (list_of(_amount)(value) and len(value) == axes)

    return _kernel(axes) | {
        "filters": (size, REQUIRED),
        "groups": (size, 1),
        "output_padding": (optional(amounts), None),
    }


def _amount(value: Any) -> bool:
    return integer(value) and value >= 0


MULTIPLIER: Attributes = {"depth_multiplier": (size, 1)}


def _conv_lstm(axes: int) -> Attributes:
    return _kernel(axes) | {
        "padding": (one_of("valid", "same"), "valid"),
        "filters": (size, REQUIRED),
        "activation": (optional(text), "tanh"),
        "recurrent_activation": (optional(text), "sigmoid"),
        "return_sequences": (flag, False),
        "return_state": (flag, False),
        "go_backwards": (flag, False),
    }


# Pooling


def _window(axes: int, pool_size: Any) -> Attributes:
    return {
        "pool_size": (per_axis(axes), pool_size),
        "strides": (optional(per_axis(axes)), None),
        "data_format": DATA_FORMAT,
    }


CEIL_MODE: Attributes = {"ceil_mode": (flag, False)}
INDICES: Attributes = {"return_indices": (flag, False)}


def _max_pooling(axes: int) -> Attributes:
    own: Attributes = {
        "padding": (padding(axes, "valid", "same"), "valid"),
        "dilation_rate": (per_axis(axes), 1),
    }
    return _window(axes, 2) | own | CEIL_MODE | INDICES


def _average_pooling(axes: int) -> Attributes:
    own: Attributes = {
        "padding": (padding(axes, "valid", "same"), "valid"),
        "count_include_pad": (flag, True),
    }
    return _window(axes, REQUIRED) | own | CEIL_MODE


def _unpooling(axes: int) -> Attributes:
    sizes = (optional(per_axis(axes)), None)
    return _window(axes, REQUIRED) | {"padding": (padding(axes), 0), "output_size": sizes}


def _fractional(axes: int) -> Attributes:
    def share(value: Any) -> bool:
        return real(value) and 0 < value < 1

    def shares(value: Any) -> bool:
        return share(value) or (list_of(share)(value) and len(value) in (1, axes))

    return INDICES | {
        "pool_size": (per_axis(axes), REQUIRED),
        "output_size": (optional(_one_or_each(axes)), None),
        "output_ratio": (optional(shares), None),
        "data_format": DATA_FORMAT,
    }


def _one_or_each(axes: int) -> Check:
    return lambda value: size(value) or (list_of(size)(value) and len(value) in (1, axes))


def _adaptive(axes: int) -> Attributes:
    def sizes(value: Any) -> bool:
        return size(value) or (list_of(optional(size))(value) and len(value) in (1, axes))

    return {"output_size": (sizes, REQUIRED), "data_format": DATA_FORMAT}


# Space that grows and shrinks


def _sides(axes: int, check: Check) -> Check:
    """One amount; one for each axis or a pair for each; of one axis also the pair alone."""

    def pair(value: Any) -> bool:
        return list_of(check)(value) and len(value) == 2

    def sides(value: Any) -> bool:
        if not isinstance(value, list):
            return check(value)
        each = len(value) == axes and all(check(one) or pair(one) for one in value)
        return each or (axes == 1 and pair(value))

    return sides


def _padding(axes: int, default: Any) -> Attributes:
    return {"padding": (_sides(axes, integer), default), "data_format": DATA_FORMAT}


def _cropping(axes: int) -> Attributes:
    default = 0 if axes == 2 else 1
    return {"cropping": (_sides(axes, _amount), default), "data_format": DATA_FORMAT}


def _up_sampling(axes: int) -> Attributes:
    def sizes(value: Any) -> bool:
        return size(value) or (list_of(size)(value) and len(value) in (1, axes))

    return {"size": (sizes, 2), "data_format": DATA_FORMAT}


def _one_or_more(check: Check) -> Check:
    return lambda value: check(value) or (list_of(check)(value) and len(value) > 0)


UPSAMPLE: Attributes = {
    "size": (optional(_one_or_more(size)), None),
    "scale_factor": (optional(_one_or_more(factor)), None),
    "mode": (one_of("nearest", "nearest-exact", "area"), "nearest"),
    "data_format": DATA_FORMAT,
}
IMAGE_OF_SIZE: Attributes = {
    "height": (size, REQUIRED),
    "width": (size, REQUIRED),
    "data_format": DATA_FORMAT,
}


# Elements that move

COLUMNS: Attributes = {
    "kernel_size": (per_axis(2), REQUIRED),
    "strides": (per_axis(2), 1),
    "padding": (padding(2, "valid", "same"), 0),
    "dilation_rate": (per_axis(2), 1),
    "data_format": DATA_FORMAT,
}


def _by(name: str) -> Attributes:
    return {name: (size, REQUIRED), "data_format": DATA_FORMAT}


SPATIAL_ATTRIBUTES: dict[str, Attributes] = {
    **{f"Conv{axes}D": _plain(axes) for axes in (1, 2, 3)},
    **{f"Conv{axes}DTranspose": _transposed(axes) for axes in (1, 2, 3)},
    **{f"DepthwiseConv{axes}D": _kernel(axes) | MULTIPLIER for axes in (1, 2)},
    **{
        f"SeparableConv{axes}D": _kernel(axes) | MULTIPLIER | {"filters": (size, REQUIRED)}
        for axes in (1, 2)
    },
    **{f"ConvLSTM{axes}D": _conv_lstm(axes) for axes in (1, 2, 3)},
    **{f"MaxPooling{axes}D": _max_pooling(axes) for axes in (1, 2, 3)},
    **{f"AveragePooling{axes}D": _average_pooling(axes) for axes in (1, 2, 3)},
    **{
        f"LPPool{axes}d": _window(axes, REQUIRED) | CEIL_MODE | {"norm_type": (real, REQUIRED)}
        for axes in (1, 2, 3)
    },
    **{f"MaxUnpool{axes}d": _unpooling(axes) for axes in (1, 2, 3)},
    **{f"FractionalMaxPool{axes}d": _fractional(axes) for axes in (2, 3)},
    **{
        f"Global{kind}Pooling{axes}D": {"keepdims": (flag, False), "data_format": DATA_FORMAT}
        for kind in KINDS
        for axes in (1, 2, 3)
    },
    **{f"AdaptiveAveragePooling{axes}D": _adaptive(axes) for axes in (1, 2, 3)},
    **{f"AdaptiveMaxPooling{axes}D": _adaptive(axes) | INDICES for axes in (1, 2, 3)},
    **{f"ZeroPadding{axes}D": _padding(axes, 1) for axes in (1, 2, 3)},
    **{
        f"ConstantPad{axes}d": _padding(axes, REQUIRED) | {"value": (real, REQUIRED)}
        for axes in (1, 2, 3)
    },
    **{
        f"{kind}Pad{axes}d": _padding(axes, REQUIRED)
        for kind in ("Reflection", "Replication", "Circular")
        for axes in (1, 2, 3)
    },
    **{f"Cropping{axes}D": _cropping(axes) for axes in (1, 2, 3)},
    **{f"UpSampling{axes}D": _up_sampling(axes) for axes in (1, 2, 3)},
    "Upsample": UPSAMPLE,
    **dict.fromkeys(("Resizing", "CenterCrop", "RandomCrop"), IMAGE_OF_SIZE),
    "Unfold": COLUMNS,
    "Fold": COLUMNS | {"output_size": (per_axis(2), REQUIRED)},
    "PixelShuffle": _by("upscale_factor"),
    "PixelUnshuffle": _by("downscale_factor"),
    "ChannelShuffle": _by("groups"),
    **dict.fromkeys(("LocalResponseNorm", "CrossMapLRN2d"), _by("size")),
    **{kind: {"data_format": DATA_FORMAT} for kind in IMAGES},
    **{
        f"SpatialDropout{axes}D": {"rate": (fraction, REQUIRED), "data_format": DATA_FORMAT}
        for axes in (1, 2, 3)
    },
}


# What does not go together


def _undivided(layer: dict[str, Any]) -> bool:
    return bool(layer["filters"] % layer["groups"])


def _too_much_behind(layer: dict[str, Any]) -> bool:
    """Output padding is less than the stride; PyTorch also takes less than the dilation."""
    extra, most = layer["output_padding"], [layer["strides"]]
    if extra is None:
        return _undivided(layer)
    if layer["padding"] != "same":
        most += [layer["dilation_rate"]]
    axes = int(layer["type"][4])
    extras = extra if isinstance(extra, list) else [extra] * axes
    limits = [each if isinstance(each, list) else [each] * axes for each in most]
    over = any(e >= max(limit) for e, *limit in zip(extras, *limits, strict=True))
    return over or _undivided(layer)


def _padded_past_half(layer: dict[str, Any]) -> bool:
    """PyTorch: explicit padding is half a window at most."""
    given, axes = layer["padding"], int(layer["type"][-2])
    if isinstance(given, str):
        return False
    sizes = layer["pool_size"] if isinstance(layer["pool_size"], list) else [layer["pool_size"]]
    sizes = sizes * axes if len(sizes) == 1 else sizes
    pads = given if isinstance(given, list) else [given] * axes
    most = [max(pad) if isinstance(pad, list) else pad for pad in pads]
    return any(pad > size // 2 for pad, size in zip(most, sizes, strict=True))


SPATIAL_CONTRADICTIONS: dict[str, Check] = {
    **{f"Conv{axes}D": _undivided for axes in (1, 2, 3)},
    **{f"Conv{axes}DTranspose": _too_much_behind for axes in (1, 2, 3)},
    **{f"{kind}Pooling{axes}D": _padded_past_half for kind in KINDS for axes in (1, 2, 3)},
    "Upsample": lambda layer: (layer["size"] is None) == (layer["scale_factor"] is None),
    **{
        f"FractionalMaxPool{axes}d": lambda layer: (
            (layer["output_size"] is None) == (layer["output_ratio"] is None)
        )
        for axes in (2, 3)
    },
}
