"""One number for all that stands along some axes."""

from typing import Annotated, Literal

from weighbridge.layers.elementwise import results
from weighbridge.layers.layer import Choice, Integers, Layer, means, operator, shown_on

Picking = Literal["amax", "amin", "det", "logdet", "max", "min", "nanmax", "nanmin", "ptp"]
"""Reductions whose result has the input's dtype."""

Adding = Literal["nanprod", "nansum", "prod", "sum"]
"""Reductions that keep small integers in 32 bits."""

Averaging = Literal[
    "average", "categorical_crossentropy", "ctc_loss", "logsumexp", "mean", "median", "nanmean",
    "nanmedian", "nanpercentile", "nanquantile", "nanstd", "nanvar", "norm", "percentile", "psnr",
    "quantile", "sparse_categorical_crossentropy", "ssim", "std", "trapezoid", "var",
]  # fmt: skip
"""Reductions whose result is floating."""

Finding = Literal[
    "argmax", "argmin", "count_nonzero", "matrix_rank", "nanargmax", "nanargmin", "ndim", "size",
]  # fmt: skip
"""Reductions whose result is a place or a number of places."""

Testing = Literal["all", "allclose", "any"]
"""Reductions whose result is true or false."""


_SUMS = ("average", "mean", "nanmean", "nansum", "sum")
"""Reductions whose derivative is the same everywhere."""


class Reduce(Layer, kw_only=True):
    """A sum, a mean, a norm, the place of the largest: one number for all along `axis`."""

    category = "operation"
    lowers_to = operator(
        "reduction",
        result=results(input=Picking, sum=Adding, floating=Averaging, index=Finding, bool=Testing),
        keeps=Choice("operation", dict.fromkeys(_SUMS, "WB_KEEPS_NOTHING"), "WB_KEEPS_INPUT"),
    )
    example = shown_on({"type": "Reduce", "operation": "mean", "axis": [1, 2]}, ["batch", 7, 7, 64])

    operation: Annotated[
        Literal[Picking, Adding, Averaging, Finding, Testing],
        means("The reduction, as `keras.ops` has it."),
    ]
    axis: Annotated[Integers | None, means("Axes that go; all where null.")] = None
    keepdims: Annotated[bool, means("Whether they stay, with size 1.")] = False
