"""Counting, from a request's bytes to the report's: the whole line, once."""

from typing import Any

from msgspec import Raw, json

from weighbridge import envelope, formats
from weighbridge.core.evaluation import Evaluation
from weighbridge.core.faults import require_right
from weighbridge.core.graph import Graph
from weighbridge.core.lowering import LimitExceeded, Lowering, NotPlain
from weighbridge.core.places import Places
from weighbridge.envelope import Envelope
from weighbridge.expression import is_name
from weighbridge.layers.catalogue import nearest
from weighbridge.limits import DEFAULT_LIMITS, Limits
from weighbridge.options import NO_OPTIONS, Options, with_strings
from weighbridge.options import detail as read_detail
from weighbridge.pointer import escape
from weighbridge.problems import Fault, Problem
from weighbridge.spec import Broken, Document, Specification
from weighbridge.value import shown


def count(body: bytes, options: Options = NO_OPTIONS, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """Return the report of a request's model as JSON.

    `body` is an envelope or a bare document, in JSON. Raises Problem.
    """
    request, document = _opened(body, options.format)
    options.require_known()
    detail = _agreed("detail", request.options.get("detail"), options.detail)
    document, evaluation = _evaluated(request, document, options.format, limits)
    with evaluation:
        return report_of(document, evaluation, detail or "layers", strings=options.strings)


def _opened(body: bytes, format_: str | None) -> tuple[Envelope, Document | None]:
    """Return a request, and its document where that can be read at once. Raises Problem.

    A body is first taken for a bare document: to look for what may be around one takes a while.
    """
    bare = Envelope(Raw(body))
    if document := _read_at_once(bare, format_):
        return bare, document
    request = envelope.read(body, {"detail": read_detail})
    return request, _read_at_once(request, format_) if request.root else None


def _read_at_once(request: Envelope, format_: str | None) -> Document | None:
    given = _agreed("format", request.format, format_)
    return formats.read_in_pieces(request, given) or formats.read_at_once(request, given)


def _evaluated(
    request: Envelope, document: Document | None, format_: str | None, limits: Limits
) -> tuple[Document, Evaluation]:
    """Lower and evaluate a document, where it is read at once, or read it with care first."""
    if document is None:
        document = formats.read_with_care(request, _agreed("format", request.format, format_))
    _prepare(document, request)
    try:
        return document, weigh(document, request, limits)
    except NotPlain:
        return evaluate(request, format_, limits)


def evaluate(request: Envelope, format_: str | None, limits: Limits) -> tuple[Document, Evaluation]:
    """Read, lower and evaluate the model of a request. Raises Problem."""
    document = read(request, format_)
    return document, weigh(document, request, limits)


def read(request: Envelope, format_: str | None) -> Document:
    """Read the model of a request, with the shapes that the request gives. Raises Problem."""
    document = formats.read(request, _agreed("format", request.format, format_))
    _prepare(document, request)
    return document


def _prepare(document: Document, request: Envelope) -> None:
    _override_shapes(document.specification, request)
    _check_bindings(document.specification, request)


def weigh(document: Document, request: Envelope, limits: Limits) -> Evaluation:
    """Lower and evaluate a document, with the bindings of its request.

    Raises Problem; NotPlain where what is wrong with a document in pieces cannot be said.
    """
    places = places_of(document, request)
    evaluation = Evaluation(lower(Lowering(document, request.bindings, limits), places), limits)
    if document.pieces is not None and not evaluation.is_right():
        raise NotPlain
    require_right(evaluation, places)
    return evaluation


def places_of(document: Document, request: Envelope) -> Places:
    """Return where the parts of a document stand in the body."""
    return Places(document.specification, request.root, document.pointers, document.locate)


def lower(lowering: Lowering, places: Places) -> Graph:
    """Run a lowering. Raises Problem where the document is over a limit."""
    try:
        return lowering.run()
    except LimitExceeded as limit:
        pointer = places.below(places.root, limit.pointer.removeprefix("/"))
        fault = Fault(pointer, "too_complex", str(limit))
        raise Problem("too_complex", str(limit), [fault]) from None


# ---- What is asked for ------------------------------------------------------------------------


def _agreed(name: str, in_body: str | None, in_query: str | None) -> str | None:
    """Return an option that may stand in both places. Raises Problem where they disagree."""
    if in_body is not None and in_query is not None and in_body != in_query:
        detail = f"is {shown(in_body)} in the body and {shown(in_query)} in the query"
        raise _invalid(f"/{name}", detail)
    return in_query if in_body is None else in_body


def _invalid(pointer: str, detail: str) -> Problem:
    return Problem("invalid_request", detail, [Fault(pointer, "invalid_request", detail)])


def _override_shapes(specification: Specification, request: Envelope) -> None:
    faults = []
    for name, shape in request.input_shapes.items():
        given = specification.inputs.get(name)
        if given is None:
            detail = f"the model has no input '{name:.60}'{_hint(name, specification.inputs)}"
            faults.append(Fault(f"/input_shapes/{escape(name)}", "invalid_request", detail))
        elif not isinstance(given, Broken):
            given.shape = shape
    if faults:
        raise Problem.of(faults)


def _check_bindings(specification: Specification, request: Envelope) -> None:
    """Each binding is of something that the model has; a dimension is at least 1."""
    if not request.bindings:
        return
    names = Names(specification)
    faults = []
    for name, value in request.bindings.items():
        detail = names.fault(name) or names.value_fault(name, value)
        if detail:
            faults.append(Fault(f"/bindings/{escape(name)}", "invalid_request", detail))
    if faults:
        raise Problem.of(faults)


class Names:
    """What a model has to give a value to: variables and named dimensions, `batch` always."""

    def __init__(self, specification: Specification) -> None:
        self._variables = specification.variables or {}
        self._known = {"batch", *self._variables, *_named_dimensions(specification)}

    def fault(self, name: str) -> str | None:
        """Return what is wrong with a name: that the model does not have it."""
        if name in self._known:
            return None
        return f"the model has no name '{name:.60}'{_hint(name, self._known)}"

    def value_fault(self, name: str, value: int) -> str | None:
        """Return what is wrong with the value of a name: that it is too small for a dimension."""
        if name in self._variables or value >= 1:
            return None
        return f"a dimension must be at least 1, got {value}"


def _named_dimensions(specification: Specification) -> set[str]:
    shapes = [given.shape for given in specification.inputs.values() if hasattr(given, "shape")]
    return {size for shape in shapes for size in shape if isinstance(size, str) and is_name(size)}


def _hint(name: str, known: Any) -> str:
    alike = nearest(name, known, n=1)
    return f", did you mean '{alike[0]}'?" if alike else ""


# ---- What comes back --------------------------------------------------------------------------


def report_of(
    document: Document, evaluation: Evaluation, detail: str, *, strings: bool = False
) -> bytes:
    """Return the report of what is evaluated, as JSON."""
    head = {
        "model": document.specification.name,
        "format": document.format,
        "totals": evaluation.totals(),
        "inputs": evaluation.inputs(),
        "outputs": evaluation.outputs(),
    }
    if strings:
        head = with_strings(head)
    parts: list[bytes | memoryview] = [json.encode(head)[:-1]]
    if detail != "totals":
        rows = evaluation.rows(weights=detail == "weights", strings=strings)
        parts += [b',"layers":', rows]
    parts += [b',"warnings":', json.encode(evaluation.warnings())]
    parts += [b',"not_counted":', evaluation.not_counted() if detail == "weights" else b"[]", b"}"]
    return b"".join(parts)
