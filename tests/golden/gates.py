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

from cases import FLATTEN, Dense, case


def gates(tensor, *order):
    """The parts of the last axis in another order."""
    parts = tensor.chunk(len(order), -1)
    return torch.cat([parts[k] for k in order], -1)


class Lstm:
    def __init__(self, reads, hidden, every=False):
        self.shapes = [(4 * hidden,), (reads, 4 * hidden), (hidden, 4 * hidden)]
        self.hidden, self.every = hidden, every

    def __call__(self, parameters, x):
        bias, weight, recurrent = (gates(p, 0, 1, 3, 2) for p in parameters)  # i, f, o, g to i, f, g, o
        start = torch.zeros(1, len(x), self.hidden)
        weights = (weight.T, recurrent.T, bias, torch.zeros(4 * self.hidden))
        states, last, _ = torch.lstm(x, (start, start), weights, True, 1, 0.0, False, False, True)
        return states if self.every else last[0]


class Gru:
    def __init__(self, reads, hidden, every=False):
        self.shapes = [(3 * hidden,), (hidden,), (reads, 3 * hidden), (hidden, 3 * hidden)]
        self.hidden, self.every = hidden, every

    def __call__(self, parameters, x):
        bias, beside, weight, recurrent = parameters
        bias, weight = gates(bias, 1, 2, 0), gates(weight, 1, 2, 0)  # n, r, z to r, z, n
        weights = (weight.T, recurrent.T, bias, torch.cat([torch.zeros(2 * self.hidden), beside]))
        states, last = torch.gru(x, torch.zeros(1, len(x), self.hidden), weights, True, 1, 0.0, False, False, True)
        return states if self.every else last[0]


class GruBefore:
    def __init__(self, reads, hidden, every=False):
        self.shapes = [(3 * hidden,), (reads, 3 * hidden), (hidden, 2 * hidden), (hidden, hidden)]
        self.hidden, self.every = hidden, every

    def __call__(self, parameters, x):
        bias, weight, recurrent, new = parameters
        h, states = torch.zeros(len(x), self.hidden), []
        for step in x.unbind(1):
            n, r, z = (step @ weight + bias).chunk(3, -1)
            from_r, from_z = (h @ recurrent).chunk(2, -1)
            r, z = torch.sigmoid(r + from_r), torch.sigmoid(z + from_z)
            n = torch.tanh(n + (r * h) @ new)
            h = z * h + (1 - z) * n
            states.append(h)
        return torch.stack(states, 1) if self.every else h


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
