"""Where the layers of a document stand in the body as it was sent."""

from collections.abc import Callable, Mapping
from typing import Any

from weighbridge.layers.layer import Layer
from weighbridge.pointer import escape
from weighbridge.spec import Specification


class Places:
    """Finds the JSON pointer of a layer or an input. Looked for only when something is wrong.

    `root` is the pointer of the document in the body. A reader of another format finds the pointers
    below it itself, by the identity of the layers that it made, and `locate`, which finds the place
    of what the native document would have below such a pointer.
    """

    def __init__(
        self,
        specification: Specification,
        root: str,
        given: Callable[[], Mapping[int, str]] | None = None,
        locate: Callable[[str, str], str] | None = None,
    ) -> None:
        self.root = root
        self._specification = specification
        self._given = given
        self._locate = locate
        self._found: dict[int, str] | None = None

    def find(self, source: Any) -> str | None:
        """Return the pointer of a layer or an input; None where the document has no such thing."""
        if self._found is None:
            self._found = {} if self._given is None else dict(self._given())
            if self._given is None:
                self._search_document()
        below = self._found.get(id(source))
        return None if below is None else self.root + below

    def below(self, pointer: str, attribute: str) -> str:
        """Return the pointer of what stands, by the native format, at `attribute` below another."""
        if self._locate is not None:
            return self.root + self._locate(pointer.removeprefix(self.root), attribute)
        return f"{pointer}/{attribute}" if attribute else pointer

    def _search_document(self) -> None:
        for name, given in self._specification.inputs.items():
            self._note(given, f"/inputs/{escape(name)}")
        self._search(self._specification.layers, "/layers")

    def _search(self, value: Any, pointer: str) -> None:
        if isinstance(value, list):
            for k, item in enumerate(value):
                self._search(item, f"{pointer}/{k}")
        elif isinstance(value, Layer):
            self._note(value, pointer)
            for name in value.__struct_fields__:
                if name in ("layer", "layers", "backward_layer", "cell", "cells"):
                    self._search(getattr(value, name), f"{pointer}/{name}")
        elif value is not None and not isinstance(value, (str, int, float, dict)):
            self._note(value, pointer)

    def _note(self, source: Any, pointer: str) -> None:
        if self._found is not None:
            self._found[id(source)] = pointer
