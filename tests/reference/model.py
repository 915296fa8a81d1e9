"""The document as a whole: names, references, blocks, reuse, ties, and the report made of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.reference.attributes import CELLS, RECURRENT, cells_of, checked
from tests.reference.layers import MAKERS, MOST_INPUTS
from tests.reference.made import Layer, Made, Weight, state
from tests.reference.operations import PAIRS, SOURCES, output_count
from tests.reference.recurrent import ONE_LAYER, STATES, merged, runs_as, state_count
from tests.reference.refusal import Refusal, cost, fits
from tests.reference.shape import (
    Shape,
    Size,
    elements,
    plus,
    rank,
    rank_at_least,
    read,
    times,
    write,
)
from tests.reference.values import DTYPE_BYTES

Report = dict[str, Any]

MOST_AXES = 16
WEIGHT_BYTES = DTYPE_BYTES | {"int64": 8, "int32": 4, "int8": 1, "uint8": 1}


@dataclass(frozen=True)
class Around:
    """What stands around a layer: the blocks it is in, and what they say of it.

    `sets` of its weights exist, and it works `runs` times. `prefix` begins its row's name; where a
    block around it is called again, `shared` begins the name of the row that owns its weights.
    """

    prefix: str = ""
    sets: int = 1
    runs: int = 1
    trainable: bool = True
    dtype: str = "float32"
    data_format: str = "channels_last"
    shared: str | None = None

    @property
    def parent(self) -> str | None:
        return self.prefix.removesuffix("/") or None


@dataclass
class Row:
    """One row of the report and the rows within it, of one set of what stands around it."""

    name: str
    type: str
    inputs: list[str]
    input_shapes: list[Shape]
    outputs: list[Shape]
    around: Around
    weights: list[Weight] = field(default_factory=list)
    tied_to: dict[str, str] = field(default_factory=dict)
    macs: int | None = 0
    activations: int | None = 0
    shared_with: str | None = None
    within: list["Row"] = field(default_factory=list)
    own_sets: int = 1
    own_active: int = 1

    def parameters(self) -> dict[str, int]:
        """The counts of the weights that are counted here, each of which must fit."""
        counts = self._own() if not self.within else self._content()
        fits(counts["parameters"], f"parameters of {self.name}")
        return counts

    def _own(self) -> dict[str, int]:
        if self.shared_with is not None:
            return _counts([])
        return _counts([weight for weight in self.weights if weight.name not in self.tied_to])

    def _content(self) -> dict[str, int]:
        inner = [row.parameters() for row in self.within]
        counts = {
            figure: self.own_sets * sum(counts[figure] for counts in inner) for figure in inner[0]
        }
        active = sum(counts["active_parameters"] for counts in inner)
        return counts | {"active_parameters": self.own_active * active}

    def leaves(self) -> Iterator["Row"]:
        """The rows without children, this one if it has none."""
        if not self.within:
            yield self
        for row in self.within:
            yield from row.leaves()

    def lines(self) -> Iterator["Row"]:
        """This row and all within it, in the order of the report."""
        yield self
        for row in self.within:
            yield from row.lines()


def _counts(weights: list[Weight]) -> dict[str, int]:
    def total(wanted: list[Weight]) -> int:
        return sum(weight.parameters for weight in wanted)

    everything = total(weights)
    learned = total([weight for weight in weights if weight.trainable])
    return {
        "parameters": everything,
        "trainable": learned,
        "non_trainable": everything - learned,
        "buffers": total([weight for weight in weights if weight.buffer]),
        "active_parameters": everything,
        "bytes": sum(weight.parameters * WEIGHT_BYTES[weight.dtype] for weight in weights),
    }


# Documents


def count(document: dict[str, Any], bindings: dict[str, int] | None = None) -> Report:
    """The report on a native document, with every weight; raises `Refusal`."""
    bindings = bindings or {}
    inputs = {
        name: read([bindings.get(size, size) for size in _batched(written["shape"], bindings)])
        for name, written in document["inputs"].items()
    }
    around = Around(
        dtype=document.get("dtype", "float32"),
        data_format=document.get("data_format", "channels_last"),
    )
    shapes = {name: [shape] for name, shape in inputs.items()}
    scope = trace(document["layers"], shapes, around, document.get("outputs"))
    last = scope.rows[-1]
    outputs = document.get("outputs") or _references(last.name, len(last.outputs))
    return {
        "model": document.get("name"),
        "inputs": {name: {"shape": write(shape)} for name, shape in inputs.items()},
        "outputs": {name: {"shape": write(scope.tensor(name))} for name in outputs},
        "totals": _totals(scope.rows),
        "layers": [_line(row) for top in scope.rows for row in top.lines()],
    }


def trace(
    layers: list[Layer],
    inputs: dict[str, list[Shape]],
    around: Around,
    outputs: list[str] | None = None,
) -> "Scope":
    """The layers of a model or block, gone through in order; each of `inputs` has a name."""
    named = _named(layers, set(inputs))
    _check_scope(named, {name: len(shapes) for name, shapes in inputs.items()}, outputs)
    scope = Scope.over(inputs, around)
    scope.run(named, next(iter(inputs), ""))
    return scope


def _batched(written: list[Any], bindings: dict[str, int]) -> list[Any]:
    """A bound `batch` is the first dimension of every input, whatever stood there."""
    return [bindings.get("batch", written[0]), *written[1:]] if written else written


def _totals(rows: list[Row]) -> dict[str, int | None]:
    """Sums over the outermost rows, which are of all their sets and runs."""
    counts = [row.parameters() for row in rows]
    totals = {figure: sum(count[figure] for count in counts) for figure in counts[0]}
    stored = totals.pop("bytes")
    fits(totals["parameters"], "parameters")
    macs = cost(plus(*(cost(row.macs) for row in rows)))
    return {
        **totals,
        "parameter_bytes": cost(stored),
        "macs": macs,
        "flops": cost(times(2, macs)),
        "activations": cost(plus(*(cost(row.activations) for row in rows))),
    }


def _line(row: Row) -> Report:
    counts = row.parameters()
    del counts["active_parameters"], counts["bytes"]
    line = {
        "name": row.name,
        "type": row.type,
        "inputs": row.inputs,
        "input_shapes": [write(shape) for shape in row.input_shapes],
        "output_shapes": [write(shape) for shape in row.outputs],
        **counts,
        "macs": cost(row.macs),
        "activations": cost(row.activations),
        "weights": [_weight(weight, row) for weight in row.weights],
    }
    if row.shared_with is not None:
        line["shared_with"] = row.shared_with
    if row.around.parent is not None:
        line |= {
            "parent": row.around.parent,
            "repeat": row.around.sets,
            "runs": row.around.runs,
        }
    return line


def _weight(weight: Weight, row: Row) -> Report:
    elsewhere = weight.name in row.tied_to or row.shared_with is not None
    line = {
        "name": weight.name,
        "shape": list(weight.shape),
        "parameters": 0 if elsewhere else weight.parameters,
        "trainable": weight.trainable,
        "buffer": weight.buffer,
        "dtype": weight.dtype,
    }
    if weight.name in row.tied_to:
        line["tied_to"] = row.tied_to[weight.name]
    return line


# Names and references


def _named(layers: list[Layer], reserved: set[str]) -> list[Layer]:
    """The layers of one scope, checked, each with its name; those given are reserved first."""
    taken = set(reserved)
    for layer in layers:
        if layer.get("name") is not None:
            _name(layer["name"], taken)
            taken.add(layer["name"])
    named = []
    for layer in map(checked, layers):
        name = layer["name"] or _next(snake_case(layer["type"]), taken)
        taken.add(name)
        named.append(layer | {"name": name})
    return named


def _name(name: Any, taken: set[str]) -> None:
    if not isinstance(name, str) or not 1 <= len(name) <= 256 or re.search(r"[/:\x00-\x1f]", name):
        raise Refusal("invalid_model", f"{name!r} is no name")
    if name in taken:
        raise Refusal("invalid_model", f"{name!r} is there twice")


def snake_case(kind: str) -> str:
    """Keras's: `MaxPooling2D` is `max_pooling2d`, `ReLU` is `re_lu`, `SimpleRNN` `simple_rnn`."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z]+)", r"\1_\2", kind)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()


def _next(base: str, taken: set[str]) -> str:
    if base not in taken:
        return base
    after = 1
    while f"{base}_{after}" in taken:
        after += 1
    return f"{base}_{after}"


def _check_scope(layers: list[Layer], makes: dict[str, int], outputs: list[str] | None) -> None:
    """Refuses what cannot be, whatever the shapes; `makes` counts the outputs of each name."""
    makes, earlier = dict(makes), dict[str, Layer]()
    for place, layer in enumerate(layers):
        is_source = layer["type"] in SOURCES
        if layer["inputs"] is None and place == 0 and len(makes) != 1 and not is_source:
            raise Refusal("invalid_model", "the first layer has several inputs to choose from")
        for reference in layer["inputs"] or []:
            _known(reference, makes)
        _check_arity(layer)
        _check_layer(layer, earlier)
        makes[layer["name"]] = _output_count(layer, makes, earlier)
        earlier[layer["name"]] = layer
    for reference in outputs or []:
        _known(reference, makes)


def _known(reference: str, makes: dict[str, int]) -> None:
    name, index = _parts(reference)
    if index >= makes.get(name, 0):
        raise Refusal("invalid_model", f"{reference!r} refers to nothing before it")


def _parts(reference: str) -> tuple[str, int]:
    name, colon, index = reference.partition(":")
    if colon and not (index.isascii() and index.isdigit()):
        raise Refusal("invalid_model", f"{reference!r} is no reference")
    return name, int(index or 0)


def _arity(layer: Layer) -> int:
    if layer["inputs"] is None:
        return 0 if layer["type"] in SOURCES else 1
    return len(layer["inputs"])


def _check_arity(layer: Layer) -> None:
    given = _arity(layer)
    most = MOST_INPUTS.get(layer["type"], 1)
    if (given == 0 and layer["type"] not in (*SOURCES, "Reuse")) or (
        most is not None and given > most
    ):
        raise Refusal("invalid_model", f"{given} inputs")
    if layer["type"] in ("Subtract", *PAIRS) and given != 2:
        raise Refusal("invalid_model", f"{layer['type']} takes two inputs")


def _check_layer(layer: Layer, earlier: dict[str, Layer]) -> None:
    if layer["type"] == "Block":
        _check_block(layer, _arity(layer))
    if layer["type"] == "TimeDistributed":
        inner = checked(layer["layer"])
        _check_arity(inner)
        _check_layer(inner, {})
    if layer["type"] == "Reuse":
        target = earlier.get(layer["layer"])
        if target is None or target["type"] == "Reuse":
            raise Refusal("invalid_model", f"{layer['layer']!r} cannot be called again")
        _check_arity(target | {"inputs": layer["inputs"]})
        if target["type"] == "Block" and _arity(target) != _arity(layer):
            raise Refusal("invalid_model", "a block called again with fewer or more inputs")
    for owner in layer.get("tie", {}).values():
        if owner.partition("/")[0] not in earlier:
            raise Refusal("invalid_model", f"{owner!r} is no weight before it")


def _check_block(block: Layer, inputs: int) -> None:
    layers = _named(block["layers"], {"input"})
    _check_scope(layers, {"input": inputs}, block["outputs"])
    block["layers"] = layers


def _output_count(layer: Layer, makes: dict[str, int], earlier: dict[str, Layer]) -> int:
    kind = layer["type"]
    if kind == "Reuse":
        return makes[layer["layer"]]
    if kind == "Block":
        return len(_outputs(layer["layers"], layer["outputs"]))
    if kind == "TimeDistributed":
        return _output_count(_step_of(layer), {}, {})
    if kind == "Bidirectional":
        merged_into = 2 if layer["merge_mode"] is None else 1
        return merged_into + 2 * _states(checked(layer["layer"]))
    return output_count(layer) + _states(layer)


def _step_of(layer: Layer) -> Layer:
    """What runs at each step of axis 1, by Keras's name if it has none of its own."""
    inner = checked(layer["layer"])
    inner = inner | {"name": inner["name"] or snake_case(inner["type"])}
    if inner["type"] == "Block":
        _check_block(inner, 1)
    return inner


def _states(layer: Layer) -> int:
    if layer["type"].endswith("Cell"):
        return STATES[runs_as(layer)] - (0 if layer["return_output"] else 1)
    if layer["type"] in ("RNN", "StackedRNNCells"):
        cells = sum(STATES[runs_as(cell)] for cell in cells_of(layer))
        return cells if layer.get("return_state", True) else 0
    if layer.get("return_attention_scores") or layer.get("return_indices"):
        return 1
    if layer["type"].startswith("ConvLSTM"):
        return 2 if layer["return_state"] else 0
    return state_count(layer) if layer.get("return_state") else 0


def _outputs(layers: list[Layer], written: list[str] | None) -> list[str]:
    """The references that are the outputs: as written, or all outputs of the last layer."""
    if written is not None:
        return written
    last = layers[-1]
    target = last
    if last["type"] == "Reuse":
        target = next(layer for layer in layers if layer["name"] == last["layer"])
    return _references(last["name"], _output_count(target, {}, {}))


def _references(name: str, outputs: int) -> list[str]:
    return [name, *(f"{name}:{index}" for index in range(1, outputs))]


# Evaluation


@dataclass
class Scope:
    """The layers of a model or of a block while they are gone through, in order."""

    around: Around
    tensors: dict[tuple[str, int], Shape]
    rows: list[Row] = field(default_factory=list)
    layers: dict[str, Layer] = field(default_factory=dict)

    @classmethod
    def over(cls, inputs: dict[str, list[Shape]], around: Around) -> "Scope":
        tensors = {
            (name, index): shape
            for name, shapes in inputs.items()
            for index, shape in enumerate(shapes)
        }
        return cls(around, tensors)

    def tensor(self, reference: str) -> Shape:
        return self.tensors[_parts(reference)]

    def run(self, layers: list[Layer], first: str) -> None:
        """Evaluates the layers; `first` is what the first one takes where it does not say."""
        before = first
        for layer in layers:
            inputs = layer["inputs"]
            if inputs is None:
                inputs = [] if layer["type"] in SOURCES else [before]
            shapes = [self.tensor(reference) for reference in inputs]
            row = self._row(layer, shapes)
            row.inputs = inputs
            self.rows.append(row)
            self.layers[layer["name"]] = layer
            for index, shape in enumerate(row.outputs):
                self.tensors[layer["name"], index] = shape
            before = layer["name"]

    def _row(self, layer: Layer, shapes: list[Shape]) -> Row:
        if layer["type"] == "Reuse":
            return self._again(layer, shapes)
        row = evaluate(layer, shapes, self.around)
        for own, owner in layer["tie"].items():
            _tie(row, own, owner, self)
        return row

    def _again(self, call: Layer, shapes: list[Shape]) -> Row:
        """The layer called again: its own shapes and costs, the same weights, no parameters."""
        owner = self.row(call["layer"])
        around = replace(self.around, shared=(self.around.shared or self.around.prefix))
        layer = self.layers[call["layer"]] | {"name": call["name"]}
        row = evaluate(layer, shapes, around, shared=around.shared + call["layer"])
        pairs = zip(row.lines(), owner.lines(), strict=True)
        if any(_shapes(again) != _shapes(first) for again, first in pairs):
            raise Refusal("shape_mismatch", f"{call['layer']!r} has weights of other shapes")
        return row

    def row(self, name: str) -> Row:
        return next(row for row in self.rows if row.name == self.around.prefix + name)


def _shapes(row: Row) -> list[tuple[int, ...]]:
    """The shapes of its weights, each of a size that fits."""
    return [weight.shape for weight in row.weights if weight.parameters >= 0]


def _tie(row: Row, own: str, owner: str, scope: Scope) -> None:
    """Makes a weight of `row` that weight of an earlier row, of the same shape or the reverse."""
    name, _, path = owner.partition("/")
    other = scope.row(name)
    mine = {weight.name: weight for weight in row.weights}
    theirs = {weight.name: weight for weight in other.weights}
    if own not in mine or path not in theirs:
        raise Refusal("invalid_model", f"no such weight: {own} or {owner}")
    if path in other.tied_to or scope.layers[name]["type"] == "Reuse":
        raise Refusal("invalid_model", f"{owner} is not owned there")
    if mine[own].shape not in (theirs[path].shape, theirs[path].shape[::-1]):
        raise Refusal("shape_mismatch", f"{mine[own].shape} tied to {theirs[path].shape}")
    row.tied_to[own] = (scope.around.shared or scope.around.prefix) + owner


def evaluate(layer: Layer, shapes: list[Shape], around: Around, shared: str | None = None) -> Row:
    """The row of one layer, of any kind but Reuse, with all within it."""
    row = Row(around.prefix + layer["name"], layer["type"], [], shapes, [], around)
    row.shared_with = shared
    if shared is None and around.shared is not None:
        row.shared_with = around.shared + layer["name"]
    if layer["type"] == "Block":
        _block(row, layer, shapes)
    elif layer["type"] == "TimeDistributed":
        _time_distributed(row, layer, shapes)
    else:
        made = _make(layer, shapes, around)
        row.outputs, row.weights, row.macs = made.outputs, made.weights, made.macs
        row.activations = plus(*(elements(shape) for shape in made.outputs))
    if any(len(shape) > MOST_AXES for shape in row.outputs):
        raise Refusal("too_complex", f"more than {MOST_AXES} axes")
    row.parameters()
    return row


def _make(layer: Layer, shapes: list[Shape], around: Around) -> Made:
    """What one layer makes; its weights have its dtype, and are frozen where it is."""
    layer = layer | {"data_format": layer.get("data_format") or around.data_format}
    dtype = layer["dtype"] or around.dtype
    if layer["type"] in WRAPPERS:
        made = WRAPPERS[layer["type"]](layer, shapes, replace(around, dtype=dtype))
    else:
        made = MAKERS[layer["type"]](layer, shapes)
    learns = layer["trainable"] and around.trainable
    weights = [
        replace(weight, trainable=weight.trainable and learns, dtype=weight.dtype or dtype)
        for weight in made.weights
    ]
    return replace(made, weights=weights)


def _bidirectional(layer: Layer, shapes: list[Shape], around: Around) -> Made:
    """Two layers over the same input, one each way; the outputs merged, then the states of both."""
    inner = checked(layer["layer"])
    given = layer["backward_layer"]
    name = inner["name"] or snake_case(inner["type"])
    forward = _make(inner, shapes, around)
    backward = _make(checked(given) if given else inner, shapes, around)
    behind = (
        given.get("name") or snake_case(given["type"]) if given else _prefixed("backward_", name)
    )
    outputs = merged(layer["merge_mode"], forward.outputs[0])
    return Made(
        [*outputs, *forward.outputs[1:], *forward.outputs[1:]],
        _below(_prefixed("forward_", name), forward.weights) + _below(behind, backward.weights),
        plus(forward.macs, backward.macs),
    )


def _cells(layer: Layer, shapes: list[Shape], around: Around) -> Made:
    """Cells one behind the other, over time or in one step: the last one's output, all states."""
    cells, over_time = [checked(cell) for cell in cells_of(layer)], layer["type"] == "RNN"
    if over_time:
        rank(shapes[0], 3)
    output, given = shapes[0], shapes[1:]
    counts = [STATES[runs_as(cell)] for cell in cells]
    if given and len(given) != sum(counts):
        raise Refusal("invalid_model", f"{len(given)} states, not {sum(counts)}")
    states: list[Shape] = []
    parts: list[Made] = []
    for k, cell in enumerate(cells):
        run = cell | {"return_output": True}
        if over_time:
            sequences = layer["return_sequences"] or k < len(cells) - 1
            run |= ONE_LAYER | {"type": runs_as(cell), "return_sequences": sequences}
        made = _make(run, [output, *given[: counts[k]]], around)
        output, given = made.outputs[0], given[counts[k] :]
        states += made.outputs[1:]
        parts.append(made)
    alone = over_time and isinstance(layer["cell"], dict) and layer["cell"]["type"] in CELLS
    named = zip(_numbered(cells), parts, strict=True)
    return Made(
        [output, *(states if layer.get("return_state", True) else [])],
        parts[0].weights
        if alone
        else [w for name, made in named for w in _below(name, made.weights)],
        plus(*(made.macs for made in parts)),
    )


def _numbered(cells: list[Layer]) -> list[str]:
    names: list[str] = []
    for cell in cells:
        base = cell["name"] or snake_case(cell["type"])
        alike = sum(name == base or name.startswith(f"{base}_") for name in names)
        names.append(f"{base}_{alike}" if alike else base)
    return names


def _spectral(layer: Layer, shapes: list[Shape], around: Around) -> Made:
    """The layer, and a vector as long as the last axis of its kernel."""
    inner = checked(layer["layer"])
    if inner["type"] in (*RECURRENT, *WRAPPERS, "TimeDistributed", "Block"):
        raise Refusal("invalid_model", "has no kernel of its own")
    made = _make(inner, shapes, around)
    kernels = [w for w in made.weights if w.name in ("kernel", "embeddings")]
    if not kernels:
        raise Refusal("invalid_model", "has no kernel")
    name = inner["name"] or snake_case(inner["type"])
    vector = state("vector_u", (1, kernels[0].shape[-1]), kernels[0].dtype)
    others = [weight for weight in made.weights if weight is not kernels[0]]
    first, *behind = _below(name, [kernels[0], *others])
    return replace(made, weights=[first, vector, *behind])


def _pipeline(layer: Layer, shapes: list[Shape], around: Around) -> Made:
    """One layer behind the other, each of which takes the first output of the one before."""
    layers = [checked(inner) for inner in layer["layers"]]
    weights: list[Weight] = []
    macs: list[int | None] = []
    made = Made(shapes, [])
    for inner, name in zip(layers, _numbered(layers), strict=True):
        made = _make(inner, made.outputs[:1], around)
        weights += _below(name, made.weights)
        macs.append(made.macs)
    return Made(made.outputs[:1], weights, plus(*macs))


WRAPPERS: dict[str, Callable[[Layer, list[Shape], Around], Made]] = {
    "Pipeline": _pipeline,
    "Bidirectional": _bidirectional,
    "RNN": _cells,
    "StackedRNNCells": _cells,
    "SpectralNormalization": _spectral,
}


def _prefixed(prefix: str, name: str) -> str:
    return prefix + name.removeprefix(prefix)


def _below(name: str, weights: list[Weight]) -> list[Weight]:
    return [replace(weight, name=f"{name}/{weight.name}") for weight in weights]


def _time_distributed(row: Row, layer: Layer, shapes: list[Shape]) -> None:
    """The inner layer at every step of axis 1, with the same weights; its costs times the steps."""
    (shape,) = shapes
    rank_at_least(shape, 3)
    inner = _step_of(layer)
    around = replace(
        row.around,
        prefix="",
        shared=None,
        trainable=row.around.trainable and layer["trainable"],
        dtype=layer["dtype"] or row.around.dtype,
    )
    step = evaluate(inner, [(shape[0], *shape[2:])], around)
    row.outputs = [(out[0], shape[1], *out[1:]) for out in step.outputs]
    for leaf in step.leaves():
        row.weights += _below(leaf.name, leaf.weights)
    row.macs = _at_each(step.macs, shape[1])
    row.activations = _at_each(step.activations, shape[1])


def _at_each(inner: int | None, steps: Size) -> int | None:
    return 0 if inner == 0 else times(inner, steps.cost)


def _block(row: Row, block: Layer, shapes: list[Shape]) -> None:
    """Runs its layers once, and counts them as often as it repeats and as it has copies."""
    around, repeat, copies = row.around, block["repeat"], block["copies"]
    active = block["active"] or copies
    row.own_sets = (1 if block["share_weights"] else repeat) * copies
    row.own_active = (1 if block["share_weights"] else repeat) * active
    runs = repeat * active
    inside = Around(
        prefix=row.name + "/",
        sets=fits(around.sets * row.own_sets, "repeat"),
        runs=fits(around.runs * runs, "runs"),
        trainable=around.trainable and block["trainable"],
        dtype=block["dtype"] or around.dtype,
        data_format=around.data_format,
        shared=None if row.shared_with is None else row.shared_with + "/",
    )
    scope = Scope.over({"input": shapes}, inside)
    scope.run(block["layers"], "input")
    outputs = _outputs(block["layers"], block["outputs"])
    row.outputs = [scope.tensor(reference) for reference in outputs]
    rounds_alike = repeat == 1 or _comes_back(shapes, row.outputs)
    row.within = scope.rows
    row.macs = times(runs, plus(*(cost(inner.macs) for inner in scope.rows)))
    row.activations = times(runs, plus(*(cost(inner.activations) for inner in scope.rows)))
    if not rounds_alike:
        row.macs, row.activations = 0 if row.macs == 0 else None, None


def _comes_back(inputs: list[Shape], outputs: list[Shape]) -> bool:
    """Whether further rounds cost what the first does; refuses outputs that cannot go in again.

    Unknown sizes are not compared; but where one is known only before or only after a round, the
    costs of the other rounds are not those of the first.
    """
    if len(outputs) > len(inputs):
        raise Refusal("shape_mismatch", "a repeated block with more outputs than inputs")
    pairs = []
    for given, back in zip(inputs, outputs, strict=False):
        if len(given) != len(back):
            raise Refusal("shape_mismatch", "a repeated block changes the rank")
        pairs += list(zip(given, back, strict=True))
    for one, other in pairs:
        if isinstance(one.shown, int) and isinstance(other.shown, int) and one != other:
            raise Refusal("shape_mismatch", "a repeated block changes a size")
    return all(one.cost == other.cost for one, other in pairs)
