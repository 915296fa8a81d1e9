"""Fourier transforms of real numbers, in frames or as a whole; real and imaginary parts are two."""

from typing import Annotated, ClassVar

from weighbridge.layers.layer import (
    From,
    Integer,
    Layer,
    Operator,
    Source,
    means,
    operator,
    shown_on,
)

_WINDOW = means("How a frame fades in and out; changes no figure.")
_CENTER = means("Frames are centred on their places: half of one lies before the samples.")


def _fourier(**fields: Source) -> Operator:
    """Return the operator of a transform of all samples, but for what `fields` says."""
    whole: dict[str, Source] = {
        "inverse": 0,
        "transforms": 1,
        "sequence_length": "WB_ABSENT",
        "sequence_stride": "WB_ABSENT",
        "center": 0,
        "length": "WB_ABSENT",
    }
    return operator("fourier", **(whole | fields))


class _Spectrum(Layer, kw_only=True):
    """What these have in common."""

    category: ClassVar[str] = "operation"


class RFFT(_Spectrum, kw_only=True):
    """The frequencies of real numbers along the last axis: real and imaginary parts."""

    lowers_to = _fourier()
    example = shown_on({"type": "RFFT"}, ["batch", 512])

    fft_length: Annotated[
        Integer | None, means("Samples that are transformed; all that there are where null.")
    ] = None


class IRFFT(_Spectrum, kw_only=True):
    """Real numbers of frequencies along the last axis. Inputs: real and imaginary parts."""

    lowers_to = _fourier(inverse=1)
    example = shown_on({"type": "IRFFT"}, ["batch", 257], ["batch", 257])

    fft_length: Annotated[
        Integer | None, means("Samples that come back; twice the frequencies less 2 where null.")
    ] = None


class ExtractSequences(_Spectrum, kw_only=True):
    """The last axis in frames, which may lie over each other: an axis of frames, one of samples."""

    lowers_to = _fourier(
        transforms=0, fft_length=From("sequence_length"), sequence_stride=From("sequence_stride")
    )
    example = shown_on(
        {"type": "ExtractSequences", "sequence_length": 256, "sequence_stride": 128},
        ["batch", 16000],
    )

    sequence_length: Annotated[Integer, means("Samples of a frame.")]
    sequence_stride: Annotated[Integer, means("Samples from one frame to the next.")]


class _Frames(_Spectrum, kw_only=True):
    """What transforms of frames take."""

    sequence_length: Annotated[Integer, means("Samples of a frame, filled up to `fft_length`.")]
    sequence_stride: Annotated[Integer, means("Samples from one frame to the next.")]
    fft_length: Annotated[Integer, means("Samples that are transformed.")]
    window: Annotated[str | list[float] | None, _WINDOW] = "hann"
    center: Annotated[bool, _CENTER] = True


class STFT(_Frames, kw_only=True):
    """The frequencies of frames of the last axis: real and imaginary parts."""

    lowers_to = _fourier(
        sequence_length=From("sequence_length"),
        sequence_stride=From("sequence_stride"),
        center=From("center"),
    )
    example = shown_on(
        {"type": "STFT", "sequence_length": 256, "sequence_stride": 128, "fft_length": 256},
        ["batch", 16000],
    )


class ISTFT(_Frames, kw_only=True):
    """The last axis back from the frequencies of its frames. Inputs: real and imaginary parts."""

    lowers_to = _fourier(
        inverse=1,
        sequence_length=From("sequence_length"),
        sequence_stride=From("sequence_stride"),
        center=From("center"),
        length=From("length"),
    )
    example = shown_on(
        {"type": "ISTFT", "sequence_length": 256, "sequence_stride": 128, "fft_length": 256},
        ["batch", 126, 129],
        ["batch", 126, 129],
    )

    length: Annotated[
        Integer | None, means("Samples that come back; as far as the frames reach where null.")
    ] = None
