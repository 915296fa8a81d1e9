"""Matrix products and tables, and what Keras 3.15 makes of their kernels: LoRA, fewer bits."""

import math
import re
from collections.abc import Iterable
from itertools import pairwise

from tests.reference.made import Layer, Made, Weight
from tests.reference.operations import broadcast
from tests.reference.refusal import Refusal
from tests.reference.shape import (
    UNKNOWN,
    Shape,
    Size,
    alike,
    computed,
    elements,
    known,
    number,
    rank,
    rank_at_least,
    times,
)

STORED = ("int8", "int4", "gptq", "awq")
"""Quantizations with integers in the place of the kernel."""


ELIDED = "0123456789+*/=<>|~^"
"""Labels of the axes that an ellipsis stands for, none of which is a letter."""


def dense(layer: Layer, inputs: list[Shape]) -> Made:
    """kernel [in, units]; one product for each row of the input."""
    (shape,) = inputs
    rank_at_least(shape, 1)
    features, units = number(shape[-1], "features"), layer["units"]
    weights = _adapted(
        layer,
        kernel=(features, units),
        bias=[Weight("bias", (units,))] if layer["use_bias"] else [],
        matrix=(features, units),
        scale=(units,),
    )
    return Made(
        [(*shape[:-1], known(units))], weights, times(elements(shape[:-1]), features, units)
    )


def einsum_dense(layer: Layer, inputs: list[Shape]) -> Made:
    """The kernel has the sizes of its labels: as `output_shape` gives them, else the input's."""
    (shape,) = inputs
    taken, kernel, output = _terms(layer["equation"], len(shape))
    sizes = dict(zip(taken, shape, strict=True))
    given = _given(layer, output)
    result = tuple(_shown(sizes.get(label), given.get(label), label in given) for label in output)
    sizes |= {label: known(size) for label, size in given.items() if size is not None}
    for label in kernel:
        number(sizes.get(label, UNKNOWN), label)
    lengths = {label: number(sizes[label], label) for label in kernel}
    summed = [lengths[label] for label in kernel if label not in output]
    weights = _adapted(
        layer,
        kernel=tuple(lengths.values()),
        bias=_einsum_bias(layer["bias_axes"], output, sizes),
        matrix=(math.prod(summed), math.prod(lengths.values()) // math.prod(summed)),
        scale=tuple(lengths.get(label, 1) for label in output),
    )
    macs = times(*(sizes[label].cost for label in {*taken, *kernel})) if summed else 0
    return Made([result], weights, macs)


def _terms(equation: str, size: int) -> list[str]:
    """The labels of input, kernel and output."""
    terms = re.split(",|->", equation)
    if len(terms) != 3:
        raise Refusal("invalid_model", f"{equation} has no kernel")
    n_elided = size - len(terms[0].replace("...", ""))
    if n_elided < 0 or (n_elided and "..." not in equation):
        raise Refusal("shape_mismatch", f"{equation} on rank {size}")
    return [term.replace("...", ELIDED[:n_elided]) for term in terms]


def _given(layer: Layer, output: str) -> dict[str, int | None]:
    """What `output_shape` says of the letters: all but the batch, where the output begins so."""
    letters = [label for label in output if label.isalpha()]
    described = letters if "->..." in layer["equation"] else letters[1:]
    written = layer["output_shape"]
    entries = written if isinstance(written, list) else [written]
    if len(entries) != len(described):
        raise Refusal("invalid_model", "output_shape has another length than the output")
    return dict(zip(described, entries, strict=True))


def _shown(size: Size | None, given: int | None, is_described: bool) -> Size:
    """Keras shows what is given; what is left open as unknown, though it costs what it is."""
    if given is not None:
        if size is not None and isinstance(size.shown, int) and size.shown != given:
            raise Refusal("shape_mismatch", "output_shape contradicts the input")
        return known(given)
    if size is None:
        raise Refusal("shape_mismatch", "a label of unknown size")
    if is_described and isinstance(size.shown, int):
        return Size(None, size.cost)
    return size


def _einsum_bias(wanted: str | None, output: str, sizes: dict[str, Size]) -> list[Weight]:
    """From the first axis that has a bias on; the axes without one have size 1."""
    if not wanted:
        return []
    if not set(wanted) <= set(output):
        raise Refusal("invalid_model", f"a bias over {wanted}")
    behind = output[min(output.index(label) for label in wanted) :]
    shape = [number(sizes[label], label) if label in wanted else 1 for label in behind]
    return [Weight("bias", tuple(shape))]


def bilinear(layer: Layer, inputs: list[Shape]) -> Made:
    """PyTorch's weight [units, in, in]; every element of it works at every position."""
    first, second = inputs
    alike(first[:-1], second[:-1])
    width = number(first[-1], "features"), number(second[-1], "features")
    places = broadcast([first[:-1], second[:-1]])
    units = layer["units"]
    bias = [Weight("bias", (units,))] if layer["use_bias"] else []
    macs = times(elements(places), units, *width)
    return Made([(*places, known(units))], [Weight("kernel", (units, *width)), *bias], macs)


# Tables


def embedding(layer: Layer, inputs: list[Shape]) -> Made:
    """embeddings [input_dim, output_dim]; every element becomes a row of it."""
    return Made([(*inputs[0], known(layer["output_dim"]))], _tables(layer))


def reversible_embedding(layer: Layer, inputs: list[Shape]) -> Made:
    """Backwards a product with the table, from output_dim to input_dim."""
    if not layer["reverse"]:
        return embedding(layer, inputs)
    (shape,) = inputs
    rank_at_least(shape, 1)
    rows, width = layer["input_dim"], layer["output_dim"]
    if isinstance(shape[-1].shown, int) and shape[-1].shown != width:
        raise Refusal("shape_mismatch", "the last axis is not output_dim")
    macs = times(elements(shape[:-1]), rows, width)
    return Made([(*shape[:-1], known(rows))], _tables(layer), macs)


def embedding_bag(layer: Layer, inputs: list[Shape]) -> Made:
    """Rows of indices are a bag each; in one row, the second input says where each bag begins."""
    indices, flat = inputs[0], len(inputs[0]) == 1
    if not flat:
        rank(indices, 2)
    least = 2 if flat else 1
    if len(inputs) not in (least, least + 1):
        raise Refusal("invalid_model", f"{len(inputs)} inputs")
    if flat:
        rank(inputs[1], 1)
    for weights in inputs[least:]:
        alike(weights, indices)
    bags = inputs[1][0] if flat else indices[0]
    if flat and layer["include_last_offset"]:
        bags = computed([bags], lambda n: max(n - 1, 0))
    table = Weight("embeddings", (layer["input_dim"], layer["output_dim"]))
    return Made([(bags, known(layer["output_dim"]))], [table])


def adaptive_softmax(layer: Layer, inputs: list[Shape]) -> Made:
    """A head over the frequent classes and one for each cluster, which goes through a narrow one.

    The log-probability of each example's class, and the loss. All examples go through all clusters.
    """
    if len(inputs) != 2:
        raise Refusal("invalid_model", "examples without their classes")
    examples, classes = inputs
    rank_at_least(examples, 1)
    if len(examples) > 2:
        rank(examples, 2)
    alike(classes, examples[:-1])
    features, ends = number(examples[-1], "features"), [*layer["cutoffs"], layer["n_classes"]]
    head = ends[0] + len(ends) - 1
    weights = [Weight("head/kernel", (features, head))]
    bias = [Weight("head/bias", (head,))] if layer["head_bias"] else []
    for k, (first, end) in enumerate(pairwise(ends)):
        narrow = int(features // layer["div_value"] ** (k + 1))
        weights += [
            Weight(f"tail_{k}/down/kernel", (features, narrow)),
            Weight(f"tail_{k}/up/kernel", (narrow, end - first)),
        ]
    products = sum(weight.parameters for weight in weights)
    macs = times(elements(examples[:-1]), products)
    return Made([classes, ()], [weights[0], *bias, *weights[1:]], macs)


def _tables(layer: Layer) -> list[Weight]:
    rows, width = layer["input_dim"], layer["output_dim"]
    tied = layer.get("tie_weights", True)
    mode, block = layer["quantization"], layer["quantization_block_size"]
    blocks = block not in (None, -1)
    groups = math.ceil(width / block) if blocks else 1
    if mode is None:
        extra = [] if tied else [Weight("reverse_embeddings", (width, rows))]
        return [
            Weight("embeddings", (rows, width), trainable=not layer["lora_rank"]),
            *lora(layer, (rows, width), "lora_embeddings_"),
            *extra,
        ]
    half = (width + 1) // 2 if mode == "int4" else width
    sub = mode == "int4" and blocks
    weights = [
        *lora(layer, (rows, width), "lora_embeddings_"),
        _fixed("embeddings", (rows, half), "int8"),
        _fixed("embeddings_scale", (rows, groups) if sub else (rows,)),
    ]
    if sub:
        weights += [
            _fixed("embeddings_zero", (rows, groups), "int8"),
            _fixed("g_idx", (width,), "float32"),
        ]
    if not tied:
        back = (groups, rows) if sub else (rows,)
        weights += [
            _fixed("reverse_embeddings", (half, rows), "int8"),
            _fixed("reverse_embeddings_scale", back),
            *([_fixed("reverse_embeddings_zero", back)] if sub else []),
        ]
    return weights


# LoRA and quantization


def _adapted(
    layer: Layer,
    *,
    kernel: tuple[int, ...],
    bias: list[Weight],
    matrix: tuple[int, int],
    scale: tuple[int, ...],
) -> list[Weight]:
    """What is trained comes first, then what stands in the place of a quantized kernel."""
    mode = layer["quantization"]
    adapted = lora(layer, kernel, "lora_kernel_")
    if mode in STORED:
        return [*bias, *adapted, *_stored(layer, kernel, matrix, scale)]
    history = layer["amax_history_length"]
    remembered = [
        Weight(f"{what}_{part}", shape, dtype="float32")
        for what in ("inputs", "kernel", "outputs_grad")
        for part, shape in (("scale", ()), ("amax_history", (history,)))
    ]
    whole = Weight("kernel", kernel, trainable=not adapted)
    return [*(remembered if mode == "float8" else []), whole, *bias, *adapted]


def lora(layer: Layer, kernel: tuple[int, ...], prefix: str) -> list[Weight]:
    lora_rank = layer["lora_rank"]
    if not lora_rank:
        return []
    return [
        Weight(f"{prefix}a", (*kernel[:-1], lora_rank), dtype="float32"),
        Weight(f"{prefix}b", (lora_rank, kernel[-1]), dtype="float32"),
    ]


def _stored(
    layer: Layer, kernel: tuple[int, ...], matrix: tuple[int, int], scale: tuple[int, ...]
) -> Iterable[Weight]:
    mode, block = layer["quantization"], layer["quantization_block_size"]
    rows, columns = matrix
    if mode == "int8":
        return [_fixed("kernel", kernel, "int8"), _fixed("kernel_scale", scale)]
    blocks = block not in (None, -1)
    if mode == "int4":
        packed = _fixed("kernel", (rows, (columns + 1) // 2), "int8")
        if not blocks:
            return [packed, _fixed("kernel_scale", (columns,))]
        groups = (math.ceil(rows / block), columns)
        zero = _fixed("kernel_zero", groups, "int8")
        indices = _fixed("g_idx", (rows,), "float32")
        return [packed, _fixed("kernel_scale", groups), zero, indices]
    if len(kernel) not in (2, 3):
        raise Refusal("invalid_model", f"{mode} of a kernel of rank {len(kernel)}")
    if len(kernel) == 3:
        first = kernel.index(max(kernel)) == 0
        rows = kernel[0] if first else kernel[0] * kernel[1]
        columns = math.prod(kernel) // rows
    four_bits = mode == "awq" or layer["quantization_bits"] == 4
    groups = (columns, math.ceil(rows / block) if blocks else 1)
    return [
        _fixed("kernel", ((columns + 1) // 2 if four_bits else columns, rows), "uint8"),
        _fixed("kernel_scale", groups),
        _fixed("kernel_zero" if layer["type"] == "Dense" else "zero_point", groups, "uint8"),
        *([_fixed("awq_scales", (rows,))] if mode == "awq" else []),
        _fixed("g_idx", (rows,), "float32"),
    ]


def _fixed(name: str, shape: tuple[int, ...], dtype: str = "") -> Weight:
    return Weight(name, shape, trainable=False, dtype=dtype)
