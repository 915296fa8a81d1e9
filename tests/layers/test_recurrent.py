"""Recurrent layers and their cells: shapes, weights, macs and refusals."""

from typing import Any

import pytest
from tests.service.documents import Report, document, layer, refused, report

SEQUENCE = ["batch", 11, 5]


def row(shape: list[Any], one: dict[str, Any], **members: Any) -> Report:
    """The row of a model's only layer."""
    answer: Report = report(document(shape, one, **members))["layers"][0]
    return answer


def on(one: dict[str, Any], *shapes: list[Any]) -> Report:
    """The row of a layer that takes inputs of these shapes, in order."""
    inputs = {f"x{k}": {"shape": shape} for k, shape in enumerate(shapes)}
    answer: Report = report({"inputs": inputs, "layers": [one | {"inputs": list(inputs)}]})
    only: Report = answer["layers"][0]
    return only


def weights(answer: Report) -> dict[str, list[int]]:
    return {weight["name"]: weight["shape"] for weight in answer["weights"]}


# Cells over time


@pytest.mark.parametrize(("kind", "gates"), [("SimpleRNN", 1), ("GRU", 3), ("LSTM", 4)])
def test_two_biases_are_two_weights(kind: str, gates: int) -> None:
    answer = row(SEQUENCE, layer(kind, units=7, double_bias=True))
    columns = gates * 7
    assert weights(answer) == {
        "kernel": [5, columns],
        "recurrent_kernel": [7, columns],
        "bias": [columns],
        "recurrent_bias": [columns],
    }
    assert answer["parameters"] == (5 + 7 + 2) * columns
    assert answer["macs"] == 11 * (5 + 7) * columns


def test_a_stack_takes_both_directions_of_the_layer_below() -> None:
    lstm = layer("LSTM", units=7, num_layers=2, bidirectional=True, double_bias=True)
    answer = row(SEQUENCE, lstm)
    first, second = (5 + 7 + 2) * 28, (14 + 7 + 2) * 28
    assert answer["parameters"] == 2 * (first + second) == 2072  # torch.nn.LSTM
    assert answer["output_shapes"] == [["batch", 14]]
    assert answer["macs"] == 11 * 2 * ((5 + 7) + (14 + 7)) * 28
    assert list(weights(answer))[4] == "layer_0/backward/kernel"
    assert weights(answer)["layer_1/forward/kernel"] == [14, 28]


def test_a_projection_makes_the_output_and_the_first_state_smaller() -> None:
    lstm = layer("LSTM", units=7, proj_size=4, double_bias=True, return_state=True)
    answer = row(SEQUENCE, lstm)
    assert answer["parameters"] == 5 * 28 + 4 * 28 + 2 * 28 + 7 * 4 == 336  # torch.nn.LSTM
    assert answer["output_shapes"] == [["batch", 4], ["batch", 4], ["batch", 7]]
    assert answer["macs"] == 11 * (5 * 28 + 4 * 28 + 7 * 4)


def test_the_layout_says_where_time_is() -> None:
    gru = layer("GRU", units=7, return_sequences=True, return_state=True, stacked_states=True)
    time_first = row(["time", "batch", 5], gru | {"layout": "time_first", "num_layers": 3})
    assert time_first["output_shapes"] == [["time", "batch", 7], [3, "batch", 7]]
    unbatched = row([11, 5], gru | {"layout": "unbatched"})
    assert unbatched["output_shapes"] == [[11, 7], [1, 7]]


def test_states_of_a_stack_are_one_for_each_layer_and_direction() -> None:
    gru = layer("GRU", units=7, num_layers=2, bidirectional=True, return_state=True)
    assert row(SEQUENCE, gru)["output_shapes"] == [["batch", 14], *[["batch", 7]] * 4]
    stacked = row(SEQUENCE, gru | {"stacked_states": True})
    assert stacked["output_shapes"] == [["batch", 14], [4, "batch", 7]]


def test_initial_states_come_in_as_they_go_out() -> None:
    lstm = layer("LSTM", units=7, num_layers=2, stacked_states=True)
    assert on(lstm, SEQUENCE, [2, "batch", 7], [2, "batch", 7])["output_shapes"] == [["batch", 7]]
    inputs = {"x": {"shape": SEQUENCE}, "h": {"shape": [3, "batch", 7]}}
    problem = refused({"inputs": inputs, "layers": [lstm | {"inputs": ["x", "h", "h"]}]})
    assert problem.code == "shape_mismatch"
    assert "must have size 2, got 3" in problem.detail


def test_layers_and_sizes_may_be_expressions() -> None:
    lstm = layer("LSTM", units="2 * width", num_layers="depth", proj_size="width")
    answer = row(SEQUENCE, lstm, variables={"width": 3, "depth": 2})
    columns = 4 * 6
    first, second = (5 + 3 + 1) * columns + 6 * 3, (3 + 3 + 1) * columns + 6 * 3
    assert answer["parameters"] == first + second


@pytest.mark.parametrize(
    ("attributes", "pointer", "words"),
    [
        ({"units": 0}, "units", "at least 1, got 0"),
        ({"units": 3, "num_layers": 4097}, "num_layers", "at most 4096, got 4097"),
        ({"units": 3, "num_layers": 0}, "num_layers", "at least 1, got 0"),
        ({"units": 3, "proj_size": 3}, "proj_size", "at most 2, got 3"),
        ({"units": 3, "proj_size": "1 - 2"}, "proj_size", "at least 0, got -1"),
        ({"units": 3, "layout": "first"}, "layout", "batch_first, time_first, unbatched"),
    ],
)
def test_what_is_out_of_range_is_refused(
    attributes: dict[str, Any], pointer: str, words: str
) -> None:
    problem = refused(document(SEQUENCE, layer("LSTM", **attributes)))
    assert problem.errors[0].pointer == f"/layers/0/{pointer}"
    assert words in problem.errors[0].detail


def test_an_unknown_length_leaves_the_parameters_known() -> None:
    answer = row(["batch", "seq", 5], layer("GRU", units=7, num_layers=2, return_sequences=True))
    assert answer["output_shapes"] == [["batch", "seq", 7]]
    assert answer["parameters"] == (5 + 7 + 2) * 21 + (7 + 7 + 2) * 21
    assert answer["macs"] is None


# Cells by themselves


def test_a_cell_gives_its_output_and_its_states() -> None:
    lstm = layer("LSTMCell", units=3)
    answer = on(lstm, ["batch", 5], ["batch", 3], ["batch", 3])
    assert answer["output_shapes"] == [["batch", 3]] * 3
    assert weights(answer) == {"kernel": [5, 12], "recurrent_kernel": [3, 12], "bias": [12]}
    assert answer["macs"] == (5 + 3) * 12
    pytorch = on(lstm | {"return_output": False, "double_bias": True}, ["batch", 5])
    assert pytorch["output_shapes"] == [["batch", 3]] * 2
    assert pytorch["parameters"] == (5 + 3 + 2) * 12


# RNN


def test_a_cell_runs_over_time() -> None:
    """Keras's case of a GRUCell of 7 units that does not reset after: 273 parameters."""
    cell = layer("GRUCell", units=7, reset_after=False)
    answer = row(SEQUENCE, layer("RNN", cell=cell))
    assert weights(answer) == {"kernel": [5, 21], "recurrent_kernel": [7, 21], "bias": [21]}
    assert (answer["parameters"], answer["macs"]) == (273, 11 * (5 + 7) * 21)
    assert answer["activations"] == 7


@pytest.mark.parametrize("stacked", [True, False])
def test_cells_stand_one_behind_the_other(stacked: bool) -> None:
    cells = [layer("LSTMCell", units=3), layer("LSTMCell", units=4), layer("GRUCell", units=2)]
    cell = layer("StackedRNNCells", cells=cells) if stacked else cells
    answer = row(SEQUENCE, layer("RNN", cell=cell, return_sequences=True, return_state=True))
    states = [["batch", 3], ["batch", 3], ["batch", 4], ["batch", 4], ["batch", 2]]
    assert answer["output_shapes"] == [["batch", 11, 2], *states]
    assert weights(answer)["lstm_cell_1/kernel"] == [3, 16]
    assert weights(answer)["gru_cell/bias"] == [2, 6]
    assert answer["macs"] == 11 * ((5 + 3) * 12 + (3 + 4) * 16 + (4 + 2) * 6)


def test_states_go_to_the_cells_in_order() -> None:
    cells = [layer("LSTMCell", units=3), layer("GRUCell", units=4)]
    states = [["batch", 3], ["batch", 3], ["batch", 4]]
    assert on(layer("RNN", cell=cells), SEQUENCE, *states)["output_shapes"] == [["batch", 4]]
    step = on(layer("StackedRNNCells", cells=cells), ["batch", 5], *states)
    assert step["output_shapes"] == [["batch", 4], *states]
    assert step["macs"] == (5 + 3) * 12 + (3 + 4) * 12


def test_both_directions_of_several_cells() -> None:
    """Keras: Bidirectional(RNN([LSTMCell(3), GRUCell(4)], return_state=True)) has 432."""
    cells = [layer("LSTMCell", units=3), layer("GRUCell", units=4)]
    both = layer("Bidirectional", layer=layer("RNN", cell=cells, return_state=True))
    answer = row(SEQUENCE, both)
    states = [["batch", 3], ["batch", 3], ["batch", 4]]
    assert answer["output_shapes"] == [["batch", 8], *states, *states]
    assert answer["parameters"] == 432
    assert "backward_rnn/gru_cell/kernel" in weights(answer)


def test_a_backward_layer_is_taken_to_be_as_wide_as_the_forward_one() -> None:
    """Keras's case: 7 units forward, 4 backward, and it states an output of 14."""
    forward = layer("LSTM", units=7, return_sequences=True)
    backward = layer("GRU", units=4, return_sequences=True, go_backwards=True)
    answer = row(SEQUENCE, layer("Bidirectional", layer=forward, backward_layer=backward))
    assert answer["output_shapes"] == [["batch", 11, 14]]
    assert answer["parameters"] == (5 + 7 + 1) * 28 + (5 + 4 + 2) * 12 == 496


@pytest.mark.parametrize(
    ("attributes", "pointer", "words"),
    [
        ({"cell": []}, "cell", "must hold a cell"),
        ({"cell": layer("LSTM", units=3)}, "cell", "must be a cell, got LSTM"),
        ({"cell": layer("LSTMCell", units=0)}, "cell/units", "at least 1, got 0"),
        ({"cell": [layer("GRUCell", units=3), layer("GRUCell")]}, "cell/1", "'units' is missing"),
        ({"cell": [layer("GRUCell", units="1-9")]}, "cell/0/units", "at least 1, got -8"),
    ],
)
def test_faults_of_cells_have_their_place(
    attributes: dict[str, Any], pointer: str, words: str
) -> None:
    problem = refused(document(SEQUENCE, layer("RNN", **attributes)))
    assert problem.errors[0].pointer == f"/layers/0/{pointer}"
    assert words in problem.errors[0].detail


def test_a_stack_of_layers_is_no_direction_of_a_wrapper() -> None:
    both = layer("Bidirectional", layer=layer("LSTM", units=3, num_layers=2))
    assert refused(document(SEQUENCE, both)).errors[0].pointer == "/layers/0/layer"


def test_weights_of_cells_may_be_tied() -> None:
    first = layer("RNN", name="a", cell=layer("SimpleRNNCell", units=5), return_sequences=True)
    second = first | {"name": "b", "tie": {"recurrent_kernel": "a/recurrent_kernel"}}
    answer = report(document(SEQUENCE, first, second))
    assert [one["parameters"] for one in answer["layers"]] == [55, 30]
