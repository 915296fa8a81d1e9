"""Sound as frequencies over time."""

from typing import Annotated, Literal

from weighbridge.layers.layer import (
    From,
    Integer,
    Layer,
    SpatialLayer,
    means,
    operator,
    shown_on,
)

_WINDOW = means("How a frame fades in and out; changes no figure.")


class STFTSpectrogram(SpatialLayer, kw_only=True):
    """The Fourier transform of frames of each channel, by convolutions with waves."""

    category = "preprocessing"
    lowers_to = operator("spectrogram", num_mel_bins="WB_ABSENT", border=From("padding"))
    example = shown_on({"type": "STFTSpectrogram"}, ["batch", 16000, 1])

    mode: Annotated[
        Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"],
        means("What is made of it; `stft` gives real and imaginary parts behind each other."),
    ] = "log"
    frame_length: Annotated[Integer, means("Samples of a frame.")] = 256
    frame_step: Annotated[
        Integer | None, means("Samples from one frame to the next; half a frame where null.")
    ] = None
    fft_length: Annotated[
        Integer | None, means("Samples that are transformed; the next power of two where null.")
    ] = None
    window: Annotated[str | list[float] | None, _WINDOW] = "hann"
    periodic: Annotated[bool, means("Whether the window is a period; changes no figure.")] = False
    scaling: Annotated[
        Literal["density", "spectrum"] | None, means("How the power is scaled; changes no figure.")
    ] = "density"
    padding: Annotated[
        Literal["valid", "same"], means("Frames within the samples, or one for each step.")
    ] = "valid"
    expand_dims: Annotated[
        bool, means("Whether channels stay apart from frequencies, on an axis of their own.")
    ] = False


class MelSpectrogram(Layer, kw_only=True):
    """The loudness of frames in bands that the ear hears as equally far apart."""

    category = "preprocessing"
    lowers_to = operator(
        "spectrogram",
        frame_length=From("sequence_length"),
        frame_step=From("sequence_stride"),
        mode="WB_MODE_LOG",
        border="WB_PADDING_SAME",
        expand_dims=0,
        data_format="WB_DATA_FORMAT_CHANNELS_LAST",
    )
    example = shown_on({"type": "MelSpectrogram"}, ["batch", 16000])

    fft_length: Annotated[Integer, means("Samples that are transformed.")] = 2048
    sequence_stride: Annotated[Integer, means("Samples from one frame to the next.")] = 512
    sequence_length: Annotated[
        Integer | None, means("Samples of a frame; `fft_length` where null.")
    ] = None
    window: Annotated[str | None, _WINDOW] = "hann"
    sampling_rate: Annotated[int | float, means("How many samples a second has.")] = 16000
    num_mel_bins: Annotated[Integer, means("How many bands there are.")] = 128
    min_freq: Annotated[int | float, means("Where the lowest band begins.")] = 20.0
    max_freq: Annotated[int | float | None, means("Where the highest band ends.")] = None
    power_to_db: Annotated[bool, means("Whether it gives decibels instead of power.")] = True
    top_db: Annotated[int | float | None, means("The loudest that is told apart.")] = 80.0
    mag_exp: Annotated[int | float, means("Exponent of the magnitudes.")] = 2.0
    min_power: Annotated[int | float, means("What lesser power is raised to.")] = 1e-10
    ref_power: Annotated[int | float, means("The power of 0 decibels.")] = 1.0
