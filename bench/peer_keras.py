"""Run by the Python that has Keras: rebuilds the model of a document and counts its parameters.

Reads the document on the standard input. Prints the seconds of the first time, in which the backend
compiles what it runs, and the shortest of those that follow.
"""

import json
import sys
import time

import keras

ROUNDS = 3


def main() -> None:
    """Rebuild and count, several times over."""
    text = sys.stdin.read()
    parameters, times = 0, []
    for _ in range(1 + ROUNDS):
        keras.backend.clear_session()
        start = time.process_time()
        parameters = keras.models.model_from_json(text).count_params()
        times.append(time.process_time() - start)
    print(json.dumps({"parameters": parameters, "first": times[0], "again": min(times[1:])}))


if __name__ == "__main__":
    main()
