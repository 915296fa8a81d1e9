"""Keras's operations whose meaning depends on the ranks of what they take.

Products of tensors become an equation over labelled axes. The ranks are those that Keras 3 writes
beside each tensor of a call.
"""

from collections.abc import Callable, Mapping, Sequence
from string import ascii_letters
from typing import Any

from weighbridge.formats.keras.call import unreadable
from weighbridge.value import shown

Read = tuple[str, dict[str, Any]]
"""A type of layer, and its attributes."""

Shape = list[int | None]

MOST_PIECES = 4096
"""As many outputs as a layer may have."""


def shapes_of(entry: Mapping[str, Any]) -> list[Shape]:
    """Return the shapes of the tensors that an operation takes, in its order. Raises Unreadable."""
    shapes = [tensor.get("shape") for tensor in tensors_of(entry)]
    if not all(isinstance(shape, list) for shape in shapes):
        raise unreadable("unsupported_document", "says no shape", "inbound_nodes")
    return shapes  # type: ignore[return-value]


def tensors_of(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what is said beside the tensors that an operation takes, in its order."""
    nodes = entry.get("inbound_nodes")
    first = nodes[0] if isinstance(nodes, list) and nodes else None
    found: list[Mapping[str, Any]] = []
    if isinstance(first, dict):
        _collect([first.get("args"), first.get("kwargs")], found)
    return found


def _collect(value: Any, found: list[Mapping[str, Any]]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "__keras_tensor__" and isinstance(config, dict):
            found.append(config)
            return
        for name in sorted(value):
            _collect(value[name], found)


def two_shapes(entry: Mapping[str, Any]) -> tuple[Shape, Shape]:
    """Return the shapes of an operation's two tensors. Raises Unreadable."""
    shapes = shapes_of(entry)
    if len(shapes) != 2:
        detail = f"is read of two tensors of the model, got {len(shapes)}"
        raise unreadable("unsupported_document", detail, "inbound_nodes")
    return shapes[0], shapes[1]


# ---- Products -----------------------------------------------------------------------------------


def contraction(entry: Mapping[str, Any], axes: Any) -> Read:
    """Return the sum of products over axes of each tensor: NumPy's tensordot. Raises Unreadable."""
    one, other = two_shapes(entry)
    if isinstance(axes, int):
        axes = min(axes, len(one) + 1)
        axes = [[len(one) - axes + k for k in range(axes)], list(range(axes))]
    pairs = [[given] if isinstance(given, int) else given for given in axes]
    ranks = (len(one), len(other))
    summed = [
        [axis % rank for axis in given] for rank, given in zip(ranks, pairs, strict=True) if rank
    ]
    if len(summed) < 2 or len(summed[0]) != len(summed[1]):
        detail = f"the axes {shown(axes)} are none of ranks {ranks[0]} and {ranks[1]}"
        raise unreadable("invalid_model", detail, "config/axes")
    labels = [list(ascii_letters[: ranks[0]]), list(ascii_letters[ranks[0] : sum(ranks)])]
    for mine, theirs in zip(*summed, strict=True):
        labels[1][theirs] = labels[0][mine]
    kept = [
        letter
        for given, gone in zip(labels, summed, strict=True)
        for axis, letter in enumerate(given)
        if axis not in gone
    ]
    return _einsum(labels, kept)


def _einsum(labels: Sequence[Sequence[str]], kept: Sequence[str]) -> Read:
    return "Einsum", {"equation": f"{','.join(map(''.join, labels))}->{''.join(kept)}"}


def dot(entry: Mapping[str, Any]) -> Read:
    """Return NumPy's dot: over the last axis, and the last but one of the other."""
    one, other = two_shapes(entry)
    return contraction(entry, [[len(one) - 1], [max(len(other) - 2, 0)]])


def inner(entry: Mapping[str, Any]) -> Read:
    """Return the products of the last axes."""
    one, other = two_shapes(entry)
    return contraction(entry, [[len(one) - 1], [len(other) - 1]])


def outer(entry: Mapping[str, Any]) -> Read:
    """Return all products of the elements of two vectors."""
    one, other = two_shapes(entry)
    if (len(one), len(other)) != (1, 1):
        raise unreadable("unsupported_document", "is read of vectors only", "inbound_nodes")
    return contraction(entry, 0)


def vdot(entry: Mapping[str, Any]) -> Read:
    """Return the one sum of products over all axes."""
    one, _other = two_shapes(entry)
    axes = list(range(len(one)))
    return contraction(entry, [axes, axes])


def diagonal(entry: Mapping[str, Any], axis1: int, axis2: int, *, summed: bool) -> Read:
    """Return the main diagonal of two axes, behind the others, or its sum. Raises Unreadable."""
    (shape,) = shapes_of(entry)
    places = sorted({axis1 % len(shape), axis2 % len(shape)}) if shape else []
    if len(places) != 2:
        raise unreadable("invalid_model", "must be of two axes", "config")
    labels = list(ascii_letters[: len(shape)])
    kept = [letter for axis, letter in enumerate(labels) if axis not in places]
    sizes = {shape[place] for place in places}
    if not summed and (len(sizes) > 1 or None in sizes):
        detail = f"is read of two axes of one size that is known, got {shown(shape)}"
        raise unreadable("unsupported_document", detail, "inbound_nodes")
    if not summed:
        labels[places[1]] = labels[places[0]]
        kept.append(labels[places[0]])
    return _einsum([labels], kept)


# ---- Stacks and pieces --------------------------------------------------------------------------


def stacked(along: int) -> Callable[[Mapping[str, Any]], Read]:
    """Return NumPy's hstack (1), vstack (0) or dstack (2): joined along this axis, or a new one."""

    def read(entry: Mapping[str, Any]) -> Read:
        rank = len(shapes_of(entry)[0])
        if along == 1 and rank == 1:
            return "Concatenate", {"axis": 0}
        if rank > max(along, 1):
            return "Concatenate", {"axis": along}
        if rank == max(along, 1):
            return "Stack", {"axis": along}
        raise unreadable("unsupported_document", f"is not read of rank {rank}", "inbound_nodes")

    return read


def uneven_pieces(entry: Mapping[str, Any], sections: Any, axis: int) -> Read:
    """Return a split into pieces that differ by one at most. Raises Unreadable."""
    shape = shapes_of(entry)[0]
    size = shape[axis] if -len(shape) <= axis < len(shape) else None
    if not isinstance(sections, int) or sections < 1:
        return "Split", {"indices_or_sections": sections, "axis": axis}
    if size is None:
        raise unreadable("unsupported_document", "the axis has no known size", "inbound_nodes")
    if sections > MOST_PIECES:
        detail = f"has at most {MOST_PIECES} pieces, got {sections}"
        raise unreadable("too_complex", detail, "config/indices_or_sections")
    least, longer = divmod(size, sections)
    begins = [least * k + min(k, longer) for k in range(1, sections)]
    return "Split", {"indices_or_sections": begins, "axis": axis}
