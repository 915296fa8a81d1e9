"""What the core's errors say to a person. `got` and `expected` are the two values of a wb_error."""

from collections.abc import Mapping
from typing import NamedTuple

from weighbridge.core.native import enumerator


class Message(NamedTuple):
    """The code of the problem that an error is, and its sentence."""

    code: str
    sentence: str
    shows_shapes: bool = False
    """The shapes of the inputs stand behind the sentence."""


def _shapes(sentence: str) -> Message:
    return Message("shape_mismatch", sentence, shows_shapes=True)


def _model(sentence: str) -> Message:
    return Message("invalid_model", sentence)


_BY_NAME: Mapping[str, Message] = {
    "GRAPH": Message("internal", "the core was given a graph that contradicts itself"),
    "TOO_SMALL": _model("must be at least {expected}, got {got}"),
    "TOO_LARGE": _model("must be at most {expected}, got {got}"),
    "OVERFLOW": Message("overflow", "a size or a count is larger than 2^63-1"),
    "NO_SUCH_OUTPUT": _model("there is no output {got}: it has {expected}"),
    "INPUT_COUNT": _model("takes {expected} inputs, got {got}"),
    "RANK": _shapes("takes an input of rank {expected}, got rank {got}"),
    "RANK_TOO_SMALL": _shapes("takes an input of rank {expected} or more, got rank {got}"),
    "RANK_LIMIT": Message(
        "too_complex", "has an output of rank {got}, over {expected} (limit rank)"
    ),
    "AXIS": _shapes("there is no axis {got} in a tensor of rank {expected}"),
    "AXIS_TWICE": _shapes("names axis {got} twice"),
    "UNKNOWN_DIMENSION": _shapes("its weights need the size of axis {got}, which is not known"),
    "WINDOW": _shapes(
        "a window that reaches over {got} does not fit its padded input of {expected}"
    ),
    "GROUPS": _shapes("{got} channels do not divide into {expected} groups"),
    "SHAPES_DIFFER": _shapes("its inputs do not fit each other: {got} beside {expected}"),
    "RESHAPE": _shapes("{got} elements do not go into a shape of {expected}"),
    "TWO_WILDCARDS": _model("may have one -1, got two"),
    "NO_SUCH_WEIGHT": _model("there is no such weight"),
    "TIE_SHAPE": Message("shape_mismatch", "must have the same shape or the reverse"),
    "TIE_NOT_OWNED": _model("that weight is tied itself: tie to the one that owns it"),
    "REUSE_SHAPE": _shapes("its weights would not be those that it reuses"),
    "REPEAT_SHAPE": Message(
        "shape_mismatch", "what goes round in a repeated block changes its shape"
    ),
    "REPEAT_RANK": Message(
        "shape_mismatch", "what goes round in a repeated block changes its rank"
    ),
    "REPEAT_OUTPUTS": Message(
        "shape_mismatch", "a repeated block has {got} outputs, and {expected} inputs to take them"
    ),
    "NOT_DIVISIBLE": _model("must divide by {expected}, got {got}"),
    "NOT_ONE_OF": _model("must be another value, got {got}"),
    "STATE_SHAPE": _shapes("a state must have size {expected}, got {got}"),
    "CAUSAL": _model("causal padding is for Conv1D only"),
    "SUM": Message("overflow", "with this layer the parameters come to more than 2^63-1"),
    "REUSE_COUNT": _shapes("it would have {got} weights, what it reuses has {expected}"),
    "TENSOR_LIMIT": Message(
        "too_complex", "the model has more than {expected} tensors (limit rows)"
    ),
    "EMPTY": _shapes("makes a size of {got} from one of {expected}: too little is left"),
    "BORDER": _shapes("a border of {got} is more than an input of {expected} has to fill it with"),
    "EITHER": _model("takes a size or a factor: one of the two must be given, and not both"),
    "ENTRIES": _shapes("must have one entry, or one for each of {expected} axes, got {got}"),
    "SPREAD": _model("must be one value or {expected}, one an axis, got {got}"),
    "STATE_UNKNOWN": _shapes("its state needs the size of axis {got}, which is not known"),
    "FRACTION": _model("must be below 1"),
    "NOT_POSITIVE": _model("must be above 0"),
    "COLUMNS": _shapes("{got} columns do not fit an output that has {expected} windows"),
    "HEADS": _shapes("a width of {got} does not divide into {expected} heads"),
    "NOT_PACKED": _model("cannot be had together with packed projections"),
    "WIDTH": _shapes("takes an input whose last axis has size {expected}, got {got}"),
    "NO_KERNEL": _model("must be a layer with one kernel, or with embeddings"),
    "STACK_LIMIT": Message(
        "too_complex", "the stacks of the model have more than {expected} weights (limit stacks)"
    ),
    "NOT_BOTH": _model("must be given together with its counterpart, or not at all"),
    "SPLIT": _shapes("a size of {got} does not split into {expected} equal parts"),
    "INDEX": _shapes("there is no index {got} in a size of {expected}"),
    "BEYOND": _shapes("reaches to {got} in a size of {expected}"),
    "NOT_ONE": _shapes("axis {got} cannot go: its size is not known to be 1"),
    "LENGTH": _shapes("must have {expected} entries, got {got}"),
    "LIST": _model("must have {expected} entries, got {got}"),
    "STRIDE": _shapes("must be less than a stride away from {expected}, got {got}"),
    "TWO_ELLIPSES": _model("may have one ellipsis, got two"),
    "OUTPUT_LIMIT": Message(
        "too_complex", "would have {got} outputs, the most is {expected} (limit outputs)"
    ),
    "BATCH_AXIS": _shapes("axis {got} is the batch, which must stay"),
    "UNKNOWN_COUNT": _shapes("must be given: the size of axis {got} is not known"),
    "LABEL": _model("names an axis that the equation has nothing for, or has it twice"),
    "MISSING": _model("must be given"),
    "HALVES": _shapes("halves axis {expected}, which must be even, got {got}"),
    "NEEDLESS": _model("must not be given beside the other one"),
    "KERNEL_RANK": _model("is for kernels of rank 2 or 3, this one has rank {got}"),
}

MESSAGES: Mapping[int, Message] = {
    enumerator(f"WB_ERROR_{name}"): message for name, message in _BY_NAME.items()
}
"""By the pinned number of the error."""
