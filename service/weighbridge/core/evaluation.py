"""A graph evaluated in libweighbridge: its shapes, weights and costs."""

import struct
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Self

from msgspec import json

from weighbridge.core.graph import HEADER, Finding, Graph
from weighbridge.core.native import enumerator, ffi, lib
from weighbridge.core.scope import OUTPUT
from weighbridge.core.shape import Shape, Size, shown
from weighbridge.core.workspace import Workspace
from weighbridge.layers.catalogue import TYPES
from weighbridge.limits import Limits
from weighbridge.problems import MOST_FAULTS

ALL_OUTPUTS = enumerator("WB_ALL_OUTPUTS")
OVERFLOWN = enumerator("WB_OVERFLOWN")
FIGURES = ("macs", "activations", "parameter_bytes", "flops")
TOTALS = tuple(name for name, _ in ffi.typeof("wb_totals").fields)
_TYPE_NAMES = [ffi.new("char[]", name.encode()) for name in TYPES]
_TYPES = ffi.new("char *[]", _TYPE_NAMES)
_DTYPES = {
    enumerator(name): name.removeprefix("WB_DTYPE_").lower()
    for name in dir(lib)
    if name.startswith("WB_DTYPE_") and name not in ("WB_DTYPE_COUNT", "WB_DTYPE_DEFAULT")
}


def _record(name: str) -> struct.Struct:
    """Return what reads a struct of the core that has no arrays, all fields of it at once."""
    codes = {"char *": "P", "int64_t": "q", "int32_t": "i", "int16_t": "h", "int8_t": "b"}
    fields = (field.type.cname for _, field in ffi.typeof(name).fields)
    return struct.Struct("@" + "".join(codes[name] for name in fields) + "0q")


_WEIGHT = _record("wb_weight")


def _array(pointer: Any, n: int, item: str) -> Any:
    """Return the bytes of an array of the core's, of as many items."""
    return ffi.buffer(pointer, n * ffi.sizeof(item)) if n > 0 else b""


class WeightTensor(NamedTuple):
    """A weight of a node, and how many sets of it there are.

    `tied_to` is the index of the weight that it is instead of its own, -1 where there is none.
    """

    role: str
    """What the node calls it; a `%` stands for a number."""
    shape: tuple[int, ...]
    dtype: str
    trainable: bool
    buffer: bool
    node: int
    sets: int
    tied_to: int


class Evaluation:
    """A graph's shapes, weights and costs, as the core has them."""

    def __init__(self, graph: Graph, limits: Limits) -> None:
        """Evaluate. Where something is not `is_right`, its figures may not be asked for."""
        self.graph = graph
        self._structure, self._kept = graph.structure(
            limits.rank, 20 * limits.rows + len(graph.names)
        )
        self._workspace = Workspace.take()
        self._result, self._errors = self._workspace.result, self._workspace.errors
        self._status = lib.wb_evaluate(self._structure, self._result, self._errors, MOST_FAULTS)
        if self._status == lib.WB_NO_MEMORY:
            raise MemoryError("wb_evaluate")
        self._check_outputs()

    def is_right(self) -> bool:
        """Is nothing wrong with the graph, as it was lowered and as it was evaluated?"""
        return self._status == lib.WB_DONE and not self.graph.findings

    def errors(self) -> Sequence[Any]:
        """Return the wb_errors that were found, up to the most that are told."""
        found: Sequence[Any] = self._errors[0 : min(self._result.n_errors, MOST_FAULTS)]
        return found

    def _check_outputs(self) -> None:
        """Find the model's outputs that are none of their layer's: no node takes them."""
        for k, (name, reference) in enumerate(self.graph.outputs):
            node, output = reference % OUTPUT, reference // OUTPUT
            n_outputs = self._result.rows[node].n_outputs
            if output != ALL_OUTPUTS and 0 <= n_outputs <= output:
                detail = f"'{name:.60}': there is no output {output}: it has {n_outputs}"
                behind_all = self.graph.n_nodes
                finding = Finding(behind_all, "invalid_model", detail, pointer=f"/outputs/{k}")
                self.graph.findings.append(finding)

    def __enter__(self) -> Self:
        """Use it; when it is left, its memory goes to the next evaluation."""
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing may be asked of it any more."""
        del self._result, self._errors
        self._workspace.give_back()

    # ---- What comes out -------------------------------------------------------------------------

    def totals(self) -> dict[str, int | None]:
        """Return the totals; None for what is unknown or does not fit."""
        totals = ffi.cast("int64_t *", ffi.addressof(self._result, "totals"))
        values = ffi.unpack(totals, len(TOTALS))
        return {n: None if v < 0 else v for n, v in zip(TOTALS, values, strict=True)}

    def inputs(self) -> dict[str, dict[str, Any]]:
        """Return shape and dtype of the model's inputs."""
        nodes = range(1, 1 + self.graph.n_inputs)
        return {self.graph.names[node]: self._described(node) for node in nodes}

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Return shape and dtype of the model's outputs, under their references as written."""
        described: dict[str, dict[str, Any]] = {}
        for name, reference in self.graph.outputs:
            node, output = reference % OUTPUT, reference // OUTPUT
            if output != ALL_OUTPUTS:
                described[name] = self._described(reference)
                continue
            for k in range(self._result.rows[node].n_outputs):
                described[f"{name}:{k}" if k else name] = self._described(node + k * OUTPUT)
        return described

    def weights(self) -> Iterator[WeightTensor]:
        """Yield the weights of all nodes that do not use another's, in the order of the graph."""
        result = self._result
        rows = result.rows
        sizes = memoryview(_array(result.sizes, result.n_sizes, "int64_t")).cast("q")
        roles: dict[int, str] = {}
        for fields in _WEIGHT.iter_unpack(_array(result.weights, result.n_weights, "wb_weight")):
            role, _, _, first, node, tied_node, tied_weight, rank, dtype, trained, buffer = fields
            if role not in roles:
                roles[role] = ffi.string(ffi.cast("char *", role)).decode()
            yield WeightTensor(
                roles[role],
                tuple(sizes[first : first + rank]),
                _DTYPES[dtype],
                trained == 1,
                buffer == 1,
                node,
                rows[node].sets,
                -1 if tied_node < 0 else tied_weight,
            )

    def repeat(self, block: int) -> int:
        """Return how often a node that holds others repeats them."""
        record = ffi.from_buffer(self.graph.records[block])
        return int(ffi.cast("wb_block *", record + HEADER.size).repeat)

    def shares_weights(self, block: int) -> bool:
        """Do the rounds of a node that holds others have one set of weights?"""
        record = ffi.from_buffer(self.graph.records[block])
        return bool(ffi.cast("wb_block *", record + HEADER.size).share_weights)

    def kept(self, **training: int) -> Any:
        """Return the wb_kept of a training, whose members are those of wb_training."""
        kept = ffi.new("wb_kept *")
        asked = ffi.new("wb_training *", training)
        if lib.wb_keep(self._structure, self._result, asked, kept) != lib.WB_DONE:
            raise MemoryError("wb_keep")
        return kept

    def peak(self, width: int) -> Any:
        """Return the wb_peak of a forward pass in elements of so many bytes."""
        outputs = [reference for _, reference in self.graph.outputs]
        peak = ffi.new("wb_peak *")
        references = ffi.new("int64_t[]", outputs)
        status = lib.wb_find_peak(
            self._structure, self._result, references, len(outputs), width, peak
        )
        if status != lib.WB_DONE:
            raise MemoryError("wb_find_peak")
        return peak

    def cache(self, context: int) -> Any:
        """Return the wb_cache of all attention over so many tokens."""
        cache = ffi.new("wb_cache *")
        if lib.wb_add_caches(self._structure, self._result, context, cache) != lib.WB_DONE:
            raise MemoryError("wb_add_caches")
        return cache

    def warnings(self) -> list[dict[str, Any]]:
        """Return what is unknown or does not fit, and why."""
        n = min(self._result.n_warnings, len(self._result.warnings))
        return [self._warning(warning) for warning in self._result.warnings[0:n]]

    def rows(self, *, weights: bool, strings: bool) -> memoryview:
        """Return the rows as JSON, as the core writes them: in its memory, until this is left."""
        options = lib.WB_WITH_WEIGHTS * weights | lib.WB_STRINGS_FOR_INTEGERS * strings
        return self._written(self._workspace.rows, lib.wb_write_rows, options)

    def not_counted(self) -> memoryview:
        """Return the work that the conventions leave out, as JSON, in the same way."""
        return self._written(self._workspace.not_counted, lib.wb_write_not_counted)

    def _written(self, text: Any, write: Any, *options: int) -> memoryview:
        text.length = 0
        nodes = json.encode(self.graph.names)
        symbols = json.encode(list(self.graph.symbols))
        kept = [ffi.from_buffer(part) for part in (nodes, symbols)]
        names = ffi.new(
            "wb_names *",
            (kept[0], len(nodes), _TYPES, len(_TYPES), kept[1], len(symbols)),
        )
        if write(self._structure, self._result, names, *options, text) != lib.WB_DONE:
            raise MemoryError("writing a report")
        return memoryview(ffi.buffer(text.data, text.length))

    # ---- Parts of it ----------------------------------------------------------------------------

    def _described(self, reference: int) -> dict[str, Any]:
        tensor = self.tensor(reference)
        return {"shape": self.shape(tensor), "dtype": _DTYPES[tensor.dtype]}

    def tensor(self, reference: int) -> Any:
        """Return the wb_tensor of a reference."""
        row = self._result.rows[reference % OUTPUT]
        return self._result.tensors[row.first_tensor + reference // OUTPUT]

    def inner_tensor(self, block: int, output: int) -> Any:
        """Return the wb_tensor that a block's content sees as input."""
        return self._result.tensors[self._result.rows[block].first_inner + output]

    def weight_shape(self, weight: int) -> Shape:
        """Return the shape of a weight by its index."""
        entry = self._result.weights[weight]
        return [int(self._result.sizes[entry.first_size + axis]) for axis in range(entry.rank)]

    def tied_shape(self, weight: int) -> Shape:
        """Return the shape of the weight that another is tied to."""
        return self.weight_shape(self._result.weights[weight].tied_weight)

    def n_outputs(self, node: int) -> int:
        """Return how many outputs a node has; -1 where it could not be evaluated."""
        return int(self._result.rows[node].n_outputs)

    def parent(self, node: int) -> int:
        """Return the block around a node, -1 at the top."""
        return int(self._result.rows[node].parent)

    def shape(self, tensor: Any) -> Shape:
        """Return a tensor's shape with names and nulls."""
        return [self._size(tensor.shape[axis].size) for axis in range(tensor.rank)]

    def _size(self, size: int) -> Size:
        if size >= 0:
            return int(size)
        return next((name for name, symbol in self.graph.symbols.items() if symbol == size), None)

    def row_of(self, node: int) -> int:
        """Return the node whose row shows this one: the outermost one-row layer around it."""
        shown, around = node, self.parent(node)
        while around >= 0:
            shown = around if around in self.graph.parts else shown
            around = self.parent(around)
        return shown

    def path(self, node: int) -> str:
        """Return the name of the row that shows a node."""
        node = self.row_of(node)
        parts = []
        while node >= 0:
            parts.append(self.graph.names[node])
            node = self.parent(node)
        return "/".join(reversed(parts))

    def _warning(self, warning: Any) -> dict[str, Any]:
        return self.caution(FIGURES[warning.figure], warning.node, warning.cause)

    def caution(self, figure: str, node: int, cause: int) -> dict[str, Any]:
        """Return the warning of a figure that a node makes unknown: by what cost."""
        layer = self.path(node)
        if cause == OVERFLOWN:
            detail = f"{figure} come to more than 2^63-1 with layer '{layer}'"
            return {"code": "overflow", "layer": layer, "figure": figure, "detail": detail}
        named = self._size(cause)
        what = f"the dimension '{named}'" if named else self._unknown_axes(node)
        detail = f"{figure} of layer '{layer}' depend on {what}, which is not known"
        return {"code": "unknown_dimension", "layer": layer, "figure": figure, "detail": detail}

    def _unknown_axes(self, node: int) -> str:
        for reference in self.graph.taken(node):
            shape = self.shape(self.input_tensor(node, reference))
            for axis, size in enumerate(shape):
                if size is None and axis > 0:
                    return f"axis {axis} of its input {shown(shape)}"
        return "a dimension"

    def input_tensor(self, node: int, reference: int) -> Any:
        """Return the wb_tensor that a node takes: of a block around it, what goes in."""
        source, around = reference % OUTPUT, self.parent(node)
        while around >= 0:
            if around == source:
                return self.inner_tensor(source, reference // OUTPUT)
            around = self.parent(around)
        return self.tensor(reference)
