"""What the API's contract shows as examples: a model, its report, a problem."""

from typing import Any

MODEL: dict[str, Any] = {
    "name": "lenet5",
    "inputs": {"image": {"shape": ["batch", 32, 32, 3], "dtype": "float32"}},
    "layers": [
        {"type": "Conv2D", "name": "conv1", "filters": 8, "kernel_size": 5},
        {"type": "MaxPooling2D", "pool_size": 2},
        {"type": "Flatten"},
        {"type": "Dense", "name": "head", "units": 10, "inputs": ["flatten"]},
    ],
    "outputs": ["head"],
}

KERNEL = {
    **{"name": "kernel", "shape": [5, 5, 3, 8], "parameters": 600},
    **{"trainable": True, "buffer": False, "dtype": "float32"},
}
BIAS = {
    **{"name": "bias", "shape": [8], "parameters": 8},
    **{"trainable": True, "buffer": False, "dtype": "float32"},
}
CONV1 = {
    **{"name": "conv1", "type": "Conv2D", "inputs": ["image"]},
    **{"input_shapes": [["batch", 32, 32, 3]], "output_shapes": [["batch", 28, 28, 8]]},
    **{"parameters": 608, "trainable": 608, "non_trainable": 0, "buffers": 0},
    **{"macs": 470400, "activations": 6272},
}
REPORT: dict[str, Any] = {
    "model": "lenet5",
    "format": "native",
    "totals": {
        **{"parameters": 16298, "trainable": 16298, "non_trainable": 0, "buffers": 0},
        **{"active_parameters": 16298, "parameter_bytes": 65192},
        **{"macs": 486080, "flops": 972160, "activations": 9418},
    },
    "inputs": {"image": {"shape": ["batch", 32, 32, 3], "dtype": "float32"}},
    "outputs": {"head": {"shape": ["batch", 10], "dtype": "float32"}},
    "layers": [CONV1],
    "warnings": [],
    "not_counted": [],
}
FORMULA = "kernel 5 x 5 x 3 x 8 = 600; bias 8 = 8; 600 + 8 = 608"
EXPLAINED = REPORT | {"layers": [CONV1 | {"weights": [KERNEL, BIAS], "formula": FORMULA}]}

PROBLEM: dict[str, Any] = {
    "type": "/problems/invalid_model",
    "title": "The model is not valid",
    "status": 422,
    "code": "invalid_model",
    "detail": "layer 'conv2d_1': filters must be at least 1, got 0",
    "errors": [
        {
            **{"pointer": "/model/layers/1/filters", "code": "invalid_model"},
            **{"layer": "conv2d_1", "detail": "must be at least 1, got 0"},
        }
    ],
    "request_id": "a-request",
}
