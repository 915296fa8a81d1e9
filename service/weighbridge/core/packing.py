"""Packs layers into the records of the core's pool.

For each type of layer one function is generated on its first use, by the field names of the C
structs: the header is the only truth about an operator, and a field that nothing fills is an error.
`struct.pack` refuses strings and integers outside int64 at no cost; the same expressions, gathered
in a tuple instead, tell where they stand, so that only layers with expressions go the slow way.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import chain
from types import SimpleNamespace
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from weighbridge.core.attribute import ABSENT, NESTED, AttributeFault, Words
from weighbridge.core.graph import HEADER
from weighbridge.core.native import enumerator, ffi
from weighbridge.core.template import Part, length_of, template
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.equation import EquationFault, characters, letters
from weighbridge.layers.layer import Choice, Dtype, Each, From, Layer, Length, Operator, Some

HEADER_WORDS = HEADER.size // 8
NO_OWNER = -1
"""`weights_of` of a node that has weights of its own."""

SIDES = 6
"""Length of an array with two values, before and after, for each axis of space."""

# ---- What attributes become ---------------------------------------------------------------------


@cache
def dtype_code(dtype: str) -> int:
    """Return the core's number of a dtype."""
    return enumerator(f"WB_DTYPE_{dtype.upper()}")


def _dtypes() -> dict[str | None, tuple[int, int]]:
    """Return the dtype of the weights and of the computation for each dtype and policy."""
    codes: dict[str | None, tuple[int, int]] = {
        dtype: (dtype_code(dtype), dtype_code(dtype)) for dtype in get_args(Dtype)
    }
    for compute in ("float16", "bfloat16"):
        codes[f"mixed_{compute}"] = (dtype_code("float32"), dtype_code(compute))
    codes[None] = (enumerator("WB_DTYPE_DEFAULT"), enumerator("WB_DTYPE_DEFAULT"))
    return codes


DTYPES = _dtypes()

PADDINGS = {
    keyword: (enumerator(f"WB_PADDING_{keyword.upper()}"), 0, 0, 0, 0, 0, 0)
    for keyword in ("valid", "same", "causal")
}


def explicit_padding(padding: Any, axes: int, attribute: str) -> Words:
    """Return mode and amounts of a padding that is no keyword: one, or one each axis or side."""
    sides = [padding] * axes if not isinstance(padding, list) else padding
    if len(sides) != axes:
        raise AttributeFault(attribute, f"must have {axes} entries, one an axis, got {len(sides)}")
    words: list[int | str] = [enumerator("WB_PADDING_EXPLICIT")]
    for axis, side in enumerate(sides):
        pair = side if isinstance(side, list) else [side, side]
        if len(pair) != 2:
            raise AttributeFault(
                f"{attribute}/{axis}", f"must be [before, after], got {len(pair)} entries"
            )
        words += pair
    return (*words, *(0,) * (7 - len(words)))


def spread(value: Any, axes: int, attribute: str) -> Words:
    """Return one value for each axis, and what fills the struct's array up."""
    values = value if isinstance(value, list) else [value] * axes
    if len(values) != axes:
        raise AttributeFault(
            attribute, f"must be one integer or {axes}, one an axis, got {len(values)}"
        )
    return (*values, *(1,) * (3 - axes))


def sides(value: Any, axes: int, attribute: str) -> Words:
    """Return the amounts before and after on each axis; of one axis also as a pair alone."""
    if axes == 1 and isinstance(value, list) and len(value) == 2 and list not in map(type, value):
        value = [value]
    return explicit_padding(value, axes, attribute)[1:]


def listed(value: Any) -> Words:
    """Return an attribute that is one value or a list of them as a list."""
    if value is None:
        return ()
    values = value if isinstance(value, list) else (value,)
    return tuple(values) if None not in values else tuple(map(_or_absent, values))


def ratios(value: Any) -> Words:
    """Return factors, one or a list, as numerators and denominators: exact for a float too."""
    words: list[int | str] = []
    for one in listed(value):
        words += one.as_integer_ratio() if isinstance(one, (int, float)) else (one, 1)
    return tuple(words)


def _or_absent(value: Any) -> Any:
    return ABSENT if value is None else value


def form(value: Any) -> int:
    """Return the wb_form of an attribute that may be null, one value or a list of them."""
    return 0 if value is None else 2 if isinstance(value, list) else 1


def length(value: Any) -> int:
    """Return how many there are along the last axis of nested lists: 1 of a number, 0 of null."""
    if not isinstance(value, list):
        return int(value is not None)
    return length(value[0]) if value and isinstance(value[0], list) else len(value)


def equation(text: str) -> Words:
    """Return the characters of an einsum equation as the core reads them."""
    try:
        return characters(text)
    except EquationFault as fault:
        raise AttributeFault("equation", str(fault)) from None


LISTERS: dict[str, Callable[[Any], Words]] = {
    "bias_axes_count": letters,
    "equation_count": equation,
    "ratio_count": ratios,
}
"""What makes an attribute the words of a list, by the field that counts them; else `listed`."""


@cache
def quads(n: int) -> Callable[..., bytes]:
    """Return the function that packs so many int64."""
    return struct.Struct(f"={n}q").pack


# ---- The generator ------------------------------------------------------------------------------


class Packer:
    """How one type of layer becomes a record.

    `pack(layer, n_references, weights_of)` returns the record, and raises struct.error or TypeError
    where a word is no int64; `pack_usual(layer, n_references)` does so, quickly for what most
    layers are, and raises TypeError where a layer has a tie; `words(layer)` returns the attributes
    alone, whatever they are.
    """

    def __init__(self, layer_type: type[Layer], type_index: int) -> None:
        operator = layer_type.lowers_to
        if operator is None:
            raise LookupError(f"{layer_type.__name__} lowers to nothing")
        self.operator = operator
        self.is_composed = operator.name == "block"
        self.fields = [(name, _length(field)) for name, field in fields_of(operator)]
        self._kind = (enumerator(f"WB_{operator.name.upper()}"), type_index)
        fixed = None if self.fields[-1][1] == 0 else sum(max(1, n) for _, n in self.fields)
        writer = _Writer(layer_type, operator)
        writer.names["head"] = self._head
        sources = [writer.expression(*field) for field in self.fields]
        source = ", ".join(filter(None, sources))
        self.words: Callable[[Layer], Words] = writer.function(f"return ({source},)", "layer")
        self.pack: Callable[[Layer, int, int], bytes] = writer.function(
            self._pack_source(source, fixed, writer), "layer, n_references, weights_of"
        )
        self.pack_usual: Callable[[Layer, int], bytes] = self._pack_untied
        if writer.has_usual:
            writer.names["otherwise"] = self._pack_untied
            usual = self._usual_source(sources, writer)
            self.pack_usual = writer.function(usual, "layer, n_references")

    @staticmethod
    def _pack_source(source: str, fixed: int | None, writer: "_Writer") -> str:
        """Return the body of `pack`: a header, and the words."""
        given = "layer, n_references, weights_of"
        if fixed is None:
            return f"w = ({source},); return head({given}, len(w)) + quads(len(w))(*w)"
        writer.names["packed"] = quads(fixed)
        return f"return head({given}, {fixed}) + packed({source})"

    def _usual_source(self, sources: Sequence[str], writer: "_Writer") -> str:
        """Return the body of `pack_usual`: what most layers leave at null is ready-made bytes."""
        parts: list[Part] = []
        null, whole = {"dtype", "tie"}, set()
        tests: list[str] = []
        for source, (name, length) in zip(sources, self.fields, strict=True):
            attributes = writer.attributes_of(name)
            given = [attribute for attribute in attributes if attribute not in writer.mostly_null]
            null.update(attribute for attribute in attributes if attribute not in given)
            if not source:
                continue
            if not given:
                parts.append(writer.bytes_where_null(source, attributes))
            elif writer.tells_of_lists(name, length):
                whole.update(given)
                words = [(f"layer.{attribute}", "q") for attribute in given]
                parts += words if length == 0 else [quads(1)(len(words))]
            elif name == "padding_mode":
                tests.append("layer.padding.__class__ is str")
                parts.append(("KEYWORDS[layer.padding]", f"{8 * (1 + SIDES)}s"))
            else:
                parts.append((source, f"{max(1, length)}q"))
        heads = self._usual_heads(length_of(parts) // 8)
        ready, others = (template([*head, *parts], writer.names) for head in heads)
        tests += [f"layer.{attribute}.__class__ is int" for attribute in sorted(whole)]
        tests += [" is ".join(f"layer.{attribute}" for attribute in sorted(null)) + " is None"]
        return (
            f"return ({ready} if n_references == 1 and layer.trainable else {others}) "
            f"if {' and '.join(tests)} else otherwise(layer, n_references)"
        )

    def _usual_heads(self, n_words: int) -> tuple[list[Part], list[Part]]:
        """Return the wb_node of a layer with one input that is trainable, and that of any other."""
        operator_id, type_index = self._kind
        words = HEADER_WORDS + n_words
        ready = HEADER.pack(operator_id, words, 1, NO_OWNER, type_index, 1, *DTYPES[None])
        # The third word of 4 bytes, and the byte behind the type.
        inputs, trainable = ("n_references", "i"), ("layer.trainable", "b")
        return [ready], [ready[:8], inputs, ready[12:18], trainable, ready[19:]]

    def _pack_untied(self, layer: Layer, n_references: int) -> bytes:
        if layer.tie is not None:
            raise TypeError("a tie is no part of a record")
        return self.pack(layer, n_references, NO_OWNER)

    def record(self, layer: Layer, words: Sequence[int], n_references: int, owner: int) -> bytes:
        """Return the record of attributes that are integers by now."""
        return self._head(layer, n_references, owner, len(words)) + quads(len(words))(*words)

    def _head(self, layer: Layer, n_references: int, owner: int, n_words: int) -> bytes:
        """Return the wb_node before so many words of attributes."""
        return HEADER.pack(
            self._kind[0],
            HEADER_WORDS + n_words,
            n_references,
            owner,
            self._kind[1],
            layer.trainable,
            *DTYPES[layer.dtype],
        )

    def attribute_at(self, layer: Layer, word: int) -> str:
        """Return the JSON pointer, below the layer, of the attribute that a word comes from.

        Empty where the word is no attribute's.
        """
        at = 0
        for name, length in self.fields:
            size = max(1, length)
            if length == 0 or at <= word < at + size:
                return self._pointer(layer, name, word - at)
            at += size
        return ""

    def _pointer(self, layer: Layer, field: str, position: int) -> str:
        if field == "lists":
            return self._listed_pointer(layer, position)
        described = "padding" if field == "padding_mode" else _described(field)
        given = self.operator.fields.get(field, From(described))
        if not isinstance(given, (From, Choice, Length)):
            return ""
        attribute = given.attribute
        value = getattr(layer, attribute)
        if field in NESTED:
            return field + NESTED[field].pointer(value, position)
        if isinstance(given, Length) or not isinstance(value, list) or field.endswith("_count"):
            return attribute
        if dict(self.fields)[field] != SIDES:
            return f"{attribute}/{position}"
        return attribute + _side_pointer(value, self.operator.fields["axes"], position)

    def _listed_pointer(self, layer: Layer, position: int) -> str:
        for attribute, words_of in chain(*_listings(self.operator).values()):
            value = getattr(layer, attribute)
            words = words_of(value)
            if position < len(words):
                entry = position * len(value) // len(words) if isinstance(value, list) else None
                return attribute if entry is None else f"{attribute}/{entry}"
            position -= len(words)
        return ""


_indices = {layer_type: index for index, layer_type in enumerate(TYPES.values())}

PACKERS: dict[type, Packer] = {}
"""Those that were needed so far."""


def packer_of(layer_type: type[Layer]) -> Packer:
    """Return the packer of a type of layer, made on its first use."""
    packer = PACKERS.get(layer_type)
    if packer is None:
        packer = PACKERS[layer_type] = Packer(layer_type, _indices.get(layer_type, 0))
    return packer


class _Plain(dict[type, Callable[[Layer, int], bytes]]):
    """Makes the packers of plain types on their first use. Raises KeyError for all others."""

    def __missing__(self, layer_type: type) -> Callable[[Layer, int], bytes]:
        if not issubclass(layer_type, Layer) or not layer_type.has_default_input:
            raise KeyError(layer_type)
        packer = packer_of(layer_type)
        if packer.is_composed:
            raise KeyError(layer_type)
        self[layer_type] = packer.pack_usual
        return packer.pack_usual


PLAIN = _Plain()
"""`pack_usual` of the types of one node that take the layer before where they do not say."""


def _side_pointer(value: Sequence[Any], axes: Any, position: int) -> str:
    """Return where the amount of a side stands in a list: of pairs, of axes, or a pair alone."""
    axis, side = divmod(position, 2)
    if axes == 1 and len(value) == 2:
        return f"/{side}"
    if axis >= len(value):
        return ""
    return f"/{axis}/{side}" if isinstance(value[axis], list) else f"/{axis}"


Listing = tuple[str, Callable[[Any], Words]]
"""An attribute, and what makes it the words of a list."""


def _listings(operator: Operator) -> dict[str, list[Listing]]:
    """Return what an operator's lists take, by the names of their counts, in their order."""
    found: dict[str, list[Listing]] = {}
    for field, _ in fields_of(operator):
        given = operator.fields.get(field, From(field.removesuffix("_count")))
        if field.endswith("_count") and isinstance(given, (From, Each)):
            names = given.attributes if isinstance(given, Each) else (given.attribute,)
            found[field] = [(name, LISTERS.get(field, listed)) for name in names]
    return found


def fields_of(operator: Operator) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an operator's struct, those of a struct in it in its place."""
    return _flat(ffi.typeof(f"wb_{operator.name}"))


def _flat(struct_type: Any) -> Iterator[tuple[str, Any]]:
    for name, field in struct_type.fields:
        if field.type.kind == "struct":
            yield from _flat(field.type)
        else:
            yield name, field


def _length(field: Any) -> int:
    """Return -1 for a plain field, the length of an array, 0 for one that ends the struct."""
    if field.type.kind != "array":
        return -1
    return field.type.length or 0


class _Writer:
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
        self.listings = _listings(operator)
        axes = operator.fields.get("axes")
        self.axes = axes if isinstance(axes, int) else 0
        optional = {f.name for f in msgspec.structs.fields(layer_type) if f.default is None}
        self.mostly_null = optional - {"activation", "data_format", "strides"}
        """Attributes that most layers leave at null; those three many do not."""

    def function(self, body: str, parameters: str) -> Callable[..., Any]:
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
        described = "padding" if field == "padding_mode" else _described(field)
        given = self.operator.fields.get(field, From(described))
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
        given = self.operator.fields.get(name, From(_described(name)))
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


def _described(field: str) -> str:
    """Return the attribute that a field tells the length or the form of."""
    return field.removesuffix("_count").removesuffix("_form")


def _choices(hint: Any) -> list[str | None]:
    """Return what a Literal attribute may be; nothing for any other."""
    parts = get_args(hint) if get_origin(hint) is not Literal else (hint,)
    literals = [part for part in parts if get_origin(part) is Literal]
    found: list[str | None] = [value for literal in literals for value in get_args(literal)]
    if found and type(None) in parts:
        found.append(None)
    return found if found and all(isinstance(v, str) or v is None for v in found) else []
