"""The service as a process: gunicorn, run from Python so that it works from an installed wheel."""

import runpy
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from weighbridge.settings import SettingsError

CONFIGURATION = Path(__file__).with_name("gunicorn.conf.py")


def serve(
    bind: str | None = None, workers: int | None = None, *, threads: int | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; this never returns.

    `bind` is HOST:PORT or unix:PATH. What is not given comes from the environment. Ends the process
    with status 1 and a message on stderr where a setting is wrong or the address is taken.
    """
    given = {"bind": bind, "workers": workers, "threads": threads}
    Server({name: value for name, value in given.items() if value is not None}).run()


class Server(BaseApplication):
    """gunicorn with the configuration of the service, and `given` settings before it."""

    def __init__(self, given: dict[str, object]) -> None:
        self._given = given
        super().__init__()

    def load_config(self) -> None:
        """Take the settings of the file, then those given; SIGHUP reads the file again."""
        for name, value in (_configuration() | self._given).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        if "threads" in self._given:
            self.cfg.set("worker_connections", 2 * self.cfg.threads)

    def load(self) -> Any:
        """Import the application only now, after the configuration has set up the metrics."""
        from weighbridge.web.app import create_app  # noqa: PLC0415

        return create_app()


def _configuration() -> dict[str, object]:
    try:
        return runpy.run_path(str(CONFIGURATION))
    except SettingsError as error:
        raise SystemExit(f"weighbridge: {error}") from None
