"""The short way to a record: the same bytes as the long one, which the core's own tests hold."""

from typing import Any

import msgspec
import pytest

from weighbridge.core.packing import NO_OWNER, packer_of
from weighbridge.layers.catalogue import TYPES
from weighbridge.layers.core import Dense
from weighbridge.layers.layer import Layer

ONE_NODE = [name for name, layer_type in TYPES.items() if layer_type.lowers_to is not None]


def example_of(type_name: str) -> Layer:
    """Return the layer that a type's documentation shows."""
    layer: Layer = msgspec.convert(TYPES[type_name].example["layers"][-1], TYPES[type_name])
    return layer


@pytest.mark.parametrize("type_name", ONE_NODE)
@pytest.mark.parametrize("members", [{}, {"trainable": False}, {"dtype": "float16"}], ids=str)
def test_the_short_way_is_the_long_one(type_name: str, members: dict[str, Any]) -> None:
    layer = msgspec.structs.replace(example_of(type_name), **members)
    packer = packer_of(type(layer))
    for n_references in (1, 2):
        long = packer.pack(layer, n_references, NO_OWNER)
        assert packer.pack_usual(layer, n_references) == long


def test_what_most_leave_at_null_is_packed_where_it_is_given() -> None:
    packer = packer_of(Dense)
    plain, adapted = Dense(units=3), Dense(units=3, lora_rank=2)
    assert packer.pack_usual(plain, 1) != packer.pack_usual(adapted, 1)
    assert packer.pack_usual(adapted, 1) == packer.pack(adapted, 1, NO_OWNER)


@pytest.mark.parametrize(
    ("type_name", "members"),
    [
        *(("LayerNormalization", {"axis": axis}) for axis in (-1, -2, [-1], [-2, -1])),
        *(("Reduce", {"axis": axis}) for axis in (None, 1, [1, 2])),
        *(("Conv2D", {"padding": padding}) for padding in ("valid", "same", 1, [1, 2])),
        *(("Conv2D", {"strides": strides}) for strides in (1, 2, [1, 2])),
    ],
)
def test_lists_and_single_values_go_either_way(type_name: str, members: dict[str, Any]) -> None:
    layer = msgspec.structs.replace(example_of(type_name), **members)
    packer = packer_of(type(layer))
    assert packer.pack_usual(layer, 1) == packer.pack(layer, 1, NO_OWNER)


def test_a_tie_is_no_part_of_a_record() -> None:
    tied = Dense(units=3, tie={"kernel": "other/kernel"})
    with pytest.raises(TypeError):
        packer_of(Dense).pack_usual(tied, 1)
