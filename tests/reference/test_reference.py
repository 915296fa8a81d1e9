"""The reference itself, against figures of frameworks and papers: the table of the examples."""

import json

import pytest
from tests.reference import count
from tests.service.test_examples import EXAMPLES, Known, known_figures

# The reference has no variables: families are held to their figures in tests/service.
SINGLE = [known for known in known_figures() if not known.file.startswith("families/")]


@pytest.mark.parametrize("known", SINGLE, ids=lambda known: known.file)
def test_the_reference_counts_what_the_frameworks_count(known: Known) -> None:
    totals = count(json.loads((EXAMPLES / known.file).read_bytes()))["totals"]
    found = (totals["parameters"] - totals["buffers"], totals["buffers"], totals["macs"])
    assert found == (known.parameters, known.buffers, known.macs)
