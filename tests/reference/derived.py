"""Operations made of others: moments, grids, distances, patches, sums over labelled axes."""

import re
from collections.abc import Callable
from string import ascii_letters

from tests.reference.dense import ELIDED
from tests.reference.made import Layer, Made
from tests.reference.operations import broadcast, get_item, one_hot, reduce, together, whole
from tests.reference.refusal import Refusal
from tests.reference.shape import (
    Shape,
    Size,
    alike,
    axis_of,
    computed,
    known,
    rank_at_least,
    times,
)
from tests.reference.space import pooling


def takes(inputs: list[Shape], least: int, most: int | None = None) -> None:
    """Refuses another number of inputs."""
    if not least <= len(inputs) <= (most or least):
        raise Refusal("invalid_model", f"{len(inputs)} inputs")


def moments(layer: Layer, inputs: list[Shape]) -> Made:
    """Mean and variance, which are alike."""
    return Made(reduce(layer, inputs).outputs * 2, [])


def diff(layer: Layer, inputs: list[Shape]) -> Made:
    """Each round leaves one place fewer, and nothing is less than nothing."""
    (shape,) = inputs
    axis = axis_of(layer["axis"], shape)
    less = _sliced(shape[axis], layer["n"])
    return Made([(*shape[:axis], less, *shape[axis + 1 :])], [])


def _sliced(size: Size, start: int) -> Size:
    return get_item({"key": [[start, None]]}, [(size,)]).outputs[0][0]


def linspace(layer: Layer, inputs: list[Shape]) -> Made:
    """Start and end stretched to one shape, so many times along a new axis."""
    takes(inputs, 1, 2)
    constant = tuple(map(known, layer["constant_shape"] or []))
    shape = broadcast([*inputs, constant])
    return one_hot({"axis": layer["axis"], "num_classes": layer["num"]}, [shape])


def segment_reduce(layer: Layer, inputs: list[Shape]) -> Made:
    """As many places on the first axis as there are segments."""
    takes(inputs, 2)
    rank_at_least(inputs[0], 1)
    return Made([(known(layer["num_segments"]), *inputs[0][1:])], [])


def fft(layer: Layer, inputs: list[Shape]) -> Made:
    """Real and imaginary parts go in and come out."""
    takes(inputs, 2)
    return Made(list(inputs), [])


def meshgrid(layer: Layer, inputs: list[Shape]) -> Made:
    """All elements of each along an axis; the first two change places by default."""
    takes(inputs, 1, 16)
    sizes = [whole(shape) for shape in inputs]
    if layer["indexing"] == "xy":
        sizes[:2] = sizes[1::-1]
    return Made([tuple(sizes)] * len(inputs), [])


# Matrices as products


def _sides(inputs: list[Shape]) -> tuple[Shape, Size, Size, Size]:
    """What stands before a matrix, its rows, its columns, and as many as there are of the fewer."""
    (shape,) = inputs
    rank_at_least(shape, 2)
    rows, columns = shape[-2:]
    lesser = rows if rows == columns else computed([rows, columns], min)
    return shape[:-2], rows, columns, lesser


def qr(layer: Layer, inputs: list[Shape]) -> Made:
    before, rows, columns, lesser = _sides(inputs)
    inner = rows if layer["mode"] == "complete" else lesser
    return Made([(*before, rows, inner), (*before, inner, columns)], [])


def svd(layer: Layer, inputs: list[Shape]) -> Made:
    before, rows, columns, lesser = _sides(inputs)
    values = (*before, lesser)
    if not layer["compute_uv"]:
        return Made([values], [])
    left, right = (rows, columns) if layer["full_matrices"] else (lesser, lesser)
    return Made([(*before, rows, left), values, (*before, right, columns)], [])


def eigen(layer: Layer, inputs: list[Shape]) -> Made:
    before, rows, columns, _ = _sides(inputs)
    alike((columns,), (rows,))
    return Made([(*before, rows), (*before, rows, columns)], [])


def lu_factor(layer: Layer, inputs: list[Shape]) -> Made:
    before, rows, columns, lesser = _sides(inputs)
    return Made([(*before, rows, columns), (*before, lesser)], [])


# Distances


def cosine_similarity(layer: Layer, inputs: list[Shape]) -> Made:
    takes(inputs, 2)
    return reduce(layer | {"keepdims": False}, [broadcast(inputs)])


def pairwise_distance(layer: Layer, inputs: list[Shape]) -> Made:
    takes(inputs, 2)
    return reduce(layer | {"axis": -1}, [broadcast(inputs)])


def cdist(layer: Layer, inputs: list[Shape]) -> Made:
    """Every vector of the first beside every one of the second."""
    takes(inputs, 2)
    for shape in inputs:
        rank_at_least(shape, 2)
    one, other = inputs
    together(one[-1], other[-1])
    return Made([(*broadcast([one[:-2], other[:-2]]), one[-2], other[-2])], [])


# Sums over labelled axes


def einsum(layer: Layer, inputs: list[Shape]) -> Made:
    """From left to right, two at a time: a product costs the sizes of all labels that it has, if it
    sums over one that both have. A label that only one operand has is summed first.
    """
    operands, output = _terms(layer["equation"])
    takes(inputs, len(operands))
    longest = 0
    labelled: list[str] = []
    for term, shape in zip(operands, inputs, strict=True):
        elided = len(shape) - len(term.replace("...", ""))
        if elided < 0 or (elided and "..." not in term):
            raise Refusal("shape_mismatch", f"{term} on rank {len(shape)}")
        longest = max(longest, elided)
        labelled.append(term.replace("...", ELIDED[len(ELIDED) - elided :]))
    output = output.replace("...", ELIDED[len(ELIDED) - longest :])
    sizes = _sizes(labelled, inputs)
    if len(set(output)) < len(output) or not set(output) <= set(sizes):
        raise Refusal("invalid_model", f"{output} from {labelled}")
    return Made([tuple(sizes[label] for label in output)], [], _products(labelled, output, sizes))


def _terms(equation: str) -> tuple[list[str], str]:
    given, arrow, output = equation.replace(" ", "").partition("->")
    if not arrow:
        once = [label for label in ascii_letters if given.count(label) == 1]
        output = ("..." if "..." in given else "") + "".join(sorted(once))
    return re.split(",", given), output


def _sizes(labelled: list[str], inputs: list[Shape]) -> dict[str, Size]:
    sizes: dict[str, Size] = {}
    for term, shape in zip(labelled, inputs, strict=True):
        for label, size in zip(term, shape, strict=True):
            sizes[label] = together(sizes[label], size) if label in sizes else size
    return sizes


def _products(labelled: list[str], output: str, sizes: dict[str, Size]) -> int | None:
    total: int | None = 0
    made = set(labelled[0])
    for place, term in enumerate(labelled[1:], start=1):
        later = set(output).union(*labelled[place + 1 :])
        made &= later | set(term)
        mine = set(term) & (later | made)
        if made - later:
            total = _plus(total, times(*(sizes[label].cost for label in made | mine)))
        made = (made | mine) & later
    return total


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def dot_product_attention(layer: Layer, inputs: list[Shape]) -> Made:
    """Scores of every query with every key in each head, and as many weighted values."""
    takes(inputs, 3, 5)
    query, key, value = inputs[:3]
    scores = einsum({"equation": "bqhd,bkhd->bhqk"}, [query, key])
    mixed = einsum({"equation": "bhqk,bkhd->bqhd"}, [scores.outputs[0], value])
    return Made(mixed.outputs, [], _plus(scores.macs, mixed.macs))


# Images


def extract_patches(layer: Layer, inputs: list[Shape]) -> Made:
    """Windows as max pooling has them; each place has its whole window as channels."""
    windows = layer | {
        "type": "MaxPooling2D",
        "pool_size": layer["size"],
        "data_format": "channels_last",
        "ceil_mode": False,
    }
    (made,) = pooling(windows, inputs).outputs
    sizes = layer["size"] if isinstance(layer["size"], list) else [layer["size"]] * 2
    area = sizes[0] * sizes[1]
    channels = made[-1] if area == 1 else computed([made[-1]], lambda n: n * area)
    return Made([(*made[:-1], channels)], [])


DERIVED: dict[str, Callable[[Layer, list[Shape]], Made]] = {
    "Moments": moments,
    "Diff": diff,
    "SegmentReduce": segment_reduce,
    "Linspace": linspace,
    "FFT": fft,
    "Meshgrid": meshgrid,
    "Qr": qr,
    "SVD": svd,
    **dict.fromkeys(("Eig", "Eigh"), eigen),
    "LuFactor": lu_factor,
    "CosineSimilarity": cosine_similarity,
    "PairwiseDistance": pairwise_distance,
    "CDist": cdist,
    "Einsum": einsum,
    "DotProductAttention": dot_product_attention,
    "ExtractPatches": extract_patches,
}
