"""Attention, with projections and without, and the transformers of PyTorch."""

from typing import Annotated, ClassVar, Literal

from weighbridge.layers.derivative import kept_by
from weighbridge.layers.layer import (
    ActivationName,
    From,
    Integer,
    Layer,
    Operator,
    Share,
    Some,
    SomeIntegers,
    Source,
    means,
    operator,
    shown_on,
)
from weighbridge.layers.recurrent import Layout

Dropout = Annotated[Share, means("Share of the scores that are dropped.")]
Seed = Annotated[int | None, means("Seed of what is dropped.")]
UseBias = Annotated[bool, means("Whether the projections have biases.")]
UseGate = Annotated[bool, means("Whether a gate, projected from the query, scales the heads.")]
SlidingWindow = Annotated[
    Integer | None, means("Positions that are seen on either side; costs are in full square.")
]
CacheSize = Annotated[
    Integer | None,
    means("Values that a cache has of a token instead of keys and values, such as a latent's."),
]
FlashAttention = Annotated[
    bool | None, means("Whether a fused kernel runs, which keeps no scores for the backward pass.")
]
ReturnScores = Annotated[bool, means("Whether the scores are a second output.")]


# ---- With projections ---------------------------------------------------------------------------


class MultiHeadAttention(Layer, kw_only=True):
    """Attention in several heads (Vaswani et al., 2017). Inputs: query, value, key.

    With one input it is self-attention; the key defaults to the value. Its costs are the
    projections and, in full square, scores and weighted values.
    """

    category = "attention"
    lowers_to = operator(
        "attention",
        query_heads=From("num_heads"),
        key_value_heads="WB_ABSENT",
        return_scores=From("return_attention_scores"),
        drops=Some("dropout"),
        query_rank="WB_ABSENT",
        equal_widths=0,
    )
    example = shown_on(
        {"type": "MultiHeadAttention", "num_heads": 4, "key_dim": 16}, ["batch", 12, 64]
    )

    num_heads: Annotated[Integer, means("How many heads there are.")]
    key_dim: Annotated[Integer, means("Size of a head's queries and keys.")]
    value_dim: Annotated[Integer | None, means("Size of a head's values; `key_dim` if null.")] = (
        None
    )
    dropout: Dropout = 0.0
    use_bias: UseBias = True
    output_shape: Annotated[
        SomeIntegers | None, means("Last axes of the output; the query's width where null.")
    ] = None
    attention_axes: Annotated[
        SomeIntegers | None, means("Axes attended over; all but the batch and the last where null.")
    ] = None
    sliding_window: SlidingWindow = None
    cache_size: CacheSize = None
    flash_attention: FlashAttention = None
    use_gate: UseGate = False
    seed: Seed = None
    return_attention_scores: ReturnScores = False
    square_scores: Annotated[
        bool,
        means("Scores as Keras states them before it runs: as many keys as queries, in axis 1."),
    ] = False
    average_scores: Annotated[
        bool, means("Whether the scores are averaged over the heads (PyTorch).")
    ] = False
    packed: Annotated[
        bool,
        means(
            "PyTorch's projections, which are matrices: one of query, key and value where all are "
            "as wide as the query, else one of each."
        ),
    ] = False
    add_bias_kv: Annotated[bool, means("A learned position behind the keys (PyTorch).")] = False
    add_zero_attn: Annotated[bool, means("A position of zeros behind the keys (PyTorch).")] = False
    layout: Layout = "batch_first"


class GroupQueryAttention(Layer, kw_only=True):
    """Attention whose query heads share key and value heads (Ainslie et al., 2023).

    Inputs: query, value, key, each of rank 3. With one input it is self-attention.
    """

    category = "attention"
    lowers_to = operator(
        "attention",
        query_heads=From("num_query_heads"),
        key_value_heads=From("num_key_value_heads"),
        key_dim=From("head_dim"),
        value_dim="WB_ABSENT",
        return_scores=From("return_attention_scores"),
        drops=Some("dropout"),
        query_rank=3,
        equal_widths=1,
        output_shape_count=0,
        attention_axes_count=0,
        square_scores=0,
        average_scores=0,
        packed=0,
        add_bias_kv=0,
        add_zero_attn=0,
        layout="WB_LAYOUT_BATCH_FIRST",
    )
    example = shown_on(
        {
            "type": "GroupQueryAttention",
            "head_dim": 16,
            "num_query_heads": 4,
            "num_key_value_heads": 2,
        },
        ["batch", 12, 64],
    )

    head_dim: Annotated[Integer, means("Size of a head's queries, keys and values.")]
    num_query_heads: Annotated[Integer, means("Heads of the query.")]
    num_key_value_heads: Annotated[Integer, means("Heads of key and value; divides the query's.")]
    dropout: Dropout = 0.0
    use_bias: UseBias = True
    sliding_window: SlidingWindow = None
    cache_size: CacheSize = None
    flash_attention: FlashAttention = None
    use_gate: UseGate = False
    seed: Seed = None
    return_attention_scores: ReturnScores = False


# ---- Without projections ------------------------------------------------------------------------


class Attention(Layer, kw_only=True):
    """Attention without projections (Luong et al., 2015). Inputs: query, value, key.

    With one input it is self-attention; the key defaults to the value. Its costs are the products
    of query and key, unless `score_mode` is `concat`, and of scores and values.
    """

    category = "attention"
    lowers_to = operator(
        "bare_attention", return_scores=From("return_attention_scores"), drops=Some("dropout")
    )
    example = shown_on(
        {"type": "Attention", "use_scale": True}, ["batch", 10, 16], ["batch", 12, 16]
    )

    use_scale: Annotated[bool, means("Whether the scores have a trainable factor.")] = False
    score_mode: Annotated[
        Literal["dot", "concat"],
        means("Products of query and key, or sums, which have a trainable factor."),
    ] = "dot"
    dropout: Dropout = 0.0
    seed: Seed = None
    return_attention_scores: ReturnScores = False


class AdditiveAttention(Layer, kw_only=True):
    """Attention whose scores are sums (Bahdanau et al., 2015). Inputs: query, value, key.

    With one input it is self-attention; the key defaults to the value. Its scores are elementwise
    work: its costs are the products of scores and values.
    """

    category = "attention"
    lowers_to = operator(
        "bare_attention",
        score_mode="WB_SCORE_MODE_ADDITIVE",
        return_scores=From("return_attention_scores"),
        drops=Some("dropout"),
    )
    example = shown_on({"type": "AdditiveAttention"}, ["batch", 10, 16], ["batch", 12, 16])

    use_scale: Annotated[bool, means("Whether there is a trainable factor a feature.")] = True
    dropout: Dropout = 0.0
    seed: Seed = None
    return_attention_scores: ReturnScores = False


# ---- Transformers of PyTorch --------------------------------------------------------------------


def _transformer(parts: str, **fields: Source) -> Operator:
    """Return the operator of an encoder, a decoder, or both."""
    whole: dict[str, Source] = {
        "parts": f"WB_PARTS_{parts}",
        "single_layer": 0,
        "num_encoder_layers": 1,
        "num_decoder_layers": 1,
        "final_norm": 0,
        "keeps": kept_by("activation"),
        "drops": Some("dropout"),
    }
    return operator("transformer", **(whole | fields))


class TransformerPart(Layer, kw_only=True):
    """What all transformers take. Their width is that of their input."""

    category: ClassVar[str] = "attention"

    num_heads: Annotated[Integer, means("Heads, which divide the width.")]
    dim_feedforward: Annotated[Integer, means("Width between the two dense layers.")] = 2048
    dropout: Annotated[int | float, means("Share of the elements that are dropped.")] = 0.1
    activation: ActivationName = "relu"
    epsilon: Annotated[
        int | float, means("Small number that the normalizations add to the variance.")
    ] = 1e-5
    norm_first: Annotated[
        bool, means("Whether it normalizes before each step, and not behind it.")
    ] = False
    use_bias: Annotated[
        bool, means("Whether projections, dense layers and normalizations have biases.")
    ] = True
    layout: Layout = "batch_first"


class TransformerEncoderLayer(TransformerPart, kw_only=True):
    """Self-attention and two dense layers, each normalized (PyTorch)."""

    lowers_to = _transformer("ENCODER", single_layer=1)
    example = shown_on(
        {"type": "TransformerEncoderLayer", "num_heads": 4, "dim_feedforward": 128},
        ["batch", 12, 64],
    )


class TransformerDecoderLayer(TransformerPart, kw_only=True):
    """Self-attention, attention over a memory, and two dense layers (PyTorch).

    Inputs: its sequence, and the memory, which is what an encoder gives.
    """

    lowers_to = _transformer("DECODER", single_layer=1)
    example = shown_on(
        {"type": "TransformerDecoderLayer", "num_heads": 4, "dim_feedforward": 128},
        ["batch", 10, 64],
        ["batch", 12, 64],
    )


class TransformerStack(TransformerPart, kw_only=True):
    """What several layers in a row take."""

    num_layers: Annotated[Integer, means("How many layers there are, one behind the other.")]
    final_norm: Annotated[
        bool, means("Whether there is a normalization behind the last layer.")
    ] = False


class TransformerEncoder(TransformerStack, kw_only=True):
    """Layers of self-attention and two dense layers, each with weights of its own (PyTorch)."""

    lowers_to = _transformer(
        "ENCODER", num_encoder_layers=From("num_layers"), final_norm=From("final_norm")
    )
    example = shown_on(
        {"type": "TransformerEncoder", "num_layers": 2, "num_heads": 4, "dim_feedforward": 128},
        ["batch", 12, 64],
    )


class TransformerDecoder(TransformerStack, kw_only=True):
    """Layers of self-attention, attention over a memory, and two dense layers (PyTorch).

    Inputs: its sequence, and the memory, which is what an encoder gives.
    """

    lowers_to = _transformer(
        "DECODER", num_decoder_layers=From("num_layers"), final_norm=From("final_norm")
    )
    example = shown_on(
        {"type": "TransformerDecoder", "num_layers": 2, "num_heads": 4, "dim_feedforward": 128},
        ["batch", 10, 64],
        ["batch", 12, 64],
    )


class Transformer(TransformerPart, kw_only=True):
    """An encoder and a decoder over its output (Vaswani et al., 2017; PyTorch).

    Inputs: the encoder's sequence, and the decoder's. Both end in a normalization.
    """

    lowers_to = _transformer(
        "BOTH",
        num_encoder_layers=From("num_encoder_layers"),
        num_decoder_layers=From("num_decoder_layers"),
        final_norm=1,
    )
    example = shown_on(
        {
            "type": "Transformer",
            "num_heads": 4,
            "num_encoder_layers": 1,
            "num_decoder_layers": 1,
            "dim_feedforward": 128,
        },
        ["batch", 12, 64],
        ["batch", 10, 64],
    )

    num_heads: Annotated[Integer, means("Heads, which divide the width.")] = 8
    num_encoder_layers: Annotated[Integer, means("Layers of the encoder.")] = 6
    num_decoder_layers: Annotated[Integer, means("Layers of the decoder.")] = 6
