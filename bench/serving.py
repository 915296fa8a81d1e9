"""HTTP: requests to the service, and to a view of constant bytes under the same gunicorn.

What is compared is the processor time of the worker: whoever else uses the machine, a worker that
is never idle answers so many requests in a second. Both are asked in turn, and the middle of many
pairs is told: the best of either is a matter of luck, for half of the time is the kernel's.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from bench.documents import family
from bench.timing import Line
from flask import Flask, Response, request

from weighbridge.count import count
from weighbridge.web import server

EXAMPLES = Path(__file__).parents[1] / "examples"
REQUESTS = 300
ROUNDS = 21


def lines() -> Iterator[Line]:
    """Measure lenet5 and a model of 500 layers."""
    lenet5 = (EXAMPLES / "lenet5.json").read_bytes()
    large = json.dumps(family(500, 64)).encode()
    for what, body, aim in (("lenet5", lenet5, 0.75), ("500 layers", large, 0.35)):
        with _served("constant", count(body)) as constant, _served("service", b"") as service:
            rates = [(constant.rate(body), service.rate(body)) for _ in range(ROUNDS)]
        most, reached = (median(column) for column in zip(*rates, strict=True))
        yield Line(f"HTTP, constant view, {what}", f"{most:,.0f} requests/s of a processor")
        yield Line(
            f"HTTP, POST /v1/count, {what}",
            f"{reached:,.0f} requests/s of a processor",
            median(ours / constants for constants, ours in rates),
            "of the constant view",
            f"at least {aim}",
        )


class _Served:
    """A server of one worker, and a connection to it that is kept alive."""

    def __init__(self, port: int, worker: int) -> None:
        self._worker = worker
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._file = self._socket.makefile("rb")

    def rate(self, body: bytes) -> float:
        """Return how many requests it answers in a second of its processor time."""
        head = "POST /v1/count HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        sent = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        for _ in range(50):
            self._ask(sent)
        before = self._processor_time()
        for _ in range(REQUESTS):
            self._ask(sent)
        return REQUESTS / (self._processor_time() - before)

    def _ask(self, sent: bytes) -> None:
        self._socket.sendall(sent)
        status = self._file.readline()
        length = 0
        while (line := self._file.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        self._file.read(length)
        if b" 200 " not in status:
            raise RuntimeError(status.decode())

    def _processor_time(self) -> float:
        """Return the worker's, by the clock that Linux has for a process; /proc counts in ticks."""
        return time.clock_gettime((~self._worker << 3) | 2)

    def close(self) -> None:
        self._socket.close()


@contextmanager
def _served(what: str, answer: bytes) -> Iterator[_Served]:
    """Serve the service, or a view that answers these bytes, in a process of its own."""
    with socket.socket() as free, tempfile.NamedTemporaryFile() as file:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        file.write(answer)
        file.flush()
        free.close()
        command = [sys.executable, "-m", "bench.serving", what, f"127.0.0.1:{port}", file.name]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            served = _connected(port, process.pid)
            yield served
            served.close()
        finally:
            process.terminate()
            process.wait()


def _connected(port: int, arbiter: int) -> _Served:
    children = Path(f"/proc/{arbiter}/task/{arbiter}/children")
    for _ in range(200):
        time.sleep(0.1)
        workers = children.read_text(encoding="ascii").split()
        try:
            return _Served(port, int(workers[0]))
        except (IndexError, ConnectionRefusedError):
            continue
    raise RuntimeError("the server did not start")


# ---- The process that serves ------------------------------------------------------------------


class _ConstantServer(server.Server):
    """The same gunicorn with another application."""

    answer = b""

    def load(self) -> Any:
        app = Flask("constant", static_folder=None)

        @app.post("/v1/count")
        def post() -> Response:
            request.get_data()
            return Response(self.answer, mimetype="application/json")

        return app


def _serve(what: str, bind: str, file: str) -> None:
    if what == "service":
        server.serve(bind, 1)
    _ConstantServer.answer = Path(file).read_bytes()
    _ConstantServer({"bind": bind, "workers": 1}).run()


if __name__ == "__main__":
    _serve(*sys.argv[1:])
