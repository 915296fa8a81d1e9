"""What a model needs of a device's memory, part by part."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from rich.table import Table
from rich.text import Text

from weighbridge.render.console import printed
from weighbridge.render.escape import visible
from weighbridge.render.size import size_text
from weighbridge.render.warnings import warning_lines
from weighbridge.report import Caution


def memory_text(answer: Mapping[str, Any], *, terminal: bool = False) -> str:
    """A line for each part with how it was computed, then whether all of it fits."""
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "right", "right", "left"):
        table.add_column(justify=justify)
    table.add_row("", "bytes", "", "")
    for name in answer["per_device"]:
        if name == "total":
            table.add_row()
        if answer["per_device"][name] != 0 or name == "total":
            table.add_row(*_line(answer, name))
    warnings = msgspec.convert(answer["warnings"], list[Caution])
    lines = [Text(f"Warning: {line}") for line in warning_lines(warnings)]
    return printed([Text(_title(answer)), table, *_closing(answer), *lines], terminal=terminal)


def _title(answer: Mapping[str, Any]) -> str:
    n = answer["devices"]
    where = "on 1 device" if n == 1 else f"on each of {n:,} devices"
    return visible(f"{answer['model'] or 'model'}: {answer['mode']} {where}")


def _line(answer: Mapping[str, Any], name: str) -> Iterator[Text | str]:
    value, formula = answer["per_device"][name], answer["formulas"][name]
    yield name.replace("_", " ")
    yield "?" if value is None else f"{value:,}"
    yield "" if value is None else size_text(value)
    yield Text(visible(_how(formula, is_total=name == "total")))


def _how(formula: str, *, is_total: bool) -> str:
    """A formula without its result; of the total, which has the parts above it, the stage alone."""
    if is_total:
        return formula.rpartition(": ")[0]
    return formula.rpartition(" = ")[0] or formula


def _closing(answer: Mapping[str, Any]) -> Iterator[Text]:
    if answer["mode"] == "training":
        yield Text(
            f"optimizer state values of the whole model: {answer['optimizer_state_values']:,}"
        )
    memory, needed = answer["device_memory"], answer["per_device"]["total"]
    if memory is None:
        return
    device = f"{memory:,} bytes ({size_text(memory)})"
    if needed is None:
        yield Text(f"whether it fits in {device} is not known")
    elif answer["fits"]:
        yield Text(f"fits in {device}: {memory - needed:,} left", style="green")
    else:
        yield Text(f"does not fit in {device}: over by {needed - memory:,}", style="bold red")
