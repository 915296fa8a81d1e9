"""Costs by the conventions of docs/explanation/costs.md, beside the figures of other tools.

The right figure of each layer is calculated by hand here. Those of the tools were measured (their
versions stand on the page); the page says how each comes about, and its sums are done again.
"""

import ast
import json
import operator
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.service.documents import Layer, Report, document, layer, report

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "costs.md"
EXAMPLES = ROOT / "examples"
SUM = re.compile(r"^\| (?P<what>[^|]+) \| (?P<figure>[0-9,]+) \| `(?P<sum>[^`]+)`", re.MULTILINE)

OPERATIONS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.floordiv,  # the page divides by groups only, of which there is no rest
}


class Sum(NamedTuple):
    """A line of the page: whose figure, the figure, and how it comes about."""

    section: str
    what: str
    figure: int
    sum: str


def sums() -> Iterator[Sum]:
    section = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"\*\*([^*]+)\*\*|## (.+)", line):
            section = (heading[1] or heading[2]).strip()
        if found := SUM.match(line):
            figure = int(found["figure"].replace(",", ""))
            yield Sum(section, found["what"].strip("* "), figure, found["sum"])


SUMS = list(sums())


def value(node: ast.expr) -> int:
    """What a sum of integers comes to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    assert isinstance(node, ast.BinOp)
    return OPERATIONS[type(node.op)](value(node.left), value(node.right))


@pytest.mark.parametrize("line", SUMS, ids=lambda line: f"{line.section}: {line.what}")
def test_a_sum_of_the_page_comes_out(line: Sum) -> None:
    text = line.sum.replace(",", "").replace(" x ", " * ")
    assert value(ast.parse(text, mode="eval").body) == line.figure


def told(section: str) -> dict[str, int]:
    """The figures of a section of the page, by whose they are."""
    return {line.what: line.figure for line in SUMS if line.section == section}


def row(shape: list[object], one: Layer, **inputs: object) -> Report:
    answer: Report = report(document(shape, one, **inputs))["layers"][0]
    return answer


def networks() -> dict[str, list[int]]:
    """The table of networks: the figure of each column."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:2] == "| "]
    return {
        row[0]: [int(cell.replace(",", "")) for cell in row[1:]]
        for row in rows
        if len(row) == 7 and re.fullmatch("[0-9,]+", row[1])
    }


@pytest.mark.parametrize(("name", "figures"), networks().items())
def test_an_example_costs_what_the_page_says(name: str, figures: list[int]) -> None:
    model = json.loads((EXAMPLES / f"{name}.json").read_bytes())
    assert report(model)["totals"]["macs"] == figures[0]


def test_the_page_has_all_classifiers() -> None:
    assert len(networks()) == 8


# Four small layers: the right figure by hand, and others that tools give.


def test_an_lstm() -> None:
    answer = row(["batch", 10, 8], layer("LSTM", units=16))
    # 10 steps; four gates of 16, each from 8 features and 16 of the state.
    right = 10 * 4 * 16 * (8 + 16)
    assert answer["macs"] == right == 15_360
    with_biases = right + 10 * 2 * 4 * 16  # torchinfo: PyTorch's two biases a gate are parameters
    one_step = right // 10  # what does not look at the steps
    input_only = 10 * 4 * 16 * 8  # what forgets the state
    figures = told("An LSTM")
    assert figures["torchinfo"] == with_biases == 16_640
    assert not {with_biases, one_step, input_only, 0} & {right}
    assert figures["Weighbridge"] == right


def test_a_transposed_convolution_in_groups() -> None:
    one = layer("Conv2DTranspose", filters=12, kernel_size=3, strides=2, groups=4)
    answer = row(["batch", 5, 5, 8], one)
    assert answer["output_shapes"] == [["batch", 11, 11, 12]]  # (5 - 1) x 2 + 3
    # Each of 25 pixels with 8 channels goes through 3 x 3 windows into the 3 filters of its group.
    right = 25 * 8 * 9 * 3
    assert answer["macs"] == right == 5_400
    by_output = 11 * 11 * 12 * 9 * (8 // 4)  # thop: as if it were a plain convolution
    without_groups = 25 * 8 * 9 * 12
    figures = told("A transposed convolution in 4 groups")
    assert figures["thop"] == by_output == 26_136
    assert figures["Weighbridge, fvcore, DeepSpeed MACs"] == right
    assert right not in (by_output, without_groups)


def test_multi_head_attention() -> None:
    one = layer("MultiHeadAttention", num_heads=4, key_dim=8)
    answer = row(["batch", 10, 32], one)
    projections = 4 * 10 * 32 * 32  # query, key, value, output
    products = 2 * 10 * 10 * 32  # each query with each key; each weight with each value
    assert answer["macs"] == projections + products == 47_360
    figures = told("Multi-head attention")
    assert figures["fvcore, calflops MACs, half of torch's FLOPs"] == projections
    assert figures["Weighbridge, DeepSpeed MACs"] == projections + products


def test_a_tied_embedding() -> None:
    model = {
        "inputs": {"tokens": {"shape": ["batch", 10], "dtype": "int32"}},
        "layers": [
            layer("Embedding", name="words", input_dim=100, output_dim=16),
            layer("Dense", units=100, use_bias=False, tie={"kernel": "words/embeddings"}),
        ],
    }
    totals = report(model)["totals"]
    # One table of 100 x 16; the look-up multiplies nothing, the head 10 times the whole table.
    assert (totals["parameters"], totals["macs"]) == (1_600, 10 * 16 * 100)
    assert told("A tied embedding")["torchinfo, parameters"] == 2 * 1_600  # the table twice


# What conventions leave out, or in


@pytest.mark.parametrize(
    ("shape", "one", "macs"),
    [
        # Conv2D, 3 x 3, 6 to 8 channels, 14 x 13: (14 - 3 + 1) x (13 - 3 + 1) positions.
        ([14, 13, 6], layer("Conv2D", filters=8, kernel_size=3), 12 * 11 * 9 * 6 * 8),
        ([14, 13, 6], layer("Conv2D", filters=8, kernel_size=3, groups=2), 12 * 11 * 9 * 3 * 8),
        # A dilation of 2 makes the window 5 wide, with 9 elements still: 10 x 9 positions.
        (
            [14, 13, 6],
            layer("Conv2D", filters=8, kernel_size=3, dilation_rate=2),
            10 * 9 * 9 * 6 * 8,
        ),
        # Strides of 2 with padding: 7 x 7 positions; what is padded is multiplied too.
        (
            [14, 13, 6],
            layer("Conv2D", filters=8, kernel_size=3, strides=2, padding="same"),
            7 * 7 * 9 * 6 * 8,
        ),
        ([9, 4], layer("Conv1D", filters=5, kernel_size=3, padding="causal"), 9 * 3 * 4 * 5),
        ([6, 6, 6, 2], layer("Conv3D", filters=5, kernel_size=3), 4**3 * 27 * 2 * 5),
        ([6, 6, 6, 2], layer("Conv3DTranspose", filters=5, kernel_size=3), 6**3 * 27 * 2 * 5),
        # A transposed one works at each position of its input, whatever comes out: its strides,
        # dilation and padding move what it makes, and so does output padding.
        (
            [7, 5, 6],
            layer("Conv2DTranspose", filters=4, kernel_size=3, strides=2, padding="same"),
            7 * 5 * 9 * 6 * 4,
        ),
        (
            [9, 6],
            layer("Conv1DTranspose", filters=4, kernel_size=3, strides=3, output_padding=1),
            9 * 3 * 6 * 4,
        ),
        (
            [9, 6],
            layer("Conv1DTranspose", filters=4, kernel_size=3, dilation_rate=2, groups=2),
            9 * 3 * 3 * 4,
        ),
        ([9, 4], layer("DepthwiseConv1D", kernel_size=3, depth_multiplier=2), 7 * 3 * 4 * 2),
        (
            [9, 8, 4],
            layer("DepthwiseConv2D", kernel_size=[3, 2], strides=2, padding="same"),
            5 * 4 * 6 * 4,
        ),
        # A window for each channel, then one product of all channels at each position.
        ([9, 4], layer("SeparableConv1D", filters=5, kernel_size=3), 7 * (3 * 4 + 4 * 5)),
        (
            [9, 8, 4],
            layer("SeparableConv2D", filters=5, kernel_size=3, depth_multiplier=2),
            7 * 6 * (9 * 4 * 2 + 8 * 5),
        ),
        # The same in PyTorch's words: as many groups as channels.
        (
            [9, 8, 4],
            layer("Conv2D", filters=8, kernel_size=3, groups=4),
            7 * 6 * 9 * 1 * 8,
        ),
        # Two kernels of one frame's samples by 4 / 2 + 1 frequencies, at each of 9 frames.
        ([20, 1], layer("STFTSpectrogram", frame_length=4), 9 * 2 * 4 * 3),
        ([11, 5], layer("SimpleRNN", units=7), 11 * 7 * (5 + 7)),
        # Three gates; resetting after the product or before it costs the same.
        ([11, 5], layer("GRU", units=7), 11 * 3 * 7 * (5 + 7)),
        ([11, 5], layer("GRU", units=7, reset_after=False), 11 * 3 * 7 * (5 + 7)),
        # The state that goes round has the projected size, 3; the projection works at every step.
        ([11, 5], layer("LSTM", units=7, proj_size=3), 11 * (4 * 7 * (5 + 3) + 7 * 3)),
        # The second layer takes the outputs of the first; in both directions, those of both.
        (
            [11, 5],
            layer("LSTM", units=7, num_layers=2),
            11 * 4 * 7 * ((5 + 7) + (7 + 7)),
        ),
        (
            [11, 5],
            layer("GRU", units=7, num_layers=2, bidirectional=True),
            11 * 2 * 3 * 7 * ((5 + 7) + (14 + 7)),
        ),
        (
            [11, 5],
            layer("LSTM", units=7, num_layers=2, bidirectional=True, proj_size=3),
            11 * 2 * (4 * 7 * ((5 + 3) + (6 + 3)) + 2 * 7 * 3),
        ),
        # A cell works once.
        ([5], layer("LSTMCell", units=7), 4 * 7 * (5 + 7)),
        (
            [11, 5],
            layer("RNN", cell=[layer("LSTMCell", units=7), layer("GRUCell", units=3)]),
            11 * (4 * 7 * (5 + 7) + 3 * 3 * (7 + 3)),
        ),
        # At each of 5 steps both kernels work at each of 10 x 10 places: 3 x 3 windows over 3
        # channels of the step, and over 2 of the state.
        (
            [5, 12, 12, 3],
            layer("ConvLSTM2D", filters=2, kernel_size=3),
            5 * 10 * 10 * 9 * (3 + 2) * 4 * 2,
        ),
        (
            [5, 13, 3],
            layer("ConvLSTM1D", filters=2, kernel_size=3, strides=2, padding="same"),
            5 * 7 * 3 * (3 + 2) * 4 * 2,
        ),
        (
            [5, 12, 3],
            layer("Bidirectional", layer=layer("ConvLSTM1D", filters=2, kernel_size=3)),
            2 * 5 * 10 * 3 * (3 + 2) * 4 * 2,
        ),
        # As often as there are steps.
        (
            [11, 9, 4],
            layer("TimeDistributed", layer=layer("Conv1D", filters=5, kernel_size=3)),
            11 * 7 * 3 * 4 * 5,
        ),
        # To heads and back: every label of both, once.
        (
            [10, 32],
            layer("EinsumDense", equation="abc,cde->abde", output_shape=[None, 4, 8]),
            10 * 32 * 4 * 8,
        ),
        (
            [10, 4, 8],
            layer("EinsumDense", equation="abde,dec->abc", output_shape=[None, 32]),
            10 * 4 * 8 * 32,
        ),
        # Sixteen query heads on four of key and value, each 8 wide; 10 tokens of 32.
        (
            [10, 32],
            layer("GroupQueryAttention", head_dim=8, num_query_heads=16, num_key_value_heads=4),
            10 * 32 * 128 + 2 * 10 * 32 * 32 + 2 * 10 * 10 * 128 + 10 * 128 * 32,
        ),
        # A gate is a projection like that of the query.
        (
            [10, 32],
            layer("MultiHeadAttention", num_heads=4, key_dim=8, use_gate=True),
            5 * 10 * 32 * 32 + 2 * 10 * 10 * 32,
        ),
        # A learned position and one of zeros stand behind the keys: 12 of them.
        (
            [10, 32],
            layer(
                "MultiHeadAttention",
                num_heads=4,
                key_dim=8,
                packed=True,
                add_bias_kv=True,
                add_zero_attn=True,
            ),
            4 * 10 * 32 * 32 + 2 * 10 * 12 * 32,
        ),
        # Over the rows alone: 6 columns beside each other, 5 x 5 scores in each.
        (
            [5, 6, 32],
            layer("MultiHeadAttention", num_heads=4, key_dim=8, attention_axes=[1]),
            4 * 30 * 32 * 32 + 2 * 6 * 5 * 5 * 32,
        ),
        # Sums are no products: only the weighted values are left of additive scores.
        ([10, 16], layer("Attention"), 2 * 10 * 10 * 16),
        ([10, 16], layer("Attention", score_mode="concat"), 10 * 10 * 16),
        ([10, 16], layer("AdditiveAttention"), 10 * 10 * 16),
        # Self-attention of one width, then 16 to 32 and back.
        (
            [10, 16],
            layer("TransformerEncoder", num_layers=3, num_heads=2, dim_feedforward=32),
            3 * (4 * 10 * 16 * 16 + 2 * 10 * 10 * 16 + 2 * 10 * 16 * 32),
        ),
    ],
    ids=lambda case: case["type"] if isinstance(case, dict) else None,
)
def test_a_layer_costs_what_its_products_are(shape: list[int], one: Layer, macs: int) -> None:
    assert row(["batch", *shape], one)["macs"] == macs


def test_both_directions_cost_twice() -> None:
    one = layer("Bidirectional", layer=layer("LSTM", units=7))
    assert row(["batch", 11, 5], one)["macs"] == 2 * 11 * 4 * 7 * (5 + 7)


def test_cross_attention_is_a_rectangle_and_not_a_square() -> None:
    model = {
        "inputs": {
            "query": {"shape": ["batch", 10, 32]},
            "memory": {"shape": ["batch", 6, 24]},
        },
        "layers": [
            layer(
                "MultiHeadAttention",
                num_heads=4,
                key_dim=8,
                value_dim=16,
                inputs=["query", "memory"],
            )
        ],
    }
    projections = 10 * 32 * 32 + 6 * 24 * 32 + 6 * 24 * 64 + 10 * 64 * 32
    products = 10 * 6 * 32 + 10 * 6 * 64
    assert report(model)["totals"]["macs"] == projections + products


PACKED = layer("MultiHeadAttention", num_heads=4, key_dim=4, packed=True)
PROJECTED = layer("LSTM", units=7, proj_size=3, num_layers=2, bidirectional=True, double_bias=True)


@pytest.mark.parametrize(
    ("shapes", "one", "macs"),
    [
        # Each position of the input goes through the window, whatever is padded or cut behind it.
        (
            [[5, 6, 4]],
            layer(
                "Conv2DTranspose",
                filters=12,
                kernel_size=[3, 2],
                strides=2,
                padding=1,
                output_padding=1,
                groups=2,
            ),
            5 * 6 * 3 * 2 * 4 * 6,
        ),
        ([[5, 4]], layer("Conv1DTranspose", filters=6, kernel_size=3, dilation_rate=4), 5 * 3 * 24),
        # Four gates of 7 from the input and from the 3 that are projected; then 2 x 3 come in.
        (
            [[11, 5]],
            PROJECTED,
            11 * 2 * (4 * 7 * (5 + 3) + 7 * 3) + 11 * 2 * (4 * 7 * (6 + 3) + 7 * 3),
        ),
        # Query, value and key, of 16, 9 and 6 features: 10 positions, 12 and 12, and 10 again.
        (
            [[10, 16], [12, 9], [12, 6]],
            PACKED,
            (10 * 16 + 12 * 9 + 12 * 6 + 10 * 16) * 16 + 2 * 10 * 12 * 16,
        ),
        # 44 positions are projected; behind the 12 keys stands a learned one, then one of zeros.
        ([[10, 16], [12, 16]], PACKED | {"add_bias_kv": True}, 44 * 16 * 16 + 2 * 10 * 13 * 16),
        (
            [[10, 16], [12, 16]],
            PACKED | {"add_bias_kv": True, "add_zero_attn": True},
            44 * 16 * 16 + 2 * 10 * 14 * 16,
        ),
        # Attention of 10 steps to themselves, then to a memory of 12, then two dense layers.
        (
            [[10, 16], [12, 16]],
            layer("TransformerDecoderLayer", num_heads=4, dim_feedforward=32),
            (40 * 16 * 16 + 2 * 10 * 10 * 16)
            + (44 * 16 * 16 + 2 * 10 * 12 * 16)
            + 2 * 10 * 16 * 32,
        ),
        ([[3, 5], [3, 6]], layer("Bilinear", units=7), 3 * 7 * 5 * 6),
        ([[9]], layer("EmbeddingBag", input_dim=100, output_dim=16), 0),
    ],
    ids=lambda case: case["type"] if isinstance(case, dict) else None,
)
def test_a_layer_of_pytorchs_costs_what_its_products_are(
    shapes: list[list[int]], one: Layer, macs: int
) -> None:
    inputs = {f"input_{k}": {"shape": ["batch", *shape]} for k, shape in enumerate(shapes)}
    model = {"inputs": inputs, "layers": [one | {"inputs": list(inputs)}]}
    assert report(model)["totals"]["macs"] == macs


def on_two(first: list[int], second: list[int], one: Layer) -> int:
    """The multiply-accumulates of a layer on two inputs, of an example."""
    inputs = {name: {"shape": ["batch", *s]} for name, s in (("x", first), ("y", second))}
    answer: int = report({"inputs": inputs, "layers": [one | {"inputs": ["x", "y"]}]})["totals"][
        "macs"
    ]
    return answer


def test_keys_and_values_of_other_widths_are_projected_from_those() -> None:
    # PyTorch's kdim and vdim: 10 queries of 32, 6 keys of 24, 6 values of 20.
    inputs = {
        "query": {"shape": ["batch", 10, 32]},
        "value": {"shape": ["batch", 6, 20]},
        "key": {"shape": ["batch", 6, 24]},
    }
    one = layer("MultiHeadAttention", num_heads=4, key_dim=8, packed=True, inputs=list(inputs))
    projections = 10 * 32 * 32 + 6 * 24 * 32 + 6 * 20 * 32 + 10 * 32 * 32
    products = 2 * 10 * 6 * 32
    totals = report({"inputs": inputs, "layers": [one]})["totals"]
    assert totals["macs"] == projections + products


def test_grouped_queries_over_a_memory_share_its_keys() -> None:
    one = layer("GroupQueryAttention", head_dim=8, num_query_heads=4, num_key_value_heads=2)
    projections = 10 * 32 * 32 + 2 * 6 * 32 * 16 + 10 * 32 * 32
    assert on_two([10, 32], [6, 32], one) == projections + 2 * 10 * 6 * 32


def test_a_decoder_attends_to_itself_and_to_the_memory() -> None:
    one = layer("TransformerDecoderLayer", num_heads=2, dim_feedforward=32)
    itself = 4 * 12 * 16 * 16 + 2 * 12 * 12 * 16
    memory = 2 * 12 * 16 * 16 + 2 * 10 * 16 * 16 + 2 * 12 * 10 * 16
    assert on_two([12, 16], [10, 16], one) == itself + memory + 2 * 12 * 16 * 32


def test_a_bilinear_layer_has_a_matrix_of_both_inputs_for_each_unit() -> None:
    assert on_two([3, 5], [3, 6], layer("Bilinear", units=7)) == 3 * 7 * 5 * 6


def test_products_of_tensors_cost_what_they_sum_over() -> None:
    assert on_two([8, 10, 4], [8, 4, 6], layer("Matmul")) == 8 * 10 * 6 * 4
    assert on_two([10, 4], [4, 6], layer("Dot", axes=[2, 1])) == 10 * 6 * 4
    equation = layer("Einsum", equation="bqhd,bkhd->bhqk")
    assert on_two([10, 2, 8], [6, 2, 8], equation) == 2 * 10 * 6 * 8


@pytest.mark.parametrize(
    "one",
    [
        layer("BatchNormalization"),
        layer("LayerNormalization"),
        layer("ReLU"),
        layer("Softmax"),
        layer("AveragePooling2D", pool_size=2),
        layer("UpSampling2D"),
        layer("GlobalAveragePooling2D"),
    ],
    ids=lambda one: one["type"],
)
def test_what_is_left_out_is_told_and_not_counted(one: Layer) -> None:
    model = document(["batch", 14, 13, 6], one)
    answer = report(model)
    assert answer["totals"]["macs"] == 0
    assert [entry["type"] for entry in answer["not_counted"]] == [one["type"]]


def test_flops_are_two_a_mac() -> None:
    totals = report(document(["batch", 5], layer("Dense", units=3)))["totals"]
    assert (totals["macs"], totals["flops"]) == (15, 30)
