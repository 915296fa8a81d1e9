"""Layers with nothing unusual about them, decoded into types all at once.

Nearly all layers of nearly all documents are so: a class of Keras's own, values that are ours as
they stand, one call on tensors of the model. Their types are made here from those of our layers,
and take nothing else. What the careful reader (`layer.py`) leaves out is passed over by the
decoder; what it translates or refuses is left to it.
"""

from collections.abc import Callable, Sequence
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import NODEFAULT, Meta, Raw, Struct, field, json
from msgspec.structs import FieldInfo, fields

from weighbridge.formats.keras import rules
from weighbridge.formats.keras.attributes import NESTED, UNCOUNTED_ALWAYS, rules_of
from weighbridge.formats.keras.call import MOST
from weighbridge.formats.keras.policy import DEFAULT, PLAIN
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.layer import Layer, Policy, type_name


class NotPlainError(Exception):
    """Something wants to be read with care."""


# ---- What is taken in a call --------------------------------------------------------------------


class History(Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """Where a tensor comes from: an output of the first call of a layer."""

    layer: str
    call: Literal[0]
    output: Annotated[int, Meta(ge=0, lt=MOST)]


class TensorConfig(Struct, gc=False):
    """What Keras says of a tensor, beside its shape and dtype."""

    keras_history: History


class Tensor(Struct, tag_field="class_name", tag="__keras_tensor__", gc=False):
    """A tensor in a call."""

    config: TensorConfig


class Keywords(Struct, forbid_unknown_fields=True, gc=False):
    """Keyword arguments on which no shape depends."""

    mask: None = None
    training: bool | None = None


class Call(Struct, gc=False):
    """A call with one argument: a tensor, or a list of them."""

    args: tuple[Tensor | list[Tensor]]
    kwargs: Keywords


# ---- Configs ------------------------------------------------------------------------------------


class PolicyConfig(Struct, gc=False):
    """What a plain policy holds."""

    name: Policy


class DtypePolicy(Struct, gc=False):
    """A policy as Keras 3 writes it."""

    class_name: Literal[PLAIN]  # type: ignore[valid-type]
    config: PolicyConfig


class Config(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """The config of a layer: exactly what our layer of the type knows, and what is passed over."""

    dtype: DtypePolicy | Policy | None = None

    def layer(self, name: str | None, inputs: Sequence[str] | None) -> Layer:
        """Return our layer, of this name and with these inputs. Raises NotPlainError."""
        raise NotImplementedError


@cache
def config_type(layer_type: type[Layer]) -> type[Config]:
    """Return the type of the configs of a type of layer."""
    known = rules_of(layer_type)
    attributes = [attribute for attribute in fields(layer_type) if attribute.name in known]
    return msgspec.defstruct(
        f"{layer_type.__name__}Config",
        [
            *((each.name, known[each.name].plain, _default(each)) for each in attributes),
            *((name, Raw, None) for name in UNCOUNTED_ALWAYS if name not in known),
        ],
        bases=(Config,),
        namespace={"layer": _maker(layer_type, [each.name for each in attributes])},
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )


def _default(attribute: FieldInfo) -> Any:
    if attribute.default_factory is not NODEFAULT:
        return field(default_factory=attribute.default_factory)
    return field(default=attribute.default)


MOST_KEYWORDS = 15
"""More of them, and Python makes a dictionary first."""


def _maker(layer_type: type[Layer], attributes: Sequence[str]) -> Callable[..., Layer]:
    """Return the method of a config that makes a layer of it."""
    own = [f"{attribute}=self.{attribute}" for attribute in attributes if attribute != "name"]
    given = ["name=name", "inputs=inputs", *own]
    lines = [
        f"layer = layer_type({', '.join(given[:MOST_KEYWORDS])})",
        *(f"layer.{rest}" for rest in given[MOST_KEYWORDS:]),
        "dtype = self.dtype",
        "dtype = dtype.config.name if dtype.__class__ is DtypePolicy else dtype",
        "layer.dtype = None if dtype == DEFAULT else dtype",
        *(["if faults(layer): raise NotPlainError"] if rules.applies_to(layer_type) else []),
        "return layer",
    ]
    namespace = {
        "DEFAULT": DEFAULT,
        "DtypePolicy": DtypePolicy,
        "NotPlainError": NotPlainError,
        "faults": rules.faults,
        "layer_type": layer_type,
    }
    # The source is made of the names of attributes alone: nothing of a document is in it.
    exec("\n    ".join(["def layer(self, name, inputs):", *lines]), namespace)  # noqa: S102
    maker: Callable[..., Layer] = namespace["layer"]  # type: ignore[assignment]
    return maker


# ---- Documents ----------------------------------------------------------------------------------


class Entry(Struct, tag_field="class_name", kw_only=True, gc=False):
    """A layer of Keras's own in a functional model, called once."""

    module: Literal["keras.layers"] | None = None
    config: Any
    registered_name: None = None
    name: str
    inbound_nodes: tuple[Call]


class InputEntry(Entry, tag="InputLayer", kw_only=True, gc=False):
    """An input, whose config is read with care."""

    inbound_nodes: Any = None


AnyEntry = TypeVar("AnyEntry")


class ModelConfig(Struct, Generic[AnyEntry], kw_only=True, gc=False):
    """What is in a functional model."""

    name: Any = None
    trainable: Any = None
    layers: list[AnyEntry]
    input_layers: Any
    output_layers: Any

    def members(self) -> dict[str, Any]:
        """Return what there is beside the layers."""
        members = msgspec.structs.asdict(self)
        del members["layers"]
        return members


class Document(Struct, Generic[AnyEntry], kw_only=True, gc=False):
    """A functional model, with whatever Keras says of it."""

    class_name: Any
    config: ModelConfig[AnyEntry]
    keras_version: Any = None


@cache
def _decoder() -> json.Decoder[Document[Any]]:
    entries = [
        msgspec.defstruct(
            f"{layer_type.__name__}Entry",
            [("config", config_type(layer_type))],
            bases=(Entry,),
            tag=type_name(layer_type),
            kw_only=True,
            gc=False,
        )
        for layer_type in TYPES.values()
        if not (NESTED | {"layers"}) & set(layer_type.__struct_fields__)
    ]
    return json.Decoder(Document[reduce(or_, entries, InputEntry)])  # type: ignore[misc]


def decode(text: Raw) -> Document[Any]:
    """Decode a document of plain layers. Raises NotPlainError where it is anything else."""
    try:
        str(text, "utf-8")  # type: ignore[call-overload]  # for what is passed over may be none
        return _decoder().decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotPlainError from None
