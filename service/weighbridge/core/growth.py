"""Which sizes of a graph grow with a value, and whether that can make anything smaller or fail.

A graph's figures are sums of products of sizes. Where no size falls, no figure does; and where a
node fails only because something is too large, it fails at every larger value too. The walk finds
where something grows; `growth_rules` says what it does there. `docs/explanation/growth.md` tells
both in words.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weighbridge.core.evaluation import ALL_OUTPUTS, Evaluation
from weighbridge.core.growth_rules import RULES, Node, NotProved, Shape, any_grows
from weighbridge.core.native import ffi, lib
from weighbridge.core.packing import HEADER_WORDS
from weighbridge.core.scope import OUTPUT
from weighbridge.trend import Trend, Trends

_OPERATORS = {
    number: name.removeprefix("WB_").lower()
    for number, name in ffi.typeof("enum wb_operator_id").elements.items()
}


def require_growth(evaluation: Evaluation, trends: Trends) -> None:
    """Prove that no figure of a graph ever falls, nor a fault ever goes away.

    `evaluation` is at the least value, `trends` has every expression of the graph. Raises
    NotProved.
    """
    _Proof(evaluation, trends).run()


class _Proof:
    def __init__(self, evaluation: Evaluation, trends: Trends) -> None:
        self._evaluation = evaluation
        self._graph = evaluation.graph
        self._trends = trends
        self._shapes: dict[int, list[Shape]] = {}  # of what a node gives, where something grows
        self._grown: set[int] = set()
        self._blocks: list[Node] = []
        self._open = self._open_words()

    def _open_words(self) -> dict[int, dict[int, Trend]]:
        """Return the words that grow, by their nodes."""
        words: dict[int, dict[int, Trend]] = {}
        for patch in self._graph.patches:
            trend = self._trends[patch.expression]
            if trend is None:
                raise NotProved(f"the expression '{patch.expression:.60}' may fall, or fail")
            if not trend.is_constant:
                words.setdefault(patch.node, {})[patch.word] = trend
        return words

    def run(self) -> None:
        for index, record in enumerate(self._graph.records):
            try:
                self._visit(index, record, self._graph.taken(index))
            except NotProved as reason:
                layer = self._evaluation.path(index)
                raise NotProved(f"layer '{layer}': {reason}") from None
        for tie in self._graph.ties:
            if {tie.node, tie.owner} & self._grown:
                layer = self._evaluation.path(tie.layer)
                raise NotProved(f"layer '{layer}': a weight that grows is tied")

    def _visit(self, index: int, record: bytes, references: Sequence[int]) -> None:
        header = ffi.cast("wb_node *", ffi.from_buffer(record))
        node = self._node(index, header, record, references)
        if header.operator_id == lib.WB_END:
            self._close(node)
            return
        grows = bool(node.open) or any_grows(node.inputs)
        if header.operator_id == lib.WB_BLOCK:
            self._blocks.append(node)
        if not grows:
            node.require(header.weights_of not in self._grown, "it shares weights that grow")
            return
        node.require(header.weights_of < 0, "it shares weights that grow")
        self._grow(node)

    def _grow(self, node: Node) -> None:
        rule = RULES.get(node.operator)
        if rule is None:
            raise NotProved(f"nothing is known of how {node.operator} grows")
        for block in self._blocks:
            if block.attributes.time_distributed:
                raise NotProved("it grows within a layer that is distributed over time")
        self._grown.add(node.index)
        self._shapes[node.index] = rule(node, self._trends)

    def _close(self, end: Node) -> None:
        block = self._blocks.pop()
        repeats = block.attributes.repeat > 1 or "repeat" in block.open
        if repeats and end.inputs[: len(block.inputs)] != block.inputs[: len(end.inputs)]:
            raise NotProved("what goes round in it may change its shape")
        self._shapes.pop(block.index, None)
        if any_grows(end.inputs):
            self._shapes[block.index] = end.inputs

    # ---- What a node is --------------------------------------------------------------------------

    def _node(self, index: int, header: Any, record: bytes, references: Sequence[int]) -> Node:
        operator = _OPERATORS[header.operator_id]
        words = ffi.from_buffer("int64_t[]", record)
        taken = list(self._taken(index, references))
        return Node(
            index,
            operator,
            self._attributes(operator, words),
            self._fields(operator, self._open.get(index, {})),
            [shape for shape, _ in taken],
            [sizes for _, sizes in taken],
            self._output_sizes(index),
            self._graph.channels_first,
        )

    def _attributes(self, operator: str, words: Any) -> Any:
        """Return the operator's struct; WB_END and WB_MISSING have none."""
        has_struct = len(words) > HEADER_WORDS
        return ffi.cast(f"wb_{operator} *", words + HEADER_WORDS) if has_struct else None

    def _fields(
        self, operator: str, words: Mapping[int, Trend]
    ) -> dict[str, list[tuple[int, Trend]]]:
        found: dict[str, list[tuple[int, Trend]]] = {}
        for word, trend in words.items():
            at = 8 * (word - HEADER_WORDS)
            fields = ffi.typeof(f"wb_{operator}").fields
            name, field = next(pair for pair in reversed(fields) if pair[1].offset <= at)
            found.setdefault(name, []).append(((at - field.offset) // 8, trend))
        return found

    def _taken(self, index: int, references: Sequence[int]) -> Iterator[tuple[Shape, list[int]]]:
        for reference in references:
            node, output = reference % OUTPUT, reference // OUTPUT
            outputs = range(self._evaluation.n_outputs(node)) if output == ALL_OUTPUTS else [output]
            for k in outputs:
                tensor = self._evaluation.input_tensor(index, node + k * OUTPUT)
                shapes = self._shapes.get(node)
                yield shapes[k] if shapes else (None,) * tensor.rank, _sizes(tensor)

    def _output_sizes(self, index: int) -> list[list[int]]:
        """Return those of a node; of an open block, those that its content sees."""
        n = self._evaluation.n_outputs(index)
        return [_sizes(self._evaluation.tensor(index + k * OUTPUT)) for k in range(n)]


def _sizes(tensor: Any) -> list[int]:
    return [int(tensor.shape[axis].size) for axis in range(tensor.rank)]
