"""What may stand for a model, and what is then sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.client.documented import MODEL
from tests.client.stub import Stub

from weighbridge_client import Client, MalformedJson, Model, TooComplex

TEXT = '{"layers" : [ ], "scale": 1.10, "wide": 123456789012345678901234567890}'


class Live:
    """A live model, as Keras has them."""

    def to_json(self) -> str:
        return TEXT


def test_a_dict_goes_bare(client: Client, stub: Stub) -> None:
    client.count(MODEL)
    (asked,) = stub.asked
    assert (asked.method, asked.path, asked.json()) == ("POST", "/v1/count", MODEL)
    assert asked.headers["Content-Type"] == "application/json"


def test_text_files_and_live_models_are_sent_to_the_letter(
    client: Client, stub: Stub, tmp_path: Path
) -> None:
    file = tmp_path / "model.json"
    file.write_text(TEXT)
    models: list[Model] = [TEXT, TEXT.encode(), file, Live()]
    for model in models:
        client.count(model)
    assert [asked.body for asked in stub.asked] == [TEXT.encode()] * 4


def test_in_an_envelope_too_no_number_is_written_anew(client: Client, stub: Stub) -> None:
    client.count(TEXT, bindings={"batch": 32})
    assert TEXT.encode() in stub.asked[0].body
    assert stub.asked[0].json() == {"model": json.loads(TEXT), "bindings": {"batch": 32}}


def test_format_and_detail_go_into_the_query(client: Client, stub: Stub) -> None:
    client.count(MODEL, format="native", detail="weights")
    assert stub.asked[0].path == "/v1/count?format=native&detail=weights"
    assert stub.asked[0].json() == MODEL


def test_input_shapes_go_into_the_envelope(client: Client, stub: Stub) -> None:
    client.count(MODEL, input_shapes={"image": ["batch", None, 64, 3]})
    shapes = {"image": ["batch", None, 64, 3]}
    assert stub.asked[0].json() == {"model": MODEL, "input_shapes": shapes}


def test_empty_bindings_make_an_envelope_and_none_does_not(client: Client, stub: Stub) -> None:
    client.count(MODEL, bindings={})
    assert stub.asked[0].json() == {"model": MODEL, "bindings": {}}


def test_a_string_is_never_a_file_name(client: Client, stub: Stub, tmp_path: Path) -> None:
    file = tmp_path / "model.json"
    file.write_text(TEXT)
    client.count(str(file))
    assert stub.asked[0].body == str(file).encode()


def test_a_file_that_is_not_there_is_the_file_systems_error(client: Client) -> None:
    with pytest.raises(FileNotFoundError):
        client.count(Path("nowhere.json"))


def test_a_keras_archive_goes_as_a_zip_file(client: Client, stub: Stub, tmp_path: Path) -> None:
    file = tmp_path / "model.keras"
    file.write_bytes(b"PK\x03\x04")
    client.count(file)
    assert stub.asked[0].headers["Content-Type"] == "application/zip"
    with pytest.raises(ValueError, match="archive"):
        client.count(file, bindings={"batch": 1})


@pytest.mark.parametrize(
    "text",
    ["", "{", "{}, {}", '{}, "x": {}', '{"a": NaN}', b"\xff{}", b'"\xed\xa0\x80"', "'\ud800'"],
)
def test_only_one_json_value_gets_into_an_envelope(
    client: Client, stub: Stub, text: str | bytes
) -> None:
    with pytest.raises(MalformedJson) as caught:
        client.count(text, bindings={"batch": 1})
    assert caught.value.problem.code == "malformed_json"
    assert stub.asked == []


def test_numbers_of_any_length_get_into_an_envelope(client: Client, stub: Stub) -> None:
    digits = "9" * 10_000
    client.count(f'{{"units": {digits}}}', bindings={"batch": 1})
    assert digits.encode() in stub.asked[0].body


def test_what_is_nested_too_deeply_to_be_looked_at_is_not_sent(client: Client) -> None:
    with pytest.raises(TooComplex):
        client.count("[" * 500_000 + "]" * 500_000, bindings={"batch": 1})


class Int64:
    """An integer of another kind, as NumPy has them."""

    def __index__(self) -> int:
        return 2**53 + 1


def test_integers_of_other_kinds_are_sent_exactly(client: Client, stub: Stub) -> None:
    units: Any = Int64()
    client.count({"units": units}, bindings={"batch": units})
    assert stub.asked[0].json() == {
        "model": {"units": 9007199254740993},
        "bindings": {"batch": 9007199254740993},
    }


@pytest.mark.parametrize("model", [None, 3, ["layers"]])
def test_what_is_no_model_is_a_type_error(client: Client, model: Any) -> None:
    with pytest.raises(TypeError, match=r"a model is a dict, .* not "):
        client.count(model)


def test_what_json_does_not_have_is_refused_here(client: Client) -> None:
    with pytest.raises(TypeError, match="set"):
        client.count({"layers": {1, 2}})
    with pytest.raises(ValueError, match="JSON"):
        client.count({"rate": float("nan")})
