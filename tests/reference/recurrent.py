"""Recurrent layers: Keras's, with PyTorch's stacks, projections and biases, and their cells."""

import math

from tests.reference.made import Layer, Made, Weight
from tests.reference.refusal import Refusal
from tests.reference.shape import Shape, computed, elements, known, number, rank, times

GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}
STATES = {"SimpleRNN": 1, "GRU": 1, "LSTM": 2}
ONE_LAYER = {
    "num_layers": 1,
    "bidirectional": False,
    "stacked_states": False,
    "layout": "batch_first",
    "return_sequences": False,
    "return_state": True,
}


def recurrent(layer: Layer, inputs: list[Shape]) -> Made:
    """A cell at every step; a stack takes what the layer below gives, of both directions."""
    sequence = inputs[0]
    rank(sequence, 2 if layer["layout"] == "unbatched" else 3)
    time = 1 if layer["layout"] == "batch_first" else 0
    batch = tuple(size for axis, size in enumerate(sequence[:-1]) if axis != time)
    states = _states(layer, batch)
    _check(layer, inputs[1:], states)
    width = known(_directions(layer) * _width(layer))
    output = (*sequence[:-1], width) if layer["return_sequences"] else (*batch, width)
    return _made(layer, sequence, [output, *(states if layer["return_state"] else [])])


def cell(layer: Layer, inputs: list[Shape]) -> Made:
    """One step: the input has no axis of time; the output is the first state."""
    layer = layer | ONE_LAYER | {"type": runs_as(layer)}
    states = _states(layer, inputs[0][:-1])
    _check(layer, inputs[1:], states)
    return _made(layer, inputs[0], [*states[:1], *states] if layer["return_output"] else states)


def runs_as(cell: Layer) -> str:
    """The layer that runs a cell over time."""
    return str(cell["type"]).removesuffix("Cell")


def state_count(layer: Layer) -> int:
    """How many tensors all states of a layer are."""
    each = STATES[layer["type"]]
    return each if layer["stacked_states"] else each * layer["num_layers"] * _directions(layer)


def _directions(layer: Layer) -> int:
    return 2 if layer["bidirectional"] else 1


def _width(layer: Layer) -> int:
    width: int = layer.get("proj_size") or layer["units"]
    return width


def _states(layer: Layer, batch: Shape) -> list[Shape]:
    """Keras: a state of each cell; PyTorch: all of a kind in one, the layers in front."""
    sizes = [_width(layer), layer["units"]][: STATES[layer["type"]]]
    cells: int = layer["num_layers"] * _directions(layer)
    if layer["stacked_states"]:
        return [(known(cells), *batch, known(size)) for size in sizes]
    return [(*batch, known(size)) for size in sizes] * cells


def _check(layer: Layer, given: list[Shape], states: list[Shape]) -> None:
    """Initial states, all or none, are of the sizes of those that come out."""
    if given and len(given) != len(states):
        raise Refusal("invalid_model", f"{len(given)} states, not {len(states)}")
    for one, other in zip(given, states, strict=False):
        rank(one, len(other))
        for got, expected in zip(one, other, strict=True):
            known_sizes = isinstance(got.shown, int) and isinstance(expected.shown, int)
            if known_sizes and got.shown != expected.shown:
                raise Refusal("shape_mismatch", "a state of another size")


def _made(layer: Layer, taken: Shape, outputs: list[Shape]) -> Made:
    features = number(taken[-1], "features")
    weights: list[Weight] = []
    for index in range(layer["num_layers"]):
        for direction in range(_directions(layer)):
            weights += _cell(layer, _path(layer, index, direction), features)
        features = _directions(layer) * _width(layer)
    matrices = [weight for weight in weights if weight.name.endswith("kernel")]
    products = sum(math.prod(weight.shape) for weight in matrices)
    return Made(outputs, weights, times(elements(taken[:-1]), products))


def _path(layer: Layer, index: int, direction: int) -> str:
    if layer["bidirectional"]:
        return f"layer_{index}/{'forward' if direction == 0 else 'backward'}/"
    return f"layer_{index}/" if layer["num_layers"] > 1 else ""


def _cell(layer: Layer, path: str, features: int) -> list[Weight]:
    """kernel [in, gates x units], recurrent_kernel [out, gates x units], biases, projection."""
    columns = GATES[layer["type"]] * layer["units"]
    shapes: dict[str, tuple[int, ...]] = {
        "kernel": (features, columns),
        "recurrent_kernel": (_width(layer), columns),
    }
    if layer["use_bias"] and layer["double_bias"]:
        shapes |= {"bias": (columns,), "recurrent_bias": (columns,)}
    elif layer["use_bias"]:
        shapes["bias"] = (2, columns) if layer.get("reset_after") else (columns,)
    if layer.get("proj_size"):
        shapes["projection_kernel"] = (layer["units"], layer["proj_size"])
    return [Weight(path + name, shape) for name, shape in shapes.items()]


def merged(mode: str | None, output: Shape) -> list[Shape]:
    """What a Bidirectional makes of its directions: Keras takes both to be as the forward one."""
    if mode is None:
        return [output, output]
    if mode == "concat":
        return [(*output[:-1], computed([output[-1]], lambda units: 2 * units))]
    return [output]
