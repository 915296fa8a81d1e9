"""Layers with nothing unusual about them, decoded into types.

Nearly all layers of nearly all documents are so: a class of Keras's own, values that are ours as
they stand, one call on tensors of the model. Their types are made here from those of our layers,
and take nothing else. What the careful reader (`layer.py`) leaves out is passed over undecoded;
what it translates, looks at twice or refuses is left to it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

import msgspec
from msgspec import NODEFAULT, Meta, Raw, Struct, field
from msgspec.structs import FieldInfo

from weighbridge.formats.keras import rules
from weighbridge.formats.keras.attributes import NESTED, UNCOUNTED_ALWAYS, readings_of
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
    """The config of a layer: exactly what our layer of the type knows, and what is passed over."""

    dtype: DtypePolicy | Policy | None = None

    def layer(self, name: str, inputs: Sequence[str]) -> Layer:
        """Return our layer, of this name and with these inputs. Raises NeedsCareError."""
        raise NotImplementedError


def _config_type(layer_type: type[Layer]) -> type[Config]:
    """Return the type of the configs of a type of layer."""
    known = readings_of(layer_type)
    made: Any = msgspec.defstruct(
        f"{layer_type.__name__}Config",
        [
            *(
                (name, reading.plain, _default(reading.attribute))
                for name, reading in known.items()
            ),
            *((name, Raw, None) for name in UNCOUNTED_ALWAYS if name not in known),
        ],
        bases=(Config,),
        namespace={"layer": _maker(layer_type, list(known))},
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )
    config_type: type[Config] = made
    return config_type


def _default(attribute: FieldInfo) -> Any:
    if attribute.default_factory is not NODEFAULT:
        return field(default_factory=attribute.default_factory)
    return field(default=attribute.default)


MOST_KEYWORDS = 15
"""Of more than these, Python makes a dictionary first."""


def _maker(layer_type: type[Layer], attributes: Sequence[str]) -> Callable[..., Layer]:
    """Return the method of a config that makes a layer of it."""
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


def any_entry(classes: Iterable[str]) -> Any:
    """Return the type of entries of these classes, each a key of PLAIN_TYPES, and of inputs."""
    return reduce(or_, [_entry_type(PLAIN_TYPES[name]) for name in sorted(classes)], InputEntry)


@cache
def _entry_type(layer_type: type[Layer]) -> Any:
    return msgspec.defstruct(
        f"{layer_type.__name__}Entry",
        [("config", _config_type(layer_type))],
        bases=(Entry,),
        tag=type_name(layer_type),
        kw_only=True,
        gc=False,
    )


def _may_be_plain(layer_type: type[Layer]) -> bool:
    """Does a type hold no layers, and take the dtype that all do, and what freezes it?"""
    has_layers = not (NESTED | {"layers"}).isdisjoint(layer_type.__struct_fields__)
    has_own_dtype = "dtype" in layer_type.__annotations__
    return not (has_layers or has_own_dtype or type_name(layer_type) in FREEZING_NOTHING)


PLAIN_TYPES = {name: layer_type for name, layer_type in TYPES.items() if _may_be_plain(layer_type)}
