"""Packs layers into the records of the core's pool.

For each type of layer one function is generated on its first use, by the field names of the C
structs: the header is the only truth about an operator, and a field that nothing fills is an error.
`struct.pack` refuses strings and integers outside int64 at no cost; the same expressions, gathered
in a tuple instead, tell where they stand, so that only layers with expressions go the slow way.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from weighbridge.core.attribute import NESTED, Words
from weighbridge.core.dtypes import DTYPES
from weighbridge.core.fields import array_length, described, fields_of, listings
from weighbridge.core.graph import HEADER
from weighbridge.core.native import enumerator
from weighbridge.core.template import Part, length_of, template
from weighbridge.core.words import SIDES, quads
from weighbridge.core.writer import Writer
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.layer import Choice, From, Layer, Length

HEADER_WORDS = HEADER.size // 8
NO_OWNER = -1
"""`weights_of` of a node that has weights of its own."""


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
        self.fields = [(name, array_length(field)) for name, field in fields_of(operator)]
        self._kind = (enumerator(f"WB_{operator.name.upper()}"), type_index)
        fixed = None if self.fields[-1][1] == 0 else sum(max(1, n) for _, n in self.fields)
        writer = Writer(layer_type, operator)
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
    def _pack_source(source: str, fixed: int | None, writer: "Writer") -> str:
        """Return the body of `pack`: a header, and the words."""
        given = "layer, n_references, weights_of"
        if fixed is None:
            return f"w = ({source},); return head({given}, len(w)) + quads(len(w))(*w)"
        writer.names["packed"] = quads(fixed)
        return f"return head({given}, {fixed}) + packed({source})"

    def _usual_source(self, sources: Sequence[str], writer: "Writer") -> str:
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
        own = "padding" if field == "padding_mode" else described(field)
        given = self.operator.fields.get(field, From(own))
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
        for attribute, words_of in chain(*listings(self.operator).values()):
            value = getattr(layer, attribute)
            words = words_of(value)
            if position < len(words):
                entry = position * len(value) // len(words) if isinstance(value, list) else None
                return attribute if entry is None else f"{attribute}/{entry}"
            position -= len(words)
        return ""


def _side_pointer(value: Sequence[Any], axes: Any, position: int) -> str:
    """Return where the amount of a side stands in a list: of pairs, of axes, or a pair alone."""
    axis, side = divmod(position, 2)
    if axes == 1 and len(value) == 2:
        return f"/{side}"
    if axis >= len(value):
        return ""
    return f"/{axis}/{side}" if isinstance(value[axis], list) else f"/{axis}"


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
