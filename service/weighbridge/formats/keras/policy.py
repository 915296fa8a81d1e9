"""Dtypes and dtype policies of Keras, and what they say of quantization."""

from typing import Any

from weighbridge.formats.keras.call import unreadable
from weighbridge.value import shown

PLAIN = ("DTypePolicy", "Policy", "FloatDTypePolicy")
_QUANTIZED = (
    "QuantizedDTypePolicy",
    "QuantizedFloat8DTypePolicy",
    "Int4DTypePolicy",
    "GPTQDTypePolicy",
    "AWQDTypePolicy",
)
DEFAULT = "float32"

DEFAULT_POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": DEFAULT},
    "registered_name": None,
}
"""What nearly all layers say, as Keras 3 writes it."""


def read_policy(given: Any, quantization: dict[str, Any]) -> str | None:
    """Return the dtype or policy that a config's `dtype` is, None for Keras's default.

    What it says of quantization goes into `quantization`, by the names of the layers' attributes.
    Raises Unreadable.
    """
    if given is None or given == DEFAULT:
        return None
    if isinstance(given, str):
        return _named(given, quantization)
    config = given.get("config") if isinstance(given, dict) else None
    if not isinstance(config, dict):
        raise unreadable(
            "invalid_model", f"must be a dtype or a policy, got {shown(given)}", "dtype"
        )
    class_name = given.get("class_name")
    if class_name in PLAIN:
        return read_policy(config.get("name"), quantization)
    if class_name in _QUANTIZED:
        quantization.update(_quantization(config))
        return read_policy(config.get("source_name"), quantization)
    if class_name == "DTypePolicyMap" and not config.get("policy_map"):
        return read_policy(config.get("default_policy"), quantization)
    detail = f"{shown(class_name)} is no dtype policy that is read"
    raise unreadable("unsupported_document", detail, "dtype")


def _named(name: str, quantization: dict[str, Any]) -> str | None:
    """Return the dtype of a policy's name, such as `int8_from_mixed_bfloat16`."""
    mode, from_, source = name.partition("_from_")
    if not from_:
        return name
    quantization.update(_quantization({"mode": mode}))
    return None if source == DEFAULT else source


def _quantization(config: dict[str, Any]) -> dict[str, Any]:
    """Return what a mode such as `int8`, `int4/128` or `gptq/4/128` says."""
    mode = config.get("mode")
    if not isinstance(mode, str):
        raise unreadable("invalid_model", f"mode must be a string, got {shown(mode)}", "dtype")
    kind, *numbers = mode.split("/")
    found: dict[str, Any] = {"quantization": kind}
    if not all(number.removeprefix("-").isdecimal() and len(number) < 10 for number in numbers):
        raise unreadable("invalid_model", f"{shown(mode)} is no mode of quantization", "dtype")
    if kind in ("gptq", "awq") and len(numbers) == 2:
        found["quantization_bits"] = int(numbers.pop(0))
    if numbers:
        found["quantization_block_size"] = int(numbers[0])
    if "amax_history_length" in config:
        found["amax_history_length"] = config["amax_history_length"]
    return found


def read_quantization_config(given: Any, quantization: dict[str, Any]) -> None:
    """Add what a layer's `quantization_config` says beside its policy."""
    config = given.get("config") if isinstance(given, dict) else None
    if not isinstance(config, dict) or "quantization" not in quantization:
        return
    for name, attribute in (
        ("block_size", "quantization_block_size"),
        ("group_size", "quantization_block_size"),
        ("weight_bits", "quantization_bits"),
    ):
        if config.get(name) is not None:
            quantization[attribute] = config[name]
