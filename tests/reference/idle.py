"""Attributes that change no figure: accepted, of the right kind, and then of no account.

They say how values are made, dropped, drawn or named. That they change nothing is what the property
tests hold them to: the makers beside this module never look at them.
"""

from typing import Any

from tests.reference.values import (
    REQUIRED,
    Attribute,
    flag,
    integer,
    list_of,
    number_above,
    one_of,
    optional,
    real,
    text,
)

Attributes = dict[str, Attribute]


def _one_or_list(value: Any) -> bool:
    return real(value) or list_of(real)(value)


def _bounds(value: Any) -> bool:
    return isinstance(value, dict) and all(map(real, value.values()))


def _salt(value: Any) -> bool:
    return value is None or integer(value) or list_of(integer)(value)


SEED: Attributes = {"seed": (optional(integer), None)}
WINDOW: Attributes = {
    "window": (lambda value: value is None or text(value) or list_of(real)(value), "hann")
}
NOISE: Attributes = SEED | {"noise_shape": (optional(list_of(optional(integer))), None)}
SPARSE: Attributes = {"sparse": (flag, False)}
BOXES: Attributes = {"bounding_box_format": (optional(text), None)}
CACHE: Attributes = {"cache_size": (optional(number_above(0)), None)}
CUDNN: Attributes = {"use_cudnn": (one_of("auto", True, False), "auto")}
DIVISOR: Attributes = {"divisor_override": (optional(integer), None)}
RESPONSE: Attributes = {"alpha": (real, 1e-4), "beta": (real, 0.75), "k": (real, 1.0)}
TEXTS: Attributes = {"encoding": (text, "utf-8")}
WEIGHED: Attributes = SPARSE | {"idf_weights": (optional(list_of(real)), None)}
UNKNOWN_TOKENS: Attributes = WEIGHED | {
    "invert": (flag, False),
    "salt": (_salt, None),
    "oov_method": (text, "floormod"),
}
CONV_LSTM: Attributes = SEED | {
    "unit_forget_bias": (flag, True),
    "dropout": (real, 0.0),
    "recurrent_dropout": (real, 0.0),
    "stateful": (flag, False),
    "unroll": (flag, False),
}

# Images that are changed in training

RANGE: Attributes = {"value_range": (list_of(real), [0, 255])}
FILLED: Attributes = {"fill_mode": (text, "reflect"), "fill_value": (real, 0.0)}
BILINEAR: Attributes = {"interpolation": (text, "bilinear")}


def _factor(default: Any = 1.0, name: str = "factor") -> Attributes:
    return {name: (_one_or_list, default)}


def _optional_factors(*names: str) -> Attributes:
    return {name: (optional(_one_or_list), None) for name in names}


IMAGES: dict[str, Attributes] = {
    "AugMix": RANGE
    | _factor(0.3)
    | BILINEAR
    | SEED
    | {"num_chains": (integer, 3), "chain_depth": (integer, 3)}
    | {"alpha": (real, 1.0), "all_ops": (flag, True)},
    "AutoContrast": RANGE,
    "ContrastLimitedAdaptiveHistogramEqualization": RANGE
    | {"clip_limit": (real, 4.0)}
    | {"tile_grid_size": (lambda value: integer(value) or list_of(integer)(value), [8, 8])},
    "CutMix": _factor() | SEED,
    "Equalization": RANGE | {"bins": (integer, 256)},
    "MaxNumBoundingBoxes": {"max_number": (integer, REQUIRED), "fill_value": (integer, -1)},
    "MixUp": {"alpha": (real, 0.2)} | SEED,
    "RandAugment": RANGE | {"num_ops": (integer, 2)} | _factor(0.5) | BILINEAR | SEED,
    "RandomBrightness": _factor(REQUIRED) | RANGE | SEED,
    "RandomColorDegeneration": _factor(REQUIRED) | RANGE | SEED,
    "RandomColorJitter": RANGE
    | _optional_factors("brightness_factor", "contrast_factor", "saturation_factor", "hue_factor")
    | SEED,
    "RandomContrast": _factor(REQUIRED) | RANGE | SEED,
    "RandomElasticTransform": _factor() | _factor(name="scale") | BILINEAR | FILLED | RANGE | SEED,
    "RandomErasing": _factor()
    | _factor([0.02, 0.33], "scale")
    | {"fill_value": (optional(real), None)}
    | RANGE
    | SEED,
    "RandomFlip": {"mode": (one_of("horizontal", "vertical", "horizontal_and_vertical"), None)}
    | SEED,
    "RandomGaussianBlur": _factor()
    | {"kernel_size": (lambda value: integer(value) or list_of(integer)(value), 3)}
    | _factor(name="sigma")
    | RANGE
    | SEED,
    "RandomGrayscale": {"factor": (real, 0.5)} | SEED,
    "RandomHue": _factor(REQUIRED) | RANGE | SEED,
    "RandomInvert": _factor() | RANGE | SEED,
    "RandomPerspective": _factor()
    | {"scale": (real, 1.0), "fill_value": (real, 0.0)}
    | BILINEAR
    | SEED,
    "RandomPosterization": _factor(REQUIRED) | RANGE | SEED,
    "RandomRotation": _factor(REQUIRED) | FILLED | BILINEAR | SEED,
    "RandomSaturation": _factor(REQUIRED) | RANGE | SEED,
    "RandomSharpness": _factor(REQUIRED) | RANGE | SEED,
    "RandomShear": _factor(name="x_factor") | _factor(name="y_factor") | BILINEAR | FILLED | SEED,
    "RandomTranslation": _factor(REQUIRED, "height_factor")
    | _factor(REQUIRED, "width_factor")
    | FILLED
    | BILINEAR
    | SEED,
    "RandomZoom": _factor(REQUIRED, "height_factor")
    | _optional_factors("width_factor")
    | FILLED
    | BILINEAR
    | SEED,
    "Solarization": _factor(name="addition_factor")
    | _factor(name="threshold_factor")
    | RANGE
    | SEED,
}
"""Layers over one image or a batch of them, which leave it as large as it is."""

IDLE: dict[str, Attributes] = {
    **{kind: knobs | BOXES for kind, knobs in IMAGES.items()},
    **dict.fromkeys(("Dropout", "AlphaDropout"), NOISE),
    **dict.fromkeys(("GaussianDropout", "GaussianNoise"), SEED),
    **{f"SpatialDropout{axes}D": SEED for axes in (1, 2, 3)},
    **{f"AveragePooling{axes}D": DIVISOR for axes in (1, 2, 3)},
    **{f"ConvLSTM{axes}D": CONV_LSTM for axes in (1, 2, 3)},
    **dict.fromkeys(("MultiHeadAttention", "GroupQueryAttention"), CACHE),
    **dict.fromkeys(("GRU", "LSTM"), CUDNN),
    **dict.fromkeys(("LocalResponseNorm", "CrossMapLRN2d"), RESPONSE),
    **dict.fromkeys(("CategoryEncoding", "HashedCrossing"), SPARSE),
    "BatchNormalization": {
        "renorm_clipping": (optional(_bounds), None),
        "renorm_momentum": (real, 0.99),
        "synchronized": (flag, False),
    },
    "CenterCrop": BOXES,
    "RandomCrop": BOXES | SEED,
    "Resizing": BOXES
    | {
        "interpolation": (text, "bilinear"),
        "crop_to_aspect_ratio": (flag, False),
        "pad_to_aspect_ratio": (flag, False),
        "fill_mode": (text, "constant"),
        "fill_value": (real, 0.0),
        "antialias": (flag, False),
    },
    "Discretization": SPARSE | {"epsilon": (real, 0.01)},
    "Hashing": SPARSE
    | {
        "mask_value": (lambda value: value is None or integer(value) or text(value), None),
        "salt": (_salt, None),
    },
    "StringLookup": UNKNOWN_TOKENS | TEXTS | {"mask_token": (optional(text), None)},
    "IntegerLookup": UNKNOWN_TOKENS
    | {"mask_token": (optional(integer), None), "vocabulary_dtype": (text, "int64")},
    "TextVectorization": WEIGHED
    | TEXTS
    | {
        "standardize": (optional(text), "lower_and_strip_punctuation"),
        "ngrams": (lambda value: value is None or integer(value) or list_of(integer)(value), None),
        "ragged": (flag, False),
    },
    "MelSpectrogram": {
        "window": (optional(text), "hann"),
        "sampling_rate": (real, 16000),
        "min_freq": (real, 20.0),
        "max_freq": (optional(real), None),
        "power_to_db": (flag, True),
        "top_db": (optional(real), 80.0),
        "mag_exp": (real, 2.0),
        "min_power": (real, 1e-10),
        "ref_power": (real, 1.0),
    },
    "STFTSpectrogram": {
        **WINDOW,
        "periodic": (flag, False),
        "scaling": (one_of("density", "spectrum", None), "density"),
    },
    "ReversibleEmbedding": {
        "reverse_dtype": (optional(text), None),
        "logit_soft_cap": (optional(real), None),
    },
    "RNN": {"zero_output_for_mask": (flag, False)},
    "TopK": {"sorted": (flag, True)},
    "Linspace": {
        "spacing": (one_of("linear", "logarithmic", "geometric"), "linear"),
        "endpoint": (flag, True),
    },
    **dict.fromkeys(("STFT", "ISTFT"), WINDOW),
    "Dot": {"normalize": (flag, False)},
    "UpSampling2D": {"interpolation": (text, "nearest")},
    "Upsample": {
        "align_corners": (optional(flag), None),
        "recompute_scale_factor": (optional(flag), None),
    },
    "Pad": {
        "mode": (
            one_of(
                *("constant", "edge", "reflect", "symmetric", "wrap", "empty", "linear_ramp"),
                *("maximum", "mean", "median", "minimum", "replicate", "circular"),
            ),
            "constant",
        )
    },
    "Full": {"fill_value": (real, 0)},
    "Rescaling": {"scale": (_one_or_list, REQUIRED), "offset": (_one_or_list, 0.0)},
    "LayerScale": {"init_values": (real, 1e-6)},
    "PairwiseDistance": {"p": (real, 2.0)},
    "DotProductAttention": {"is_causal": (flag, False)},
    "EmbeddingBag": {"mode": (one_of("sum", "mean", "max"), "mean")},
}
