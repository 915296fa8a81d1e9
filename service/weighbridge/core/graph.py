"""What the core evaluates: the arrays of a graph, and what Python remembers of each node."""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

from weighbridge.core.native import ffi

FIRST_SYMBOL = -2
HEADER = struct.Struct("=iiiihbbb3x")
"""A wb_node, which every record begins with."""


@dataclass(frozen=True)
class Patch:
    """A word of the pool that an expression gives: where, and what."""

    node: int
    word: int
    expression: str


@dataclass(frozen=True)
class Tie:
    """`weight` of `node` is `owner_weight` of `owner`."""

    node: int
    owner: int
    weight: str
    owner_weight: str
    layer: int
    """The node of the layer that says so."""
    name: str
    """What that layer calls the weight."""


@dataclass(frozen=True)
class Finding:
    """A fault that was found on the way, at a node or, with a pointer, beside all nodes."""

    node: int
    code: str
    detail: str
    attribute: str = ""
    """JSON pointer below the node's layer."""
    pointer: str | None = None


@dataclass
class Graph:
    """A lowered model. Lists of nodes are in the order of the core's nodes."""

    pool: bytearray = field(default_factory=bytearray)
    """The records of all nodes, one behind the other."""
    references: "array[int]" = field(default_factory=lambda: array("q"))
    names: list[str] = field(default_factory=list)
    sources: list[Any] = field(default_factory=list)
    """The layer or input of the document that each node was made for."""
    made_as: dict[int, type] = field(default_factory=dict)
    """What a node's layer was made into, where that is another type than its source's."""
    owners: dict[int, int] = field(default_factory=dict)
    """Nodes that use the weights of another, and that other."""
    ends: dict[int, int] = field(default_factory=dict)
    """Nodes that hold others, and the last of those."""
    parts: dict[int, dict[str, int]] = field(default_factory=dict)
    """Layers of several nodes in one row, and their nodes by what goes before their weights."""
    ties: list[Tie] = field(default_factory=list)
    patches: list[Patch] = field(default_factory=list)
    symbols: dict[str, int] = field(default_factory=dict)
    outputs: list[tuple[str, int]] = field(default_factory=list)
    """References of the model's outputs, as written; empty for all that `last` gives."""
    findings: list[Finding] = field(default_factory=list)
    n_inputs: int = 0
    dtypes: tuple[int, int] = (0, 0)
    """Default dtype of the weights and of the computation."""
    channels_first: bool = False

    @property
    def n_nodes(self) -> int:
        """How many there are so far."""
        return len(self.names)

    @cached_property
    def records(self) -> list[bytes]:
        """The record of each node. Asked for only when there are no more to come."""
        records, pool, first = [], bytes(self.pool), 0
        while first < len(pool):
            _, words, *_ = HEADER.unpack_from(pool, first)
            records.append(pool[first : first + 8 * words])
            first += 8 * words
        return records

    def taken(self, node: int) -> Sequence[int]:
        """Return the references of a node. Asked for only when there are no more to come."""
        first, end = self._ends[node : node + 2]
        return self.references[first:end]

    @cached_property
    def _ends(self) -> list[int]:
        """Where the references of the nodes before each node end, and last those of all."""
        counts = (HEADER.unpack_from(record)[2] for record in self.records)
        return list(accumulate(counts, initial=0))

    def symbol(self, name: str) -> int:
        """Return the core's number of a named dimension."""
        return self.symbols.setdefault(name, FIRST_SYMBOL - len(self.symbols))

    def part(self, node: int, weight: str) -> tuple[int, str]:
        """Return the node that owns a row's weight, and what that node calls it."""
        parts = self.parts.get(node, {})
        for prefix, part in parts.items():
            if prefix and weight.startswith(f"{prefix}/"):
                return self.part(part, weight[len(prefix) + 1 :])
        return self.part(parts[""], weight) if "" in parts else (node, weight)

    def structure(self, max_rank: int, max_tensors: int) -> tuple[Any, Sequence[Any]]:
        """Return the wb_graph, and what must be kept as long as it is used."""
        references = ffi.from_buffer("int64_t[]", self.references)
        words = ffi.from_buffer("int64_t[]", self.pool)
        ties, kept = self._ties()
        graph = ffi.new(
            "wb_graph *",
            {
                "pool": words,
                "pool_words": len(words),
                "n_nodes": self.n_nodes,
                "references": references,
                "n_references": len(self.references),
                "ties": ties,
                "n_ties": len(self.ties),
                "batch": self.symbols.get("batch", -1),
                "channels_first": self.channels_first,
                "weight_dtype": self.dtypes[0],
                "compute_dtype": self.dtypes[1],
                "max_rank": max_rank,
                "max_tensors": max_tensors,
            },
        )
        return graph, (words, references, ties, kept)

    def _ties(self) -> tuple[Any, Sequence[Any]]:
        kept = [
            (ffi.new("char[]", tie.weight.encode()), ffi.new("char[]", tie.owner_weight.encode()))
            for tie in self.ties
        ]
        entries = [
            {"node": tie.node, "owner": tie.owner, "weight": mine, "owner_weight": theirs}
            for tie, (mine, theirs) in zip(self.ties, kept, strict=True)
        ]
        return ffi.new("wb_tie[]", entries), kept
