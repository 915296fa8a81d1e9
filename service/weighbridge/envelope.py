"""What may stand around a model in a request, and how it is told from a bare document."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Raw, json

from weighbridge.layers.catalogue import nearest
from weighbridge.pointer import escape
from weighbridge.problems import Fault, Problem
from weighbridge.spec import Dimension
from weighbridge.value import ValueFault, ValueFaults, convert, decode, shown

_members = json.Decoder(dict[str, Raw])
INT64 = range(-(2**63), 2**63)


@dataclass(frozen=True)
class Envelope:
    """A model's document, and what came with it. `root` is the document's pointer in the body."""

    model: Raw
    read_members: Mapping[str, Raw] | None = None
    """Those of the model, where they are read already."""
    root: str = ""
    format: str | None = None
    bindings: Mapping[str, int] = field(default_factory=dict)
    input_shapes: Mapping[str, list[Dimension]] = field(default_factory=dict)
    custom_layers: Mapping[str, Raw] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    """What only one resource knows: `detail`, `over` ... by their names."""

    def members(self) -> Mapping[str, Raw]:
        """Return the members of the model. Raises Problem where it is no object in JSON."""
        known = self.read_members
        return decode_members(bytes(self.model)) if known is None else known

    def missing(self, member: str, who: str) -> Problem:
        """Return the problem of a request without a member that `who` must have."""
        around = "" if self.root else " in an envelope, beside `model`"
        return _invalid("", f"{who} needs `{member}`{around}")


def read(body: bytes, options: Mapping[str, Callable[[Any], Any]]) -> Envelope:
    """Read a body: an envelope where it has a member `model`, else a document as it is.

    `options` are the members that the resource knows beside those of every model, each with what
    checks its value and raises ValueFault or ValueFaults. Raises Problem.
    """
    members = decode_members(body)
    if "model" not in members:
        return Envelope(Raw(body), members)
    return _Reader(members, options).envelope()


def decode_members(body: bytes) -> dict[str, Raw]:
    """Return the members of a body that is an object, as they stand in it. Raises Problem."""
    try:
        body.decode()
        if not body.lstrip(b" \t\r\n").startswith(b"{"):
            raise _no_object(body)
        return _members.decode(body)
    except UnicodeDecodeError as error:
        raise Problem("malformed_json", f"the body is not UTF-8: byte {error.start}") from None
    except msgspec.DecodeError as error:
        raise Problem("malformed_json", f"the body is not JSON: {error}") from None
    except RecursionError:
        detail = "the body nests deeper than any model does (limit nesting)"
        raise Problem("too_complex", detail) from None


def unknown_member(name: str, known: Sequence[str]) -> Fault:
    """Return the fault of a member of the body that is none of those known."""
    alike = nearest(name, known, n=1)
    hint = f", did you mean '{alike[0]}'?" if alike else ""
    return Fault(f"/{escape(name)}", "invalid_request", f"'{name:.60}' is not known{hint}")


def _no_object(body: bytes) -> Problem:
    try:
        return _invalid("", f"the body must be an object, got {shown(decode(body))}")
    except RecursionError:
        return _invalid("", "the body must be an object, got brackets inside brackets")


def _invalid(pointer: str, detail: str) -> Problem:
    return Problem("invalid_request", detail, [Fault(pointer, "invalid_request", detail)])


class _Reader:
    """Reads the members of an envelope and collects what is wrong with them."""

    def __init__(
        self, members: Mapping[str, Raw], options: Mapping[str, Callable[[Any], Any]]
    ) -> None:
        self._members = members
        self._options = options
        self._faults: list[Fault] = []

    def envelope(self) -> Envelope:
        known = {
            "format": lambda value: convert(value, str | None),
            "bindings": self._bindings,
            "input_shapes": lambda value: convert(value, dict[str, list[Dimension]]),
            "custom_layers": lambda value: convert(value, dict[str, dict[str, Any]]),
            **self._options,
        }
        read = {name: self._read(name, known) for name in self._members if name != "model"}
        if self._faults:
            raise Problem.of(self._faults)
        model = self._members["model"]
        if not bytes(model).lstrip().startswith(b"{"):
            raise _invalid("/model", f"must be an object, got {shown(decode(model))}")
        return Envelope(
            model,
            None,
            "/model",
            read.get("format"),
            read.get("bindings") or {},
            read.get("input_shapes") or {},
            read.get("custom_layers") or {},
            {name: value for name, value in read.items() if name in self._options},
        )

    def _read(self, name: str, known: Mapping[str, Callable[[Any], Any]]) -> Any:
        if name not in known:
            self._faults.append(unknown_member(name, ["model", *known]))
            return None
        try:
            return known[name](decode(self._members[name]))
        except (ValueFault, ValueFaults) as found:
            for fault in found.faults if isinstance(found, ValueFaults) else [found]:
                below = f"/{fault.pointer}" if fault.pointer else ""
                self._find(f"/{escape(name)}{below}", fault.detail)
        except RecursionError:
            self._find(f"/{escape(name)}", "nests too deep")
        return None

    def _find(self, pointer: str, detail: str) -> None:
        self._faults.append(Fault(pointer, "invalid_request", detail))

    def _bindings(self, value: Any) -> dict[str, int]:
        if not isinstance(value, dict):
            raise ValueFault(f"must be an object, got {shown(value)}", "")
        for name, bound in value.items():
            is_integer = isinstance(bound, int) and not isinstance(bound, bool)
            if not is_integer or bound not in INT64:
                detail = f"must be an integer of 64 bits, got {shown(bound)}"
                self._find(f"/bindings/{escape(name)}", detail)
        return value
