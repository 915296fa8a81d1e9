"""Calls of layers: the `inbound_nodes` of Keras 3 and of Keras 2, as arguments with tensors."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weighbridge.spec import LayerFault
from weighbridge.value import shown

CONSTANT = "_CONSTANT_VALUE"
"""What stands for a layer where Keras 2 calls a function with a constant."""


MOST = 10**9
"""More calls and outputs than any layer has."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """An output of a call of a layer."""

    layer: str
    call: int
    output: int


@dataclass(frozen=True, slots=True)
class Constant:
    """An array that stands in the document."""

    shape: list[int]


@dataclass(frozen=True, slots=True)
class Slice:
    """Python's slice; each bound may be missing."""

    start: Any
    stop: Any
    step: Any


class Unreadable(Exception):
    """A layer that cannot be read, and why."""

    def __init__(self, faults: list[LayerFault]) -> None:
        super().__init__(faults[0].detail)
        self.faults = faults


def unreadable(code: str, detail: str, attribute: str = "") -> Unreadable:
    """Return the one reason for which a layer cannot be read."""
    return Unreadable([LayerFault(code, detail, attribute)])


@dataclass(slots=True)
class Call:
    """One call of a layer."""

    args: list[Any]
    kwargs: dict[str, Any]
    is_keras2: bool = False
    tensors: list[Tensor] = field(default_factory=list)
    """All that it takes, masks too."""

    def __post_init__(self) -> None:
        """Find the tensors; the one argument of most calls needs no search."""
        if len(self.args) == 1 and not self.kwargs and self.args[0].__class__ is Tensor:
            self.tensors = self.args
        else:
            found = flat([self.args, self.kwargs])
            self.tensors = [tensor for tensor in found if isinstance(tensor, Tensor)]


def flat(value: Any) -> Iterator[Any]:
    """Yield the leaves of nested arguments in Keras's order: dictionaries by their keys."""
    if isinstance(value, list):
        for item in value:
            yield from flat(item)
    elif isinstance(value, dict):
        for name in sorted(value):
            yield from flat(value[name])
    else:
        yield value


def read_calls(nodes: Any, layers: Collection[str]) -> list[Call]:
    """Read the calls of a layer. `layers` are the names of all beside it. Raises Unreadable."""
    if not isinstance(nodes, list):
        detail = f"must be a list, got {shown(nodes)}"
        raise unreadable("invalid_model", detail, "inbound_nodes")
    return [_read_call(node, k, layers) for k, node in enumerate(nodes)]


def _read_call(node: Any, k: int, layers: Collection[str]) -> Call:
    try:
        if isinstance(node, dict) and "args" in node:
            return _read_keras3(node)
        return _read_keras2(node, layers)
    except _NoCallError as error:
        detail = f"is no call of a layer: {error}"
        raise unreadable("invalid_model", detail, f"inbound_nodes/{k}") from None


class _NoCallError(ValueError):
    pass


# ---- Keras 3 ------------------------------------------------------------------------------------


def _read_keras3(node: dict[str, Any]) -> Call:
    args, kwargs = node["args"], node.get("kwargs") or {}
    if not kwargs and args.__class__ is list and len(args) == 1:
        return Call([_argument(args[0])], {})
    if not isinstance(args, list) or not isinstance(kwargs, dict):
        raise _NoCallError(shown(node))
    return Call(
        [_argument(value) for value in args],
        {name: _argument(value) for name, value in kwargs.items() if value is not None},
    )


def _argument(value: Any) -> Any:
    if isinstance(value, dict):
        name, config = value.get("class_name"), value.get("config")
        if isinstance(name, str) and name in _OBJECTS:
            return _OBJECTS[name](config if isinstance(config, dict) else {})
        return {member: _argument(inner) for member, inner in value.items()}
    if isinstance(value, list):
        return [_argument(item) for item in value]
    return value


def _keras_tensor(config: dict[str, Any]) -> Tensor:
    return _tensor(config.get("keras_history"))


def _tensor(history: Any) -> Tensor:
    """Return the tensor of [layer, call, output]."""
    if not _is_tensor(history):
        raise _NoCallError(f"a tensor is [layer, call, output], got {shown(history)}")
    return Tensor(*history)


def _is_tensor(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and isinstance(value[0], str)
        and value[1].__class__ is int
        and value[2].__class__ is int
        and 0 <= value[1] < MOST
        and 0 <= value[2] < MOST
    )


def _constant(config: dict[str, Any]) -> Constant:
    shape, value = [], config.get("value")
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return Constant(shape)


def _slice(config: dict[str, Any]) -> Slice:
    return Slice(config.get("start"), config.get("stop"), config.get("step"))


def _ellipsis(_config: dict[str, Any]) -> Any:
    return ...


_OBJECTS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "__keras_tensor__": _keras_tensor,
    "__tensor__": _constant,
    "__numpy__": _constant,
    "__slice__": _slice,
    "__ellipsis__": _ellipsis,
}


# ---- Keras 2 ------------------------------------------------------------------------------------


def _read_keras2(node: Any, layers: Collection[str]) -> Call:
    """Read [[layer, call, output, {keyword arguments}], ...], or such lists in lists."""
    kwargs: dict[str, Any] = {}
    given = _first_argument([node] if _is_leaf(node) else node, kwargs)
    first = given[0] if isinstance(given, list) and len(given) == 1 else given
    others = {name: _keyword(value, layers) for name, value in kwargs.items() if value is not None}
    return Call([first], others, is_keras2=True)


def _is_leaf(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], str)


def _first_argument(value: Any, kwargs: dict[str, Any]) -> Any:
    """Return the nested argument; the keyword arguments that stand at each leaf go to `kwargs`."""
    if isinstance(value, dict):
        return {name: _first_argument(value[name], kwargs) for name in sorted(value)}
    if not isinstance(value, list):
        raise _NoCallError(shown(value))
    if not _is_leaf(value):
        return [_first_argument(item, kwargs) for item in value]
    if len(value) == 4:
        if not isinstance(value[3], dict):
            raise _NoCallError(f"keyword arguments must be an object, got {shown(value[3])}")
        kwargs.update(value[3])
    if value[0] == CONSTANT and len(value) in (3, 4):
        return value[2]
    return _tensor(value[:3] if len(value) == 4 else value)


def _keyword(value: Any, layers: Collection[str]) -> Any:
    """Return a keyword argument; a tensor stands there as [layer, call, output]."""
    if isinstance(value, list):
        if _is_tensor(value) and value[0] in layers:
            return Tensor(*value)
        return [_keyword(item, layers) for item in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__ellipsis__":
            return ...
        return {name: _keyword(item, layers) for name, item in value.items()}
    return value


# ---- The order ----------------------------------------------------------------------------------

Key = tuple[str, int]
"""A call: its layer, and which of the layer's calls it is."""


def in_order(calls: dict[Key, list[Key]]) -> list[Key]:
    """Return calls so that each stands behind those that it takes from.

    `calls` has what each takes. The document's order is kept where it can be: a layer that is
    called at several depths stands once in a document, and what goes between its calls may be
    anywhere. Calls that take from each other in a ring come last, as they stand.
    """
    done: set[Key] = set()
    waiting: dict[Key, list[Key]] = {}
    order: list[Key] = []
    missing = {key: iter(takes) for key, takes in calls.items()}
    for first in calls:
        ready = [first]
        while ready:
            key = ready.pop()
            needed = next((k for k in missing[key] if k not in done and k in calls), None)
            if needed is not None:
                waiting.setdefault(needed, []).append(key)
                continue
            done.add(key)
            order.append(key)
            ready.extend(reversed(waiting.pop(key, ())))
    return order + [key for key in calls if key not in done]
