"""Writes docs/reference/layers/ from the vocabulary, so that nothing stands there by hand.

`--check` writes nothing, and exits with 1 where a page is not what it would write.
"""

import json
import sys
from pathlib import Path
from typing import Any

from weighbridge.formats.keras.unread import UNREAD
from weighbridge.vocabulary import catalogue, describe

PAGES = Path(__file__).parent / "reference" / "layers"
COMMON = {"name", "inputs", "trainable", "dtype", "tie"}
"""Attributes that every layer takes; they stand on the index page alone."""


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    by_category: dict[str, list[str]] = {}
    for entry in catalogue():
        by_category.setdefault(entry["category"], []).append(entry["type"])
    written = {f"{category}.md": page(category, types) for category, types in by_category.items()}
    return {"index.md": index(by_category), "keras-operations.md": keras_operations()} | written


def index(by_category: dict[str, list[str]]) -> str:
    """Return the page that lists all types and what they have in common."""
    lines = ["# Layers", "", "Every type of layer there is. `GET /v1/layers` answers the same.", ""]
    for category, types in by_category.items():
        lines += [f"## {category.capitalize()}", "", "| type | what it does |", "| --- | --- |"]
        lines += [f"| [{t}]({category}.md#{t.lower()}) | {summary(t)} |" for t in types] + [""]
    common = [a for a in describe("Dense")["attributes"] if a["name"] in COMMON]
    lines += ["Operations between the layers of Keras documents: [which are not read]"]
    lines[-1] += "(keras-operations.md).\n"
    return "\n".join([*lines, "## What every layer takes", "", *attributes(common)])


def page(category: str, types: list[str]) -> str:
    """Return the page of one family."""
    parts = [f"# {category.capitalize()} layers", *(section(name) for name in types)]
    return "\n\n".join(parts) + "\n"


def keras_operations() -> str:
    """Return the page that lists the operations of Keras that are refused."""
    lines = [
        "# Operations of Keras",
        "",
        "Of the operations of `keras.ops` in Keras 3.15, as they stand between the layers of a "
        "Keras document, all are read but these. A document with one is refused by its name.",
        "",
        "| operation | why it is not read: it |",
        "| --- | --- |",
        *(f"| `{name}` | {cell(UNREAD[name])} |" for name in sorted(UNREAD)),
    ]
    return "\n".join(lines) + "\n"


def section(name: str) -> str:
    """Return what there is to say of one type."""
    layer = describe(name)
    own = [attribute for attribute in layer["attributes"] if attribute["name"] not in COMMON]
    text = [f"## {name}", layer["description"], "\n".join(attributes(own)), example(layer)]
    return "\n\n".join(part.strip() for part in text if part.strip())


def attributes(listed: list[dict[str, Any]]) -> list[str]:
    """Return a table of attributes."""
    if not listed:
        return ["No attributes of its own."]
    rows = [
        f"| `{a['name']}` | {cell(a['type'])} | {default(a)} | {cell(a['meaning'])} |"
        for a in listed
    ]
    return ["| attribute | type | default | meaning |", "| --- | --- | --- | --- |", *rows, ""]


def default(attribute: dict[str, Any]) -> str:
    """Return an attribute's default as it would be written."""
    return "required" if attribute["required"] else f"`{json.dumps(attribute['default'])}`"


def example(layer: dict[str, Any]) -> str:
    """Return the worked example of a type: its shapes, its weights and how they add up."""
    written = {k: v for k, v in layer["example"]["layers"][-1].items() if k != "inputs"}
    return "\n".join(
        [
            f"For example `{json.dumps(written)}`:",
            "",
            f"- from {shapes(layer['shapes']['inputs'])} to {shapes(layer['shapes']['outputs'])}",
            f"- parameters: {layer['formula']}",
            f"- MACs: {layer['macs']:,}" if layer["macs"] is not None else "- MACs: unknown",
        ]
    )


def shapes(listed: list[list[Any]]) -> str:
    """Return shapes as a person reads them."""
    if not listed:
        return "nothing"
    texts = (", ".join("null" if d is None else str(d) for d in shape) for shape in listed)
    return " and ".join(f"({text})" for text in texts)


def summary(name: str) -> str:
    """Return the sentence of a type, for a cell."""
    return cell(str(describe(name)["summary"]))


def cell(text: str) -> str:
    """Return a text that does not end the cell of a table."""
    return text.replace("|", "\\|")


def main() -> int:
    """Write the pages, or check them."""
    wanted = pages()
    present = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    if "--check" in sys.argv[1:]:
        stale = sorted(n for n in wanted.keys() | present.keys() if wanted.get(n) != present.get(n))
        for name in stale:
            print(f"docs/reference/layers/{name} is not what `make docs` writes")
        return 1 if stale else 0
    PAGES.mkdir(parents=True, exist_ok=True)
    for name in present.keys() - wanted.keys():
        (PAGES / name).unlink()
    for name, text in wanted.items():
        (PAGES / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
