"""Types that Keras and PyTorch have and that cannot be counted from a document, and why."""

from collections.abc import Mapping

REFUSED: Mapping[str, str] = {
    "Lambda": (
        "runs code of its own, which is never run here: write down the layers that it stands for"
    ),
    "FeatureSpace": (
        "learns its layers from data: write down the layers that it makes of each feature, "
        "such as StringLookup, Discretization and Concatenate"
    ),
    "TorchModuleWrapper": (
        "wraps a PyTorch module, which a document only has as code: write down its layers"
    ),
    "JaxLayer": "wraps a function of JAX, which a document only has as code: write down its layers",
    "FlaxLayer": "wraps a Flax module, which a document only has as code: write down its layers",
    "TFSMLayer": (
        "loads a TensorFlow model from a file that is not in the document: write down its layers"
    ),
}
"""Each type with what follows its name in the sentence that refuses it."""
