"""What the README and the tutorials show is what their commands print.

A fence ```` ```json NAME ```` or ```` ```python NAME ```` is a file that the reader saves; a fence
```` ```console ```` is a command after `$`, and what it prints.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "tutorials").glob("*.md"))]
FENCE = re.compile(r"^```(json|python|console)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCUMENTED_URL = "http://127.0.0.1:8000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder that looks to the commands like the repository after `make setup`."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_print_what_it_shows(
    page: Path, folder: Path, service_url: str
) -> None:
    for kind, name, text in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind == "console":
            command, shown = text.removeprefix("$ ").split("\n", 1)
            assert printed(command, folder) == shown, command
        elif name:
            (folder / name).write_text(text.replace(DOCUMENTED_URL, service_url))


def printed(command: str, folder: Path) -> str:
    """Read what a shell shows after `command`, its standard error too."""
    finished = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "COLUMNS": "100", "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return "\n".join(line.rstrip() for line in finished.stdout.splitlines()) + "\n"
