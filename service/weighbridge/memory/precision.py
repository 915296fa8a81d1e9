"""How wide numbers are: dtypes, and the precisions that a model is trained or served in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

TrainingPrecision = Literal[
    "float64", "float32", "float16", "bfloat16", "mixed-float16", "mixed-bfloat16"
]
InferencePrecision = Literal[TrainingPrecision, "float8", "int8", "int4"]
CachePrecision = Literal["float64", "float32", "float16", "bfloat16", "float8", "int8", "int4"]

FLOATING = ("float64", "float32", "float16", "bfloat16")
"""What a plan's precision takes the place of. Weights of all other dtypes keep theirs: integers,
what is quantized already, complex numbers."""

WIDTHS: Mapping[str, int] = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1, "float8_e5m2": 1,
    "complex64": 8, "complex128": 16, "int64": 8, "int32": 4, "int16": 2, "int8": 1, "int4": 1,
    "uint64": 8, "uint32": 4, "uint16": 2, "uint8": 1, "bool": 1, "string": 0,
}  # fmt: skip
"""Bytes of one element. An int4 weight of a document has a byte: those that are packed, two in
one, are int8 in it, as in Keras."""


@dataclass(frozen=True)
class Precision:
    """What a model computes in, and what it holds its weights in."""

    name: str
    compute: str
    """Dtype of activations and gradients, and of a cache that is given no precision of its own."""
    master: str | None = None
    """Dtype of the copy of the trainable weights that the optimizer works on."""
    bits: int | None = None
    """Of an element of a quantized matrix; None where nothing is quantized."""

    @property
    def stored_width(self) -> int:
        """Bytes of one element of what is stored in it, where it has a byte or more."""
        return self.width if self.bits is None else self.bits // 8

    @property
    def width(self) -> int:
        """Bytes of one element of what is computed."""
        return WIDTHS[self.compute]


PRECISIONS: Mapping[str, Precision] = {
    **{name: Precision(name, name) for name in FLOATING},
    "mixed-float16": Precision("mixed-float16", "float16", master="float32"),
    "mixed-bfloat16": Precision("mixed-bfloat16", "bfloat16", master="float32"),
    "float8": Precision("float8", "float16", bits=8),
    "int8": Precision("int8", "float16", bits=8),
    "int4": Precision("int4", "float16", bits=4),
}
