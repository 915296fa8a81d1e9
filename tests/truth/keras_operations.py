"""Makes keras_operations.json.gz: an operation of `keras.ops` in each model, with Keras's figures.

Beside it keras_names.json: what classes of layers and operations Keras has.

    python -m tests.truth.keras_operations

It needs Keras 3.15, which the tests do not.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.truth.make import new_case, write

SHAPES: Mapping[str, list[tuple[int, ...]]] = {
    "matrix": [(4, 5)],
    "square": [(4, 4)],
    "image": [(8, 9, 3)],
    "channels_first": [(3, 8, 9)],
    "two": [(4, 5), (4, 5)],
    "product": [(4, 5), (5, 6)],
    "solved": [(4, 4), (4, 2)],
    "heads": [(7, 2, 6), (9, 2, 6), (9, 2, 6)],
    "vectors": [(), ()],
    "threes": [(4, 3), (4, 3)],
    "images": [(16, 16, 3), (16, 16, 3)],
    "columns": [(12, 20)],
    "sound": [(1000,)],
    "frequencies": [(129,), (129,)],
    "spectrum": [(6, 129), (6, 129)],
}
"""Shapes of the inputs without the batch, which is 6 of `vectors` and unknown of the others."""

Build = Callable[[Any, list[Any]], Any]

OPERATIONS: Mapping[str, tuple[str, Build]] = {
    "allclose": ("two", lambda ops, x: ops.allclose(*x)),
    "append": ("two", lambda ops, x: ops.append(x[0], x[1], axis=1)),
    "argpartition": ("matrix", lambda ops, x: ops.argpartition(x[0], 2)),
    "array_split": ("matrix", lambda ops, x: ops.array_split(x[0], 3, axis=2)),
    "binary_crossentropy": ("two", lambda ops, x: ops.binary_crossentropy(*x)),
    "categorical_crossentropy": ("two", lambda ops, x: ops.categorical_crossentropy(*x)),
    "cdist": ("two", lambda ops, x: ops.cdist(*x)),
    "cholesky": ("square", lambda ops, x: ops.cholesky(x[0])),
    "crop_images": ("image", lambda ops, x: ops.image.crop_images(x[0], 1, 2, 3, 1)),
    "crop_images_to": (
        "image",
        lambda ops, x: ops.image.crop_images(x[0], 1, 2, target_height=4, target_width=5),
    ),
    "cross": ("threes", lambda ops, x: ops.cross(*x)),
    "cumsum_of_all": ("square", lambda ops, x: ops.cumsum(x[0][0])),
    "det": ("square", lambda ops, x: ops.det(x[0])),
    "diagonal": ("square", lambda ops, x: ops.diagonal(x[0], axis1=1, axis2=2)),
    "diff": ("matrix", lambda ops, x: ops.diff(x[0], n=2, axis=1)),
    "diff_last": ("matrix", lambda ops, x: ops.diff(x[0])),
    "dot": ("product", lambda ops, x: ops.dot(x[0], x[1])),
    "dot_product_attention": ("heads", lambda ops, x: ops.dot_product_attention(*x)),
    "dsplit": ("image", lambda ops, x: ops.dsplit(x[0], 3)),
    "dstack": ("two", lambda ops, x: ops.dstack(x)),
    "eig": ("square", lambda ops, x: ops.eig(x[0])),
    "eigh": ("square", lambda ops, x: ops.eigh(x[0])),
    "extract_patches": ("image", lambda ops, x: ops.image.extract_patches(x[0], (2, 3))),
    "extract_patches_same": (
        "image",
        lambda ops, x: ops.image.extract_patches(x[0], 3, strides=2, padding="same"),
    ),
    "extract_patches_dilated": (
        "image",
        lambda ops, x: ops.image.extract_patches(x[0], 3, strides=1, dilation_rate=2),
    ),
    "extract_sequences": ("sound", lambda ops, x: ops.extract_sequences(x[0], 256, 128)),
    "fft": ("two", lambda ops, x: ops.fft(tuple(x))),
    "fft2": ("two", lambda ops, x: ops.fft2(tuple(x))),
    "fold": ("columns", lambda ops, x: ops.fold(x[0], (5, 6), 2)),
    "gaussian_blur": ("image", lambda ops, x: ops.image.gaussian_blur(x[0])),
    "geomspace": ("two", lambda ops, x: ops.geomspace(*x, num=3)),
    "glu": ("image", lambda ops, x: ops.glu(x[0], axis=1)),
    "hsplit": ("matrix", lambda ops, x: ops.hsplit(x[0], 2)),
    "hstack": ("two", lambda ops, x: ops.hstack(x)),
    "in_top_k": (
        "vectors",
        lambda ops, x: ops.in_top_k(ops.cast(x[0], "int32"), ops.stack([x[1]] * 4, axis=1), 2),
    ),
    "inner": ("two", lambda ops, x: ops.inner(*x)),
    "inv": ("square", lambda ops, x: ops.inv(x[0])),
    "irfft": ("frequencies", lambda ops, x: ops.irfft(tuple(x))),
    "irfft_to_length": ("frequencies", lambda ops, x: ops.irfft(tuple(x), fft_length=255)),
    "istft": ("spectrum", lambda ops, x: ops.istft(tuple(x), 200, 128, 256)),
    "istft_to_length": ("spectrum", lambda ops, x: ops.istft(tuple(x), 256, 128, 256, length=700)),
    "istft_uncentred": (
        "spectrum",
        lambda ops, x: ops.istft(tuple(x), 256, 128, 256, center=False),
    ),
    "linspace": ("two", lambda ops, x: ops.linspace(x[0], x[1], num=7, axis=-1)),
    "linspace_to_a_number": ("matrix", lambda ops, x: ops.linspace(x[0], 1.0)),
    "isin": ("two", lambda ops, x: ops.isin(x[0], ops.zeros_like(x[1][0, 0]))),
    "logdet": ("square", lambda ops, x: ops.logdet(x[0])),
    "lu_factor": ("matrix", lambda ops, x: ops.lu_factor(x[0])),
    "matrix_rank": ("matrix", lambda ops, x: ops.linalg.matrix_rank(x[0])),
    "meshgrid": ("vectors", lambda ops, x: ops.meshgrid(x[0], ops.concatenate([x[1], x[1]]))),
    "meshgrid_ij": (
        "vectors",
        lambda ops, x: ops.meshgrid(x[0], ops.concatenate([x[1], x[1]]), indexing="ij"),
    ),
    "moments": ("image", lambda ops, x: ops.moments(x[0], axes=[1, 2], keepdims=True)),
    "moments_all": ("matrix", lambda ops, x: ops.moments(x[0], axes=[0])),
    "multi_hot": ("matrix", lambda ops, x: ops.multi_hot(ops.cast(x[0][:, 0], "int32"), 7)),
    "outer": ("vectors", lambda ops, x: ops.outer(*x)),
    "pad_images": ("image", lambda ops, x: ops.image.pad_images(x[0], 1, 2, 3, 1)),
    "pinv": ("matrix", lambda ops, x: ops.linalg.pinv(x[0])),
    "psnr": ("images", lambda ops, x: ops.psnr(*x, 1.0)),
    "qr": ("matrix", lambda ops, x: ops.qr(x[0])),
    "qr_complete": ("matrix", lambda ops, x: ops.qr(x[0], mode="complete")),
    "quantile": ("matrix", lambda ops, x: ops.quantile(x[0], 0.5, axis=1)),
    "logspace": ("two", lambda ops, x: ops.logspace(x[0], x[1], num=4, axis=1)),
    "rfft": ("sound", lambda ops, x: ops.rfft(x[0])),
    "rfft_to_length": ("sound", lambda ops, x: ops.rfft(x[0], fft_length=512)),
    "rgb_to_grayscale": ("image", lambda ops, x: ops.image.rgb_to_grayscale(x[0])),
    "rgb_to_hsv": ("image", lambda ops, x: ops.image.rgb_to_hsv(x[0])),
    "hsv_to_rgb": ("image", lambda ops, x: ops.image.hsv_to_rgb(x[0])),
    "rot90": ("matrix", lambda ops, x: ops.rot90(x[0], axes=(1, 2))),
    "searchsorted": ("vectors", lambda ops, x: ops.searchsorted(*x)),
    "segment_max": ("vectors", lambda ops, x: ops.segment_max(x[0], ops.cast(x[1], "int32"), 3)),
    "segment_sum": (
        "vectors",
        lambda ops, x: ops.segment_sum(
            ops.stack([x[0]] * 4, axis=1), ops.cast(x[1], "int32"), num_segments=3
        ),
    ),
    "size": ("matrix", lambda ops, x: ops.size(x[0])),
    "sobel_edges": ("image", lambda ops, x: ops.image.sobel_edges(x[0])),
    "solve": ("solved", lambda ops, x: ops.solve(*x)),
    "solve_triangular": ("solved", lambda ops, x: ops.solve_triangular(*x)),
    "ssim": ("images", lambda ops, x: ops.image.ssim(*x)),
    "stft": ("sound", lambda ops, x: ops.stft(x[0], 200, 128, 256)),
    "stft_uncentred": ("sound", lambda ops, x: ops.stft(x[0], 256, 128, 256, center=False)),
    "svd": ("matrix", lambda ops, x: ops.svd(x[0])),
    "svd_reduced": ("matrix", lambda ops, x: ops.svd(x[0], full_matrices=False)),
    "svd_values": ("matrix", lambda ops, x: ops.svd(x[0], compute_uv=False)),
    "tensordot": ("product", lambda ops, x: ops.tensordot(*x, axes=[[2], [1]])),
    "tensordot_number": (
        "vectors",
        lambda ops, x: ops.tensordot(ops.stack([x[0]] * 4), x[1], axes=1),
    ),
    "trace": ("square", lambda ops, x: ops.trace(x[0], axis1=1, axis2=2)),
    "trapezoid": ("matrix", lambda ops, x: ops.trapezoid(x[0], axis=1)),
    "unfold": ("channels_first", lambda ops, x: ops.unfold(x[0], (2, 3), padding=1, stride=2)),
    "vdot": ("vectors", lambda ops, x: ops.vdot(*x)),
    "vsplit": ("vectors", lambda ops, x: ops.vsplit(ops.stack(x), 2)),
    "vstack": ("two", lambda ops, x: ops.vstack(x)),
}
"""Of each the inputs, and how it is called."""


def case(name: str) -> dict[str, Any]:
    """Return the document of a model that ends in an operation, and what Keras counts of it."""
    import keras

    keras.backend.clear_session()
    shapes, build = OPERATIONS[name]
    batch = 6 if shapes == "vectors" else None
    inputs = [keras.Input(shape, batch_size=batch) for shape in SHAPES[shapes]]
    return new_case(f"operation_{name}", keras.Model(inputs, build(keras.ops, inputs)))


def names() -> dict[str, list[str]]:
    """Return the classes of keras.layers, and those of the operations behind keras.ops."""
    import keras
    from keras.src import ops
    from keras.src.ops.operation import Operation

    layers = {c.__name__ for c in vars(keras.layers).values() if isinstance(c, type)}
    modules = [m for m in vars(ops).values() if isinstance(m, type(ops))]
    found = {
        name
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Operation)
        and value.__module__.startswith("keras.src.ops.")
    }
    return {"layers": sorted(layers), "operations": sorted(found - {"Operation"})}


def main() -> None:
    """Write the table, and the names of all that there is."""
    here = Path(__file__).parent
    write(here / "keras_operations.json.gz", [case(name) for name in OPERATIONS])
    text = json.dumps(names(), indent=1) + "\n"
    (here / "keras_names.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
