"""A second opinion: the report of `POST /v1/count`, in unbounded integers and the obvious way.

It shares no line with the service. What it says comes from the contract, from Keras's documented
behaviour and from the formulas of the papers, one small function a layer; property tests hold the
service against it.

- `count`: a native document to the report, as plain dictionaries.
- `Refusal`: raised where the contract refuses, with the contract's code.
"""

from tests.reference.model import count
from tests.reference.refusal import Refusal

__all__ = ["Refusal", "count"]
