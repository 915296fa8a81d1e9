"""The figures that the project started from, each with the calculation by hand beside it."""

from typing import Any

import pytest
from tests.service.documents import Layer, Report, document, layer, refused, report


def parameters(answer: Report) -> list[int]:
    """The parameters of every layer that has any."""
    return [row["parameters"] for row in answer["layers"] if row["parameters"]]


def column(answer: Report, member: str) -> list[Any]:
    return [row[member] for row in answer["layers"]]


def only_shapes(answer: Report) -> list[list[Any]]:
    """The shape of every layer's only output, without its batch."""
    return [shape[1:] for (shape,) in column(answer, "output_shapes")]


def dense(*widths: int) -> list[Layer]:
    return [layer("Dense", units=units) for units in widths]


# Dense: in x units + units


def test_dense_3_5_2() -> None:
    answer = report(document(["batch", None, 3], *dense(5, 2)))
    assert parameters(answer) == [3 * 5 + 5, 5 * 2 + 2]
    assert answer["totals"]["parameters"] == 32


def test_dense_50_100_1_100_50() -> None:
    answer = report(document(["batch", None, 50], *dense(100, 1, 100, 50)))
    assert parameters(answer) == [50 * 100 + 100, 100 * 1 + 1, 1 * 100 + 100, 100 * 50 + 50]
    assert answer["totals"]["parameters"] == 10_451
    assert answer["outputs"]["dense_3"]["shape"] == ["batch", None, 50]


def test_a_dense_of_three_billion_loses_no_unit() -> None:
    width = 3_000_000_000
    answer = report(document(["batch", width], *dense(width)))
    assert answer["totals"]["parameters"] == width * width + width == 9_000_000_003_000_000_000
    assert answer["totals"]["macs"] == width * width
    assert answer["totals"]["flops"] is None  # 1.8 x 10^19 is above 2^63
    assert answer["totals"]["parameter_bytes"] is None  # 3.6 x 10^19 is, too
    told = {(warning["code"], warning["figure"]) for warning in answer["warnings"]}
    assert told >= {("overflow", "parameter_bytes"), ("overflow", "flops")}


def test_a_dense_of_four_billion_on_three_is_an_overflow_that_names_it() -> None:
    wide = layer("Dense", name="wide", units=4_000_000_000)
    problem = refused(document(["batch", 3_000_000_000], wide))
    assert (problem.status, problem.code) == (422, "overflow")  # 1.2 x 10^19 is above 2^63
    assert problem.errors[0].layer == "wide"


# Recurrent: gates x (in + units + biases) x units


def test_an_lstm_of_2_units_on_3_features() -> None:
    answer = report(document(["batch", None, 3], layer("LSTM", units=2)))
    assert parameters(answer) == [4 * (3 + 2 + 1) * 2] == [48]


def bidirectional_then_lstm(**attributes: Any) -> list[int]:
    gru = layer("GRU", units=5, return_sequences=True, **attributes)
    stack = [layer("Bidirectional", layer=gru), layer("LSTM", units=50)]
    return parameters(report(document(["batch", None, 8], *stack)))


def test_a_bidirectional_gru_then_an_lstm() -> None:
    gru, lstm = 2 * 3 * (8 + 5 + 1) * 5, 4 * (10 + 50 + 1) * 50
    assert bidirectional_then_lstm(reset_after=False) == [gru, lstm] == [420, 12_200]


def test_reset_after_gives_a_gru_a_second_bias() -> None:
    gru, lstm = 2 * 3 * (8 + 5 + 2) * 5, 4 * (10 + 50 + 1) * 50
    assert bidirectional_then_lstm() == [gru, lstm] == [450, 12_200]


# Convolution: (kernel x in + 1) x filters


@pytest.mark.parametrize(("channels", "filters", "expected"), [(1, 3, 15), (3, 1, 13), (2, 3, 27)])
def test_a_convolution_needs_no_height_and_width(
    channels: int, filters: int, expected: int
) -> None:
    convolution = layer("Conv2D", filters=filters, kernel_size=2)
    answer = report(document(["batch", None, None, channels], convolution))
    assert parameters(answer) == [(2 * 2 * channels + 1) * filters] == [expected]
    assert answer["layers"][0]["macs"] is None
    assert answer["warnings"]


def test_mnist() -> None:
    answer = report(
        document(
            ["batch", 28, 28, 1],
            layer("Conv2D", filters=32, kernel_size=3),
            layer("MaxPooling2D", pool_size=2),
            layer("Conv2D", filters=64, kernel_size=3),
            layer("MaxPooling2D", pool_size=2),
            layer("Conv2D", filters=64, kernel_size=3),
            layer("Flatten"),
            *dense(64, 10),
        )
    )
    assert parameters(answer) == [
        (3 * 3 * 1 + 1) * 32,
        (3 * 3 * 32 + 1) * 64,
        (3 * 3 * 64 + 1) * 64,
        (576 + 1) * 64,
        (64 + 1) * 10,
    ]
    assert answer["totals"]["parameters"] == 320 + 18_496 + 36_928 + 36_928 + 650 == 93_322
    assert only_shapes(answer) == [
        [26, 26, 32],
        [13, 13, 32],
        [11, 11, 64],
        [5, 5, 64],
        [3, 3, 64],
        [576],
        [64],
        [10],
    ]


def small_colour_images(*, normalized: bool) -> Report:
    normalization = [layer("BatchNormalization")] if normalized else []
    return report(
        document(
            ["batch", 32, 32, 3],
            layer("Conv2D", filters=5, kernel_size=5),
            *normalization,
            layer("MaxPooling2D", pool_size=3, strides=2),
            layer("Conv2D", filters=12, kernel_size=3),
            *normalization,
            layer("MaxPooling2D", pool_size=5, strides=2),
            layer("Flatten"),
            *dense(128),
            *normalization,
            *dense(10),
        )
    )


def test_small_colour_images() -> None:
    answer = small_colour_images(normalized=False)
    assert parameters(answer) == [
        (5 * 5 * 3 + 1) * 5,
        (3 * 3 * 5 + 1) * 12,
        (192 + 1) * 128,
        (128 + 1) * 10,
    ]
    assert answer["totals"]["parameters"] == 380 + 552 + 24_704 + 1_290 == 26_926
    assert [192] in only_shapes(answer)


def test_batch_normalization_learns_two_numbers_a_channel_and_keeps_two() -> None:
    plain = small_colour_images(normalized=False)["totals"]
    normalized = small_colour_images(normalized=True)["totals"]
    channels = 5 + 12 + 128
    assert normalized["trainable"] - plain["trainable"] == 2 * channels == 290
    assert normalized["buffers"] == normalized["non_trainable"] == 2 * channels == 290


def test_lenet_5() -> None:
    answer = report(
        document(
            ["batch", 32, 32, 3],
            layer("Conv2D", filters=8, kernel_size=5),
            layer("MaxPooling2D", pool_size=2),
            layer("Conv2D", filters=16, kernel_size=5),
            layer("MaxPooling2D", pool_size=2),
            layer("Flatten"),
            *dense(120, 84, 10),
        )
    )
    assert parameters(answer) == [
        (5 * 5 * 3 + 1) * 8,
        (5 * 5 * 8 + 1) * 16,
        (400 + 1) * 120,
        (120 + 1) * 84,
        (84 + 1) * 10,
    ]
    assert answer["totals"]["parameters"] == 608 + 3_216 + 48_120 + 10_164 + 850 == 62_958
    assert column(answer, "activations") == [
        28 * 28 * 8,
        14 * 14 * 8,
        10 * 10 * 16,
        5 * 5 * 16,
        400,
        120,
        84,
        10,
    ]
    assert column(answer, "activations")[:4] == [6_272, 1_568, 1_600, 400]


# From the field


def test_vgg_16_at_224() -> None:
    """Thirteen 3x3 convolutions in five stages, then 4096, 4096, 1000 (Simonyan, table 1, D)."""
    stages = [(2, 64, 224), (2, 128, 112), (3, 256, 56), (3, 512, 28), (3, 512, 14)]
    layers, weights, macs, channels = [], 0, 0, 3
    for convolutions, filters, side in stages:
        for _ in range(convolutions):
            layers.append(layer("Conv2D", filters=filters, kernel_size=3, padding="same"))
            weights += (9 * channels + 1) * filters
            macs += side * side * 9 * channels * filters
            channels = filters
        layers.append(layer("MaxPooling2D"))
    flat = 7 * 7 * 512
    weights += (flat + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000
    macs += flat * 4096 + 4096 * 4096 + 4096 * 1000
    totals = report(
        document(["batch", 224, 224, 3], *layers, layer("Flatten"), *dense(4096, 4096, 1000))
    )["totals"]
    assert totals["parameters"] == weights == 138_357_544
    assert totals["macs"] == macs == 15_470_264_320


def test_llama_3_1_405b() -> None:
    """Table 3 of arXiv 2407.21783: 126 layers of 16,384, 128 heads on 8, 53,248 wide inside."""
    width, inside, words = 16_384, 53_248, 128_256
    gated = [
        layer("RMSNormalization", name="norm"),
        layer("Dense", name="gate", units=inside, use_bias=False, inputs=["norm"]),
        layer("Dense", name="up", units=inside, use_bias=False, inputs=["norm"]),
        layer("Multiply", name="gated", inputs=["gate", "up"]),
        layer("Dense", name="down", units=width, use_bias=False),
        layer("Add", inputs=["down", "input"]),
    ]
    attention = layer(
        "GroupQueryAttention",
        name="attention",
        head_dim=128,
        num_query_heads=128,
        num_key_value_heads=8,
        use_bias=False,
    )
    attended = [
        layer("RMSNormalization"),
        attention,
        layer("Add", inputs=["attention", "input"]),
    ]
    decoder = [layer("Block", layers=attended), layer("Block", layers=gated)]
    totals = report(
        document(
            ["batch", "seq"],
            layer("Embedding", input_dim=words, output_dim=width),
            layer("Block", name="decoder", repeat=126, layers=decoder),
            layer("RMSNormalization"),
            layer("Dense", units=words, use_bias=False),
        )
    )["totals"]
    attention_weights = 2 * width * width + 2 * width * 8 * 128
    by_hand = 2 * words * width + 126 * (attention_weights + 3 * width * inside + 2 * width) + width
    assert totals["parameters"] == by_hand == 405_853_388_800


def test_mixtral_8x7b_works_with_two_of_eight_experts() -> None:
    """Table 1 of arXiv 2401.04088: 32 layers of 4,096, 32 heads on 8, 14,336 wide inside."""
    width, inside, words = 4_096, 14_336, 32_000
    expert = [
        layer("Dense", name="gate", units=inside, use_bias=False, inputs=["input"]),
        layer("Dense", name="up", units=inside, use_bias=False, inputs=["input"]),
        layer("Multiply", inputs=["gate", "up"]),
        layer("Dense", units=width, use_bias=False),
    ]
    attention = layer(
        "GroupQueryAttention",
        head_dim=128,
        num_query_heads=32,
        num_key_value_heads=8,
        use_bias=False,
    )
    decoder = [
        layer("RMSNormalization"),
        attention,
        layer("RMSNormalization", name="norm"),
        layer("Dense", name="router", units=8, use_bias=False),
        layer("Block", name="experts", inputs=["norm"], copies=8, active=2, layers=expert),
    ]
    totals = report(
        document(
            ["batch", "seq"],
            layer("Embedding", input_dim=words, output_dim=width),
            layer("Block", name="decoder", repeat=32, layers=decoder),
            layer("RMSNormalization"),
            layer("Dense", units=words, use_bias=False),
        )
    )["totals"]
    shared = 2 * width * width + 2 * width * 8 * 128 + 2 * width + width * 8
    around = 2 * words * width + width
    one_expert = 3 * width * inside
    assert totals["parameters"] == around + 32 * (shared + 8 * one_expert) == 46_702_792_704
    assert totals["active_parameters"] == around + 32 * (shared + 2 * one_expert) == 12_879_925_248


def embedding(name: str, rows: int, width: int, *, of: str) -> Layer:
    return layer("Embedding", name=name, input_dim=rows, output_dim=width, inputs=[of])


def test_gpt_3_175b_counts_its_tied_head_once() -> None:
    """Table 2.1 of arXiv 2005.14165: 96 layers of 12,288, 96 heads of 128; 50,257 tokens."""
    width, words, places = 12_288, 50_257, 2_048
    decoder = [
        layer("LayerNormalization"),
        layer("MultiHeadAttention", num_heads=96, key_dim=128),
        layer("Add", name="attended", inputs=["multi_head_attention", "input"]),
        layer("LayerNormalization"),
        layer("Dense", units=4 * width),
        layer("Dense", units=width),
        layer("Add", inputs=["dense_1", "attended"]),
    ]
    sequence = {"shape": ["batch", "seq"]}
    head = layer("Dense", units=words, use_bias=False, tie={"kernel": "token/embeddings"})
    model = {
        "inputs": {"tokens": sequence, "positions": sequence},
        "layers": [
            embedding("token", words, width, of="tokens"),
            embedding("place", places, width, of="positions"),
            layer("Add", inputs=["token", "place"]),
            layer("Block", name="decoder", repeat=96, layers=decoder),
            layer("LayerNormalization"),
            head,
        ],
    }
    answer = report(model)
    attention = 4 * (width * width + width)
    wide = (width + 1) * 4 * width + (4 * width + 1) * width
    layers = 96 * (attention + wide + 2 * 2 * width)
    by_hand = (words + places) * width + layers + 2 * width
    assert answer["totals"]["parameters"] == by_hand == 174_604_259_328
    (kernel,) = answer["layers"][-1]["weights"]
    assert (kernel["tied_to"], kernel["parameters"]) == ("token/embeddings", 0)
    assert kernel["shape"] == [width, words]
