"""Whatever is wrong with a document, what comes back is a report or a problem, soon.

Documents of tests/truth are broken in one byte, one key or one value, by a seed. `BROKEN_DOCUMENTS`
says how many.
"""

import json
import os
import random
import time
import traceback
from collections.abc import Iterator
from typing import Any

from tests.keras.truth import cases, models

from weighbridge.count import count
from weighbridge.problems import PROBLEMS, Problem

HOW_MANY = int(os.environ.get("BROKEN_DOCUMENTS", "10000"))
SEED = 20261122
SECONDS = 10.0

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 7, 10**6, 2**31, 2**63, -(2**63), 10**30, 0.5, 1e308, "", "a",
    "same", "input", "None", "\u202e", "x" * 300, [], {}, [None], [0], [-1, -1], [[]], [[1, 2], 3],
    {"class_name": "Dense", "config": {"units": 2}}, {"class_name": "__keras_tensor__"},
    {"class_name": "__numpy__", "config": {"value": [[1], 2]}}, ["dense", 0, 0], ["dense", 1, 7],
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every member and item of a document, by what holds it and its key there."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(members):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places(inner)


def break_byte(text: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(text))
    return text[:place] + bytes([chance.randrange(256)]) * chance.randrange(3) + text[place + 1 :]


def break_key(text: bytes, chance: random.Random) -> bytes:
    document = json.loads(text)
    holder, key = chance.choice([place for place in places(document) if isinstance(place[1], str)])
    value = holder.pop(key)
    if chance.random() < 0.5:
        names = [
            "name",
            "layers",
            "config",
            "class_name",
            "units",
            key + "s",
            "layer",
            "cell",
            "\n",
        ]
        holder[chance.choice(names)] = value
    return json.dumps(document).encode()


def break_value(text: bytes, chance: random.Random) -> bytes:
    document = json.loads(text)
    everywhere = list(places(document))
    holder, key = chance.choice(everywhere)
    if chance.random() < 0.2:
        other, name = chance.choice(everywhere)
        holder[key] = json.loads(json.dumps(other[name]))
    else:
        holder[key] = chance.choice(VALUES)
    return json.dumps(document).encode()


def test_a_broken_document_gives_a_report_or_a_problem() -> None:
    chance = random.Random(SEED)  # noqa: S311
    texts = [json.dumps(case["document"]).encode() for case in cases() + models()]
    for number in range(HOW_MANY):
        breaking = (break_byte, break_key, break_value)[number % 3]
        body = breaking(chance.choice(texts), chance)
        started = time.perf_counter()
        code = outcome(body)
        assert code == "report" or code in PROBLEMS.keys() - {"internal"}, (number, code, body)
        assert time.perf_counter() - started < SECONDS, number


def outcome(body: bytes) -> str:
    """Return `report`, the code of the problem, or what else came of a body."""
    try:
        json.loads(count(body))
    except Problem as problem:
        return problem.code if problem.detail else "no detail"
    except Exception:  # noqa: BLE001  (what no document may bring about)
        return traceback.format_exc()
    return "report"
