"""The reference of the layers is what the vocabulary says; `make docs` writes it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_pages_are_what_the_vocabulary_says() -> None:
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
