"""Asks a Weighbridge service what a neural network weighs.

from weighbridge_client import Client

with Client("http://127.0.0.1:8000") as client:
    print(client.count({"inputs": {"x": {"shape": ["batch", 3]}},
                        "layers": [{"type": "Dense", "units": 5}]}))
"""

from importlib.metadata import version

from weighbridge_client.client import Client, Detail
from weighbridge_client.difference import Change, Delta, Difference
from weighbridge_client.document import HasJson, Model
from weighbridge_client.errors import (
    ConnectionFailed,
    Internal,
    InvalidModel,
    InvalidRequest,
    MalformedJson,
    MethodNotAllowed,
    ModelError,
    NoSolution,
    NotAcceptable,
    NotFound,
    Overflow,
    Overloaded,
    PayloadTooLarge,
    ProblemError,
    RateLimited,
    RequestError,
    ServiceError,
    ShapeMismatch,
    Timeout,
    TooComplex,
    Unauthorized,
    UnexpectedAnswer,
    UnknownFormat,
    UnknownLayer,
    UnsupportedDocument,
    UnsupportedMediaType,
    WeighbridgeError,
)
from weighbridge_client.family import Axis, Combine, NextValue, PointError, Solution, Sweep
from weighbridge_client.gate import Check, Violation
from weighbridge_client.memory import Inference, Memory, Optimizer, PerDevice, Training
from weighbridge_client.problem import Fault, Problem
from weighbridge_client.report import (
    Dimension,
    NotCounted,
    Report,
    ReportWarning,
    Row,
    Shape,
    Tensor,
    Totals,
    Weight,
)
from weighbridge_client.retries import LONGEST_WAIT, retry_policy
from weighbridge_client.vocabulary import Attribute, LayerSummary, LayerType

__version__ = version("weighbridge-client")

__all__ = [
    "LONGEST_WAIT",
    "Attribute",
    "Axis",
    "Change",
    "Check",
    "Client",
    "Combine",
    "ConnectionFailed",
    "Delta",
    "Detail",
    "Difference",
    "Dimension",
    "Fault",
    "HasJson",
    "Inference",
    "Internal",
    "InvalidModel",
    "InvalidRequest",
    "LayerSummary",
    "LayerType",
    "MalformedJson",
    "Memory",
    "MethodNotAllowed",
    "Model",
    "ModelError",
    "NextValue",
    "NoSolution",
    "NotAcceptable",
    "NotCounted",
    "NotFound",
    "Optimizer",
    "Overflow",
    "Overloaded",
    "PayloadTooLarge",
    "PerDevice",
    "PointError",
    "Problem",
    "ProblemError",
    "RateLimited",
    "Report",
    "ReportWarning",
    "RequestError",
    "Row",
    "ServiceError",
    "Shape",
    "ShapeMismatch",
    "Solution",
    "Sweep",
    "Tensor",
    "Timeout",
    "TooComplex",
    "Totals",
    "Training",
    "Unauthorized",
    "UnexpectedAnswer",
    "UnknownFormat",
    "UnknownLayer",
    "UnsupportedDocument",
    "UnsupportedMediaType",
    "Violation",
    "WeighbridgeError",
    "Weight",
    "__version__",
    "retry_policy",
]
