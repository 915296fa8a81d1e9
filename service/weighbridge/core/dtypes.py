"""Dtypes and policies, as the core's numbers of them."""

from functools import cache
from typing import get_args

from weighbridge.core.native import enumerator
from weighbridge.layers.layer import Dtype


@cache
def dtype_code(dtype: str) -> int:
    """Return the core's number of a dtype."""
    return enumerator(f"WB_DTYPE_{dtype.upper()}")


def _dtypes() -> dict[str | None, tuple[int, int]]:
    """Return the dtype of the weights and of the computation for each dtype and policy."""
    codes: dict[str | None, tuple[int, int]] = {
        dtype: (dtype_code(dtype), dtype_code(dtype)) for dtype in get_args(Dtype)
    }
    for compute in ("float16", "bfloat16"):
        codes[f"mixed_{compute}"] = (dtype_code("float32"), dtype_code(compute))
    codes[None] = (enumerator("WB_DTYPE_DEFAULT"), enumerator("WB_DTYPE_DEFAULT"))
    return codes


DTYPES = _dtypes()
"""The dtype of the weights and of the computation, by what a layer says; None says nothing."""
