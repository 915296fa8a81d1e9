"""Makes keras_documents.json.gz: small models of what layers do together, with Keras's figures.

    python -m tests.truth.keras_documents

It needs Keras 3.15, which the tests do not.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.truth.make import new_case, write

Build = Callable[[Any, Any], Any]
"""Takes Keras and its layers, and returns a model."""


def one(layer: Any, keras: Any, *shape: int | None) -> Any:
    """Return a model of one layer."""
    given = keras.Input(shape)
    return keras.Model(given, layer(given))


def attention(keras: Any, layers: Any) -> Any:
    """Return a model of a frozen attention layer, which makes its layers itself."""
    query, value = keras.Input((7, 6)), keras.Input((5, 4))
    scores = layers.MultiHeadAttention(2, 3, trainable=False)
    return keras.Model([query, value], scores(query, value))


def frozen_model(keras: Any, layers: Any) -> Any:
    """Return a frozen model inside another; Keras reads its layers as they are."""
    inner_input = keras.Input((6,))
    inner = keras.Model(inner_input, layers.Dense(4)(inner_input), trainable=False, name="inner")
    return keras.Sequential([keras.Input((6,)), inner, layers.Dense(2)])


MODELS: Mapping[str, Build] = {
    "frozen_attention": attention,
    "frozen_bidirectional": lambda keras, layers: one(
        layers.Bidirectional(layers.GRU(4), trainable=False), keras, 7, 3
    ),
    "frozen_conv_lstm": lambda keras, layers: one(
        layers.ConvLSTM1D(4, 3, trainable=False), keras, 5, 9, 2
    ),
    "frozen_cell": lambda keras, layers: one(
        layers.RNN([layers.LSTMCell(4, trainable=False), layers.GRUCell(3)]), keras, 7, 3
    ),
    "frozen_inner_model": frozen_model,
    "frozen_spectral_normalization": lambda keras, layers: one(
        layers.SpectralNormalization(layers.Conv2D(4, 3), trainable=False), keras, 9, 9, 3
    ),
    "frozen_time_distributed": lambda keras, layers: one(
        layers.TimeDistributed(layers.Dense(4), trainable=False), keras, 7, 3
    ),
    "pipeline": lambda keras, layers: one(
        layers.Pipeline([layers.RandomFlip(), layers.Resizing(20, 18)]), keras, 32, 32, 3
    ),
    "stacks_of_stacks_of_cells": lambda keras, layers: one(
        layers.RNN(
            layers.StackedRNNCells(
                [
                    layers.StackedRNNCells([layers.GRUCell(5), layers.LSTMCell(4)]),
                    layers.SimpleRNNCell(2),
                ]
            )
        ),
        keras,
        7,
        3,
    ),
    "wrapper_of_another_dtype": lambda keras, layers: one(
        layers.Bidirectional(layers.RNN(layers.LSTMCell(4)), dtype="mixed_bfloat16"), keras, 7, 3
    ),
}


def main() -> None:
    """Write the table."""
    import keras

    cases = []
    for name, build in MODELS.items():
        keras.backend.clear_session()
        cases.append(new_case(f"document_{name}", build(keras, keras.layers)))
    write(Path(__file__).with_suffix(".json.gz"), cases)


if __name__ == "__main__":
    main()
