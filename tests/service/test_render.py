import csv as standard_csv
import io
from collections.abc import Callable
from json import dumps, loads
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from weighbridge.difference import Change, Delta, Difference
from weighbridge.render.check import check_text
from weighbridge.render.csv import csv
from weighbridge.render.diff import diff_text
from weighbridge.render.escape import cell, visible, visible_json
from weighbridge.render.text import table
from weighbridge.report import Report, decode

GOLDEN = Path(__file__).parent.parent / "golden"
Golden = Callable[[str, str], None]


def report(name: str) -> Report:
    return decode((GOLDEN / f"{name}.report.json").read_bytes())


@pytest.mark.parametrize("name", ["block", "hostile"])
@pytest.mark.parametrize(("width", "ending"), [(None, "txt"), (72, "72-columns.txt")])
def test_the_table_reads_as_when_it_was_found_right(
    name: str, width: int | None, ending: str, same_as_golden: Golden
) -> None:
    same_as_golden(table(report(name), width), f"{name}.{ending}")


@pytest.mark.parametrize("name", ["block", "hostile"])
def test_the_csv_reads_as_when_it_was_found_right(name: str, same_as_golden: Golden) -> None:
    same_as_golden(csv(report(name).layers), f"{name}.csv")


def one_row(**members: object) -> Report:
    """A report of one layer that has `members` and nothing else to show."""
    document = loads((GOLDEN / "hostile.report.json").read_bytes())
    row = {**document["layers"][1], "inputs": [], "parameters": 7, **members}
    return decode(dumps({**document, "inputs": {}, "layers": [row]}).encode())


def of_the_table(text: str) -> list[str]:
    """The lines from the titles to the last rule."""
    lines = text.splitlines()
    rules = [i for i, line in enumerate(lines) if line and set(line) <= {"=", "-"}]
    return lines[rules[0] - 1 : rules[1] + 1]


NAMES = st.text(st.characters(exclude_characters="7", exclude_categories=["Cs"]), min_size=1)


@given(NAMES, st.integers(40, 120))
def test_a_name_is_folded_and_never_cut(name: str, width: int) -> None:
    lines = of_the_table(table(one_row(name=name, type="Dense"), width))
    shown = "".join("".join(lines[2:-1]).replace("7", "").split())
    assert shown == "".join(f"{visible(name)}(Dense)".replace("7", "").split())


@pytest.mark.parametrize("name", ["block", "hostile"])
@pytest.mark.parametrize("width", [72, 90, 120])
def test_no_line_of_the_table_is_wider_than_asked(name: str, width: int) -> None:
    assert max(map(cell_len, of_the_table(table(report(name), width)))) <= width


def test_numbers_are_never_folded() -> None:
    assert "9,000,000,003,000,000,000" in table(one_row(parameters=9_000_000_003_000_000_000), 10)


def test_deep_nesting_leaves_room_for_names() -> None:
    document = loads((GOLDEN / "block.report.json").read_bytes())
    block = {**document["layers"][1], "weights": []}
    document["layers"] = [
        {**block, "name": "/".join("b" * (i + 1)), "parent": "/".join("b" * i) or None}
        for i in range(64)
    ]
    text = table(decode(dumps(document).encode()), 80)
    assert max(map(cell_len, of_the_table(text))) <= 80


def test_a_report_of_totals_has_no_table_of_layers() -> None:
    document = loads((GOLDEN / "hostile.report.json").read_bytes())
    del document["layers"]
    text = table(decode(dumps(document).encode()))
    assert "Total params: 6 (24 B)" in text
    assert "Layer (type)" not in text


# By the definition of the binary prefixes, IEC 80000-13.
@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (None, "(size unknown)"),
        (0, "(0 B)"),
        (1023, "(1023 B)"),
        (1024, "(1.00 KiB)"),
        (251_832, "(245.93 KiB)"),
        (2**20, "(1.00 MiB)"),
        (2**30, "(1.00 GiB)"),
        (2**63 - 1, "(8.00 EiB)"),
    ],
)
def test_bytes_are_shown_in_binary_units(size: int | None, shown: str) -> None:
    document = loads((GOLDEN / "hostile.report.json").read_bytes())
    document["totals"]["parameter_bytes"] = size
    assert shown in table(decode(dumps(document).encode()))


def warned(*cautions: tuple[str, str]) -> str:
    """The table's warnings of layers and what is said of each."""
    document = loads((GOLDEN / "hostile.report.json").read_bytes())
    document["warnings"] = [
        {"code": "c", "layer": layer, "figure": "macs", "detail": detail}
        for layer, detail in cautions
    ]
    return table(decode(dumps(document).encode())).partition("Warnings:\n")[2]


def test_layers_that_miss_the_same_are_one_warning() -> None:
    why = "depend on the dimension 'seq', which is not known"
    told = warned(
        ("a", f"macs of layer 'a' {why}"),
        ("b", "macs of layer 'b' do not fit"),
        ("c", f"macs of layer 'c' {why}"),
        ("d", f"activations of layer 'd' {why}"),
    )
    assert told.splitlines() == [
        f" macs of 2 layers {why} (the first is 'a')",
        " macs of layer 'b' do not fit",
        f" activations of layer 'd' {why}",
    ]


def test_a_warning_that_names_no_layer_says_of_which_it_is() -> None:
    assert warned(("a", "no height"), ("b", "no height")) == " a: no height\n b: no height\n"


RED, GREEN, YELLOW = "\x1b[31m", "\x1b[32m", "\x1b[33m"


def test_a_difference_has_colours_on_a_terminal_only() -> None:
    row = one_row(name="conv", type="Conv2D").layers[0]
    wider = one_row(name="conv", type="Conv2D", parameters=9).layers[0]
    difference = Difference(
        totals={"parameters": Delta(7, 9, 2), "macs": Delta(None, 1, None)},
        added=(row,),
        removed=(row,),
        changed=(Change("conv", row, wider),),
    )
    coloured = diff_text(difference, terminal=True)
    assert all(f"{colour}{sign} conv" in coloured for colour, sign in ((RED, "-"), (GREEN, "+")))
    assert f"{YELLOW}~ conv" in coloured
    assert "\x1b" not in diff_text(difference)


def test_no_figure_is_cut_where_a_terminal_is_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    difference = Difference(totals={"parameters": Delta(2**62, 2**62 + 1, 1)})
    assert "4,611,686,018,427,387,905" in diff_text(difference, terminal=True)


def test_a_check_has_colours_on_a_terminal_only() -> None:
    answer = {
        "passed": False,
        "violations": [{"figure": "macs", "limit": 1, "value": 2}],
        "limits": {"macs": 1, "parameters": 9},
        "totals": {"macs": 2, "parameters": 9},
        "warnings": [],
    }
    coloured = check_text(answer, terminal=True)
    assert "FAIL\x1b[0m" in coloured
    assert f"{GREEN}ok" in coloured
    assert "\x1b" not in check_text(answer)


# What a document says.

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_visible_text_prints_and_printable_text_stays(text: str) -> None:
    assert visible(text).isprintable()
    assert visible(text) == text or not text.isprintable()


def test_control_and_bidirectional_characters_are_escapes() -> None:
    assert visible("a\x1b[31m\u202eb\x9b\n") == r"a\x1b[31m\u202eb\x9b\n"


@given(st.dictionaries(TEXTS, TEXTS))
def test_visible_json_means_the_same(document: dict[str, str]) -> None:
    shown = visible_json(dumps(document, ensure_ascii=False))
    assert shown.isprintable()
    assert loads(shown) == document


@given(TEXTS)
def test_no_cell_begins_a_formula(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(NAMES)
def test_csv_reads_back_cell_by_cell(name: str) -> None:
    header, row = standard_csv.reader(io.StringIO(csv(one_row(name=name).layers)))
    assert dict(zip(header, row, strict=True))["name"] == cell(name)
    assert dict(zip(header, row, strict=True))["macs"] == "?"
