"""What src/reference.rs says, for the peers in Python: the networks, the quantities, and where their numbers are."""

import os
from pathlib import Path

import numpy as np

# Widths and units: sigmoids, tangents, or ReLU with softmax outputs.
DENSE = {
    "tiny": ([3, 5, 5, 3], "sigmoid"),
    "control": ([13, 64, 64, 4], "tanh"),
    "digits": ([64, 32, 10], "sigmoid"),
    "ng": ([400, 25, 10], "sigmoid"),
    "mnist": ([784, 128, 64, 10], "sigmoid"),
    "relu": ([128, 256, 10], "relu"),
}


def causal(inputs, dilation, window=3, outputs=16):
    return ("causal", inputs, outputs, window, dilation)


# The shape of a sample, and layers: ("dense", in, out), ("conv1d", in, out, window), ("conv2d", in, out, window, padding),
# ("causal", in, out, window, dilation), ("pool",), ("lstm", hidden) and ("gru", hidden).
WINDOWS = {
    "lstm-16": ((64, 1), [("lstm", 16), ("dense", 16, 1)]),
    "lstm-40": ((64, 1), [("lstm", 40), ("dense", 40, 1)]),
    "gru-8": ((64, 1), [("gru", 8), ("dense", 8, 1)]),
    "sensor": ((64, 3), [("conv1d", 3, 16, 5), ("conv1d", 16, 32, 3), ("dense", 58 * 32, 5)]),
    "lenet": (
        (28, 28, 1),
        [("conv2d", 1, 6, 5, 2), ("pool",), ("conv2d", 6, 16, 5, 0), ("pool",)]
        + [("dense", 400, 120), ("dense", 120, 84), ("dense", 84, 10)],
    ),
    "causal": ((64, 1), [causal(1, 1), causal(16, 2), causal(16, 4), causal(16, 8), causal(16, 1, 1, 1)]),
}

POOL, BATCH, LARGE, SAMPLES, STEPS, RATE = 64, 32, 256, 512, 8, 0.05
SIZES = {"forward": 1, "online": 1, "batch-step": BATCH, "batch-forward": LARGE, "stream": 1}
FOLDER = Path(os.environ.get("PEERS_DATA", "target/data"))


class Samples:
    """Inputs and targets, which each kind of network has behind its weights."""

    def split(self, numbers, inputs):
        x, y = np.split(numbers, [SAMPLES * inputs])
        self.x, self.y = x.reshape(SAMPLES, -1), y.reshape(SAMPLES, -1)

    def calls(self, size):
        """The different calls of `size` samples, each a pair of inputs and targets."""
        count = POOL if size == 1 else SAMPLES // size
        return [(self.x[i * size : (i + 1) * size], self.y[i * size : (i + 1) * size]) for i in range(count)]


class Data(Samples):
    """A chain of dense layers: the weights that all begin with, and the samples."""

    def __init__(self, name):
        self.name = name
        self.widths, self.units = DENSE[name]
        numbers = np.fromfile(FOLDER / f"{name}.f32", dtype="<f4")
        self.layers = []
        for inputs, outputs in zip(self.widths, self.widths[1:]):
            bias, weight, numbers = np.split(numbers, [outputs, (inputs + 1) * outputs])
            self.layers.append((weight.reshape(inputs, outputs), bias))
        self.split(numbers, self.widths[0])


class Windows(Samples):
    """A network over windows: each layer's arrays in nanoprop's layout, and the samples, channels last."""

    def __init__(self, name):
        self.name = name
        self.shape, self.kinds = WINDOWS[name]
        self.stream = self.kinds[0][0] in ("lstm", "gru", "causal")
        self.classes = not self.stream
        numbers = np.fromfile(FOLDER / f"{name}.f32", dtype="<f4")
        self.layers = []
        for kind in self.kinds:
            arrays = []
            for shape in self.shapes(kind):
                array, numbers = np.split(numbers, [int(np.prod(shape))])
                arrays.append(array.reshape(shape))
            self.layers.append(arrays)
        self.split(numbers, int(np.prod(self.shape)))
        self.x = self.x.reshape(SAMPLES, *self.shape)

    @staticmethod
    def shapes(kind):
        match kind:
            case ("dense", inputs, outputs):
                return [(outputs,), (inputs, outputs)]
            case ("conv1d" | "causal", inputs, outputs, window, *_):
                return [(outputs,), (window, inputs, outputs)]
            case ("conv2d", inputs, outputs, window, _):
                return [(outputs,), (window, window, inputs, outputs)]
            case ("lstm", hidden):
                return [(4 * hidden,), (1, 4 * hidden), (hidden, 4 * hidden)]
            case ("gru", hidden):
                return [(3 * hidden,), (hidden,), (1, 3 * hidden), (hidden, 3 * hidden)]
        return []

    def tail(self):
        """The place where a dense layer reads what a convolution wrote: that layer, the places and their channels."""
        for at, kind in enumerate(self.kinds):
            if kind[0] == "dense":
                channels = next((k[2] for k in reversed(self.kinds[:at]) if k[0] in ("conv1d", "conv2d")), None)
                return at, channels
        return None, None
