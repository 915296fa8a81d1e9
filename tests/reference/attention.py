"""Attention: Keras's, with PyTorch's projections, and PyTorch's transformers."""

from collections.abc import Sequence

from tests.reference.made import Layer, Made, Weight
from tests.reference.refusal import Refusal
from tests.reference.shape import (
    Shape,
    Size,
    axis_of,
    computed,
    elements,
    known,
    number,
    plus,
    rank,
    rank_at_least,
    times,
)

Tensors = tuple[Shape, Shape, Shape]
Projection = tuple[str, tuple[int, ...], tuple[int, ...]]
"""Its name, and the shapes of kernel and bias."""


# With projections


def multi_head_attention(layer: Layer, inputs: list[Shape]) -> Made:
    """Query, key and value are projected to heads, attended in full square, and projected back."""
    query, key, _ = tensors = _tensors(inputs, layer["layout"])
    extra = layer["add_bias_kv"] + layer["add_zero_attn"]
    _check_rank(layer, query, extra)
    features = number(query[-1], "features of the query")
    heads, width = layer["num_heads"], layer["key_dim"]
    depth = layer["value_dim"] or width
    out = _out(layer["output_shape"], features)
    axes = _attention_axes(layer, query)
    keys = [_longer(key[axis], extra) for axis in axes]
    if layer["packed"]:
        _check_packed(layer, features)
        projections = _packed(layer, tensors)
        back = [("attention_output", (heads * depth, *out), out)]
    else:
        projections = _projections(layer, tensors, (heads, heads), (width, depth))
        back = [("attention_output", (heads, depth, *out), out)]
    sizes = {"key_bias": (1, 1, heads * width), "value_bias": (1, 1, heads * depth)}
    learned = [Weight(name, shape) for name, shape in sizes.items()]
    weights = [
        *projections,
        *(learned if layer["add_bias_kv"] else []),
        *_dense(layer["use_bias"], back),
    ]
    macs = plus(
        _projection_macs(layer, tensors, (heads, heads), (width, depth)),
        times(elements(query[:-1]), elements(keys), heads * (width + depth)),
        times(elements(query[:-1]), heads, depth, *out),
    )
    output = (*query[:-1], *map(known, out))
    return Made([output, *_scores(layer, query, axes, keys)], weights, macs)


def _check_rank(layer: Layer, query: Shape, extra: int) -> None:
    if layer["layout"] == "unbatched":
        rank(query, 2)
    elif layer["layout"] == "time_first" or extra:
        rank(query, 3)
    else:
        rank_at_least(query, 3)


def _longer(size: Size, extra: int) -> Size:
    return computed([size], lambda n: n + extra) if extra else size


def _check_packed(layer: Layer, features: int) -> None:
    if features != layer["num_heads"] * layer["key_dim"]:
        raise Refusal("shape_mismatch", "packed projections of another width")


def _packed(layer: Layer, tensors: Tensors) -> list[Weight]:
    """PyTorch: one matrix of all three where they are as wide; the biases are always one."""
    width, key, value = (number(shape[-1], "features") for shape in tensors)
    kernels = [Weight("in_projection/kernel", (width, 3 * width))]
    if not width == key == value:
        named = {"query": width, "key": key, "value": value}
        kernels = [Weight(f"{name}/kernel", (size, width)) for name, size in named.items()]
    return kernels + ([Weight("in_projection/bias", (3 * width,))] if layer["use_bias"] else [])


def _scores(layer: Layer, query: Shape, axes: list[int], keys: list[Size]) -> list[Shape]:
    if not layer["return_attention_scores"]:
        return []
    heads = known(layer["num_heads"])
    if layer["square_scores"]:
        return [(query[0], heads, query[1], query[1])]
    beside = [size for axis, size in enumerate(query[:-1]) if axis not in axes]
    averaged = [] if layer["average_scores"] else [heads]
    return [(*beside, *averaged, *(query[axis] for axis in axes), *keys)]


def group_query_attention(layer: Layer, inputs: list[Shape]) -> Made:
    """As multi-head attention, with fewer heads of keys and values than of queries."""
    query, key, value = tensors = _tensors(inputs, "batch_first")
    rank(query, 3)
    features = number(query[-1], "features of the query")
    if features != number(value[-1], "features of the value"):
        raise Refusal("shape_mismatch", "query and value differ in features")
    heads, width = layer["num_query_heads"], layer["head_dim"]
    groups = (heads, layer["num_key_value_heads"])
    back = [("attention_output", (heads, width, features), (features,))]
    weights = [
        *_projections(layer, tensors, groups, (width, width)),
        *_dense(layer["use_bias"], back),
    ]
    macs = plus(
        _projection_macs(layer, tensors, groups, (width, width)),
        times(elements(query[:2]), elements(key[1:2]), 2 * heads * width),
        times(elements(query[:2]), heads, width, features),
    )
    scores = [(query[0], known(heads), query[1], key[1])]
    return Made([query, *(scores if layer["return_attention_scores"] else [])], weights, macs)


def _tensors(inputs: list[Shape], layout: str) -> Tensors:
    """Query, key and value; the key defaults to the value. These agree in their positions."""
    query, key, value = _query_key_value(inputs)
    batch = {"batch_first": 0, "time_first": 1}.get(layout)
    for axis, (one, other) in enumerate(zip(value[:-1], key[:-1], strict=True)):
        if axis != batch:
            _same(one, other)
    return query, key, value


def _query_key_value(inputs: list[Shape]) -> Tensors:
    """Keras's order is query, value, key; each that is left out is the one before it."""
    query = inputs[0]
    value = inputs[1] if len(inputs) > 1 else query
    key = inputs[2] if len(inputs) > 2 else value
    rank(value, len(query))
    rank(key, len(query))
    return query, key, value


def _same(one: Size, other: Size) -> None:
    if isinstance(one.shown, int) and isinstance(other.shown, int) and one.shown != other.shown:
        raise Refusal("shape_mismatch", f"{one.shown} beside {other.shown}")


def _out(output_shape: int | list[int] | None, features: int) -> tuple[int, ...]:
    if output_shape is None:
        return (features,)
    return tuple(output_shape) if isinstance(output_shape, list) else (output_shape,)


def _attention_axes(layer: Layer, query: Shape) -> list[int]:
    """All axes but the batch and the features, unless told otherwise; the features are no
    positions, though Keras lets them be named.
    """
    axes = layer["attention_axes"]
    if axes is None:
        batch = {"batch_first": 0, "time_first": 1}.get(layer["layout"])
        return [axis for axis in range(len(query) - 1) if axis != batch]
    named = {axis_of(axis, query) for axis in (axes if isinstance(axes, list) else [axes])}
    return sorted(named - {len(query) - 1})


def _projections(
    layer: Layer, tensors: Tensors, heads: tuple[int, int], widths: tuple[int, int]
) -> list[Weight]:
    """Kernels [features, heads, width]: heads of the query and of the others, widths of key and
    value."""
    query, key, value = tensors
    named = [("query", query, (heads[0], widths[0])), ("key", key, (heads[1], widths[0]))]
    if layer["use_gate"]:
        named += [("gate", query, (heads[0], widths[1]))]
    named += [("value", value, (heads[1], widths[1]))]
    return _dense(
        layer["use_bias"],
        [(name, (number(shape[-1], "features"), *size), size) for name, shape, size in named],
    )


def _dense(use_bias: bool, named: Sequence[Projection]) -> list[Weight]:
    weights = []
    for name, kernel, bias in named:
        weights += [Weight(f"{name}/kernel", kernel)]
        weights += [Weight(f"{name}/bias", bias)] if use_bias else []
    return weights


def _projection_macs(
    layer: Layer, tensors: Tensors, heads: tuple[int, int], widths: tuple[int, int]
) -> int | None:
    query, key, value = (elements(shape) for shape in tensors)
    return plus(
        times(query, heads[0] * widths[0]),
        times(key, heads[1] * widths[0]),
        times(query, heads[0] * widths[1]) if layer["use_gate"] else 0,
        times(value, heads[1] * widths[1]),
    )


# Without projections


def bare_attention(layer: Layer, inputs: list[Shape]) -> Made:
    """Products of query and key, unless they are added; then products of scores and values."""
    query, key, value = _query_key_value(inputs)
    rank_at_least(query, 2)
    for one, other in [*zip(query[:-2], value[:-2], strict=True), (key[-2], value[-2])]:
        _same(one, other)
    for one, other in zip(query[:-2], key[:-2], strict=True):
        _same(one, other)
    multiplied = layer.get("score_mode") == "dot"
    if multiplied or 1 not in (query[-1].shown, key[-1].shown):
        _same(query[-1], key[-1])
    weights = []
    if layer["use_scale"]:
        wide = "score_mode" not in layer
        weights += [Weight("scale", (number(query[-1], "features"),) if wide else ())]
    if layer.get("score_mode") == "concat":
        weights += [Weight("concat_score_weight", ())]
    pairs = times(elements(query[:-1]), elements(key[-2:-1]))
    macs = plus(
        times(pairs, elements(query[-1:])) if multiplied else 0, times(pairs, elements(value[-1:]))
    )
    outputs = [(*query[:-1], value[-1]), (*query[:-1], key[-2])]
    return Made(outputs[: 1 + layer["return_attention_scores"]], weights, macs)


# PyTorch's transformers


def transformer(layer: Layer, inputs: list[Shape]) -> Made:
    """An encoder, a decoder over a memory, or both, of layers that are alike."""
    kind = layer["type"].removeprefix("Transformer").removesuffix("Layer")
    if len(inputs) != (1 if kind == "Encoder" else 2):
        raise Refusal("invalid_model", f"{len(inputs)} inputs")
    for shape in inputs:
        rank(shape, 2 if layer["layout"] == "unbatched" else 3)
        _alike(shape, inputs[0], layer)
    width = number(inputs[0][-1], "features")
    if width % layer["num_heads"]:
        raise Refusal("shape_mismatch", f"{layer['num_heads']} heads of {width}")
    made = {
        "Encoder": lambda: [_encoder(layer, inputs[0], width, "")],
        "Decoder": lambda: [_decoder(layer, inputs[0], inputs[1], width, "")],
        "": lambda: [
            _encoder(layer, inputs[0], width, "encoder/"),
            _decoder(layer, inputs[1], inputs[0], width, "decoder/"),
        ],
    }[kind]()
    return Made(
        made[-1].outputs,
        [weight for part in made for weight in part.weights],
        plus(*(part.macs for part in made)),
    )


def _alike(shape: Shape, first: Shape, layer: Layer) -> None:
    time = 1 if layer["layout"] == "batch_first" else 0
    for axis, (one, other) in enumerate(zip(shape, first, strict=True)):
        if axis != time:
            _same(one, other)


def _encoder(layer: Layer, source: Shape, width: int, path: str) -> Made:
    weights = _stack(layer, width, path, ["self_attn"])
    macs = plus(_attended(layer, source, source, width), _fed_forward(layer, source, width))
    return Made([source], weights, times(_layers(layer, path), macs))


def _decoder(layer: Layer, target: Shape, memory: Shape, width: int, path: str) -> Made:
    weights = _stack(layer, width, path, ["self_attn", "multihead_attn"])
    macs = plus(
        _attended(layer, target, target, width),
        _attended(layer, target, memory, width),
        _fed_forward(layer, target, width),
    )
    return Made([target], weights, times(_layers(layer, path), macs))


def _layers(layer: Layer, path: str) -> int:
    layers: int = layer[f"num_{path[:-1]}_layers"] if path else layer.get("num_layers", 1)
    return layers


def _stack(layer: Layer, width: int, path: str, attentions: list[str]) -> list[Weight]:
    """The weights of all layers, and of the normalization behind them."""
    alone = layer["type"].endswith("Layer")
    weights = []
    for index in range(_layers(layer, path)):
        below = "" if alone else f"{path}layer_{index}/"
        weights += [
            Weight(below + weight.name, weight.shape) for weight in _layer(layer, width, attentions)
        ]
    if layer["type"] == "Transformer" or layer.get("final_norm"):
        weights += _norm(layer, f"{path}norm", width)
    return weights


def _layer(layer: Layer, width: int, attentions: list[str]) -> list[Weight]:
    hidden = layer["dim_feedforward"]
    named: list[Projection] = []
    for name in attentions:
        named += [(f"{name}/in_projection", (width, 3 * width), (3 * width,))]
        named += [(f"{name}/attention_output", (width, width), (width,))]
    named += [("linear1", (width, hidden), (hidden,)), ("linear2", (hidden, width), (width,))]
    norms = [f"norm{k + 1}" for k in range(len(attentions) + 1)]
    return _dense(layer["use_bias"], named) + [
        weight for name in norms for weight in _norm(layer, name, width)
    ]


def _norm(layer: Layer, name: str, width: int) -> list[Weight]:
    beta = [Weight(f"{name}/beta", (width,))] if layer["use_bias"] else []
    return [Weight(f"{name}/gamma", (width,)), *beta]


def _attended(layer: Layer, query: Shape, other: Shape, width: int) -> int | None:
    """Two projections of either sequence, then scores and values in full square.

    The width is known from the first input, whether the second says it or not.
    """
    time = 1 if layer["layout"] == "batch_first" else 0
    return plus(
        times(2, elements(query[:-1]), width, width),
        times(2, elements(other[:-1]), width, width),
        times(2, elements(query[:-1]), width, elements([other[time]])),
    )


def _fed_forward(layer: Layer, sequence: Shape, width: int) -> int | None:
    return times(2, elements(sequence[:-1]), width, layer["dim_feedforward"])
