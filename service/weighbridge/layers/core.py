"""Dense layers, embeddings, and activations."""

from typing import Annotated

from weighbridge.layers.layer import Integer, Layer, means, operator, shown_on


class Dense(Layer, kw_only=True):
    """A matrix product over the last axis: `activation(input @ kernel + bias)`."""

    category = "core"
    lowers_to = operator("dense")
    example = shown_on({"type": "Dense", "units": 10}, ["batch", 84])

    units: Annotated[Integer, means("Size of the last axis of the output.")]
    activation: Annotated[str | None, means("Elementwise, does not count.")] = None
    use_bias: Annotated[bool, means("Whether there is a bias of `units` values.")] = True


class Embedding(Layer, kw_only=True):
    """A table of `input_dim` rows; every integer of the input becomes its row."""

    category = "core"
    lowers_to = operator("embedding")
    example = shown_on({"type": "Embedding", "input_dim": 1000, "output_dim": 64}, ["batch", 12])

    input_dim: Annotated[Integer, means("Rows of the table: size of the vocabulary.")]
    output_dim: Annotated[Integer, means("Columns of the table: size of the last axis.")]
    mask_zero: Annotated[bool, means("Row 0 is a mask; it is in the table all the same.")] = False
