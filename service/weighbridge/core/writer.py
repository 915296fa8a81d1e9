"""Writes the source of what packs a type of layer, field by field of its operator's struct."""

from collections.abc import Callable, Sequence
from itertools import chain
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from weighbridge.core.attribute import ABSENT, NESTED
from weighbridge.core.dtypes import DTYPES
from weighbridge.core.fields import described, listings
from weighbridge.core.graph import HEADER
from weighbridge.core.native import enumerator
from weighbridge.core.words import (
    PADDINGS,
    SIDES,
    equation,
    explicit_padding,
    form,
    length,
    listed,
    quads,
    ratios,
    sides,
    spread,
)
from weighbridge.layers.equation import letters
from weighbridge.layers.layer import Choice, Each, From, Layer, Length, Operator, Some


class Writer:
    """Writes the source that computes the fields of an operator from a layer."""

    def __init__(self, layer_type: type[Layer], operator: Operator) -> None:
        self.operator = operator
        self.layer_type = layer_type
        self.hints = get_type_hints(layer_type)
        self.names: dict[str, Any] = {
            "ABSENT": ABSENT,
            "DTYPES": DTYPES,
            "HEADER": HEADER,
            "KEYWORDS": {keyword: quads(1 + SIDES)(*words) for keyword, words in PADDINGS.items()},
            "PADDINGS": PADDINGS,
            "equation": equation,
            "explicit_padding": explicit_padding,
            "form": form,
            "length": length,
            "letters": letters,
            "listed": listed,
            "quads": quads,
            "ratios": ratios,
            "sides": sides,
            **{f"words_of_{name}": nested.words for name, nested in NESTED.items()},
            "spread": spread,
        }
        self.where = layer_type.__name__
        self.listings = listings(operator)
        axes = operator.fields.get("axes")
        self.axes = axes if isinstance(axes, int) else 0
        optional = {f.name for f in msgspec.structs.fields(layer_type) if f.default is None}
        self.mostly_null = optional - {"activation", "data_format", "strides"}
        """Attributes that most layers leave at null; those three many do not."""

    def function(self, body: str, parameters: str) -> Callable[..., Any]:
        """Return a function of this body."""
        namespace = dict(self.names)
        # The source is made of field and attribute names alone: nothing of a document is in it.
        exec(f"def f({parameters}):\n    {body}", namespace)  # noqa: S102
        function: Callable[..., Any] = namespace["f"]
        return function

    @property
    def has_usual(self) -> bool:
        """Are all its lists just that, so that one integer in place of one is one word?"""
        listers = {words_of for listing in self.listings.values() for _, words_of in listing}
        return listers <= {listed} and NESTED.keys().isdisjoint(self.hints)

    def attributes_of(self, field: str) -> list[str]:
        """Return the attributes that a field depends on; none where it is always the same."""
        if field in self.listings or field == "lists":
            found = self.listings.values() if field == "lists" else [self.listings[field]]
            return [attribute for attribute, _ in chain(*found)]
        own = "padding" if field == "padding_mode" else described(field)
        given = self.operator.fields.get(field, From(own))
        return [given.attribute] if isinstance(given, (From, Choice, Length, Some)) else []

    def tells_of_lists(self, field: str, length: int) -> bool:
        """Is a field a list, the length of one, or whether there is one?"""
        return length == 0 or field in self.listings or field.endswith("_form")

    def bytes_where_null(self, source: str, attributes: Sequence[str]) -> bytes:
        """Return what a field is in a layer whose attributes are null."""
        layer = SimpleNamespace(**dict.fromkeys(attributes))
        words = self.function(f"return ({source},)", "layer")(layer)
        return quads(len(words))(*words)

    def expression(self, name: str, length: int) -> str:
        """Return the source of one field; empty where the one before has covered it."""
        if name == "padding" and "padding_mode" not in self.operator.fields:
            return ""
        if name == "lists":
            return self._lists()
        if name in self.listings:
            return f"len(({self._listed(name)}))"
        given = self.operator.fields.get(name, From(described(name)))
        if not isinstance(given, From):
            return self._stated(given, length)
        if name == "padding_mode":
            return self._padding()
        is_form = name.endswith("_form")
        attribute = given.attribute
        return f"form({self._attribute(attribute)})" if is_form else self._value(attribute, length)

    def _listed(self, count: str) -> str:
        """The words of one list, each followed by a comma."""
        return "".join(
            f"*{words_of.__name__}({self._attribute(name)}), "
            for name, words_of in self.listings[count]
        )

    def _stated(self, given: int | str | Choice | Some | Each | Length, length: int) -> str:
        """What no attribute's value is: a number, an enumerator, the length of one."""
        if isinstance(given, Length):
            return f"length({self._attribute(given.attribute)})"
        if isinstance(given, Some):
            return f"int({self._attribute(given.attribute)} > 0)"
        if isinstance(given, Choice):
            return self._chosen(given)
        value = enumerator(given) if isinstance(given, str) else given
        return ", ".join([str(value)] * max(1, length))

    def _chosen(self, choice: Choice) -> str:
        """The enumerator of an attribute's value."""
        value = self._attribute(choice.attribute)
        table = f"CHOICES_{len(self.names)}"
        self.names[table] = {value: enumerator(name) for value, name in choice.values.items()}
        if choice.otherwise is None:
            return f"{table}[{value}]"
        return f"{table}.get({value}, {enumerator(choice.otherwise)})"

    def _attribute(self, name: str) -> str:
        if isinstance(told := getattr(self.layer_type, name, None), property):
            self.hints[name] = get_type_hints(told.fget)["return"]
        if name not in self.hints:
            raise LookupError(f"{self.where} has nothing for {self.operator.name}.{name}")
        return f"layer.{name}"

    def _padding(self) -> str:
        """Mode and amounts; a keyword wins over an expression of the same spelling."""
        self._attribute("padding")
        return (
            "*(PADDINGS[p] if (p := layer.padding).__class__ is str and p in PADDINGS "
            f"else explicit_padding(p, {self.axes}, 'padding'))"
        )

    def _lists(self) -> str:
        """What several attributes list, one behind the other, in the order of their counts."""
        return "".join(map(self._listed, self.listings)).removesuffix(", ")

    def _value(self, attribute: str, length: int) -> str:
        source = self._attribute(attribute)
        choices = _choices(self.hints[attribute])
        if attribute in NESTED:
            return f"*words_of_{attribute}({source})"
        if length == 0:
            return f"*listed({source})"
        if choices:
            table = f"CHOICES_{attribute}"
            prefix = f"WB_{attribute.upper()}_"
            self.names[table] = {
                c: enumerator(prefix + (c or "default").upper().replace("-", "_")) for c in choices
            }
            return f"{table}[{source}]"
        if length > 0:
            return self._array(attribute, source, length)
        if type(None) in get_args(self.hints[attribute]):
            return f"(ABSENT if (v := {source}) is None else v)"
        return source

    def _array(self, attribute: str, source: str, length: int) -> str:
        """One value for each axis, or two; an integer or a list, as most are, without a call."""
        if length == SIDES:
            return f"*sides({source}, {self.axes}, {attribute!r})"
        filled = ", ".join(["v"] * self.axes + ["1"] * (3 - self.axes))
        listed = ", ".join([f"v[{axis}]" for axis in range(self.axes)] + ["1"] * (3 - self.axes))
        absent = ", ".join(["ABSENT"] * 3)
        return (
            f"*(({filled}) if (v := {source}).__class__ is int "
            f"else ({listed}) if v.__class__ is list and len(v) == {self.axes} "
            f"else ({absent}) if v is None else spread(v, {self.axes}, {attribute!r}))"
        )


def _choices(hint: Any) -> list[str | None]:
    """Return what a Literal attribute may be; nothing for any other."""
    parts = get_args(hint) if get_origin(hint) is not Literal else (hint,)
    literals = [part for part in parts if get_origin(part) is Literal]
    found: list[str | None] = [value for literal in literals for value in get_args(literal)]
    if found and type(None) in parts:
        found.append(None)
    return found if found and all(isinstance(v, str) or v is None for v in found) else []
