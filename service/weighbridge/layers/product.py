"""Products of tensors that are not weights."""

from typing import Annotated

from weighbridge.layers.core import UNADAPTED
from weighbridge.layers.layer import Layer, means, operator, shown_on


class Matmul(Layer, kw_only=True):
    """The matrix product of two tensors over their last two axes; those before are broadcast."""

    category = "operation"
    lowers_to = operator("matmul", result="WB_RESULT_PROMOTED")
    example = shown_on({"type": "Matmul"}, ["batch", 8, 12, 64], ["batch", 8, 64, 12])


class Einsum(Layer, kw_only=True):
    """Sums of products of any number of tensors over the axes that an equation labels."""

    category = "operation"
    lowers_to = operator(
        "einsum",
        has_kernel=0,
        use_bias=0,
        **UNADAPTED,
        output_shape_count=0,
        bias_axes_count=0,
    )
    example = shown_on(
        {"type": "Einsum", "equation": "bqhd,bkhd->bhqk"},
        ["batch", 12, 8, 64],
        ["batch", 12, 8, 64],
    )

    equation: Annotated[
        str, means("Labels of the inputs and of the output, as `ops.einsum` takes them.")
    ]
