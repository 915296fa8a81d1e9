"""What can go wrong, as a tree. Catch the branch that you can do something about.

WeighbridgeError
├── ConnectionFailed             the service cannot be reached, or hung up
├── Timeout                      it did not answer in time
├── UnexpectedAnswer             what answered is not Weighbridge
└── ProblemError                 it refused, and says why in `.problem`
    ├── ModelError               the model is at fault: show it to its author
    │   ├── InvalidModel
    │   ├── UnknownLayer
    │   ├── ShapeMismatch
    │   ├── Overflow
    │   ├── UnknownFormat
    │   ├── UnsupportedDocument
    │   ├── TooComplex
    │   └── NoSolution
    ├── RequestError             the request is at fault: mend the calling program
    │   ├── MalformedJson
    │   ├── InvalidRequest
    │   ├── PayloadTooLarge
    │   ├── UnsupportedMediaType
    │   ├── NotAcceptable
    │   ├── Unauthorized
    │   ├── NotFound
    │   └── MethodNotAllowed
    └── ServiceError             the service cannot, now: try again, after `.retry_after`
        ├── RateLimited
        ├── Overloaded
        └── Internal

A code that this version does not know raises the branch that its status belongs to.
"""

from weighbridge_client.problem import Problem


class WeighbridgeError(Exception):
    """The root: whatever this client raises about the service or its answers."""


class ConnectionFailed(WeighbridgeError):
    """The service cannot be reached, or the connection broke."""


class Timeout(WeighbridgeError):
    """No connection, or no answer, within the client's `timeout`."""


class UnexpectedAnswer(WeighbridgeError):
    """A success that is no answer of Weighbridge's, or a redirection to somewhere else."""


class ProblemError(WeighbridgeError):
    """The service refused; `problem` has the code, the pointers and the request id."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class ModelError(ProblemError):
    """The model cannot be weighed (422)."""


class InvalidModel(ModelError):
    """An attribute, an expression, a reference or a name is wrong."""


class UnknownLayer(ModelError):
    """A layer type that is not in the vocabulary."""


class ShapeMismatch(ModelError):
    """Shapes that do not fit together; both are in the detail."""


class Overflow(ModelError):
    """A number that does not fit into int64."""


class UnknownFormat(ModelError):
    """A document whose format is not recognised."""


class UnsupportedDocument(ModelError):
    """A document of a known format that uses something which is not read."""


class TooComplex(ModelError):
    """Over a limit of the service, which the detail names."""


class NoSolution(ModelError):
    """No value keeps the limits."""


class RequestError(ProblemError):
    """The request is wrong, whatever the model (4xx)."""


class MalformedJson(RequestError):
    """The document is not JSON in UTF-8."""


class InvalidRequest(RequestError):
    """What goes with the model is wrong: an option, or a binding that the model does not have."""


class PayloadTooLarge(RequestError):
    """The document is over the service's body limit."""


class UnsupportedMediaType(RequestError):
    """The service does not read this kind of file."""


class NotAcceptable(RequestError):
    """The service cannot answer in the form that was asked for."""


class Unauthorized(RequestError):
    """The token is missing or wrong."""


class NotFound(RequestError):
    """There is no such resource."""


class MethodNotAllowed(RequestError):
    """The resource does not take this method."""


class ServiceError(ProblemError):
    """The service cannot answer now (429, 5xx); `retry_after` is in seconds, where it said so."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


class RateLimited(ServiceError):
    """Too many requests (429)."""


class Overloaded(ServiceError):
    """The service has too much to do (503)."""


class Internal(ServiceError):
    """A fault of the service (500); its log has the request id."""


LEAVES: dict[str, type[ProblemError]] = {
    "invalid_model": InvalidModel,
    "unknown_layer": UnknownLayer,
    "shape_mismatch": ShapeMismatch,
    "overflow": Overflow,
    "unknown_format": UnknownFormat,
    "unsupported_document": UnsupportedDocument,
    "too_complex": TooComplex,
    "no_solution": NoSolution,
    "malformed_json": MalformedJson,
    "invalid_request": InvalidRequest,
    "payload_too_large": PayloadTooLarge,
    "unsupported_media_type": UnsupportedMediaType,
    "not_acceptable": NotAcceptable,
    "unauthorized": Unauthorized,
    "not_found": NotFound,
    "method_not_allowed": MethodNotAllowed,
    "rate_limited": RateLimited,
    "overloaded": Overloaded,
    "internal": Internal,
}


def error_for(problem: Problem, retry_after: float | None = None) -> ProblemError:
    """The error that a problem raises: its code's leaf, or the branch of its status."""
    kind = LEAVES.get(problem.code) or _branch(problem.status)
    return kind(problem, retry_after) if issubclass(kind, ServiceError) else kind(problem)


def _branch(status: int) -> type[ProblemError]:
    if status == 422:
        return ModelError
    return ServiceError if status == 429 or status >= 500 else RequestError
