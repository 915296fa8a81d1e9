"""A functional model of Keras 3 that is straight: each layer is called once, behind what it takes.

Most are, and most of their layers are plain: those cost no more than decoding. The others are read
with care, each in its place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct, json
from msgspec.structs import asdict

from weighbridge.formats.keras.layer import Customs, Generation
from weighbridge.formats.keras.model import Functional, ModelReader
from weighbridge.formats.keras.plain import (
    PLAIN_TYPES,
    Entry,
    InputEntry,
    NeedsCareError,
    Tensor,
    any_entry,
)
from weighbridge.value import decode as decode_value

# ---- The document -------------------------------------------------------------------------------

AnyEntry = TypeVar("AnyEntry")


class ModelConfig(Struct, Generic[AnyEntry], kw_only=True, gc=False):
    """What is in a functional model."""

    name: Any = None
    trainable: Any = None
    layers: list[AnyEntry]
    input_layers: Any
    output_layers: Any


class Document(Struct, Generic[AnyEntry], forbid_unknown_fields=True, kw_only=True, gc=False):
    """A functional model as Keras 3 writes it, and no envelope around one."""

    module: Any = None
    class_name: Any
    config: ModelConfig[AnyEntry]
    registered_name: Any = None
    build_config: Any = None
    compile_config: Any = None


@dataclass(frozen=True, slots=True)
class OddEntry:
    """A layer that is not plain, as it is in JSON."""

    name: str
    data: dict[str, Any]


_CLASS = re.compile(rb'"class_name":\s*"([A-Za-z0-9]+)"')


class Decoders:
    """What decodes documents: of the classes met so far, for to make all types takes a while."""

    def __init__(self) -> None:
        # One at the least: where there is one type of entry only, its class is not looked at.
        self._classes = frozenset({"Dense"})
        self.in_pieces = json.Decoder(Document[Raw])
        self._make()

    def meet(self, text: Raw) -> bool:
        """Take in the classes of a document. Return whether any of them is new and may be plain."""
        names = {name.decode() for name in _CLASS.findall(text)} & PLAIN_TYPES.keys()
        is_new = not names <= self._classes
        if is_new:
            self._classes |= names
            self._make()
        return is_new

    def _make(self) -> None:
        entry: Any = any_entry(self._classes)
        self.entry = json.Decoder(entry)
        self.whole = json.Decoder(Document[entry])


@cache
def _decoders() -> Decoders:
    return Decoders()


def decode(text: Raw) -> ModelConfig[Any]:
    """Decode a document, each layer to an entry. Raises NeedsCareError."""
    try:
        str(text, "utf-8")  # what is passed over may be none
        return _whole(text) or _in_pieces(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NeedsCareError from None


def _whole(text: Raw) -> ModelConfig[Any] | None:
    """Decode a document all of whose layers are plain; None if they are not."""
    try:
        return _decoders().whole.decode(text).config
    except msgspec.ValidationError:
        return _whole(text) if _decoders().meet(text) else None


def _in_pieces(text: Raw) -> ModelConfig[Any]:
    model: ModelConfig[Any] = _decoders().in_pieces.decode(text).config
    model.layers = [decode_entry(piece) for piece in model.layers]
    return model


def decode_entry(text: Raw) -> Entry | OddEntry:
    """Decode one layer. Raises NeedsCareError where it has no name, or is an odd input."""
    try:
        entry: Entry = _decoders().entry.decode(text)
    except msgspec.ValidationError:
        data = decode_value(text)
        name = data.get("name") if isinstance(data, dict) else None
        if not isinstance(name, str) or data.get("class_name") == "InputLayer":
            raise NeedsCareError from None
        return OddEntry(name, data)
    return entry


# ---- The model ----------------------------------------------------------------------------------


class Straight(Functional):
    """Such a model, whose layers are what they are when all of it is read with care."""

    def __init__(self, text: Raw) -> None:
        """Raise NeedsCareError where the document is none of such a model."""
        model = decode(text)
        self._entries = model.layers
        self._names: list[str] = []
        model.layers = []
        super().__init__(
            ModelReader(Customs({}), Generation(None)), asdict(model), "/config", nested=False
        )

    def read_layers(self) -> None:
        """Read inputs and layers, of a plain one no more than must be. Raises NeedsCareError."""
        known: dict[str, str] = {}
        entries, self._entries = self._entries, []  # not kept as long as this is
        for k, entry in enumerate(entries):
            name = entry.name
            if name in known:
                raise NeedsCareError
            if entry.__class__ is InputEntry:
                self.add_input(asdict(entry), name, f"/config/layers/{k}")
            elif entry.__class__ is OddEntry:
                self.result.layers.append(self._odd(entry, known, f"/config/layers/{k}"))
            else:
                taken = entry.inbound_nodes[0].args[0]
                inputs = (
                    [_reference(taken, known)]
                    if taken.__class__ is Tensor
                    else [_reference(tensor, known) for tensor in taken]
                )
                self.result.layers.append(entry.config.layer(name, inputs))
            known[name] = f"{name}:0"
        if not self.result.inputs:
            raise NeedsCareError
        self._names = list(known)
        self.order_inputs()

    def _odd(self, odd: OddEntry, known: Mapping[str, str], pointer: str) -> Any:
        """Return the layer of an odd entry. Raises NeedsCareError."""
        entry = self.entry(odd.data, pointer, ())
        call = entry.calls[0]
        if entry.fault or len(entry.calls) > 1 or call.is_keras2:
            raise NeedsCareError
        if any(tensor.call or tensor.layer not in known for tensor in call.tensors):
            raise NeedsCareError
        self.found[odd.name] = entry
        return self.called(odd.name, entry, 0)

    def pointers(self) -> dict[int, str]:
        """Return where in the document each layer stands, and each input."""
        layers = iter(self.result.layers)
        own = {
            id(self.result.inputs.get(name) or next(layers)): f"/config/layers/{k}"
            for k, name in enumerate(self._names)
        }
        return {**self.reader.pointers, **own}


def _reference(tensor: Tensor, known: Mapping[str, str]) -> str:
    """Return how a tensor is referred to; `known` has the first outputs of what stands before."""
    history = tensor.config.keras_history
    first = known.get(history.layer)
    if first is None:
        raise NeedsCareError
    return f"{history.layer}:{history.output}" if history.output else first
