"""A bar for work that lasts, on the standard error; nothing is drawn of what is done at once."""

import time
from typing import TextIO

from rich import progress
from rich.console import Console

PATIENCE = 1.0
"""Seconds before the bar shows."""


class Progress:
    """Shows how much is done, from the second second on, where a terminal is there to show it."""

    def __init__(self, file: TextIO) -> None:
        self._console = Console(file=file)
        self._started = time.monotonic()
        self._bar: progress.Progress | None = None
        self._task = progress.TaskID(0)

    def show(self, done: int, total: int) -> None:
        """Tell how many of how many are done."""
        if self._bar is None:
            if not self._console.is_terminal or time.monotonic() - self._started < PATIENCE:
                return
            self._bar = self._begun(total)
        self._bar.update(self._task, completed=done)

    def _begun(self, total: int) -> progress.Progress:
        columns = (
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TextColumn("points"),
            progress.TimeRemainingColumn(),
        )
        bar = progress.Progress(*columns, console=self._console, transient=True)
        self._task = bar.add_task("", total=total)
        bar.start()
        return bar

    def close(self) -> None:
        """Take the bar away again."""
        if self._bar is not None:
            self._bar.stop()
