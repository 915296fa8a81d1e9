"""Fourier transforms of real numbers, as `numpy.fft` and `keras.ops.stft` have them."""

from tests.reference.made import Layer, Made
from tests.reference.refusal import Refusal
from tests.reference.shape import Shape, Size, alike, computed, known, rank_at_least
from tests.reference.space import fitted, spread


def rfft(layer: Layer, inputs: list[Shape]) -> Made:
    """n // 2 + 1 frequencies, of what there is or what it is cut to or filled up to."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    length = layer["fft_length"]
    return Made([(*shape[:-1], _bins(shape[-1] if length is None else known(length)))] * 2, [])


def _bins(samples: Size) -> Size:
    return computed([samples], lambda n: n // 2 + 1)


def irfft(layer: Layer, inputs: list[Shape]) -> Made:
    """Twice the frequencies less 2, or what it is told."""
    shape = _of_parts(inputs, 1)
    length = layer["fft_length"]
    samples = _some(spread(shape[-1], 2, 0)) if length is None else known(length)
    return Made([(*shape[:-1], samples)], [])


def _of_parts(inputs: list[Shape], axes: int) -> Shape:
    if len(inputs) != 2:
        raise Refusal("invalid_model", "not real and imaginary parts")
    rank_at_least(inputs[0], axes)
    alike(inputs[1], inputs[0])
    return inputs[0]


def _some(size: Size) -> Size:
    if size.shown == 0:
        raise Refusal("shape_mismatch", "nothing comes back")
    return Size(size.shown, size.cost or None)


def extract_sequences(layer: Layer, inputs: list[Shape]) -> Made:
    """Frames that lie within the samples."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    length = layer["sequence_length"]
    frames = fitted(shape[-1], length, layer["sequence_stride"], [0, 0], False)
    return Made([(*shape[:-1], frames, known(length))], [])


def stft(layer: Layer, inputs: list[Shape]) -> Made:
    """Frames of `fft_length`, whose first and last are centred on the ends; then frequencies."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    length, margin = layer["fft_length"], _margin(layer)
    frames = fitted(shape[-1], length, layer["sequence_stride"], [margin, margin], False)
    return Made([(*shape[:-1], frames, _bins(known(length)))] * 2, [])


def istft(layer: Layer, inputs: list[Shape]) -> Made:
    """(frames - 1) x stride + a frame, less what was beside the samples."""
    shape = _of_parts(inputs, 2)
    if layer["length"] is not None:
        return Made([(*shape[:-2], known(layer["length"]))], [])
    rest = layer["fft_length"] - 2 * _margin(layer)
    return Made([(*shape[:-2], _some(spread(shape[-2], layer["sequence_stride"], rest)))], [])


def _margin(layer: Layer) -> int:
    return int(layer["fft_length"]) // 2 if layer["center"] else 0


FOURIER = {
    "RFFT": rfft,
    "IRFFT": irfft,
    "ExtractSequences": extract_sequences,
    "STFT": stft,
    "ISTFT": istft,
}
