"""Reference training for tests/training/reference.rs, in float64 with nothing but Python's standard library:

    python3 tests/golden/training.py > tests/golden/training.txt

A 6-12-20-3 network, tanh and ReLU, softmax cross-entropy, learns 40 samples in batches of 7, 5 in the last, for 4 epochs with
Adam. The rate rises over 5 steps and falls along a cosine; the gradient is clipped at the norm 0.5, the weights into a unit at
the norm 0.9; L2 with lambda 0.5 has its share for 7 samples in each step, also in the last of an epoch. 13 samples are held out.
Parameters and samples are from a small generator, written in both programs. A line of the text holds: the mean loss of each
epoch's samples, each before its step; the mean loss of what is held out after each epoch; the epoch with the least; each 7th
parameter at the end, in nanoprop's order: bias, weights by input.
"""

import math

WIDTHS = [6, 12, 20, 3]
BATCH, EPOCHS, RATE, LAMBDA, CLIP, NORM = 7, 4, 0.02, 0.5, 0.5, 0.9


class Generator:
    """A linear congruential generator; numbers are k / 2^15 * scale with k of 16 bits."""

    def __init__(self, seed):
        self.state = seed

    def number(self, scale=1.0):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return ((self.state >> 48) / 32768 - 1) * scale


def samples(count, generator):
    out = []
    for _ in range(count):
        x = [generator.number() for _ in range(WIDTHS[0])]
        sums = [x[0] + x[1], x[2] - x[3], x[4] * x[5] + x[0]]
        out.append((x, sums.index(max(sums))))
    return out


def forward(layers, x):
    values = [x]
    for index, (bias, weight) in enumerate(layers):
        z = [b + sum(x[i] * weight[i][j] for i in range(len(x))) for j, b in enumerate(bias)]
        x = [[math.tanh(v) for v in z], [max(v, 0.0) for v in z], z][index]
        values.append(x)
    return values


def loss(z, k):
    top = max(z)
    return top + math.log(sum(math.exp(v - top) for v in z)) - z[k]


def backward(layers, values, k, grads):
    z = values[-1]
    top = max(z)
    total = sum(math.exp(v - top) for v in z)
    delta = [math.exp(v - top) / total - (j == k) for j, v in enumerate(z)]
    for index in reversed(range(3)):
        x, (_, weight), (dbias, dweight) = values[index], layers[index], grads[index]
        for j, d in enumerate(delta):
            dbias[j] += d
            for i, v in enumerate(x):
                dweight[i][j] += v * d
        dx = [sum(w * d for w, d in zip(row, delta)) for row in weight]
        if index == 2:
            delta = [d * (v > 0) for d, v in zip(dx, x)]
        elif index == 1:
            delta = [d * (1 - v * v) for d, v in zip(dx, x)]


def flat(layers):
    return [v for bias, weight in layers for v in bias + [w for row in weight for w in row]]


def factor(step):
    warm = 0.1 + 0.9 * min(step / 5, 1.0)
    share = min(step / 60, 1.0)
    return warm * (0.1 + 0.9 * (1 + math.cos(math.pi * share)) / 2)


def main():
    generator = Generator(7)
    layers = []
    for reads, writes in zip(WIDTHS, WIDTHS[1:]):
        bias = [generator.number(0.5) for _ in range(writes)]
        layers.append((bias, [[generator.number(0.5) for _ in range(writes)] for _ in range(reads)]))
    train, held_out = samples(40, generator), samples(13, generator)
    count = len(flat(layers))
    first, second, step = [0.0] * count, [0.0] * count, 0
    losses, validation = [], []
    for _ in range(EPOCHS):
        total = 0.0
        for start in range(0, len(train), BATCH):
            batch = train[start : start + BATCH]
            grads = [([0.0] * len(b), [[0.0] * len(b) for _ in w]) for b, w in layers]
            for x, k in batch:
                values = forward(layers, x)
                total += loss(values[-1], k)
                backward(layers, values, k, grads)
            # The mean over the batch, and the penalty over a full one.
            for (dbias, dweight), (_, weight) in zip(grads, layers):
                dbias[:] = [d / len(batch) for d in dbias]
                for drow, row in zip(dweight, weight):
                    drow[:] = [d / len(batch) + LAMBDA / BATCH * w for d, w in zip(drow, row)]
            g = flat(grads)
            shorten = min(1.0, CLIP / (math.sqrt(sum(v * v for v in g)) + 1e-6))
            rate = RATE * factor(step)
            step += 1
            changes = []
            for k, v in enumerate(g):
                v *= shorten
                first[k] = 0.9 * first[k] + 0.1 * v
                second[k] = 0.999 * second[k] + 0.001 * v * v
                mean, square = first[k] / (1 - 0.9**step), second[k] / (1 - 0.999**step)
                changes.append(rate * mean / (math.sqrt(square) + 1e-8))
            changes = iter(changes)
            for bias, weight in layers:
                bias[:] = [b - next(changes) for b in bias]
                for row in weight:
                    row[:] = [w - next(changes) for w in row]
                for j in range(len(bias)):
                    norm = math.sqrt(sum(row[j] ** 2 for row in weight))
                    if norm > NORM:
                        for row in weight:
                            row[j] *= NORM / norm
        losses.append(total / len(train))
        validation.append(sum(loss(forward(layers, x)[-1], k) for x, k in held_out) / len(held_out))
    print(*map(repr, losses))
    print(*map(repr, validation))
    print(1 + validation.index(min(validation)))
    print(*map(repr, flat(layers)[::7]))


main()
