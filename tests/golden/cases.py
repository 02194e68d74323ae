"""What the programs of reference numbers by PyTorch share: a case, as network.py says."""


import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

LONG, STRIDE = 200, 13
RATE, STEPS = 0.125, 5


class Generator:
    """A linear congruential generator; numbers are k / 2^15 * scale with k of 16 bits."""

    def __init__(self, seed):
        self.state = seed

    def numbers(self, count, scale=1.0):
        out = []
        for _ in range(count):
            self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
            out.append(((self.state >> 48) / 32768 - 1) * scale)
        return torch.tensor(out)


ACTIVATIONS = {
    "elu": F.elu,
    # F.hardsigmoid takes 1/6 in float32 for its slope.
    "hard_sigmoid": lambda z: (z / 6 + 0.5).clamp(0, 1),
    "hard_tanh": F.hardtanh,
    "identity": lambda z: z,
    "leaky_relu": lambda z: F.leaky_relu(z, 0.01),
    "relu": F.relu,
    "sigmoid": torch.sigmoid,
    "softplus": lambda z: F.softplus(z, threshold=1e3),
    "softsign": F.softsign,
    "tanh": torch.tanh,
}


class Dense:
    def __init__(self, reads, writes, activation="identity", bias=True):
        self.shapes = ([(writes,)] if bias else []) + [(reads, writes)]
        self.activation, self.bias = ACTIVATIONS[activation], bias

    def __call__(self, parameters, x):
        bias, weight = parameters if self.bias else (None, parameters[0])
        return self.activation(F.linear(x, weight.T, bias))


class Plain:
    def __init__(self, function):
        self.shapes, self.function = [], function

    def __call__(self, _, x):
        return self.function(x)


FLATTEN = Plain(lambda x: x.flatten(1))

# The link, the loss summed over samples, and what its targets are.
LOSSES = {
    "absolute_error": (lambda z: z, lambda z, y: F.l1_loss(z, y, reduction="sum"), "numbers"),
    "huber": (lambda z: z, lambda z, y: F.huber_loss(z, y, reduction="sum", delta=1.0), "numbers"),
    "sigmoid_cross_entropy": (
        torch.sigmoid,
        lambda z, y: F.binary_cross_entropy_with_logits(z, y, reduction="sum"),
        "probabilities",
    ),
    "softmax_cross_entropy": (
        lambda z: F.softmax(z, -1),
        lambda z, y: F.cross_entropy(z, y, reduction="sum"),
        "distributions",
    ),
    "squared_error": (lambda z: z, lambda z, y: F.mse_loss(z, y, reduction="sum") / 2, "numbers"),
}


def targets(kind, generator, samples, writes):
    if kind == "distributions":  # one class each, with the last sample between all
        y = F.one_hot((generator.numbers(samples) * 32768).long() % writes, writes).double()
        y[-1] = 1 / writes
        return y
    y = generator.numbers(samples * writes).reshape(samples, writes)
    return (y + 1) / 2 if kind == "probabilities" else y


def case(name, reads, layers, loss, penalty=0.0, scale=0.5, samples=6, steps=STEPS):
    link, cost_of, kind = LOSSES[loss]
    generator = Generator(len(name))

    def parameter(shape):
        return generator.numbers(torch.Size(shape).numel(), scale).reshape(shape).requires_grad_()

    theta = [[parameter(shape) for shape in layer.shapes] for layer in layers]
    flat = [p for parameters in theta for p in parameters]
    x = generator.numbers(samples * torch.Size(reads).numel()).reshape(samples, *reads)

    def logits(x):
        for layer, parameters in zip(layers, theta):
            x = layer(parameters, x)
        return x

    y = targets(kind, generator, samples, logits(x).shape[1])

    def cost():
        price = sum(((p**2).sum() for p in flat if p.dim() == 2), torch.tensor(0.0))
        return cost_of(logits(x), y) / samples + penalty / (2 * samples) * price

    def derivatives(objective):
        return torch.autograd.grad(objective, flat, materialize_grads=True)

    def step(objective):
        gradients = derivatives(objective)
        with torch.no_grad():
            for p, g in zip(flat, gradients):
                p -= RATE * g

    def joined(tensors):
        return torch.cat([t.detach().flatten() for t in tensors])

    def write(key, values):
        values = values.flatten()
        values = values[::STRIDE] if len(values) > LONG else values
        print(key, *(repr(float(v)) for v in values))

    start = [p.detach().clone() for p in flat]

    def restart():
        with torch.no_grad():
            for p, s in zip(flat, start):
                p.copy_(s)

    print("case", name)
    write("predict", link(logits(x)).detach())
    write("cost", cost().detach())
    write("gradient", joined(derivatives(cost())))
    for k in (k % samples for k in range(steps)):
        step(cost_of(logits(x[k : k + 1]), y[k : k + 1]))
    write("online", joined(flat))
    restart()
    for _ in range(steps):
        step(cost())
    write("batch", joined(flat))
    write("end", cost().detach())
