"""Layers with nothing unusual about them, decoded into types.

Nearly all layers of nearly all documents are so: a class of Keras's own, values that are ours as
they stand, one call on tensors of the model. Their types are made here from those of our layers,
and take nothing else. What the careful reader (`layer.py`) leaves out is passed over undecoded;
what it translates, looks at twice or refuses is left to it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec
from msgspec import NODEFAULT, Meta, Raw, Struct, field
from msgspec.structs import FieldInfo

from weighbridge.formats.keras import rules
from weighbridge.formats.keras.attributes import NESTED, UNCOUNTED_ALWAYS, Reading, readings_of
from weighbridge.formats.keras.call import MOST
from weighbridge.formats.keras.layer import FREEZING_NOTHING
from weighbridge.formats.keras.policy import DEFAULT, PLAIN
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.layer import Layer, Policy, type_name


class NeedsCareError(Exception):
    """Something has to be read with care."""


# ---- Calls --------------------------------------------------------------------------------------


class History(Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """Where a tensor comes from: an output of the first call of a layer."""

    layer: str
    call: Literal[0]
    output: Annotated[int, Meta(ge=0, lt=MOST)]


class TensorConfig(Struct, gc=False):
    """What Keras says of a tensor, beside its shape and dtype."""

    keras_history: History


class Tensor(Struct, gc=False):
    """A tensor in a call."""

    class_name: Literal["__keras_tensor__"]
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
    """The config of a layer: what our layer of the type knows, and what is passed over."""

    def layer(self, name: str, inputs: Sequence[str]) -> Layer:
        """Return our layer, of this name and with these inputs. Raises NeedsCareError."""
        raise NotImplementedError


@cache
def members_of(layer_type: type[Layer]) -> frozenset[str]:
    """Return the names of all that a plain config may have."""
    return frozenset({"dtype", *readings_of(layer_type), *UNCOUNTED_ALWAYS})


def _config_type(layer_type: type[Layer], members: Sequence[str]) -> type[Config]:
    """Return the type of configs that have no other members, which are found soonest in order."""
    known = readings_of(layer_type)
    required = [name for name, reading in known.items() if reading.attribute.required]
    names = dict.fromkeys([*members, "dtype", *required])
    attributes = dict.fromkeys([*required, *(name for name in members if name in known)])
    made: Any = msgspec.defstruct(
        f"{layer_type.__name__}Config",
        [_field(name, known.get(name)) for name in names],
        bases=(Config,),
        namespace={"layer": _maker(layer_type, list(attributes))},
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )
    config_type: type[Config] = made
    return config_type


def _field(name: str, reading: Reading | None) -> tuple[str, Any, Any]:
    if reading is not None:
        return name, reading.plain, _default(reading.attribute)
    return name, DtypePolicy | Policy | None if name == "dtype" else Raw, None


def _default(attribute: FieldInfo) -> Any:
    if attribute.default_factory is not NODEFAULT:
        return field(default_factory=attribute.default_factory)
    return field(default=attribute.default)


MOST_KEYWORDS = 15
"""Of more than these, Python makes a dictionary first."""


def _maker(layer_type: type[Layer], attributes: Sequence[str]) -> Callable[..., Layer]:
    """Return the method of a config that makes a layer of it; what is required comes first."""
    own = [f"{attribute}=self.{attribute}" for attribute in attributes if attribute != "name"]
    given = ["name=name", "inputs=inputs", *own]
    lines = [
        "def layer(self, name, inputs):",
        f"layer = layer_type({', '.join(given[:MOST_KEYWORDS])})",
        *(f"layer.{rest}" for rest in given[MOST_KEYWORDS:]),
        "dtype = self.dtype",
        "if dtype.__class__ is DtypePolicy: dtype = dtype.config.name",
        "if dtype is not None and dtype != DEFAULT: layer.dtype = dtype",
        *(["if faults(layer): raise NeedsCareError"] if rules.applies_to(layer_type) else []),
        "return layer",
    ]
    namespace: dict[str, Any] = {
        "DEFAULT": DEFAULT,
        "DtypePolicy": DtypePolicy,
        "NeedsCareError": NeedsCareError,
        "faults": rules.faults,
        "layer_type": layer_type,
    }
    # The source is made of the names of attributes alone: nothing of a document is in it.
    exec("\n    ".join(lines), namespace)  # noqa: S102
    maker: Callable[..., Layer] = namespace["layer"]
    return maker


# ---- Entries ------------------------------------------------------------------------------------


class Entry(Struct, tag_field="class_name", kw_only=True, gc=False):
    """A layer of a functional model."""

    module: Literal["keras.layers"] | None = None
    config: Any
    registered_name: None = None
    name: str
    inbound_nodes: tuple[Call]


class InputEntry(Entry, tag="InputLayer", kw_only=True, gc=False):
    """An input of a functional model, whose config is read with care."""

    inbound_nodes: Any = None


def any_entry(members: Mapping[str, Sequence[str]]) -> Any:
    """Return the type of entries of these classes, whose configs have these members; and inputs.

    The classes are keys of PLAIN_TYPES, the members of each those of `members_of`.
    """
    types = [_entry_type(PLAIN_TYPES[name], tuple(given)) for name, given in members.items()]
    return reduce(or_, types, InputEntry)


@lru_cache(maxsize=512)
def _entry_type(layer_type: type[Layer], members: Sequence[str]) -> Any:
    return msgspec.defstruct(
        f"{layer_type.__name__}Entry",
        [("config", _config_type(layer_type, members))],
        bases=(Entry,),
        tag=type_name(layer_type),
        kw_only=True,
        gc=False,
    )


def _may_be_plain(layer_type: type[Layer]) -> bool:
    """Does a type hold no layers, and take the dtype that all do, and what freezes it?"""
    has_layers = not NESTED.isdisjoint(layer_type.__struct_fields__)
    has_own_dtype = "dtype" in layer_type.__annotations__
    return not (has_layers or has_own_dtype or type_name(layer_type) in FREEZING_NOTHING)


PLAIN_TYPES = {name: layer_type for name, layer_type in TYPES.items() if _may_be_plain(layer_type)}
