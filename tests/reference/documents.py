"""Random native documents over the whole vocabulary, most of them valid, for property tests.

A document grows a layer at a time. The reference tells what shapes there are so far, so that most
layers fit what they are given. One that does not is mostly dropped again, and sometimes kept: that
is the fault of the document.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from tests.reference.made import Layer
from tests.reference.model import Around, Scope, trace
from tests.reference.refusal import Refusal
from tests.reference.shape import Shape, read
from tests.reference.space_documents import conv_lstm, data_formats, spatial

Draw = Callable[[st.SearchStrategy[Any]], Any]

MERGES = ("Add", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Subtract")

small = st.integers(1, 8)
size = st.one_of(small, small, small, small, st.sampled_from([64, 2**20, 2**31, 2**40, 2**62]))
batch = st.sampled_from(["batch", "batch", None, None, 2, 3])
other = st.one_of(small, small, small, st.sampled_from(["seq", "seq", "height", None]))
features = st.one_of(small, small, small, small, st.sampled_from(["seq", None]))
flags = st.booleans()


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def each(axes: int, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value for all axes of space, or a list of one for each."""
    return st.one_of(strategy, st.lists(strategy, min_size=axes, max_size=axes))


def some(draw: Draw, **attributes: st.SearchStrategy[Any]) -> Layer:
    """Some of the attributes; the others keep their defaults."""
    return {name: draw(strategy) for name, strategy in attributes.items() if draw(flags)}


# One kind of layer each; every one takes the shape that it is given


QUANTIZATIONS = st.sampled_from([None, None, "int8", "int4", "float8", "gptq", "awq"])
blocks = st.sampled_from([None, -1, 1, 2, 3, 128])


def _adapted(draw: Draw, quantizations: st.SearchStrategy[Any]) -> Layer:
    return some(
        draw,
        lora_rank=st.sampled_from([None, 0, 1, 4, 2**40]),
        quantization=quantizations,
        quantization_block_size=blocks,
    )


def _adapted_product(draw: Draw) -> Layer:
    return _adapted(draw, QUANTIZATIONS) | some(draw, quantization_bits=st.sampled_from([2, 4, 8]))


def dense(draw: Draw, shape: Shape) -> Layer:
    layer = {"type": "Dense", "units": draw(size)} | some(draw, use_bias=flags)
    return layer | (_adapted_product(draw) if draw(flags) else {})


def einsum_dense(draw: Draw, shape: Shape) -> Layer:
    """To one axis, to heads, or from heads, by axes of the input that are named or elided."""
    named = "abcdefgh"[: len(shape)]
    last = named[-1]
    equations = [
        (
            f"{named},{last}xy->{named[:-1]}xy",
            [None] * (len(shape) - 2) + [draw(small), draw(small)],
        ),
        (f"{named},{last}x->{named[:-1]}x", [None] * (len(shape) - 2) + [draw(small)]),
        (f"...{last},{last}x->...x", draw(size)),
        (f"{named},{last}->{named[:-1]}", [None] * (len(shape) - 2)),
    ]
    if len(shape) > 2:
        two = named[-2:]
        equations += [(f"...{two},{two}x->...x", [draw(small)])]
    equation, output_shape = draw(st.sampled_from(equations))
    bias = {"bias_axes": st.sampled_from([None, *("x" * ("x" in equation))])}
    layer = {"type": "EinsumDense", "equation": equation, "output_shape": output_shape}
    return layer | some(draw, **bias) | (_adapted_product(draw) if draw(flags) else {})


def embedding(draw: Draw, shape: Shape) -> Layer:
    sizes = {"input_dim": draw(size), "output_dim": draw(size)}
    adapted = _adapted(draw, st.sampled_from([None, "int8", "int4"])) if draw(flags) else {}
    if draw(flags):
        return {"type": "Embedding"} | sizes | adapted
    return {"type": "ReversibleEmbedding"} | sizes | adapted | some(draw, tie_weights=flags)


def reversed_embedding(draw: Draw, shape: Shape) -> Layer:
    """Mostly back from the width that there is."""
    width = shape[-1].shown if isinstance(shape[-1].shown, int) else 4
    layer = {"type": "ReversibleEmbedding", "input_dim": draw(size), "reverse": True}
    return layer | {"output_dim": draw(st.sampled_from([max(1, width), max(1, width), 3]))}


def feature(draw: Draw, shape: Shape) -> Layer:
    modes = st.sampled_from(["int", "one_hot", "multi_hot", "count"])
    vocabulary = {"vocabulary": maybe(st.sampled_from([["a"], ["a", "b"]])), "output_mode": modes}
    most = {"max_tokens": st.integers(1, 9), "pad_to_max_tokens": flags}
    layers: list[Layer] = [
        {"type": "CategoryEncoding", "num_tokens": draw(size)}
        | some(draw, output_mode=st.sampled_from(["one_hot", "multi_hot", "count"])),
        {"type": "Discretization"}
        | some(draw, bin_boundaries=st.just([0.5]), num_bins=small, output_mode=modes),
        {"type": "Hashing", "num_bins": draw(size)} | some(draw, output_mode=modes),
        {"type": "StringLookup"} | some(draw, num_oov_indices=small, **vocabulary, **most),
        {"type": "TextVectorization"}
        | some(draw, output_sequence_length=small, split=maybe(st.just("x")), **most)
        | some(draw, output_mode=st.sampled_from(["int", "multi_hot", "tf_idf"])),
    ]
    layer: Layer = draw(st.sampled_from(layers))
    return layer


def gated(draw: Draw, shape: Shape) -> Layer:
    if draw(flags):
        return {"type": "GLU"} | some(
            draw, axis=st.sampled_from([-1, 1, len(shape) - 1, len(shape)])
        )
    shared = st.lists(st.integers(-1, len(shape)), max_size=2)
    return {"type": "PReLU"} | some(draw, shared_axes=shared, num_parameters=st.integers(1, 4))


def sound(draw: Draw, shape: Shape) -> Layer:
    if len(shape) != 3 or draw(flags):
        layer = {"type": "MelSpectrogram", "num_mel_bins": draw(size)}
        return layer | some(draw, sequence_stride=small)
    layer = {"type": "STFTSpectrogram", "frame_length": draw(small)}
    return layer | some(
        draw,
        mode=st.sampled_from(["log", "real", "imag", "stft"]),
        frame_step=small,
        fft_length=st.integers(4, 40),
        padding=st.sampled_from(["valid", "same"]),
        expand_dims=flags,
        data_format=data_formats,
    )


layouts = st.sampled_from(["batch_first", "batch_first", "time_first", "unbatched"])
stacks = st.sampled_from([1, 1, 2, 3, 4096, 4097])


def _cell(draw: Draw, kind: str) -> Layer:
    own = {"reset_after": flags} if kind == "GRU" else {}
    return {"units": draw(size)} | some(draw, use_bias=flags, double_bias=flags, **own)


def recurrent(draw: Draw, shape: Shape) -> Layer:
    kind = draw(st.sampled_from(["SimpleRNN", "GRU", "LSTM"]))
    layer = {"type": kind} | _cell(draw, kind)
    own = {"proj_size": st.integers(0, 4)} if kind == "LSTM" else {}
    return layer | some(
        draw,
        return_sequences=flags,
        return_state=flags,
        num_layers=stacks,
        bidirectional=flags,
        stacked_states=flags,
        layout=layouts,
        **own,
    )


def cell(draw: Draw, shape: Shape) -> Layer:
    kind = draw(st.sampled_from(["SimpleRNN", "GRU", "LSTM"]))
    return {"type": f"{kind}Cell"} | _cell(draw, kind) | some(draw, return_output=flags)


def rnn(draw: Draw, shape: Shape) -> Layer:
    """A cell, a list of cells, or a stack of them."""
    cells = [cell(draw, shape) for _ in range(draw(st.integers(1, 3)))]
    held = draw(st.sampled_from([cells[0], cells, {"type": "StackedRNNCells", "cells": cells}]))
    return {"type": "RNN", "cell": held} | some(draw, return_sequences=flags, return_state=flags)


def bidirectional(draw: Draw, shape: Shape) -> Layer:
    maker = draw(st.sampled_from([recurrent, recurrent, rnn])) if len(shape) == 3 else conv_lstm
    layer = {"type": "Bidirectional", "layer": maker(draw, shape)}
    return layer | some(draw, merge_mode=st.sampled_from(["concat", "sum", "mul", "ave", None]))


def normalization(draw: Draw, shape: Shape) -> Layer:
    axis = st.integers(-1, len(shape) - 1)
    axes = st.lists(st.integers(1, len(shape) - 1), min_size=1, max_size=2, unique=True)
    some_axes = {"axis": st.one_of(axis, axes)}
    affine = {"center": flags, "scale": flags}
    moving = {"track_running_stats": flags, "num_batches_tracked": flags}
    given = st.sampled_from([None, None, 1.5])
    groups = st.sampled_from([-1, 1, 2, 3, 4])
    kinds: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "BatchNormalization": {"axis": axis, "renorm": flags} | affine | moving,
        "GroupNormalization": {"axis": axis, "groups": groups} | affine | moving,
        "LayerNormalization": some_axes | affine | {"rms_scaling": flags},
        "RMSNormalization": some_axes | {"elementwise_affine": flags},
        "UnitNormalization": some_axes,
        "Normalization": {"axis": st.one_of(axis, axes), "mean": given, "variance": given},
    }
    kind = draw(st.sampled_from(list(kinds)))
    return {"type": kind} | some(draw, **kinds[kind])


def spectral(draw: Draw, shape: Shape) -> Layer:
    maker = draw(st.sampled_from([dense, embedding, normalization]))
    return {"type": "SpectralNormalization", "layer": maker(draw, shape)}


projected = {"use_bias": flags, "use_gate": flags, "return_attention_scores": flags}


def multi_head(draw: Draw, shape: Shape) -> Layer:
    layer = {"type": "MultiHeadAttention", "num_heads": draw(small), "key_dim": draw(size)}
    return layer | some(
        draw,
        value_dim=maybe(small),
        output_shape=st.one_of(small, st.lists(small, min_size=1, max_size=2)),
        average_scores=flags,
        square_scores=flags,
        add_bias_kv=flags,
        add_zero_attn=flags,
        layout=layouts,
        **projected,
    )


def packed(draw: Draw, shape: Shape) -> Layer:
    """PyTorch's: mostly with heads that make up the width."""
    width = shape[-1].shown if isinstance(shape[-1].shown, int) else 4
    layer = {"type": "MultiHeadAttention", "num_heads": 1, "key_dim": max(width, 1), "packed": True}
    if width % 2 == 0 and width > 0:
        layer |= {"num_heads": 2, "key_dim": width // 2}
    return layer | some(
        draw,
        use_bias=flags,
        return_attention_scores=flags,
        average_scores=flags,
        add_bias_kv=flags,
        add_zero_attn=flags,
        layout=layouts,
    )


def group_query(draw: Draw, shape: Shape) -> Layer:
    heads = draw(small)
    layer = {
        "type": "GroupQueryAttention",
        "head_dim": draw(small),
        "num_query_heads": heads * draw(st.integers(1, 3)),
        "num_key_value_heads": heads,
    }
    return layer | some(draw, **projected)


def bare_attention(draw: Draw, shape: Shape) -> Layer:
    kind = draw(st.sampled_from(["Attention", "AdditiveAttention"]))
    own = {"score_mode": st.sampled_from(["dot", "concat"])} if kind == "Attention" else {}
    return {"type": kind} | some(draw, use_scale=flags, return_attention_scores=flags, **own)


def _transformer(draw: Draw, kind: str, *counts: str) -> Layer:
    layer = {"type": kind, "num_heads": draw(st.sampled_from([1, 1, 2]))}
    layer |= {count: draw(stacks) for count in counts}
    own = {"final_norm": flags} if "num_layers" in counts else {}
    return layer | some(draw, dim_feedforward=size, use_bias=flags, layout=layouts, **own)


def encoder(draw: Draw, shape: Shape) -> Layer:
    alone = draw(flags)
    return (
        _transformer(draw, "TransformerEncoderLayer")
        if alone
        else _transformer(draw, "TransformerEncoder", "num_layers")
    )


def decoder(draw: Draw, shape: Shape) -> Layer:
    whole = ("Transformer", "num_encoder_layers", "num_decoder_layers")
    choices = [("TransformerDecoderLayer",), ("TransformerDecoder", "num_layers"), whole]
    return _transformer(draw, *draw(st.sampled_from(choices)))


def reshape(draw: Draw, shape: Shape) -> Layer:
    """Some sizes of its own, and what is left over."""
    if draw(flags):
        known = [one.shown for one in shape[1:] if isinstance(one.shown, int)]
        return {"type": "Reshape", "target_shape": draw(st.permutations(known))}
    return {"type": "Reshape", "target_shape": [-1, *draw(st.lists(st.integers(1, 3), max_size=2))]}


def elementwise(draw: Draw, shape: Shape) -> Layer:
    layers: list[Layer] = [
        {"type": "Flatten"},
        {"type": "Activation", "activation": "relu"},
        {"type": draw(st.sampled_from(["ReLU", "LeakyReLU", "ELU", "Softmax"]))},
        {"type": draw(st.sampled_from(["Identity", "Masking", "ActivityRegularization"]))},
        {
            "type": draw(st.sampled_from(["Dropout", "AlphaDropout", "GaussianDropout"])),
            "rate": 0.5,
        },
        {"type": "GaussianNoise", "stddev": 1},
    ]
    return dict(draw(st.sampled_from(layers)))


def time_distributed(draw: Draw, shape: Shape) -> Layer:
    step = (shape[0], *shape[2:])
    return {"type": "TimeDistributed", "layer": draw(st.sampled_from(_plain(step)))(draw, step)}


# Operations of one tensor

bits = st.integers(0, 3)


def operation(draw: Draw, shape: Shape) -> Layer:
    """Any of them that one tensor is enough for, mostly with axes that it has."""
    n = len(shape)
    choices = [_whole, _selection, _selection] + [_axial, _axial, _reordering, _resized] * (n > 0)
    layer: Layer = draw(st.sampled_from(choices))(draw, n)
    return layer


def _whole(draw: Draw, n: int) -> Layer:
    sizes = draw(st.lists(small, max_size=2))
    place = st.integers(-n - 1, n)
    layers: dict[str, Callable[[], Layer]] = {
        "Elementwise": lambda: {"operation": "sqrt"},
        "Arithmetic": lambda: {"operation": "greater", "constant_shape": sizes},
        "Where": lambda: {"constant_shape": sizes},
        "BroadcastTo": lambda: {"shape": [*sizes, *[-1] * n]},
        "ExpandDims": lambda: {"axis": draw(maybe(place))},
        "OneHot": lambda: {"num_classes": draw(bits), "axis": draw(place)},
        "Tile": lambda: {"repeats": draw(st.lists(bits, min_size=1, max_size=n + 1))},
        "RepeatVector": lambda: {"n": draw(bits)},
        "Reduce": lambda: {"operation": "sum", "keepdims": draw(flags)},
        "Squeeze": lambda: {},
        "Transpose": lambda: {},
    }
    return _one_of(draw, layers)


def _one_of(draw: Draw, layers: dict[str, Callable[[], Layer]]) -> Layer:
    kind = draw(st.sampled_from(list(layers)))
    return {"type": kind} | layers[kind]()


def _selection(draw: Draw, n: int) -> Layer:
    """A key of indices, slices, new axes and an ellipsis."""
    bound = maybe(st.integers(-9, 9))
    part = st.tuples(bound, bound, maybe(st.sampled_from([1, 2, 3, -1, -2]))).map(list)
    item = st.one_of(st.just([None, None]), part, st.integers(-2, 1), st.none())
    before = draw(st.lists(item, max_size=(n + 1) // 2))
    after = ["...", *draw(st.lists(item, max_size=(n + 1) // 2))] if draw(flags) else []
    return {"type": "GetItem", "key": [*before, *after]}


def _axial(draw: Draw, n: int) -> Layer:
    """What happens along one axis or some."""
    axis = draw(st.integers(-n, n - 1))
    other = st.integers(-n, n - 1)
    some_axes = st.lists(st.integers(0, n - 1), min_size=1, max_size=2, unique=True)
    pieces = st.one_of(st.integers(1, 3), st.lists(bits, max_size=2).map(sorted))
    layers: dict[str, Callable[[], Layer]] = {
        "Reduce": lambda: {"operation": "any", "axis": draw(some_axes), "keepdims": draw(flags)},
        "Squeeze": lambda: {"axis": axis},
        "Swapaxes": lambda: {"axis1": axis, "axis2": draw(other)},
        "Moveaxis": lambda: {"source": axis, "destination": draw(other)},
        "Split": lambda: {"indices_or_sections": draw(pieces), "axis": axis},
        "Repeat": lambda: {"repeats": draw(bits), "axis": axis},
        "Take": lambda: {"indices_shape": draw(st.lists(small, max_size=2)), "axis": axis},
        "Unflatten": lambda: {"dim": axis, "unflattened_size": [draw(small), -1]},
        "TopK": lambda: {"k": draw(bits)},
    }
    return _one_of(draw, layers)


def _reordering(draw: Draw, n: int) -> Layer:
    order = draw(st.permutations(range(n)))
    moved = draw(st.integers(1, n))
    layers: dict[str, Callable[[], Layer]] = {
        "Transpose": lambda: {"axes": order},
        "Permute": lambda: {"dims": [one for one in order if one]},
        "Moveaxis": lambda: {
            "source": order[:moved],
            "destination": draw(st.permutations(range(n)))[:moved],
        },
    }
    return _one_of(draw, layers)


def _resized(draw: Draw, n: int) -> Layer:
    return {"type": "Pad", "pad_width": [[draw(bits), draw(bits)] for _ in range(n)]}


Maker = Callable[[Draw, Shape], Layer]


def _plain(shape: Shape) -> list[Maker]:
    """The layers of one output that take one tensor of this rank."""
    makers: list[Maker] = [elementwise, operation]
    if len(shape) >= 2:
        makers += [dense, dense, einsum_dense, normalization, normalization, spectral]
        makers += [reversed_embedding, gated, feature]
    if len(shape) <= 3:
        makers += [embedding]
    if len(shape) >= 3:
        makers += [multi_head, packed, bare_attention, reshape]
    makers += spatial(shape)
    if 2 <= len(shape) <= 3:
        makers += [encoder, sound]
    if len(shape) == 3:
        makers += [group_query]
    return makers


def _makers(shape: Shape) -> list[Maker]:
    makers = _plain(shape)
    if len(shape) >= 3:
        makers += [time_distributed]
    if len(shape) >= 1:
        makers += [cell]
    if 2 <= len(shape) <= 3:
        makers += [recurrent]
    if len(shape) == 3:
        makers += [recurrent, rnn, bidirectional, bidirectional]
    if 4 <= len(shape) <= 5:
        makers += [conv_lstm, bidirectional]
    return makers


# Scopes: the layers of a model or of a block, in order


class Draft:
    """The layers of one scope so far, and the tensors that they make."""

    def __init__(
        self, draw: Draw, inputs: dict[str, list[Shape]], around: Around, depth: int
    ) -> None:
        self.draw = draw
        self.inputs = inputs
        self.around = around
        self.depth = depth
        self.layers: list[Layer] = []
        self.scope = Scope.over(inputs, around)
        self.broken = False

    def grow(self, most: int) -> list[Layer]:
        """At least one layer, and up to `most`."""
        for _ in range(self.draw(st.integers(1, most))):
            if not self.broken:
                self._add(self._layer())
        if not self.layers:
            first = next(iter(self.inputs))
            self._add({"type": "ReLU", "name": self._name(), "inputs": [first]})
        return self.layers

    def references(self) -> list[str]:
        """Every tensor there is, the latest last, as a reference."""
        return [f"{name}:{index}" if index else name for name, index in self.scope.tensors]

    def _name(self) -> str:
        return f"{'abc'[self.depth]}{len(self.layers)}"

    def _add(self, layer: Layer) -> None:
        """Keeps the layer where it fits, and seldom where it does not: then nothing follows it."""
        try:
            scope = trace([*self.layers, layer], self.inputs, self.around)
        except Refusal:
            if not self.draw(st.sampled_from([False, False, False, False, True])):
                return
            self.broken = True
        else:
            self.scope = scope
        self.layers.append(layer)

    def _layer(self) -> Layer:
        choices = [self._simple, self._simple, self._simple, self._merge, self._attention]
        choices += [self._pair, self._source]
        if self.layers:
            choices += [self._reuse, self._tied]
        if self.depth < 2:
            choices += [self._block]
        layer: Layer = self.draw(st.sampled_from(choices))()
        return layer | {"name": self._name()}

    def _reference(self) -> str:
        """Mostly the latest tensor."""
        references = self.references()
        if self.draw(st.integers(0, 3)):
            return references[-1]
        chosen: str = self.draw(st.sampled_from(references))
        return chosen

    def _simple(self) -> Layer:
        reference = self._reference()
        shape = self.scope.tensor(reference)
        layer: Layer = self.draw(st.sampled_from(_makers(shape)))(self.draw, shape)
        return (
            layer
            | {"inputs": [reference]}
            | some(self.draw, trainable=flags, dtype=st.sampled_from(["float16", "float32"]))
        )

    def _like(self, reference: str) -> list[str]:
        """The tensors of this one's rank, which are the ones that may be merged with it."""
        rank = len(self.scope.tensor(reference))
        return [one for one in self.references() if len(self.scope.tensor(one)) == rank]

    def _merge(self) -> Layer:
        first = self._reference()
        more = self.draw(st.lists(st.sampled_from(self._like(first)), min_size=1, max_size=2))
        kind = self.draw(st.sampled_from(MERGES))
        layer: Layer = {
            "type": kind,
            "inputs": [first, *(more[:1] if kind == "Subtract" else more)],
        }
        rank = len(self.scope.tensor(first))
        if kind == "Concatenate" and rank > 0:
            layer |= some(self.draw, axis=st.integers(-rank, rank - 1))
        return layer

    def _pair(self) -> Layer:
        """An operation of two tensors."""
        first = self._reference()
        rank = len(self.scope.tensor(first))
        kinds: list[Layer] = [
            {"type": "Arithmetic", "operation": "add"},
            {"type": "Matmul"},
            {"type": "Stack", "axis": self.draw(st.integers(-1, rank))},
            {"type": "BroadcastTo", "shape": [-1] * rank},
            {"type": "Dot", "axes": self.draw(st.integers(-1, max(1, rank - 1)))},
        ]
        second = self.draw(st.sampled_from(self.references() + 3 * self._like(first)))
        kind: Layer = self.draw(st.sampled_from(kinds))
        return kind | {"inputs": [first, second]}

    def _source(self) -> Layer:
        """What is made of nothing."""
        shape = self.draw(st.lists(small, max_size=3))
        if self.draw(flags):
            return {"type": "Parameter", "shape": shape, "inputs": []} | some(
                self.draw, buffer=flags, trainable=flags
            )
        ends = {"start": self.draw(bits), "stop": self.draw(maybe(st.integers(-5, 9)))}
        return {"type": "Arange", "inputs": []} | ends

    def _attention(self) -> Layer:
        """Query, value, key."""
        query = self._reference()
        shape = self.scope.tensor(query)
        if len(shape) < 3:
            return self._simple()
        makers = [multi_head, packed, group_query, bare_attention, decoder, decoder]
        maker = self.draw(st.sampled_from(makers))
        more = self.draw(st.lists(st.sampled_from(self._like(query)), max_size=2))
        layer: Layer = maker(self.draw, shape)
        return layer | {"inputs": [query, *more]}

    def _reuse(self) -> Layer:
        target = self.draw(st.sampled_from(self.layers))
        inputs = [self._reference() for _ in target["inputs"]]
        return {"type": "Reuse", "layer": target["name"], "inputs": inputs}

    def _tied(self) -> Layer:
        """A Dense without bias whose kernel is a matrix that is there: an output head."""
        name = self.draw(st.sampled_from(self.layers))["name"]
        reference = self._reference()
        width = self.scope.tensor(reference)[-1].shown if self.scope.tensor(reference) else None
        matrices = [
            weight
            for weight in self.scope.row(name).weights
            if len(weight.shape) == 2 and width in weight.shape
        ]
        if not matrices:
            return self._simple()
        matrix = self.draw(st.sampled_from(matrices))
        return {
            "type": "Dense",
            "units": matrix.shape[0] if matrix.shape[1] == width else matrix.shape[1],
            "use_bias": False,
            "inputs": [reference],
            "tie": {"kernel": f"{name}/{matrix.name}"},
        }

    def _block(self) -> Layer:
        references = [self._reference() for _ in range(self.draw(st.integers(1, 2)))]
        shapes = {"input": [self.scope.tensor(reference) for reference in references]}
        block: Layer = {"type": "Block", "inputs": references} | some(
            self.draw,
            share_weights=flags,
            trainable=flags,
            dtype=st.sampled_from(["float16", "float32"]),
        )
        copies = self.draw(st.sampled_from([1, 1, 1, 2, 8, 2**40]))
        if copies > 1:
            block |= {"copies": copies} | some(self.draw, active=st.integers(1, copies))
        block |= some(self.draw, repeat=st.sampled_from([1, 2, 2, 3, 96, 2**33]))
        inner = Draft(self.draw, shapes, self.around, self.depth + 1)
        block["layers"] = inner.grow(3)
        if self.draw(flags):
            outputs = st.lists(st.sampled_from(inner.references()), min_size=1, max_size=2)
            block["outputs"] = self.draw(outputs)
        return block


@st.composite
def documents(draw: Draw) -> dict[str, Any]:
    """A model of one or two inputs of any rank, one to eight layers, and blocks in blocks."""
    inputs = {name: draw(_shapes()) for name in ["x", "y"][: draw(st.integers(1, 2))]}
    members = some(
        draw,
        name=st.text(max_size=5),
        dtype=st.sampled_from(["float32", "bfloat16", "float64"]),
        data_format=data_formats,
    )
    around = Around(
        dtype=members.get("dtype", "float32"),
        data_format=members.get("data_format", "channels_last"),
    )
    shapes = {name: [read(shape)] for name, shape in inputs.items()}
    draft = Draft(draw, shapes, around, depth=0)
    layers = draft.grow(8)
    _leave_out(draw, layers, next(iter(inputs)) if len(inputs) == 1 else None)
    _leave_out_names(draw, layers, set())
    return members | {
        "inputs": {name: {"shape": shape} for name, shape in inputs.items()},
        "layers": layers,
    }


def _leave_out(draw: Draw, layers: list[Layer], first: str | None) -> None:
    """Leaves out inputs and names that go without saying, from some of the layers of one scope."""
    before = first
    for layer in layers:
        if layer["inputs"] == [before] and draw(flags):
            del layer["inputs"]
        before = layer["name"]
        if layer["type"] == "Block":
            named = {reference.partition(":")[0] for reference in layer.get("outputs", [])}
            _leave_out(draw, layer["layers"], "input")
            _leave_out_names(draw, layer["layers"], named)


def _leave_out_names(draw: Draw, layers: list[Layer], named: set[str]) -> None:
    for layer in layers:
        named |= {reference.partition(":")[0] for reference in layer.get("inputs", [])}
        named |= {owner.partition("/")[0] for owner in layer.get("tie", {}).values()}
        named |= {layer["layer"]} if layer["type"] == "Reuse" else set()
    for layer in layers:
        if layer["name"] not in named and draw(flags):
            del layer["name"]


@st.composite
def _shapes(draw: Draw) -> list[Any]:
    rank = draw(st.sampled_from([2, 3, 3, 3, 4, 4, 5]))
    places = [draw(other) for _ in range(rank - 2)]
    return [draw(batch), *places, draw(features)]
