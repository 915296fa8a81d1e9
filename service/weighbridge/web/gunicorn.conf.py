# ruff: noqa: N999  (the name that gunicorn looks for)
"""How gunicorn runs the service: by `weighbridge serve`, or by `gunicorn -c` with this file.

The numbers that an operator may want to change come from `weighbridge.settings`.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from weighbridge.settings import Settings

if TYPE_CHECKING:
    from weighbridge.web.worker import Worker

_settings = Settings.from_environment()

wsgi_app = "weighbridge.web.app:create_app()"
bind = _settings.bind
proc_name = "weighbridge"

# Threads, because callers keep their connections open: a sync worker would serve one at a time.
worker_class = "weighbridge.web.worker.Worker"
workers = _settings.workers
threads = _settings.threads

# Few, so that the kernel spreads the connections over the workers: with the default of 1,000 the
# first worker to wake takes all kept-alive ones, and throughput falls to a third. Half may be idle.
worker_connections = 2 * threads

# Longer than the 60 seconds of the usual load balancers: the side that sends requests should be the
# one that closes, or a request may meet a connection that is just being closed.
keepalive = 65

# What is being answered when the service is told to stop is answered first. Docker Compose's
# stop_grace_period and Kubernetes's terminationGracePeriodSeconds must be longer.
graceful_timeout = _settings.graceful_timeout

# The application is loaded once, before the workers are forked: they share its memory, and a fault
# in it ends the start with one message instead of one from each worker.
preload_app = True

# Heartbeat files in memory: on a disk an fsync can block a worker until it is taken for dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

# It would be a socket file in the home directory, which a read-only container does not have.
control_socket_disable = True

# A model is in the body; a request line has a path and few parameters, headers an id and a token.
limit_request_line = 2048
limit_request_fields = 64
limit_request_field_size = 8190

accesslog = "-" if _settings.access_log else None
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s bytes %(D)s us %({x-request-id}o)s'

# prometheus-client sums the workers' figures through files, and looks for their folder when it is
# imported; this file is read before. The folder is new for each start: no dead process is counted.
_own_metrics = "PROMETHEUS_MULTIPROC_DIR" not in os.environ
if _own_metrics:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="weighbridge-metrics-")


def when_ready(_server: object) -> None:
    """Take what is loaded for good out of the garbage collector's rounds, before the first fork."""
    gc.freeze()


def child_exit(_server: object, worker: "Worker") -> None:
    """Let go of the gauges of a worker that has ended."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def on_exit(_server: object) -> None:
    """Leave nothing behind in the temporary folder."""
    if _own_metrics:
        shutil.rmtree(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]), ignore_errors=True)
