"""Small families of models, and what sweeps and solving say of them in process."""

import json
from typing import Any, Protocol

import pytest
from hypothesis import strategies as st
from tests.service.documents import Document, document, layer

from weighbridge.count import count
from weighbridge.limits import Limits
from weighbridge.options import Options
from weighbridge.problems import Problem
from weighbridge.solve import solve
from weighbridge.sweep import sweep

Answer = dict[str, Any]
NO_OPTIONS = Options()
LIMITS = Limits()


class Asking(Protocol):
    """`sweep` or `solve`."""

    def __call__(self, body: bytes, options: Options, limits: Limits) -> bytes: ...


def swept(
    model: Document,
    over: Any,
    limits: Limits = LIMITS,
    options: Options = NO_OPTIONS,
    **body: Any,
) -> Answer:
    """What a sweep answers."""
    raw = json.dumps({"model": model, "over": over, **body}).encode()
    answer: Answer = json.loads(sweep(raw, options, limits))
    return answer


def solved(
    model: Document,
    variable: str,
    within: list[int],
    keeping: dict[str, int],
    limits: Limits = LIMITS,
    *,
    options: Options = NO_OPTIONS,
    **body: Any,
) -> Answer:
    """What solving answers, `keeping` these limits, within those of the service."""
    question = {"variable": variable, "range": within, "limits": keeping, **body}
    raw = json.dumps({"model": model, **question}).encode()
    answer: Answer = json.loads(solve(raw, options, limits))
    return answer


def refusal(ask: Asking, body: dict[str, Any], limits: Limits = LIMITS) -> Problem:
    """The problem of a body; fails where there is an answer."""
    with pytest.raises(Problem) as caught:
        ask(json.dumps(body).encode(), NO_OPTIONS, limits)
    return caught.value


def totals_at(model: Document, **bindings: int) -> dict[str, Any]:
    """The totals of a count of its own; raises `Problem`."""
    body = json.dumps({"model": model, "bindings": bindings}).encode()
    totals: dict[str, Any] = json.loads(count(body))["totals"]
    return totals


def perceptron(**variables: int | str) -> Document:
    """Two layers on 8 features: 8 w + w and 4 w + 4 parameters for a width of w."""
    hidden = layer("Dense", name="hidden", units="width")
    return document(["batch", 8], hidden, layer("Dense", units=4), variables=variables)


# Families at random

SIZES = st.sampled_from(
    ["a", "b", "c", "a + b", "a * b", "a - b", "a // b", "8 % a", "max(a, 3)", "min(b, 2) * c", 3]
)


def layers_of(sizes: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Layers whose sizes are expressions; many of them fail at some values."""
    return st.one_of(
        st.builds(lambda n: layer("Dense", units=n), sizes),
        st.builds(lambda n, k: layer("Conv1D", filters=n, kernel_size=k), sizes, sizes),
        st.builds(lambda n, g: layer("Conv1D", filters=n, kernel_size=1, groups=g), sizes, sizes),
        st.builds(lambda n: layer("MaxPooling1D", pool_size=n), sizes),
        st.builds(lambda n: layer("LSTM", units=n, return_sequences=True), sizes),
        st.builds(lambda h: layer("MultiHeadAttention", num_heads=h, key_dim=2), sizes),
        st.just(layer("LayerNormalization")),
        st.builds(
            lambda n, p: layer(
                "SpectralNormalization", power_iterations=p, layer=layer("Dense", units=n)
            ),
            sizes,
            st.integers(1, 2),
        ),
        st.builds(
            lambda n: layer("Bidirectional", layer=layer("LSTM", units=n, return_sequences=True)),
            sizes,
        ),
        st.builds(
            lambda n, r: layer("Block", repeat=r, layers=[layer("Dense", units=n)]), sizes, sizes
        ),
        st.builds(
            lambda n, c, k: layer("Block", copies=c, active=k, layers=[layer("Dense", units=n)]),
            *(sizes, sizes, sizes),
        ),
    )


def again(layers: list[Document]) -> st.SearchStrategy[Document]:
    """Layers whose weights are those of others."""
    return st.builds(lambda one: layer("Reuse", layer=one["name"]), st.sampled_from(layers)) | (
        st.builds(
            lambda n, one: layer("Dense", units=n, tie={"kernel": f"{one['name']}/kernel"}),
            SIZES,
            st.sampled_from(layers),
        )
    )


@st.composite
def families(draw: st.DrawFn) -> Document:
    """Models over two variables `a` and `b`, a third that rests on them, and a named length.

    Beside what takes the first input, which has the length, stand layers that have none of it.
    """
    layers = draw(st.lists(layers_of(SIZES), min_size=1, max_size=4))
    layers = [{**each, "name": f"layer_{k}"} for k, each in enumerate(layers)]
    layers += draw(st.lists(again(layers), max_size=2))
    third = draw(st.sampled_from(["a + 1", "a // b", "b * b", "2 * a - b", 4]))
    features = draw(SIZES)
    beside = draw(st.lists(st.builds(lambda n: layer("Dense", units=n), SIZES), max_size=2))
    for first, name in (layers[:1], "x"), (beside[:1], "y"):
        for one in first:
            one["inputs"] = [name]
    variables = {"a": 4, "b": 2, "c": third}
    model = document(["batch", "length", features], *layers, *beside, variables=variables)
    model["inputs"]["y"] = {"shape": ["batch", draw(SIZES)]}
    return model
