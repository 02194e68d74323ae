"""Reference numbers for tests/metrics.rs, by scikit-learn:

    pip install scikit-learn && python tests/golden/metrics.py > tests/golden/metrics.txt

Classes, scores and targets come from one small generator, written in both programs, whose numbers are exact.
"""

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.preprocessing import StandardScaler

SAMPLES = 400


class Generator:
    """A linear congruential generator; numbers are k / 2^15 - 1 with k of 16 bits."""

    def __init__(self, seed):
        self.state = seed

    def number(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 48) / 32768 - 1


def write(key, *values):
    print(key, *(repr(float(v)) for v in np.concatenate([np.ravel(v) for v in values])))


def classes(case, present, count):
    """Scores that favour the class; the classes from `present` on have no samples."""
    g, labels = Generator(count), list(range(count))
    rows = []
    for _ in range(SAMPLES):
        y = int((g.number() + 1) / 2 * present)
        rows.append((y, [g.number() + (0.75 if k == y else 0.0) for k in labels]))
    y, scores = np.array([y for y, _ in rows]), np.array([s for _, s in rows])
    found = scores.argmax(1)
    each = m.precision_recall_fscore_support(y, found, labels=labels, zero_division=0)
    mean = [m.precision_recall_fscore_support(y, found, labels=labels, average=a, zero_division=0)[:3] for a in ("macro", "micro")]
    print("case", case)
    write("confusion", m.confusion_matrix(y, found, labels=labels))
    write("accuracy", [m.accuracy_score(y, found)])
    write("top", [m.top_k_accuracy_score(y, scores, k=k, labels=labels) for k in (1, 2, 3)])
    write("each", *each[:3])
    write("mean", *mean)


def regression():
    g = Generator(7)
    pairs = [[g.number() for _ in range(4)] for _ in range(SAMPLES)]
    y = np.array([[100 + a, 1e-3 * b] for a, b, _, _ in pairs])
    h = np.array([[100 + a + 0.25 * c, 1e-3 * (b + d)] for a, b, c, d in pairs])
    print("case regression")
    write("mse", [m.mean_squared_error(y, h), m.root_mean_squared_error(y[:, 0], h[:, 0])])
    write("r2", m.r2_score(y, h, multioutput="raw_values"))
    scaler = StandardScaler().fit(y)
    write("moments", scaler.mean_, scaler.scale_)


def roc():
    g = Generator(9)
    y = np.array([g.number() > 0.25 for _ in range(SAMPLES)])
    score = np.array([min(max(0.5 + 0.5 * g.number() + (0.25 if p else 0.0), 0.0), 1.0) for p in y])
    print("case roc")
    write("auc", [m.roc_auc_score(y, s) for s in (score, np.round(score * 16) / 16, np.minimum(np.floor(score * 100), 99))])


print(f"# Written by metrics.py with scikit-learn {sklearn.__version__}")
classes("classes", 5, 5)
classes("absent", 3, 4)
regression()
roc()
