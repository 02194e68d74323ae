"""Reference numbers for tests/gates.rs, by PyTorch in float64:

    pip install torch && python tests/golden/gates.py > tests/golden/gates.txt

Networks of LSTM and GRU layers with random parameters and samples from the generator of network.py. The layers are
PyTorch's own; what PyTorch lacks, a GRU that resets before the product (Keras's `reset_after=False`), is written here,
with Keras's formula. Gradients are by automatic differentiation. The tests compare:

    predict   the output of each sample
    cost      J with the penalty
    gradient  dJ/dparameters
    online    the parameters after 20 steps by one sample each, without penalty
    batch     the parameters after 20 steps by all samples, with the penalty
    end       J with those parameters

The flat order of parameters is nanoprop's: LSTM bias, weights by input, recurrent weights, with the gates i, f, o, g in a
row; GRU bias (n, r, z), bias of n beside the state, weights by input (n, r, z), recurrent weights (r, z, n; or r, z, and
those of n behind). Here they are brought into PyTorch's order, so the gradients come in nanoprop's. Of arrays longer than
LONG, each STRIDE-th number is written.
"""

import torch

from cases import FLATTEN, LONG, RATE, STRIDE, Dense, Generator, case


def gates(tensor, *order):
    """The parts of the last axis in another order."""
    parts = tensor.chunk(len(order), -1)
    return torch.cat([parts[k] for k in order], -1)


class Elman:
    start = None

    def __init__(self, reads, hidden, every=False):
        self.shapes = [(hidden,), (reads, hidden), (hidden, hidden)]
        self.hidden, self.every = hidden, every

    def __call__(self, parameters, x):
        bias, weight, recurrent = parameters
        h, states = torch.zeros(len(x), self.hidden) if self.start is None else self.start, []
        for step in x.unbind(1):
            h = torch.tanh(bias + step @ weight + h @ recurrent)
            states.append(h)
        self.end = h
        return torch.stack(states, 1) if self.every else h


class Lstm:
    start = None

    def __init__(self, reads, hidden, every=False):
        self.shapes = [(4 * hidden,), (reads, 4 * hidden), (hidden, 4 * hidden)]
        self.hidden, self.every = hidden, every

    def __call__(self, parameters, x):
        bias, weight, recurrent = (gates(p, 0, 1, 3, 2) for p in parameters)  # i, f, o, g to i, f, g, o
        zero = torch.zeros(1, len(x), self.hidden)
        weights = (weight.T, recurrent.T, bias, torch.zeros(4 * self.hidden))
        states, last, cells = torch.lstm(x, self.start or (zero, zero), weights, True, 1, 0.0, False, False, True)
        self.end = last, cells
        return states if self.every else last[0]


class Gru:
    start = None

    def __init__(self, reads, hidden, every=False):
        self.shapes = [(3 * hidden,), (hidden,), (reads, 3 * hidden), (hidden, 3 * hidden)]
        self.hidden, self.every = hidden, every

    def __call__(self, parameters, x):
        bias, beside, weight, recurrent = parameters
        bias, weight = gates(bias, 1, 2, 0), gates(weight, 1, 2, 0)  # n, r, z to r, z, n
        weights = (weight.T, recurrent.T, bias, torch.cat([torch.zeros(2 * self.hidden), beside]))
        start = torch.zeros(1, len(x), self.hidden) if self.start is None else self.start
        states, last = torch.gru(x, start, weights, True, 1, 0.0, False, False, True)
        self.end = last
        return states if self.every else last[0]


class GruBefore:
    start = None

    def __init__(self, reads, hidden, every=False):
        self.shapes = [(3 * hidden,), (reads, 3 * hidden), (hidden, 2 * hidden), (hidden, hidden)]
        self.hidden, self.every = hidden, every

    def __call__(self, parameters, x):
        bias, weight, recurrent, new = parameters
        h, states = torch.zeros(len(x), self.hidden) if self.start is None else self.start, []
        for step in x.unbind(1):
            n, r, z = (step @ weight + bias).chunk(3, -1)
            from_r, from_z = (h @ recurrent).chunk(2, -1)
            r, z = torch.sigmoid(r + from_r), torch.sigmoid(z + from_z)
            n = torch.tanh(n + (r * h) @ new)
            h = z * h + (1 - z) * n
            states.append(h)
        self.end = h
        return torch.stack(states, 1) if self.every else h


def detached(state):
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


def carried(name, layers, streams=2, windows=12, steps=3, reads=2):
    """Truncated backpropagation: each window of two streams starts from the states after the one before."""
    generator = Generator(len(name))
    theta = [
        [generator.numbers(torch.Size(shape).numel(), 0.5).reshape(shape).requires_grad_() for shape in layer.shapes]
        for layer in layers
    ]
    flat = [p for parameters in theta for p in parameters]
    x = generator.numbers(windows * streams * steps * reads).reshape(windows, streams, steps, reads)
    y = generator.numbers(windows * streams).reshape(windows, streams, 1)
    last = []
    for x, y in zip(x, y):
        h = x
        for layer, parameters in zip(layers, theta):
            h = layer(parameters, h)
            if hasattr(layer, "end"):
                layer.start = detached(layer.end)
        gradients = torch.autograd.grad(((h - y) ** 2).sum() / 2 / streams, flat)
        with torch.no_grad():
            for p, g in zip(flat, gradients):
                p -= RATE * g
        last.append(h.detach().flatten())
    print(f"case {name}")
    print("predict", *(number.item() for number in torch.cat(last)))
    found = torch.cat([p.detach().flatten() for p in flat])
    print("batch", *(number.item() for number in found[:: STRIDE if len(found) > LONG else 1]))


def gated(name, reads, layers):
    case(name, reads, [*layers[:-1], FLATTEN, layers[-1]], "squared_error", penalty=0.5, steps=20)


print(f"# Written by gates.py with PyTorch {torch.__version__}")

for kind, layer in [("lstm", Lstm), ("gru", Gru), ("gru_before", GruBefore)]:
    gated(f"{kind}_last", (4, 3), [layer(3, 5), Dense(5, 2)])
    gated(f"{kind}_all", (4, 3), [layer(3, 5, every=True), Dense(20, 2)])
    gated(f"{kind}_wide", (7, 3), [layer(3, 16), Dense(16, 2)])
    gated(f"{kind}_one_step", (1, 3), [layer(3, 5), Dense(5, 2)])
    gated(f"{kind}_one_input", (6, 1), [layer(1, 5, every=True), Dense(30, 1)])
    gated(f"{kind}_one_of_all", (1, 1), [layer(1, 1), Dense(1, 1)])
    gated(f"{kind}_stacked", (5, 2), [layer(2, 6, every=True), layer(6, 4), Dense(4, 3)])
gated("mixed", (5, 2), [Lstm(2, 4, every=True), Gru(4, 7, every=True), GruBefore(7, 3), Dense(3, 2)])

for kind, layer in [("elman", Elman), ("lstm", Lstm), ("gru", Gru), ("gru_before", GruBefore)]:
    carried(f"carried_{kind}", [layer(2, 5, every=True), layer(5, 4), Dense(4, 1)])
