"""One small function a layer: the shapes it makes, the weights it owns, the macs it costs.

Each takes the layer with its defaults filled in and the shapes of its inputs. Weights have Keras's
names and order. Only convolutions, matrix products, recurrent cells and attention have
multiply-accumulates; biases, normalization, elementwise work and look-ups have none.
"""

import math
from collections.abc import Callable

from tests.reference import operations
from tests.reference.attention import (
    bare_attention,
    group_query_attention,
    multi_head_attention,
    transformer,
)
from tests.reference.dense import (
    adaptive_softmax,
    bilinear,
    dense,
    einsum_dense,
    embedding,
    embedding_bag,
    reversible_embedding,
)
from tests.reference.derived import DERIVED
from tests.reference.features import (
    encoding,
    glu,
    hashed_crossing,
    mel_spectrogram,
    prelu,
    stft_spectrogram,
    text_vectorization,
)
from tests.reference.fourier import FOURIER
from tests.reference.idle import IMAGES
from tests.reference.made import Layer, Made, Weight
from tests.reference.normalization import (
    batch_normalization,
    group_normalization,
    layer_normalization,
    layer_scale,
    normalization,
    rms_normalization,
    unit_normalization,
)
from tests.reference.recurrent import cell, recurrent
from tests.reference.refusal import Refusal, fits
from tests.reference.shape import (
    UNKNOWN,
    Shape,
    Size,
    axis_of,
    computed,
    elements,
    known,
    number,
    rank,
    rank_at_least,
)
from tests.reference.space import SPATIAL


def _bias(layer: Layer, *shape: int) -> list[Weight]:
    return [Weight("bias", shape)] if layer["use_bias"] else []


# Shapes


def flatten(layer: Layer, inputs: list[Shape]) -> Made:
    """All but the batch in one axis; a tensor of the batch alone gets an axis of size 1. PyTorch
    says which axes.
    """
    (shape,) = inputs
    rank_at_least(shape, 1)
    if (layer["start_dim"], layer["end_dim"], len(shape)) == (1, -1, 1):
        return Made([(shape[0], known(1))], [])
    first, last = (axis_of(layer[name], shape) for name in ("start_dim", "end_dim"))
    if last < first:
        raise Refusal("invalid_model", f"from axis {first} to {last}")
    return Made(
        [(*shape[:first], operations.whole(shape[first : last + 1]), *shape[last + 1 :])], []
    )


def reshape(layer: Layer, inputs: list[Shape]) -> Made:
    """`target_shape`, behind the batch or in all; -1 stands for what is left over."""
    (shape,) = inputs
    kept = 1 if layer["keep_batch"] else 0
    rank_at_least(shape, kept)
    target, sizes = layer["target_shape"], shape[kept:]
    fixed = math.prod(size for size in target if size != -1)
    if all(isinstance(size.shown, int) for size in sizes):
        total = math.prod(number(size, "") for size in sizes)
        fits(total, "elements")
        if (-1 in target and (fixed == 0 or total % fixed)) or (
            -1 not in target and total != fixed
        ):
            raise Refusal("shape_mismatch", f"{total} elements to {target}")
        rest = known(total // fixed) if -1 in target else UNKNOWN
    else:
        rest = _left_over(sizes, fixed)
    return Made([(*shape[:kept], *(rest if size == -1 else known(size) for size in target))], [])


def _left_over(sizes: Shape, fixed: int) -> Size:
    """What is left where some sizes are unknown: one of them, if all else is in `fixed`."""
    unknown = [size for size in sizes if not isinstance(size.shown, int)]
    others = math.prod(size.shown for size in sizes if isinstance(size.shown, int))
    if len(unknown) == 1 and others == fixed:
        return unknown[0]
    cost = elements(sizes)
    if cost is None or fixed == 0 or cost % fixed:
        return UNKNOWN
    return Size(None, cost // fixed)


def elementwise(layer: Layer, inputs: list[Shape]) -> Made:
    """The shape goes through unchanged."""
    return Made([inputs[0]], [])


# Merges


def merge(layer: Layer, inputs: list[Shape]) -> Made:
    """Broadcasting behind the batch, which must agree; Keras's rules where a size is unknown."""
    for shape in inputs:
        rank_at_least(shape, 1)
    merged = inputs[0]
    for shape in inputs[1:]:
        merged = (_same_batch(merged[0], shape[0]), *_broadcast(merged[1:], shape[1:]))
    return Made([merged], [])


def _same_batch(one: Size, other: Size) -> Size:
    """The batch that is a number, if either is; two numbers must be one."""
    if one == other:
        return one
    if isinstance(one.shown, int) and isinstance(other.shown, int):
        raise Refusal("shape_mismatch", f"batches of {one.shown} and {other.shown}")
    for batch in (one, other):
        if isinstance(batch.shown, int):
            return batch
    return Size(None, _broadcast_cost(one, other))


def _broadcast(one: Shape, other: Shape) -> Shape:
    if len(one) < len(other):
        one, other = other, one
    lead = len(one) - len(other)
    return (*one[:lead], *map(_stretched, one[lead:], other))


def _stretched(one: Size, other: Size) -> Size:
    """A size of 1 stretches; an unknown beside anything but itself is unknown."""
    if one == other:
        return one
    if not isinstance(one.shown, int) or not isinstance(other.shown, int):
        return Size(None, _broadcast_cost(one, other))
    if one.shown == 1 or other.shown == 1:
        return other if one.shown == 1 else one
    raise Refusal("shape_mismatch", f"{one.shown} and {other.shown}")


def _broadcast_cost(one: Size, other: Size) -> int | None:
    if one.cost is None or other.cost is None:
        return None
    if one.cost == other.cost or 1 in (one.cost, other.cost):
        return max(one.cost, other.cost)
    return None


def concatenate(layer: Layer, inputs: list[Shape]) -> Made:
    """Sizes add up along `axis`; elsewhere the first input's stand, and numbers must agree."""
    first = inputs[0]
    axis = axis_of(layer["axis"], first)
    for shape in inputs[1:]:
        rank(shape, len(first))
    return Made([tuple(_beside([s[i] for s in inputs], i == axis) for i in range(len(first)))], [])


def _beside(sizes: list[Size], adding: bool) -> Size:
    if len(sizes) == 1:
        return sizes[0]
    if adding:
        return computed(sizes, lambda *parts: sum(parts))
    if len({size.shown for size in sizes if isinstance(size.shown, int)}) > 1:
        raise Refusal("shape_mismatch", "sizes that differ")
    if not isinstance(sizes[0].shown, int) and any(size != sizes[0] for size in sizes):
        return Size(None, sizes[0].cost)  # Keras's None stays None beside anything
    return sizes[0]


LEAST_RANKS = {
    **dict.fromkeys(IMAGES, 3),
    "LocalResponseNorm": 3,
    "CrossMapLRN2d": 4,
    **{f"SpatialDropout{axes}D": axes + 1 for axes in (1, 2, 3)},
}
"""Layers that leave a tensor as it is, if it has so many axes."""


def unchanged(layer: Layer, inputs: list[Shape]) -> Made:
    """The shape goes through unchanged, where it has axes enough."""
    (shape,) = inputs
    rank_at_least(shape, LEAST_RANKS[layer["type"]])
    return Made([shape], [])


ELEMENTWISE = (
    *("Rescaling", "Activation", "ReLU", "LeakyReLU", "ELU", "Identity", "Masking"),
    *("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization"),
)

MAKERS: dict[str, Callable[[Layer, list[Shape]], Made]] = {
    "Dense": dense,
    **SPATIAL,
    "EinsumDense": einsum_dense,
    "Bilinear": bilinear,
    **dict.fromkeys(("SimpleRNN", "GRU", "LSTM"), recurrent),
    **dict.fromkeys(("SimpleRNNCell", "GRUCell", "LSTMCell"), cell),
    "Embedding": embedding,
    "ReversibleEmbedding": reversible_embedding,
    "EmbeddingBag": embedding_bag,
    "AdaptiveLogSoftmaxWithLoss": adaptive_softmax,
    **dict.fromkeys(("CategoryEncoding", "Discretization", "Hashing"), encoding),
    **dict.fromkeys(("StringLookup", "IntegerLookup"), encoding),
    "HashedCrossing": hashed_crossing,
    "TextVectorization": text_vectorization,
    "PReLU": prelu,
    "GLU": glu,
    "MelSpectrogram": mel_spectrogram,
    "STFTSpectrogram": stft_spectrogram,
    "BatchNormalization": batch_normalization,
    "GroupNormalization": group_normalization,
    "Normalization": normalization,
    **dict.fromkeys(("UnitNormalization", "Softmax"), unit_normalization),
    "LayerScale": layer_scale,
    "LayerNormalization": layer_normalization,
    "RMSNormalization": rms_normalization,
    "MultiHeadAttention": multi_head_attention,
    "GroupQueryAttention": group_query_attention,
    **dict.fromkeys(("Attention", "AdditiveAttention"), bare_attention),
    **dict.fromkeys(
        (
            "TransformerEncoderLayer",
            "TransformerDecoderLayer",
            "TransformerEncoder",
            "TransformerDecoder",
            "Transformer",
        ),
        transformer,
    ),
    "Flatten": flatten,
    "Reshape": reshape,
    **dict.fromkeys(ELEMENTWISE, elementwise),
    **dict.fromkeys(LEAST_RANKS, unchanged),
    **DERIVED,
    **FOURIER,
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), merge),
    "Concatenate": concatenate,
    **operations.MAKERS,
}

MOST_INPUTS = {
    **dict.fromkeys(
        ("MultiHeadAttention", "GroupQueryAttention", "Attention", "AdditiveAttention"), 3
    ),
    **dict.fromkeys(
        ("SimpleRNN", "GRU", "LSTM", "SimpleRNNCell", "GRUCell", "LSTMCell", "RNN"), None
    ),
    **dict.fromkeys(
        ("TransformerDecoderLayer", "TransformerDecoder", "Transformer", "StackedRNNCells"), None
    ),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), None),
    **dict.fromkeys(("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"), 2),
    **dict.fromkeys(("Bilinear", "Subtract", "CategoryEncoding", "HashedCrossing"), 2),
    **dict.fromkeys(("AdaptiveLogSoftmaxWithLoss", "SegmentReduce", "FFT"), 2),
    **dict.fromkeys(("IRFFT", "ISTFT", "Linspace"), 2),
    **dict.fromkeys(("CosineSimilarity", "PairwiseDistance", "CDist"), 2),
    **dict.fromkeys(("EmbeddingBag", "Meshgrid", "Einsum", "DotProductAttention")),
    **dict.fromkeys(("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")),
    "Block": None,
    "Reuse": None,
    **operations.MOST_INPUTS,
}
"""How many inputs a layer takes at most, where it is not one; None is any number."""
