"""Where in a Keras document an attribute of one of our layers stands."""

from functools import cached_property
from typing import Any

from msgspec import Raw

from weighbridge.value import decode


class Locator:
    """Finds the nearest place that the document has. Asked only when something is wrong."""

    def __init__(self, text: Raw) -> None:
        self._text = text

    @cached_property
    def _document(self) -> Any:
        return decode(self._text)

    def __call__(self, pointer: str, attribute: str) -> str:
        """Return the pointer of an `attribute`, itself a pointer, of the layer at a `pointer`."""
        first = attribute.partition("/")[0]
        if first in ("inputs", "outputs"):
            below = attribute.removeprefix(first)
            member = f"config/{first.removesuffix('s')}_layers{below}"
            return self._nearest(f"{pointer}/inbound_nodes" if pointer else f"/{member}")
        for below in (f"{pointer}/config/{attribute}", f"{pointer}/{attribute}"):
            found = self._nearest(below)
            if found == below or len(found) > len(pointer) + len("/config"):
                return found
        return self._nearest(pointer)

    def _nearest(self, pointer: str) -> str:
        """Return as much of a pointer as there is in the document."""
        value, found = self._document, ""
        for token in pointer.split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
                value = value[int(name)]
            else:
                break
            found = f"{found}/{token}"
        return found
