"""The layer types as tables for a terminal."""

from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from weighbridge.render.console import printed

_WIDTH = 100
"""Columns of text where no terminal says how many it has."""


def catalogue_text(types: Iterable[Mapping[str, Any]], terminal: bool) -> str:
    """Every type with its category and its summary."""
    table = _table("Type", "Category", "Summary")
    for entry in types:
        table.add_row(*(Text(entry[key]) for key in ("type", "category", "summary")))
    return printed([table], terminal=terminal, width=None if terminal else _WIDTH)


def layer_text(layer: Mapping[str, Any], terminal: bool) -> str:
    """One type: what it is, its attributes, its weights, and how its parameters add up."""
    attributes = _table("Attribute", "Type", "Default", "Meaning")
    for entry in layer["attributes"]:
        default = "required" if entry["required"] else dumps(entry["default"])
        attributes.add_row(*map(Text, (entry["name"], entry["type"], default, entry["meaning"])))
    weights = _table("Weight", "Shape")
    for weight in layer["weights"]:
        weights.add_row(Text(weight["name"]), Text(weight["shape"]))
    title = Text(f"{layer['type']} ({layer['category']})", style="bold")
    formula = Text(f"Formula: {layer['formula']}")
    parts = (title, Text(layer["summary"]), attributes, weights, formula)
    return printed(parts, terminal=terminal, width=None if terminal else _WIDTH)


def _table(*titles: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table
