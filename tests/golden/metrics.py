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


def answers():
    """One logit for two classes, and four for four labels, at two thresholds; labels of 0 and 1."""
    g = Generator(11)
    rows = [([g.number() for _ in range(4)], [g.number() for _ in range(4)]) for _ in range(SAMPLES)]
    y = np.array([[int(a > 0.25 * k) for k, a in enumerate(t)] for t, _ in rows])
    z = np.array([[b + (0.5 if a > 0.25 * k else -0.5) for k, (a, b) in enumerate(zip(t, n))] for t, n in rows])
    for case, threshold in [("answers", 0.0), ("answers_above", 0.25)]:
        found = (z > threshold).astype(int)
        print("case", case)
        write("two_accuracy", [m.accuracy_score(y[:, 0], found[:, 0])])
        write("two_confusion", m.confusion_matrix(y[:, 0], found[:, 0]))
        write("two_f1", [m.f1_score(y[:, 0], found[:, 0])])
        write("each", *m.precision_recall_fscore_support(y, found, zero_division=0)[:3])
        for average in ("macro", "micro"):
            write(average, m.precision_recall_fscore_support(y, found, average=average, zero_division=0)[:3])
        write("match", [m.accuracy_score(y, found), m.hamming_loss(y, found)])


def constant():
    """Columns of equal float32 numbers but for one that is an ulp more: what a scaler divides by."""
    print("case constant")
    for mean, n in [(14.62, 1000000), (14.62, 10), (1e7, 4), (-3e38, 7)]:
        x = np.full((n, 1), np.float32(mean), dtype=np.float64)
        x[0] = np.nextafter(np.float32(mean), np.float32(np.inf))
        write(f"scale_of_{n}", StandardScaler().fit(x).scale_)


print(f"# Written by metrics.py with scikit-learn {sklearn.__version__}")
classes("classes", 5, 5)
classes("absent", 3, 4)
regression()
roc()
answers()
constant()
