"""Everything that can go wrong, told in one way: RFC 9457 problem documents from one registry.

Whoever finds a fault raises a `Problem`; the web and the command line each show it in one place.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

MOST_FAULTS = 100
"""Faults that one document lists; what is found beyond them is left out."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and its place in the body as it was sent.

    `pointer` is a JSON pointer (RFC 6901; "" is the whole body), `layer` the name of the faulty
    layer, `attribute` what is wrong of it, for the sentence that stands above all faults.
    """

    pointer: str
    code: str
    detail: str
    layer: str | None = None
    attribute: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, with its attribute where only the pointer tells of it."""
        has_verb = self.detail.startswith(("must ", "has ", "is "))
        return f"{self.attribute} {self.detail}" if self.attribute and has_verb else self.detail

    def document(self) -> dict[str, object]:
        """Return the members of the entry; `layer` only where there is one."""
        members: dict[str, object] = {"pointer": self.pointer, "code": self.code}
        if self.layer is not None:
            members["layer"] = self.layer
        return members | {"detail": self.detail}


class Problem(Exception):
    """A request that cannot be answered, as a caller may see it: no secrets, no exception's text.

    `code` is a key of `PROBLEMS`. A 422 always names a place: where no fault is given, it is the
    whole body. `headers` are sent with the answer (`Retry-After`, `WWW-Authenticate`).
    """

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Iterable[Fault] = (),
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = headers
        if self.status == 422 and not self.errors:
            self.errors = (Fault("", code, detail),)

    @classmethod
    def of(cls, errors: Iterable[Fault]) -> "Problem":
        """Make a problem of `errors`, at least one; the first gives it its code and its detail."""
        errors = tuple(errors)
        first = errors[0]
        place = "" if first.layer is None else f"layer '{first.layer}': "
        return cls(first.code, place + first.sentence, errors)

    @property
    def kind(self) -> "ProblemType":
        """What is registered under the code."""
        return PROBLEMS[self.code]

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.kind.status

    def document(self, request_id: str | None = None) -> dict[str, object]:
        """Return the document's members; `errors` and `request_id` only where there are any."""
        members: dict[str, object] = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.errors:
            members["errors"] = [fault.document() for fault in self.errors[:MOST_FAULTS]]
        if request_id is not None:
            members["request_id"] = request_id
        return members


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: what `GET /problems/{code}` tells of it."""

    code: str
    title: str
    status: int
    meaning: str

    @property
    def type(self) -> str:
        """The URI reference that stands for this kind, and where it is explained."""
        return f"/problems/{self.code}"

    def document(self) -> dict[str, object]:
        """Return what is told of the kind."""
        return {
            "type": self.type,
            "code": self.code,
            "title": self.title,
            "status": self.status,
            "meaning": self.meaning,
        }


_TYPES = (
    ProblemType(
        "malformed_json",
        "The body is not JSON",
        400,
        "The body is not JSON in UTF-8, is cut off, or is empty. Where the place is known, "
        "`detail` gives it.",
    ),
    ProblemType(
        "invalid_request",
        "The request is not valid",
        422,
        "The envelope around the model is wrong: a field that is not known, a value of the wrong "
        "type, a binding for a name that the model does not have, or two options that disagree.",
    ),
    ProblemType(
        "invalid_model",
        "The model is not valid",
        422,
        "The model says something that cannot be, whatever the shapes are: an attribute that is "
        "missing, not known, of the wrong type or out of range, a bad expression, a reference "
        "to nothing, or a name used twice.",
    ),
    ProblemType(
        "unknown_layer",
        "The layer type is not known",
        422,
        "A layer has a type that is not in the vocabulary. `detail` names the nearest ones; "
        "`GET /v1/layers` lists all.",
    ),
    ProblemType(
        "shape_mismatch",
        "The shapes do not fit",
        422,
        "A layer cannot take the tensors it is given: the rank, the groups, a window larger than "
        "its input, a merge, a reshape, a size that its weights need and that is unknown, a tie, "
        "a reuse or a repeat.",
    ),
    ProblemType(
        "overflow",
        "A number does not fit in 64 bits",
        422,
        "A number in the document, a dimension, a parameter count or a number of repeats or runs "
        "lies outside the range of signed 64-bit integers. Nothing is wrapped or rounded.",
    ),
    ProblemType(
        "unknown_format",
        "The format is not known",
        422,
        "The document is in no format that is recognised, or `format` names one that is not read. "
        "`GET /v1/formats` lists all.",
    ),
    ProblemType(
        "unsupported_document",
        "The document uses what is not supported",
        422,
        "The format is recognised, but the document uses a part of it that is not read: "
        "its class, module and layer are named. Nothing is ever skipped.",
    ),
    ProblemType(
        "no_solution",
        "Nothing fits the limits",
        422,
        "No value in the range gives a model that keeps every limit.",
    ),
    ProblemType(
        "too_complex",
        "The request is over a limit",
        422,
        "The request is over a limit of this service, which is named: rows, nesting, rank, names, "
        "expressions, variables, points, or points times nodes. `GET /version` shows the limits "
        "in force.",
    ),
    ProblemType(
        "payload_too_large",
        "The body is too large",
        413,
        "The body is over the limit, as it was sent or after decompression. "
        "`GET /version` shows the limit in force.",
    ),
    ProblemType(
        "unsupported_media_type",
        "The media type of the body is not supported",
        415,
        "The body is of a media type, or in a content encoding, that this resource does not take.",
    ),
    ProblemType(
        "not_acceptable",
        "Nothing acceptable can be served",
        406,
        "The resource can be served in none of the media types of the `Accept` header.",
    ),
    ProblemType(
        "unauthorized",
        "A token is needed",
        401,
        "The service takes requests with a token only, and this one has none or a wrong one. "
        "Send `Authorization: Bearer TOKEN`.",
    ),
    ProblemType(
        "malformed_http",
        "The request is not HTTP",
        400,
        "The request line, a header or the framing of the body is not HTTP/1.1, "
        "or the body stopped before its end.",
    ),
    ProblemType(
        "uri_too_long",
        "The request line is too long",
        414,
        "The request line, with its query, is longer than the service reads.",
    ),
    ProblemType(
        "headers_too_large",
        "The headers are too large",
        431,
        "The request has too many headers, or one that is too long.",
    ),
    ProblemType("not_found", "Not found", 404, "There is nothing under this address."),
    ProblemType(
        "method_not_allowed",
        "The method is not allowed",
        405,
        "The resource does not take this method. The `Allow` header lists those it takes.",
    ),
    ProblemType(
        "rate_limited",
        "Too many requests",
        429,
        "The caller has sent too many requests. `Retry-After` says when to come back.",
    ),
    ProblemType(
        "overloaded",
        "The service is overloaded",
        503,
        "The service has too much to do at the moment. `Retry-After` says when to come back.",
    ),
    ProblemType(
        "internal",
        "Something went wrong here",
        500,
        "A fault of the service, not of the request. The log has it under the request's id.",
    ),
)

PROBLEMS: Mapping[str, ProblemType] = MappingProxyType({kind.code: kind for kind in _TYPES})
"""Every kind of problem by its code, in the order of the documentation."""
