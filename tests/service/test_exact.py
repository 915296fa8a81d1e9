"""No float on the way: whatever is answered of any model, every number is an exact integer."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.reference.documents import documents
from tests.service.documents import Document

from weighbridge.check import check
from weighbridge.count import count
from weighbridge.diff import diff
from weighbridge.options import Options
from weighbridge.problems import Problem
from weighbridge.render.figures import FIGURES, added, heaviest
from weighbridge.report import decode
from weighbridge.sweep import sweep

exactly = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,  # the same models on every machine; raise max_examples to look further
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)

INT64 = range(-(2**63), 2**63)


def no_float(text: str) -> NoReturn:
    raise AssertionError(f"{text} is no integer")


def no_large_integer(text: str) -> int:
    assert int(text) in INT64
    return int(text)


def exact(answer: bytes) -> Any:
    """The JSON of an answer, in whose text every number is an integer of 64 bits."""
    return json.loads(
        answer, parse_float=no_float, parse_constant=no_float, parse_int=no_large_integer
    )


def asked(ask: Callable[[bytes, Options], bytes], body: Any, **options: str) -> Any:
    """An exact answer; what is refused is of no use here."""
    try:
        return exact(ask(json.dumps(body).encode(), Options(**options)))
    except Problem:
        assume(False)


@exactly
@given(documents(), st.sampled_from(["totals", "layers", "weights"]))
def test_every_number_of_a_report_is_an_integer(model: Document, detail: str) -> None:
    asked(count, model, detail=detail)


@exactly
@given(documents(), st.integers(1, 2**40))
def test_large_costs_are_integers_or_unknown(model: Document, batch: int) -> None:
    asked(count, {"model": model, "bindings": {"batch": batch}}, detail="weights")


@exactly
@given(documents())
def test_a_limit_is_broken_by_one_more_and_kept_exactly(model: Document) -> None:
    totals = {name: most for name, most in asked(count, model)["totals"].items() if most}
    assume(totals)
    assert asked(check, {"model": model, "limits": totals})["passed"]
    less = {name: most - 1 for name, most in totals.items()}
    answer = asked(check, {"model": model, "limits": less})
    assert answer["violations"] == [
        {"figure": name, "limit": most, "value": most + 1} for name, most in less.items()
    ]


@exactly
@given(documents(), documents())
def test_a_diff_is_exact_and_the_other_way_round_the_opposite(one: Document, two: Document) -> None:
    there = asked(diff, {"before": one, "after": two})
    back = asked(diff, {"before": two, "after": one})
    for figure, total in there["totals"].items():
        if total["delta"] is None:
            assert back["totals"][figure]["delta"] is None
        else:
            assert total["before"] + total["delta"] == total["after"]
            assert back["totals"][figure]["delta"] == -total["delta"]
    assert {row["name"] for row in there["added"]} == {row["name"] for row in back["removed"]}


@exactly
@given(documents())
def test_the_rows_of_a_sorted_table_make_the_total(model: Document) -> None:
    report = decode(json.dumps(asked(count, model)).encode())
    for figure in FIGURES:
        parts = [added(row, figure) for row in heaviest(report, figure)]
        total = getattr(report.totals, figure)
        assert total is None or total == sum(part or 0 for part in parts)
        assert None in parts or parts == sorted(parts, key=lambda part: -(part or 0))


@exactly
@given(documents(), st.integers(1, 2**40))
def test_every_number_of_a_sweep_is_an_integer(model: Document, batch: int) -> None:
    asked(sweep, {"model": model, "over": {"batch": [1, 2, batch]}})
