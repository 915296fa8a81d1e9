"""From a PyTorch module to our layers: a native document for one case of `torch_layers.json.gz`.

A case has `module` (a class of torch.nn), `args` and `kwargs` of its constructor, and `inputs`,
each with `shape` and `dtype`. The way is written for the module, never for the case. LookupError:
we have no counterpart. ValueError: PyTorch refuses what our layer would infer from its input.
"""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Shape = list[int]

REQUIRED = object()


def spec_of(case: Json) -> Json:
    """Return the native document of a case: its concrete sizes in, its module as the last layer."""
    module, shapes = case["module"], [list(given["shape"]) for given in case["inputs"]]
    if module not in MODULES:
        raise LookupError(f"torch.nn.{module} has no counterpart")
    signature, translate = MODULES[module]
    given = _bound(module, signature, case.get("args") or [], case.get("kwargs") or {})
    names = [f"input_{k}" for k in range(len(shapes))]
    inputs = {
        name: {"shape": shape, "dtype": entry.get("dtype", "float32")}
        for name, shape, entry in zip(names, shapes, case["inputs"], strict=True)
    }
    layers = translate(Case(module, given, shapes, names, inputs))
    return {"inputs": inputs, "layers": layers, "data_format": "channels_first"}


class Case:
    """A module's arguments by name, and what it is called on."""

    def __init__(
        self, module: str, given: Json, shapes: list[Shape], names: list[str], inputs: Json
    ) -> None:
        self.module = module
        self.given = given
        self.shapes = shapes
        self.names = names
        self.inputs = inputs

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    @property
    def shape(self) -> Shape:
        """The shape of the first input."""
        return self.shapes[0]

    @property
    def axes(self) -> int:
        """How many axes of space the module has, by its name."""
        return int(next(letter for letter in reversed(self.module) if letter.isdigit()))

    def layer(self, kind: str, **attributes: Any) -> Json:
        """Return a layer that takes all inputs."""
        return {"type": kind, "inputs": self.names, **attributes}

    def require(self, holds: bool, why: str) -> None:
        """Refuse what PyTorch refuses."""
        if not holds:
            raise ValueError(f"torch.nn.{self.module} refuses {why}")


Translation = Callable[[Case], list[Json]]


def _bound(module: str, signature: str, args: list[Any], kwargs: Json) -> Json:
    """Return the arguments by name, with PyTorch's defaults. `signature`: `a b=1 c=None`."""
    known = [part.partition("=") for part in signature.split()]
    given = {name: eval(default) if sign else REQUIRED for name, sign, default in known}  # noqa: S307
    if len(args) > len(known):
        raise ValueError(f"torch.nn.{module} takes {len(known)} arguments")
    given |= {name: value for (name, _, _), value in zip(known, args, strict=False)}
    for name, value in kwargs.items():
        if name not in given and name not in ("device", "dtype"):
            raise ValueError(f"torch.nn.{module} has no argument {name}")
        given[name] = value
    if REQUIRED in given.values():
        raise ValueError(f"torch.nn.{module} lacks an argument")
    return given


# ---- With and without a batch -------------------------------------------------------------------


def _batched(case: Case, layer: Json) -> list[Json]:
    """Return a layer over axes of space; an input without a batch gets one, and loses it again."""
    rank = len(case.shape)
    case.require(rank in (case.axes + 1, case.axes + 2), f"an input of rank {rank}")
    if rank == case.axes + 2:
        return [layer]
    expanded = [
        {"type": "ExpandDims", "name": f"batch_{k}", "axis": 0, "inputs": [name]}
        for k, name in enumerate(case.names)
    ]
    inside = {**layer, "name": "module", "inputs": [entry["name"] for entry in expanded]}
    return [*expanded, inside, {"type": "Squeeze", "axis": 0, "inputs": ["module"]}]


# ---- Convolutions and poolings ------------------------------------------------------------------


def _convolution(case: Case) -> list[Json]:
    lazy, transposed = "Lazy" in case.module, "Transpose" in case.module
    channels = case.shape[-case.axes - 1]
    case.require(lazy or case["in_channels"] == channels, f"{channels} channels")
    if channels == 0:
        raise LookupError("of no channels PyTorch makes none, where a sum of nothing is the bias")
    layer = case.layer(
        f"Conv{case.axes}D" + ("Transpose" if transposed else ""),
        filters=case["out_channels"],
        kernel_size=case["kernel_size"],
        strides=case["stride"],
        padding=case["padding"],
        dilation_rate=case["dilation"],
        groups=case["groups"],
        use_bias=case["bias"],
    )
    if transposed:
        layer["output_padding"] = case["output_padding"]
    else:
        strided = case["padding"] == "same" and _largest(case["stride"]) > 1
        case.require(not strided, "strides with same padding")
        layer["padding_mode"] = case["padding_mode"]
    return _batched(case, layer)


def _largest(value: Any) -> int:
    return max(value) if isinstance(value, list) else int(value)


def _each(value: Any, axes: int) -> list[Any]:
    return value if isinstance(value, list) else [value] * axes


def _pooling(case: Case) -> list[Json]:
    kind = "MaxPooling" if "Max" in case.module else "AveragePooling"
    layer = case.layer(
        f"{kind}{case.axes}D",
        pool_size=case["kernel_size"],
        padding=case["padding"],
        ceil_mode=case["ceil_mode"],
    )
    if case["stride"] is not None:
        layer["strides"] = case["stride"]
    if kind == "MaxPooling":
        layer |= {"dilation_rate": case["dilation"], "return_indices": case["return_indices"]}
    else:
        layer["count_include_pad"] = case["count_include_pad"]
    _require_half(case)
    return _batched(case, layer)


def _require_half(case: Case) -> None:
    """PyTorch pads by at most half of the window."""
    paddings = _each(case["padding"], case.axes)
    sizes = _each(case["kernel_size"], case.axes)
    dilations = _each(case.given.get("dilation", 1), case.axes)
    for padding, size, dilation in zip(paddings, sizes, dilations, strict=True):
        half = ((size - 1) * dilation + 1) // 2
        case.require(padding <= half, f"padding of {padding} beside a window of {size}")


def _adaptive(case: Case) -> list[Json]:
    kind = "Max" if "Max" in case.module else "Average"
    if case.given.get("return_indices"):
        raise LookupError("adaptive pooling that returns indices has no counterpart")
    name = f"Adaptive{kind}Pooling{case.axes}D"
    return _batched(case, case.layer(name, output_size=case["output_size"]))


def _lp_pooling(case: Case) -> list[Json]:
    layer = case.layer(
        case.module,
        norm_type=case["norm_type"],
        pool_size=case["kernel_size"],
        ceil_mode=case["ceil_mode"],
    )
    if case["stride"] is not None:
        layer["strides"] = case["stride"]
    return _batched(case, layer)


def _fractional(case: Case) -> list[Json]:
    attributes = {
        name: case[name]
        for name in ("output_size", "output_ratio", "return_indices")
        if case[name] is not None
    }
    return _batched(case, case.layer(case.module, pool_size=case["kernel_size"], **attributes))


def _unpooling(case: Case) -> list[Json]:
    layer = case.layer(case.module, pool_size=case["kernel_size"], padding=case["padding"])
    if case["stride"] is not None:
        layer["strides"] = case["stride"]
    if len(case.names) == 1:  # the table leaves out the indices, which have the input's shape
        case.inputs["indices"] = {"shape": case.shape, "dtype": "int64"}
        case.names.append("indices")
        layer["inputs"] = case.names
    return _batched(case, layer)


def _windows(case: Case) -> list[Json]:
    """Return Fold or Unfold, which have two axes of space whatever their names say."""
    layer = case.layer(
        case.module,
        kernel_size=case["kernel_size"],
        strides=case["stride"],
        padding=case["padding"],
        dilation_rate=case["dilation"],
    )
    if case.module == "Fold":
        layer["output_size"] = case["output_size"]
    whole = 3 if case.module == "Fold" else 4
    case.require(len(case.shape) in (whole - 1, whole), f"an input of rank {len(case.shape)}")
    if len(case.shape) == whole:
        return [layer]
    expand = {"type": "ExpandDims", "name": "batch", "axis": 0, "inputs": case.names}
    inside = {**layer, "name": "module", "inputs": ["batch"]}
    return [expand, inside, {"type": "Squeeze", "axis": 0, "inputs": ["module"]}]


def _padding(case: Case) -> list[Json]:
    """PyTorch lists the sides of the last axis first."""
    given = case["padding"]
    sides = given if isinstance(given, list) else [given] * (2 * case.axes)
    case.require(len(sides) == 2 * case.axes, f"{len(sides)} sides")
    pairs = [sides[2 * k : 2 * k + 2] for k in range(case.axes)][::-1]
    if case.module.startswith(("Zero", "Constant")):
        kind = f"ConstantPad{case.axes}d"
        return _batched(case, case.layer(kind, padding=pairs, value=case.given.get("value", 0.0)))
    return _batched(case, case.layer(case.module, padding=pairs))


# ---- Normalizations -----------------------------------------------------------------------------

RANKS = {"1d": (2, 3), "2d": (4,), "3d": (5,)}


def _batch_norm(case: Case) -> list[Json]:
    lazy = "Lazy" in case.module
    ranks = RANKS[case.module[-2:]]
    case.require(len(case.shape) in ranks, f"an input of rank {len(case.shape)}")
    case.require(lazy or case["num_features"] == case.shape[1], f"{case.shape[1]} channels")
    tracked = case["track_running_stats"]
    layer = case.layer(
        "BatchNormalization",
        axis=1,
        scale=case["affine"],
        center=case["affine"],
        track_running_stats=tracked,
        num_batches_tracked=tracked,
    )
    return [layer]


def _instance_norm(case: Case) -> list[Json]:
    lazy, tracked = "Lazy" in case.module, case["track_running_stats"]
    channels = case.shape[-case.axes - 1]
    fits = lazy or not case["affine"] or case["num_features"] == channels
    case.require(fits, f"{channels} channels")
    layer = case.layer(
        "GroupNormalization",
        groups=-1,
        axis=1,
        scale=case["affine"],
        center=case["affine"],
        track_running_stats=tracked,
        num_batches_tracked=tracked,
    )
    return _batched(case, layer)


def _group_norm(case: Case) -> list[Json]:
    case.require(len(case.shape) >= 2, f"an input of rank {len(case.shape)}")
    case.require(case["num_channels"] == case.shape[1], f"{case.shape[1]} channels")
    affine = case["affine"]
    return [
        case.layer(
            "GroupNormalization", groups=case["num_groups"], axis=1, scale=affine, center=affine
        )
    ]


def _last_axes(case: Case) -> list[int]:
    shape = case["normalized_shape"]
    sizes = shape if isinstance(shape, list) else [shape]
    case.require(case.shape[len(case.shape) - len(sizes) :] == sizes, f"{case.shape}")
    return list(range(-len(sizes), 0))


def _layer_norm(case: Case) -> list[Json]:
    affine = case["elementwise_affine"]
    axes = _last_axes(case)
    center = bool(affine and case["bias"])
    return [case.layer("LayerNormalization", axis=axes, scale=affine, center=center)]


def _rms_norm(case: Case) -> list[Json]:
    axes, affine = _last_axes(case), case["elementwise_affine"]
    return [case.layer("RMSNormalization", axis=axes, elementwise_affine=affine)]


def _local_response(case: Case) -> list[Json]:
    return [case.layer(case.module, size=case["size"])]


# ---- Recurrent layers, attention, transformers --------------------------------------------------

CELLS = {"RNN": "SimpleRNN", "LSTM": "LSTM", "GRU": "GRU"}


def _layout(case: Case) -> str:
    if len(case.shape) == 2:
        return "unbatched"
    case.require(len(case.shape) == 3, f"an input of rank {len(case.shape)}")
    return "batch_first" if case["batch_first"] else "time_first"


def _recurrent(case: Case) -> list[Json]:
    features = case.shape[-1]
    case.require(case["input_size"] == features, f"{features} features")
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
        layout=_layout(case),
    )
    if case["proj_size"]:
        case.require(case.module == "LSTM", "a projection")
        layer["proj_size"] = case["proj_size"]
    return [layer]


def _cell(case: Case) -> list[Json]:
    features = case.shape[-1]
    case.require(case["input_size"] == features, f"{features} features")
    kind = CELLS[case.module.removesuffix("Cell")] + "Cell"
    layer = case.layer(
        kind,
        units=case["hidden_size"],
        use_bias=case["bias"],
        double_bias=True,
        return_output=False,
    )
    if len(case.shape) == 2:
        return [layer]
    case.require(len(case.shape) == 1, f"an input of rank {len(case.shape)}")
    expanded = [
        {"type": "ExpandDims", "name": f"batch_{k}", "axis": 0, "inputs": [name]}
        for k, name in enumerate(case.names)
    ]
    inside = {**layer, "name": "module", "inputs": [entry["name"] for entry in expanded]}
    if kind == "LSTMCell":
        raise LookupError("an LSTMCell without a batch gives two outputs, each without one")
    return [*expanded, inside, {"type": "Squeeze", "axis": 0, "inputs": ["module"]}]


def _attention(case: Case) -> list[Json]:
    width, heads = case["embed_dim"], case["num_heads"]
    widths = [width, case["kdim"] or width, case["vdim"] or width]
    case.require(width % heads == 0, f"{heads} heads of a width of {width}")
    for shape, expected in zip(case.shapes, widths, strict=False):
        case.require(shape[-1] == expected, f"an input of width {shape[-1]}")
    query, key, value = case.names[0], case.names[1], case.names[2]  # PyTorch's order
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
        layout=_layout(case),
    )
    return [layer | {"inputs": [query, value, key]}]


def _transformer(case: Case) -> list[Json]:
    case.require(case.shape[-1] == case["d_model"], f"a width of {case.shape[-1]}")
    layer = case.layer(
        case.module,
        num_heads=case["nhead"],
        dim_feedforward=case["dim_feedforward"],
        norm_first=case["norm_first"],
        use_bias=case["bias"],
        layout=_layout(case),
    )
    for name in ("num_encoder_layers", "num_decoder_layers"):
        if name in case.given:
            layer[name] = case[name]
    return [layer]


# ---- Products and tables ------------------------------------------------------------------------


def _linear(case: Case) -> list[Json]:
    lazy = "Lazy" in case.module
    case.require(bool(case.shape), "a scalar")
    fits = lazy or case["in_features"] == case.shape[-1]
    case.require(fits, f"{case.shape[-1]} features")
    return [case.layer("Dense", units=case["out_features"], use_bias=case["bias"])]


def _bilinear(case: Case) -> list[Json]:
    widths = [case["in1_features"], case["in2_features"]]
    case.require([shape[-1] for shape in case.shapes] == widths, "these features")
    return [case.layer("Bilinear", units=case["out_features"], use_bias=case["bias"])]


def _embedding(case: Case) -> list[Json]:
    attributes = {"input_dim": case["num_embeddings"], "output_dim": case["embedding_dim"]}
    if case.module == "EmbeddingBag":
        attributes |= {"mode": case["mode"], "include_last_offset": case["include_last_offset"]}
    return [case.layer(case.module, **attributes)]


def _adaptive_softmax(case: Case) -> list[Json]:
    case.require(case["in_features"] == case.shape[-1], f"{case.shape[-1]} features")
    if case["div_value"] != int(case["div_value"]):
        raise LookupError("a div_value that is no integer has no counterpart")
    return [
        case.layer(
            case.module,
            n_classes=case["n_classes"],
            cutoffs=case["cutoffs"],
            div_value=int(case["div_value"]),
            head_bias=case["head_bias"],
        )
    ]


# ---- Elementwise work, shapes, distances --------------------------------------------------------


def _elementwise(case: Case) -> list[Json]:
    if case.module == "Softmax2d":
        case.require(len(case.shape) in (3, 4), f"an input of rank {len(case.shape)}")
    return [case.layer("Activation", activation=case.module.lower())]


def _identity(case: Case) -> list[Json]:
    return [case.layer("Identity")]


def _prelu(case: Case) -> list[Json]:
    n = case["num_parameters"]
    channels = case.shape[1] if len(case.shape) > 1 else 1
    case.require(n in (1, channels), f"{channels} channels")
    return [case.layer("PReLU", num_parameters=n)]


def _glu(case: Case) -> list[Json]:
    return [case.layer("GLU", axis=case["dim"])]


def _flatten(case: Case) -> list[Json]:
    return [case.layer("Flatten", start_dim=case["start_dim"], end_dim=case["end_dim"])]


def _unflatten(case: Case) -> list[Json]:
    return [case.layer("Unflatten", dim=case["dim"], unflattened_size=case["unflattened_size"])]


def _shuffle(case: Case) -> list[Json]:
    name = next(iter(case.given))
    return [case.layer(case.module, **{name: case[name]})]


def _upsample(case: Case) -> list[Json]:
    mode = {"UpsamplingNearest2d": "nearest", "UpsamplingBilinear2d": "bilinear"}
    attributes = {n: case[n] for n in ("size", "scale_factor") if case[n] is not None}
    return [case.layer("Upsample", mode=mode.get(case.module) or case["mode"], **attributes)]


def _cosine(case: Case) -> list[Json]:
    return [case.layer("CosineSimilarity", axis=case["dim"])]


def _distance(case: Case) -> list[Json]:
    return [case.layer("PairwiseDistance", keepdims=case["keepdim"])]


# ---- All modules, with the arguments of their constructors --------------------------------------

CONVOLUTION = "out_channels kernel_size stride=1 padding=0"
PLAIN = f"{CONVOLUTION} dilation=1 groups=1 bias=True padding_mode='zeros'"
TRANSPOSED = f"{CONVOLUTION} output_padding=0 groups=1 bias=True dilation=1 padding_mode='zeros'"
MAXIMUM = "kernel_size stride=None padding=0 dilation=1 return_indices=False ceil_mode=False"
MEAN = "kernel_size stride=None padding=0 ceil_mode=False count_include_pad=True"
FRACTIONAL = (
    "kernel_size output_size=None output_ratio=None return_indices=False _random_samples=None"
)
STATISTICS = "eps=1e-05 momentum=0.1"
RECURRENT = (
    "input_size hidden_size num_layers=1 bias=True batch_first=False dropout=0.0 "
    "bidirectional=False proj_size=0"
)
CELL = "input_size hidden_size bias=True"
ONE_LAYER = (
    "d_model nhead dim_feedforward=2048 dropout=0.1 activation='relu' layer_norm_eps=1e-05 "
    "batch_first=False norm_first=False bias=True"
)
TABLE = "num_embeddings embedding_dim"

MODULES: dict[str, tuple[str, Translation]] = {
    "Linear": ("in_features out_features bias=True", _linear),
    "NonDynamicallyQuantizableLinear": ("in_features out_features bias=True", _linear),
    "LazyLinear": ("out_features bias=True", _linear),
    "Bilinear": ("in1_features in2_features out_features bias=True", _bilinear),
    "Embedding": (
        f"{TABLE} padding_idx=None max_norm=None norm_type=2.0 scale_grad_by_freq=False "
        "sparse=False _weight=None _freeze=False",
        _embedding,
    ),
    "EmbeddingBag": (
        f"{TABLE} max_norm=None norm_type=2.0 scale_grad_by_freq=False mode='mean' sparse=False "
        "_weight=None include_last_offset=False padding_idx=None",
        _embedding,
    ),
    "AdaptiveLogSoftmaxWithLoss": (
        "in_features n_classes cutoffs div_value=4.0 head_bias=False bias=True",
        _adaptive_softmax,
    ),
    "LayerNorm": ("normalized_shape eps=1e-05 elementwise_affine=True bias=True", _layer_norm),
    "RMSNorm": ("normalized_shape eps=None elementwise_affine=True", _rms_norm),
    "GroupNorm": ("num_groups num_channels eps=1e-05 affine=True", _group_norm),
    "LocalResponseNorm": ("size alpha=0.0001 beta=0.75 k=1.0", _local_response),
    "CrossMapLRN2d": ("size alpha=0.0001 beta=0.75 k=1", _local_response),
    "RNN": (RECURRENT.replace("bias=True", "nonlinearity='tanh' bias=True"), _recurrent),
    "LSTM": (RECURRENT, _recurrent),
    "GRU": (RECURRENT, _recurrent),
    "RNNCell": (f"{CELL} nonlinearity='tanh'", _cell),
    "LSTMCell": (CELL, _cell),
    "GRUCell": (CELL, _cell),
    "MultiheadAttention": (
        "embed_dim num_heads dropout=0.0 bias=True add_bias_kv=False add_zero_attn=False kdim=None "
        "vdim=None batch_first=False",
        _attention,
    ),
    "TransformerEncoderLayer": (ONE_LAYER, _transformer),
    "TransformerDecoderLayer": (ONE_LAYER, _transformer),
    "Transformer": (
        "d_model=512 nhead=8 num_encoder_layers=6 num_decoder_layers=6 dim_feedforward=2048 "
        "dropout=0.1 activation='relu' custom_encoder=None custom_decoder=None "
        "layer_norm_eps=1e-05 batch_first=False norm_first=False bias=True",
        _transformer,
    ),
    "PReLU": ("num_parameters=1 init=0.25", _prelu),
    "GLU": ("dim=-1", _glu),
    "Identity": ("", _identity),
    "Flatten": ("start_dim=1 end_dim=-1", _flatten),
    "Unflatten": ("dim unflattened_size", _unflatten),
    "PixelShuffle": ("upscale_factor", _shuffle),
    "PixelUnshuffle": ("downscale_factor", _shuffle),
    "ChannelShuffle": ("groups", _shuffle),
    "Upsample": (
        "size=None scale_factor=None mode='nearest' align_corners=None recompute_scale_factor=None",
        _upsample,
    ),
    "UpsamplingNearest2d": ("size=None scale_factor=None", _upsample),
    "UpsamplingBilinear2d": ("size=None scale_factor=None", _upsample),
    "Unfold": ("kernel_size dilation=1 padding=0 stride=1", _windows),
    "Fold": ("output_size kernel_size dilation=1 padding=0 stride=1", _windows),
    "CosineSimilarity": ("dim=1 eps=1e-08", _cosine),
    "PairwiseDistance": ("p=2.0 eps=1e-06 keepdim=False", _distance),
}

for _axes in (1, 2, 3):
    MODULES |= {
        f"Conv{_axes}d": (f"in_channels {PLAIN}", _convolution),
        f"LazyConv{_axes}d": (PLAIN, _convolution),
        f"ConvTranspose{_axes}d": (f"in_channels {TRANSPOSED}", _convolution),
        f"LazyConvTranspose{_axes}d": (TRANSPOSED, _convolution),
        f"MaxPool{_axes}d": (MAXIMUM, _pooling),
        f"AvgPool{_axes}d": (MEAN if _axes == 1 else f"{MEAN} divisor_override=None", _pooling),
        f"AdaptiveAvgPool{_axes}d": ("output_size", _adaptive),
        f"AdaptiveMaxPool{_axes}d": ("output_size return_indices=False", _adaptive),
        f"LPPool{_axes}d": ("norm_type kernel_size stride=None ceil_mode=False", _lp_pooling),
        f"MaxUnpool{_axes}d": ("kernel_size stride=None padding=0", _unpooling),
        f"BatchNorm{_axes}d": (
            f"num_features {STATISTICS} affine=True track_running_stats=True",
            _batch_norm,
        ),
        f"LazyBatchNorm{_axes}d": (
            f"{STATISTICS} affine=True track_running_stats=True",
            _batch_norm,
        ),
        f"InstanceNorm{_axes}d": (
            f"num_features {STATISTICS} affine=False track_running_stats=False",
            _instance_norm,
        ),
        f"LazyInstanceNorm{_axes}d": (
            f"{STATISTICS} affine=False track_running_stats=False",
            _instance_norm,
        ),
        f"ConstantPad{_axes}d": ("padding value", _padding),
        **{
            f"{_kind}Pad{_axes}d": ("padding", _padding)
            for _kind in ("Zero", "Reflection", "Replication", "Circular")
        },
        f"Dropout{_axes}d": ("p=0.5 inplace=False", _identity),
    }
MODULES |= {f"FractionalMaxPool{_axes}d": (FRACTIONAL, _fractional) for _axes in (2, 3)}
MODULES |= {f"{_kind}Dropout": ("p=0.5 inplace=False", _identity) for _kind in ("", "Alpha")}
MODULES["FeatureAlphaDropout"] = ("p=0.5 inplace=False", _identity)

ACTIVATIONS = {
    "CELU": "alpha=1.0 inplace=False",
    "ELU": "alpha=1.0 inplace=False",
    "GELU": "approximate='none'",
    "Hardshrink": "lambd=0.5",
    "Hardsigmoid": "inplace=False",
    "Hardswish": "inplace=False",
    "Hardtanh": "min_val=-1.0 max_val=1.0 inplace=False min_value=None max_value=None",
    "LeakyReLU": "negative_slope=0.01 inplace=False",
    "LogSigmoid": "",
    "LogSoftmax": "dim=None",
    "Mish": "inplace=False",
    "ReLU": "inplace=False",
    "ReLU6": "inplace=False",
    "RReLU": "lower=0.125 upper=0.3333333333333333 inplace=False",
    "SELU": "inplace=False",
    "SiLU": "inplace=False",
    "Sigmoid": "",
    "Softmax": "dim=None",
    "Softmax2d": "",
    "Softmin": "dim=None",
    "Softplus": "beta=1.0 threshold=20.0",
    "Softshrink": "lambd=0.5",
    "Softsign": "",
    "Tanh": "",
    "Tanhshrink": "",
    "Threshold": "threshold value inplace=False",
}
MODULES |= {name: (signature, _elementwise) for name, signature in ACTIVATIONS.items()}
