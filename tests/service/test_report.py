from pathlib import Path

import msgspec
import pytest

from weighbridge.report import Caution, NotCounted, Report, Row, Tensor, Totals, Weight, decode

GOLDEN = Path(__file__).parent.parent / "golden"

# The example of the API's description, with members that later versions may add.
EXAMPLE = b"""
{
  "model": "lenet5", "format": "native", "later": {"more": [1.5]},
  "totals": {"parameters": 16298, "trainable": 16298, "non_trainable": 0, "buffers": 0,
             "active_parameters": 16298, "parameter_bytes": 65192, "macs": 486080, "flops": 972160,
             "activations": 9418, "later": 1},
  "inputs":  {"image": {"shape": ["batch", 32, null, 3], "dtype": "float32"}},
  "outputs": {"head": {"shape": ["batch", 10], "dtype": "float32"}},
  "layers": [
    {"name": "conv1", "type": "Conv2D", "inputs": ["image"], "later": true,
     "input_shapes": [["batch", 32, 32, 3]], "output_shapes": [["batch", 28, 28, 8]],
     "parameters": 608, "trainable": 608, "non_trainable": 0, "buffers": 0, "macs": null,
     "activations": 6272,
     "weights": [{"name": "bias", "shape": [8], "parameters": 8, "trainable": true,
                  "buffer": false, "dtype": "float32"}],
     "formula": "bias 8 = 8"}
  ],
  "warnings": [], "not_counted": []
}
"""


def test_a_report_is_read_with_what_it_says() -> None:
    report = decode(EXAMPLE)
    (conv,) = report.layers
    assert (report.model, report.totals.parameters) == ("lenet5", 16298)
    assert report.inputs == {"image": Tensor(("batch", 32, None, 3), "float32")}
    assert conv.output_shapes == (("batch", 28, 28, 8),)
    assert conv.weights == (Weight("bias", (8,), 8, True, False, "float32"),)
    assert (conv.macs, conv.parent, conv.repeat, conv.runs) == (None, None, 1, 1)


def test_a_report_of_totals_has_no_rows() -> None:
    document = msgspec.json.decode(EXAMPLE)
    del document["layers"]
    assert decode(msgspec.json.encode(document)).layers == ()


def test_the_largest_counts_stay_exact() -> None:
    count = b"9000000003000000000"  # 3,000,000,000 units on as many features, with a bias
    assert decode(EXAMPLE.replace(b"16298", count)).totals.parameters == 9_000_000_003_000_000_000


def test_a_row_inside_blocks_tells_its_sets_and_runs() -> None:
    report = decode((GOLDEN / "block.report.json").read_bytes())
    row = next(row for row in report.layers if row.type == "Dense")
    assert (row.parent, row.repeat, row.runs) == ("decoder/experts", 256, 64)


def test_a_report_cannot_be_changed() -> None:
    report = decode(EXAMPLE)
    with pytest.raises(AttributeError):
        report.model = "another"  # type: ignore[misc]


@pytest.mark.parametrize("body", [b"{}", b"[]", EXAMPLE.replace(b"608,", b'"608",')])
def test_what_is_no_report_is_refused(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(body)


def test_every_type_is_told_in_the_reference() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/report.md").read_text(encoding="utf-8")
    for kind in (Report, Totals, Tensor, Row, Weight, Caution, NotCounted):
        for name in kind.__struct_fields__:
            assert f"| `{name}` |" in page
