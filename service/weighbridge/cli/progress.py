"""A bar on the standard error for what takes longer than a second."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial


@contextmanager
def with_progress(ask: Callable[..., bytes]) -> Iterator[Callable[..., bytes]]:
    """Make a question that tells how far it is of one that can be told to."""
    from weighbridge.render.progress import Progress

    bar = Progress(sys.stderr)
    try:
        yield partial(ask, progress=bar.show)
    finally:
        bar.close()
