"""The client: a method for each resource."""

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import requests

from weighbridge_client.difference import Difference
from weighbridge_client.document import Model, envelope, request
from weighbridge_client.errors import ConnectionFailed, ServiceError, Timeout, UnexpectedAnswer
from weighbridge_client.family import Axis, Combine, Solution, Sweep, axis
from weighbridge_client.gate import Check
from weighbridge_client.memory import Inference, Memory, Optimizer, Training, plan_members
from weighbridge_client.record import records
from weighbridge_client.report import Dimension, Report
from weighbridge_client.transport import Transport
from weighbridge_client.vocabulary import LayerSummary, LayerType

Detail = Literal["totals", "layers", "weights"]
Answer = TypeVar("Answer")


class Client:
    """Talks to the Weighbridge service at `base_url`.

    - `token` is sent as `Authorization: Bearer`.
    - `timeout` is in seconds, for connecting and for the answer to begin.
    - `retries` is how often a request is sent again; `retry_policy` says when.
    - `session` is a `requests.Session` of the caller's own, for proxies, certificates or adapters.
      It is used as it is: neither changed nor closed, and its own adapters say what is retried.

    A client keeps connections open: use it in a `with` block, or `close()` it.
    """

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        timeout: float | tuple[float, float] = (3.05, 30),
        retries: int = 2,
        session: requests.Session | None = None,
    ) -> None:
        self._transport = Transport(base_url, token, timeout, retries, session)

    def count(
        self,
        model: Model,
        *,
        format: str | None = None,  # noqa: A002  (the contract's word)
        bindings: Mapping[str, int] | None = None,
        input_shapes: Mapping[str, Sequence[Dimension]] | None = None,
        detail: Detail = "layers",
    ) -> Report:
        """What `model` weighs.

        `model` is a document: a dict, a `pathlib.Path`, JSON text (a `str` is never a file name),
        or something with `to_json()`, as a live Keras model has. `format` is recognised where it
        is None. `bindings` give named dimensions and variables a number; `input_shapes` stand
        instead of the document's. `detail="weights"` adds every weight tensor and the formulas,
        `detail="totals"` leaves the layers out.

        Raises `ModelError` where the model cannot be weighed, else what `errors` draws.
        """
        body = request(model, bindings=bindings, input_shapes=input_shapes)
        # The default stays unsaid, so that a document which is an envelope may say another.
        query = {"format": format, "detail": None if detail == "layers" else detail}
        return _read(Report.read, self._transport.post("/v1/count", body, query))

    def convert(
        self,
        model: Model,
        *,
        format: str | None = None,  # noqa: A002  (the contract's word)
        bindings: Mapping[str, int] | None = None,
    ) -> dict[str, Any]:
        """`model` as a native document, which counts the same, row by row.

        Raises `ModelError` where the model cannot be weighed, else what `errors` draws.
        """
        body = request(model, bindings=bindings)
        answer = self._transport.post("/v1/convert", body, {"format": format})
        return _read(lambda members: dict(members["model"]), answer)

    def check(
        self,
        model: Model,
        limits: Mapping[str, int],
        *,
        format: str | None = None,  # noqa: A002  (the contract's word)
        bindings: Mapping[str, int] | None = None,
        input_shapes: Mapping[str, Sequence[Dimension]] | None = None,
    ) -> Check:
        """Whether `model` keeps every limit: `limits` are what totals may be at most.

        A limit that is broken is in the answer's `violations`, and no exception. Raises
        `ModelError` where the model cannot be weighed, else what `errors` draws.
        """
        members = {"limits": limits, "bindings": bindings, "input_shapes": input_shapes}
        answer = self._transport.post("/v1/check", request(model, **members), {"format": format})
        return _read(Check.read, answer)

    def diff(
        self,
        before: Model,
        after: Model,
        *,
        format: str | None = None,  # noqa: A002  (the contract's word)
        bindings: Mapping[str, int] | None = None,
    ) -> Difference:
        """What differs between two models, of any formats; their rows are matched by name.

        `bindings` and `format` are of both; a model that needs its own goes as an envelope:
        `{"model": ..., "bindings": ...}`. Raises `ModelError` where one of them cannot be weighed,
        with pointers that begin with `/before` or `/after`, else what `errors` draws.
        """
        sides = {"before": before, "after": after}
        if bindings is not None:
            sides = {name: request(m, bindings=bindings).content for name, m in sides.items()}
        answer = self._transport.post("/v1/diff", envelope(sides, {}), {"format": format})
        return _read(Difference.read, answer)

    def sweep(
        self,
        model: Model,
        over: Mapping[str, Axis],
        *,
        combine: Combine = "grid",
        figures: Sequence[str] | None = None,
        format: str | None = None,  # noqa: A002  (the contract's word)
        bindings: Mapping[str, int] | None = None,
        input_shapes: Mapping[str, Sequence[Dimension]] | None = None,
    ) -> Sweep:
        """What a family of models weighs at many points.

        `over` gives each variable or named dimension its values: a list, a `range`, or
        `{"start", "stop", "step"}` with the stop included. `combine="grid"` takes all combinations,
        the last name fastest, `"zip"` goes side by side. `figures` are names of `Totals`, all where
        None. A point that fails is in the answer's `errors`, and no exception.
        """
        members = {
            "over": {name: axis(values) for name, values in over.items()},
            "combine": combine,
            "figures": figures,
            "bindings": bindings,
            "input_shapes": input_shapes,
        }
        answer = self._transport.post("/v1/sweep", request(model, **members), {"format": format})
        return _read(Sweep.read, answer)

    def solve(
        self,
        model: Model,
        variable: str,
        range: tuple[int, int],  # noqa: A002  (the contract's word)
        limits: Mapping[str, int],
        *,
        format: str | None = None,  # noqa: A002  (the contract's word)
        bindings: Mapping[str, int] | None = None,
        input_shapes: Mapping[str, Sequence[Dimension]] | None = None,
    ) -> Solution:
        """The largest value of `variable` whose model keeps every limit.

        `range` is the least and the largest value, both tried. `limits` are what totals may be at
        most. Raises `NoSolution` where nothing fits, `TooComplex` where the range is too long and
        growth is not proved.
        """
        members = {
            "variable": variable,
            "range": range,
            "limits": limits,
            "bindings": bindings,
            "input_shapes": input_shapes,
        }
        answer = self._transport.post("/v1/solve", request(model, **members), {"format": format})
        return _read(Solution.read, answer)

    def memory(
        self,
        model: Model,
        *,
        training: Training | Mapping[str, Any] | None = None,
        inference: Inference | Mapping[str, Any] | None = None,
        device_memory: int | str | None = None,
        format: str | None = None,  # noqa: A002  (the contract's word)
        bindings: Mapping[str, int] | None = None,
        input_shapes: Mapping[str, Sequence[Dimension]] | None = None,
    ) -> Memory:
        """What `model` needs of each device's memory, to be trained or to be served.

        One of `training` and `inference` is given: a plan, or a mapping of its members.
        `device_memory` is what a device has, in bytes or as `"80GiB"` or `"24GB"`. Raises
        `InvalidRequest` where a plan is wrong, `ModelError` where the model is.
        """
        body = request(
            model,
            training=plan_members(training),
            inference=plan_members(inference),
            device_memory=device_memory,
            bindings=bindings,
            input_shapes=input_shapes,
        )
        return _read(Memory.read, self._transport.post("/v1/memory", body, {"format": format}))

    def optimizers(self) -> tuple[Optimizer, ...]:
        """What a training plan can train with."""
        answer = self._transport.get("/v1/optimizers")
        return _read(lambda members: records(Optimizer, members["optimizers"]), answer)

    def layers(self) -> tuple[LayerSummary, ...]:
        """Every layer type that the service knows."""
        answer = self._transport.get("/v1/layers")
        return _read(lambda members: records(LayerSummary, members["layers"]), answer)

    def layer(self, type_name: str) -> LayerType:
        """One layer type: its attributes, weights and formula."""
        return _read(LayerType.read, self._transport.get(f"/v1/layers/{quote(type_name, safe='')}"))

    def version(self) -> dict[str, Any]:
        """The versions of the service's parts, and the limits in force."""
        return _read(dict, self._transport.get("/version"))

    def healthy(self) -> bool:
        """Whether the service answers; what is wrong with the request is still raised."""
        try:
            self._transport.send("GET", "/healthz")
        except (ConnectionFailed, Timeout, ServiceError):
            return False
        return True

    def close(self) -> None:
        """Closes the connections, unless the session is the caller's own."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._transport.base_url!r})"


def _read(read: Callable[[Any], Answer], members: Any) -> Answer:
    """A typed answer; JSON of another kind comes from something that is not Weighbridge."""
    try:
        return read(members)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UnexpectedAnswer(f"the answer is not as documented: {error!r}") from error
