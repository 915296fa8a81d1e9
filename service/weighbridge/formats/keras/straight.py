"""Functional models of Keras 3 that are straight: each layer is called once, behind what it takes.

Most are, and most of their layers are plain: those cost no more than decoding. The others are read
with care, each in its place; a straight model among them is read as this one is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct, json
from msgspec.structs import asdict

from weighbridge.formats.keras import call
from weighbridge.formats.keras.layer import Customs, Generation
from weighbridge.formats.keras.model import Functional, Model, ModelReader
from weighbridge.formats.keras.plain import (
    PLAIN_TYPES,
    Entry,
    InputEntry,
    NeedsCareError,
    Tensor,
    any_entry,
    members_of,
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


class InnerModel(Struct, Generic[AnyEntry], kw_only=True, gc=False):
    """A functional model that is a layer of another."""

    module: Any = None
    class_name: Any = None
    config: ModelConfig[AnyEntry]
    name: str
    inbound_nodes: Any = None


class Entries(list[Any]):
    """The layers of a model, each an Entry, an InputEntry or an OddEntry."""


class OddEntry(msgspec.Struct, frozen=True):
    """A layer that is not plain, as it is in JSON; only the layers of a model in it are Entries."""

    name: str
    data: dict[str, Any]


class Decoders:
    """What decodes documents whose classes have configs of these members."""

    in_pieces = json.Decoder(Document[Raw])
    inner_in_pieces = json.Decoder(InnerModel[Raw])

    def __init__(self, members: Mapping[str, Sequence[str]]) -> None:
        self.members = members
        entry: Any = any_entry(members)
        self.entry = json.Decoder(entry)
        self.whole = json.Decoder(Document[entry])

    def document(self, text: Raw) -> Document[Any]:
        """Decode a document, at once if all of its layers are plain."""
        try:
            return self.whole.decode(text)
        except msgspec.ValidationError:
            document: Document[Any] = self.in_pieces.decode(text)
        document.config.layers = [self._layer(piece) for piece in document.config.layers]
        return document

    def _layer(self, text: Raw, *, may_be_model: bool = True) -> Entry | OddEntry:
        """Decode one layer. Raises NeedsCareError where it has no name, or is an odd input."""
        try:
            entry: Entry = self.entry.decode(text)
        except msgspec.ValidationError:
            data = (may_be_model and self._inner_model(text)) or decode_value(text)
            name = data.get("name") if isinstance(data, dict) else None
            if not isinstance(name, str) or data.get("class_name") == "InputLayer":
                raise NeedsCareError from None
            _seen.learn(data)
            return OddEntry(name, data)
        return entry

    def _inner_model(self, text: Raw) -> dict[str, Any] | None:
        """Decode a model in a model; what is deeper in it is decoded as JSON. None for a layer."""
        try:
            model: InnerModel[Any] = self.inner_in_pieces.decode(text)
        except msgspec.ValidationError:
            return None
        pieces = model.config.layers
        model.config.layers = [self._layer(piece, may_be_model=False) for piece in pieces]
        return _members(model)


class Seen:
    """The members that the configs of each class had so far.

    With all that they might have, types would take longer to make than one document takes to read,
    and longer to decode. What is learned from a document is of use to the next.
    """

    def __init__(self) -> None:
        # One at the least: where there is one type of entry only, its class is not looked at.
        self._members: Mapping[str, Sequence[str]] = {"Dense": ()}
        self._decoders: Decoders | None = None

    def learn(self, entry: Mapping[str, Any]) -> None:
        """Take note of a class that may be plain, and of the members of its config."""
        name, config = entry.get("class_name"), entry.get("config")
        if not (isinstance(name, str) and name in PLAIN_TYPES and isinstance(config, dict)):
            return
        known = self._members.get(name, ())
        possible = members_of(PLAIN_TYPES[name]).difference(known)
        new = [member for member in config if member in possible]
        if new or name not in self._members:
            self._members = {**self._members, name: (*known, *new)}

    def decoders(self) -> Decoders:
        """Return what decodes by what is known."""
        decoders = self._decoders
        if decoders is None or decoders.members is not self._members:
            decoders = self._decoders = Decoders(self._members)
        return decoders


_seen = Seen()


def decode(text: Raw) -> dict[str, Any]:
    """Decode a document; its layers are Entries. Raises NeedsCareError."""
    try:
        str(text, "utf-8")  # what is passed over may be none
        return _members(_seen.decoders().document(text))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NeedsCareError from None


def _members(model: Document[Any] | InnerModel[Any]) -> dict[str, Any]:
    config = asdict(model.config)
    return {**asdict(model), "config": {**config, "layers": Entries(config["layers"])}}


# ---- The model ----------------------------------------------------------------------------------


class Run(NamedTuple):
    """The layers of a straight model, in the order of the document."""

    pointer: str
    names: Sequence[str]
    model: Model

    def pointers(self) -> dict[int, str]:
        """Return where each layer stands, and each input."""
        layers = iter(self.model.layers)
        return {
            id(self.model.inputs.get(name) or next(layers)): f"{self.pointer}/{k}"
            for k, name in enumerate(self.names)
        }


class StraightReader(ModelReader):
    """Reads straight models where they are decoded. Raises NeedsCareError where one is not so."""

    def __init__(self) -> None:
        super().__init__(Customs({}), Generation(None))
        self._runs: list[Run] = []

    def read(self, entry: Mapping[str, Any], pointer: str, *, nested: bool) -> Model:
        """Read a model."""
        config = entry.get("config")
        if not isinstance(config, dict) or not isinstance(config.get("layers"), Entries):
            return super().read(entry, pointer, nested=nested)
        straight = Straight(self, config, f"{pointer}/config", nested=nested)
        model = straight.model()
        self._runs.append(Run(f"{pointer}/config/layers", straight.names, model))
        return model

    def find_pointers(self) -> dict[int, str]:
        """Return where each layer stands: those that are read one by one, and those of a run."""
        found = super().find_pointers()
        for run in self._runs:
            found |= run.pointers()
        return found


class Straight(Functional):
    """A straight model, whose layers are what they are when all of it is read with care."""

    def read_layers(self) -> None:
        """Read inputs and layers, of a plain one no more than must be. Raises NeedsCareError."""
        entries = self.entries()
        self.names = [entry.name for entry in entries]
        self._read_inputs(entries)
        known = {name: self.reference(call.Tensor(name, 0, 0)) for name in self.result.inputs}
        for k, entry in enumerate(entries):
            if entry.__class__ is InputEntry:
                continue
            if entry.__class__ is OddEntry:
                layer = self._odd(entry, known, f"{self.pointer}/layers/{k}")
            else:
                taken = entry.inbound_nodes[0].args[0]
                inputs = (
                    [self._taken_as(taken, known)]
                    if taken.__class__ is Tensor
                    else [self._taken_as(tensor, known) for tensor in taken]
                )
                layer = entry.config.layer(entry.name, inputs)
            self.result.layers.append(layer)
            known[entry.name] = f"{entry.name}:0"

    def _read_inputs(self, entries: list[Any]) -> None:
        for k, entry in enumerate(entries):
            if entry.__class__ is InputEntry:
                self.add_input(asdict(entry), entry.name, f"{self.pointer}/layers/{k}")
        if not self.result.inputs or len(set(self.names)) < len(self.names):
            raise NeedsCareError
        self.order_inputs()

    def _taken_as(self, tensor: Tensor, known: Mapping[str, str]) -> str:
        """Return what a tensor is to a layer; `known` has the first outputs before it."""
        history = tensor.config.keras_history
        first = known.get(history.layer)
        if first is None:
            raise NeedsCareError
        if not history.output:
            return first
        return self.reference(call.Tensor(history.layer, 0, history.output))

    def _odd(self, odd: OddEntry, known: Mapping[str, str], pointer: str) -> Any:
        """Return the layer of an odd entry. Raises NeedsCareError."""
        entry = self.entry(odd.data, pointer, ())
        only = entry.calls[0]
        if entry.fault or len(entry.calls) > 1 or only.is_keras2:
            raise NeedsCareError
        if any(tensor.call or tensor.layer not in known for tensor in only.tensors):
            raise NeedsCareError
        self.found[odd.name] = entry
        return self.called(odd.name, entry, 0)
