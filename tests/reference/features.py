"""Keras's layers for features and sound, and activations that are more than elementwise."""

import math

from tests.reference.made import Layer, Made, Weight
from tests.reference.refusal import Refusal
from tests.reference.shape import (
    UNKNOWN,
    Shape,
    Size,
    alike,
    axis_of,
    computed,
    elements,
    known,
    number,
    rank,
    rank_at_least,
    times,
)


def encoding(layer: Layer, inputs: list[Shape]) -> Made:
    """Indices have the input's shape; vectors stand behind it, or in the place of its last axis."""
    shape = inputs[0]
    for weights in inputs[1:]:
        if layer.get("output_mode") != "count":
            raise Refusal("invalid_model", "weights of what is not counted")
        alike(weights, shape)
    if layer["output_mode"] == "int":
        return Made([shape], [])
    depth = _depth(layer)
    ends_in_one = bool(shape) and shape[-1].shown == 1
    if layer["type"] == "Discretization" and layer["output_mode"] != "one_hot":
        kept: Shape = (shape[0], *shape[2:]) if len(shape) >= 2 else ()
    elif layer["output_mode"] != "one_hot" or layer["type"] == "Hashing":
        kept = shape[:-1]
    else:
        kept = shape[:-1] if ends_in_one and len(shape) > 1 else shape
    return Made([(*kept, depth)], [])


def hashed_crossing(layer: Layer, inputs: list[Shape]) -> Made:
    """One hash of two features; one-hot vectors take the place of an axis of size 1."""
    if len(inputs) != 2:
        raise Refusal("invalid_model", f"{len(inputs)} features, not 2")
    shape, other = inputs
    rank_at_least(shape, 1)
    alike(other, shape)
    if layer["output_mode"] == "int":
        return Made([shape], [])
    kept = shape[:-1] if shape[-1].shown == 1 else shape
    return Made([(*kept, known(layer["num_bins"]))], [])


def _depth(layer: Layer) -> Size:
    """How long a vector is: said, or as many as there are entries; unknown where neither is."""
    if layer.get("pad_to_max_tokens"):
        return known(layer["max_tokens"])
    said = [layer.get(name) for name in ("num_tokens", "num_bins", "vocabulary_size")]
    for size in said:
        if size is not None:
            return known(size)
    if layer.get("bin_boundaries") is not None:
        return known(len(layer["bin_boundaries"]) + 1)
    if not isinstance(layer["vocabulary"], list):
        return UNKNOWN
    oov = layer.get("oov_token", "[UNK]")
    tokens = [token for token in layer["vocabulary"] if token != oov]
    return known(len(tokens) + layer.get("num_oov_indices", 1))


def text_vectorization(layer: Layer, inputs: list[Shape]) -> Made:
    """Indices of as many tokens as a text is cut to; or one vector for all tokens of a text."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    if layer["output_mode"] == "int":
        length = layer["output_sequence_length"]
        return Made([(shape[0], UNKNOWN if length is None else known(length))], [])
    kept = shape[:-1] if layer["split"] is None and len(shape) > 1 else shape
    return Made([(*kept, _depth(layer))], [])


def prelu(layer: Layer, inputs: list[Shape]) -> Made:
    """Keras: a slope for each element of an example, one for all along a shared axis."""
    (shape,) = inputs
    slopes = layer["num_parameters"]
    if slopes is not None:
        channels = shape[1].shown if len(shape) > 1 else 1
        if slopes != 1 and isinstance(channels, int) and channels != slopes:
            raise Refusal("shape_mismatch", "neither one slope nor one for each channel")
        return Made([shape], [Weight("alpha", (slopes,))])
    rank_at_least(shape, 1)
    shared = [] if layer["shared_axes"] is None else layer["shared_axes"]
    sizes: list[Size] = list(shape[1:])
    for axis in shared if isinstance(shared, list) else [shared]:
        sizes[axis_of(axis - 1, shape[1:])] = known(1)
    return Made([shape], [Weight("alpha", tuple(number(size, "an axis") for size in sizes))])


def glu(layer: Layer, inputs: list[Shape]) -> Made:
    """Half of an axis is left."""
    (shape,) = inputs
    axis = axis_of(layer["axis"], shape)
    size = shape[axis].shown
    if isinstance(size, int) and size % 2:
        raise Refusal("shape_mismatch", "an axis of odd size")
    half = computed([shape[axis]], lambda size: size // 2)
    return Made([(*shape[:axis], half, *shape[axis + 1 :])], [])


def mel_spectrogram(layer: Layer, inputs: list[Shape]) -> Made:
    """Bands, and (n + stride + 1) // stride frames."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    stride = layer["sequence_stride"]
    samples = shape[1] if len(shape) > 1 else shape[0]
    frames = computed([samples], lambda n: (n + stride + 1) // stride)
    return Made([(*shape[: len(shape) > 1], known(layer["num_mel_bins"]), frames)], [])


def stft_spectrogram(layer: Layer, inputs: list[Shape]) -> Made:
    """Two convolutions over each channel with kernels [frame_length, 1, fft_length // 2 + 1]."""
    (shape,) = inputs
    rank(shape, 3)
    first = layer["data_format"] == "channels_first"
    batch, samples, channels = shape[0], shape[2 if first else 1], shape[1 if first else 2]
    length = layer["frame_length"]
    step = length // 2 if layer["frame_step"] is None else layer["frame_step"]
    fft = layer["fft_length"] or 2 ** math.ceil(math.log2(length))
    bins, parts = fft // 2 + 1, [p for p in ("real", "imag") if layer["mode"] not in _WITHOUT[p]]
    frames = _frames(samples, length, step, layer["padding"])
    kernel = (length, 1, bins)
    weights = [Weight(f"{part}_kernel", kernel) for part in parts]
    wide = known(2 * bins if layer["mode"] == "stft" else bins)
    macs = times(elements((batch, channels, frames)), length, bins, len(parts))
    if layer["expand_dims"]:
        out = (batch, channels, frames, wide) if first else (batch, frames, wide, channels)
        return Made([out], weights, macs)
    joined = wide if channels.shown == 1 else computed([channels, wide], lambda a, b: a * b)
    return Made([(batch, joined, frames) if first else (batch, frames, joined)], weights, macs)


_WITHOUT = {"real": ("imag",), "imag": ("real",)}


def _frames(samples: Size, length: int, step: int, padding: str) -> Size:
    if step == 1 and (padding == "same" or length == 1):
        return samples
    if padding == "same":
        return computed([samples], lambda n: -(-n // step))
    if isinstance(samples.shown, int) and samples.shown < length:
        raise Refusal("shape_mismatch", "a frame is longer than the sound")
    return computed([samples], lambda n: (n - length) // step + 1 if n >= length else -1)
