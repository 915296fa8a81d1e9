"""From a PyTorch module to our layers: a native document for one case of `torch_layers.json.gz`.

A case has `module` (a class of torch.nn), `args` and `kwargs` of its constructor, and `inputs`,
each with `shape` and `dtype`, or a list of such for a tuple of tensors. Where indices or classes
stand behind the first input, their dtype is not looked at, for the table says float32 of some.

The way is written for the module, never for the case. LookupError: we have no counterpart.
ValueError: PyTorch refuses what our layer would infer from its input.
"""

from collections.abc import Callable
from math import prod
from typing import Any, NamedTuple

Json = dict[str, Any]
Shape = list[int]

REQUIRED = object()


def spec_of(case: Json) -> Json:
    """Return the native document of a case: its concrete sizes in, its module as the last layer."""
    name = case["module"]
    if name not in MODULES:
        why = next(
            (why for why, names in WITHOUT.items() if name in names.split()), "it is unknown"
        )
        raise LookupError(f"torch.nn.{name} has no counterpart: {why}")
    module = MODULES[name]
    given = _bound(name, module.signature, case.get("args") or [], case.get("kwargs") or {})
    read = Case(name, given, case["inputs"])
    read.require(read.dtype in module.takes, f"an input of {read.dtype}")
    try:
        layers = module.translate(read)
    except (AttributeError, IndexError, TypeError, ZeroDivisionError) as error:
        raise ValueError(f"torch.nn.{name} refuses arguments of such types") from error
    outputs = {"outputs": read.outputs} if read.outputs else {}
    return {"inputs": read.inputs, "layers": layers, "data_format": "channels_first", **outputs}


class Case:
    """A module's arguments by name, and what it is called on."""

    def __init__(self, module: str, given: Json, inputs: list[Json | list[Json]]) -> None:
        tensors = [
            one for entry in inputs for one in (entry if isinstance(entry, list) else [entry])
        ]
        self.module = module
        self.given = given
        self.shapes: list[Shape] = [list(one["shape"]) for one in tensors]
        self.names = [f"input_{k}" for k in range(len(tensors))]
        self.inputs: Json = {
            name: {"shape": shape, "dtype": one.get("dtype", "float32")}
            for name, shape, one in zip(self.names, self.shapes, tensors, strict=True)
        }
        self.has_tuple = len(tensors) > len(inputs)
        self.outputs: list[str] = []
        """References of the outputs, where they are not those of the last layer."""
        self.require(bool(inputs), "to be called on nothing")

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    @property
    def shape(self) -> Shape:
        """The shape of the first input."""
        return self.shapes[0]

    @property
    def dtype(self) -> str:
        """The dtype of the first input."""
        return str(self.inputs[self.names[0]]["dtype"])

    @property
    def axes(self) -> int:
        """How many axes of space the module has, by its name."""
        return int(next(letter for letter in reversed(self.module) if letter.isdigit()))

    @property
    def is_lazy(self) -> bool:
        """Whether the module takes its sizes from its input."""
        return self.module.startswith("Lazy")

    def layer(self, kind: str, **attributes: Any) -> Json:
        """Return a layer that takes all inputs."""
        return {"type": kind, "inputs": self.names, **attributes}

    def require(self, holds: bool, why: str) -> None:
        """Refuse what PyTorch refuses."""
        if not holds:
            raise ValueError(f"torch.nn.{self.module} refuses {why}")

    def require_rank(self, *ranks: int) -> None:
        """Refuse a first input of another rank."""
        self.require(len(self.shape) in ranks, f"an input of rank {len(self.shape)}")

    def require_axis(self, axis: int) -> None:
        """Refuse an axis that no input has; a scalar counts as one axis."""
        rank = max(1, *map(len, self.shapes))
        self.require(-rank <= axis < rank, f"an axis {axis} of {rank}")

    def size(self, name: str) -> Any:
        """Return an argument that is a size; where PyTorch takes 0, ours is at least 1."""
        if self[name] == 0:
            raise LookupError(f"a {name} of 0 has no counterpart")
        return self[name]

    def require_one_of(self, name: str, *values: Any) -> None:
        """Refuse another value of an argument."""
        self.require(self[name] in values, f"a {name} of {self[name]}")

    def each(self, name: str, axes: int, *, exact: bool = False) -> list[Any]:
        """Return an argument for each axis; unless `exact`, a list of one is for all of them."""
        value = self[name] if isinstance(self[name], list) else [self[name]] * axes
        if len(value) == 1 and not exact:
            value = value * axes
        self.require(len(value) == axes, f"a {name} of {len(value)} entries")
        return value


Translation = Callable[[Case], list[Json]]


class Module(NamedTuple):
    """A class of torch.nn: `a b=1 c=None` of its constructor, the way here, dtypes of its input."""

    signature: str
    translate: Translation
    takes: frozenset[str]


def _bound(module: str, signature: str, args: list[Any], kwargs: Json) -> Json:
    """Return the arguments by name, with PyTorch's defaults; `*` takes any."""
    if signature == "*":
        return {}
    known = [part.partition("=") for part in signature.split()]
    given = {name: eval(default) if sign else REQUIRED for name, sign, default in known}  # noqa: S307
    if len(args) > len(known):
        raise ValueError(f"torch.nn.{module} takes {len(known)} arguments")
    placed = {name: value for (name, _, _), value in zip(known, args, strict=False)}
    for name in kwargs:
        if name in placed or (name not in given and name not in ("device", "dtype")):
            raise ValueError(f"torch.nn.{module} has no argument {name}, or has it twice")
    given |= placed | kwargs
    if REQUIRED in given.values():
        raise ValueError(f"torch.nn.{module} lacks an argument")
    return given


# ---- With and without a batch -------------------------------------------------------------------


def _of_rank(case: Case, layer: Json, rank: int, outputs: int = 1) -> list[Json]:
    """Return a layer over tensors of a rank.

    Inputs of less get axes of 1 in front, of more lose theirs to one; the outputs get them back.
    """
    missing = rank - len(case.shape)
    if missing == 0:
        return [layer]
    leading = case.shape[: 1 - missing]
    new = list(range(missing))
    before: Json = {"type": "ExpandDims", "axis": new}
    after: Json = {"type": "Squeeze", "axis": new}
    if missing < 0:
        before = {"type": "Flatten", "start_dim": 0, "end_dim": len(leading) - 1}
        after = {"type": "Unflatten", "dim": 0, "unflattened_size": leading}
    taken = [{**before, "name": f"taken_{name}", "inputs": [name]} for name in layer["inputs"]]
    inside = {**layer, "name": "module", "inputs": [entry["name"] for entry in taken]}
    case.outputs = [f"output_{k}" for k in range(outputs)]
    given = [
        {**after, "name": name, "inputs": [f"module:{k}" if k else "module"]}
        for k, name in enumerate(case.outputs)
    ]
    return [*taken, inside, *given]


def _with_batch(case: Case, layer: Json, rank: int, outputs: int = 1) -> list[Json]:
    """Return a layer over tensors of a rank, or one less: without a batch, which alone may be 0."""
    case.require_rank(rank - 1, rank)
    case.require(0 not in case.shape[1 - rank :], "an input of no elements")
    return _of_rank(case, layer, rank, outputs)


def _spatial(case: Case, layer: Json) -> list[Json]:
    """Return a layer over the axes of space that the module has by its name."""
    outputs = 2 if layer.get("return_indices") else 1
    return _with_batch(case, layer, case.axes + 2, outputs)


# ---- Convolutions and poolings ------------------------------------------------------------------


def _convolution(case: Case) -> list[Json]:
    channels = _channels(case)
    case.require(case.is_lazy or case["in_channels"] == channels, f"{channels} channels")
    transposed = "Transpose" in case.module
    layer = case.layer(
        f"Conv{case.axes}D" + ("Transpose" if transposed else ""),
        filters=case["out_channels"],
        kernel_size=case.each("kernel_size", case.axes, exact=True),
        strides=case.each("stride", case.axes),
        dilation_rate=case.each("dilation", case.axes),
        groups=case["groups"],
        use_bias=case["bias"],
    )
    border = _transposed_border if transposed else _border
    layer |= border(case)
    if channels == 0:
        raise LookupError("of no channels PyTorch makes none, where a sum of nothing is the bias")
    return _spatial(case, layer)


def _channels(case: Case) -> int:
    case.require_rank(case.axes + 1, case.axes + 2)
    return case.shape[-case.axes - 1]


def _border(case: Case) -> Json:
    """Return what surrounds the input; a word, or a border that is not zeros, has its own rules."""
    case.require_one_of("padding_mode", "zeros", "reflect", "replicate", "circular")
    mode, padding = case["padding_mode"], case["padding"]
    if isinstance(padding, str):
        case.require_one_of("padding", "valid", "same")
        strided = padding == "same" and max(case.each("stride", case.axes)) > 1
        case.require(not strided, "strides with same padding")
    else:
        padding = case.each("padding", case.axes, exact=mode != "zeros")
    return {"padding": padding, "padding_mode": mode}


def _transposed_border(case: Case) -> Json:
    case.require_one_of("padding_mode", "zeros")
    case.require(not isinstance(case["padding"], str), "padding by a word")
    return {
        "padding": case.each("padding", case.axes),
        "output_padding": case.each("output_padding", case.axes),
    }


def _step(case: Case, *, exact: bool = False) -> Json:
    """Return the strides, which are the window's size unless given."""
    given = case["stride"] not in (None, [])
    return {"strides": case.each("stride", case.axes, exact=exact)} if given else {}


def _max_pooling(case: Case) -> list[Json]:
    whole = case.axes == 1 and not case["return_indices"] and case.dtype not in FLOATS
    case.require(not whole, f"an input of {case.dtype}")
    layer = case.layer(
        f"MaxPooling{case.axes}D",
        pool_size=case.each("kernel_size", case.axes),
        **_step(case),
        padding=case.each("padding", case.axes),
        dilation_rate=case.each("dilation", case.axes),
        ceil_mode=case["ceil_mode"],
        return_indices=case["return_indices"],
    )
    return _spatial(case, layer)


def _average_pooling(case: Case) -> list[Json]:
    _require_window(case)
    case.require(case.given.get("divisor_override") != 0, "a divisor of 0")
    layer = case.layer(
        f"AveragePooling{case.axes}D",
        pool_size=case.each("kernel_size", case.axes),
        **_step(case),
        padding=case.each("padding", case.axes),
        ceil_mode=case["ceil_mode"],
        count_include_pad=case["count_include_pad"],
    )
    return _spatial(case, layer)


def _require_window(case: Case) -> None:
    """Refuse an input that is smaller than the window, as averages over three axes do."""
    sizes = zip(case.each("kernel_size", case.axes), case.shape[-case.axes :], strict=True)
    fits = all(window <= size for window, size in sizes)
    case.require(case.axes < 3 or fits, "an input smaller than the window")


def _lp_pooling(case: Case) -> list[Json]:
    _require_window(case)
    one = case.axes == 1 and isinstance(case["kernel_size"], list)
    case.require(not one, "a list of one axis")
    layer = case.layer(
        case.module,
        norm_type=case["norm_type"],
        pool_size=case.each("kernel_size", case.axes, exact=True),
        **_step(case),
        ceil_mode=case["ceil_mode"],
    )
    return _spatial(case, layer)


def _adaptive(case: Case) -> list[Json]:
    kind = "Max" if "Max" in case.module else "Average"
    sizes = case.each("output_size", case.axes, exact=True)
    case.require(case["output_size"] is not None, "no output_size")
    case.require(case.axes > 1 or None not in sizes, "a size of None")
    layer = case.layer(f"Adaptive{kind}Pooling{case.axes}D", output_size=sizes)
    if kind == "Max":
        layer["return_indices"] = case["return_indices"]
    layers = _spatial(case, layer)
    if 0 in sizes:
        raise LookupError("pooling to a size of 0 has no counterpart")
    return layers


def _fractional(case: Case) -> list[Json]:
    layer = case.layer(case.module, pool_size=case.each("kernel_size", case.axes, exact=True))
    layer |= {
        name: case.each(name, case.axes, exact=True)
        for name in ("output_size", "output_ratio")
        if case[name] is not None
    }
    return _spatial(case, layer | {"return_indices": case["return_indices"]})


def _unpooling(case: Case) -> list[Json]:
    if len(case.names) == 1:  # the table leaves out the indices, which have the input's shape
        case.inputs["indices"] = {"shape": case.shape, "dtype": "int64"}
        case.names.append("indices")
    layer = case.layer(
        case.module,
        pool_size=case.each("kernel_size", case.axes, exact=True),
        **_step(case, exact=True),
        padding=case.each("padding", case.axes, exact=True),
    )
    return _spatial(case, layer)


def _windows(case: Case) -> list[Json]:
    """Return Fold or Unfold, which have two axes of space whatever their names say."""
    layer = case.layer(
        case.module,
        kernel_size=case.each("kernel_size", 2, exact=True),
        strides=case.each("stride", 2, exact=True),
        padding=case.each("padding", 2, exact=True),
        dilation_rate=case.each("dilation", 2, exact=True),
    )
    if case.module == "Unfold":
        return _with_batch(case, layer, 4)
    return _with_batch(case, layer | {"output_size": case.each("output_size", 2, exact=True)}, 3)


def _padding(case: Case) -> list[Json]:
    """Sides come in pairs, those of the last axis first, of as many axes as there are pairs."""
    given = case["padding"]
    sides = given if isinstance(given, list) else [given] * (2 * case.axes)
    axes = len(sides) // 2
    case.require(len(sides) % 2 == 0 and axes <= len(case.shape), f"{len(sides)} sides")
    constant = case.module.startswith(("Zero", "Constant"))
    case.require(constant or axes > 0, "no sides")
    if axes == 0:
        return _identity(case)
    if axes > 3:
        raise LookupError(f"padding of {axes} axes has no counterpart")
    pairs = [sides[2 * k : 2 * k + 2] for k in range(axes)][::-1]
    if constant:
        layer = case.layer(f"ConstantPad{axes}d", value=case.given.get("value", 0.0))
        return _of_rank(case, layer | {"padding": pairs}, axes + 2)
    if case.module.startswith("Circular"):
        case.require_rank(case.axes + 1, case.axes + 2)
    kind = case.module.replace(f"{case.axes}d", f"{axes}d")
    return _with_batch(case, case.layer(kind, padding=pairs), axes + 2)


# ---- Normalizations -----------------------------------------------------------------------------

RANKS = {"1d": (2, 3), "2d": (4,), "3d": (5,)}


def _affine(case: Case) -> Json:
    """Return what is learned of a normalization."""
    return {"scale": case["affine"], "center": bool(case["affine"] and case["bias"])}


def _tracked(case: Case) -> Json:
    """Return what is kept of a normalization."""
    tracked = case["track_running_stats"]
    return {"track_running_stats": tracked, "num_batches_tracked": tracked}


def _holds(case: Case) -> bool:
    """Whether anything of a normalization has the size of its channels."""
    return bool(case["affine"] or case["track_running_stats"])


def _batch_norm(case: Case) -> list[Json]:
    ranks = RANKS.get(case.module[-2:])
    case.require(len(case.shape) > 1, "an input without channels")
    case.require_rank(*(ranks or [len(case.shape)]))
    batch, channels, *space = case.shape
    features = channels if case.is_lazy else case["num_features"]
    case.require(features == channels or not _holds(case), f"{channels} channels")
    alone = not case["track_running_stats"] and batch * prod(space) == 1
    case.require(not alone, "statistics of a single value")
    return [case.layer("BatchNormalization", axis=1, **_affine(case), **_tracked(case))]


def _instance_norm(case: Case) -> list[Json]:
    channels = _channels(case)
    # A lazy module takes axis 1 for the channels, without a batch too.
    features = case.shape[1] if case.is_lazy else case["num_features"]
    case.require(features == channels or not _holds(case), f"{channels} channels")
    alone = not case["track_running_stats"] and prod(case.shape[-case.axes :]) == 1
    case.require(not alone, "statistics of a single value")
    layer = case.layer("GroupNormalization", groups=-1, axis=1, **_affine(case), **_tracked(case))
    return _spatial(case, layer)


def _group_norm(case: Case) -> list[Json]:
    case.require(len(case.shape) >= 2, f"an input of rank {len(case.shape)}")
    channels, groups = case["num_channels"], case["num_groups"]
    case.require(groups > 0 and channels % groups == 0, f"{groups} groups of {channels} channels")
    fits = channels == case.shape[1] or not case["affine"]
    case.require(fits, f"{case.shape[1]} channels")
    case.require(prod(case.shape) != groups, "statistics of a single value")
    return [case.layer("GroupNormalization", groups=groups, axis=1, **_affine(case))]


def _last_axes(case: Case) -> list[int]:
    shape = case["normalized_shape"]
    sizes = shape if isinstance(shape, list) else [shape]
    case.require(bool(sizes), "to normalize no axes")
    fits = len(sizes) <= len(case.shape) and case.shape[-len(sizes) :] == sizes
    case.require(fits, f"an input of {case.shape}")
    return list(range(-len(sizes), 0))


def _layer_norm(case: Case) -> list[Json]:
    affine = case["elementwise_affine"]
    center = bool(affine and case["bias"])
    axes = _last_axes(case)
    return [case.layer("LayerNormalization", axis=axes, scale=affine, center=center)]


def _rms_norm(case: Case) -> list[Json]:
    axes, affine = _last_axes(case), case["elementwise_affine"]
    return [case.layer("RMSNormalization", axis=axes, elementwise_affine=affine)]


def _local_response(case: Case) -> list[Json]:
    if case.module == "CrossMapLRN2d":
        case.require_rank(4)
    return [case.layer(case.module, size=case["size"])]


# ---- Recurrent layers, attention, transformers --------------------------------------------------

CELLS = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}


def _layout(case: Case) -> str:
    case.require_rank(2, 3)
    if len(case.shape) == 2:
        return "unbatched"
    return "batch_first" if case["batch_first"] else "time_first"


def _positions(layout: str, shape: Shape) -> Shape:
    """Return the axes before the features: the batch, where there is one, and time."""
    return shape[-2::-1] if layout == "time_first" else shape[:-1]


def _require_one_batch(case: Case, layout: str, sequences: int) -> None:
    """Refuse sequences that are missing, whose batches differ, or which no weights go with."""
    case.require(len(case.shapes) >= sequences, f"{len(case.shapes)} inputs")
    first, *others = [_positions(layout, shape)[:-1] for shape in case.shapes[:sequences]]
    case.require(all(other == first for other in others), f"batches of {first} and {others}")
    dtypes = {case.inputs[name]["dtype"] for name in case.names[:sequences]}
    case.require(dtypes <= WEIGHED, f"sequences of {dtypes}")


def _recurrent(case: Case) -> list[Json]:
    layout, features = _layout(case), case.shape[-1]
    case.require(_positions(layout, case.shape)[-1] > 0, "to run over no steps")
    case.require(case["input_size"] == features, f"{features} features")
    case.require(0 <= case["dropout"] <= 1, f"dropout of {case['dropout']}")
    _require_state(case)
    layer = case.layer(
        CELLS[case.module],
        units=case["hidden_size"],
        use_bias=case["bias"],
        double_bias=True,
        num_layers=case["num_layers"],
        bidirectional=case["bidirectional"],
        return_sequences=True,
        return_state=True,
        stacked_states=True,
        layout=layout,
    )
    if case.module == "LSTM":
        layer["proj_size"] = case["proj_size"]
    return [layer]


def _require_state(case: Case) -> None:
    """Refuse states that are no pair where an LSTM has two, and functions that are not known."""
    paired = case.has_tuple == ("LSTM" in case.module)
    case.require(len(case.shapes) == 1 or paired, "such states")
    if "nonlinearity" in case.given:
        case.require_one_of("nonlinearity", "tanh", "relu")


def _cell(case: Case) -> list[Json]:
    case.require_rank(1, 2)
    features = case.shape[-1]
    case.require(case["input_size"] == features, f"{features} features")
    _require_state(case)
    kind = case.module.removesuffix("Cell")
    layer = case.layer(
        f"{CELLS[kind]}Cell",
        units=case["hidden_size"],
        use_bias=case["bias"],
        double_bias=True,
        return_output=False,
    )
    return _with_batch(case, layer, 2, outputs=2 if kind == "LSTM" else 1)


def _attention(case: Case) -> list[Json]:
    layout, width, heads = _layout(case), case["embed_dim"], case["num_heads"]
    _require_one_batch(case, layout, 3)
    widths = [width if wide is None else wide for wide in (None, case["kdim"], case["vdim"])]
    case.require(heads > 0 and width % heads == 0, f"{heads} heads of a width of {width}")
    for shape, expected in zip(case.shapes, widths, strict=False):
        case.require(shape[-1:] == [expected], f"an input of {shape}")
    for mask in case.shapes[3:4]:
        case.require(mask == _positions(layout, case.shapes[1]), f"a mask of {mask}")
    query, key, value = case.names[:3]  # PyTorch's order
    layer = case.layer(
        "MultiHeadAttention",
        num_heads=heads,
        key_dim=width // heads,
        use_bias=case["bias"],
        packed=True,
        add_bias_kv=case["add_bias_kv"],
        add_zero_attn=case["add_zero_attn"],
        return_attention_scores=True,
        average_scores=True,
        layout=layout,
    )
    return [layer | {"inputs": [query, value, key]}]


def _transformer(case: Case) -> list[Json]:
    layout, sequences = _layout(case), 1 if case.module == "TransformerEncoderLayer" else 2
    _require_one_batch(case, layout, sequences)
    case.require(case.shape[-1] == case["d_model"], f"a width of {case.shape[-1]}")
    case.require(0 <= case["dropout"] <= 1, f"dropout of {case['dropout']}")
    case.require_one_of("activation", "relu", "gelu")
    layer = case.layer(
        case.module,
        num_heads=case["nhead"],
        dim_feedforward=case["dim_feedforward"],
        norm_first=case["norm_first"],
        use_bias=case["bias"],
        layout=layout,
    )
    for name in ("num_encoder_layers", "num_decoder_layers"):
        if name in case.given:
            layer[name] = case[name]
    _require_masks(case, [_positions(layout, shape)[-1] for shape in case.shapes[:sequences]])
    return [layer | {"inputs": case.names[:sequences]}]


def _require_masks(case: Case, steps: list[int]) -> None:
    """Refuse masks behind the sequences that are not of the steps that attend and are attended to.

    An encoder's are of its own steps; a decoder's, which come last, of its own and of the memory's.
    """
    whole = case.module == "Transformer"
    own, memory = (steps[-1], steps[0]) if whole else (steps[0], steps[-1])
    masks = [[memory, memory]] if whole else []
    masks += [[own, own]] if len(steps) == 1 else [[own, own], [own, memory]]
    for mask, wanted in zip(case.shapes[len(steps) :], masks, strict=False):
        case.require(len(mask) in (2, 3) and mask[-2:] == wanted, f"a mask of {mask}")


# ---- Products and tables ------------------------------------------------------------------------


def _linear(case: Case) -> list[Json]:
    case.require(bool(case.shape), "a scalar")
    fits = case.is_lazy or case["in_features"] == case.shape[-1]
    case.require(fits, f"{case.shape[-1]} features")
    return [case.layer("Dense", units=case.size("out_features"), use_bias=case["bias"])]


def _bilinear(case: Case) -> list[Json]:
    widths = [case["in1_features"], case["in2_features"]]
    case.require([shape[-1:] for shape in case.shapes] == [[n] for n in widths], "these features")
    first, second = case.shapes
    case.require(first[:-1] == second[:-1], "inputs that differ in more than their features")
    return [case.layer("Bilinear", units=case.size("out_features"), use_bias=case["bias"])]


def _table(case: Case) -> Json:
    rows, padding = case["num_embeddings"], case["padding_idx"]
    inside = padding is None or -rows <= padding < max(rows, 1)
    case.require(inside, f"a padding_idx of {padding}")
    return {"input_dim": rows, "output_dim": case.size("embedding_dim")}


def _embedding(case: Case) -> list[Json]:
    return [case.layer("Embedding", **_table(case))]


def _embedding_bag(case: Case) -> list[Json]:
    """Rows of indices are a bag each; of one row, a second input says where each begins."""
    case.require_rank(1, 2)
    case.require_one_of("mode", "sum", "mean", "max")
    plain = not (case["scale_grad_by_freq"] or case["sparse"])
    case.require(case["mode"] != "max" or plain, "maxima that are sparse or scaled")
    wanted = 2 if len(case.shape) == 1 else 1
    weighted = wanted == 2 and len(case.shapes) == 3 and case["mode"] == "sum"
    case.require(len(case.shapes) == wanted or weighted, f"{len(case.shapes)} inputs")
    ends = not case["include_last_offset"] or [0] not in case.shapes[1:wanted]
    case.require(ends, "bags without an end")
    bags = {"mode": case["mode"], "include_last_offset": case["include_last_offset"]}
    return [case.layer("EmbeddingBag", **_table(case), **bags)]


def _adaptive_softmax(case: Case) -> list[Json]:
    case.require(case.shape[-1:] == [case["in_features"]], f"an input of {case.shape}")
    return [
        case.layer(
            case.module,
            n_classes=case["n_classes"],
            cutoffs=case["cutoffs"],
            div_value=case["div_value"],
            head_bias=case["head_bias"],
        )
    ]


# ---- Elementwise work, shapes, distances --------------------------------------------------------


def _elementwise(case: Case) -> list[Json]:
    return [case.layer("Activation", activation=case.module.lower())]


def _continuous(case: Case) -> list[Json]:
    case.require(case["alpha"] != 0, "an alpha of 0")
    return _elementwise(case)


def _shrunk(case: Case) -> list[Json]:
    case.require(case["lambd"] >= 0, f"a lambd of {case['lambd']}")
    return _elementwise(case)


def _gelu(case: Case) -> list[Json]:
    case.require_one_of("approximate", "none", "tanh")
    return _elementwise(case)


def _softmax(case: Case) -> list[Json]:
    if case["dim"] is not None:
        case.require_axis(case["dim"])
    return _elementwise(case)


def _softmax_of_channels(case: Case) -> list[Json]:
    case.require_rank(3, 4)
    return _elementwise(case)


def _random_slope(case: Case) -> list[Json]:
    case.require(case["lower"] <= case["upper"], "a lower bound above the upper one")
    return _elementwise(case)


def _clipped(case: Case) -> list[Json]:
    low, high = (case[f"{end}_value"] for end in ("min", "max"))
    low, high = case["min_val"] if low is None else low, case["max_val"] if high is None else high
    case.require(low < high, f"a range from {low} to {high}")
    return _elementwise(case)


def _identity(case: Case) -> list[Json]:
    return [case.layer("Identity")]


def _dropout(case: Case) -> list[Json]:
    case.require(0 <= case["p"] <= 1, f"a share of {case['p']}")
    if case.module == "Dropout1d":
        case.require_rank(2, 3)
    return _identity(case)


def _prelu(case: Case) -> list[Json]:
    n = case["num_parameters"]
    channels = case.shape[1] if len(case.shape) > 1 else 1
    case.require(n in (1, channels), f"{channels} channels")
    return [case.layer("PReLU", num_parameters=n)]


def _glu(case: Case) -> list[Json]:
    return [case.layer("GLU", axis=case["dim"])]


def _flatten(case: Case) -> list[Json]:
    start, end = case["start_dim"], case["end_dim"]
    case.require_axis(start)
    case.require_axis(end)
    if not case.shape:
        return [case.layer("ExpandDims", axis=0)]
    return [case.layer("Flatten", start_dim=start, end_dim=end)]


def _unflatten(case: Case) -> list[Json]:
    sizes = case["unflattened_size"]
    case.require(bool(sizes), "to make no axes of one")
    return [case.layer("Unflatten", dim=case["dim"], unflattened_size=sizes)]


def _shuffle(case: Case) -> list[Json]:
    name = next(iter(case.given))
    return [case.layer(case.module, **{name: case[name]})]


INTERPOLATIONS = {"UpsamplingNearest2d": "nearest", "UpsamplingBilinear2d": "bilinear"}


def _upsample(case: Case) -> list[Json]:
    case.require_rank(3, 4, 5)
    case.require(0 not in case.shape[1:], "an input of no elements")
    axes = len(case.shape) - 2
    mode = INTERPOLATIONS.get(case.module) or case["mode"]
    corners = case.given.get("align_corners") is not None
    case.require(not corners or mode.endswith(("linear", "cubic")), f"corners that are {mode}")
    images = mode in ("bilinear", "bicubic") or mode.startswith("nearest")
    case.require(images or case.dtype != "uint8", f"an input of uint8 that is {mode}")
    again = bool(case.given.get("recompute_scale_factor")) and case["size"] is not None
    case.require(not again, "to compute a factor beside a size")
    attributes = {
        name: case.each(name, axes, exact=True)
        for name in ("size", "scale_factor")
        if case[name] is not None
    }
    return [case.layer("Upsample", mode=mode, **attributes)]


def _require_vectors(case: Case) -> None:
    if [] in case.shapes:
        raise LookupError("the distance of two numbers has no counterpart")


def _cosine(case: Case) -> list[Json]:
    case.require_axis(case["dim"])
    _require_vectors(case)
    return [case.layer("CosineSimilarity", axis=case["dim"])]


def _distance(case: Case) -> list[Json]:
    _require_vectors(case)
    return [case.layer("PairwiseDistance", keepdims=case["keepdim"])]


# ---- All modules, with the arguments of their constructors --------------------------------------

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
WEIGHED = frozenset({"float32"})
"""What is multiplied with weights has their dtype."""

INDICES = frozenset({"int32", "int64"})
NUMBERS = FLOATS | INDICES | {"int8", "int16", "uint8"}
ANYTHING = NUMBERS | {"bool", "complex64", "complex128"}

CONVOLUTION = "out_channels kernel_size stride=1 padding=0"
PLAIN = f"{CONVOLUTION} dilation=1 groups=1 bias=True padding_mode='zeros'"
TRANSPOSED = f"{CONVOLUTION} output_padding=0 groups=1 bias=True dilation=1 padding_mode='zeros'"
MAXIMUM = "kernel_size stride=None padding=0 dilation=1 return_indices=False ceil_mode=False"
MEAN = "kernel_size stride=None padding=0 ceil_mode=False count_include_pad=True"
FRACTIONAL = (
    "kernel_size output_size=None output_ratio=None return_indices=False _random_samples=None"
)
BATCH = "eps=1e-05 momentum=0.1 affine=True track_running_stats=True"
INSTANCE = "eps=1e-05 momentum=0.1 affine=False track_running_stats=False"
LAYERS = "bias=True batch_first=False dropout=0.0 bidirectional=False"
CELL = "input_size hidden_size bias=True"
ONE_LAYER = (
    "d_model nhead dim_feedforward=2048 dropout=0.1 activation='relu' layer_norm_eps=1e-05 "
    "batch_first=False norm_first=False bias=True"
)
TABLE = "num_embeddings embedding_dim"
SIZE = "size=None scale_factor=None"

MODULES = {
    "Linear": Module("in_features out_features bias=True", _linear, WEIGHED),
    "LazyLinear": Module("out_features bias=True", _linear, WEIGHED),
    "Bilinear": Module("in1_features in2_features out_features bias=True", _bilinear, WEIGHED),
    "Embedding": Module(
        f"{TABLE} padding_idx=None max_norm=None norm_type=2.0 scale_grad_by_freq=False "
        "sparse=False _weight=None _freeze=False",
        _embedding,
        INDICES,
    ),
    "EmbeddingBag": Module(
        f"{TABLE} max_norm=None norm_type=2.0 scale_grad_by_freq=False mode='mean' sparse=False "
        "_weight=None include_last_offset=False padding_idx=None",
        _embedding_bag,
        INDICES,
    ),
    "AdaptiveLogSoftmaxWithLoss": Module(
        "in_features n_classes cutoffs div_value=4.0 head_bias=False", _adaptive_softmax, WEIGHED
    ),
    "SyncBatchNorm": Module(
        f"num_features {BATCH} process_group=None bias=True", _batch_norm, FLOATS
    ),
    "LayerNorm": Module(
        "normalized_shape eps=1e-05 elementwise_affine=True bias=True", _layer_norm, FLOATS
    ),
    "RMSNorm": Module("normalized_shape eps=None elementwise_affine=True", _rms_norm, FLOATS),
    "GroupNorm": Module(
        "num_groups num_channels eps=1e-05 affine=True bias=True", _group_norm, FLOATS
    ),
    "LocalResponseNorm": Module(
        "size alpha=0.0001 beta=0.75 k=1.0", _local_response, FLOATS | {"int64"}
    ),
    "CrossMapLRN2d": Module("size alpha=0.0001 beta=0.75 k=1", _local_response, FLOATS),
    "RNN": Module(
        f"input_size hidden_size num_layers=1 nonlinearity='tanh' {LAYERS}", _recurrent, WEIGHED
    ),
    "LSTM": Module(
        f"input_size hidden_size num_layers=1 {LAYERS} proj_size=0", _recurrent, WEIGHED
    ),
    "GRU": Module(f"input_size hidden_size num_layers=1 {LAYERS}", _recurrent, WEIGHED),
    "RNNCell": Module(f"{CELL} nonlinearity='tanh'", _cell, WEIGHED),
    "LSTMCell": Module(CELL, _cell, WEIGHED),
    "GRUCell": Module(CELL, _cell, WEIGHED),
    "MultiheadAttention": Module(
        "embed_dim num_heads dropout=0.0 bias=True add_bias_kv=False add_zero_attn=False kdim=None "
        "vdim=None batch_first=False",
        _attention,
        WEIGHED,
    ),
    "TransformerEncoderLayer": Module(ONE_LAYER, _transformer, WEIGHED),
    "TransformerDecoderLayer": Module(ONE_LAYER, _transformer, WEIGHED),
    "Transformer": Module(
        "d_model=512 nhead=8 num_encoder_layers=6 num_decoder_layers=6 dim_feedforward=2048 "
        "dropout=0.1 activation='relu' custom_encoder=None custom_decoder=None "
        "layer_norm_eps=1e-05 batch_first=False norm_first=False bias=True",
        _transformer,
        WEIGHED,
    ),
    "PReLU": Module("num_parameters=1 init=0.25", _prelu, WEIGHED),
    "GLU": Module("dim=-1", _glu, FLOATS),
    "Identity": Module("*", _identity, ANYTHING),
    "Flatten": Module("start_dim=1 end_dim=-1", _flatten, ANYTHING),
    "Unflatten": Module("dim unflattened_size", _unflatten, ANYTHING),
    "PixelShuffle": Module("upscale_factor", _shuffle, ANYTHING),
    "PixelUnshuffle": Module("downscale_factor", _shuffle, ANYTHING),
    "ChannelShuffle": Module("groups", _shuffle, ANYTHING),
    "Upsample": Module(
        f"{SIZE} mode='nearest' align_corners=None recompute_scale_factor=None",
        _upsample,
        FLOATS | {"uint8"},
    ),
    "UpsamplingNearest2d": Module(SIZE, _upsample, FLOATS | {"uint8"}),
    "UpsamplingBilinear2d": Module(SIZE, _upsample, FLOATS | {"uint8"}),
    "Unfold": Module("kernel_size dilation=1 padding=0 stride=1", _windows, FLOATS | {"bool"}),
    "Fold": Module("output_size kernel_size dilation=1 padding=0 stride=1", _windows, FLOATS),
    "CosineSimilarity": Module("dim=1 eps=1e-08", _cosine, FLOATS),
    "PairwiseDistance": Module("p=2.0 eps=1e-06 keepdim=False", _distance, NUMBERS),
}

for _axes in (1, 2, 3):
    MODULES |= {
        f"Conv{_axes}d": Module(f"in_channels {PLAIN}", _convolution, WEIGHED),
        f"LazyConv{_axes}d": Module(PLAIN, _convolution, WEIGHED),
        f"ConvTranspose{_axes}d": Module(f"in_channels {TRANSPOSED}", _convolution, WEIGHED),
        f"LazyConvTranspose{_axes}d": Module(TRANSPOSED, _convolution, WEIGHED),
        f"MaxPool{_axes}d": Module(MAXIMUM, _max_pooling, NUMBERS),
        f"AvgPool{_axes}d": Module(
            MEAN if _axes == 1 else f"{MEAN} divisor_override=None",
            _average_pooling,
            FLOATS | {"int64"},
        ),
        f"AdaptiveAvgPool{_axes}d": Module("output_size", _adaptive, FLOATS),
        f"AdaptiveMaxPool{_axes}d": Module("output_size return_indices=False", _adaptive, FLOATS),
        f"LPPool{_axes}d": Module(
            "norm_type kernel_size stride=None ceil_mode=False", _lp_pooling, NUMBERS | {"bool"}
        ),
        f"MaxUnpool{_axes}d": Module("kernel_size stride=None padding=0", _unpooling, FLOATS),
        f"BatchNorm{_axes}d": Module(f"num_features {BATCH} bias=True", _batch_norm, FLOATS),
        f"LazyBatchNorm{_axes}d": Module(f"{BATCH} bias=True", _batch_norm, FLOATS),
        f"InstanceNorm{_axes}d": Module(
            f"num_features {INSTANCE} bias=True", _instance_norm, FLOATS
        ),
        f"LazyInstanceNorm{_axes}d": Module(f"{BATCH} bias=True", _instance_norm, FLOATS),
        f"ConstantPad{_axes}d": Module("padding value", _padding, ANYTHING),
        f"ZeroPad{_axes}d": Module("padding", _padding, ANYTHING),
        f"CircularPad{_axes}d": Module("padding", _padding, ANYTHING),
        f"ReflectionPad{_axes}d": Module("padding", _padding, ANYTHING - {"bool"}),
        f"ReplicationPad{_axes}d": Module("padding", _padding, ANYTHING - {"bool"}),
    }
for _axes in (2, 3):
    MODULES[f"FractionalMaxPool{_axes}d"] = Module(FRACTIONAL, _fractional, FLOATS)
for _kind in ("", "1d", "2d", "3d"):
    MODULES[f"Dropout{_kind}"] = Module("p=0.5 inplace=False", _dropout, ANYTHING)
for _kind in ("Alpha", "FeatureAlpha"):
    MODULES[f"{_kind}Dropout"] = Module("p=0.5 inplace=False", _dropout, ANYTHING)

MODULES |= {
    "CELU": Module("alpha=1.0 inplace=False", _continuous, FLOATS),
    "ELU": Module("alpha=1.0 inplace=False", _elementwise, FLOATS),
    "GELU": Module("approximate='none'", _gelu, FLOATS),
    "Hardshrink": Module("lambd=0.5", _elementwise, FLOATS),
    "Hardsigmoid": Module("inplace=False", _elementwise, FLOATS),
    "Hardswish": Module("inplace=False", _elementwise, FLOATS),
    "Hardtanh": Module(
        "min_val=-1.0 max_val=1.0 inplace=False min_value=None max_value=None",
        _clipped,
        NUMBERS - {"uint8"},
    ),
    "LeakyReLU": Module("negative_slope=0.01 inplace=False", _elementwise, FLOATS),
    "LogSigmoid": Module("", _elementwise, FLOATS),
    "LogSoftmax": Module("dim=None", _softmax, FLOATS),
    "Mish": Module("inplace=False", _elementwise, FLOATS),
    "ReLU": Module("inplace=False", _elementwise, NUMBERS),
    "ReLU6": Module("inplace=False", _elementwise, NUMBERS),
    "RReLU": Module("lower=0.125 upper=0.3333333333333333 inplace=False", _random_slope, FLOATS),
    "SELU": Module("inplace=False", _elementwise, FLOATS),
    "SiLU": Module("inplace=False", _elementwise, FLOATS),
    "Sigmoid": Module("", _elementwise, ANYTHING),
    "Softmax": Module("dim=None", _softmax, FLOATS),
    "Softmax2d": Module("", _softmax_of_channels, FLOATS),
    "Softmin": Module("dim=None", _softmax, FLOATS),
    "Softplus": Module("beta=1.0 threshold=20.0", _elementwise, FLOATS),
    "Softshrink": Module("lambd=0.5", _shrunk, FLOATS),
    "Softsign": Module("", _elementwise, NUMBERS),
    "Tanh": Module("", _elementwise, ANYTHING),
    "Tanhshrink": Module("", _elementwise, NUMBERS),
    "Threshold": Module("threshold value inplace=False", _elementwise, NUMBERS),
}

WITHOUT = {
    "a loss is beside the model": "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss "
    "CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss "
    "LinearCrossEntropyLoss MSELoss MarginRankingLoss MultiLabelMarginLoss "
    "MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss SmoothL1Loss "
    "SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss",
    "it is made of modules, which no case can name": "Container DataParallel ModuleDict ModuleList "
    "Sequential TransformerDecoder TransformerEncoder",
    "it computes nothing by itself": "Buffer LinearCrossEntropyOptions Module Parameter "
    "ParameterDict ParameterList RNNBase RNNCellBase UninitializedBuffer UninitializedParameter",
}
"""The classes of torch.nn that have no way, by the reason."""
