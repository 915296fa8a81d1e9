"""From layers to a graph: names, references and records, each layer touched once.

A fault does not end the lowering: its layer becomes a node that poisons what takes from it, so that
all that is wrong is found in one pass.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from operator import index
from typing import Any

from msgspec import UNSET

from weighbridge import expression
from weighbridge.core.attribute import AttributeFault
from weighbridge.core.dtypes import DTYPES, dtype_code
from weighbridge.core.graph import HEADER, Finding, Graph, Patch, Tie
from weighbridge.core.native import enumerator
from weighbridge.core.packing import HEADER_WORDS, NO_OWNER, PLAIN, Packer, packer_of
from weighbridge.core.scope import OUTPUT, Scope, name_fault, names_of, plain_names
from weighbridge.core.together import NOT_PLAIN, lower_together
from weighbridge.core.words import quads
from weighbridge.expression import Expression, ExpressionError, UnknownNameError, is_name
from weighbridge.layers.composition import Reference
from weighbridge.layers.container import Block, Reuse
from weighbridge.layers.layer import Layer
from weighbridge.limits import Limits
from weighbridge.pointer import escape
from weighbridge.spec import WIRED_INPUT, Broken, Dimension, Document, Input
from weighbridge.value import shown as shown_value

ALL_OUTPUTS = enumerator("WB_ALL_OUTPUTS") * OUTPUT
INT64 = range(-(2**63), 2**63)
BEFORE_ALL = -1
FEW = 64
"""So many layers are lowered one by one as quickly as all at once."""

NOWHERE = 0
"""The first node of every graph, which is missing: what a wrong reference refers to."""


def _bare_record(operator: str, n_references: int) -> bytes:
    """Return the record of an operator without attributes."""
    operator_id = enumerator(f"WB_{operator}")
    return HEADER.pack(operator_id, HEADER_WORDS, n_references, NO_OWNER, 0, 1, 0, 0)


MISSING = _bare_record("MISSING", 0)


class LimitExceeded(Exception):
    """The document is over a limit, which the message names, at a pointer below the document."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.pointer = pointer


class NotPlain(Exception):
    """Something in a document that is read in pieces is particular or wrong: read all of it."""


class Lowering:
    """Lowers one specification to a graph."""

    def __init__(self, document: Document, bindings: Mapping[str, int], limits: Limits) -> None:
        spec = document.specification
        self.document = document
        self.spec = spec
        self.bindings = bindings
        self.limits = limits
        self.wired = document.wired
        self.graph = Graph(channels_first=spec.data_format == "channels_first")
        self._variables = {} if spec.variables is UNSET else spec.variables
        self._values: dict[str, int] = {}
        self._shift: int | None = None  # behind the nodes that those of a reuse share with
        self._reuse: Reuse | None = None  # the outermost that is being lowered
        self._characters = 0
        for fault in document.faults:
            pointer = f"/{fault.attribute}" if fault.attribute else ""
            self.find(fault.code, fault.detail, pointer=pointer, at=BEFORE_ALL)

    # ---- The model ------------------------------------------------------------------------------

    def run(self) -> Graph:
        """Lower it. Raises LimitExceeded; NotPlain where it comes in pieces and may not."""
        self._require_rows(len(self.spec.inputs) + len(self.spec.layers))
        self.graph.dtypes = DTYPES[self.spec.dtype]
        self._resolve_variables()
        self.append(MISSING, "", None)
        known = {name: self._input(name, given) for name, given in self.spec.inputs.items()}
        self.graph.n_inputs = len(known)
        only = next(iter(known.values())) if len(known) == 1 else None
        is_empty = not (self.spec.layers or self.spec.outputs) and self.document.pieces is None
        if is_empty and not (self.wired or self.document.faults):
            self.find("invalid_model", "must have at least one layer", pointer="/layers")
        scope = Scope(known, self.spec.layers, only, wired=self.wired)
        self._lower_layers(scope)
        self._model_outputs(scope)
        return self.graph

    def _lower_layers(self, scope: Scope) -> None:
        """Lower the layers of the model: all at once if they are many and plain."""
        pieces, first = self.document.pieces, self.graph.n_nodes
        given = [scope.layers] if pieces is None else pieces
        is_worth_it = pieces is not None or len(scope.layers) >= FEW
        if (
            is_worth_it
            and not self.graph.findings
            and lower_together(given, scope, self.graph, self._require_rows)
        ):
            if self.spec.outputs is not None:
                scope.known.update(zip(scope.names, range(first, self.graph.n_nodes), strict=True))
        elif pieces is None:
            self._lower_scope(scope)
        else:
            raise NotPlain

    def _require_rows(self, more: int) -> None:
        if self.graph.n_nodes + more > self.limits.rows + len(self.spec.inputs) + 1:
            raise LimitExceeded(
                f"the model has more than {self.limits.rows} rows (limit rows)", "/layers"
            )

    def _resolve_variables(self) -> None:
        if not self._variables:
            return
        if len(self._variables) > self.limits.variables:
            raise LimitExceeded(
                f"the model has {len(self._variables)} variables, "
                f"the most is {self.limits.variables} (limit variables)",
                "/variables",
            )
        try:
            self._values = self._variable_values()
        except expression.VariablesError as error:
            for name, fault in error.faults:
                self.find(
                    fault.code, str(fault), pointer=f"/variables/{escape(name)}", at=BEFORE_ALL
                )

    def _variable_values(self) -> dict[str, int]:
        """Return the value of each variable. Raises VariablesError."""
        return expression.resolve(
            self._variables,
            self.bindings,
            characters=self.limits.expression_characters,
            depth=self.limits.expression_depth,
        )

    def _model_outputs(self, scope: Scope) -> None:
        if self.spec.outputs is None:
            last = [(scope.names[-1], scope.previous)] if scope.names else []
            everything = [(name, first + ALL_OUTPUTS) for name, first in last if first is not None]
            self.graph.outputs = everything or list(scope.known.items())
            return
        for k, reference in enumerate(self.spec.outputs):
            found = scope.resolve(reference)
            if isinstance(found, str):
                self.find("invalid_model", found, pointer=f"/outputs/{k}")
            else:
                self.graph.outputs.append((reference, found))

    # ---- Inputs and expressions -----------------------------------------------------------------

    def _input(self, name: str, given: Input | Broken) -> Reference:
        if fault := name_fault(name, inside_block=False, wired=self.wired):
            self.find("invalid_model", fault, pointer=f"/inputs/{escape(name)}")
        if isinstance(given, Broken):
            return self._append_broken(given, name)
        if len(given.shape) > self.limits.rank:
            raise LimitExceeded(
                f"input '{name}' has rank {len(given.shape)}, "
                f"the most is {self.limits.rank} (limit rank)",
                f"/inputs/{escape(name)}/shape",
            )
        words: list[int] = [dtype_code(given.dtype)]
        for axis, dimension in enumerate(self._with_batch(given.shape)):
            said = self._dimension(dimension, axis)
            if said is None:
                return self.append(MISSING, name, given)
            words += said
        operator_id = enumerator("WB_INPUT")
        record = HEADER.pack(operator_id, HEADER_WORDS + len(words), 0, NO_OWNER, 0, 1, 0, 0)
        return self.append(record + quads(len(words))(*words), name, given)

    def _with_batch(self, shape: Sequence[Dimension]) -> Sequence[Dimension]:
        """Return an input's shape with its batch left to the binding, where that is bound.

        The batch is the dimension of that name, or the first where it is null or a number.
        """
        is_bound = "batch" in self.bindings and "batch" not in shape
        if not is_bound or not shape or isinstance(shape[0], str):
            return shape
        return ["batch", *shape[1:]]

    def _dimension(self, dimension: Dimension, axis: int) -> tuple[int, int] | None:
        """Return kind and size of a dimension of the next input, as wb_input has them.

        None, with a fault, where it says nothing: no layer is to blame for such an input.
        """
        if isinstance(dimension, int):
            if dimension in INT64:
                return 0, dimension
            self.find("overflow", f"{shown_value(dimension)} is outside int64", f"shape/{axis}")
            return None
        if dimension is None:
            return -1, 0
        if is_name(dimension) and dimension not in self._variables:
            if dimension in self.bindings:
                return self._patched(self.bindings[dimension], dimension, axis)
            return self.graph.symbol(dimension), 0
        value = self._evaluate(dimension, f"shape/{axis}")
        return None if value is None else self._patched(value, dimension, axis)

    def _patched(self, value: int, text: str, axis: int) -> tuple[int, int]:
        word = HEADER_WORDS + 2 + 2 * axis
        self.graph.patches.append(Patch(self.graph.n_nodes, word, text))
        return 0, value

    def _evaluate(self, text: str, attribute: str) -> int | None:
        """Return an expression's value; None with a fault, unless its variable's is told."""
        try:
            return self._parse(text).evaluate(self._values)
        except UnknownNameError as error:
            if error.name not in self._variables:
                hint = UnknownNameError(error.name, self._variables)
                self.find(hint.code, f"{text!r} is no expression: {hint}", attribute)
        except ExpressionError as error:
            self.find(error.code, f"{text[:100]!r} has no value: {error}", attribute)
        return None

    def _parse(self, text: str) -> Expression:
        return expression.parse(
            text,
            characters=self.limits.expression_characters,
            depth=self.limits.expression_depth,
        )

    # ---- Layers beside each other ---------------------------------------------------------------

    def _lower_scope(self, scope: Scope) -> None:
        """Lower the layers of a scope: runs of plain ones together, the others one by one."""
        self._name_layers(scope)
        remaining = zip(scope.layers, scope.names, strict=True)
        is_plain = not scope.name_faults and self._shift is None
        while found := self._lower_plain(remaining, scope) if is_plain else next(remaining, None):
            layer, name = found
            scope.previous = scope.known[name] = self._lower(layer, name, scope)
            scope.lowered += 1

    def _lower_plain(
        self, remaining: Iterator[tuple[Any, str]], scope: Scope
    ) -> tuple[Any, str] | None:
        """Lower layers as long as each becomes one node and nothing is wrong with it.

        Return the first that is another, with its name; None at the end.
        """
        known, wired = scope.known, scope.wired
        previous: Any = scope.previous  # None is no index: there is nothing to take from
        records, references = [], self.graph.references
        first = node = self.graph.n_nodes
        another = None
        try:
            for layer, name in remaining:
                taken = layer.inputs
                record = PLAIN[layer.__class__](layer, 1 if taken is None else len(taken))
                if taken is None:
                    references.append(index(previous))
                elif wired:
                    references.extend([known[_without_output(reference)] for reference in taken])
                elif len(taken) == 1:
                    references.append(known[taken[0]])
                else:
                    references.extend([known[reference] for reference in taken])
                records.append(record)
                previous = known[name] = node
                node += 1
        except NOT_PLAIN:
            another = layer, name
        run = slice(scope.lowered, scope.lowered + node - first)
        self.graph.pool += b"".join(records)
        self.graph.names += scope.names[run]
        self.graph.sources += scope.layers[run]
        scope.previous, scope.lowered = previous, run.stop
        return another

    def _name_layers(self, scope: Scope) -> None:
        self._require_rows(len(scope.layers))
        names = plain_names(scope)
        scope.names, scope.name_faults = names_of(scope) if names is None else (names, {})
        if scope.prefix:
            self._count_characters(scope)

    def _count_characters(self, scope: Scope) -> None:
        """Long names around deep blocks are written out in every row."""
        self._characters += scope.prefix * len(scope.layers)
        if self._characters > self.limits.names:
            raise LimitExceeded(
                f"the names of all rows have more than {self.limits.names} characters (limit names)"
            )

    def _default_inputs(self, layer: Layer | None, scope: Scope) -> list[Reference]:
        if layer is not None and not layer.has_default_input:
            return []
        if scope.previous is not None:
            return [scope.previous]
        if self.document.faults:  # the inputs themselves may be what could not be read
            return [NOWHERE]
        detail = f"must be given: there is no layer before, and {len(scope.known)} inputs"
        self.find("invalid_model", detail, "inputs")
        return [NOWHERE]

    def _references(
        self, entry: Layer | Reuse, scope: Scope, layer: Layer | None
    ) -> list[Reference]:
        """Return what a `layer` takes by its entry; what is wrong with a reference is told."""
        if entry.inputs is None:
            return self._default_inputs(layer, scope)
        found = [scope.resolve(reference) for reference in entry.inputs]
        for k, reference in enumerate(found):
            if isinstance(reference, str):
                self.find("invalid_model", reference, f"inputs/{k}")
        return [NOWHERE if isinstance(reference, str) else reference for reference in found]

    # ---- One layer ------------------------------------------------------------------------------

    def _lower(self, layer: Any, name: str, scope: Scope) -> Reference:
        """Lower any layer; return its first output."""
        if fault := scope.name_faults.get(id(layer)):
            self.find("invalid_model", fault, "name")
        if isinstance(layer, Broken):
            return self._append_broken(layer, name)
        if isinstance(layer, Reuse):
            return self._lower_reuse(layer, name, scope)
        node = self.lower_with(layer, name, self._references(layer, scope, layer), scope)
        if layer.tie and self._shift is None:
            self._tie(layer, node, scope)
        return node

    def lower_with(
        self,
        layer: Layer,
        name: str,
        inputs: Sequence[Reference],
        scope: Scope,
        source: Layer | None = None,
    ) -> Reference:
        """Lower a layer that takes these tensors; return its first output."""
        packer = packer_of(type(layer))
        record = self._record(packer, layer, len(inputs))
        if record is not MISSING:
            self.graph.references.extend(inputs)
        node = self.append(record, name, source or layer)
        if source is not None:
            self.graph.made_as[node] = type(layer)
        if packer.is_composed:
            self._fill(layer, name, node, len(inputs), scope, is_missing=record is MISSING)
        return node

    def _record(self, packer: Packer, layer: Layer, n_inputs: int) -> bytes:
        """Return a layer's record; its expressions are evaluated, its faults told."""
        owner = NO_OWNER if self._shift is None else self._owner()
        try:
            return packer.pack(layer, n_inputs, owner)
        except AttributeFault as fault:
            self.find("invalid_model", fault.detail, fault.attribute)
            return MISSING
        except (struct.error, TypeError):
            words = [
                self._word(packer, layer, at, word) for at, word in enumerate(packer.words(layer))
            ]
        values = [word for word in words if word is not None]
        if len(values) < len(words):
            return MISSING
        return packer.record(layer, values, n_inputs, owner)

    def _word(self, packer: Packer, layer: Layer, at: int, word: int | str) -> int | None:
        if isinstance(word, int) and word in INT64:
            return word
        attribute = packer.attribute_at(layer, at)
        if isinstance(word, str):
            self.graph.patches.append(Patch(self.graph.n_nodes, HEADER_WORDS + at, word))
            return self._evaluate(word, attribute)
        self.find("overflow", f"{shown_value(word)} is outside int64", attribute)
        return None

    # ---- Layers of layers -----------------------------------------------------------------------

    def _fill(
        self,
        layer: Layer,
        name: str,
        node: int,
        n_inputs: int,
        around: Scope,
        *,
        is_missing: bool,
    ) -> None:
        """Lower what a layer holds, and close it."""
        if around.depth + 1 > self.limits.nesting:
            raise LimitExceeded(
                f"the model nests deeper than {self.limits.nesting} blocks and wrappers "
                "(limit nesting)"
            )
        entries = [NOWHERE if is_missing else node + k * OUTPUT for k in range(n_inputs)]
        own = WIRED_INPUT if self.wired else "input"
        inside = Scope(
            {f"{own}:{k}" if k else own: entry for k, entry in enumerate(entries)},
            layer.layers if isinstance(layer, Block) else (),
            entries[0] if entries else None,
            around.depth + 1,
            around.prefix + len(name) + 1,
            wired=self.wired,
        )
        if isinstance(layer, Block):
            if not (layer.layers or layer.outputs or self.wired):
                self.find("invalid_model", "must have at least one layer", "layers", at=node)
            self._lower_scope(inside)
            outputs = self._block_outputs(layer, inside, node)
        else:
            outputs = self._compose(layer, inside, node, entries)
        if not is_missing:
            self.graph.references.extend(outputs)
            self.append(_bare_record("END", len(outputs)), "", layer)
        self.graph.ends[node] = self.graph.n_nodes - 1

    def _block_outputs(self, block: Block, inside: Scope, node: int) -> list[Reference]:
        if block.outputs is None:
            last = NOWHERE if inside.previous is None else inside.previous
            return [last + ALL_OUTPUTS] if block.layers else [last]
        found = [inside.resolve(reference) for reference in block.outputs]
        for k, reference in enumerate(found):
            if isinstance(reference, str):
                self.find("invalid_model", reference, f"outputs/{k}", at=node)
        return [NOWHERE if isinstance(reference, str) else reference for reference in found]

    def _compose(
        self, layer: Layer, inside: Scope, node: int, entries: list[Reference]
    ) -> list[Reference]:
        body = _Body(self, inside, node, entries)
        if not entries and layer.has_default_input:
            body.refuse("inputs", "takes at least 1 input, got 0")
            return [NOWHERE]
        layer.compose(body)
        return body.outputs or [body.last + ALL_OUTPUTS]

    # ---- Weights that are shared ----------------------------------------------------------------

    def _lower_reuse(self, reuse: Reuse, name: str, scope: Scope) -> Reference:
        """Lower a layer once more, each of its nodes with the weights of the one before."""
        target = self._reuse_target(reuse, scope)
        inputs = self._references(reuse, scope, None if isinstance(target, str) else target[0])
        if isinstance(target, str):
            self.find("invalid_model", target, "layer")
            return self.append(MISSING, name, reuse)
        layer, original = target
        layer = self.document.recalls.get(id(reuse), layer)
        self._require_rows(self.graph.ends.get(original, original) + 1 - original)
        around = self._shift, self._reuse
        self._shift = self.graph.n_nodes - original
        self._reuse = self._reuse or reuse
        node = self.lower_with(layer, name, inputs, scope)
        self._shift, self._reuse = around
        return node

    def _reuse_target(self, reuse: Reuse, scope: Scope) -> tuple[Layer, int] | str:
        """Return the layer that is called again, and its node; or what is wrong."""
        node = scope.known.get(reuse.layer)
        if node is None or reuse.layer not in scope.names:
            return scope.fault(reuse.layer)
        layer = scope.layers[scope.names.index(reuse.layer)]
        if isinstance(layer, Reuse):
            return f"'{reuse.layer}' is a Reuse itself: reuse '{layer.layer}', which it calls"
        if isinstance(layer, Broken):
            return f"'{reuse.layer}' is wrong itself"
        return layer, node

    def _owner(self) -> int:
        """Return the node whose weights the next node uses."""
        original = self.graph.n_nodes - (self._shift or 0)
        return self.graph.owners.get(original, original)

    def _tie(self, layer: Layer, node: int, scope: Scope) -> None:
        for weight, owner in (layer.tie or {}).items():
            name, slash, owner_weight = owner.partition("/")
            first = scope.known.get(name)
            if first is None or first == node:
                self.find("invalid_model", scope.fault(name), f"tie/{escape(weight)}", at=node)
            elif not slash or first <= self.graph.n_inputs:
                detail = f"must be 'layer/weight' of an earlier layer, got '{owner}'"
                self.find("invalid_model", detail, f"tie/{escape(weight)}", at=node)
            else:
                mine, role = self.graph.part(node, weight)
                theirs, owner_role = self.graph.part(first, owner_weight)
                self.graph.ties.append(Tie(mine, theirs, role, owner_role, node, weight))

    # ---- Nodes and faults -----------------------------------------------------------------------

    def append(self, record: bytes, name: str, source: Any) -> int:
        """Append a node; return its index."""
        graph = self.graph
        node = graph.n_nodes
        if self._shift is not None:
            graph.owners[node] = self._owner()
        graph.pool += record
        graph.names.append(name)
        graph.sources.append(self._reuse or source)
        return node

    def _append_broken(self, broken: Broken, name: str) -> int:
        for fault in broken.faults:
            self.find(fault.code, fault.detail, fault.attribute)
        return self.append(MISSING, name, broken)

    def find(
        self,
        code: str,
        detail: str,
        attribute: str = "",
        *,
        pointer: str | None = None,
        at: int | None = None,
    ) -> None:
        """Note a fault: of the next node, of node `at`, or under a pointer."""
        node = self.graph.n_nodes if at is None else at
        finding = Finding(node, code, detail, attribute, pointer)
        if finding not in self.graph.findings[-1:]:  # one value may fill several words
            self.graph.findings.append(finding)


class _Body:
    """The inside of a layer of several nodes (`weighbridge.layers.composition.Body`)."""

    def __init__(
        self, lowering: Lowering, scope: Scope, node: int, inputs: list[Reference]
    ) -> None:
        self.inputs = inputs
        self.outputs: list[Reference] = []
        self.last = NOWHERE
        self._lowering = lowering
        self._scope = scope
        self._node = node

    def add(
        self,
        layer: Layer,
        inputs: Sequence[Reference],
        name: str = "",
        source: Layer | None = None,
    ) -> Reference:
        lowering = self._lowering
        if isinstance(layer, Reuse):
            self.refuse("layer", "must be a layer, got a Reuse")
            return NOWHERE
        lowering.graph.parts.setdefault(self._node, {})[name] = lowering.graph.n_nodes
        self.last = lowering.lower_with(layer, name, inputs, self._scope, source)
        return self.last

    def output(self, first: Reference, index: int) -> Reference:
        return first + index * OUTPUT

    def refuse(self, attribute: str, detail: str) -> None:
        self._lowering.find("invalid_model", detail, attribute, at=self._node)


def _without_output(reference: str) -> str:
    """Return what a reference that says its output refers to. Raises KeyError but for the first."""
    name, _, output = reference.rpartition(":")
    if output != "0":
        raise KeyError(reference)
    return name
