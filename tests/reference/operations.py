"""Tensor operations: NumPy's rules on shapes, and Keras's where a size is unknown.

Only products of tensors have multiply-accumulates. What is not listed in `MAKERS` by its own rule
leaves the shape as it is.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any

from tests.reference.made import Layer, Made, Weight, state
from tests.reference.refusal import Refusal
from tests.reference.shape import (
    UNKNOWN,
    Shape,
    Size,
    axis_of,
    computed,
    elements,
    known,
    rank,
    rank_at_least,
    times,
)

# Elementwise


def together(one: Size, other: Size) -> Size:
    """1 stretches, and an unknown size gives way to a number."""
    if one == other or other.shown == 1:
        return one
    if one.shown == 1:
        return other
    numbers = [size for size in (one, other) if isinstance(size.shown, int)]
    if len(numbers) == 2:
        raise Refusal("shape_mismatch", f"{one.shown} and {other.shown}")
    if numbers:
        return numbers[0]
    costs = {one.cost, other.cost}
    cost = None if None in costs else max(costs - {1}, default=1)  # type: ignore[type-var]
    return Size(one.shown if one.shown == other.shown else None, cost)


def broadcast(shapes: Iterable[Shape]) -> Shape:
    """All shapes as one, lined up at their ends."""
    shapes = list(shapes)
    longest = max(map(len, shapes))
    result = (known(1),) * longest
    for shape in shapes:
        padded = (known(1),) * (longest - len(shape)) + shape
        result = tuple(map(together, result, padded))
    return result


def arithmetic(layer: Layer, inputs: list[Shape]) -> Made:
    """A function of one to three tensors and perhaps a constant."""
    constant = tuple(map(known, layer.get("constant_shape") or []))
    return Made([broadcast([*inputs, constant])], [])


# One number for many


def reduce(layer: Layer, inputs: list[Shape]) -> Made:
    (shape,) = inputs
    gone = _axes(layer["axis"], shape) if layer["axis"] is not None else range(len(shape))
    if layer["keepdims"]:
        return Made([tuple(known(1) if k in gone else size for k, size in enumerate(shape))], [])
    return Made([tuple(size for k, size in enumerate(shape) if k not in gone)], [])


def _axes(axis: int | list[int], shape: Shape) -> list[int]:
    axes = [axis_of(one, shape) for one in (axis if isinstance(axis, list) else [axis])]
    if len(set(axes)) < len(axes):
        raise Refusal("shape_mismatch", "an axis twice")
    return axes


# The order of axes


def transpose(layer: Layer, inputs: list[Shape]) -> Made:
    (shape,) = inputs
    if not layer["axes"]:
        return Made([shape[::-1]], [])
    rank(shape, len(layer["axes"]))
    return Made([tuple(shape[k] for k in _axes(layer["axes"], shape))], [])


def permute(layer: Layer, inputs: list[Shape]) -> Made:
    (shape,) = inputs
    rank(shape, len(layer["dims"]) + 1)
    return Made([(shape[0], *(shape[k] for k in _axes(layer["dims"], shape)))], [])


def swapaxes(layer: Layer, inputs: list[Shape]) -> Made:
    (shape,) = inputs
    one, other = (axis_of(layer[name], shape) for name in ("axis1", "axis2"))
    order = list(range(len(shape)))
    order[one], order[other] = other, one
    return Made([tuple(shape[k] for k in order)], [])


def moveaxis(layer: Layer, inputs: list[Shape]) -> Made:
    """The others stay in order: take all that move out, and put them in from left to right."""
    (shape,) = inputs
    source, destination = _list(layer["source"]), _list(layer["destination"])
    if len(source) != len(destination):
        raise Refusal("invalid_model", "axes without a place, or places without an axis")
    source, destination = _axes(source, shape), _axes(destination, shape)
    order = [k for k in range(len(shape)) if k not in source]
    for to, axis in sorted(zip(destination, source, strict=True)):
        order.insert(to, axis)
    return Made([tuple(shape[k] for k in order)], [])


# Axes that come and go


def expand_dims(layer: Layer, inputs: list[Shape]) -> Made:
    return Made([_inserted(inputs[0], layer["axis"], 1)], [])


def one_hot(layer: Layer, inputs: list[Shape]) -> Made:
    return Made([_inserted(inputs[0], layer["axis"], layer["num_classes"])], [])


def repeat_vector(layer: Layer, inputs: list[Shape]) -> Made:
    rank(inputs[0], 2)
    return Made([_inserted(inputs[0], 1, layer["n"])], [])


def stack(layer: Layer, inputs: list[Shape]) -> Made:
    """Side by side, all of one shape."""
    for shape in inputs[1:]:
        rank(shape, len(inputs[0]))
    shared = tuple(map(_shared, zip(*inputs, strict=True)))
    return Made([_inserted(shared, layer["axis"], len(inputs))], [])


def _shared(sizes: tuple[Size, ...]) -> Size:
    """The first one's, unless another says something else than its name."""
    if len({size.shown for size in sizes if isinstance(size.shown, int)}) > 1:
        raise Refusal("shape_mismatch", "shapes that differ")
    same = isinstance(sizes[0].shown, int) or len({size.shown for size in sizes}) == 1
    return sizes[0] if same else Size(None, sizes[0].cost)


def _inserted(shape: Shape, axis: int | list[int] | None, size: int) -> Shape:
    axis = len(shape) if axis is None else axis
    n = len(axis) if isinstance(axis, list) else 1
    new = _axes(axis, shape + (UNKNOWN,) * n)
    rest = iter(shape)
    return tuple(known(size) if k in new else next(rest) for k in range(len(shape) + n))


def squeeze(layer: Layer, inputs: list[Shape]) -> Made:
    (shape,) = inputs
    if layer["axis"] is None:
        return Made([tuple(size for size in shape if size.shown != 1)], [])
    gone = _axes(layer["axis"], shape)
    if any(shape[k].shown != 1 for k in gone):
        raise Refusal("shape_mismatch", "not of size 1")
    return Made([tuple(size for k, size in enumerate(shape) if k not in gone)], [])


# Other sizes


def tile(layer: Layer, inputs: list[Shape]) -> Made:
    (shape,) = inputs
    repeats = _list(layer["repeats"])
    repeats = [1] * (len(shape) - len(repeats)) + repeats
    shape = (known(1),) * (len(repeats) - len(shape)) + shape
    return Made([tuple(map(_times, shape, repeats))], [])


def repeat(layer: Layer, inputs: list[Shape]) -> Made:
    """Every element so many times, or each as often as its place in a list says."""
    (shape,) = inputs
    if layer["axis"] is None:
        return Made([(_repeated(whole(shape), layer["repeats"]),)], [])
    axis = axis_of(layer["axis"], shape)
    made = _repeated(shape[axis], layer["repeats"])
    return Made([(*shape[:axis], made, *shape[axis + 1 :])], [])


def _repeated(size: Size, repeats: int | list[int]) -> Size:
    each = _list(repeats)
    if len(each) == 1:
        return _times(size, each[0])
    if not isinstance(size.shown, int):
        return UNKNOWN
    if size.shown != len(each):
        raise Refusal("shape_mismatch", f"{len(each)} for {size.shown} elements")
    return known(sum(each))


def whole(shape: Shape) -> Size:
    """All axes as one; one size among ones is left as it is, a name too."""
    long = [size for size in shape if size.shown != 1]
    return long[0] if len(long) == 1 else computed(long, lambda *each: math.prod(each))


def _times(size: Size, factor: int) -> Size:
    if factor == 0:
        return known(0)
    return size if factor == 1 else computed([size, known(factor)], lambda n, k: n * k)


def _list(value: int | list[int]) -> list[int]:
    return value if isinstance(value, list) else [value]


def pad(layer: Layer, inputs: list[Shape]) -> Made:
    """One amount for all ends, a pair for all axes, or a pair for each."""
    (shape,) = inputs
    given = layer["pad_width"]
    pairs = given if isinstance(given, list) and isinstance(given[0], list) else [_list(given)]
    if len(pairs) == 1:
        pairs = pairs * len(shape)
    if len(pairs) != len(shape):
        raise Refusal("shape_mismatch", f"{len(pairs)} pairs for rank {len(shape)}")
    sums = [sum(_ends(pair)) for pair in pairs]
    return Made([tuple(_longer(size, more) for size, more in zip(shape, sums, strict=True))], [])


def _ends(sides: list[int]) -> list[int]:
    return sides if len(sides) == 2 else sides * 2


def _longer(size: Size, more: int) -> Size:
    return size if more == 0 else computed([size], lambda n: n + more)


def broadcast_to(layer: Layer, inputs: list[Shape]) -> Made:
    """-1 is the size of the last input's axis at that place from the end."""
    shape, model = inputs[0], inputs[-1]
    wanted = layer["shape"]
    if len(shape) > len(wanted):
        raise Refusal("shape_mismatch", "more axes than wanted")
    ends = range(-len(wanted), 0)
    for k, size in zip(ends, wanted, strict=True):
        if size == -1 and -k > len(model):
            raise Refusal("shape_mismatch", "no such axis")
    result = tuple(
        model[k] if size == -1 else known(size) for k, size in zip(ends, wanted, strict=True)
    )
    for one, other in zip(reversed(shape), reversed(result), strict=False):
        both = isinstance(one.shown, int) and isinstance(other.shown, int)
        if both and one.shown not in (1, other.shown):
            raise Refusal("shape_mismatch", f"{one.shown} to {other.shown}")
    return Made([result], [])


# Parts


def get_item(layer: Layer, inputs: list[Shape]) -> Made:
    """Each item of the key takes the next axis, but a new axis and the ellipsis."""
    (shape,) = inputs
    key = layer["key"] if "..." in layer["key"] else [*layer["key"], "..."]
    taking = sum(item is not None and item != "..." for item in key)
    rank_at_least(shape, taking)
    left, result = list(shape), list[Size]()
    for item in key:
        if item is None:
            result.append(known(1))
        elif item == "...":
            result += left[: len(shape) - taking]
            del left[: len(shape) - taking]
        elif isinstance(item, list):
            result.append(_sliced(left.pop(0), slice(*item)))
        else:
            _check_index(left.pop(0), item)
    return Made([tuple(result)], [])


def _sliced(size: Size, part: slice) -> Size:
    if part.start is None and part.stop is None and part.step in (None, 1, -1):
        return size
    return computed([size], lambda n: len(range(n)[part]))


def _check_index(size: Size, index: int) -> None:
    if isinstance(size.shown, int) and not -size.shown <= index < size.shown:
        raise Refusal("shape_mismatch", f"no index {index} in {size.shown}")


def split(layer: Layer, inputs: list[Shape]) -> Made:
    """Equal pieces, or those that begin at indices."""
    (shape,) = inputs
    axis = axis_of(layer["axis"], shape)
    where = layer["indices_or_sections"]
    sizes = _pieces(shape[axis], where) if isinstance(where, list) else _parts(shape[axis], where)
    return Made([(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes], [])


def _parts(size: Size, parts: int) -> list[Size]:
    if isinstance(size.shown, int) and size.shown % parts:
        raise Refusal("shape_mismatch", f"{size.shown} in {parts} parts")
    part = computed([size], lambda n: n // parts if n % parts == 0 else -1)
    return [size if parts == 1 else part] * few(parts)


def few(outputs: int) -> int:
    """A number of outputs that a row may have."""
    if outputs > 4096:
        raise Refusal("too_complex", f"{outputs} outputs")
    return outputs


def _pieces(size: Size, indices: list[int]) -> list[Size]:
    last = indices[-1] if indices else 0
    if isinstance(size.shown, int) and size.shown < last:
        raise Refusal("shape_mismatch", f"{last} in {size.shown}")
    begins = [0, *indices]
    sizes = [known(end - begin) for begin, end in zip(begins, indices, strict=False)]
    return [*sizes, size if last == 0 else computed([size], lambda n: n - last)]


def take(layer: Layer, inputs: list[Shape]) -> Made:
    """The indices' shape in place of the axis, or of all axes."""
    given = layer["indices_shape"]
    if len(inputs) != (2 if given is None else 1):
        raise Refusal("invalid_model", "indices twice, or not at all")
    indices = inputs[1] if given is None else tuple(map(known, given))
    if layer["axis"] is None:
        return Made([indices], [])
    shape = inputs[0]
    axis = axis_of(layer["axis"], shape)
    return Made([(*shape[:axis], *indices, *shape[axis + 1 :])], [])


def take_along_axis(layer: Layer, inputs: list[Shape]) -> Made:
    """The indices' size along the axis; the others are broadcast."""
    if len(inputs) != 2:
        raise Refusal("invalid_model", f"{len(inputs)} inputs")
    shape, indices = inputs
    if layer["axis"] is None:
        rank(indices, 1)
        return Made([indices], [])
    axis = axis_of(layer["axis"], shape)
    rank(indices, len(shape))
    ready = (*shape[:axis], indices[axis], *shape[axis + 1 :])
    return Made([broadcast([ready, indices])], [])


def slice_of(layer: Layer, inputs: list[Shape]) -> Made:
    """A size for each axis; -1 is all that is behind the start, if that is known."""
    starts, wanted = layer["start_indices"], layer["shape"]
    if len(inputs) != (2 if starts is None else 1):
        raise Refusal("invalid_model", "a start twice, or none")
    rank(inputs[0], len(wanted))
    if starts is not None and len(starts) != len(wanted):
        raise Refusal("invalid_model", f"{len(starts)} starts for {len(wanted)} axes")
    places = [None] * len(wanted) if starts is None else starts
    return Made([tuple(map(_piece, inputs[0], places, wanted))], [])


def _piece(size: Size, start: int | None, wanted: int) -> Size:
    end = (start or 0) + max(wanted, 0)
    if isinstance(size.shown, int) and end > size.shown:
        raise Refusal("shape_mismatch", f"{end} in {size.shown}")
    if wanted != -1:
        return known(wanted)
    if start is None:
        return UNKNOWN
    return size if start == 0 else computed([size], lambda n: n - start)


def unstack(layer: Layer, inputs: list[Shape]) -> Made:
    """An output for every place along the axis."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    axis = axis_of(layer["axis"], shape)
    size = shape[axis].shown
    number = size if layer["num"] is None else layer["num"]
    if not isinstance(number, int) or (isinstance(size, int) and size != number):
        raise Refusal("shape_mismatch", f"{size} places, not {number}")
    return Made([(*shape[:axis], *shape[axis + 1 :])] * few(number), [])


def top_k(layer: Layer, inputs: list[Shape]) -> Made:
    (shape,) = inputs
    rank_at_least(shape, 1)
    if isinstance(shape[-1].shown, int) and shape[-1].shown < layer["k"]:
        raise Refusal("shape_mismatch", "more than there are")
    return Made([(*shape[:-1], known(layer["k"]))] * 2, [])


def unflatten(layer: Layer, inputs: list[Shape]) -> Made:
    """Sizes in place of one; -1 is what is left over."""
    (shape,) = inputs
    axis = axis_of(layer["dim"], shape)
    size, wanted = shape[axis], layer["unflattened_size"]
    given = math.prod(one for one in wanted if one != -1)
    divides = given > 0 and isinstance(size.shown, int) and size.shown % given == 0
    if isinstance(size.shown, int) and not (divides if -1 in wanted else size.shown == given):
        raise Refusal("shape_mismatch", f"{size.shown} elements to {wanted}")
    rest = size if given == 1 else computed([size], lambda n: _share(n, given))
    sizes = [rest if one == -1 else known(one) for one in wanted]
    return Made([(*shape[:axis], *sizes, *shape[axis + 1 :])], [])


def _share(n: int, given: int) -> int:
    """What is left over by sizes that are given, -1 where that is nothing whole."""
    return n // given if given and n % given == 0 else -1


# Products


def matmul(layer: Layer, inputs: list[Shape]) -> Made:
    """The last axis of the first goes with the second to last of the second."""
    one, other = inputs
    rank_at_least(one, 1)
    rank_at_least(other, 1)
    left = one if len(one) > 1 else (known(1), *one)
    right = other if len(other) > 1 else (*other, known(1))
    summed = _summed(left[-1], right[-2])
    result = [*broadcast([left[:-2], right[:-2]])]
    result += [left[-2]] if len(one) > 1 else []
    result += [right[-1]] if len(other) > 1 else []
    return Made([tuple(result)], [], times(elements(result), summed))


def dot(layer: Layer, inputs: list[Shape]) -> Made:
    """One axis of each goes, and the batch of the second; what is left has at least two axes."""
    one, other = inputs
    rank_at_least(one, 2)
    rank_at_least(other, 2)
    axes = layer["axes"] if isinstance(layer["axes"], list) else [layer["axes"]] * 2
    a, b = axis_of(axes[0], one), axis_of(axes[-1], other)
    if 0 in (a, b):
        raise Refusal("shape_mismatch", "the batch stays")
    _summed(one[0], other[0])
    summed = _summed(one[a], other[b])
    result = [*one[:a], *one[a + 1 :], *other[1:b], *other[b + 1 :]]
    result += [known(1)] if len(result) == 1 else []
    return Made([tuple(result)], [], times(elements(result), summed))


def _summed(one: Size, other: Size) -> int | None:
    """The size that both have: where one is a number, that."""
    numbers = [size.shown for size in (one, other) if isinstance(size.shown, int)]
    if len(set(numbers)) == 2:
        raise Refusal("shape_mismatch", f"{one.shown} and {other.shown}")
    if numbers:
        return numbers[0]
    return other.cost if one.cost is None else one.cost


# What is made of nothing


def parameter(layer: Layer, inputs: list[Shape]) -> Made:
    shape = tuple(layer["shape"])
    weight = state("value", shape) if layer["buffer"] else Weight("value", shape)
    return Made([tuple(map(known, shape))], [weight])


def full(layer: Layer, inputs: list[Shape]) -> Made:
    return Made([tuple(map(known, layer["shape"]))], [])


def arange(layer: Layer, inputs: list[Shape]) -> Made:
    start, stop = layer["start"], layer["stop"]
    start, stop = (0, start) if stop is None else (start, stop)
    return Made([(known(len(range(start, stop, layer["step"]))),)], [])


MAKERS: dict[str, Callable[[Layer, list[Shape]], Made]] = {
    **dict.fromkeys(("Elementwise", "Arithmetic", "Where", "Cast"), arithmetic),
    "Reduce": reduce,
    "Transpose": transpose,
    "Permute": permute,
    "Swapaxes": swapaxes,
    "Moveaxis": moveaxis,
    "ExpandDims": expand_dims,
    "OneHot": one_hot,
    "RepeatVector": repeat_vector,
    "Stack": stack,
    "Squeeze": squeeze,
    "Tile": tile,
    "Repeat": repeat,
    "Pad": pad,
    "BroadcastTo": broadcast_to,
    "GetItem": get_item,
    "Split": split,
    "Take": take,
    "TakeAlongAxis": take_along_axis,
    "Slice": slice_of,
    "Unstack": unstack,
    "Full": full,
    "TopK": top_k,
    "Unflatten": unflatten,
    "Matmul": matmul,
    "Dot": dot,
    "Parameter": parameter,
    "Arange": arange,
}

SOURCES = ("Parameter", "Full", "Arange")
"""What takes no input."""

MOST_INPUTS: dict[str, int | None] = {
    **dict.fromkeys(SOURCES, 0),
    **dict.fromkeys(("Arithmetic", "BroadcastTo", "Matmul", "Dot"), 2),
    **dict.fromkeys(("Take", "TakeAlongAxis", "Slice"), 2),
    "Where": 3,
    "Stack": None,
}
PAIRS = ("Matmul", "Dot")
"""What takes two inputs and no fewer."""


TWO = (
    *("TopK", "Qr", "Eig", "Eigh", "LuFactor", "Moments", "FFT", "RFFT", "STFT"),
    "AdaptiveLogSoftmaxWithLoss",
)
"""What has two outputs."""


def output_count(layer: dict[str, Any]) -> int:
    """How many outputs there are, whatever the shapes."""
    kind = layer["type"]
    if kind == "Split":
        where = layer["indices_or_sections"]
        return len(where) + 1 if isinstance(where, list) else int(where)
    counts = {
        **dict.fromkeys(TWO, 2),
        "SVD": 3 if layer.get("compute_uv") else 1,
        "Meshgrid": len(layer["inputs"] or "1"),
        "Unstack": layer.get("num") or 1,
    }
    return counts.get(kind, 1)
