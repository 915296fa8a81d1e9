"""The config of a Keras layer as the attributes of ours.

Keras's names are ours, so there is little to translate: what does not count is left out, the few
names that differ stand in one table, and an attribute that nobody knows is refused.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial, reduce
from operator import or_
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import FieldInfo, fields

from weighbridge.formats.diagnosis import Diagnosis, unknown_attribute
from weighbridge.formats.keras.call import Unreadable, unreadable
from weighbridge.formats.keras.policy import (
    DEFAULT_POLICY,
    read_policy,
    read_quantization_config,
)
from weighbridge.layers.layer import Layer, type_name
from weighbridge.spec import LayerFault
from weighbridge.value import shown

_WEIGHTS = (
    "kernel", "bias", "recurrent", "depthwise", "pointwise", "embeddings", "beta", "gamma", "alpha",
    "moving_mean", "moving_variance", "activity",
)  # fmt: skip

UNCOUNTED_ALWAYS = (
    # How weights begin, and how they learn.
    *(
        f"{weight}_{kind}"
        for kind in ("initializer", "regularizer", "constraint")
        for weight in _WEIGHTS
    ),
    # How a layer is saved and run.
    "autocast", "implementation", "quantization_config", "seed", "zero_output_for_mask",
    "fused", "synchronized", "jit_compile", "rng_type",
)  # fmt: skip
"""Attributes that nothing depends on, where our layer has none of the name."""

_UNCOUNTED = frozenset(UNCOUNTED_ALWAYS) | {
    # What a layer's first input is, for which there is an input.
    "batch_input_shape", "batch_shape", "batch_size", "input_shape", "input_length",
    "input_dtype", "query_shape", "key_shape", "value_shape", "num_spatial_dims",
    # What masks or drops: no shape depends on it.
    "noise_shape", "sliding_window", "softmax_robust_masking",
    # Of preprocessing: none has a shape.
    "idf_weights", "vocabulary_dtype", "dynamic", "ragged", "experimental_autocast",
    "supports_masking", "virtual_batch_size", "adjustment",
}  # fmt: skip
"""Attributes that neither shapes nor counts of a layer depend on, where ours has none such."""

_ONLY: Mapping[str, tuple[Any, ...]] = {
    "time_major": (False, None),
    "groups": (1,),
    "lora_rank": (None,),
    "lora_alpha": (None,),
    "weights": (None,),
}
"""Attributes that our layer has not, and the values in which they say nothing."""

_RENAMED: Mapping[tuple[str, str], str] = {
    ("LeakyReLU", "alpha"): "negative_slope",
}
"""Where Keras 2 has another name for an attribute."""

_WORDS = frozenset({"vocabulary", "mask_value", "mask_token", "oov_token"})
"""Attributes that may be integers or strings, none of which is an expression."""

NESTED = frozenset({"layer", "layers", "backward_layer", "cell", "cells"})
"""Attributes that hold layers."""

_PADDINGS: Mapping[str, tuple[str, ...]] = {"Conv1D": ("valid", "same", "causal")}
_KEYWORDS = ("valid", "same")

_ACTIVATIONS = frozenset(
    {
        "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid", "hard_silu",
        "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish",
        "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink", "softmax", "softplus",
        "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh",
        "tanh_shrink", "threshold",
    }
)  # fmt: skip
_ACTIVATION_LAYERS = frozenset(
    {"Activation", "ELU", "LeakyReLU", "ReLU", "Softmax", "ThresholdedReLU"}
)
"""Layers without weights, which Keras takes as an activation too."""

NestedReader = Callable[[Any, str], Any]
"""Reads the layer, or the layers, that an attribute holds; takes the value and the attribute."""


class _Plan(NamedTuple):
    """What becomes of the members of a config with these names."""

    taken: tuple[str, ...]
    """Members whose value is the attribute's, of the same name."""
    numbers: tuple[str, ...]
    """Those among them that may be no strings, which would be expressions here."""
    read: tuple[tuple[str, str, Callable[[Any, str], Any]], ...]
    """Members that are translated: their names, ours, and how."""
    nested: tuple[str, ...]
    only: tuple[str, ...]
    unknown: tuple[str, ...]
    quantizes: bool


def read_attributes(
    layer_type: type[Layer], config: Mapping[str, Any], nested: NestedReader
) -> dict[str, Any]:
    """Return what a config says, by the names of our attributes. Raises Unreadable."""
    plan = _plan(layer_type, tuple(config))
    if plan.unknown or plan.only:
        _check(layer_type, config, plan)
    read = {name: config[name] for name in plan.taken}
    for name in plan.numbers:
        if read[name].__class__ is not int:
            _require_numbers(read[name], name)
    for name, ours, reader in plan.read:
        read[ours] = reader(config[name], name)
    for name in plan.nested:
        read[name] = nested(config[name], name)
    dtype = config.get("dtype")
    if dtype is not None and dtype != DEFAULT_POLICY:
        _add_policy(
            read, dtype, config.get("quantization_config") if plan.quantizes else None, plan
        )
    return read


def _add_policy(read: dict[str, Any], dtype: Any, quantizing: Any, plan: _Plan) -> None:
    quantization: dict[str, Any] = {}
    policy = read_policy(dtype, quantization)
    if policy is not None:
        read["dtype"] = policy
    if quantization and plan.quantizes:
        read_quantization_config(quantizing, quantization)
        read.update(quantization)


def make_layer(layer_type: type[Layer], attributes: Mapping[str, Any]) -> Layer:
    """Return a layer with these attributes, checked by their types. Raises Unreadable."""
    try:
        return msgspec.convert(attributes, layer_type)
    except msgspec.ValidationError as error:
        faults = Diagnosis().faults(attributes, layer_type)
        raise Unreadable(faults or [LayerFault("invalid_model", str(error))]) from None


# ---- What is made of a config -------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _plan(layer_type: type[Layer], names: tuple[str, ...]) -> _Plan:
    known = readings_of(layer_type)
    taken, numbers, read, nested, only, unknown = [], [], [], [], [], []
    for name in names:
        ours = _RENAMED.get((type_name(layer_type), name), name)
        if name == "dtype":
            continue
        if ours in NESTED and ours in known:
            nested.append(name)
        elif ours in known and known[ours].read in (None, _number) and ours == name:
            taken.append(name)
            numbers += [name] if known[ours].read is _number else []
        elif ours in known:
            read.append((name, ours, known[ours].read or _as_it_is))
        elif name in _ONLY:
            only.append(name)
        elif ours not in _UNCOUNTED:
            unknown.append(name)
    return _Plan(
        tuple(taken), tuple(numbers), tuple(read), tuple(nested), tuple(only), tuple(unknown),
        "quantization" in known,
    )  # fmt: skip


def _check(layer_type: type[Layer], config: Mapping[str, Any], plan: _Plan) -> None:
    """Refuse what nobody knows, and what is known in one value only."""
    faults = [unknown_attribute(name, readings_of(layer_type)) for name in plan.unknown]
    for name in plan.only:
        if config[name] not in _ONLY[name]:
            detail = f"{shown(config[name])} is not read"
            faults.append(LayerFault("unsupported_document", detail, name))
    if faults:
        raise Unreadable(faults)


class Reading(NamedTuple):
    """How the value of an attribute is read."""

    attribute: FieldInfo
    read: Callable[[Any, str], Any] | None
    """Looks at a value, and returns what ours is; None where the attribute's type alone decides."""
    plain: Any
    """The type of the values that are ours as they stand."""


@cache
def readings_of(layer_type: type[Layer]) -> dict[str, Reading]:
    """Return how each attribute of a config is read; a dtype says more than ours."""
    hints = get_type_hints(layer_type)
    return {
        attribute.name: _reading(type_name(layer_type), attribute, hints[attribute.name])
        for attribute in fields(layer_type)
        if attribute.name not in ("inputs", "tie", "dtype")
    }


def _reading(type_: str, attribute: FieldInfo, hint: Any) -> Reading:
    name = attribute.name
    if name == "name":
        return Reading(attribute, None, hint)
    if name.endswith("activation"):
        words = Literal[tuple(_ACTIVATIONS)]  # type: ignore[valid-type]
        return Reading(attribute, _activation, words if hint is str else words | None)
    if (type_, name) == ("BatchNormalization", "axis"):
        return Reading(attribute, _axis, int)
    if name == "padding" and str in get_args(hint) and _has_literals(type_):
        keywords = _PADDINGS.get(type_, _KEYWORDS)
        keyword = partial(_keyword, keywords=keywords)
        return Reading(attribute, keyword, Literal[keywords])
    if _is_expression(hint) and name not in _WORDS:
        return Reading(attribute, _number, _without_strings(attribute.type))
    return Reading(attribute, None, attribute.type)


def _has_literals(type_: str) -> bool:
    return not type_.startswith(("ZeroPadding", "Cropping"))


def _is_expression(hint: Any) -> bool:
    """May the attribute be an expression: a string where an integer may stand?"""
    parts = set(get_args(hint))
    return {int, str} <= parts or any(_is_expression(part) for part in parts)


def _without_strings(hint: Any) -> Any:
    """Return the type of the same values without strings, in lists neither."""
    if get_origin(hint) is Annotated:
        values, *constraints = get_args(hint)
        return Annotated[_without_strings(values), *constraints]
    parts = tuple(_without_strings(part) for part in get_args(hint) if part is not str)
    if get_origin(hint) is list:
        return list[parts]  # type: ignore[valid-type]
    return reduce(or_, parts) if parts else hint


def _as_it_is(value: Any, name: str) -> Any:
    return value


def _number(value: Any, name: str) -> Any:
    _require_numbers(value, name)
    return value


def _require_numbers(value: Any, name: str) -> None:
    """Keras has no expressions: what would be one here is a string in the wrong place."""
    if value.__class__ is str:
        raise unreadable("invalid_model", f"must be an integer, got {shown(value)}", name)
    if value.__class__ is list:
        for k, item in enumerate(value):
            if item.__class__ is not int:
                _require_numbers(item, f"{name}/{k}")


def _axis(value: Any, name: str) -> Any:
    """Keras 2 writes the one axis as a list."""
    return _number(value[0] if isinstance(value, list) and len(value) == 1 else value, name)


def _keyword(value: Any, name: str, keywords: tuple[str, ...]) -> Any:
    lower = value.lower() if isinstance(value, str) else value
    if lower not in keywords:
        words = ", ".join(keywords)
        raise unreadable("invalid_model", f"must be one of {words}, got {shown(value)}", name)
    return lower


def _activation(value: Any, name: str) -> str | None:
    """Return the name of an activation; what may have weights or is people's own is refused."""
    if value is None or (value.__class__ is str and value in _ACTIVATIONS):
        return value
    found = value
    if isinstance(value, dict):
        found = value.get("class_name")
        if found == "function":
            found = value.get("config")
        elif found in _ACTIVATION_LAYERS:
            return str(found)
    if isinstance(found, str) and found in _ACTIVATIONS:
        return found
    raise unreadable("unsupported_document", f"{shown(found)} is no activation of Keras", name)
