"""Operations made of others: what `keras.ops` says of shapes, and hand formulas."""

from typing import Any

import pytest
from tests.service.documents import Document, Report, layer, refused, report


def model(one: dict[str, Any], *shapes: list[Any]) -> Document:
    inputs = {f"x{k}": {"shape": shape} for k, shape in enumerate(shapes)}
    return {"inputs": inputs, "layers": [one | {"inputs": list(inputs)}]}


def row(one: dict[str, Any], *shapes: list[Any]) -> Report:
    """The row of a layer that takes inputs of these shapes."""
    answer: Report = report(model(one, *shapes))["layers"][0]
    return answer


@pytest.mark.parametrize(
    ("one", "shapes", "expected"),
    [
        (layer("Diff", n=2, axis=1), [["b", 9, 4]], [["b", 7, 4]]),
        (layer("Diff", n=1), [["b", 9, 4]], [["b", 9, 3]]),
        (layer("Moments", axis=[1]), [["b", 9, 4]], [["b", 4], ["b", 4]]),
        (layer("FFT"), [["b", 9], ["b", 9]], [["b", 9], ["b", 9]]),
        (layer("SegmentReduce", operation="max", num_segments=3), [[9, 4], [9]], [[3, 4]]),
        (layer("Meshgrid"), [[3], [4], [5]], [[4, 3, 5]] * 3),
        (layer("Meshgrid", indexing="ij"), [[3], [4]], [[3, 4]] * 2),
        (layer("Meshgrid"), [[2, 3], []], [[1, 6]] * 2),  # all elements, as NumPy takes them
        (layer("CDist"), [["b", 5, 8], ["b", 6, 8]], [["b", 5, 6]]),
        (layer("ExtractPatches", size=[2, 3]), [["b", 8, 9, 3]], [["b", 4, 3, 18]]),
    ],
)
def test_shapes(one: dict[str, Any], shapes: list[list[Any]], expected: list[list[Any]]) -> None:
    found = row(one, *shapes)
    assert found["output_shapes"] == expected
    assert (found["parameters"], found["macs"]) == (0, 0)


def test_attention_of_projected_heads_costs_scores_and_values() -> None:
    found = row(layer("DotProductAttention"), [2, 7, 3, 6], [2, 9, 3, 6], [2, 9, 3, 6])
    assert found["output_shapes"] == [[2, 7, 3, 6]]
    assert found["macs"] == 2 * (2 * 3 * 7 * 9 * 6)


@pytest.mark.parametrize(
    ("one", "pointer"),
    [
        (layer("FFT"), "/layers/0/inputs"),
        (layer("Diff", axis=10**9), "/layers/0/axis"),
        (layer("Diff", n=-1), "/layers/0/n"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(one: dict[str, Any], pointer: str) -> None:
    assert refused(model(one, [4, 9])).errors[0].pointer == pointer


# Fourier transforms: numpy.fft's sizes, and keras.ops.stft's frames


@pytest.mark.parametrize(
    ("one", "shapes", "expected"),
    [
        (layer("RFFT"), [["b", 9]], [["b", 5]] * 2),  # 9 // 2 + 1
        (layer("RFFT", fft_length=16), [["b", "n"]], [["b", 9]] * 2),
        (layer("IRFFT"), [["b", 5], ["b", 5]], [["b", 8]]),  # 2 x (5 - 1)
        (
            layer("ExtractSequences", sequence_length=4, sequence_stride=3),
            [["b", 2, 13]],
            [["b", 2, 4, 4]],  # (13 - 4) / 3 + 1
        ),
        (
            layer("STFT", sequence_length=200, sequence_stride=128, fft_length=256),
            [["b", 1000]],
            [["b", 8, 129]] * 2,  # (1,000 + 256 - 256) / 128 + 1; 256 / 2 + 1
        ),
        (
            layer("ISTFT", sequence_length=200, sequence_stride=128, fft_length=256),
            [["b", 8, 129], ["b", 8, 129]],
            [["b", 896]],  # 7 x 128
        ),
        # numpy.linalg: of 12 x 8, 8 are the fewer
        (layer("Qr"), [["b", 12, 8]], [["b", 12, 8], ["b", 8, 8]]),
        (layer("Qr", mode="complete"), [[12, 8]], [[12, 12], [12, 8]]),
        (layer("SVD"), [[12, 8]], [[12, 12], [8], [8, 8]]),
        (layer("SVD", full_matrices=False), [[12, 8]], [[12, 8], [8], [8, 8]]),
        (layer("SVD", compute_uv=False), [["b", 12, 8]], [["b", 8]]),
        (layer("Eigh"), [["b", 8, 8]], [["b", 8], ["b", 8, 8]]),
        (layer("LuFactor"), [["b", 12, 8]], [["b", 12, 8], ["b", 8]]),
        (layer("Linspace", num=5, axis=-1), [["b", 4], ["b", 4]], [["b", 4, 5]]),
        (layer("Linspace", num=3, constant_shape=[2, 1]), [[4]], [[3, 2, 4]]),
    ],
)
def test_frequencies_frames_and_grids(
    one: dict[str, Any], shapes: list[list[Any]], expected: list[list[Any]]
) -> None:
    found = row(one, *shapes)
    assert found["output_shapes"] == expected
    assert (found["parameters"], found["macs"]) == (0, 0)
