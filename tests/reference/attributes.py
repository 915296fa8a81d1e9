"""Which attributes each layer takes, their defaults and the values they accept, as Keras has them.

An attribute is a pair: what its value must be, and its default, or `REQUIRED`.
"""

from itertools import pairwise
from typing import Any

from tests.reference.idle import IDLE
from tests.reference.operation_attributes import OPERATION_ATTRIBUTES
from tests.reference.refusal import Refusal
from tests.reference.space_attributes import SPATIAL_ATTRIBUTES, SPATIAL_CONTRADICTIONS
from tests.reference.values import (
    DATA_FORMAT,
    DTYPE_BYTES,
    LORA,
    REQUIRED,
    Attribute,
    Check,
    amount,
    any_axes,
    axes,
    factor,
    flag,
    fraction,
    integer,
    list_of,
    natural,
    number_above,
    one_of,
    optional,
    real,
    size,
    target_shape,
    text,
)


def output_shape(value: Any) -> bool:
    return size(value) or (list_of(size)(value) and len(value) > 0)


def statistics(value: Any) -> bool:
    """A number, or an array with something in it."""
    return real(value) or (isinstance(value, list) and value != [] and all(map(statistics, value)))


COMMON: dict[str, Attribute] = {
    "type": (text, REQUIRED),
    "name": (text, None),
    "inputs": (list_of(text), None),
    "trainable": (flag, True),
    "dtype": (one_of(*DTYPE_BYTES), None),
    "tie": (lambda value: isinstance(value, dict) and all(map(text, value.values())), {}),
}


_CELL: dict[str, Attribute] = {
    "units": (size, REQUIRED),
    "activation": (optional(text), "tanh"),
    "use_bias": (flag, True),
    "double_bias": (flag, False),
    "dropout": (fraction, 0.0),
    "recurrent_dropout": (fraction, 0.0),
    "seed": (optional(integer), None),
}
_OVER_TIME: dict[str, Attribute] = {
    "return_sequences": (flag, False),
    "return_state": (flag, False),
    "go_backwards": (flag, False),
    "stateful": (flag, False),
    "unroll": (flag, False),
}
LAYOUT = (one_of("batch_first", "time_first", "unbatched"), "batch_first")


def layer_count(value: Any) -> bool:
    """Layers that are listed one by one."""
    return size(value) and value <= 4096


_RECURRENT = (
    _CELL
    | _OVER_TIME
    | {
        "num_layers": (layer_count, 1),
        "bidirectional": (flag, False),
        "stacked_states": (flag, False),
        "layout": LAYOUT,
    }
)
_GATES: dict[str, Attribute] = {"recurrent_activation": (optional(text), "sigmoid")}
_GRU = _GATES | {"reset_after": (flag, True)}
_LSTM = _GATES | {"unit_forget_bias": (flag, True)}
_ONE_STEP: dict[str, Attribute] = {"return_output": (flag, True)}

_ATTENTION: dict[str, Attribute] = {
    "dropout": (fraction, 0.0),
    "seed": (optional(integer), None),
    "return_attention_scores": (flag, False),
}
_PROJECTED = _ATTENTION | {
    "use_bias": (flag, True),
    "use_gate": (flag, False),
    "sliding_window": (optional(size), None),
    "flash_attention": (optional(flag), None),
}
_TRANSFORMER: dict[str, Attribute] = {
    "num_heads": (size, REQUIRED),
    "dim_feedforward": (size, 2048),
    "dropout": (fraction, 0.1),
    "activation": (optional(text), "relu"),
    "epsilon": (real, 1e-5),
    "norm_first": (flag, False),
    "use_bias": (flag, True),
    "layout": LAYOUT,
}
_STACKED: dict[str, Attribute] = {
    "num_layers": (layer_count, REQUIRED),
    "final_norm": (flag, False),
}

_AFFINE: dict[str, Attribute] = {"center": (flag, True), "scale": (flag, True)}
_STATISTICS: dict[str, Attribute] = {"num_batches_tracked": (flag, False)}


def _layer(value: Any) -> bool:
    """A layer, which is checked where it is looked at."""
    return isinstance(value, dict)


def _layers(value: Any) -> bool:
    """Layers, at least one."""
    return list_of(_layer)(value) and len(value) > 0


DROPOUTS = ("Dropout", "AlphaDropout", "GaussianDropout")
_ADAPTED: dict[str, Attribute] = {
    **LORA,
    "quantization_block_size": (optional(lambda value: value == -1 or size(value)), None),
}
_ADAPTED_PRODUCT = _ADAPTED | {
    "quantization": (one_of("int8", "int4", "float8", "gptq", "awq", None), None),
    "quantization_bits": (one_of(2, 3, 4, 8), 4),
    "amax_history_length": (natural, 1024),
}
_TABLE = _ADAPTED | {
    "input_dim": (size, REQUIRED),
    "output_dim": (size, REQUIRED),
    "mask_zero": (flag, False),
    "quantization": (one_of("int8", "int4", None), None),
}
_VOCABULARY: dict[str, Attribute] = {
    "max_tokens": (optional(lambda value: size(value) and value > 1), None),
    "pad_to_max_tokens": (flag, False),
    "vocabulary": (
        lambda value: (
            value is None or text(value) or list_of(lambda one: text(one) or integer(one))(value)
        ),
        None,
    ),
    "vocabulary_size": (optional(size), None),
}
_MODES = ("int", "one_hot", "multi_hot", "count")

_LOOKUP = _VOCABULARY | {
    "num_oov_indices": (natural, 1),
    "output_mode": (one_of(*_MODES, "tf_idf"), "int"),
}

_FIGURES: dict[str, dict[str, Attribute]] = {
    "Dense": _ADAPTED_PRODUCT
    | {
        "units": (size, REQUIRED),
        "activation": (optional(text), None),
        "use_bias": (flag, True),
    },
    **SPATIAL_ATTRIBUTES,
    "EinsumDense": _ADAPTED_PRODUCT
    | {
        "equation": (text, REQUIRED),
        "output_shape": (lambda value: size(value) or list_of(optional(size))(value), REQUIRED),
        "activation": (optional(text), None),
        "bias_axes": (optional(text), None),
    },
    "Bilinear": {"units": (size, REQUIRED), "use_bias": (flag, True)},
    "SimpleRNN": _RECURRENT,
    "GRU": _RECURRENT | _GRU,
    "LSTM": _RECURRENT | _LSTM | {"proj_size": (natural, 0)},
    "SimpleRNNCell": _CELL | _ONE_STEP,
    "GRUCell": _CELL | _ONE_STEP | _GRU,
    "LSTMCell": _CELL | _ONE_STEP | _LSTM,
    "RNN": _OVER_TIME | {"cell": (lambda value: _layer(value) or _layers(value), REQUIRED)},
    "StackedRNNCells": {"cells": (_layers, REQUIRED)},
    "SpectralNormalization": {"layer": (_layer, REQUIRED), "power_iterations": (size, 1)},
    "Bidirectional": {
        "layer": (_layer, REQUIRED),
        "merge_mode": (one_of("concat", "sum", "mul", "ave", None), "concat"),
        "backward_layer": (optional(_layer), None),
    },
    "TimeDistributed": {"layer": (_layer, REQUIRED)},
    "Pipeline": {"layers": (_layers, REQUIRED)},
    "Embedding": _TABLE,
    "EmbeddingBag": {
        "input_dim": (size, REQUIRED),
        "output_dim": (size, REQUIRED),
        "include_last_offset": (flag, False),
    },
    "AdaptiveLogSoftmaxWithLoss": {
        "n_classes": (number_above(1), REQUIRED),
        "cutoffs": (lambda value: list_of(size)(value) and value, REQUIRED),
        "div_value": (factor, 4),
        "head_bias": (flag, False),
    },
    "ReversibleEmbedding": _TABLE | {"tie_weights": (flag, True), "reverse": (flag, False)},
    "BatchNormalization": _AFFINE
    | _STATISTICS
    | {
        "axis": (integer, -1),
        "epsilon": (real, 1e-3),
        "momentum": (optional(real), 0.99),
        "renorm": (flag, False),
        "track_running_stats": (flag, True),
    },
    "GroupNormalization": _AFFINE
    | _STATISTICS
    | {
        "groups": (lambda value: value == -1 or size(value), 32),
        "axis": (integer, -1),
        "epsilon": (real, 1e-3),
        "track_running_stats": (flag, False),
    },
    "LayerNormalization": _AFFINE
    | {"axis": (any_axes, -1), "epsilon": (real, 1e-3), "rms_scaling": (flag, False)},
    "RMSNormalization": {
        "axis": (any_axes, -1),
        "epsilon": (optional(real), 1e-6),
        "elementwise_affine": (flag, True),
    },
    "UnitNormalization": {"axis": (any_axes, -1)},
    "LayerScale": {},
    "Normalization": {
        "axis": (optional(any_axes), -1),
        "mean": (optional(statistics), None),
        "variance": (optional(statistics), None),
        "invert": (flag, False),
    },
    "MultiHeadAttention": _PROJECTED
    | {
        "num_heads": (size, REQUIRED),
        "key_dim": (size, REQUIRED),
        "value_dim": (optional(size), None),
        "output_shape": (optional(output_shape), None),
        "attention_axes": (optional(axes), None),
        "packed": (flag, False),
        "add_bias_kv": (flag, False),
        "add_zero_attn": (flag, False),
        "average_scores": (flag, False),
        "square_scores": (flag, False),
        "layout": LAYOUT,
    },
    "GroupQueryAttention": _PROJECTED
    | {
        "head_dim": (size, REQUIRED),
        "num_query_heads": (size, REQUIRED),
        "num_key_value_heads": (size, REQUIRED),
    },
    "Attention": _ATTENTION
    | {"use_scale": (flag, False), "score_mode": (one_of("dot", "concat"), "dot")},
    "AdditiveAttention": _ATTENTION | {"use_scale": (flag, True)},
    "TransformerEncoderLayer": _TRANSFORMER,
    "TransformerDecoderLayer": _TRANSFORMER,
    "TransformerEncoder": _TRANSFORMER | _STACKED,
    "TransformerDecoder": _TRANSFORMER | _STACKED,
    "Transformer": _TRANSFORMER
    | {
        "num_heads": (size, 8),
        "num_encoder_layers": (layer_count, 6),
        "num_decoder_layers": (layer_count, 6),
    },
    "Flatten": {"data_format": DATA_FORMAT, "start_dim": (integer, 1), "end_dim": (integer, -1)},
    "Reshape": {"target_shape": (target_shape, REQUIRED), "keep_batch": (flag, True)},
    "Activation": {"activation": (text, REQUIRED)},
    "ReLU": {
        "max_value": (optional(real), None),
        "negative_slope": (real, 0.0),
        "threshold": (real, 0.0),
    },
    "LeakyReLU": {"negative_slope": (real, 0.3)},
    "ELU": {"alpha": (real, 1.0)},
    "PReLU": {
        "shared_axes": (optional(lambda value: value == [] or axes(value)), None),
        "num_parameters": (optional(size), None),
    },
    "GLU": {"axis": (integer, -1)},
    "Softmax": {"axis": (axes, -1)},
    **{kind: {"rate": (fraction, REQUIRED)} for kind in DROPOUTS},
    "GaussianNoise": {"stddev": (amount, REQUIRED)},
    "ActivityRegularization": {"l1": (amount, 0.0), "l2": (amount, 0.0)},
    "Identity": {},
    "Masking": {"mask_value": (real, 0.0)},
    "CategoryEncoding": {
        "num_tokens": (size, REQUIRED),
        "output_mode": (one_of(*_MODES[1:]), "multi_hot"),
    },
    "Discretization": {
        "bin_boundaries": (optional(list_of(real)), None),
        "num_bins": (optional(natural), None),
        "output_mode": (one_of(*_MODES), "int"),
    },
    "HashedCrossing": {"num_bins": (size, REQUIRED), "output_mode": (one_of(*_MODES[:2]), "int")},
    "Hashing": {"num_bins": (size, REQUIRED), "output_mode": (one_of(*_MODES), "int")},
    "StringLookup": _LOOKUP | {"oov_token": (text, "[UNK]")},
    "IntegerLookup": _LOOKUP | {"oov_token": (integer, -1)},
    "TextVectorization": _VOCABULARY
    | {
        "split": (optional(text), "whitespace"),
        "output_mode": (one_of("int", "multi_hot", "count", "tf_idf"), "int"),
        "output_sequence_length": (optional(size), None),
    },
    "MelSpectrogram": {
        "fft_length": (size, 2048),
        "sequence_stride": (size, 512),
        "sequence_length": (optional(size), None),
        "num_mel_bins": (size, 128),
    },
    "STFTSpectrogram": {
        "mode": (one_of("log", "magnitude", "psd", "real", "imag", "angle", "stft"), "log"),
        "frame_length": (size, 256),
        "frame_step": (optional(size), None),
        "fft_length": (optional(size), None),
        "padding": (one_of("valid", "same"), "valid"),
        "expand_dims": (flag, False),
        "data_format": DATA_FORMAT,
    },
    **{name: {} for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    "Concatenate": {"axis": (integer, -1)},
    **OPERATION_ATTRIBUTES,
    "Block": {
        "layers": (list_of(_layer), REQUIRED),
        "outputs": (optional(lambda value: list_of(text)(value) and len(value) > 0), None),
        "repeat": (size, 1),
        "share_weights": (flag, False),
        "copies": (size, 1),
        "active": (optional(size), None),
    },
    "Reuse": {"layer": (text, REQUIRED)},
    "Rescaling": {},
}
"""The attributes on which figures depend, or may."""

ATTRIBUTES = {kind: own | IDLE.get(kind, {}) for kind, own in _FIGURES.items()}

RECURRENT = ("SimpleRNN", "GRU", "LSTM", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
CELLS = ("SimpleRNNCell", "GRUCell", "LSTMCell")


def checked(layer: dict[str, Any]) -> dict[str, Any]:
    """The layer with its defaults filled in; refuses what Keras's signature refuses.

    Rules that join several attributes are in `_together`.
    """
    if not isinstance(layer.get("type"), str):
        raise Refusal("invalid_model", "type is missing")
    kind = layer["type"]
    if kind not in ATTRIBUTES:
        raise Refusal("unknown_layer", kind)
    takes = COMMON | ATTRIBUTES[kind]
    if kind == "Cast":
        takes = takes | {"dtype": (takes["dtype"][0], REQUIRED)}
    if kind == "Reuse":
        takes = {member: takes[member] for member in ("type", "name", "inputs", "layer")}
    for member, value in layer.items():
        if member not in takes:
            raise Refusal("invalid_model", f"{kind} has no {member}")
        if not takes[member][0](value):
            raise Refusal("invalid_model", f"{kind}: {member} cannot be {value!r}")
    filled = {member: default for member, (_, default) in takes.items()} | layer
    for member, value in filled.items():
        if value is REQUIRED:
            raise Refusal("invalid_model", f"{kind} needs {member}")
    _together(filled)
    return filled


def _together(layer: dict[str, Any]) -> None:
    """The rules that join several attributes of one layer."""
    kind = layer["type"]
    if kind == "Bidirectional":
        _directions(layer)
    if kind in ("RNN", "StackedRNNCells"):
        _only_cells(layer)
    if kind in CONTRADICTIONS and CONTRADICTIONS[kind](layer):
        raise Refusal("invalid_model", f"attributes of {kind} that do not go together")
    if kind == "Block" and (layer["active"] or 1) > layer["copies"]:
        raise Refusal("invalid_model", "more active than copies")


def _only_cells(layer: dict[str, Any]) -> None:
    if any(checked(cell)["type"] not in CELLS for cell in cells_of(layer)):
        raise Refusal("invalid_model", "holds cells only")


def _unpackable(layer: dict[str, Any]) -> bool:
    return layer["packed"] and (
        layer["use_gate"]
        or layer["value_dim"] not in (None, layer["key_dim"])
        or layer["output_shape"] is not None
    )


def _frames_apart(layer: dict[str, Any]) -> bool:
    """Frames that do not overlap, or are longer than what is transformed."""
    length, fft = layer["frame_length"], layer["fft_length"]
    step = length // 2 if layer["frame_step"] is None else layer["frame_step"]
    return not 1 <= step <= length or (fft is not None and fft < length)


def _clusters_apart(layer: dict[str, Any]) -> bool:
    """Clusters begin one behind the other, and the last before the end."""
    ends = [*layer["cutoffs"], layer["n_classes"]]
    return any(first >= second for first, second in pairwise(ends))


def _adapted_twice(layer: dict[str, Any]) -> bool:
    return bool(layer["lora_rank"]) and layer["quantization"] in ("gptq", "awq")


def _frames_too_long(layer: dict[str, Any]) -> bool:
    return int(layer["sequence_length"] or 0) > int(layer["fft_length"])


CONTRADICTIONS: dict[str, Check] = {
    "Dot": lambda layer: isinstance(layer["axes"], list) and len(layer["axes"]) > 2,
    **SPATIAL_CONTRADICTIONS,
    "Block": lambda layer: not (layer["layers"] or layer["outputs"]),
    "Dense": _adapted_twice,
    "Discretization": lambda layer: (
        (layer["num_bins"] is None) == (layer["bin_boundaries"] is None)
    ),
    "EinsumDense": _adapted_twice,
    "PReLU": lambda layer: (
        layer["num_parameters"] is not None and layer["shared_axes"] not in (None, [])
    ),
    "STFTSpectrogram": _frames_apart,
    **dict.fromkeys(
        ("StringLookup", "IntegerLookup", "TextVectorization"),
        lambda layer: layer["pad_to_max_tokens"] and layer["max_tokens"] is None,
    ),
    "AdaptiveLogSoftmaxWithLoss": _clusters_apart,
    **dict.fromkeys(("MelSpectrogram", "STFT", "ISTFT"), _frames_too_long),
    "GroupQueryAttention": lambda layer: layer["num_query_heads"] % layer["num_key_value_heads"],
    "LSTM": lambda layer: layer["proj_size"] >= layer["units"],
    "MultiHeadAttention": _unpackable,
    "Normalization": lambda layer: (layer["mean"] is None) != (layer["variance"] is None),
}


def cells_of(layer: dict[str, Any]) -> list[dict[str, Any]]:
    """The cells of a layer that holds cells: one, several, or stacks of them."""
    held: Any = layer.get("cell", layer.get("cells"))
    cells = held if isinstance(held, list) else [held]
    return [
        single
        for cell in cells
        for single in (cells_of(cell) if cell["type"] == "StackedRNNCells" else [cell])
    ]


def _directions(layer: dict[str, Any]) -> None:
    """Two recurrent layers that differ in direction and in nothing that their outputs show."""
    forward = checked(layer["layer"])
    backward = checked(layer["backward_layer"] or layer["layer"] | {"go_backwards": True})
    if forward["type"] not in RECURRENT or backward["type"] not in RECURRENT:
        raise Refusal("invalid_model", "Bidirectional holds recurrent layers only")
    if any(
        inner.get("bidirectional") or inner.get("num_layers", 1) != 1
        for inner in (forward, backward)
    ):
        raise Refusal("invalid_model", "Bidirectional holds one layer of one direction")
    same = ("return_sequences", "return_state")
    if any(forward[member] != backward[member] for member in same):
        raise Refusal("invalid_model", "the two directions return different things")
    if forward["go_backwards"] == backward["go_backwards"]:
        raise Refusal("invalid_model", "both go the same way")
