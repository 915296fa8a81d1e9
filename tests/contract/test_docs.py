"""Everything public has its place in the reference."""

import re
from pathlib import Path

from msgspec.structs import fields

from weighbridge.layers.catalogue import TYPES
from weighbridge.problems import PROBLEMS
from weighbridge.settings import Settings, variables
from weighbridge.web.app import create_app

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def _headings(page: str) -> set[str]:
    return set(re.findall(r"^#+ (.+)$", (REFERENCE / page).read_text(), re.MULTILINE))


def test_every_problem_has_a_heading_and_its_status() -> None:
    expected = {f"`{code}` ({kind.status})" for code, kind in PROBLEMS.items()}
    assert {heading for heading in _headings("problems.md") if "`" in heading} == expected


def test_every_setting_has_a_row() -> None:
    rows = re.findall(r"^\| `(WEIGHBRIDGE_\w+)` \|", (REFERENCE / "settings.md").read_text(), re.M)
    assert sorted(rows) == sorted(variables())


def test_every_route_has_a_heading() -> None:
    routes = {
        f"`{method} {_as_written(rule.rule)}`"
        for rule in create_app(Settings()).url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {heading for heading in _headings("http.md") if "`" in heading} == routes


def test_an_attribute_that_decides_between_the_frameworks_is_there() -> None:
    page = (REFERENCE.parent / "explanation" / "keras-and-pytorch.md").read_text()
    deciding = set(re.findall(r"`(\w+): [^`]+`", page))
    attributes = {field.encode_name for type_ in TYPES.values() for field in fields(type_)}
    assert len(deciding) > 10
    assert deciding <= attributes


def _as_written(rule: str) -> str:
    return rule.replace("<", "{").replace(">", "}")
