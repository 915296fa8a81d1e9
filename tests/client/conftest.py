"""A stub of the service on a real port, and a client of it."""

from collections.abc import Iterator

import pytest
from tests.client.documented import REPORT
from tests.client.stub import Stub, serving

from weighbridge_client import Client


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as stub:
        stub.answers_json(REPORT)
        yield stub


@pytest.fixture
def client(stub: Stub) -> Iterator[Client]:
    with Client(stub.url) as client:
        yield client
