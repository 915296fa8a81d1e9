"""What a layer is: typed attributes, a sentence of documentation, and the operator it lowers to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from msgspec import Meta, Struct

if TYPE_CHECKING:
    from weighbridge.layers.composition import Body

Integer = int | str
"""An integer, or an expression over the document's variables. The core checks its range."""

Integers = int | str | list[int | str]
"""One integer for all, or a list of them."""

OpenIntegers = int | str | list[int | str | None]
"""The same, where null leaves a size of the list open."""

SomeIntegers = int | str | Annotated[list[int | str], Meta(min_length=1)]
"""The same, where an empty list would say nothing."""

Factors = float | str | Annotated[list[float | str], Meta(min_length=1)]
"""One factor for all, or a list of them; a fraction is taken as the double that it is."""

Share = Annotated[float, Meta(ge=0, le=1)]
"""Of a whole."""

Padding = int | str | list[int | str | list[int | str]]
"""A keyword; or an amount for all sides, for each axis, or for each side of each axis."""

Subscripts = list[int | str | list[int | str | None] | None]
"""Python's `tensor[key]`: an index, a slice as a list of `[start, stop]` or `[start, stop, step]`
with null for what is left out, null for a new axis, or "..." for all axes that are not named."""

Dtype = Literal[
    "float64", "float32", "float16", "bfloat16", "float8_e4m3fn", "float8_e5m2",
    "complex64", "complex128", "int64", "int32", "int16", "int8", "int4",
    "uint64", "uint32", "uint16", "uint8", "bool", "string",
]  # fmt: skip
"""What the elements of a tensor are."""

Policy = Literal[Dtype, "mixed_float16", "mixed_bfloat16"]
"""What a layer keeps its weights in and computes in: in the mixed ones its weights are float32."""

DataFormat = Literal["channels_last", "channels_first"]


Kept = Literal["nothing", "input", "inputs", "output", "factors", "mask", "noise", "places", "view"]
"""What a backward pass keeps: of a product the factors of what has a gradient; a mask of a byte, or
noise, for each element; the places of what was picked; of a view nothing, as it is its input."""


def means(text: str) -> Meta:
    """Say what an attribute is for, as the metadata of its type."""
    return Meta(description=text)


@dataclass(frozen=True)
class From:
    """The value of a layer's attribute that has another name than the operator's field.

    The attribute may be a property that tells the structure of another one, such as its length.
    """

    attribute: str


@dataclass(frozen=True)
class Choice:
    """The enumerator that each value of a layer's attribute stands for.

    `otherwise` is that of all values which are not listed, where there may be such.
    """

    attribute: str
    values: Mapping[str, str] | Mapping[str | None, str]
    otherwise: str | None = None


@dataclass(frozen=True)
class Some:
    """1 where a layer's attribute is above 0, 0 where it is 0."""

    attribute: str


@dataclass(frozen=True)
class Each:
    """The values of several attributes, which are one list to the operator."""

    attributes: tuple[str, ...]


@dataclass(frozen=True)
class Length:
    """How many a layer's attribute gives along its last axis: 0 where null, 1 where one for all."""

    attribute: str


Source = int | str | From | Choice | Some | Each | Length
"""What gives a field of an operator its value: a number, an enumerator's name, an attribute."""


@dataclass(frozen=True)
class Operator:
    """How a layer becomes one node: an operator of libweighbridge, and where its fields come from.

    A field of the operator's struct takes what `fields` says of it, or else the layer's attribute
    of the same name. A field that finds neither is an error when the layer is first used. What a
    list of the operator takes stands at its count: nothing (0), `From` an attribute, or `Each` of
    several; `<attribute>_form` takes whether an attribute is null, one value or a list.
    """

    name: str
    fields: Mapping[str, Source]


def operator(name: str, **fields: Source) -> Operator:
    """Return an `Operator`; an enumerator of the C library is given by its name."""
    return Operator(name, fields)


class Layer(Struct, tag_field="type", forbid_unknown_fields=True, kw_only=True, gc=False):
    """What every layer takes."""

    category: ClassVar[str] = ""
    lowers_to: ClassVar[Operator | None] = None
    """The one node that the layer becomes; a layer of several nodes has its own `compose`."""

    example: ClassVar[Mapping[str, Any]] = {}
    """A whole document that shows the layer at work; the last layer in it is of this type."""

    is_part: ClassVar[bool] = False
    """True for what layers are composed of and documents do not name: it is no type."""

    keeps: ClassVar[Kept] = "nothing"
    """What its backward pass keeps, as far as the operator leaves that to the layer."""

    has_default_input: ClassVar[bool] = True
    """False for a layer that makes its output from nothing."""

    name: Annotated[str | None, means("Name of the layer, unique in its scope.")] = None
    inputs: Annotated[
        list[str] | None,
        means("What it takes: names of earlier layers or inputs, `name:1` for a second output."),
    ] = None
    trainable: Annotated[bool, means("False freezes its weights.")] = True
    dtype: Annotated[
        Policy | None,
        means(
            "Dtype, or policy, of its weights and its computation; of what holds layers, that of "
            "all within which do not say their own."
        ),
    ] = None
    tie: Annotated[
        dict[str, str] | None,
        means("Weights that are an earlier layer's: the name here to `layer/weight`."),
    ] = None

    def compose(self, body: "Body") -> None:
        """Build the nodes of a layer that is several, inside one row."""
        raise NotImplementedError(f"{type(self).__name__} lowers to one operator")


ActivationName = Annotated[
    str | None, means("The elementwise function behind it, whose work is not counted.")
]

ChannelsPlace = Annotated[
    DataFormat | None,
    means("Where the channels are; the document's `data_format` where it is not given."),
]


class SpatialLayer(Layer, kw_only=True):
    """What every layer with axes of space takes."""

    data_format: ChannelsPlace = None


def shown_on(layer: Mapping[str, Any], *shapes: Sequence[int | str]) -> dict[str, Any]:
    """Return a document of one layer on inputs of these shapes: a type's worked `example`."""
    inputs = {f"input_{k}" if k else "input": {"shape": list(s)} for k, s in enumerate(shapes)}
    return {"inputs": inputs, "layers": [{**layer, "inputs": list(inputs)}]}


def type_name(layer_type: type[Struct]) -> str:
    """Return the type as documents write it."""
    return str(layer_type.__struct_config__.tag)


def default_name(type_name: str) -> str:
    """Return the name that Keras gives a layer of this type: `max_pooling2d` for MaxPooling2D."""
    letters = []
    for before, letter, after in zip(" " + type_name, type_name, type_name[1:] + " ", strict=False):
        begins = letter.isupper() and (before.islower() or after.islower())
        letters.append(("_" if begins and before != " " else "") + letter.lower())
    return "".join(letters)
