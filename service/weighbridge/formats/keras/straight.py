"""A functional model of plain layers, each called once, in the order of its work."""

from collections.abc import Mapping

from msgspec.structs import asdict

from weighbridge.formats.keras import plain
from weighbridge.formats.keras.layer import Customs, Generation
from weighbridge.formats.keras.model import Functional, ModelReader
from weighbridge.formats.keras.plain import InputEntry, NotPlainError, Tensor


class Straight(Functional):
    """Such a model. What comes of it is what comes of it when it is read with care.

    Raises NotPlainError where a name is another's too, or a layer takes from what is not before it.
    """

    def __init__(self, document: plain.Document[plain.Entry]) -> None:
        generation = Generation(document.keras_version)
        if generation.gru_resets_before:
            raise NotPlainError
        reader = ModelReader(Customs({}), generation)
        super().__init__(reader, document.config.members(), "/config", nested=False)
        self._plain = document.config.layers

    def collect(self) -> None:
        """Add inputs and layers. Each is a few steps only: this is done for every layer."""
        known: dict[str, str] = {}
        for k, entry in enumerate(self._plain):
            name = entry.name
            if name in known:
                raise NotPlainError
            if entry.__class__ is InputEntry:
                self.add_input(asdict(entry), name, f"/config/layers/{k}")
            else:
                argument = entry.inbound_nodes[0].args[0]
                inputs = [_reference(argument, known)] if argument.__class__ is Tensor else [
                    _reference(tensor, known) for tensor in argument]
                self.result.layers.append(entry.config.layer(name, inputs))
            known[name] = f"{name}:0"
        if not self.result.inputs:
            raise NotPlainError

    def pointers(self) -> dict[int, str]:
        """Return where in the document each layer stands, and each input."""
        layers = iter(self.result.layers)
        return {
            id(self.result.inputs.get(entry.name) or next(layers)): f"/config/layers/{k}"
            for k, entry in enumerate(self._plain)
        }


def _reference(tensor: Tensor, known: Mapping[str, str]) -> str:
    """Return what a tensor is referred to as; `known` has the first outputs of what is before."""
    history = tensor.config.keras_history
    first = known.get(history.layer)
    if first is None:
        raise NotPlainError
    return first if not history.output else f"{history.layer}:{history.output}"
