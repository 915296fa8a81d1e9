"""Any document as a native one, which counts the same, row by row."""

from collections.abc import Mapping, Sequence
from itertools import count as numbers
from typing import Any

from msgspec import UNSET, Struct, structs, to_builtins

from weighbridge import envelope
from weighbridge.count import evaluate
from weighbridge.layers.container import Block, Reuse
from weighbridge.layers.layer import Layer, type_name
from weighbridge.limits import DEFAULT_LIMITS, Limits
from weighbridge.options import NO_OPTIONS, Options
from weighbridge.spec import WIRED_INPUT, Document


def convert(body: bytes, options: Options = NO_OPTIONS, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return `{"model": native document}` of a request's model, as JSON.

    Named dimensions that are bound become numbers. Raises Problem, whatever `count` would raise.
    """
    request = envelope.read(body, {})
    options.require_known()
    document, evaluation = evaluate(request, options.format, limits)
    with evaluation:
        shapes = {name: tensor["shape"] for name, tensor in evaluation.inputs().items()}
    converted = {"model": native(document, shapes, request.bindings)}
    return options.encoded(converted)


def native(
    document: Document, shapes: Mapping[str, Any], bindings: Mapping[str, int]
) -> dict[str, Any]:
    """Return the native document of a specification whose inputs have these shapes."""
    return _Writer(document, shapes, bindings).document()


_OF_ALL = ("name", "inputs")
_OF_A_BLOCK = (*_OF_ALL, "layers", "outputs")
"""What is written by itself, with the names that a native document may have."""


class _Scope:
    """Names beside each other, as they are and as a native document may have them."""

    def __init__(self, names: Sequence[str], taken: Sequence[str] = ()) -> None:
        natives = {name for name in names if _is_native(name)} - set(taken)
        used = natives | set(taken)
        self._native = {WIRED_INPUT: "input"} | {name: name for name in natives}
        for name in names:
            if name not in self._native:
                self._native[name] = _unused(name, used)
                used.add(self._native[name])

    def __getitem__(self, name: str) -> str:
        return self._native.get(name, name)


def _is_native(name: str) -> bool:
    return "/" not in name and ":" not in name


def _unused(name: str, used: set[str]) -> str:
    plain = name.replace("/", "_").replace(":", "_")
    return next(n for n in (f"{plain}_{k}" if k else plain for k in numbers()) if n not in used)


class _Writer:
    def __init__(
        self, document: Document, shapes: Mapping[str, Any], bindings: Mapping[str, int]
    ) -> None:
        self._specification = document.specification
        self._wired = document.wired
        self._recalls = document.recalls
        self._shapes = shapes
        self._bindings = bindings

    def document(self) -> dict[str, Any]:
        spec = self._specification
        names = [layer.name for layer in spec.layers if layer.name is not None]
        scope = _Scope([*spec.inputs, *names])
        inputs = {
            scope[name]: {**to_builtins(given), "shape": self._shapes[name]}
            for name, given in spec.inputs.items()
        }
        written: dict[str, Any] = {"name": spec.name, "inputs": inputs}
        written |= _given(spec, ("description", "dtype", "data_format"))
        if spec.variables is not UNSET:
            bound = {n: v for n, v in self._bindings.items() if n in spec.variables}
            written["variables"] = {**spec.variables, **bound}
        written["layers"] = [self._layer(layer, scope) for layer in spec.layers]
        if spec.outputs is not None:
            written["outputs"] = [self._reference(name, scope) for name in spec.outputs]
        return written

    def _layer(self, layer: Layer | Reuse, scope: _Scope) -> dict[str, Any]:
        """Return a layer with what is not its default."""
        layer = self._recalls.get(id(layer), layer)
        written: dict[str, Any] = {"type": type_name(type(layer))}
        if layer.name is not None:
            written["name"] = scope[layer.name]
        if layer.inputs is not None:
            written["inputs"] = [self._reference(name, scope) for name in layer.inputs]
        apart = _OF_A_BLOCK if isinstance(layer, Block) else _OF_ALL
        written |= {
            name: self._value(value, scope)
            for name, value in _given(layer, layer.__struct_fields__).items()
            if name not in apart
        }
        if isinstance(layer, Reuse):
            written["layer"] = scope[layer.layer]
        elif layer.tie is not None:
            written["tie"] = {mine: self._owner(owner, scope) for mine, owner in layer.tie.items()}
        if isinstance(layer, Block):
            written |= self._content(layer)
        return written

    def _content(self, block: Block) -> dict[str, Any]:
        names = [layer.name for layer in block.layers if layer.name is not None]
        inside = _Scope(names, ["input"])
        written: dict[str, Any] = {"layers": [self._layer(item, inside) for item in block.layers]}
        if block.outputs is not None:
            written["outputs"] = [self._reference(name, inside) for name in block.outputs]
        return written

    def _value(self, value: Any, scope: _Scope) -> Any:
        if isinstance(value, Layer):
            return self._layer(value, scope)
        if isinstance(value, list):
            return [self._value(item, scope) for item in value]
        return to_builtins(value)

    def _reference(self, reference: str, scope: _Scope) -> str:
        if not self._wired:
            return reference
        name, _, output = reference.rpartition(":")
        return scope[name] if output == "0" else f"{scope[name]}:{output}"

    def _owner(self, owner: str, scope: _Scope) -> str:
        name, slash, weight = owner.partition("/")
        return f"{scope[name]}{slash}{weight}"


def _given(item: Struct, names: Sequence[str]) -> dict[str, Any]:
    """Return the members of a Struct that differ from their defaults."""
    defaults = {field.name: field.default for field in structs.fields(item)}
    return {n: getattr(item, n) for n in names if getattr(item, n) != defaults[n]}
