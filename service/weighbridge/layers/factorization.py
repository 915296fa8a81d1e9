"""Matrices as products of others: the last two axes are rows and columns, those before stay."""

from typing import Annotated, ClassVar, Literal

from weighbridge.layers.layer import (
    From,
    Layer,
    Operator,
    Source,
    means,
    operator,
    shown_on,
)


def _factors(kind: str, **fields: Source) -> Operator:
    """Return the operator of a factorization into its smallest factors, all of which come out."""
    usual: dict[str, Source] = {"complete": 0, "values_only": 0}
    return operator("factorization", kind=f"WB_FACTORS_{kind}", **(usual | fields))


class _Factorization(Layer, kw_only=True):
    """What these have in common."""

    category: ClassVar[str] = "operation"


class Qr(_Factorization, kw_only=True):
    """An orthogonal matrix and a triangular one, whose product the matrix is."""

    lowers_to = _factors("QR", complete=From("is_complete"))
    example = shown_on({"type": "Qr"}, ["batch", 12, 8])

    mode: Annotated[
        Literal["reduced", "complete"], means("Whether the orthogonal matrix is filled up.")
    ] = "reduced"

    @property
    def is_complete(self) -> bool:
        """Whether it is filled up."""
        return self.mode == "complete"


class SVD(_Factorization, kw_only=True):
    """The singular vectors on the left, the singular values, and the vectors on the right."""

    lowers_to = _factors("SVD", complete=From("full_matrices"), values_only=From("values_only"))
    example = shown_on({"type": "SVD"}, ["batch", 12, 8])

    full_matrices: Annotated[bool, means("Whether both matrices of vectors are filled up.")] = True
    compute_uv: Annotated[bool, means("Whether vectors come out, and not the values alone.")] = True

    @property
    def values_only(self) -> bool:
        """Whether the singular values are all that comes out."""
        return not self.compute_uv


class Eig(_Factorization, kw_only=True):
    """The eigenvalues of a square matrix, and its eigenvectors."""

    lowers_to = _factors("EIGEN")
    example = shown_on({"type": "Eig"}, ["batch", 8, 8])


class Eigh(_Factorization, kw_only=True):
    """The eigenvalues of a symmetric matrix, and its eigenvectors."""

    lowers_to = _factors("EIGEN")
    example = shown_on({"type": "Eigh"}, ["batch", 8, 8])


class LuFactor(_Factorization, kw_only=True):
    """Two triangular matrices in one, and which rows changed places."""

    lowers_to = _factors("LU")
    example = shown_on({"type": "LuFactor"}, ["batch", 12, 8])
