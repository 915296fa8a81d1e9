"""`weighbridge diff`: what differs between two models."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import click
import msgspec

from weighbridge.cli.model import Bindings, json_text, read, settings, with_members
from weighbridge.cli.options import MODEL_FILE, model_options, output_option
from weighbridge.problems import Fault, Problem


@click.command()
@click.argument("before", type=MODEL_FILE)
@click.argument("after", type=MODEL_FILE)
@model_options
@output_option("table", "json")
def diff(
    *,
    before: str,
    after: str,
    format: str | None,  # noqa: A002  (the option's name)
    bindings: Bindings,
    output: str,
) -> None:
    """Compare the models in BEFORE and AFTER: their totals, and their layers by name."""
    from weighbridge.diff import diff as diff_models
    from weighbridge.difference import decode
    from weighbridge.options import Options
    from weighbridge.render.diff import diff_text

    limits = settings().limits
    sides = {"before": before, "after": after}
    read_ = {name: _model(file, bindings, limits.body_bytes) for name, file in sides.items()}
    body = msgspec.json.encode({name: model for name, (model, _) in read_.items()})
    places = {f"/{name}{read_[name][1]}": _name(file) for name, file in sides.items()}
    with _in_files(places):
        answer = diff_models(body, Options(format=format), limits)
    if output == "json":
        click.echo(json_text(answer), nl=False)
    else:
        click.echo(diff_text(decode(answer), terminal=sys.stdout.isatty()), nl=False)


def _model(file: str, bindings: Bindings, limit: int) -> tuple[msgspec.Raw, str]:
    """Return what stands for a file in the body, and what is around its document there."""
    from weighbridge.envelope import decode_members

    document = read(file, limit)
    try:
        decode_members(document)
    except Problem as problem:
        detail = f"{_name(file)}: {problem.detail}"
        raise Problem(problem.code, detail, [Fault("", problem.code, detail)]) from None
    body, added = with_members(document, dict(bindings), {})
    return msgspec.Raw(body), added


def _name(file: str) -> str:
    return "<stdin>" if file == "-" else file


@contextmanager
def _in_files(places: Mapping[str, str]) -> Iterator[None]:
    """Show the places of faults in the files, as `model.json#/layers/0/units`."""
    try:
        yield
    except Problem as problem:
        problem.errors = tuple(_in_file(fault, places) for fault in problem.errors)
        raise


def _in_file(fault: Fault, places: Mapping[str, str]) -> Fault:
    for around, name in places.items():
        if fault.pointer.startswith(around):
            return replace(fault, pointer=f"{name}#{fault.pointer.removeprefix(around)}")
    return fault
