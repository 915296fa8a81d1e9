"""`weighbridge serve`: the service as a process."""

import click


@click.command()
@click.option("--bind", metavar="ADDRESS", help="HOST:PORT or unix:PATH to listen at.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of each process.")
def serve(bind: str | None, workers: int | None, threads: int | None) -> None:
    """Serve over HTTP until Ctrl-C. What is not given comes from the environment."""
    from weighbridge.web.server import serve as serve_forever

    serve_forever(bind, workers, threads=threads)
