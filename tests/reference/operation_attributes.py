"""Which attributes the operations on tensors take."""

from typing import Any

from tests.reference.values import (
    REQUIRED,
    Attribute,
    any_axes,
    axes,
    flag,
    integer,
    list_of,
    natural,
    one_of,
    optional,
    per_axis,
    real,
    size,
    target_shape,
    text,
)


def stretch(value: Any) -> bool:
    """An integer of at least 0, or -1 for what is there."""
    return integer(value) and value >= -1


def key(value: Any) -> bool:
    """Indices, slices as lists, null and an ellipsis, of which there is one at most."""

    def part(item: Any) -> bool:
        return list_of(optional(integer))(item) and len(item) in (2, 3) and item[2:] != [0]

    def item(one: Any) -> bool:
        return one is None or one == "..." or integer(one) or part(one)

    return list_of(item)(value) and value.count("...") <= 1


def pad_width(value: Any) -> bool:
    """An amount, a pair, or a pair for each axis; of a pair one may stand for both, as in NumPy."""

    def pair(one: Any) -> bool:
        return list_of(natural)(one) and len(one) in (1, 2)

    return natural(value) or pair(value) or (list_of(pair)(value) and len(value) > 0)


def rising(value: Any) -> bool:
    """A number of pieces, or where they begin, from left to right."""
    return size(value) or (list_of(natural)(value) and value == sorted(value))


FUNCTIONS = ("exp", "sqrt", "softmax", "isnan", "argsort")
PAIRINGS = ("add", "multiply", "greater", "divide")
REDUCTIONS = ("sum", "mean", "any", "argmax", "max", "norm")
"""Some of each kind; which there are is held against Keras's names elsewhere."""

_FRAMES: dict[str, Attribute] = {
    "sequence_length": (size, REQUIRED),
    "sequence_stride": (size, REQUIRED),
    "fft_length": (size, REQUIRED),
    "center": (flag, True),
}

_CONSTANT: dict[str, Attribute] = {
    "constant": (optional(real), None),
    "constant_shape": (optional(list_of(natural)), None),
}

OPERATION_ATTRIBUTES: dict[str, dict[str, Attribute]] = {
    "Elementwise": {"operation": (one_of(*FUNCTIONS), REQUIRED)},
    "Arithmetic": {"operation": (one_of(*PAIRINGS), REQUIRED), **_CONSTANT},
    "Where": _CONSTANT,
    "Reduce": {
        "operation": (one_of(*REDUCTIONS), REQUIRED),
        "axis": (optional(any_axes), None),
        "keepdims": (flag, False),
    },
    "Transpose": {"axes": (optional(list_of(integer)), None)},
    "Permute": {
        "dims": (
            lambda value: list_of(size)(value) and all(one <= len(value) for one in value),
            REQUIRED,
        )
    },
    "Swapaxes": {"axis1": (integer, REQUIRED), "axis2": (integer, REQUIRED)},
    "Moveaxis": {"source": (axes, REQUIRED), "destination": (axes, REQUIRED)},
    "ExpandDims": {"axis": (optional(any_axes), REQUIRED)},
    "OneHot": {"num_classes": (natural, REQUIRED), "axis": (integer, -1)},
    "RepeatVector": {"n": (size, REQUIRED)},
    "Stack": {"axis": (integer, 0)},
    "Squeeze": {"axis": (optional(axes), None)},
    "Tile": {"repeats": (lambda value: natural(value) or list_of(natural)(value), REQUIRED)},
    "Repeat": {
        "repeats": (lambda value: natural(value) or (list_of(natural)(value) and value), REQUIRED),
        "axis": (optional(integer), None),
    },
    "Pad": {"pad_width": (pad_width, REQUIRED)},
    "BroadcastTo": {"shape": (list_of(stretch), REQUIRED)},
    "GetItem": {"key": (key, REQUIRED)},
    "Split": {"indices_or_sections": (rising, REQUIRED), "axis": (integer, 0)},
    "Take": {
        "indices_shape": (optional(list_of(natural)), None),
        "axis": (optional(integer), None),
    },
    "TakeAlongAxis": {"axis": (optional(integer), None)},
    "Slice": {
        "start_indices": (optional(list_of(natural)), None),
        "shape": (list_of(stretch), REQUIRED),
    },
    "Unstack": {"num": (optional(natural), None), "axis": (integer, 0)},
    "TopK": {"k": (natural, REQUIRED)},
    "Unflatten": {"dim": (integer, REQUIRED), "unflattened_size": (target_shape, REQUIRED)},
    "Matmul": {},
    "Einsum": {"equation": (text, REQUIRED)},
    "Moments": {"axis": (any_axes, REQUIRED), "keepdims": (flag, False)},
    "Diff": {"n": (natural, 1), "axis": (lambda value: integer(value) and -32 <= value < 32, -1)},
    "SegmentReduce": {
        "operation": (one_of("max", "min", "prod", "sum"), REQUIRED),
        "num_segments": (natural, REQUIRED),
    },
    "FFT": {},
    "RFFT": {"fft_length": (optional(size), None)},
    "IRFFT": {"fft_length": (optional(size), None)},
    "ExtractSequences": {
        "sequence_length": (size, REQUIRED),
        "sequence_stride": (size, REQUIRED),
    },
    "STFT": _FRAMES,
    "ISTFT": _FRAMES | {"length": (optional(size), None)},
    "Linspace": {
        "num": (natural, 50),
        "axis": (integer, 0),
        "constant_shape": (optional(list_of(natural)), None),
    },
    "Qr": {"mode": (one_of("reduced", "complete"), "reduced")},
    "SVD": {"full_matrices": (flag, True), "compute_uv": (flag, True)},
    "Eig": {},
    "Eigh": {},
    "LuFactor": {},
    "Meshgrid": {"indexing": (one_of("xy", "ij"), "xy")},
    "CosineSimilarity": {"axis": (integer, 1)},
    "PairwiseDistance": {"keepdims": (flag, False)},
    "CDist": {},
    "DotProductAttention": {},
    "Cast": {},
    "ExtractPatches": {
        "size": (per_axis(2), REQUIRED),
        "strides": (optional(per_axis(2)), None),
        "dilation_rate": (per_axis(2), 1),
        "padding": (one_of("valid", "same"), "valid"),
    },
    "Full": {"shape": (list_of(natural), REQUIRED)},
    "Dot": {"axes": (axes, REQUIRED)},
    "Parameter": {"shape": (list_of(natural), REQUIRED), "buffer": (flag, False)},
    "Arange": {
        "start": (integer, REQUIRED),
        "stop": (optional(integer), None),
        "step": (lambda value: integer(value) and value != 0, 1),
    },
}
