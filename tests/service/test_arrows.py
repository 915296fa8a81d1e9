"""Imports point one way: what is made from a report knows nothing of who asks for it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "service" / "weighbridge"

FORBIDDEN = {
    "layers": {"core", "formats", "count", "render", "web", "cli", "spec", "problems", "limits"},
    "spec": {"core", "formats", "count", "render", "web", "cli", "problems"},
    "core": {
        "formats",
        "count",
        "family",
        "sweep",
        "solve",
        "render",
        "web",
        "cli",
        "vocabulary",
        "report",
        "envelope",
    },
    "formats": {"core", "count", "render", "web", "cli", "report"},
    "envelope": {"core", "formats", "count", "render", "web", "cli"},
    "count": {"render", "web", "cli", "report", "family", "sweep", "solve"},
    "report": {"render", "web", "cli", "count"},
    "render": {"web", "cli", "count", "core", "sweep", "solve", "check", "diff", "figures"},
    "difference": {"render", "web", "cli", "count", "core", "diff"},
    "expression": {"layers", "core", "formats", "count", "render", "web", "cli", "spec"},
    "trend": {"layers", "core", "formats", "count", "render", "web", "cli", "spec"},
    "family": {"render", "web", "cli", "report", "sweep", "solve"},
    "sweep": {"render", "web", "cli", "report", "solve"},
    "solve": {"render", "web", "cli", "report"},
    "figures": {"render", "web", "cli", "report", "count", "sweep", "solve", "check", "diff"},
    "check": {"render", "web", "cli", "report", "sweep", "solve", "diff"},
    "diff": {"render", "web", "cli", "sweep", "solve", "check"},
    "web": {"cli"},
}
"""What a part of the package must not import."""


def imported(path: Path) -> Iterator[str]:
    """The parts of the package that a module imports, at run time and for types."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        if names == ["weighbridge"] and isinstance(node, ast.ImportFrom):
            names = [f"weighbridge.{alias.name}" for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("weighbridge."))


def modules(part: str) -> list[Path]:
    return sorted(PACKAGE.glob(f"{part}.py")) + sorted(PACKAGE.glob(f"{part}/**/*.py"))


@pytest.mark.parametrize("part", FORBIDDEN)
def test_a_part_imports_only_what_stands_before_it(part: str) -> None:
    found = modules(part)
    assert found
    for path in found:
        assert not FORBIDDEN[part] & set(imported(path)), path


def test_one_module_imports_the_compiled_core() -> None:
    importers = [path.name for path in PACKAGE.rglob("*.py") if "core._native" in path.read_text()]
    assert importers == ["native.py"]


def test_the_client_imports_nothing_of_the_service() -> None:
    client = PACKAGE.parents[1] / "client" / "weighbridge_client"
    sources = "".join(path.read_text() for path in client.rglob("*.py"))
    assert "import weighbridge\n" not in sources
    assert "from weighbridge " not in sources
    assert "from weighbridge." not in sources
