"""Attention with projections."""

from typing import Annotated

from weighbridge.layers.layer import From, Integer, Integers, Layer, means, operator, shown_on


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
        query_rank="WB_ABSENT",
    )
    example = shown_on(
        {"type": "MultiHeadAttention", "num_heads": 4, "key_dim": 16}, ["batch", 12, 64]
    )

    num_heads: Annotated[Integer, means("Heads.")]
    key_dim: Annotated[Integer, means("Size of a head's queries and keys.")]
    value_dim: Annotated[Integer | None, means("Size of a head's values; `key_dim` if null.")] = (
        None
    )
    dropout: Annotated[int | float, means("Share of the scores that are dropped.")] = 0.0
    use_bias: Annotated[bool, means("Whether the projections have biases.")] = True
    output_shape: Annotated[
        Integers | None, means("Last axes of the output; the query's width where null.")
    ] = None
    attention_axes: Annotated[
        Integers | None, means("Axes attended over; all but the first and the last where null.")
    ] = None
    use_gate: Annotated[
        bool, means("Whether a gate, projected from the query, scales the heads.")
    ] = False
    return_attention_scores: Annotated[bool, means("The scores as a second output.")] = False


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
        query_rank=3,
        output_shape_count=0,
        attention_axes_count=0,
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

    head_dim: Annotated[Integer, means("Size of a head.")]
    num_query_heads: Annotated[Integer, means("Heads of the query.")]
    num_key_value_heads: Annotated[Integer, means("Heads of key and value; divides the query's.")]
    dropout: Annotated[int | float, means("Share of the scores that are dropped.")] = 0.0
    use_bias: Annotated[bool, means("Whether the projections have biases.")] = True
    use_gate: Annotated[
        bool, means("Whether a gate, projected from the query, scales the heads.")
    ] = False
    return_attention_scores: Annotated[bool, means("The scores as a second output.")] = False
