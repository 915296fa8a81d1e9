"""Serves Weighbridge, weighs every model of this folder through the client, and keeps serving."""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weighbridge_client import Client, Report

EXAMPLES = Path(__file__).parent
COMMAND = Path(sys.executable).with_name("weighbridge")
START_SECONDS = 30.0


def main() -> int:
    """Run until Ctrl-C, or until the service ends by itself; answers its exit status."""
    options = arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    bind = f"127.0.0.1:{options.port}"
    with (
        foreground(),
        served(bind, options.workers) as service,
        Client(f"http://{bind}") as client,
    ):
        try:
            wait_until_healthy(service, client)
            weigh_all(client)
            print(f"\nServing at http://{bind} until Ctrl-C.", flush=True)
            return service.wait()
        except KeyboardInterrupt:
            return 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


@contextmanager
def foreground() -> Iterator[None]:
    """Take the terminal from the `make` around this program, which would call a Ctrl-C an error.

    A terminal sends Ctrl-C to the process group in its foreground. Where there is no terminal, or
    this program is not in its foreground, nothing is taken.
    """
    outer = os.getpgrp()
    if not sys.stdin.isatty() or os.tcgetpgrp(0) != outer or outer == os.getpid():
        yield
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # who hands a terminal over is in its background
    signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # Ctrl-Z would stop this and leave `make` waiting
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    try:
        yield
    finally:
        os.tcsetpgrp(0, outer)


@contextmanager
def served(bind: str, workers: int) -> Iterator[subprocess.Popen[bytes]]:
    """The service as a process of its own, which ends with the block."""
    service = subprocess.Popen([COMMAND, "serve", "--bind", bind, "--workers", str(workers)])
    try:
        yield service
    finally:
        service.terminate()
        service.wait()


def wait_until_healthy(service: subprocess.Popen[bytes], client: Client) -> None:
    """Return as soon as the service answers; it has `START_SECONDS` to begin."""
    deadline = time.monotonic() + START_SECONDS
    while not client.healthy():
        if service.poll() is not None or time.monotonic() > deadline:
            sys.exit("The service did not start.")
        time.sleep(0.1)


def weigh_all(client: Client) -> None:
    """Print the summary of every example, then all totals in one table, the smallest first."""
    reports = [client.count(path) for path in sorted(EXAMPLES.glob("*.json"))]
    for report in reports:
        print(f"{report}\n")
    print(overview(sorted(reports, key=lambda report: report.totals.parameters)))


def overview(reports: list[Report]) -> str:
    """One line a model: its name, its parameters, its multiply-accumulates."""
    lines = [f"{'Model':<28}{'Parameters':>20}{'MACs':>20}"]
    for report in reports:
        macs = report.totals.macs
        known = "unknown" if macs is None else f"{macs:,}"
        lines.append(f"{report.model:<28}{report.totals.parameters:>20,}{known:>20}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
