"""What a call gives to a layer: the tensors that it takes, and what else changes its result."""

from collections.abc import Mapping
from typing import Any

from weighbridge.formats.keras.call import Call, Constant, Tensor, flat, unreadable
from weighbridge.value import shown

_ATTENTION = (
    "query", "value", "key", "query_mask", "value_mask", "key_mask", "attention_mask",
    "return_attention_scores", "training", "use_causal_mask",
)  # fmt: skip
_RECURRENT = ("sequences", "initial_state", "mask", "training")
_CELL = ("inputs", "states", "training")
_PLAIN = ("inputs", "mask", "training")

_SIGNATURES: Mapping[str, tuple[str, ...]] = {
    "MultiHeadAttention": _ATTENTION,
    "GroupQueryAttention": _ATTENTION,
    "GroupedQueryAttention": _ATTENTION,
    "Attention": ("inputs", "mask", "training", "return_attention_scores", "use_causal_mask"),
    "AdditiveAttention": ("inputs", "mask", "training", "return_attention_scores"),
    "ReversibleEmbedding": ("inputs", "reverse"),
    "CategoryEncoding": ("inputs", "count_weights"),
    **dict.fromkeys(("RNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional"), _RECURRENT),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _RECURRENT),
    **dict.fromkeys(("SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells"), _CELL),
}
"""The names of the positional arguments of each class's `call`; `_PLAIN` of all others."""

_TENSORS = (
    "inputs", "data", "x", "query", "sequences", "sequence", "value", "key", "initial_state",
    "states",
)  # fmt: skip
"""Arguments whose tensors a layer takes, in its order."""

_WITHOUT_SHAPE = frozenset(
    {
        "mask", "query_mask", "value_mask", "key_mask", "attention_mask", "use_causal_mask",
        "training", "count_weights",
    }
)  # fmt: skip
"""Arguments on which no shape depends."""

_ATTRIBUTES = frozenset({"return_attention_scores", "reverse"})
"""Arguments that are attributes of our layer."""


def taken(class_name: str, call: Call) -> tuple[list[Tensor], dict[str, Any]]:
    """Return the tensors that a layer takes in a call, and attributes that the call gives it.

    Raises Unreadable.
    """
    arguments = _named(class_name, call)
    called = {name: arguments.pop(name) for name in _ATTRIBUTES & arguments.keys()}
    attributes = {name: value for name, value in called.items() if value}
    if class_name == "MultiHeadAttention" and "return_attention_scores" in attributes:
        # Keras 3 states them to be square, whatever the key's length.
        attributes["square_scores"] = not call.is_keras2
    found: list[Tensor] = []
    for name in _TENSORS:
        found += _tensors(arguments.pop(name, None), name)
    for name, value in arguments.items():
        if name not in _WITHOUT_SHAPE and any(isinstance(leaf, Tensor) for leaf in flat(value)):
            detail = f"what the argument {shown(name)} does to the result is not known"
            raise unreadable("unsupported_document", detail, "inbound_nodes")
    return found, attributes


def _named(class_name: str, call: Call) -> dict[str, Any]:
    signature = _SIGNATURES.get(class_name, _PLAIN)
    if len(call.args) > len(signature):
        detail = f"takes at most {len(signature)} arguments, got {len(call.args)}"
        raise unreadable("invalid_model", detail, "inbound_nodes")
    return {**dict(zip(signature, call.args, strict=False)), **call.kwargs}


def _tensors(value: Any, name: str) -> list[Tensor]:
    leaves = [leaf for leaf in flat(value) if leaf is not None]
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            got = "an array" if isinstance(leaf, Constant) else shown(leaf)
            detail = f"the argument {shown(name)} must be tensors of the model, got {got}"
            raise unreadable("unsupported_document", detail, "inbound_nodes")
    return leaves
