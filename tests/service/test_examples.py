"""Every example weighs what examples/README.md says: its tables are read here as data."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from weighbridge.count import count

EXAMPLES = Path(__file__).parents[2] / "examples"
LINK = re.compile(r"\| \[(?P<file>[\w./-]+\.json)\]")
BINDING = re.compile(r"(\w+)=(\d+)")
UNKNOWN = "unknown"
SPECIFICATIONS = sorted(EXAMPLES.glob("**/*.json"))


class Known(NamedTuple):
    """One line of the tables; `macs` is None where the table says that they are unknown."""

    file: str
    bindings: dict[str, int]
    parameters: int
    buffers: int
    macs: int | None


def known_figures() -> Iterator[Known]:
    """The lines of the tables of examples/README.md that begin with a link to a specification."""
    for line in (EXAMPLES / "README.md").read_text(encoding="utf-8").splitlines():
        if link := LINK.match(line):
            cells = line.split("|")
            parameters, buffers, macs = map(integer, cells[3:6])
            assert parameters is not None
            assert buffers is not None
            bindings = {name: int(value) for name, value in BINDING.findall(cells[2])}
            yield Known(link["file"], bindings, parameters, buffers, macs)


def integer(cell: str) -> int | None:
    """A figure as people write it."""
    return None if cell.strip() == UNKNOWN else int(cell.replace(",", ""))


def report(file: str, **bindings: int) -> dict[str, Any]:
    """What the service answers for one of the examples."""
    model = json.loads((EXAMPLES / file).read_bytes())
    answer = count(json.dumps({"model": model, "bindings": bindings}).encode())
    result: dict[str, Any] = json.loads(answer)
    return result


def test_the_tables_list_exactly_the_files() -> None:
    listed = [known.file for known in known_figures()]
    single = [file for file in listed if "/" not in file]
    assert sorted(single) == sorted(path.name for path in EXAMPLES.glob("*.json"))
    assert set(listed) == {str(path.relative_to(EXAMPLES)) for path in SPECIFICATIONS}


@pytest.mark.parametrize(
    "known", list(known_figures()), ids=lambda known: " ".join([known.file, *known.bindings])
)
def test_an_example_weighs_what_the_table_says(known: Known) -> None:
    totals = report(known.file, **known.bindings)["totals"]
    found = (totals["parameters"] - totals["buffers"], totals["buffers"], totals["macs"])
    assert found == (known.parameters, known.buffers, known.macs)


@pytest.mark.parametrize("path", SPECIFICATIONS, ids=lambda path: path.name)
def test_an_example_bears_the_name_of_its_file_and_describes_itself(path: Path) -> None:
    model = json.loads(path.read_bytes())
    assert model["name"] == path.stem
    assert model["description"]


# The sums of the articles, layer by layer; examples/README.md names them.
@pytest.mark.parametrize(
    ("file", "parameters"),
    [
        ("bidirectional-gru-lstm.json", [420, 12_200]),
        ("mnist.json", [320, 0, 18_496, 0, 36_928, 0, 36_928, 650]),
        ("lenet5.json", [608, 0, 3_216, 0, 0, 48_120, 10_164, 850]),
        ("figure-11-1.json", [380, 0, 552, 0, 0, 24_704, 1_290]),
    ],
)
def test_each_layer_holds_what_the_article_says(file: str, parameters: list[int]) -> None:
    assert [row["parameters"] for row in report(file)["layers"]] == parameters


def test_each_tensor_of_mnist_has_the_shape_that_the_book_prints() -> None:
    shapes = [row["output_shapes"][0][1:] for row in report("mnist.json")["layers"]]
    assert shapes == [
        [26, 26, 32],
        [13, 13, 32],
        [11, 11, 64],
        [5, 5, 64],
        [3, 3, 64],
        [576],
        [64],
        [10],
    ]


def test_each_layer_of_lenet5_has_the_activations_that_the_course_prints() -> None:
    activations = [row["activations"] for row in report("lenet5.json")["layers"]]
    assert activations == [6_272, 1_568, 1_600, 400, 400, 120, 84, 10]


def test_two_of_the_eight_experts_of_mixtral_are_active() -> None:
    # By hand, in examples/README.md.
    assert report("mixtral-8x7b.json")["totals"]["active_parameters"] == 12_879_925_248


def test_a_bound_length_makes_the_cost_of_gpt_3_known() -> None:
    width, tokens = 12_288, 2_048
    # Twelve squares of the width a layer and token, scores and values in full square, the head.
    layer = 12 * tokens * width**2 + 2 * tokens**2 * width
    known = 96 * layer + 50_257 * tokens * width
    assert report("gpt-3-175b.json", seq=tokens)["totals"]["macs"] == known
