"""Reference trajectories for tests/optimizers.rs, by PyTorch in float64:

    pip install torch && python tests/golden/optimizers.py > tests/golden/optimizers.txt

A 13-16-16-4 network, tanh, softmax cross-entropy of 24 samples, all in each step, learns for 100 steps with each
optimiser. Weights and biases are two groups of parameters, and only weights decay. Parameters and samples are from a
small generator, written in both programs, whose numbers are exact in float32 too. For each case, the lines hold the
cost before the steps 1, 11, 21, ... and each STRIDE-th parameter after 1, 10 and 100 steps, in nanoprop's order: bias,
weights by input.
"""

import torch
import torch.nn.functional as F

from cases import Generator

torch.set_default_dtype(torch.float64)

STEPS, SAMPLES, STRIDE = 100, 24, 7
WIDTHS = [13, 16, 16, 4]


def problem():
    generator = Generator(5)
    layers = []
    for reads, writes in zip(WIDTHS, WIDTHS[1:]):
        bias = generator.numbers(writes, 0.5)
        weight = generator.numbers(reads * writes, 0.5).reshape(reads, writes)
        layers.append((bias.requires_grad_(), weight.requires_grad_()))
    x = generator.numbers(SAMPLES * WIDTHS[0]).reshape(SAMPLES, WIDTHS[0])
    y = (generator.numbers(SAMPLES) * 32768).long() % WIDTHS[-1]
    return layers, x, y


def cost(layers, x, y):
    for bias, weight in layers[:-1]:
        x = torch.tanh(F.linear(x, weight.T, bias))
    bias, weight = layers[-1]
    return F.cross_entropy(F.linear(x, weight.T, bias), y)


def case(name, optimizer, decay=0.0, penalty=0.0, schedule=None, before=None, **options):
    layers, x, y = problem()
    groups = [
        {"params": [weight for _, weight in layers], **({"weight_decay": decay} if decay else {})},
        {"params": [bias for bias, _ in layers], **({"weight_decay": 0.0} if decay else {})},
    ]
    learner = optimizer(groups, **options)
    scheduler = schedule and schedule(learner)
    print("case", name)
    costs = []
    for step in range(1, STEPS + 1):
        learner.zero_grad()
        j = cost(layers, x, y) + penalty / (2 * SAMPLES) * sum((weight**2).sum() for _, weight in layers)
        j.backward()
        if before:
            before([p for layer in layers for p in layer])
        learner.step()
        if scheduler:
            scheduler.step()
        if step % 10 == 1:
            costs.append(j.item())
        if step in (1, 10, 100):
            flat = torch.cat([p.detach().flatten() for layer in layers for p in layer])
            print(f"after{step}", *(repr(float(v)) for v in flat[::STRIDE]))
    print("costs", *(repr(c) for c in costs))


o, s = torch.optim, torch.optim.lr_scheduler
print(f"# Written by optimizers.py with PyTorch {torch.__version__}")
case("sgd", o.SGD, lr=0.5)
case("sgd_decay", o.SGD, lr=0.5, decay=0.01)
case("momentum", o.SGD, lr=0.1, momentum=0.9)
case("momentum_dampened", o.SGD, lr=0.1, momentum=0.9, dampening=0.5, decay=0.01)
case("nesterov", o.SGD, lr=0.1, momentum=0.9, nesterov=True)
case("nesterov_decay", o.SGD, lr=0.1, momentum=0.9, nesterov=True, decay=0.01)
case("rms_prop", o.RMSprop, lr=0.001)
case("rms_prop_decay", o.RMSprop, lr=0.001, decay=0.01)
case("adam", o.Adam)
case("adam_decay", o.Adam, lr=0.01, decay=0.01)
case("adam_w", o.AdamW, lr=0.01, decay=0.01)
case("adagrad", o.Adagrad)
case("adagrad_decay", o.Adagrad, lr=0.05, lr_decay=0.01, initial_accumulator_value=0.1, decay=0.01)
# Without a penalty the cost of so few samples falls to 0, and rounding decides the signs of the last slopes.
case("rprop", o.Rprop, lr=0.001, penalty=0.5)

sgd = dict(lr=0.5)
case("step_decay", o.SGD, schedule=lambda l: s.StepLR(l, 30, 0.5), **sgd)
case("exponential", o.SGD, schedule=lambda l: s.ExponentialLR(l, 0.97), **sgd)
case("cosine", o.SGD, schedule=lambda l: s.CosineAnnealingLR(l, 100, 0.05), **sgd)
case("warm_up", o.SGD, schedule=lambda l: s.LinearLR(l, 0.1, 1.0, 20), **sgd)
one_cycle = lambda l: s.OneCycleLR(l, 1.0, total_steps=100, cycle_momentum=False)
case("one_cycle", o.SGD, schedule=one_cycle, **sgd)
case("clip_value", o.SGD, before=lambda p: torch.nn.utils.clip_grad_value_(p, 0.01), **sgd)
case("clip_norm", o.SGD, before=lambda p: torch.nn.utils.clip_grad_norm_(p, 0.1), **sgd)
