"""The networks over windows in PyTorch, eager and compiled. See windows.py."""

import numpy as np

from reference import BATCH, POOL, RATE, SIZES


def gates(array, order):
    """The gates of the last axis in another order."""
    parts = np.split(array, len(order), -1)
    return np.concatenate([parts[k] for k in order], -1)


class Torch:
    """Eager: cells for a step, `torch.lstm` and `torch.gru` for a window, functions for convolutions; `autograd.grad` and
    one `_foreach_add_` for a step of training. Compiled: all but the training on windows of 64 steps, whose unrolled
    graph takes minutes to compile."""

    def __init__(self, data, compiled):
        import torch
        from torch.nn import functional as f

        self.torch, self.data = torch, data
        self.does = ["stream"] if data.stream else ["forward", "batch-step"]
        if data.stream and not compiled and data.kinds[0][0] != "causal":
            self.does += ["online", "forward"]
        self.first = [torch.tensor(a) for a in self.arrays(data)]
        self.theta = [t.clone() for t in self.first]
        self.beside = self.fixed(torch, data)

        def predict(theta, x):
            z = self.window(f, theta, x)
            return z.softmax(1) if data.classes else z

        def cost(theta, x, y):
            z = self.window(f, theta, x)
            return f.cross_entropy(z, y) if data.classes else f.mse_loss(z, y, reduction="sum") * (0.5 / len(x))

        def eager_step(theta, x, y):
            with torch.enable_grad():
                grads = torch.autograd.grad(cost(theta, x, y), theta)
            torch._foreach_add_(theta, grads, alpha=-RATE)

        def compiled_step(theta, x, y):
            for t, g in zip(theta, torch.func.grad(cost)(theta, x, y)):
                t.sub_(g, alpha=RATE)

        def stream(theta, x, state):
            return self.one(f, theta, x, state)

        if compiled:
            torch._dynamo.config.cache_size_limit = 64
            wrap = lambda work: torch.compile(work, dynamic=False, fullgraph=True)
            self.predict, self.step, self.stream = wrap(predict), wrap(compiled_step), wrap(stream)
        else:
            self.predict, self.step, self.stream = predict, eager_step, stream
            for t in self.theta:
                t.requires_grad_()
        place = lambda x: torch.tensor(np.ascontiguousarray(np.moveaxis(x, -1, 1)) if data.classes else x)
        self.calls = {n: [(place(x), torch.tensor(y)) for x, y in data.calls(n)] for n in (1, BATCH)}
        steps = data.x.ravel()[:POOL]
        shape = (1, 1, 1) if data.kinds[0][0] == "causal" else (1, 1)
        self.steps = [torch.tensor(x).reshape(shape) for x in steps]
        self.reset()

    @staticmethod
    def arrays(data):
        """The parameters in PyTorch's layout."""
        arrays = []
        tail, channels = data.tail()
        for at, (kind, parts) in enumerate(zip(data.kinds, data.layers)):
            match kind:
                case ("dense", _, outputs):
                    bias, weight = parts
                    if at == tail and channels:
                        weight = weight.reshape(-1, channels, outputs).swapaxes(0, 1).reshape(-1, outputs)
                    arrays += [weight.T, bias]
                case ("conv1d" | "causal" | "conv2d", *_):
                    arrays += [np.moveaxis(parts[1], (-1, -2), (0, 1)), parts[0]]
                case ("lstm", _):
                    bias, weight, recurrent = (gates(a, (0, 1, 3, 2)) for a in parts)
                    arrays += [weight.T, recurrent.T, bias]
                case ("gru", _):
                    bias, beside, weight, recurrent = parts
                    arrays += [gates(weight, (1, 2, 0)).T, recurrent.T, gates(bias, (1, 2, 0)), beside]
        return [np.ascontiguousarray(a) for a in arrays]

    @staticmethod
    def fixed(torch, data):
        """The biases beside h that do not learn, since those beside x do."""
        match data.kinds[0]:
            case ("lstm", hidden):
                return torch.zeros(4 * hidden)
            case ("gru", hidden):
                return torch.zeros(2 * hidden)

    def window(self, f, theta, x):
        """The logits of samples."""
        torch, data = self.torch, self.data
        theta = list(theta)
        for at, kind in enumerate(data.kinds):
            match kind:
                case ("dense", *_):
                    x = f.linear(x.flatten(1), theta.pop(0), theta.pop(0))
                case ("conv1d", *_):
                    x = f.conv1d(x, theta.pop(0), theta.pop(0))
                case ("conv2d", *_, padding):
                    x = f.conv2d(x, theta.pop(0), theta.pop(0), padding=padding)
                case ("pool",):
                    x = f.max_pool2d(x, 2)
                    continue
                case ("lstm", hidden):
                    weights = [theta.pop(0), theta.pop(0), theta.pop(0), self.beside]
                    zero = torch.zeros(1, len(x), hidden)
                    x = torch.lstm(x, (zero, zero), weights, True, 1, 0.0, True, False, True)[1][0]
                    continue
                case ("gru", hidden):
                    weights = [theta.pop(0), theta.pop(0), theta.pop(0), torch.cat((self.beside, theta.pop(0)))]
                    zero = torch.zeros(1, len(x), hidden)
                    x = torch.gru(x, zero, weights, True, 1, 0.0, True, False, True)[1][0]
                    continue
            if at + 1 < len(data.kinds):
                x = f.relu(x)
        return x

    def one(self, f, theta, x, state):
        """A step of a stream."""
        torch, kinds = self.torch, self.data.kinds
        match kinds[0]:
            case ("lstm", _):
                state = torch.lstm_cell(x, state, theta[0], theta[1], theta[2], self.beside)
                return f.linear(state[0], theta[3], theta[4]), state
            case ("gru", _):
                state = torch.gru_cell(x, state, theta[0], theta[1], theta[2], self.both)
                return f.linear(state, theta[4], theta[5]), state
        after = []
        for at, kind in enumerate(kinds[:-1]):
            x = torch.cat((state[at], x), 2)
            after.append(x[:, :, 1:])
            x = f.relu(f.conv1d(x, theta[2 * at], theta[2 * at + 1], dilation=kind[4]))
        return f.conv1d(x, theta[-2], theta[-1]), after

    def reset(self):
        torch, kinds = self.torch, self.data.kinds
        with torch.no_grad():
            for t, first in zip(self.theta, self.first):
                t.copy_(first)
        match kinds[0]:
            case ("lstm", hidden):
                self.state = (torch.zeros(1, hidden), torch.zeros(1, hidden))
            case ("gru", hidden):
                self.state = torch.zeros(1, hidden)
                self.both = torch.cat((self.beside, self.first[3]))
            case ("causal", *_):
                self.state = [torch.zeros(1, k[1], (k[3] - 1) * k[4]) for k in kinds[:-1]]

    def run(self, quantity, count, at):
        theta, predict, step, stream = self.theta, self.predict, self.step, self.stream
        calls = self.calls[SIZES[quantity]]
        mask = len(calls) - 1
        if quantity == "stream":
            steps, state = self.steps, self.state
            with self.torch.inference_mode():
                for i in range(at, at + count):
                    self.out, state = stream(theta, steps[i & mask], state)
            self.state = state
        elif quantity == "forward":
            with self.torch.inference_mode():
                for i in range(at, at + count):
                    self.out = predict(theta, calls[i & mask][0])
        else:
            with self.torch.no_grad():
                for i in range(at, at + count):
                    step(theta, *calls[i & mask])

    def outputs(self):
        return self.out.numpy()
