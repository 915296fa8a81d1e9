"""Operations of `keras.ops` that are refused, and why: the rest is read."""

from collections.abc import Mapping

_CODE = "runs functions of its own, which a document has as code"
_VALUES = "has a shape that depends on values"
_OWN = "has a shape of its own, which is none of the tensors' that it takes"
_COMPLEX = "works on complex numbers, which layers do not take"
_KERNEL = "has a tensor of the model as its kernel: a layer has its own"

UNREAD: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "AssociativeScan", "Cond", "ForiLoop", "Function", "JVP", "Map", "Scan", "Switch",
            "VectorizedMap", "WhileLoop",
        ),
        _CODE,
    ),
    **dict.fromkeys(
        (
            "Arange", "Bincount", "CTCDecode", "Nonzero", "ScaleAndTranslate", "Unique",
        ),
        _VALUES,
    ),
    **dict.fromkeys(
        ("Full", "Histogram", "MapCoordinates", "Scatter", "UnravelIndex", "Vander"), _OWN
    ),
    "Lstsq": "has a shape of its own, of the columns of two matrices",
    "Slogdet": "states one sign for all matrices, where it computes one for each",
    **dict.fromkeys(("Polar", "ViewAsComplex", "ViewAsReal"), _COMPLEX),
    **dict.fromkeys(("Conv", "ConvTranspose", "DepthwiseConv", "SeparableConv"), _KERNEL),
    **dict.fromkeys(("Diag", "Diagflat", "Kron"), "makes a matrix larger than what it is given"),
    "Corrcoef": "has a shape in Keras that is not the one it computes",
    "SegmentReduction": "is the base of the reductions of segments, and none itself",
    "Correlate": "has a length that depends on its mode: write down a convolution",
    "Rearrange": "has a pattern of its own: write down Reshape and Transpose layers",
    "View": "has a shape that depends on the width of two dtypes",
}  # fmt: skip
"""By the name of the class, with what follows it in the sentence that refuses it."""
