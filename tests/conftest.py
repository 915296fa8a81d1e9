"""What the tests share: the application, and the service as a process on a real port."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient

from weighbridge.settings import Settings
from weighbridge.web.app import create_app

LISTENING = re.compile(r"Listening at: (http://\S+:\d+)")
WEIGHBRIDGE = Path(sys.executable).with_name("weighbridge")


@pytest.fixture(scope="session")
def weighbridge() -> Path:
    """Give the command `weighbridge` of the environment that the tests run in."""
    return WEIGHBRIDGE


@pytest.fixture
def web() -> FlaskClient:
    """Give the application without a server, with the default settings."""
    return create_app(Settings()).test_client()


class Service(NamedTuple):
    """A service that runs: its address, its process, and the file that its output goes to."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@pytest.fixture(scope="session")
def service_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a service that all tests share, with the default settings."""
    with _running(tmp_path_factory.mktemp("service") / "log", {}) as service:
        yield service.url


@pytest.fixture
def start_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Give a function that starts a service with settings of its own (WEIGHBRIDGE_...=...)."""
    with ExitStack() as services:

        def start(workers: int = 1, **settings: str) -> Service:
            return services.enter_context(_running(tmp_path / "log", settings, workers))

        yield start


@contextmanager
def _running(log: Path, settings: dict[str, str], workers: int = 1) -> Iterator[Service]:
    """Run `weighbridge serve` on a port that the system chooses."""
    command = [str(WEIGHBRIDGE), "serve", "--bind", "127.0.0.1:0", "--workers", str(workers)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=os.environ | settings, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Service(_address(process, log), process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        if listening := LISTENING.search(log.read_text()):
            return listening[1]
        time.sleep(0.02)
    pytest.fail(f"the service did not start:\n{log.read_text()}")
