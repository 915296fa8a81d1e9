"""What the how-to guides show is so: the Python runs, the commands print what stands there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENTED_URL = "http://127.0.0.1:8000"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_python_of_a_guide_runs(
    guide: Path, service_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for block in FENCE.findall(guide.read_text(encoding="utf-8")):
        exec(block.replace(DOCUMENTED_URL, service_url), names)  # noqa: S102


@pytest.mark.parametrize("name", ["compare-two-models", "gate-a-pipeline"])
def test_the_commands_of_a_guide_print_what_stands_there(name: str, weighbridge: Path) -> None:
    guide = ROOT / "docs" / "how-to" / f"{name}.md"
    path = f"{weighbridge.parent}{os.pathsep}{os.environ['PATH']}"
    for block in CONSOLE.findall(guide.read_text(encoding="utf-8")):
        lines = block.splitlines(keepends=True)
        commands = "".join(line.removeprefix("$ ") for line in lines if line.startswith("$ "))
        printed = subprocess.run(
            ["sh", "-c", commands],
            cwd=ROOT,
            env=os.environ | {"PATH": path},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        ).stdout
        assert printed == "".join(line for line in lines if not line.startswith("$ "))
