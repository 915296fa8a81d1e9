"""A Keras model, Sequential or Functional, as layers that take from each other."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from weighbridge.formats.keras.arguments import taken
from weighbridge.formats.keras.call import (
    MOST,
    Call,
    Key,
    Tensor,
    Unreadable,
    flat,
    in_order,
    read_calls,
    unreadable,
)
from weighbridge.formats.keras.layer import (
    Customs,
    Generation,
    class_of,
    config_of,
    read_layer,
)
from weighbridge.formats.keras.operation import is_operation, read_operation
from weighbridge.formats.keras.shape import read_input, read_shape, stated_shape
from weighbridge.layers.container import Block, Reuse
from weighbridge.layers.layer import Layer
from weighbridge.spec import WIRED_INPUT, Broken, Dimension, Input, LayerFault
from weighbridge.value import shown


@dataclass
class Model:
    """What is in a model: `layers` in the order of their work, and what goes in and out."""

    name: str | None = None
    inputs: dict[str, Input | Broken] = field(default_factory=dict)
    layers: list[Any] = field(default_factory=list)
    outputs: list[str] | None = None
    trainable: bool = True


@dataclass(frozen=True, slots=True)
class Use:
    """How a layer is used: what it takes, in which call, and attributes that the call gives it."""

    inputs: list[str] | None = None
    call: Call | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


ALONE = Use()
"""Of a layer that takes what is before it, or whatever a wrapper gives it."""


def is_model(entry: Mapping[str, Any]) -> bool:
    """Is an entry a model of layers, and no layer?"""
    config = entry.get("config")
    if isinstance(config, dict):
        return isinstance(config.get("layers"), list) and entry.get("class_name") != "Pipeline"
    return entry.get("class_name") == "Sequential"


class ModelReader:
    """Reads models, and remembers where in the document each layer stands."""

    def __init__(self, customs: Customs, generation: Generation) -> None:
        self.pointers: dict[int, str] = {}
        self.recalls: dict[int, Layer] = {}
        self._customs = customs
        self._generation = generation

    def find_pointers(self) -> dict[int, str]:
        """Return where in the document each layer stands, by its identity."""
        return self.pointers

    def read(self, entry: Mapping[str, Any], pointer: str, *, nested: bool) -> Model:
        """Read a model; one that is `nested` in another takes from that. Raises Unreadable."""
        config = entry.get("config")
        if isinstance(config, list):  # as Keras wrote a Sequential before 2.2.3
            config = {"layers": config}
            pointer = pointer.removesuffix("/config") + "/config"
            return _Sequential(self, config, pointer, "", nested=nested).model()
        config = config_of(entry)
        if not isinstance(config.get("layers"), list):
            detail = f"must be a list, got {shown(config.get('layers'))}"
            raise unreadable("invalid_model", detail, "config/layers")
        if "input_layers" in config or "output_layers" in config:
            return Functional(self, config, f"{pointer}/config", nested=nested).model()
        return _Sequential(self, config, f"{pointer}/config", "/layers", nested=nested).model()

    # ---- One layer ------------------------------------------------------------------------------

    def layer(self, entry: Any, pointer: str, name: str | None, use: Use) -> Any:
        """Return an entry as a layer that is used so, or as a Broken one with its faults."""
        layer: Any
        try:
            layer = self._layer(entry, pointer, use)
        except Unreadable as error:
            layer = Broken(name, None, "", error.faults)
        else:
            layer.name = name
        self.pointers[id(layer)] = pointer
        return layer

    def _layer(self, entry: Any, pointer: str, use: Use) -> Layer:
        if not isinstance(entry, dict):
            raise unreadable("invalid_model", f"must be an object, got {shown(entry)}")
        custom = self._customs.find(entry)
        if custom is not None:
            custom.inputs = use.inputs
            return custom
        if is_model(entry):
            return self._block(entry, pointer, use.inputs)
        if is_operation(entry):
            return read_operation(entry, use.call or Call([], {}), use.inputs or [])
        return read_layer(
            entry,
            lambda inner, attribute: self._nested(inner, f"{pointer}/config", attribute),
            self._generation,
            use.given,
            use.inputs,
        )

    def _nested(self, entry: Any, pointer: str, attribute: str) -> Any:
        """Read what a wrapper holds; its faults are the wrapper's. Raises Unreadable."""
        if entry is None:
            return None
        if isinstance(entry, list):
            return [
                self._nested(inner, pointer, f"{attribute}/{k}") for k, inner in enumerate(entry)
            ]
        name = name_of(entry)
        layer = self.layer(entry, f"{pointer}/{attribute}", name, ALONE)
        if isinstance(layer, Broken):
            raise Unreadable(
                [LayerFault(f.code, f.detail, _below(attribute, f.attribute)) for f in layer.faults]
            )
        return layer

    def _block(self, entry: Mapping[str, Any], pointer: str, inputs: list[str] | None) -> Block:
        model = self.read(entry, pointer, nested=True)
        trainable = model.trainable or not self._generation.is_keras2
        return Block(layers=model.layers, outputs=model.outputs, inputs=inputs, trainable=trainable)


def _below(attribute: str, inner: str) -> str:
    """Return the place of a fault inside an entry that an attribute holds."""
    if inner.partition("/")[0] in ("", "class_name", "config", "inbound_nodes"):
        return f"{attribute}/{inner}" if inner else attribute
    return f"{attribute}/config/{inner}"


def name_of(entry: Any) -> str | None:
    """Return the name of an entry: its own, or that in its config."""
    if not isinstance(entry, dict):
        return None
    name = entry.get("name")
    if name is None:
        config = entry.get("config")
        name = config.get("name") if isinstance(config, dict) else None
    return name if isinstance(name, str) else None


def _is_input(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("class_name") == "InputLayer"


class Part:
    """What both kinds of models have."""

    def __init__(
        self, reader: ModelReader, config: Mapping[str, Any], pointer: str, *, nested: bool
    ) -> None:
        self.reader = reader
        self.config = config
        self.pointer = pointer
        self.nested = nested
        name = config.get("name")
        if not isinstance(name, str | None):
            detail = f"must be a string, got {shown(name)}"
            raise unreadable("invalid_model", detail, "config/name")
        self.result = Model(name)

    def entries(self) -> list[Any]:
        """Return the layers as the document has them."""
        layers: list[Any] = self.config["layers"]
        return layers

    def add_input(self, entry: Mapping[str, Any], name: str, pointer: str) -> None:
        """Read the input that an entry is."""
        given: Input | Broken
        try:
            given = read_input(config_of(entry))
        except Unreadable as error:
            given = Broken(None, None, "", error.faults)
        self.reader.pointers[id(given)] = pointer
        self.result.inputs[name] = given


# ---- Sequential ---------------------------------------------------------------------------------


class _Sequential(Part):
    """Layers in a row."""

    def __init__(
        self,
        reader: ModelReader,
        config: Mapping[str, Any],
        pointer: str,
        below: str,
        *,
        nested: bool,
    ) -> None:
        super().__init__(reader, config, pointer, nested=nested)
        self._below = below

    def model(self) -> Model:
        entries = self.entries()
        first = 0
        if entries and _is_input(entries[0]):
            pointer = f"{self.pointer}{self._below}/0"
            self.add_input(entries[0], name_of(entries[0]) or "input_layer", pointer)
            first = 1
        elif shape := self._shape():
            self.result.inputs["input_layer"] = Input(shape=shape)
        for k, entry in enumerate(entries[first:], first):
            pointer = f"{self.pointer}{self._below}/{k}"
            self.result.layers.append(self.reader.layer(entry, pointer, name_of(entry), ALONE))
        if not self.result.layers:
            given = WIRED_INPUT if self.nested else next(iter(self.result.inputs), "input_layer")
            self.result.outputs = [f"{given}:0"]
        return self.result

    def _shape(self) -> list[Dimension] | None:
        """Return the shape that the model was built with; None where nothing says so."""
        entries = self.entries()
        stated = self._stated(entries[0]) if entries else None
        if stated is not None:
            return stated
        for given in (
            self.config.get("build_input_shape"),
            *(_build_shape(entry) for entry in entries[:1]),
        ):
            if isinstance(given, list) and not any(isinstance(size, list) for size in given):
                return read_shape(given, "config/build_input_shape")
        return None

    def _stated(self, entry: Any) -> list[Dimension] | None:
        """Return what the first layer says: in its config or, if it is a model, by its input."""
        config = entry.get("config") if isinstance(entry, dict) else None
        if not isinstance(config, dict):
            return None
        inner = config.get("layers")
        if isinstance(inner, list):
            first = next(
                (layer for layer in inner if _is_input(layer)), inner[0] if inner else None
            )
            return self._stated(first)
        return stated_shape(config)


def _build_shape(entry: Any) -> Any:
    build = entry.get("build_config") if isinstance(entry, dict) else None
    return build.get("input_shape") if isinstance(build, dict) else None


# ---- Functional ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Entry:
    """A layer of a functional model, and its calls."""

    data: Mapping[str, Any]
    pointer: str
    calls: list[Call]
    fault: Unreadable | None = None
    is_model: bool = False
    is_operation: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)
    """Attributes that the first call gave it."""
    counts_from_one: bool = False
    """Keras 2 counts the calls of a nested model from 1: its own making is the first."""


class Functional(Part):
    """Layers in a graph."""

    def __init__(
        self, reader: ModelReader, config: Mapping[str, Any], pointer: str, *, nested: bool
    ) -> None:
        super().__init__(reader, config, pointer, nested=nested)
        self.found: dict[str, _Entry] = {}
        self._places: dict[str, int] = {}

    def model(self) -> Model:
        """Return what is read. Raises Unreadable."""
        self.result.trainable = self.config.get("trainable") is not False
        self.read_layers()
        self._outputs()
        return self.result

    def read_layers(self) -> None:
        """Read inputs and layers, in the order of their work."""
        self._collect()
        self.order_inputs()
        order = in_order({key: self._takes(key, call) for key, call in self._calls()})
        for name, number in order:
            self.result.layers.append(self.called(name, self.found[name], number))

    def _collect(self) -> None:
        """Read the names of all layers, the inputs, and who calls whom."""
        names = {name for entry in self.entries() if (name := name_of(entry)) is not None}
        for k, data in enumerate(self.entries()):
            pointer = f"{self.pointer}/layers/{k}"
            name = name_of(data)
            if name is None or name in self.found or name in self.result.inputs:
                self._add_nameless(data, pointer, name)
            elif _is_input(data):
                self.add_input(data, name, pointer)
            else:
                self.found[name] = self.entry(data, pointer, names)
        self._number_nested()

    def _add_nameless(self, data: Any, pointer: str, name: str | None) -> None:
        """Refuse a layer that no other can refer to."""
        detail = "'name' is missing" if name is None else f"{shown(name)} is the name of another"
        if not isinstance(data, dict):
            detail = f"must be an object, got {shown(data)}"
        broken = Broken(None, None, "", [LayerFault("invalid_model", detail)])
        self.reader.pointers[id(broken)] = pointer
        self.result.layers.append(broken)

    def entry(self, data: Mapping[str, Any], pointer: str, names: Collection[str]) -> _Entry:
        """Return a layer with its calls; `names` are those of all beside it."""
        try:
            calls = read_calls(data.get("inbound_nodes"), names)
            if not calls:
                raise unreadable("invalid_model", "is never called", "inbound_nodes")
            return _Entry(data, pointer, calls, None, is_model(data), is_operation(data))
        except Unreadable as error:
            return _Entry(data, pointer, [Call([], {})], error)

    def _number_nested(self) -> None:
        """Find the nested models whose calls count from 1."""
        if not any(entry.calls[0].is_keras2 for entry in self.found.values()):
            return
        tensors = {
            (tensor.layer, tensor.call)
            for entry in self.found.values()
            for call in entry.calls
            for tensor in call.tensors
        }
        for name, entry in self.found.items():
            entry.counts_from_one = entry.is_model and (name, 0) not in tensors

    def _calls(self) -> Iterable[tuple[Key, Call]]:
        for name, entry in self.found.items():
            for number, call in enumerate(entry.calls):
                yield (name, number), call

    def _takes(self, key: Key, call: Call) -> list[Key]:
        """Return the calls that a call takes from; each is behind the one before of its layer."""
        found = [self._key(tensor) for tensor in call.tensors]
        return [(key[0], key[1] - 1), *found] if key[1] else found

    def _key(self, tensor: Tensor) -> Key:
        entry = self.found.get(tensor.layer)
        if entry is not None and entry.counts_from_one:
            return tensor.layer, max(0, tensor.call - 1)
        return tensor.layer, tensor.call

    # ---- Inputs and outputs ---------------------------------------------------------------------

    def order_inputs(self) -> None:
        """Put the inputs in the order in which the model takes them. Raises Unreadable."""
        given, tensors = self.result.inputs, self._tensors("input_layers")
        if not tensors:
            raise unreadable("invalid_model", "names no input", "config/input_layers")
        for tensor in tensors:
            if tensor.call or tensor.output:
                detail = f"an input is one tensor, [{shown(tensor.layer)}, 0, 0]"
                raise unreadable("invalid_model", detail, "config/input_layers")
        stated = dict.fromkeys(tensor.layer for tensor in tensors)
        for name in stated.keys() - given.keys():
            detail = f"{shown(name)} is no InputLayer of the model"
            raise unreadable("invalid_model", detail, "config/input_layers")
        for name in given.keys() - stated.keys():
            detail = f"the InputLayer {shown(name)} is not among them"
            raise unreadable("invalid_model", detail, "config/input_layers")
        self.result.inputs = {name: given[name] for name in stated}
        self._places = {name: place for place, name in enumerate(stated)}

    def _outputs(self) -> None:
        found = self._tensors("output_layers")
        if not found and not self.nested:
            raise unreadable("invalid_model", "names no output", "config/output_layers")
        self.result.outputs = [self._output(tensor) for tensor in found]

    def _output(self, tensor: Tensor) -> str:
        """Return the reference of an output, where the calls of nested models count from 1."""
        entry = self.found.get(tensor.layer)
        if entry is not None and entry.is_model:
            from_one = entry.counts_from_one or entry.data.get("class_name") != "Sequential"
            number = tensor.call - from_one
            return self._reference(tensor.layer, number % len(entry.calls), tensor.output)
        return self.reference(tensor)

    def _tensors(self, member: str) -> list[Tensor]:
        """Return the tensors of `input_layers` or `output_layers`. Raises Unreadable."""
        return [_history(leaf, f"config/{member}") for leaf in _leaves(self.config.get(member))]

    # ---- Calls ----------------------------------------------------------------------------------

    def reference(self, tensor: Tensor) -> str:
        """Return a tensor as our layers refer to it."""
        name, number = self._key(tensor)
        return self._reference(name, number, tensor.output)

    def _reference(self, name: str, number: int, output: int) -> str:
        if self.nested and name in self._places and not number:
            return f"{WIRED_INPUT}:{self._places[name]}"
        return f"{name}:{number}:{output}" if number else f"{name}:{output}"

    def called(self, name: str, entry: _Entry, number: int) -> Any:
        """Return the layer of an entry or, for a further call, what calls it again."""
        call = entry.calls[number]
        try:
            if entry.fault is not None:
                raise entry.fault
            tensors, given = self._taken(entry, call)
        except Unreadable as error:
            broken = Broken(name, None, "", error.faults)
            self.reader.pointers[id(broken)] = entry.pointer
            return broken
        inputs = [self.reference(tensor) for tensor in tensors]
        if not number:
            entry.given = given
            return self.reader.layer(entry.data, entry.pointer, name, Use(inputs, call, given))
        again = Reuse(layer=name, name=f"{name}:{number}", inputs=inputs)
        self.reader.pointers[id(again)] = entry.pointer
        if given != entry.given:
            return self._called_otherwise(entry, again, Use(inputs, call, given))
        return again

    def _called_otherwise(self, entry: _Entry, again: Reuse, use: Use) -> Any:
        """Return a further call that is not as the first: an embedding's way back."""
        layer = self.reader.layer(entry.data, entry.pointer, again.name, use)
        if isinstance(layer, Broken):
            return layer
        if use.given.keys() | entry.given.keys() != {"reverse"}:
            ways = ", ".join(sorted(use.given.keys() | entry.given.keys()))
            fault = LayerFault("unsupported_document", f"is called with different {ways}")
            broken = Broken(again.name, None, "", [fault])
            self.reader.pointers[id(broken)] = entry.pointer
            return broken
        weights = ["embeddings"] if layer.tie_weights else ["embeddings", "reverse_embeddings"]
        layer.tie = {weight: f"{again.layer}/{weight}" for weight in weights}
        self.reader.recalls[id(again)] = layer
        return again

    def _taken(self, entry: _Entry, call: Call) -> tuple[list[Tensor], dict[str, Any]]:
        if entry.is_operation:
            return call.tensors, {}
        if entry.is_model:
            return _model_inputs(entry.data, call), {}
        if call.tensors is call.args:
            return call.args, {}
        return taken(class_of(entry.data), call)


def _model_inputs(entry: Mapping[str, Any], call: Call) -> list[Tensor]:
    """Return what a nested model takes: by the names of its inputs where they are called so."""
    given = call.args[0] if call.args else call.kwargs.get("inputs")
    stated = entry["config"].get("input_layers") if isinstance(entry["config"], dict) else None
    if isinstance(given, dict) and not isinstance(stated, dict):
        names = [_history(leaf, "config/input_layers").layer for leaf in _leaves(stated)]
        if set(names) <= given.keys():
            given = [given[name] for name in names]
    return [leaf for leaf in flat(given) if isinstance(leaf, Tensor)]


def _leaves(value: Any) -> list[Any]:
    """Return the [layer, call, output] in a nested structure, in Keras's order."""
    if isinstance(value, dict):
        return [leaf for name in sorted(value) for leaf in _leaves(value[name])]
    if isinstance(value, list) and not (value and isinstance(value[0], str)):
        return [leaf for item in value for leaf in _leaves(item)]
    return [] if value is None else [value]


def _history(value: Any, attribute: str) -> Tensor:
    is_tensor = isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)
    if not is_tensor or not all(n.__class__ is int and 0 <= n < MOST for n in value[1:]):
        detail = f"a tensor is [layer, call, output], got {shown(value)}"
        raise unreadable("invalid_model", detail, attribute)
    return Tensor(*value)
