"""Reads what Keras's `model.to_json()` writes, of Keras 3 and of Keras 2 (tf.keras).

The layers keep their names, so that a report can be read beside Keras's own summary. A model that
is used as a layer becomes a Block, a further call of a layer (`tower:1`) a Reuse.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Raw

from weighbridge.envelope import Envelope
from weighbridge.formats.keras import straight
from weighbridge.formats.keras.call import Unreadable
from weighbridge.formats.keras.custom import read_customs
from weighbridge.formats.keras.layer import Generation, unknown_class
from weighbridge.formats.keras.model import Model, ModelReader, is_model
from weighbridge.formats.keras.place import Locator
from weighbridge.formats.keras.plain import NeedsCareError
from weighbridge.formats.keras.straight import StraightReader
from weighbridge.problems import Problem
from weighbridge.spec import Broken, Document, Input, LayerFault, Specification
from weighbridge.value import decode

FORMAT = "keras"
_BEGINS = re.compile(rb'\s*{\s*"(module|class_name|config)"')
"""How Keras's documents begin, and native ones and envelopes do not."""


def recognises(members: Mapping[str, Raw]) -> bool:
    """Is this, by its members, a Keras document?"""
    return "class_name" in members and "config" in members


def read_right(request: Envelope) -> Document | None:
    """Read the document of a request where it is straight (`straight.py`), else return None."""
    if request.custom_layers or not _BEGINS.match(request.model):
        return None
    try:
        reader = StraightReader()
        model = reader.read(straight.decode(request.model), "", nested=False)
        return _document(model, reader, request)
    except (NeedsCareError, Unreadable, RecursionError):
        return None


def read(request: Envelope) -> Document:
    """Read the document of a request. What is wrong with layers stands in what comes back.

    Raises Problem: too_complex, and what is wrong with `custom_layers`.
    """
    customs = read_customs(request.custom_layers)
    try:
        data = decode(request.model)
        reader = ModelReader(customs, Generation(data.get("keras_version")))
        return _read(data, reader, request)
    except RecursionError:
        detail = "the model nests deeper than any model does (limit nesting)"
        raise Problem("too_complex", detail) from None


def _read(data: dict[str, Any], reader: ModelReader, request: Envelope) -> Document:
    model, faults = Model(), []
    try:
        if not is_model(data):
            raise Unreadable([_no_model(data)])
        model = reader.read(data, "", nested=False)
    except Unreadable as error:
        faults = error.faults
    if not (model.inputs or faults):
        model.inputs["input_layer"] = _requested_input(request)
    document = _document(model, reader, request)
    document.faults = faults
    return document


def _document(model: Model, reader: ModelReader, request: Envelope) -> Document:
    specification = Specification(
        name=model.name or "model",
        inputs=model.inputs,  # type: ignore[arg-type]
        layers=_frozen(model),
        outputs=model.outputs,
    )
    return Document(
        FORMAT,
        specification,
        reader.find_pointers,
        wired=True,
        recalls=reader.recalls,
        locate=Locator(request.model),
    )


def _requested_input(request: Envelope) -> Input | Broken:
    """Return the input that a Sequential without one has by the request."""
    shape = request.input_shapes.get("input_layer")
    if shape is not None:
        return Input(shape=shape)
    detail = (
        "the document does not say what shape its input has: send it beside the model, such as "
        '"input_shapes": {"input_layer": ["batch", 28, 28, 1]}'
    )
    return Broken(None, None, "", [LayerFault("unsupported_document", detail)])


def _frozen(model: Model) -> list[Any]:
    """Return the layers of a model, frozen with it."""
    for layer in model.layers if not model.trainable else ():
        if hasattr(layer, "trainable"):
            layer.trainable = False
    return model.layers


def _no_model(data: dict[str, Any]) -> LayerFault:
    """Return why a document is no model whose layers it says."""
    if isinstance(data.get("config"), dict) and data.get("class_name") in ("Functional", "Model"):
        return LayerFault("invalid_model", "'layers' is missing", "config")
    return unknown_class(data)
