"""Makes keras2_documents.json.gz: what Keras 2 writes (tf_keras), with its own figures.

    python -m tests.truth.keras2_documents

It needs TensorFlow and tf_keras 2.21, which the tests do not.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.truth.make import Json, counts_of, described, write

Build = Callable[[Any, Any], Any]
"""Takes tf_keras and TensorFlow, and returns a model."""


def one(keras: Any, layer: Any, *shape: int | None) -> Any:
    """Return a model of one layer."""
    given = keras.Input(shape)
    return keras.Model(given, layer(given))


def operations(keras: Any, tf: Any) -> Any:
    """Return a model of TensorFlow's functions and operators between layers."""
    image = keras.Input((8, 8, 4))
    x = keras.layers.Conv2D(4, 3, padding="same")(image) + image
    x = tf.nn.relu(tf.concat([x, 1.0 - x], axis=-1))[:, ::2, 1:]
    x = tf.roll(tf.sort(tf.reshape(x, (-1, 28, 8))), 1, axis=1)
    x = keras.layers.Dense(6)(tf.transpose(x, [0, 2, 1]))
    mean = tf.expand_dims(tf.reduce_mean(x, axis=1), 1)
    pieces = tf.split(tf.tile(x - mean, [1, 1, 2]), [5, 7], axis=-1)
    return keras.Model(image, [pieces[0], tf.math.reduce_max(pieces[1], axis=[1], keepdims=True)])


def towers(keras: Any, _tf: Any) -> Any:
    """Return a model that calls a nested one twice, one of whose layers is frozen."""
    layers = keras.layers
    inner = keras.Sequential([layers.Dense(4, trainable=False), layers.ReLU(), layers.Dense(3)])
    given = keras.Input((6,))
    middle = keras.Model(given, layers.Add()([inner(given), layers.Dense(3)(given)]))
    middle.trainable = False
    left, right = keras.Input((6,)), keras.Input((6,))
    both = layers.Concatenate()([middle(left), middle(right), inner(right)])
    return keras.Model([left, right], layers.Dense(2)(both))


def scores(keras: Any, _tf: Any) -> Any:
    """Return a model of attention that gives its scores, over a longer value."""
    query, value = keras.Input((7, 6)), keras.Input((5, 4))
    attention = keras.layers.MultiHeadAttention(2, 3, value_dim=4)
    return keras.Model([query, value], attention(query, value, return_attention_scores=True))


def states(keras: Any, _tf: Any) -> Any:
    """Return a model whose states go from one recurrent layer to another."""
    layers = keras.layers
    tokens, answer = keras.Input((None,)), keras.Input((None, 5))
    embedded = layers.Embedding(20, 4, mask_zero=True)(tokens)
    _, *state = layers.LSTM(3, return_state=True)(embedded)
    out = layers.LSTM(3, return_sequences=True)(answer, initial_state=state)
    return keras.Model([tokens, answer], layers.TimeDistributed(layers.Dense(2))(out))


def augmented(keras: Any, _tf: Any) -> Any:
    """Return a model that changes its images first."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.InputLayer((32, 30, 3)),
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.1),
            layers.RandomZoom(0.2),
            layers.RandomTranslation(0.1, 0.1),
            layers.RandomContrast(0.1),
            layers.RandomCrop(28, 28),
            layers.Rescaling(1 / 255),
            layers.Conv2D(4, 3),
            layers.SpatialDropout2D(0.2),
        ]
    )


MODELS: Mapping[str, Build] = {
    "attention_scores": scores,
    "augmented": augmented,
    "cells": lambda keras, _tf: one(
        keras, keras.layers.RNN([keras.layers.LSTMCell(4), keras.layers.GRUCell(3)]), 7, 3
    ),
    "frozen_bidirectional": lambda keras, _tf: one(
        keras, keras.layers.Bidirectional(keras.layers.GRU(4), trainable=False), 7, 3
    ),
    "frozen_time_distributed": lambda keras, _tf: one(
        keras, keras.layers.TimeDistributed(keras.layers.Dense(4), trainable=False), 7, 3
    ),
    "operations": operations,
    "states": states,
    "towers": towers,
}


def truth(keras: Any, tf: Any, document: Json) -> Json:
    """Return what Keras 2 counts of a document."""
    model = keras.models.model_from_json(json.dumps(document))
    inside = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
    layers = model._flatten_layers(recursive=False, include_self=False)
    return {
        "layers": [row(tf, layer, inside) for layer in layers],
        "totals": figures(model),
        "inputs": [described_in(tensor) for tensor in model.inputs],
        "outputs": [described_in(tensor) for tensor in model.outputs],
    }


def row(tf: Any, layer: Any, inside: set[int]) -> Json:
    """Return the figures of a layer; its calls are those of the nodes `inside` the model."""
    nodes = [node for node in layer._inbound_nodes if id(node) in inside]
    learned = {id(weight) for weight in layer.trainable_weights}
    return {
        "name": layer.name,
        "class": type(layer).__name__,
        "output_shapes": [[list(t.shape) for t in tf.nest.flatten(n.outputs)] for n in nodes],
        **figures(layer),
        "weights": [[list(weight.shape), id(weight) in learned] for weight in layer.weights],
    }


def figures(layer: Any) -> Json:
    """Return parameters, trainable and not."""
    learned = {id(weight) for weight in layer.trainable_weights}
    return counts_of((id(weight) in learned, weight.shape) for weight in layer.weights)


def described_in(tensor: Any) -> Json:
    """Return a tensor as the tables have it."""
    return described(tensor) | {"dtype": tensor.dtype.name}


def main() -> None:
    """Write the table."""
    import tensorflow as tf
    import tf_keras as keras

    cases = []
    for name, build in MODELS.items():
        keras.backend.clear_session()
        document = json.loads(build(keras, tf).to_json())
        library = {"keras": keras.__version__, "backend": "tensorflow"}
        figured = {"library": library, **truth(keras, tf, document)}
        cases.append({"case": f"keras2_{name}", "document": document, "truth": figured})
    write(Path(__file__).with_suffix(".json.gz"), cases)


if __name__ == "__main__":
    main()
