"""Dense layers, embeddings, and activations."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from weighbridge.layers.derivative import kept_by
from weighbridge.layers.layer import (
    ActivationName,
    From,
    Integer,
    Layer,
    OpenIntegers,
    Source,
    means,
    operator,
    shown_on,
)

_BITS = means("What the kernel is quantized to, with Keras's scales beside it; null for nothing.")


LoraRank = Annotated[
    Integer | None,
    means("Rank of the two trained matrices beside a kernel that no longer is (LoRA)."),
]
LoraAlpha = Annotated[int | float | None, means("Weight of their product; changes no figure.")]


UNADAPTED: Mapping[str, Source] = {
    "lora_rank": "WB_ABSENT",
    "quantization": "WB_QUANTIZATION_DEFAULT",
    "quantization_block_size": "WB_ABSENT",
    "quantization_bits": 4,
    "amax_history_length": 0,
}
"""Of an operator whose kernel is always as it is."""


class _Adapted(Layer, kw_only=True):
    """What layers with a kernel take that may be adapted or quantized."""

    lora_rank: LoraRank = None
    lora_alpha: LoraAlpha = None
    quantization_block_size: Annotated[
        Integer | None,
        means("Elements with one scale (int4, gptq, awq); a whole column where null or -1."),
    ] = None


class _AdaptedProduct(_Adapted, kw_only=True):
    """The same of layers that multiply with their kernel, for which there are more ways."""

    quantization: Annotated[Literal["int8", "int4", "float8", "gptq", "awq"] | None, _BITS] = None
    quantization_bits: Annotated[Integer, means("Bits of gptq: 2, 3, 4 or 8.")] = 4
    amax_history_length: Annotated[Integer, means("Steps that float8 remembers.")] = 1024


class Dense(_AdaptedProduct, kw_only=True):
    """A matrix product over the last axis: `activation(input @ kernel + bias)`."""

    category = "core"
    lowers_to = operator("dense", keeps=kept_by("activation"))
    example = shown_on({"type": "Dense", "units": 10}, ["batch", 84])

    units: Annotated[Integer, means("Size of the last axis of the output.")]
    activation: ActivationName = None
    use_bias: Annotated[bool, means("Whether there is a bias of `units` values.")] = True


class EinsumDense(_AdaptedProduct, kw_only=True):
    """A sum of products of the input and a kernel over the axes that an equation labels."""

    category = "core"
    lowers_to = operator("einsum", has_kernel=1, use_bias=1, keeps=kept_by("activation"))
    example = shown_on(
        {
            "type": "EinsumDense",
            "equation": "abc,cde->abde",
            "output_shape": [None, 8, 64],
            "bias_axes": "de",
        },
        ["batch", "seq", 512],
    )

    equation: Annotated[str, means("Labels of input, kernel and output: `abc,cd->abd`.")]
    output_shape: Annotated[
        OpenIntegers,
        means("Sizes of the output behind the batch; null for one that the input has."),
    ]
    activation: ActivationName = None
    bias_axes: Annotated[str | None, means("Labels of the output that have a bias.")] = None


class Bilinear(Layer, kw_only=True):
    """A product with two inputs: `first @ kernel[unit] @ second + bias`, as in PyTorch."""

    category = "core"
    lowers_to = operator(
        "einsum",
        has_kernel=1,
        output_shape_count=From("units"),
        **UNADAPTED,
    )
    example = shown_on({"type": "Bilinear", "units": 7}, ["batch", 5], ["batch", 6])

    equation: ClassVar[str] = "...i,...j,oij->...o"
    bias_axes: ClassVar[str] = "o"

    units: Annotated[Integer, means("Size of the last axis of the output.")]
    use_bias: Annotated[bool, means("Whether there is a bias of `units` values.")] = True


class _Table(_Adapted, kw_only=True):
    """What embeddings with Keras's knobs take."""

    input_dim: Annotated[Integer, means("Rows of the table: size of the vocabulary.")]
    output_dim: Annotated[Integer, means("Columns of the table: size of the last axis.")]
    mask_zero: Annotated[bool, means("Row 0 is a mask; it is in the table all the same.")] = False
    quantization: Annotated[Literal["int8", "int4"] | None, _BITS] = None


class Embedding(_Table, kw_only=True):
    """A table of `input_dim` rows; every integer of the input becomes its row."""

    category = "core"
    lowers_to = operator(
        "embedding",
        call="WB_EMBEDDING_CALL_ROWS",
        untied=0,
        include_last_offset=0,
        quantization_bits=4,
        amax_history_length=0,
    )
    example = shown_on({"type": "Embedding", "input_dim": 1000, "output_dim": 64}, ["batch", 12])


class ReversibleEmbedding(_Table, kw_only=True):
    """An embedding whose table also projects back, from `output_dim` to `input_dim`.

    `reverse` is the way back. A model that goes both ways says so twice, and ties the second table
    to the first: `"reverse": true, "tie": {"embeddings": "embedding/embeddings"}`.
    """

    category = "core"
    lowers_to = operator(
        "embedding",
        call=From("reverse"),
        untied=From("unties"),
        include_last_offset=0,
        quantization_bits=4,
        amax_history_length=0,
    )
    example = shown_on(
        {
            "type": "ReversibleEmbedding",
            "input_dim": 1000,
            "output_dim": 64,
            "tie_weights": False,
        },
        ["batch", 12],
    )

    tie_weights: Annotated[
        bool, means("Project back with the table; else with `reverse_embeddings` of its own.")
    ] = True
    reverse: Annotated[bool, means("Project back: the input's last axis is `output_dim`.")] = False
    reverse_dtype: Annotated[str | None, means("Dtype of the way back; changes no figure.")] = None
    logit_soft_cap: Annotated[int | float | None, means("Bound of the way back.")] = None

    @property
    def unties(self) -> bool:
        """Whether the way back has a table of its own."""
        return not self.tie_weights


class EmbeddingBag(Layer, kw_only=True):
    """The rows of an embedding, reduced to one for each bag of integers, as in PyTorch.

    Inputs: indices of rank 2, a bag each; or of rank 1, then the offset where each bag begins. A
    further input of the shape of the indices has a weight for each.
    """

    category = "core"
    lowers_to = operator(
        "embedding",
        call="WB_EMBEDDING_CALL_BAGS",
        untied=0,
        **UNADAPTED,
    )
    example = shown_on({"type": "EmbeddingBag", "input_dim": 1000, "output_dim": 64}, ["batch", 12])

    input_dim: Annotated[Integer, means("Rows of the table: size of the vocabulary.")]
    output_dim: Annotated[Integer, means("Columns of the table: size of the last axis.")]
    mode: Annotated[
        Literal["sum", "mean", "max"], means("How rows become one; changes no figure.")
    ] = "mean"
    include_last_offset: Annotated[bool, means("The last offset is where the last bag ends.")] = (
        False
    )


class Masking(Layer, kw_only=True):
    """Marks the steps whose elements all are `mask_value`, for the layers behind it."""

    category = "core"
    lowers_to = operator("identity", least_rank=0, keep_dtype=0)
    example = shown_on({"type": "Masking"}, ["batch", "seq", 8])

    mask_value: Annotated[
        int | float, means("A step is masked where all its elements have this value.")
    ] = 0.0


class Identity(Layer, kw_only=True):
    """Gives what it takes."""

    category = "core"
    lowers_to = operator("identity", least_rank=0, keep_dtype=1)
    keeps = "view"
    example = shown_on({"type": "Identity"}, ["batch", 64])


class AdaptiveLogSoftmaxWithLoss(Layer, kw_only=True):
    """Softmax over clusters of classes and its loss (Grave et al., 2017), as in PyTorch.

    Inputs: examples and their classes. Outputs: the log-probability of each class, and the loss.
    """

    category = "core"
    lowers_to = operator("adaptive_softmax", ratio_count=From("div_value"))
    example = shown_on(
        {
            "type": "AdaptiveLogSoftmaxWithLoss",
            "n_classes": 1000,
            "cutoffs": [100, 500],
            "div_value": 2,
        },
        [8, 16],
        [8],
    )

    n_classes: Annotated[Integer, means("How many classes there are.")]
    cutoffs: Annotated[list[Integer], means("The first class of each cluster of rare ones.")]
    div_value: Annotated[
        float | str, means("Each cluster's projection is so many times narrower, rounded down.")
    ] = 4.0
    head_bias: Annotated[bool, means("Whether the frequent classes have a bias.")] = False
