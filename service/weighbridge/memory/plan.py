"""What is asked: how a model is trained or served, and on what."""

from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct

from weighbridge import spelling
from weighbridge.envelope import INT64
from weighbridge.layers.catalogue import nearest
from weighbridge.memory.optimizers import OPTIMIZERS
from weighbridge.memory.precision import CachePrecision, InferencePrecision, TrainingPrecision
from weighbridge.pointer import escape
from weighbridge.value import ValueFault, ValueFaults, shown

MOST_DEVICES = 2**20
"""Along each way of parallelism, so that all of them together are a number of 64 bits."""

Devices = Annotated[int, Meta(ge=1, le=MOST_DEVICES)]
Amount = Annotated[int, Meta(ge=1, le=INT64[-1])]
Checkpointing = Literal["none", "block", "full"]


class Training(Struct, frozen=True, kw_only=True):
    """How a model is trained."""

    optimizer: str = "adam"
    precision: TrainingPrecision = "float32"
    zero_stage: Annotated[int, Meta(ge=0, le=3)] = 0
    data_parallel: Devices = 1
    tensor_parallel: Devices = 1
    pipeline_parallel: Devices = 1
    activation_checkpointing: Checkpointing = "none"


class Inference(Struct, frozen=True, kw_only=True):
    """How a model is served."""

    precision: InferencePrecision = "float32"
    group_size: Amount | None = None
    context: Amount | None = None
    batch: Amount | None = None
    cache_precision: CachePrecision | None = None


Plan = TypeVar("Plan", Training, Inference)


def training(value: Any) -> Training:
    """Read the member `training` of a request. Raises ValueFaults."""
    return _read(value, Training)


def inference(value: Any) -> Inference:
    """Read the member `inference` of a request. Raises ValueFaults."""
    plan = _read(value, Inference)
    if plan.group_size is not None and plan.precision not in ("float8", "int8", "int4"):
        detail = f"is for float8, int8 and int4: {plan.precision} has no scales"
        raise ValueFault(detail, "group_size")
    return plan


def _read(value: Any, kind: type[Plan]) -> Plan:
    if not isinstance(value, dict):
        raise ValueFault(f"must be an object, got {shown(value)}", "")
    hints = get_type_hints(kind, include_extras=True)
    found = [(name, _member_fault(name, item, hints)) for name, item in value.items()]
    faults = [ValueFault(detail, escape(name)) for name, detail in found if detail is not None]
    if faults:
        raise ValueFaults(faults)
    return kind(**value)


def _member_fault(name: str, value: Any, hints: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a member of a plan."""
    if name not in hints:
        return f"'{name:.60}' is not known{_hint(name, hints)}"
    expected, *others = _options(hints[name])
    if value is None and type(None) in others:
        return None
    if expected is str:
        return _choice_fault(value, tuple(OPTIMIZERS))
    if get_origin(expected) is Literal:
        return _choice_fault(value, get_args(expected))
    _, limits = get_args(expected)
    return _integer_fault(value, limits.ge, limits.le)


def _options(hint: Any) -> tuple[Any, ...]:
    """Return the types that a member may have."""
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _choice_fault(value: Any, choices: tuple[str, ...]) -> str | None:
    if value in choices:
        return None
    hint = _hint(value, choices) if isinstance(value, str) else ""
    return f"must be one of {', '.join(choices)}, got {shown(value)}{hint}"


def _integer_fault(value: Any, least: int, most: int) -> str | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return f"must be an integer, got {shown(value)}"
    if value < least:
        return f"must be at least {least}, got {shown(value)}"
    return f"must be at most {most}, got {shown(value)}" if value > most else None


def _hint(name: str, known: Any) -> str:
    alike = nearest(name, known, n=1)
    return f", did you mean '{alike[0]}'?" if alike else ""


# ---- Sizes ------------------------------------------------------------------------------------


def device_memory(value: Any) -> int:
    """Read bytes: an integer, or text such as "80GiB" (1024^3) or "24.5GB" (1000^3).

    No float is made of it on the way; a part of a byte does not count. Raises ValueFault.
    """
    read = spelling.size(value) if isinstance(value, str) else value
    if not isinstance(read, int) or isinstance(read, bool):
        detail = f'must be bytes, or text such as "80GiB" or "24GB", got {shown(value)}'
        raise ValueFault(detail, "")
    if not 1 <= read <= INT64[-1]:
        raise ValueFault(f"must be from 1 to 2^63-1 bytes, got {shown(value)}", "")
    return read
