"""The native document: inputs, layers, outputs, variables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import UNSET, Struct, UnsetType

from weighbridge.layers.catalogue import AnyLayer
from weighbridge.layers.layer import DataFormat, Dtype, Integer, Layer, Policy, means

Dimension = int | str | None
"""A size, a name, an expression over variables, or null for a size that is not known."""


class Input(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A tensor that comes from outside."""

    shape: Annotated[list[Dimension], means("Every dimension, the batch too.")]
    dtype: Annotated[Dtype, means("What its elements are.")] = "float32"


class Specification(Struct, forbid_unknown_fields=True, kw_only=True, gc=False):
    """A model, in the native format and whatever is read into it."""

    inputs: Annotated[dict[str, Input], means("The tensors that come from outside, by name.")]
    layers: Annotated[list[AnyLayer], means("The layers, each behind those that it takes from.")]
    name: Annotated[str, means("Name of the model.")] = "model"
    description: Annotated[str | None, means("What the model is, for people.")] = None
    outputs: Annotated[
        list[str] | None, means("What the model gives; all outputs of the last layer where null.")
    ] = None
    variables: Annotated[
        dict[str, Integer] | UnsetType, means("Integers, or expressions over each other.")
    ] = UNSET
    dtype: Annotated[Policy, means("Dtype or policy of the layers that do not say.")] = "float32"
    data_format: Annotated[DataFormat, means("Where channels are in layers that do not say.")] = (
        "channels_last"
    )


WIRED_INPUT = ""
"""A block's own input in the references of a document that is `wired`: no layer has this name."""


@dataclass(frozen=True)
class LayerFault:
    """What is wrong with a layer or an input: `attribute` is a JSON pointer below it."""

    code: str
    detail: str
    attribute: str = ""


@dataclass(frozen=True)
class Broken:
    """A layer or an input that could not be read.

    It stands in the specification in its place, so that what is wrong with others is found too.
    """

    name: str | None
    inputs: Sequence[str] | None
    type: str
    faults: Sequence[LayerFault]


@dataclass
class Document:
    """What a reader makes of a body: the model, and where its parts stand."""

    format: str
    specification: Specification
    pointers: Callable[[], Mapping[int, str]] | None = None
    """Finds JSON pointers of layers below the document, by identity; native ones where None."""
    wired: bool = False
    """Every reference says its output (`name:0`), so that names may have colons of their own."""
    faults: Sequence[LayerFault] = ()
    """What is wrong beside all layers and inputs."""
    recalls: Mapping[int, Layer] = field(default_factory=dict)
    """Layers as Reuses, by their identity, call them where that is not as they were made."""
    pieces: Iterable[Sequence[Any]] | None = None
    """The layers of a document that is too large to be there at once: the specification has none.

    What iterates raises msgspec.DecodeError where one of them is wrong.
    """
    locate: Callable[[str, str], str] | None = None
    """Finds the place of an attribute below a pointer, where it is not the native one."""
