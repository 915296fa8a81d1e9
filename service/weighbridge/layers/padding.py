"""Axes of space that are padded or cropped."""

from typing import Annotated, ClassVar

from weighbridge.layers.layer import (
    From,
    Operator,
    Padding,
    SpatialLayer,
    means,
    operator,
    shown_on,
)

SIDES = (
    "{}: an integer for all sides, one for each axis, or `[before, after]` for each axis, the "
    "first axis first. Of one axis also the pair alone."
)
MORE = means(SIDES.format("How much is added; less than 0 is taken away (PyTorch)"))
LESS = means(SIDES.format("How much is taken away"))

# ---- Zeros and constants -------------------------------------------------------------------------


class _ZeroPadding(SpatialLayer, kw_only=True):
    """What all paddings with zeros take."""

    category: ClassVar[str] = "reshaping"

    padding: Annotated[Padding, MORE] = 1


def _padding(axes: int, border: str, *, keep_dtype: int = 1) -> Operator:
    return operator(
        "padding",
        axes=axes,
        crops=0,
        keep_dtype=keep_dtype,
        border=f"WB_PADDING_MODE_{border}",
        amounts=From("padding"),
    )


class ZeroPadding1D(_ZeroPadding, kw_only=True):
    """Zeros before and behind one axis."""

    lowers_to = _padding(axes=1, border="ZEROS", keep_dtype=0)
    example = shown_on({"type": "ZeroPadding1D"}, ["batch", 20, 4])


class ZeroPadding2D(_ZeroPadding, kw_only=True):
    """Zeros before and behind two axes."""

    lowers_to = _padding(axes=2, border="ZEROS", keep_dtype=0)
    example = shown_on({"type": "ZeroPadding2D"}, ["batch", 28, 28, 4])


class ZeroPadding3D(_ZeroPadding, kw_only=True):
    """Zeros before and behind three axes."""

    lowers_to = _padding(axes=3, border="ZEROS", keep_dtype=0)
    example = shown_on({"type": "ZeroPadding3D"}, ["batch", 9, 10, 11, 4])


class _Padding(SpatialLayer, kw_only=True):
    """What PyTorch's paddings take."""

    category: ClassVar[str] = "reshaping"

    padding: Annotated[Padding, MORE]


class _ConstantPadding(_Padding, kw_only=True):
    """What paddings with a constant take."""

    value: Annotated[int | float, means("The value that the border has.")]


class ConstantPad1d(_ConstantPadding, kw_only=True):
    """A constant before and behind one axis (PyTorch)."""

    lowers_to = _padding(axes=1, border="ZEROS")
    example = shown_on({"type": "ConstantPad1d", "padding": 1, "value": 0.5}, ["batch", 20, 4])


class ConstantPad2d(_ConstantPadding, kw_only=True):
    """A constant before and behind two axes (PyTorch)."""

    lowers_to = _padding(axes=2, border="ZEROS")
    example = shown_on({"type": "ConstantPad2d", "padding": 1, "value": 0.5}, ["batch", 28, 28, 4])


class ConstantPad3d(_ConstantPadding, kw_only=True):
    """A constant before and behind three axes (PyTorch)."""

    lowers_to = _padding(axes=3, border="ZEROS")
    example = shown_on(
        {"type": "ConstantPad3d", "padding": 1, "value": 0.5}, ["batch", 9, 10, 11, 4]
    )


# ---- What is there already -----------------------------------------------------------------------


class ReflectionPad1d(_Padding, kw_only=True):
    """One axis continued as in a mirror (PyTorch)."""

    lowers_to = _padding(axes=1, border="REFLECT")
    example = shown_on({"type": "ReflectionPad1d", "padding": 2}, ["batch", 20, 4])


class ReflectionPad2d(_Padding, kw_only=True):
    """Two axes continued as in a mirror (PyTorch)."""

    lowers_to = _padding(axes=2, border="REFLECT")
    example = shown_on({"type": "ReflectionPad2d", "padding": 2}, ["batch", 28, 28, 4])


class ReflectionPad3d(_Padding, kw_only=True):
    """Three axes continued as in a mirror (PyTorch)."""

    lowers_to = _padding(axes=3, border="REFLECT")
    example = shown_on({"type": "ReflectionPad3d", "padding": 2}, ["batch", 9, 10, 11, 4])


class ReplicationPad1d(_Padding, kw_only=True):
    """The edges of one axis once more (PyTorch)."""

    lowers_to = _padding(axes=1, border="REPLICATE")
    example = shown_on({"type": "ReplicationPad1d", "padding": 2}, ["batch", 20, 4])


class ReplicationPad2d(_Padding, kw_only=True):
    """The edges of two axes once more (PyTorch)."""

    lowers_to = _padding(axes=2, border="REPLICATE")
    example = shown_on({"type": "ReplicationPad2d", "padding": 2}, ["batch", 28, 28, 4])


class ReplicationPad3d(_Padding, kw_only=True):
    """The edges of three axes once more (PyTorch)."""

    lowers_to = _padding(axes=3, border="REPLICATE")
    example = shown_on({"type": "ReplicationPad3d", "padding": 2}, ["batch", 9, 10, 11, 4])


class CircularPad1d(_Padding, kw_only=True):
    """One axis continued with the other end (PyTorch)."""

    lowers_to = _padding(axes=1, border="CIRCULAR")
    example = shown_on({"type": "CircularPad1d", "padding": 2}, ["batch", 20, 4])


class CircularPad2d(_Padding, kw_only=True):
    """Two axes continued with the other end (PyTorch)."""

    lowers_to = _padding(axes=2, border="CIRCULAR")
    example = shown_on({"type": "CircularPad2d", "padding": 2}, ["batch", 28, 28, 4])


class CircularPad3d(_Padding, kw_only=True):
    """Three axes continued with the other end (PyTorch)."""

    lowers_to = _padding(axes=3, border="CIRCULAR")
    example = shown_on({"type": "CircularPad3d", "padding": 2}, ["batch", 9, 10, 11, 4])


# ---- Cropping ------------------------------------------------------------------------------------


def _cropping(axes: int) -> Operator:
    return operator(
        "padding",
        axes=axes,
        crops=1,
        keep_dtype=0,
        border="WB_PADDING_MODE_ZEROS",
        amounts=From("cropping"),
    )


class _Cropping(SpatialLayer, kw_only=True):
    """What all croppings take."""

    category: ClassVar[str] = "reshaping"

    cropping: Annotated[Padding, LESS] = 1


class Cropping1D(_Cropping, kw_only=True):
    """Takes away from one axis; something must be left."""

    lowers_to = _cropping(axes=1)
    example = shown_on({"type": "Cropping1D"}, ["batch", 20, 4])


class Cropping2D(_Cropping, kw_only=True):
    """Takes away from two axes; something must be left."""

    lowers_to = _cropping(axes=2)
    example = shown_on({"type": "Cropping2D", "cropping": [[2, 3], [1, 0]]}, ["batch", 28, 28, 4])

    cropping: Annotated[Padding, LESS] = 0


class Cropping3D(_Cropping, kw_only=True):
    """Takes away from three axes; something must be left."""

    lowers_to = _cropping(axes=3)
    example = shown_on({"type": "Cropping3D"}, ["batch", 9, 10, 11, 4])
