"""Makes the figures of the tables anew, with the frameworks themselves.

    python -m tests.truth.make [--check]
    python -m tests.truth.make --add NASNetLarge
    python -m tests.truth.make --add-modules < CASES

It needs Keras 3.15 and PyTorch 2.13, which the tests do not; the few cases of layers that Keras has
with TensorFlow alone are left as they are where it is not there. Documents and modules are those of
the tables; every figure is computed again. `--check` writes nothing, and says what would change;
`--add` makes the document of a model of keras.applications, with its figures; `--add-modules` reads
cases of modules, a line of JSON each: `module`, `args`, `kwargs`, `inputs` and `note`.
"""

import gzip
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Json = dict[str, Any]


# ---- Keras --------------------------------------------------------------------------------------


def keras_truth(document: Json) -> Json:
    """Return what Keras counts of a document."""
    import keras

    keras.backend.clear_session()
    model = keras.models.model_from_json(json.dumps(document))
    graph = getattr(model, "_functional", model)
    inside = {id(node) for nodes in graph._nodes_by_depth.values() for node in nodes}
    return {
        "layers": [keras_layer(layer, inside) for layer in graph.operations],
        "totals": counts(model),
        "inputs": [described(tensor) for tensor in model.inputs],
        "outputs": [described(tensor) for tensor in model.outputs],
    }


def keras_layer(layer: Any, inside: set[int]) -> Json:
    """Return the figures of a layer or operation; a nested model is one row with all its weights.

    Its calls are those of the nodes `inside` the model.
    """
    nodes = [node for node in layer._inbound_nodes if id(node) in inside]
    return {
        "name": layer.name,
        "class": type(layer).__name__,
        "output_shapes": [[list(t.shape) for t in node.output_tensors] for node in nodes],
        **counts(layer),
        "weights": [[list(w.shape), w.trainable] for w in weights(layer)],
    }


def weights(layer: Any) -> list[Any]:
    """Return the weights that are counted: without the state of random numbers."""
    owned = getattr(layer, "weights", [])
    return [weight for weight in owned if "seed_generator" not in weight.path]


def counts(layer: Any) -> Json:
    """Return parameters, trainable and not."""
    return counts_of((weight.trainable, weight.shape) for weight in weights(layer))


def counts_of(shapes: Iterable[tuple[bool, Any]]) -> Json:
    """Return the parameters of weights that learn or do not, of these shapes."""
    sizes = [(learned, size_of(shape)) for learned, shape in shapes]
    total, trainable = sum(s for _, s in sizes), sum(s for learned, s in sizes if learned)
    return {"parameters": total, "trainable": trainable, "non_trainable": total - trainable}


def size_of(shape: Any) -> int:
    """Return the elements of a shape."""
    size = 1
    for dimension in shape:
        size *= int(dimension)
    return size


def described(tensor: Any) -> Json:
    """Return a tensor as the tables have it."""
    return {"shape": list(tensor.shape), "dtype": str(tensor.dtype)}


# ---- PyTorch ------------------------------------------------------------------------------------

UNCOUNTED = ("AdaptiveLogSoftmaxWithLoss", "Bilinear")
"""Modules whose work depends on the classes that occur, or for which PyTorch has no formula."""

REFUSALS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def torch_truth(case: Json) -> Json:
    """Return what a module computes and holds, or with which words PyTorch refuses it."""
    import torch

    made = [tuple_of(value) for value in case["args"]]
    named = {name: tuple_of(value) for name, value in case["kwargs"].items()}
    inputs = examples(torch, case)
    try:
        module = getattr(torch.nn, case["module"])(*made, **named).eval()
        output = module(*inputs)
    except REFUSALS as refusal:
        return {"error": f"{type(refusal).__name__}: {refusal}"}
    parameters = {name: list(p.shape) for name, p in module.named_parameters()}
    return {
        "output": shapes(output),
        "params": sum(p.numel() for p in module.parameters()),
        "buffers": sum(b.numel() for b in module.buffers()),
        "parameters": parameters,
        **({} if case["module"] in UNCOUNTED else {"macs": macs(torch, module, inputs)}),
    }


def macs(torch: Any, module: Any, inputs: list[Any]) -> int:
    """Return the multiply-accumulates that PyTorch counts of a module.

    Its counter sees products, and not what fused kernels do, which are therefore off.
    """
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    torch.backends.mha.set_fastpath_enabled(False)
    unfused = torch.backends.mkldnn.flags(enabled=not isinstance(module, torch.nn.RNNBase))
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), unfused:
        module(*inputs)
    return int(counter.get_total_flops()) // 2


def tuple_of(value: Any) -> Any:
    """Return a list of the table as the tuple that PyTorch takes."""
    return tuple(map(tuple_of, value)) if isinstance(value, list) else value


def examples(torch: Any, case: Json) -> list[Any]:
    """Return what a module is called on; integers are 0, which every table and class has.

    The table leaves out the places that a MaxUnpool takes, and the dtype of classes.
    """
    module, given = case["module"], case["inputs"]
    if module.startswith("MaxUnpool") and len(given) == 1:
        given = [*given, given[0] | {"dtype": "int64"}]
    if module == "AdaptiveLogSoftmaxWithLoss":
        given = [given[0], *(target | {"dtype": "int64"} for target in given[1:])]
    return [example(torch, one) for one in given]


def example(torch: Any, given: Json | list[Json]) -> Any:
    """Return a tensor of zeros, or a tuple of them."""
    if isinstance(given, list):
        return tuple(example(torch, one) for one in given)
    return torch.zeros(given["shape"], dtype=getattr(torch, given["dtype"]))


def shapes(output: Any) -> Any:
    """Return the shapes of outputs, nested as they are."""
    if isinstance(output, tuple):
        return [shapes(part) for part in output]
    return {"shape": list(output.shape), "dtype": str(output.dtype).removeprefix("torch.")}


# ---- Tables -------------------------------------------------------------------------------------


def remake(path: Path, make: Callable[[Json], Json | None], check: bool) -> int:
    """Compute a table's cases again; return how many come out otherwise."""
    with gzip.open(path) as file:
        content = json.load(file)
    listed = content if isinstance(content, list) else [content]
    changed = 0
    for case in listed:
        name = f"{path.name}: {case.get('case') or case.get('module')}"
        try:
            made = make(case)
        except (ImportError, TypeError) as error:
            if "requires TensorFlow" not in str(error):
                raise
            print(f"{name} is left as it is: it needs TensorFlow")
            continue
        if made is not None and any(case.get(key) != value for key, value in made.items()):
            print(f"{name} comes out otherwise")
            case.update(made)
            changed += 1
    if changed and not check:
        write(path, content)
    return changed


def write(path: Path, content: Any) -> None:
    """Write a table, the same bytes whenever it is written."""
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        file.write(json.dumps(content, separators=(",", ":")).encode())


def add(name: str) -> None:
    """Write the document of a model of keras.applications, and its figures."""
    import keras

    model = getattr(keras.applications, name)(weights=None)
    write(HERE / "keras_models" / f"{name}.json.gz", new_case(name, model))


def new_case(name: str, model: Any) -> Json:
    """Return the document of a model, and what Keras counts of it."""
    import keras

    document = json.loads(model.to_json())
    library = {"keras": keras.__version__, "backend": keras.backend.backend()}
    return {
        "case": name,
        "document": document,
        "truth": {"library": library, **keras_truth(document)},
    }


def remake_names(check: bool) -> int:
    """List the classes of torch.nn again; return 1 where they are others."""
    import torch

    path = HERE / "torch_names.json"
    classes = [name for name, value in vars(torch.nn).items() if isinstance(value, type)]
    text = json.dumps(sorted(classes), indent=1) + "\n"
    changed = not path.exists() or path.read_text(encoding="utf-8") != text
    if changed and not check:
        path.write_text(text, encoding="utf-8")
    return int(changed)


def add_modules(lines: Iterable[str]) -> None:
    """Add cases of modules to their table, with their figures; those that it has are left out."""
    path = HERE / "torch_layers.json.gz"
    with gzip.open(path) as file:
        content = json.load(file)
    for line in lines:
        case = json.loads(line)
        if not any(case.items() <= known.items() for known in content):
            content.append(case | torch_truth(case))
    write(path, content)


def keras_case(case: Json) -> Json | None:
    """Return the truth of a case, None where Keras cannot build it by itself."""
    known = case["truth"]
    built = all(layer["parameters"] is not None for layer in known["layers"])
    if case.get("refused") or not built:
        return None
    made = keras_truth(case["document"])
    by_name = {layer["name"]: layer for layer in made["layers"]}
    made["layers"] = [layer | by_name.get(layer["name"], {}) for layer in known["layers"]]
    return {"truth": known | made}


def torch_case(case: Json) -> Json | None:
    """Return the truth of a case, None where PyTorch refuses it as before, in whatever words."""
    made = torch_truth(case)
    return None if "error" in made and "error" in case else made


def main() -> int:
    """Remake all tables, or add to them."""
    if sys.argv[1:2] == ["--add"]:
        for name in sys.argv[2:]:
            add(name)
        return 0
    if sys.argv[1:2] == ["--add-modules"]:
        add_modules(sys.stdin)
        return 0
    check = "--check" in sys.argv[1:]
    changed = remake(HERE / "keras_cases.json.gz", keras_case, check)
    for path in sorted((HERE / "keras_models").glob("*.json.gz")):
        changed += remake(path, keras_case, check)
    changed += remake(HERE / "torch_layers.json.gz", torch_case, check)
    changed += remake_names(check)
    print(f"{changed} cases changed")
    return 1 if changed and check else 0


if __name__ == "__main__":
    sys.exit(main())
