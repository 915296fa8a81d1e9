"""Layers made of layers, and calls of a layer that was called before."""

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from weighbridge.layers.composition import Body, Reference, names_within, one_row
from weighbridge.layers.layer import (
    Integer,
    Layer,
    default_name,
    means,
    operator,
    shown_on,
    type_name,
)
from weighbridge.layers.merging import Add, Average, Concatenate, Multiply
from weighbridge.layers.recurrent import RecurrentLayer

if TYPE_CHECKING:
    AnyLayer = Layer  # at run time the union of all types, which catalogue.py puts here


MERGES = {"concat": Concatenate(), "sum": Add(), "ave": Average(), "mul": Multiply()}


class Block(Layer, kw_only=True):
    """Layers that run `repeat` times in sequence, or stand in parallel `copies`."""

    category = "container"
    lowers_to = operator("block", time_distributed=0, row="WB_ROW_CONTAINER")
    example = shown_on(
        {"type": "Block", "repeat": 3, "layers": [{"type": "Dense", "units": 64}]}, ["batch", 64]
    )

    layers: Annotated[
        list["AnyLayer"], means("Its layers; they see its inputs as `input`, `input:1`.")
    ]
    outputs: Annotated[
        Annotated[list[str], Meta(min_length=1)] | None,
        means("What it gives; all outputs of its last layer where null."),
    ] = None
    repeat: Annotated[Integer, means("Times it runs, each output being the next input.")] = 1
    share_weights: Annotated[bool, means("Whether every repeat has the same weights.")] = False
    copies: Annotated[Integer, means("Stacks in parallel, each with weights of its own.")] = 1
    active: Annotated[Integer | None, means("Copies that work; all where null.")] = None


class Reuse(Struct, tag_field="type", forbid_unknown_fields=True, kw_only=True, gc=False):
    """Calls an earlier layer or block of the same scope again, with the same weights."""

    layer: Annotated[str, means("Name of the layer.")]
    name: Annotated[str | None, means("Name of this call, unique in its scope.")] = None
    inputs: Annotated[list[str] | None, means("What it takes this time.")] = None


class TimeDistributed(Layer, kw_only=True):
    """Applies a layer to every step of axis 1, always with the same weights."""

    category = "container"
    lowers_to = one_row(time_distributed=True, sums=True)
    example = shown_on(
        {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 4}}, ["batch", 11, 8]
    )

    layer: Annotated["AnyLayer", means("The layer; it sees an input without axis 1.")]

    def compose(self, body: Body) -> None:
        """Add the one layer."""
        body.add(self.layer, body.inputs, _prefixed("", self.layer))


class Pipeline(Layer, kw_only=True):
    """Layers one after the other as one, mostly those that prepare images."""

    category = "preprocessing"
    lowers_to = one_row()
    example = shown_on(
        {
            "type": "Pipeline",
            "layers": [
                {"type": "RandomFlip"},
                {"type": "Resizing", "height": 224, "width": 224},
            ],
        },
        ["batch", 256, 256, 3],
    )

    layers: Annotated[list["AnyLayer"], means("Each takes what the one before gives.")]

    def compose(self, body: Body) -> None:
        """Add the layers, whose names go before those of their weights."""
        if not self.layers or any(isinstance(layer, Reuse) for layer in self.layers):
            body.refuse("layers", "must hold layers, at least one, and no Reuse")
            return
        given = list(body.inputs)
        for layer, name in zip(self.layers, names_within(self.layers), strict=True):
            given = [body.add(layer, given, name)]
        body.outputs = given


class Bidirectional(Layer, kw_only=True):
    """Runs a recurrent layer from the front and another from the end (Schuster, 1997)."""

    category = "container"
    lowers_to = one_row()
    example = shown_on(
        {"type": "Bidirectional", "layer": {"type": "GRU", "units": 5}}, ["batch", 11, 8]
    )

    layer: Annotated["AnyLayer", means("The recurrent layer that runs forward.")]
    merge_mode: Annotated[
        Literal["concat", "sum", "mul", "ave"] | None,
        means("How the two outputs become one; null gives both."),
    ] = "concat"
    backward_layer: Annotated[
        "AnyLayer | None", means("What runs backward; the same as `layer` where null.")
    ] = None

    def compose(self, body: Body) -> None:
        """Add both directions and what merges them; states go half to each, and come back so.

        Keras takes the backward outputs to be of the forward ones' shapes, even where a
        `backward_layer` has other units.
        """
        forward, backward = self.layer, self.backward_layer or self.layer
        if not (isinstance(forward, RecurrentLayer) and isinstance(backward, RecurrentLayer)):
            body.refuse("layer", "must be a recurrent layer, got " + type_name(type(forward)))
            return
        states = forward.state_count()
        if states is None or backward.state_count() is None:
            body.refuse("layer", "must have one layer in one direction of its own")
            return
        if not self._fit(body, forward, backward):
            return
        half = 1 + len(body.inputs) // 2
        first = body.add(forward, body.inputs[:half], _prefixed("forward_", forward))
        body.add(backward, [*body.inputs[:1], *body.inputs[half:]], self._backward_name(backward))
        returned = [body.output(first, 1 + k) for k in range(states if forward.return_state else 0)]
        body.outputs = [*self._merge(body, first), *returned, *returned]

    def _fit(self, body: Body, forward: RecurrentLayer, backward: RecurrentLayer) -> bool:
        """Keras wants one direction to go backwards, and both to return the same."""
        goes_backwards = self.backward_layer is None or backward.go_backwards
        if forward.go_backwards == goes_backwards:
            body.refuse("layer", "must differ from what runs backward in go_backwards")
            return False
        for attribute in ("return_sequences", "return_state", "stateful"):
            if getattr(forward, attribute) != getattr(backward, attribute):
                body.refuse("backward_layer", f"must have the same {attribute} as `layer`")
                return False
        return True

    def _backward_name(self, backward: RecurrentLayer) -> str:
        """Keras names the copy that it makes, and leaves the name of a layer that it is given."""
        if self.backward_layer is None:
            return _prefixed("backward_", backward)
        return backward.name or default_name(type_name(type(backward)))

    def _merge(self, body: Body, output: Reference) -> list[Reference]:
        if self.merge_mode is None:
            return [output, output]
        return [body.add(MERGES[self.merge_mode], [output, output])]


class KernelVector(Layer, kw_only=True):
    """What SpectralNormalization keeps of the kernel of the layer beside it."""

    is_part = True
    lowers_to = operator("spectral")

    power_iterations: Integer


class SpectralNormalization(Layer, kw_only=True):
    """Divides a layer's kernel, or embeddings, by its largest singular value (Miyato, 2018)."""

    category = "normalization"
    lowers_to = one_row()
    example = shown_on(
        {"type": "SpectralNormalization", "layer": {"type": "Dense", "units": 7}}, ["batch", 5]
    )

    layer: Annotated["AnyLayer", means("The layer, which has one kernel or embeddings.")]
    power_iterations: Annotated[
        Integer, means("Steps towards the singular value at each update.")
    ] = 1

    def compose(self, body: Body) -> None:
        """Add the layer, and the vector beside its kernel."""
        if not _has_kernel(self.layer):
            body.refuse("layer", "must be a layer with one kernel, or with embeddings")
            return
        output = body.add(self.layer, body.inputs, _prefixed("", self.layer))
        vector = KernelVector(power_iterations=self.power_iterations)
        body.add(vector, [output], source=self)
        body.outputs = [output]


def _has_kernel(layer: Layer) -> bool:
    """Can a layer have a kernel of its own, which those in layers within it are not?"""
    is_composed = layer.lowers_to is not None and layer.lowers_to.name == "block"
    is_recurrent = isinstance(layer, RecurrentLayer)
    return isinstance(layer, SpectralNormalization) or not (is_composed or is_recurrent)


def _prefixed(prefix: str, layer: Layer) -> str:
    return prefix + (layer.name or default_name(type_name(type(layer)))).removeprefix(prefix)
