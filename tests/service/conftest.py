"""Golden files: what a view printed when somebody last looked at it and found it right."""

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent.parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write tests/golden anew; takes effect with a path below tests/service",
    )


@pytest.fixture
def same_as_golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of a name, or write that file."""
    update = request.config.getoption("--update-golden", default=False)

    def compare(text: str, name: str) -> None:
        if update:
            (GOLDEN / name).write_text(text, encoding="utf-8", newline="")
        assert text == (GOLDEN / name).read_bytes().decode()

    return compare
