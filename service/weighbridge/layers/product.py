"""Products of tensors that are not weights."""

from weighbridge.layers.layer import Layer, operator, shown_on


class Matmul(Layer, kw_only=True):
    """The matrix product of two tensors over their last two axes; those before are broadcast."""

    category = "operation"
    lowers_to = operator("matmul", result="WB_RESULT_PROMOTED")
    example = shown_on({"type": "Matmul"}, ["batch", 8, 12, 64], ["batch", 8, 64, 12])
