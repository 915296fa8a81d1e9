"""What a layer of several nodes is built with."""

from collections.abc import Sequence
from typing import Protocol

from weighbridge.layers.layer import Layer, Operator, operator

Reference = int
"""An output of a node, as the core refers to it."""


class Body(Protocol):
    """The inside of a layer of several nodes, which are built in order."""

    inputs: list[Reference]
    """What the layer takes, as its nodes see it."""

    outputs: list[Reference]
    """What the layer gives; left empty, all that the last node gives."""

    def add(
        self,
        layer: Layer,
        inputs: Sequence[Reference],
        name: str = "",
        source: Layer | None = None,
    ) -> Reference:
        """Add a node or a whole layer; return its first output.

        `name` goes before the names of its weights. `source` is the layer of the document that it
        was made of, where it is another: with the same attributes, whose faults it has.
        """
        ...

    def output(self, first: Reference, index: int) -> Reference:
        """Return another output of the node with this first output."""
        ...

    def refuse(self, attribute: str, detail: str) -> None:
        """Say that an attribute of the layer is wrong."""
        ...


def one_row(*, time_distributed: bool = False, sums: bool = False) -> Operator:
    """Return the operator of a layer of several nodes that is one row with all their weights.

    Its activations are the elements of its outputs or, where it `sums`, those of all its nodes.
    """
    return operator(
        "block",
        repeat=1,
        share_weights=0,
        copies=1,
        active="WB_ABSENT",
        time_distributed=int(time_distributed),
        row="WB_ROW_WRAPPER" if sums else "WB_ROW_LAYER",
    )
