"""Reference iterates for tests/optimizers/minimize.rs, by NumPy in float64:

    pip install numpy && python tests/golden/minimize.py > tests/golden/minimize.txt

A 3-5-2 network, tanh, sigmoid cross-entropy of 12 samples and the penalty L2(0.05), is minimised by the conjugate gradient
of Polak and Ribiere and by L-BFGS, from Nocedal and Wright, "Numerical Optimization", 2nd ed. The gradient is that of the
whole vector of parameters, L-BFGS's direction comes from the inverse Hessian as a matrix (6.17), and the least of a cubic
from the roots of its derivative, so that nothing is computed as in the crate. Parameters and samples are from a small
generator, written in both programs; of the seeds up to 80, two whose searches go through all there is to a search, which
is counted on stderr. The lines hold J after each step, and all parameters after some: bias, weights by input.
"""

import sys

import numpy as np

WIDTHS, SAMPLES, LAMBDA, STEPS = [3, 5, 2], 12, 0.05, 20
AFTER = (1, 2, 3, 5, 10, 20)
C1, TRIES = 1e-4, 25
counts = {}


def seen(what):
    counts[what] = counts.get(what, 0) + 1


class Generator:
    """A linear congruential generator; numbers are k / 2^15 * scale with k of 16 bits."""

    def __init__(self, seed):
        self.state = seed

    def numbers(self, count, scale=1.0):
        out = []
        for _ in range(count):
            self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
            out.append(((self.state >> 48) / 32768 - 1) * scale)
        return np.array(out)


def problem(seed):
    """A start, inputs and targets."""
    generator = Generator(seed)
    start = generator.numbers(sum((reads + 1) * writes for reads, writes in zip(WIDTHS, WIDTHS[1:])), 3.0)
    x = generator.numbers(SAMPLES * WIDTHS[0], 2.0).reshape(SAMPLES, -1)
    y = (generator.numbers(SAMPLES * WIDTHS[-1]) > 0).astype(float).reshape(SAMPLES, -1)
    return start, x, y


def layers(theta):
    at = 0
    for reads, writes in zip(WIDTHS, WIDTHS[1:]):
        yield theta[at : at + (reads + 1) * writes].reshape(reads + 1, writes)
        at += (reads + 1) * writes


def evaluate(theta, x, y):
    """J and its gradient."""
    first, second = layers(theta)
    a = np.tanh(first[0] + x @ first[1:])
    z = second[0] + a @ second[1:]
    j = np.sum(np.logaddexp(0, z) - y * z) / SAMPLES
    j += LAMBDA / (2 * SAMPLES) * sum(np.sum(layer[1:] ** 2) for layer in (first, second))
    dz = (1 / (1 + np.exp(-z)) - y) / SAMPLES
    da = (dz @ second[1:].T) * (1 - a**2)
    one = np.ones((SAMPLES, 1))
    grads = [np.hstack([one, x]).T @ da, np.hstack([one, a]).T @ dz]
    for grad, layer in zip(grads, (first, second)):
        grad[1:] += LAMBDA / SAMPLES * layer[1:]
    return j, np.concatenate([grad.ravel() for grad in grads])


def cubic(low, high):
    """Where the cubic through two points with their slopes is least, if well between them; else the middle."""
    (a, fa, sa), (b, fb, sb) = low, high
    width = b - a
    # p(u) = fa + sa w u + q u^2 + r u^3 for u in [0, 1].
    r = width * (sa + sb) - 2 * (fb - fa)
    q = 3 * (fb - fa) - width * (2 * sa + sb)
    roots = np.roots([3 * r, 2 * q, width * sa])
    least = [u.real for u in roots if u.imag == 0 and 2 * q + 6 * r * u.real > 0]
    if len(least) == 1 and 0.05 <= least[0] <= 0.95:
        return a + least[0] * width
    seen("the middle for the cubic")
    return a + 0.5 * width


def search(point, start, guess, c2):
    """Algorithms 3.5 and 3.6."""
    lowers = lambda p: p[1] <= start[1] + C1 * p[0] * start[2]
    flattens = lambda p: abs(p[2]) <= c2 * abs(start[2])

    def zoom(low, high):
        for _ in range(TRIES):
            p = point(cubic(low, high))
            seen("points within")
            if not lowers(p) or p[1] >= low[1]:
                high = p
            else:
                if flattens(p):
                    return p
                if p[2] * (high[0] - low[0]) >= 0:
                    high = low
                    seen("turned around")
                low = p
        raise ArithmeticError

    low, at = start, guess
    for _ in range(TRIES):
        p = point(at)
        if not lowers(p) or (low[0] > 0 and p[1] >= low[1]):
            return zoom(low, p)
        if flattens(p):
            return p
        if p[2] >= 0:
            return zoom(p, low)
        low, at = p, 2 * at
        seen("doubled")
    raise ArithmeticError


def inverse_hessian(pairs, n):
    """From scaled identity (6.20), by (6.17) from the oldest pair to the newest."""
    s, y = pairs[-1]
    h = (s @ y) / (y @ y) * np.eye(n)
    for s, y in pairs:
        left = np.eye(n) - np.outer(s, y) / (s @ y)
        h = left @ h @ left.T + np.outer(s, s) / (s @ y)
    return h


def case(name, seed, memory=None):
    counts.clear()
    theta, x, y = problem(seed)
    c2 = 0.9 if memory else 0.1
    pairs, direction = [], None
    j, grad = evaluate(theta, x, y)
    before = j + 0.5 * np.linalg.norm(grad)
    costs, after = [], []
    for step in range(STEPS):
        if step == 0:
            direction = -grad
        elif memory:
            direction = -inverse_hessian(pairs[-memory:], len(theta)) @ grad
        else:
            beta = grad @ (grad - old) / (old @ old)
            if beta < 0:
                seen("beta below 0")
            direction = -grad + max(0.0, beta) * direction
        slope = direction @ grad
        assert slope < 0
        guess = 1.0 if memory and step > 0 else min(1.0, 2.02 * (j - before) / slope)

        def point(a):
            cost, grad = evaluate(theta + a * direction, x, y)
            return a, cost, grad @ direction

        at, cost, _ = search(point, (0.0, j, slope), guess, c2)
        new = theta + at * direction
        old, (before, (j, grad)) = grad, (j, evaluate(new, x, y))
        pairs.append((new - theta, grad - old))
        theta = new
        costs.append(j)
        if step + 1 in AFTER:
            after.append((step + 1, theta))
    print("case", name)
    print("costs", *(repr(float(cost)) for cost in costs))
    for step, theta in after:
        print(f"after{step}", *(repr(float(w)) for w in theta))
    print(name, counts, file=sys.stderr)


print(f"# Written by minimize.py with NumPy {np.__version__}")
for seed in (34, 35):
    case(f"conjugate_gradient {seed}", seed)
    for memory in (1, 3, 8):
        case(f"lbfgs{memory} {seed}", seed, memory)
