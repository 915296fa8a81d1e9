"""What the lowering and the core found wrong, as the faults of a problem."""

from collections.abc import Sequence
from typing import Any

from weighbridge.core.evaluation import ALL_OUTPUTS, Evaluation
from weighbridge.core.graph import Finding
from weighbridge.core.messages import MESSAGES, Message
from weighbridge.core.native import ffi, lib
from weighbridge.core.packing import packer_of
from weighbridge.core.places import Places
from weighbridge.core.scope import OUTPUT
from weighbridge.core.shape import shown
from weighbridge.layers.layer import Layer
from weighbridge.pointer import escape
from weighbridge.problems import Fault, Problem


def require_right(evaluation: Evaluation, places: Places) -> None:
    """Raise Problem with everything that is wrong, in the document's order."""
    if not evaluation.is_right():
        raise Faults(evaluation, places).problem(evaluation.errors())


class Faults:
    """What the lowering and the core found, as the faults of a problem."""

    def __init__(self, evaluation: Evaluation, places: Places) -> None:
        self._evaluation = evaluation
        self._graph = evaluation.graph
        self._places = places

    def problem(self, errors: Sequence[Any]) -> Problem:
        """Return the problem of all faults, in the order of the document."""
        found = [(finding.node, self._of_finding(finding)) for finding in self._graph.findings]
        found += [(error.node, self._of_error(error)) for error in errors]
        found.sort(key=lambda pair: pair[0])
        return Problem.of(fault for _, fault in found)

    def _of_finding(self, finding: Finding) -> Fault:
        if finding.pointer is not None:
            pointer = self._places.below(self._places.root, finding.pointer.removeprefix("/"))
            return Fault(pointer, finding.code, finding.detail)
        return self.at(finding.node, finding.code, finding.detail, finding.attribute)

    def at(self, node: int, code: str, detail: str, attribute: str = "") -> Fault:
        """Return a fault of a node."""
        pointer = self._pointer(node)
        is_layer = node > self._graph.n_inputs
        return Fault(
            self._places.below(pointer, attribute),
            code,
            detail,
            self._evaluation.path(node) if is_layer else None,
            attribute.partition("/")[0],
        )

    def _pointer(self, node: int) -> str:
        """Return the place of a node's layer, or of the nearest around it that the document has."""
        around = node
        while around >= 0:
            pointer = self._places.find(self._graph.sources[around])
            if pointer is not None:
                return pointer
            around = self._evaluation.parent(around)
        return self._places.root

    def brief(self, error: Any) -> Fault:
        """Return an error's fault without the shapes, which only this evaluation would have."""
        message, detail = _sentence(error)
        if error.code in _TIES:
            return self._at_tie(error, message.code, detail)
        return self.at(self._shown_node(error.node), message.code, detail, self._attribute(error))

    def _of_error(self, error: Any) -> Fault:
        message, detail = _sentence(error)
        if error.code in _TIES:
            return self._of_tie(error, message.code, detail)
        if error.code == lib.WB_ERROR_NO_SUCH_OUTPUT:
            detail = f"{self._reference(error)}: {detail}"
        elif error.code in _ROUNDS:
            detail += self._round(error)
        elif message.shows_shapes:
            detail += self._weights(error) + self._inputs(error.node)
        return self.at(self._shown_node(error.node), message.code, detail, self._attribute(error))

    def _shown_node(self, node: int) -> int:
        """Return the node that a person knows: of the end of a block, the block."""
        record = ffi.cast("wb_node *", ffi.from_buffer(self._graph.records[node]))
        if record.operator_id != lib.WB_END:
            return node
        return next(first for first, last in self._graph.ends.items() if last == node)

    def _attribute(self, error: Any) -> str:
        """Return the attribute that an error is about, as a pointer below the layer."""
        source = self._graph.sources[error.node]
        if error.code == lib.WB_ERROR_INPUT_COUNT:
            return "inputs"
        if error.code == lib.WB_ERROR_NO_SUCH_OUTPUT:
            is_end = self._shown_node(error.node) != error.node
            return f"{'outputs' if is_end else 'inputs'}/{error.operand}"
        if error.field < 0:
            return ""
        if not isinstance(source, Layer):
            return f"shape/{(error.field - 1) // 2}"
        made_as = self._graph.made_as.get(error.node, type(source))
        return packer_of(made_as).attribute_at(source, error.field)

    def _reference(self, error: Any) -> str:
        reference = self._graph.taken(error.node)[error.operand]
        return f"'{self._graph.names[reference % OUTPUT]}:{reference // OUTPUT}'"

    def _weights(self, error: Any) -> str:
        """Return both shapes of a weight that is reused, or what a reshape asks for."""
        if error.code == lib.WB_ERROR_REUSE_SHAPE:
            mine, theirs = map(self._evaluation.weight_shape, (error.got, error.expected))
            return f": {shown(mine)} instead of {shown(theirs)}"
        target = getattr(self._graph.sources[error.node], "target_shape", None)
        return "" if target is None else f", target shape {shown(target)}"

    def _inputs(self, node: int) -> str:
        shapes = [
            shown(self._evaluation.shape(self._evaluation.input_tensor(node, reference)))
            for reference in self._graph.taken(node)
        ]
        return f"; input shape{'s' if len(shapes) > 1 else ''} " + ", ".join(shapes)

    def _round(self, error: Any) -> str:
        if error.operand < 0:
            return ""
        block = self._shown_node(error.node)
        references = self._graph.taken(error.node)
        every, first = divmod(references[0], OUTPUT * ALL_OUTPUTS)
        reference = first + OUTPUT * error.operand if every else references[error.operand]
        out = self._evaluation.input_tensor(error.node, reference)
        into = self._evaluation.inner_tensor(block, error.operand)
        return (
            f": {shown(self._evaluation.shape(into))} becomes {shown(self._evaluation.shape(out))}"
        )

    def _of_tie(self, error: Any, code: str, detail: str) -> Fault:
        if error.code == lib.WB_ERROR_TIE_SHAPE:
            mine = self._evaluation.weight_shape(error.expected)
            theirs = self._evaluation.tied_shape(error.expected)
            detail += f", got {shown(mine)} and {shown(theirs)}"
        return self._at_tie(error, code, detail)

    def _at_tie(self, error: Any, code: str, detail: str) -> Fault:
        tie = self._graph.ties[error.got]
        is_owner = error.code != lib.WB_ERROR_TIE_SHAPE and error.expected == 1
        named = f"'{tie.owner_weight}'" if is_owner else f"'{tie.weight}'"
        attribute = f"tie/{escape(tie.name)}"
        return self.at(tie.layer, code, f"{named}: {detail}", attribute)


def _sentence(error: Any) -> tuple[Message, str]:
    message = MESSAGES[error.code]
    return message, message.sentence.format(got=int(error.got), expected=int(error.expected))


_TIES = (lib.WB_ERROR_NO_SUCH_WEIGHT, lib.WB_ERROR_TIE_SHAPE, lib.WB_ERROR_TIE_NOT_OWNED)
_ROUNDS = (lib.WB_ERROR_REPEAT_SHAPE, lib.WB_ERROR_REPEAT_RANK)
