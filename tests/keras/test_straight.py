"""What is decoded at once is what the careful reader makes of the same document, field by field."""

import gc
import json
import random
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import Raw
from tests.keras.test_broken import VALUES, break_byte, break_key, break_value
from tests.keras.test_document import INPUT, called, entry, functional, tensor
from tests.keras.truth import Json, cases, models, report, row

from weighbridge.count import count
from weighbridge.envelope import Envelope
from weighbridge.formats import keras
from weighbridge.formats.keras.attributes import UNCOUNTED_ALWAYS, readings_of
from weighbridge.formats.keras.plain import PLAIN_TYPES, NeedsCareError, any_entry, members_of
from weighbridge.formats.keras.straight import Seen
from weighbridge.layers.catalogue import TYPES
from weighbridge.problems import Problem
from weighbridge.spec import Document

SEED = 20261128
HOW_MANY = 1500
SOME_VALUES = (*VALUES, "float32", "mixed_bfloat16", "channels_first", "SAME", [3, 3], [[1, 1], 2])
MODELS = models()


def straight(body: bytes) -> Document | None:
    return keras.read_right(Envelope(Raw(body)))


def assert_same(body: bytes) -> bool:
    """Hold both ways against each other; return whether the document can go both."""
    for _ in range(2):  # with what the first time has learned, too
        found = straight(body)
        if found is None:
            return False
        compare(found, keras.read(Envelope(Raw(body))))
    return True


def compare(found: Document, careful: Document) -> None:
    assert found.specification == careful.specification
    assert (found.wired, list(found.faults)) == (careful.wired, list(careful.faults))
    assert list(found.recalls.values()) == list(careful.recalls.values())
    assert places(found) == places(careful)


def places(document: Document) -> list[tuple[Any, str | None]]:
    """Return every layer and input with its pointer."""
    assert document.pointers is not None
    pointers = document.pointers()
    return [(part, pointers.get(id(part))) for part in parts(document.specification)]


def parts(holder: Any) -> Iterator[Any]:
    inputs = getattr(holder, "inputs", None)
    yield from inputs.values() if isinstance(inputs, dict) else ()
    for layer in getattr(holder, "layers", ()):
        yield layer
        yield from parts(layer)


@pytest.mark.parametrize("case", MODELS, ids=lambda case: case["case"])
def test_a_model_of_keras_applications_is_read_at_once(case: Json) -> None:
    assert assert_same(json.dumps(case["document"]).encode())


def test_most_small_models_are_read_at_once() -> None:
    documents = [json.dumps(case["document"]).encode() for case in cases()]
    assert sum(map(assert_same, documents)) > 0.9 * len(documents)


def test_a_broken_document_is_read_at_once_only_as_with_care() -> None:
    chance = random.Random(SEED)  # noqa: S311
    texts = [json.dumps(case["document"]).encode() for case in cases()]
    went = 0
    for number in range(HOW_MANY):
        breaking = (break_byte, break_key, break_value)[number % 3]
        went += tried(breaking(chance.choice(texts), chance))
    assert went > HOW_MANY / 4


def transfer() -> Json:
    """Return a model around one whose inputs stand in another order than they are taken in."""
    inner = functional(
        "tower",
        [
            entry("InputLayer", "late", [], batch_shape=[None, 4]),
            entry("InputLayer", "early", [], batch_shape=[None, 6]),
            entry("Dense", "wide", [called(tensor("early"))], units=8, activation="relu"),
            entry("Dense", "thin", [called(tensor("late"))], units=8),
            entry("Concatenate", "both", [called([tensor("wide"), tensor("thin")])], axis=-1),
            entry("SpectralNormalization", "odd", [called(tensor("both"))], layer=DENSE),
        ],
        ["early", "late"],
        ["odd"],
    )
    layers = [
        INPUT,
        entry("Dense", "narrow", [called(tensor("x"))], units=4),
        {**inner, "name": "tower", "inbound_nodes": [called([tensor("x"), tensor("narrow")])]},
        entry("Dense", "head", [called(tensor("tower"))], units=2),
    ]
    return functional("model", layers, ["x"], ["head"])


DENSE = entry("Dense", "dense", units=3)


def test_a_model_in_a_model_is_read_at_once() -> None:
    assert assert_same(json.dumps(transfer()).encode())
    assert row("tower", report(transfer()))["parameters"] == 7 * 8 + 5 * 8 + 17 * 3 + 3


def test_a_broken_model_in_a_model_is_read_at_once_only_as_with_care() -> None:
    chance = random.Random(SEED)  # noqa: S311
    text = json.dumps(transfer()).encode()
    went = [tried((break_key, break_value)[n % 2](text, chance)) for n in range(HOW_MANY)]
    assert sum(went) > HOW_MANY / 4


def test_nothing_is_left_for_the_garbage_collector() -> None:
    """What is read holds no cycles, and is let go of at once."""
    body = json.dumps(transfer()).encode()
    count(body)
    gc.collect()
    count(body)
    assert gc.collect() == 0


def test_a_layer_without_its_class_is_not_decoded() -> None:
    nameless = json.dumps({"name": "x", "config": {}, "inbound_nodes": []})
    with pytest.raises(msgspec.ValidationError):
        Seen().decoders().entry.decode(nameless)


def tried(body: bytes) -> bool:
    """Hold both ways against each other where the careful one makes anything of it."""
    try:
        return assert_same(body)
    except Problem:
        return False


@pytest.mark.parametrize("name", TYPES)
def test_an_attribute_is_decoded_as_it_is_read_with_care(name: str) -> None:
    known = [*readings_of(TYPES[name]), "dtype", *UNCOUNTED_ALWAYS[::7], "inputs", "tie", "type"]
    example = TYPES[name].example["layers"][-1]
    given = {key: value for key, value in example.items() if key not in ("type", "inputs", "name")}
    configs = [{**given, attribute: value} for attribute in known for value in SOME_VALUES]
    layers = [
        {**entry(name, f"y{k}", [called(tensor("x"))]), "config": {"name": f"y{k}", **config}}
        for k, config in enumerate(configs)
    ]
    decoder = msgspec.json.Decoder(
        any_entry({n: sorted(members_of(TYPES[n])) for n in {name} & PLAIN_TYPES.keys()})
    )
    plain = [layer for layer in layers if is_plain(layer, decoder)]
    assert bool(plain) == (name in PLAIN_TYPES)
    document = functional("model", [INPUT, *plain], ["x"], ["x"])
    assert assert_same(json.dumps(document).encode())


def is_plain(layer: Json, decoder: msgspec.json.Decoder[Any]) -> bool:
    try:
        decoder.decode(json.dumps(layer)).config.layer("y", ["x:0"])
    except (msgspec.ValidationError, NeedsCareError):
        return False
    return True
